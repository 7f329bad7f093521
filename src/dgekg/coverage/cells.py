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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from dgekg.coverage.arrays import Counted, Table, popcount
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.marks import ANY, Marks
from dgekg.coverage.published import Published
from dgekg.coverage.rows import Axis, axis_of, stack
from dgekg.coverage.searches import NOT_APPLICABLE, NOTHING, SEARCHED, Condition, Looked, Searches
from dgekg.coverage.view import View, crossed
from dgekg.errors import ViewError
from dgekg.index import Bits, Index

MARKS = ("effect-shown", "harm-or-mixed", "from-afar", "stale")
MEASURES = (
    "practices",
    "direct",
    "above",
    "documented",
    "effect_shown",
    "harm_or_mixed",
    "focused",
    "promising",
    "actors",
    "countries",
)
_ZERO: Mapping[str, int] = MappingProxyType(dict.fromkeys(MEASURES, 0))


class State(StrEnum):
    """What is known of a cell; the first that fits, in this order (`present-filtered-out` only under a quality)."""

    NOT_PUBLISHED = "not-published"
    DOCUMENTED = "documented"
    THIN = "thin"
    FILTERED = "present-filtered-out"
    NOT_APPLICABLE = "not-applicable"
    SEARCHED = "searched-none-found"
    NOT_SEARCHED = "not-searched"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Measures are distinct counts: `practices` in it, `direct` (that say exactly these concepts), `above` (that say
    something broader and are not in it: beside, never added), `documented` (at the rung or above), `effect_shown`,
    `harm_or_mixed` and `promising` (see `coverage.marks`), `focused` (see `Axis`, of the view's first dimension),
    `actors` and `countries` of its practices.

    Attributes:
        concepts: one IRI a dimension; "" is the row of what is not stated.
        state: see `State`.
        marks: of `MARKS`.
        measures: distinct counts, keys as `MEASURES`; all 0 where the state is `not-published`.
        bits: its practices as a set of the index; empty where the state is `not-published`.
        statements: IRIs of the searches and statements that decide an empty cell.
        partly_withheld: whether something narrower within it is not published.
        superseded: IRIs of the searches of this cell that a practice found since has overtaken.
    """

    concepts: tuple[str, ...]
    state: State
    marks: tuple[str, ...]
    measures: Mapping[str, int]
    bits: Bits = field(repr=False, compare=False)
    statements: tuple[str, ...]
    partly_withheld: bool
    superseded: tuple[str, ...]
    index: Index = field(repr=False, compare=False)

    @property
    def members(self) -> tuple[str, ...]:
        """IRIs of the practices in it."""
        return tuple(self.index.unpack(self.bits))


@dataclass(frozen=True, slots=True)
class Grid:
    """A computed view.

    Attributes:
        view: what was asked.
        axes: rows of each dimension.
        cells: by their concepts, in the order of the axes.
        total: distinct practices under the filters; 0 where they name what is not published.
        as_of: the day that "stale" is reckoned from.
    """

    view: View
    axes: tuple[Axis, ...]
    cells: Mapping[tuple[str, ...], Cell]
    total: int
    as_of: dt.date

    @property
    def placed(self) -> int:
        """Sum of the cells' practices: more than `total` by as much as cells overlap."""
        return sum(cell.measures["practices"] for cell in self.cells.values())


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
    work = _Work(index, view, axes, as_of, stale_months)
    grid = {cell.concepts: cell for cell in work.cells()}
    if not view.empty:
        axes, grid = _without_empty(axes, grid)
    return Grid(view, axes, grid, work.total(), as_of)


class _Work:
    """What all cells of one view share."""

    def __init__(self, index: Index, view: View, axes: Sequence[Axis], as_of: dt.date, months: int) -> None:
        self.index, self.view, self.axes = index, view, axes
        self.base, self.quality = coordinates_left(index, view), qualities_left(index, view)
        self.oldest = _months_before(as_of, months)
        self.searches, self.published = Searches(index), Published(index)
        self.coordinates = tuple(index.dimension(a.dimension).coordinate for a in axes)
        self.fixed: tuple[Condition, ...] = tuple(
            (f.dimension, frozenset(f.values))
            for f in view.filters
            if not f.negated and index.dimension(f.dimension).coordinate
        )
        self.own: list[dict[str, tuple[Condition, ...]]] = [
            {row: ((a.dimension, frozenset({row})),) if c else () for row in a.rows}
            for a, c in zip(axes, self.coordinates, strict=True)
        ]

    def total(self) -> int:
        """Count the practices under the filters; none where the filters name a domain of which nothing is published."""
        regions = [values for dimension, values in self.fixed if dimension == "region"]
        groups = [values for dimension, values in self.fixed if dimension == "group"]
        return 0 if self.published.withheld(regions, groups) else popcount(self.base & self.quality)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, in the order of the axes."""
        table = self._table()
        for concepts, counted in zip(itertools.product(*(a.rows for a in self.axes)), table.counted(), strict=True):
            yield self._cell(concepts, counted)

    def _table(self) -> Table:
        index, axes = self.index, self.axes
        marks = Marks(index, self.view.rung)
        closed = [a.closed for a in axes]
        inside = self.base & self.quality
        lines: dict[str, tuple[list[Bits], Bits]] = {
            "practices": (closed, inside),
            "direct": ([a.direct for a in axes], inside),
            "near": ([a.near for a in axes], inside),
            "documented": (closed, inside & index.bits(np.flatnonzero(index.rung >= self.view.rung))),
            "focused": (closed, inside & axes[0].focused),
            "present": ([a.closed for a, c in zip(axes, self.coordinates, strict=True) if c], self.base),
        }
        for name, of in (
            ("effect_shown", marks.effect_for),
            ("harm_or_mixed", marks.harm_for),
            ("promising", marks.promising_for),
        ):
            if any(a.dimension == "group" for a in axes):
                own = [
                    a.closed & stack(index, [of([row]) for row in a.rows]) if a.dimension == "group" else a.closed
                    for a in axes
                ]
                lines[name] = (own, inside)
            else:
                groups = {g for dimension, values in self.fixed if dimension == "group" for g in values}
                lines[name] = (closed, inside & of(groups or {ANY}))
        spans = {name: [True] * len(axes) for name in lines}
        spans["present"] = list(self.coordinates)
        return Table(index, tuple(len(a.rows) for a in axes), lines, spans)

    def _cell(self, concepts: tuple[str, ...], counted: Counted) -> Cell:
        conditions = self._conditions(concepts)
        withheld, partly = self._publishable(conditions)
        none = self.index.none
        if withheld:
            return Cell(concepts, State.NOT_PUBLISHED, (), _ZERO, none, (), False, (), self.index)
        counts = counted.counts
        above = counted.near - counts.get("practices", 0)
        if not counts:
            state, looked = self._empty(counted.present, conditions)
            measures = {**_ZERO, "above": above} if above else _ZERO
            overtaken = self._superseded(conditions) if state is State.FILTERED else ()
            marks = self._search_marks(looked) if looked.statements else ()
            statements = self.searches.iris(looked.statements)
            return Cell(concepts, state, marks, measures, none, statements, partly, overtaken, self.index)
        measures = {m: above if m == "above" else counts[m] for m in MEASURES}
        state = State.DOCUMENTED if counts["documented"] else State.THIN
        marks = tuple(
            mark
            for mark, holds in (
                ("effect-shown", counts["effect_shown"]),
                ("harm-or-mixed", counts["harm_or_mixed"]),
                ("stale", 0 < counted.newest < self.oldest.toordinal()),
            )
            if holds
        )
        overtaken = self._superseded(conditions)
        return Cell(concepts, state, marks, measures, counted.bits, (), partly, overtaken, self.index)

    def _empty(self, present: bool, conditions: Sequence[Condition]) -> tuple[State, Looked]:
        if present:
            return State.FILTERED, NOTHING
        stated = self.searches.stated(conditions, NOT_APPLICABLE)
        if stated.statements:
            return State.NOT_APPLICABLE, stated
        looked = self.searches.searched(conditions)
        return (State.SEARCHED if looked.statements else State.NOT_SEARCHED), looked

    def _superseded(self, conditions: Sequence[Condition]) -> tuple[str, ...]:
        return self.searches.iris(self.searches.stated(conditions, SEARCHED).statements)

    def _search_marks(self, looked: Looked) -> tuple[str, ...]:
        old = bool(looked.date) and looked.date[:10] < self.oldest.isoformat()
        return tuple(m for m, holds in (("from-afar", looked.afar), ("stale", old)) if holds)

    def _conditions(self, concepts: tuple[str, ...]) -> tuple[Condition, ...]:
        found = self.fixed
        for own, concept in zip(self.own, concepts, strict=True):
            found += own[concept]
        return found

    def _publishable(self, conditions: Sequence[Condition]) -> tuple[bool, bool]:
        """Return whether the cell is withheld whole, and whether in part; by its region and group alone."""
        if not self.published.every:
            return False, False
        regions = [concepts for dimension, concepts in conditions if dimension == "region"]
        groups = [concepts for dimension, concepts in conditions if dimension == "group"]
        if self.published.withheld(regions, groups):
            return True, False
        return False, self.published.partly_withheld(regions, groups)


def _without_empty(
    axes: tuple[Axis, ...], grid: dict[tuple[str, ...], Cell]
) -> tuple[tuple[Axis, ...], dict[tuple[str, ...], Cell]]:
    """Leave out the rows and columns in which no cell holds a practice."""
    used: list[set[str]] = [set() for _ in axes]
    for cell in grid.values():
        if cell.measures["practices"]:
            for rows, concept in zip(used, cell.concepts, strict=True):
                rows.add(concept)
    kept = tuple(a.keep([row for row in a.rows if row in rows]) for a, rows in zip(axes, used, strict=True))
    return kept, {c: grid[c] for c in itertools.product(*(a.rows for a in kept))}


def _months_before(date: dt.date, months: int) -> dt.date:
    """Return the day some months earlier, or the last of its month.

    >>> _months_before(dt.date(2026, 11, 30), 33)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))
