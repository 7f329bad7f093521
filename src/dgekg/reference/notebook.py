"""Notebooks: a script in cells (`# %%`), run, and written with what it gave as a Jupyter notebook.

The script is what people edit; the notebook beside it is made of it. Prose holds no numbers, code computes them.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dgekg
from dgekg.build.builder import version_of
from dgekg.embedded import Embedded
from dgekg.errors import SourceError
from dgekg.observatory import Observatory
from dgekg.reference.material import Material

FOLDER = Path("docs") / "notebook"
_CELL = re.compile(r"^# %%(?P<prose> \[markdown\])?\n", re.MULTILINE)
_VERSION = re.compile(r"\b[0-9a-f]{16}\b")
_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


@dataclass(frozen=True)
class Cell:
    """One cell of a script.

    Attributes:
        prose: whether it is Markdown.
        text: of the cell.
        line: of the script on which it begins.
    """

    prose: bool
    text: str
    line: int


def scripts(root: Path) -> list[Path]:
    """Return the scripts of a project."""
    return sorted((root / FOLDER).glob("*.py"))


def current(script: Path, material: Material) -> str:
    """Return the text that the notebook of a script should have; where only the version is another, that which it has.

    Raises:
        SourceError: a cell fails; says its file and line.
    """
    path, text = script.with_suffix(".ipynb"), made(script, material)
    kept = path.read_text("utf-8") if path.is_file() else ""
    return kept if comparable(kept) == comparable(text) else text


def made(script: Path, material: Material) -> str:
    """Run a script over the shipped data, and return the notebook. Errors as `current`."""
    real = material.real
    version = version_of(material.sources, real.as_of)[:16]
    opened = Observatory(real.project, real.store, version, real.as_of, real.meta, real.settings)
    space: dict[str, Any] = {"__name__": "notebook"}
    found = []
    with _opening(opened):
        for number, cell in enumerate(cells(script.read_text("utf-8"))):
            outputs = [] if cell.prose else _run(cell, script, space)
            found.append(_written(number, cell, outputs))
    whole = {"cells": found, "metadata": _KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def cells(script: str) -> list[Cell]:
    """Return the cells of a script.

    >>> cells("# %% [markdown]\\n# A *word*.\\n\\n# %%\\nx = 1\\n")
    [Cell(prose=True, text='A *word*.', line=2), Cell(prose=False, text='x = 1', line=5)]
    """
    marks = list(_CELL.finditer(script))
    ends = [mark.start() for mark in marks[1:]] + [len(script)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        text = script[mark.end() : end].strip("\n")
        if mark["prose"]:
            text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        found.append(Cell(bool(mark["prose"]), text, script.count("\n", 0, mark.end()) + 1))
    return found


def comparable(text: str) -> Mapping[str, Any]:
    """Return a notebook without what differs though nothing in it changed: versions, and how pictures are drawn."""
    found = json.loads(_VERSION.sub("0" * 16, text)) if text else {}
    for cell in found.get("cells", []):
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                output["data"][kind] = kind
    return found


def _run(cell: Cell, script: Path, space: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell, and return its outputs; the value of its last line is one, where it is an expression."""
    printed = io.StringIO()
    value: Any = None
    try:
        tree = ast.parse("\n" * (cell.line - 1) + cell.text, script.name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, script.name, "exec"), space)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), script.name, "eval"), space)
    except Exception as error:
        line = _line(error, script.name, cell.line)
        raise SourceError(f"{FOLDER.as_posix()}/{script.name}:{line}: {type(error).__name__}: {error}") from error
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    if hasattr(value, "_repr_svg_"):
        data = {"image/svg+xml": _lines(value._repr_svg_())}
        outputs.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    elif value is not None:
        data = {"text/plain": _lines(repr(value))}
        outputs.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return outputs


def _line(error: BaseException, name: str, first: int) -> int:
    """Return the line of the script at which an error arose."""
    found, trace = first, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _written(number: int, cell: Cell, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    name = hashlib.sha256(f"{number} {cell.text}".encode()).hexdigest()[:8]
    if cell.prose:
        return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(cell.text)}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": outputs,
        "source": _lines(cell.text),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


@contextlib.contextmanager
def _opening(observatory: Observatory) -> Iterator[None]:
    """Let `dgekg.open()` open this observatory."""
    with Embedded(observatory) as embedded:
        dgekg.open = lambda *_given, **_named: embedded
        try:
            yield
        finally:
            del dgekg.open
