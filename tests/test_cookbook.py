"""Every recipe of the cookbook gives rows, and the same ones in each of its ways."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from conftest import ROOT
from dgekg import cli, observatory
from dgekg.embedded import Embedded
from dgekg.observatory import Observatory
from dgekg.reference.cookbook import SERVICE, Recipe, recipes

RECIPES = recipes(ROOT)


@pytest.fixture(scope="module")
def here(real_observatory: Observatory) -> Iterator[Embedded]:
    with Embedded(real_observatory) as found:
        yield found


def test_there_are_thirty_of_every_sort() -> None:
    assert len(RECIPES) >= 30
    assert {r.by for r in RECIPES} == {"ask", "coverage", "compare", "gaps", "intersections", "search"}
    assert len({r.anchor for r in RECIPES}) == len(RECIPES)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: r.anchor)
def test_all_ways_give_the_same_rows(
    recipe: Recipe,
    here: Embedded,
    real_observatory: Observatory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    space = {"observatory": here, "dgekg": _Opening(real_observatory)}
    exec(compile(recipe.python, recipe.asks, "exec"), space)
    by_python = _rows(space["found"].to_csv())  # type: ignore[attr-defined]
    answer = here._transport.http.get(recipe.path)
    assert answer.status_code == 200, answer.text[:500]
    by_http = _rows(answer.text)
    monkeypatch.setattr(observatory, "open_observatory", lambda *_given: real_observatory)
    monkeypatch.setattr(sys, "argv", shlex.split(recipe.command))
    capsys.readouterr()
    with contextlib.suppress(SystemExit):
        cli.main()
    by_command = _rows(capsys.readouterr().out)
    assert by_python, "a recipe that answers nothing teaches nothing"
    paged = recipe.by in ("gaps", "search")  # Python goes on to the last page
    assert by_http == (by_python[: len(by_http)] if paged and by_http else by_python)
    assert _first(by_command) == _first(by_http)
    address = re.search(r'read\.csv\("([^"]+)"', recipe.r())
    assert address is not None
    assert address[1] == SERVICE + recipe.path


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_r_can_read_its_lines() -> None:
    lines = "\n".join(r.r() for r in RECIPES)
    subprocess.run(["Rscript", "-e", "invisible(parse(text = commandArgs(TRUE)))", lines], check=True)


class _Opening:
    """Stands where `import dgekg` does."""

    def __init__(self, observatory: Observatory) -> None:
        self._observatory = observatory

    def open(self, language: str = "en") -> Embedded:
        return Embedded(self._observatory, language=language)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _first(rows: Sequence[dict[str, str]]) -> list[str]:
    """Return the first column that all ways name alike: what the rows are about."""
    return [next(iter(row.values())) for row in rows]
