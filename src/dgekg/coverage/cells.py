"""Cells: who is in each, its state, its marks and its measures.

Presence travels up (a practice in Kenya is one in Africa, by the closure of the dimensions); absence travels
down (see `coverage.searches`). A cell has one state, the first that fits: what may not be published is decided
before anything else, whether or not anything is known (`coverage.published`); then what is there; then what the
statements say of an empty cell. Nobody can search for a quality: what a quality, as a filter, as a row or by an
exclusion, takes away from a cell that holds something is *present, filtered out*, never *not searched*. A
search that a practice has overtaken decides nothing any more, and is shown beside (`Cell.superseded`); whether
it was contradicted from the first is a check of the build.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dgekg.coverage.rows import Axis, axis_of
from dgekg.coverage.searches import NOT_APPLICABLE, NOTHING, SEARCHED, Looked
from dgekg.coverage.states import DISTINCT, MARKS, MEASURES, STATES, State
from dgekg.coverage.table import CellTable
from dgekg.coverage.view import View, crossed
from dgekg.errors import ViewError
from dgekg.index import Bits, Index

__all__ = ["MARKS", "MEASURES", "STATES", "Cell", "Cells", "Grid", "Measures", "State", "compute"]


@dataclass(frozen=True)
class Cell:
    """One cell; what it takes to tell of it is reckoned when it is asked.

    Measures are distinct counts: `practices` in it, `direct` (that say exactly these concepts), `above` (that say
    something broader and are not in it: beside, never added), `documented` (at the rung or above), `effect_shown`,
    `harm_or_mixed` and `promising` (see `coverage.marks`), `focused` (see `Axis`, of the view's first dimension),
    `actors` and `countries` of its practices.

    Attributes:
        concepts: one IRI a dimension; "" is the row of what is not stated.
        state: see `State`.
        partly_withheld: whether something narrower within it is not published.
        measures: distinct counts, keys as `MEASURES`; all 0 where the state is `not-published`.
        index: what the view was computed from.
    """

    concepts: tuple[str, ...]
    state: State
    partly_withheld: bool
    measures: Mapping[str, int]
    index: Index = field(repr=False, compare=False)
    _table: CellTable = field(repr=False, compare=False)
    _place: tuple[int, ...] = field(repr=False, compare=False)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Marks, of `MARKS`."""
        return self._table.marks(self._place, self.state, self._looked)

    @cached_property
    def bits(self) -> Bits:
        """Its practices as a set of the index; empty where the state is `not-published`."""
        return self._table.bits(self._place) if self.measures["practices"] else self.index.none

    @property
    def members(self) -> tuple[str, ...]:
        """IRIs of the practices in it."""
        return tuple(self.index.unpack(self.bits)) if self.measures["practices"] else ()

    @cached_property
    def statements(self) -> tuple[str, ...]:
        """IRIs of the searches and statements that decide an empty cell."""
        return self._table.searches.iris(self._looked.statements)

    @cached_property
    def superseded(self) -> tuple[str, ...]:
        """IRIs of the searches of this cell that a practice found since has overtaken."""
        if self.state not in (State.DOCUMENTED, State.THIN, State.FILTERED):
            return ()
        stated = self._table.searches.stated(self._table.conditions(self.concepts), SEARCHED)
        return self._table.searches.iris(stated.statements)

    @cached_property
    def _looked(self) -> Looked:
        if self.state is State.NOT_APPLICABLE:
            return self._table.searches.stated(self._table.conditions(self.concepts), NOT_APPLICABLE)
        if self.state is State.SEARCHED:
            return self._table.searches.searched(self._table.conditions(self.concepts))
        return NOTHING


@dataclass(frozen=True)
class Grid:
    """A computed view.

    Attributes:
        view: what was asked.
        axes: rows of each dimension.
        cells: by their concepts, in the order of the axes.
        total: distinct practices under the filters; 0 where they name what is not published.
        as_of: the day that "stale" is reckoned from.
        table: the same as arrays.
    """

    view: View
    axes: tuple[Axis, ...]
    cells: Mapping[tuple[str, ...], Cell]
    total: int
    as_of: dt.date
    table: CellTable = field(repr=False, compare=False)

    @property
    def placed(self) -> int:
        """Sum of the cells' practices: more than `total` by as much as cells overlap."""
        return int(self.table.published("practices").sum())


def compute(index: Index, view: View, as_of: dt.date, stale_months: int = 36, limit: int = 250_000) -> Grid:
    """Compute a view.

    Raises:
        UnknownValue: a dimension or value that does not exist.
        ViewError: dimensions that determine each other, contradictory filters, or more cells than `limit`.
    """
    view.check(index)
    depths = dict(view.depths)
    axes = tuple(axis_of(index, view, name, depths.get(name)) for name in view.dimensions)
    cells = crossed([a.rows for a in axes])
    if cells > limit:
        widest = max(axes, key=lambda a: len(a.rows)).dimension
        raise ViewError(
            f"This view has {cells:,} cells; the limit is {limit:,}. Narrow it with a depth "
            f"(depth={widest}=1) or with a filter in place of a dimension."
        )
    table = CellTable(index, view, axes, _months_before(as_of, stale_months))
    if not view.empty:
        table = table.without_empty()
    return Grid(view, table.axes, Cells(table), table.total(), as_of, table)


class Measures(Mapping[str, int]):
    """The measures of a cell; actors and countries are counted when they are asked."""

    def __init__(self, table: CellTable, place: tuple[int, ...]) -> None:
        self._table, self._place = table, place
        self._lid = bool(table.withheld[place])

    def __getitem__(self, name: str) -> int:
        """Return a measure."""
        if name not in MEASURES:
            raise KeyError(name)
        if self._lid:
            return 0
        if name in DISTINCT:
            return int(self._table.distinct[name][self._place])
        if name == "above":
            return int(self._table.count("near")[self._place] - self._table.count("practices")[self._place])
        return int(self._table.count(name)[self._place])

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the measures."""
        return iter(MEASURES)

    def __len__(self) -> int:
        """Return how many measures there are."""
        return len(MEASURES)


class Cells(Mapping[tuple[str, ...], Cell]):
    """The cells of a table, made when they are asked for."""

    def __init__(self, table: CellTable) -> None:
        self._table = table
        self._made: dict[tuple[str, ...], Cell] = {}

    def __getitem__(self, concepts: tuple[str, ...]) -> Cell:
        """Return a cell."""
        if concepts not in self._made:
            axes = self._table.axes
            if len(concepts) != len(axes):
                raise KeyError(concepts)
            place = tuple(axis.at[concept] for axis, concept in zip(axes, concepts, strict=True))
            state = STATES[self._table.states[place]]
            partly = bool(self._table.partly[place]) and state is not State.NOT_PUBLISHED
            table = self._table
            self._made[concepts] = Cell(concepts, state, partly, Measures(table, place), table.index, table, place)
        return self._made[concepts]

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield the concepts of each cell, in the order of the axes."""
        return itertools.product(*(axis.rows for axis in self._table.axes))

    def __len__(self) -> int:
        """Return how many cells there are."""
        return crossed([axis.rows for axis in self._table.axes])


def _months_before(date: dt.date, months: int) -> dt.date:
    """Return the day some months earlier, or the last of its month.

    >>> _months_before(dt.date(2026, 11, 30), 33)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))
