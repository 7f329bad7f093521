"""Gaps that a record names by their coordinates, looked up again: what is missing there now, if anything.

A recommendation names where its gap lies: a stage, a group, a place and the like. Several values of one dimension are
several cells. The first two dimensions are the rows and columns of a view that shows all levels; any further one
narrows it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dgekg.coverage.cells import Cell, Grid
from dgekg.coverage.kinds import KINDS, NONE, Missing
from dgekg.coverage.states import State
from dgekg.coverage.view import Filter, View
from dgekg.index import Index

DIMENSIONS = ("group", "stage", "region", "right", "kind", "lever", "sector")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known today of a cell that a record names.

    Attributes:
        grid: the view that the cell belongs to.
        cell: the cell.
        kind: what is missing there now, of `KINDS`; "" where nothing is, or where nothing is published.
    """

    grid: Grid
    cell: Cell
    kind: str

    @property
    def closed(self) -> bool:
        """Whether nothing is published of the cell, so that nothing can be said of its gap."""
        return self.cell.state is State.NOT_PUBLISHED


class Named:
    """Cells looked up by their coordinates; what is missing in a view is computed once.

    Args:
        index: of the version.
        grid_of: computes a view.
    """

    def __init__(self, index: Index, grid_of: Callable[[View], Grid]) -> None:
        self.index, self._grid_of = index, grid_of
        self._missing: dict[View, Missing] = {}

    def standing(self, coordinates: Mapping[str, Sequence[str]]) -> list[Standing]:
        """Return each cell that the coordinates name; none where they name no dimension that a view can have.

        Args:
            coordinates: dimension -> IRIs of concepts.
        """
        named = [(name, coordinates[name]) for name in DIMENSIONS if coordinates.get(name)]
        found = []
        for concepts in itertools.product(*(values for _, values in named)) if named else ():
            at = dict(zip((name for name, _ in named), concepts, strict=True))
            shown, narrowed = list(at)[:2], list(at)[2:]
            filters = tuple(Filter(name, (at[name],)) for name in narrowed)
            found += self._cell(View(tuple(shown), filters), tuple(at[name] for name in shown))
        return found

    def _cell(self, view: View, concepts: tuple[str, ...]) -> list[Standing]:
        missing = self._missing.get(view)
        if missing is None:
            missing = self._missing[view] = Missing(self.index, self._grid_of(view))
        cell = missing.grid.cells.get(concepts)
        if cell is None:
            return []
        place = tuple(axis.at[iri] for axis, iri in zip(missing.grid.axes, concepts, strict=True))
        kind = int(missing.kinds[place])
        return [Standing(missing.grid, cell, "" if kind == NONE else KINDS[kind])]
