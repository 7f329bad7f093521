"""Two views compared: the same dimensions under two filters, or the same view in two versions of the data.

For each cell both sides' states and distinct practices are given, the difference (first minus second), the practices
on one side alone, and the searches on one side alone. How certain a difference between two filters is, says
`coverage.certainty`; between two versions nothing is left to chance.

What is not published is never compared, not even as "0": if either side of a cell is not published, that is all that
is said of it; if the filters of either side are, nothing is said of the whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dgekg.coverage.arrays import popcount
from dgekg.coverage.between import Between, Reason, Reasons, shared_rows
from dgekg.coverage.cells import Cell, Grid, State
from dgekg.coverage.certainty import Certainty
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.lids import Lids
from dgekg.coverage.past import Past
from dgekg.coverage.rows import NOT_STATED
from dgekg.coverage.view import View
from dgekg.errors import UnknownValue, ViewError
from dgekg.index import Bits, Index


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of both sides.

    Attributes:
        concepts: one IRI a dimension; "" is the row of what is not stated.
        published: whether anything may be said; all that follows is empty where not.
        first: the cell of the first side; None where that version has no such row.
        second: likewise, of the second side.
        shared: how many different practices are on both.
        searches_first: IRIs of the searches and statements of the first side that do not speak of the second.
        searches_second: likewise, of the second.
        reasons: what happened between two versions; empty for two filters.
        alone: practices on the first side alone, and on the second alone, as sets of the current index; None where
            nothing may be said.
        index: the current version's.
    """

    concepts: tuple[str, ...]
    published: bool
    first: Cell | None = None
    second: Cell | None = None
    shared: int = 0
    searches_first: tuple[str, ...] = ()
    searches_second: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    alone: tuple[Bits, Bits] | None = field(default=None, repr=False, compare=False)
    index: Index | None = field(default=None, repr=False, compare=False)

    @property
    def only_first(self) -> tuple[str, ...]:
        """IRIs of the practices on the first side alone, as the current version names them."""
        return self._names(0)

    @property
    def only_second(self) -> tuple[str, ...]:
        """IRIs of the practices on the second side alone, likewise."""
        return self._names(1)

    @property
    def counts(self) -> tuple[int, int]:
        """How many practices are on the first side alone, and on the second alone."""
        return (0, 0) if self.alone is None else (popcount(self.alone[0]), popcount(self.alone[1]))

    def _names(self, side: int) -> tuple[str, ...]:
        if self.alone is None or self.index is None or not self.counts[side]:
            return ()
        return tuple(self.index.unpack(self.alone[side]))

    @property
    def difference(self) -> int | None:
        """Distinct practices on the first side minus those on the second; None where there is nothing to compare."""
        absent = any(iri for one in self.reasons if one.code == "row" for iri in one.things)
        if not self.published or absent:
            return None
        held = [0 if cell is None else cell.measures["practices"] for cell in (self.first, self.second)]
        return held[0] - held[1]

    @property
    def by_search(self) -> bool:
        """Whether the sides hold no practices alike, and differ in whether anybody looked."""
        if self.first is None or self.second is None or self.first.state is self.second.state:
            return False
        empty = (State.SEARCHED, State.NOT_SEARCHED)
        return self.first.state in empty and self.second.state in empty

    @property
    def alike(self) -> bool:
        """Whether state, marks, practices and searches are the same on both sides, or nothing may be said."""
        if not self.published:
            return True
        if self.first is None or self.second is None:
            return self.first is self.second
        seen = ((c.state, c.marks, c.measures["practices"]) for c in (self.first, self.second))
        return len(set(seen)) == 1 and not any((*self.counts, self.searches_first, self.searches_second))


@dataclass(frozen=True, slots=True)
class Compared:
    """A computed comparison.

    Attributes:
        comparison: what was asked.
        grids: first and second side, as computed.
        published: whether the filters of both sides may be published; every cell is unpublished where not.
        rows: of each dimension, those of either side.
        cells: by their concepts, in the order of the rows.
        totals: distinct practices under the filters of each side; 0 where not published.
        shared: how many of them are on both sides.
        certainty: what chance says.
        between: what happened between the versions; None for two filters.
    """

    comparison: Comparison
    grids: tuple[Grid, Grid]
    published: bool
    rows: tuple[tuple[str, ...], ...]
    cells: Mapping[tuple[str, ...], Difference] = field(repr=False)
    totals: tuple[int, int]
    shared: int
    certainty: Certainty
    between: Between | None = None

    def ranked(self) -> list[Difference]:
        """Return the cells that differ: first what chance does not explain, then the largest differences."""
        order = {key: n for n, key in enumerate(self.cells)}

        def rank(one: Difference) -> tuple[bool, int, bool, int]:
            chance = self.certainty.cells.get(one.concepts)
            beyond = chance is not None and chance.differs
            return not beyond, -abs(one.difference or 0), not one.by_search, order[one.concepts]

        return sorted((one for one in self.cells.values() if not one.alike), key=rank)


