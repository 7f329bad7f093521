"""A Jupyter notebook as a page of the site: its prose, its code, and what that gave when it was run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dgekg.errors import SourceError


def page(file: str, text: str, raw: str) -> str:
    """Return a notebook as Markdown.

    Args:
        file: its path, for errors.
        text: the notebook, in JSON.
        raw: where the page can lead to for the notebook itself.

    Raises:
        SourceError: it is no notebook.

    >>> cells = [{"cell_type": "code", "source": "1 + 1", "outputs": [{"data": {"text/plain": ["2"]}}]}]
    >>> print(page("x.ipynb", json.dumps({"cells": cells}), "x"))
    <p>To run it yourself: <a href="x" download>the notebook</a>.</p>
    <BLANKLINE>
    ````python
    1 + 1
    ````
    <BLANKLINE>
    ````text
    2
    ````
    <BLANKLINE>
    """
    try:
        cells = json.loads(text)["cells"]
        first, *rest = [part for cell in cells for part in _cell(cell)]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{file}: expected a Jupyter notebook with cells, found none ({error}).") from error
    leading = f'<p>To run it yourself: <a href="{raw}" download>the notebook</a>.</p>\n'
    parts = [first, leading, *rest] if first.startswith("# ") else [leading, first, *rest]
    return "\n".join(parts)


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    source = _text(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source + "\n"
        return
    if source.strip():
        yield _fenced("python", source)
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/svg+xml" in data:
            drawn = " ".join(_text(data["image/svg+xml"]).split())  # a blank line would end it
            yield f'<div class="drawn" tabindex="0">{drawn}</div>\n'
        elif "text/plain" in data or "text" in output:
            yield _fenced("text", _text(data.get("text/plain", output.get("text", ""))))


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _fenced(language: str, text: str) -> str:
    return f"````{language}\n{text.rstrip()}\n````\n"
