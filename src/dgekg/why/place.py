"""The place that conditions name: its cell, and whether anything is published about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dgekg.coverage import Cell, Filter, Grid, View
from dgekg.coverage.published import Published
from dgekg.errors import InputError
from dgekg.index import Index
from dgekg.observatory import Observatory

# The row by which a place is asked that its filters alone name: one that every practice states.
_ROWS = ("stage", "region", "group", "lever", "kind")


def own_cell(observatory: Observatory, view: View) -> tuple[Grid | None, Cell | None]:
    """Return the cell that the filters of a view name, with its view; nothing where they name no place."""
    index = observatory.index
    named = [f for f in view.filters if not f.negated and index.dimension(f.dimension).coordinate]
    if not named:
        return None, None
    for view_ in (*_by_row(view, named), *_by_root(index, view, named)):
        try:
            grid = observatory.coverage(view_)
        except InputError:
            continue
        row = next((f.values[0] for f in named if f.dimension == view_.dimensions[0]), "")
        cell = grid.cells.get((row or index.roots.get(view_.dimensions[0], ""),))
        if cell is not None:
            return grid, cell
    return None, None


def withheld(index: Index, filters: Sequence[Filter]) -> bool:
    """Whether conditions lie whole in a domain of which nothing is published."""
    sets: dict[str, list[frozenset[str]]] = {"region": [], "group": []}
    for one in filters:
        if one.dimension in sets and not one.negated:
            sets[one.dimension].append(frozenset(one.values))
    return Published(index).withheld(sets["region"], sets["group"])


def _by_row(view: View, named: Sequence[Filter]) -> list[View]:
    """Return the view whose row is one of the conditions."""
    single = [f for f in named if len(f.values) == 1 and sum(g.dimension == f.dimension for g in named) == 1]
    return [
        replace(
            view, dimensions=(one.dimension,), filters=tuple(f for f in view.filters if f != one), depths=(), empty=True
        )
        for one in single[:1]
    ]


def _by_root(index: Index, view: View, named: Sequence[Filter]) -> list[View]:
    """Return the views whose row is the root of something that is not asked for."""
    taken = {f.dimension for f in named}
    free = [name for name in _ROWS if name not in taken and name in index.roots]
    return [replace(view, dimensions=(name,), depths=((name, 0),), empty=True) for name in free[:1]]
