"""Two examples that a reader can check by hand, taken from the version that is served: a cell, and what is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from dgekg import render
from dgekg.coverage import Cell, Grid, State
from dgekg.coverage.completeness import Completeness
from dgekg.web.house import Visit
from dgekg.web.people import grids
from dgekg.web.snapshot import HOME

_FEWEST, _MOST = 2, 6


@dataclass(frozen=True)
class Counted:
    """A practice of the example: what it says that puts it in the row and in the column, its level, whether both
    are the very concepts of the cell.
    """

    iri: str
    rows: Sequence[str]
    columns: Sequence[str]
    rung: str
    direct: bool


def cell(visit: Visit) -> dict[str, Any] | None:
    """Return a cell of the first page's table with its practices one by one; None where none is small enough."""
    grid = visit.snapshot.grid(HOME)
    found = _small(visit, grid)
    if found is None:
        return None
    within = visit.observatory.index.within
    row, column = found.concepts
    counted = []
    for card in visit.snapshot.cards.of(found.members):
        rows = [g for g in card.all("group") if row in within.get(g, {g})]
        columns = [s for s in card.all("stage") if column in within.get(s, {s})]
        counted.append(Counted(card.iri, rows, columns, card.one("rung"), row in rows and column in columns))
    return {
        "row": row,
        "column": column,
        "cell": grids.drawn(visit, grid, found),
        "href": grids.behind(visit, grid, found),
        "query": grids.cell_query(grid.view),
        "counted": counted,
        "direct": int(found.measures["direct"]),
        "above": int(found.measures["above"]),
        "practices": int(found.measures["practices"]),
        "highest": max((one.rung for one in counted), default=""),
        "state": render.state_words(found.state.value, visit.language),
    }


def _small(visit: Visit, grid: Grid) -> Cell | None:
    """Return a documented cell of few practices, some of which say something narrower: the most telling first."""
    roots = {visit.observatory.index.roots.get(d) for d in grid.view.dimensions} | {""}

    def fits(one: Cell) -> bool:
        few = _FEWEST <= one.measures["practices"] <= _MOST
        return few and one.state is State.DOCUMENTED and not roots & set(one.concepts) and not one.partly_withheld

    def key(one: Cell) -> tuple[bool, bool, int, tuple[str, ...]]:
        measures = one.measures
        mixed = 0 < measures["direct"] < measures["practices"]
        return not mixed, not measures["above"], abs(int(measures["practices"]) - 3), one.concepts

    return min((one for one in grid.cells.values() if fits(one)), key=key, default=None)


def missed(found: Completeness) -> dict[str, Any] | None:
    """Return the figures from which the number of practices is reckoned; None where it is not estimated."""
    one = found.estimate
    if one is None:
        return None
    products = sum(a * b for a, b in combinations(one.alone, 2))
    names = [r.iri for r in found.rounds if r.qualifies]
    return {
        "rounds": list(zip(names, one.alone, strict=True)) if len(names) == len(one.alone) else [],
        "alone": one.alone,
        "products": products,
        "twice": one.twice,
        "divisor": one.twice + 1,
        "missed": round(one.missed),
        "found": one.found,
        "least": round(one.least),
        "low": round(one.low),
        "high": round(one.high),
    }
