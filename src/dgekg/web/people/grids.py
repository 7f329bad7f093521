"""A computed view as a table that a template can draw: headings, rows and cells with words, marks and links."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from dgekg import render
from dgekg.charts import signs
from dgekg.coverage import Cell, Gap, Grid, State, View
from dgekg.web.house import Visit

NOT_STATED = "-"
_SIGNS = signs.MARK_SIGNS
_OF_EFFECT = ("harm-or-mixed", "effect-shown")
STEPS, step = signs.STEPS, signs.step


@dataclass(frozen=True, slots=True)
class Head:
    """A row's or column's heading; `apart` is "root", "not-stated" or ""."""

    iri: str
    href: str
    depth: int
    apart: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as drawn."""

    state: str
    words: str
    sign: str
    step: int
    marks: tuple[tuple[str, str, str], ...]
    href: str
    sentence: str
    partly: bool
    direct: int = 0
    above: int = 0
    why: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its heading, its cells, and how many of those that count are documented, not searched, or marked.

    `marked` says it of harm and of an effect that was shown, in words, where there are any.
    """

    head: Head
    cells: tuple[Shown, ...]
    documented: int
    unsearched: int
    practices: int
    marked: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Table:
    """A view as drawn."""

    rows: tuple[Row, ...]
    columns: tuple[Head, ...]
    row_dimension: str
    column_dimension: str


def table(
    visit: Visit,
    grid: Grid,
    rows: Sequence[tuple[str, int]] | None = None,
    measure: str = "practices",
    columns: Sequence[tuple[str, int]] | None = None,
) -> Table:
    """Return a view of one or two dimensions as a table.

    Args:
        visit: the request.
        grid: the view.
        rows: the rows to show with their depth, in order; None for all.
        measure: which number to show.
        columns: the columns to show, likewise.
    """
    first = grid.axes[0]
    second = grid.axes[1] if len(grid.axes) > 1 else None
    across: Sequence[tuple[str, int]] = ()
    if second:
        across = columns if columns is not None else list(zip(second.rows, second.depths, strict=True))
    shown_columns = tuple(_head(visit, grid, 1, iri, depth) for iri, depth in across)
    found = []
    for iri, depth in rows if rows is not None else zip(first.rows, first.depths, strict=True):
        cells = [grid.cells[(iri, column)] for column, _depth in across] if second else [grid.cells[(iri,)]]
        counted = [c for c, h in zip(cells, shown_columns, strict=True) if not h.apart] if second else cells
        found.append(
            Row(
                _head(visit, grid, 0, iri, depth),
                tuple(drawn(visit, grid, cell, measure) for cell in cells),
                sum(c.state is State.DOCUMENTED for c in counted),
                sum(c.state is State.NOT_SEARCHED for c in counted),
                max((c.measures["practices"] for c in cells), default=0),
                tuple(
                    (render.mark_words(mark, visit.language), n)
                    for mark in _OF_EFFECT
                    if (n := sum(mark in c.marks for c in counted))
                ),
            )
        )
    return Table(tuple(found), shown_columns, first.dimension, second.dimension if second else "")


def strip(visit: Visit, grid: Grid) -> list[tuple[Head, Shown]]:
    """Return a view of one dimension as a list of cells with their headings."""
    axis = grid.axes[0]
    return [
        (_head(visit, grid, 0, iri, depth), drawn(visit, grid, grid.cells[(iri,)], "practices"))
        for iri, depth in zip(axis.rows, axis.depths, strict=True)
    ]


def drawn(visit: Visit, grid: Grid, cell: Cell, measure: str = "practices") -> Shown:
    """Return a cell as drawn."""
    words = render.state_words(cell.state.value, visit.language)
    number = cell.measures[measure]
    sign = {
        State.SEARCHED: "0",
        State.NOT_SEARCHED: "?",
        State.NOT_APPLICABLE: "–",
        State.NOT_PUBLISHED: visit.t("grid.lid"),
        State.FILTERED: "( )",
    }.get(cell.state, str(number))
    marks = tuple((m, _SIGNS[m], render.mark_words(m, visit.language)) for m in cell.marks)
    return Shown(
        state=cell.state.value,
        words=words,
        sign=sign,
        step=step(number) if cell.measures["practices"] else 0,
        marks=marks,
        href=behind(visit, grid, cell),
        sentence=render.cell_sentence(visit.observatory, grid, cell, visit.language),
        partly=cell.partly_withheld,
        direct=cell.measures["direct"],
        above=cell.measures["above"],
        why=explanation(visit, grid, cell),
    )


def behind(visit: Visit, grid: Grid, cell: Cell) -> str:
    """Return the link to what is behind a cell: the practices in it, or why there are none."""
    if not cell.members:
        return explanation(visit, grid, cell)
    pairs: list[tuple[str, str]] = []
    for axis, iri in zip(grid.axes, cell.concepts, strict=True):
        if iri:
            pairs.append(("where", f"{axis.dimension}={code(iri)}"))
            continue
        root = visit.observatory.index.roots.get(axis.dimension)
        if root is None:
            return explanation(visit, grid, cell)
        pairs.append(("where", f"{axis.dimension}!={code(root)}"))
    return visit.url("/practices", [*pairs, *conditions(grid.view)])


def explanation(visit: Visit, grid: Grid, cell: Cell) -> str:
    """Return the link to the page that says what is known of a cell and what was searched."""
    return visit.url(
        f"/coverage/cell?{cell_query(grid.view)}", [("at", code(iri) if iri else NOT_STATED) for iri in cell.concepts]
    )


def card(visit: Visit, grid: Grid, gap: Gap) -> str:
    """Return the link to the card of a gap of a view."""
    at = [("at", code(iri) if iri else NOT_STATED) for iri in gap.cell.concepts]
    return visit.url(f"/gaps/card?{grid.view.query_string()}", [*at, ("kind", gap.kind)])


def conditions(view: View) -> list[tuple[str, str]]:
    """Return the parameters of a view that are not its dimensions."""
    return [(k, v) for k, v in parse_qsl(view.query_string()) if k not in ("rows", "cols", "depth", "empty")]


def cell_query(view: View) -> str:
    """Return the query string of a view without what decides only which rows are shown."""
    names = [("rows", view.dimensions[0]), *(("cols", name) for name in view.dimensions[1:])]
    return urlencode([*names, *conditions(view)])


def code(iri: str) -> str:
    """Return the short form of a value in an address: its last part."""
    return iri.rsplit("/", 1)[-1]


def legend(visit: Visit) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Return the states (name, sign, words) in their order, and the marks (name, sign, words)."""
    order = (
        (State.DOCUMENTED, "4"),
        (State.THIN, "2"),
        (State.SEARCHED, "0"),
        (State.NOT_SEARCHED, "?"),
        (State.NOT_APPLICABLE, "–"),
        (State.NOT_PUBLISHED, visit.t("grid.lid")),
    )
    states = [(s.value, sign, render.state_words(s.value, visit.language)) for s, sign in order]
    return states, [(m, sign, render.mark_words(m, visit.language)) for m, sign in _SIGNS.items()]


def scale(visit: Visit) -> list[tuple[int, str, str]]:
    """Return how dark means how many: step, an example of the number, words."""
    said = [visit.t("grid.step", least=least, most=more - 1) for least, more in itertools.pairwise(STEPS)]
    said.append(visit.t("grid.step_last", least=STEPS[-1]))
    examples = [str(least) for least in STEPS]
    first = render.state_words(State.DOCUMENTED.value, visit.language)
    return [(n + 1, examples[n], f"{first}, {text}" if n == 0 else text) for n, text in enumerate(said)]


def _head(visit: Visit, grid: Grid, position: int, iri: str, depth: int) -> Head:
    dimension = grid.axes[position].dimension
    root = visit.observatory.index.roots.get(dimension)
    apart = "not-stated" if not iri else "root" if iri == root else ""
    return Head(iri, visit.to(iri) if iri else "", depth, apart)