def against_filters(comparison: Comparison, index: Index, grids: tuple[Grid, Grid], certainty: Certainty) -> Compared:
    """Put two computed views of one version side by side; rows and columns are the same on both."""
    first, second = grids
    lids = Lids(*((index, grid.view) for grid in grids))
    published = not lids.whole
    cells = {
        key: _side_by_side(index, cell, second.cells[key], published and not lids.closed(key))
        for key, cell in first.cells.items()
    }
    sides = [members_of(index, grid.view) if published else index.none for grid in grids]
    totals, shared = (popcount(sides[0]), popcount(sides[1])), popcount(sides[0] & sides[1])
    said = certainty if published else Certainty("not-published")
    rows = tuple(axis.rows for axis in first.axes)
    compared = Compared(comparison, grids, published, rows, cells, totals, shared, said)
    return compared if comparison.view.empty else without_empty(compared)


def against_version(
    comparison: Comparison, index: Index, past: Past, grids: tuple[Grid, Grid], between: Between
) -> Compared:
    """Put a view and the same view of an older version side by side (see `older_view`)."""
    lids = Lids((index, grids[0].view), (past.index, grids[1].view))
    published = not lids.whole
    reasons = Reasons(index, past, (grids[0].view, grids[1].view))
    rows = shared_rows(grids)
    cells = {
        key: _then_and_now(key, grids, past, reasons, published and not lids.closed(key))
        for key in itertools.product(*rows)
    }
    now = members_of(index, grids[0].view) if published else index.none
    then = members_of(past.index, grids[1].view) if published else past.index.none
    shared, totals = popcount(now & past.today(then, index)[0]), (popcount(now), popcount(then))
    said = Certainty("versions" if published else "not-published")
    compared = Compared(comparison, grids, published, rows, cells, totals, shared, said, between)
    return compared if comparison.view.empty else without_empty(compared)


def older_view(view: View, past: Past, version: str) -> View:
    """Return a view as the older version can compute it: what is left out goes by its older name.

    Raises:
        ViewError: the older version does not know a value of the view.
    """
    exclude = {*view.exclude, *(old for iri in view.exclude for old in past.was.get(iri, ()))}
    try:
        return replace(view, exclude=tuple(exclude)).check(past.index)
    except UnknownValue as error:
        raise ViewError(f"against-version: version {version} does not know all of this view. {error}") from error


def without_empty(compared: Compared) -> Compared:
    """Leave out the rows and columns in which neither side holds a practice that may be shown."""
    used = [set[str]() for _ in compared.rows]
    for one in compared.cells.values():
        if any(cell is not None and cell.measures["practices"] for cell in (one.first, one.second)):
            for rows, concept in zip(used, one.concepts, strict=True):
                rows.add(concept)
    kept = tuple(tuple(r for r in rows if r in held) for rows, held in zip(compared.rows, used, strict=True))
    cells = {key: compared.cells[key] for key in itertools.product(*kept)}
    return replace(compared, rows=kept, cells=cells)


def members_of(index: Index, view: View) -> Bits:
    """Return the practices under the filters of a view."""
    left: Bits = coordinates_left(index, view) & qualities_left(index, view)
    return left


def _side_by_side(index: Index, first: Cell, second: Cell, published: bool) -> Difference:
    if not published or State.NOT_PUBLISHED in (first.state, second.state):
        return Difference(first.concepts, False)
    return _difference(index, first.concepts, first, second, (first.bits, second.bits), ())


def _then_and_now(
    key: tuple[str, ...], grids: tuple[Grid, Grid], past: Past, reasons: Reasons, published: bool
) -> Difference:
    first, second = (grid.cells.get(key) for grid in grids)
    sides = [cell for cell in (first, second) if cell is not None]
    if not published or any(cell.state is State.NOT_PUBLISHED for cell in sides):
        return Difference(key, False)
    absent = tuple(
        Reason("row", (iri,), one.dimension)
        for iri, one, other in zip(key, grids[0].axes, grids[1].axes, strict=True)
        if iri != NOT_STATED and (iri in one.at) != (iri in other.at)
    )
    index = reasons.index
    now = index.none if first is None else first.bits
    then, merged = past.today(past.index.none if second is None else second.bits, index)
    why = absent or reasons.of(key, first, second, (now, then, merged))
    return _difference(index, key, first, second, (now, then), why)


def _difference(
    index: Index,
    key: tuple[str, ...],
    first: Cell | None,
    second: Cell | None,
    sets: tuple[Bits, Bits],
    reasons: tuple[Reason, ...],
) -> Difference:
    here, there = ({*cell.statements, *cell.superseded} if cell is not None else set() for cell in (first, second))
    return Difference(
        key,
        True,
        first,
        second,
        popcount(sets[0] & sets[1]),
        tuple(sorted(here - there)),
        tuple(sorted(there - here)),
        reasons,
        (sets[0] & ~sets[1], sets[1] & ~sets[0]),
        index,
    )
