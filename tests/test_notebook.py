"""Notebooks: their prose holds no numbers, a fault is told with its line; that they are up to date, test_docs says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conftest import ROOT
from dgekg.errors import SourceError
from dgekg.reference import notebook

SCRIPTS = notebook.scripts(ROOT)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.stem)
def test_prose_holds_no_number(script: Path) -> None:
    prose = [cell.text for cell in notebook.cells(script.read_text("utf-8")) if cell.prose]
    assert len(prose) > 3
    plain = [re.sub(r"^#+ .*$|`[^`]*`|M49", "", text, flags=re.MULTILINE) for text in prose]
    assert [text for text in plain if re.search(r"\d", text)] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.stem)
def test_a_notebook_is_its_script_with_outputs(script: Path) -> None:
    found = json.loads(script.with_suffix(".ipynb").read_text("utf-8"))
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    written = [("".join(c["source"]), c["cell_type"] == "markdown") for c in found["cells"]]
    assert written == [(cell.text, cell.prose) for cell in notebook.cells(script.read_text("utf-8"))]
    outputs = [output for cell in found["cells"] for output in cell.get("outputs", [])]
    assert any("image/svg+xml" in output.get("data", {}) for output in outputs)
    printed = "".join(line for output in outputs for line in output.get("text", []))
    assert re.search(r"version [0-9a-f]{16}, as of \d{4}-\d\d-\d\d", printed)
    assert len({cell["id"] for cell in found["cells"]}) == len(found["cells"])


def test_a_cell_that_fails_is_told_with_its_line() -> None:
    cell = notebook.cells("# %% [markdown]\n# A.\n\n# %%\nx = 1\nx / 0\n")[1]
    with pytest.raises(SourceError, match=r"a\.py:6: ZeroDivisionError"):
        notebook._run(cell, Path("a.py"), {})


def test_what_a_cell_gives() -> None:
    class Drawn:
        def _repr_svg_(self) -> str:
            return "<svg/>"

    space: dict[str, object] = {"Drawn": Drawn}
    assert notebook._run(notebook.Cell(False, "x = 2\nprint(x)\nx + 1", 1), Path("a.py"), space) == [
        {"name": "stdout", "output_type": "stream", "text": ["2\n"]},
        {"data": {"text/plain": ["3"]}, "execution_count": None, "metadata": {}, "output_type": "execute_result"},
    ]
    drawn = notebook._run(notebook.Cell(False, "Drawn()", 1), Path("a.py"), space)
    assert drawn[0]["data"] == {"image/svg+xml": ["<svg/>"]}


def test_another_version_alone_is_no_change_and_a_number_is() -> None:
    def text(version: str, number: int) -> str:
        stream = {"output_type": "stream", "name": "stdout", "text": [f"{number}, version {version}"]}
        picture = {"output_type": "execute_result", "data": {"image/svg+xml": [version]}}
        return json.dumps({"cells": [{"outputs": [stream, picture]}]})

    one = notebook.comparable(text("0123456789abcdef", 3))
    assert one == notebook.comparable(text("fedcba9876543210", 3))
    assert one != notebook.comparable(text("0123456789abcdef", 4))
