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

from dgekg.coverage.between import Between, Reason, Reasons, shared_rows
from dgekg.coverage.cells import Cell, Grid, State
from dgekg.coverage.certainty import Certainty
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.past import Past
from dgekg.coverage.published import Published
from dgekg.coverage.rows import NOT_STATED
from dgekg.coverage.view import View
from dgekg.errors import UnknownValue, ViewError
from dgekg.index import Index


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of both sides.

    Attributes:
        concepts: one IRI a dimension; "" is the row of what is not stated.
        published: whether anything may be said; all that follows is empty where not.
        first: the cell of the first side; None where that version has no such row.
        second: likewise, of the second side.
        only_first: IRIs of the practices on the first side alone, as the current version names them.
        only_second: likewise, on the second.
        shared: how many different practices are on both.
        searches_first: IRIs of the searches and statements of the first side that do not speak of the second.
        searches_second: likewise, of the second.
        reasons: what happened between two versions; empty for two filters.
    """

    concepts: tuple[str, ...]
    published: bool
    first: Cell | None = None
    second: Cell | None = None
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    shared: int = 0
    searches_first: tuple[str, ...] = ()
    searches_second: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

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
        alone = (self.only_first, self.only_second, self.searches_first, self.searches_second)
        return len(set(seen)) == 1 and not any(alone)


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
        key: _side_by_side(cell, second.cells[key], published and not lids.closed(key))
        for key, cell in first.cells.items()
    }
    sides = [members_of(index, grid.view) if published else frozenset() for grid in grids]
    totals = (len(sides[0]), len(sides[1]))
    said = certainty if published else Certainty("not-published")
    rows = tuple(axis.rows for axis in first.axes)
    compared = Compared(comparison, grids, published, rows, cells, totals, len(sides[0] & sides[1]), said)
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
    now = members_of(index, grids[0].view) if published else frozenset()
    then = members_of(past.index, grids[1].view) if published else frozenset()
    shared = len(now & {past.became[p] for p in then})
    said = Certainty("versions" if published else "not-published")
    compared = Compared(comparison, grids, published, rows, cells, (len(now), len(then)), shared, said, between)
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


class Lids:
    """What may not be said of the sides of a comparison, whether or not anything is known.

    A side that leaves out (`!=`) a domain of which nothing is published would show it as the difference from one that
    does not: such a cell is closed too.

    Args:
        sides: index and view of each side.
    """

    def __init__(self, *sides: tuple[Index, View]) -> None:
        self._sides = [(Published(index), view) for index, view in sides]

    @property
    def whole(self) -> bool:
        """Whether the filters of a side name a domain of which nothing is published."""
        return self.closed(()) or any(published.withheld(*_sets(view, ())) for published, view in self._sides)

    def closed(self, concepts: tuple[str, ...]) -> bool:
        """Whether a side leaves out a domain that, in this cell, may not be shown."""
        return any(self._left_out(published, view, concepts) for published, view in self._sides)

    def _left_out(self, published: Published, view: View, concepts: tuple[str, ...]) -> bool:
        barred = [one for one in view.filters if one.negated and one.dimension in ("region", "group")]
        if not barred:
            return False
        regions, groups = _sets(view, concepts)
        for one in barred:
            for value in one.values:
                own = [frozenset({value})]
                sets = (own, groups) if one.dimension == "region" else (regions, own)
                if published.withheld(*sets):
                    return True
        return False


def _sets(view: View, concepts: tuple[str, ...]) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """Return the sets of regions and of groups that hold for a cell, by its concepts and the filters."""
    places = list(zip(view.dimensions, concepts, strict=False))
    regions, groups = (
        [frozenset(one.values) for one in view.filters if one.dimension == name and not one.negated]
        + [frozenset({concept}) for dimension, concept in places if dimension == name]
        for name in ("region", "group")
    )
    return regions, groups


def members_of(index: Index, view: View) -> frozenset[str]:
    """Return the practices under the filters of a view."""
    return frozenset(index.unpack(coordinates_left(index, view) & qualities_left(index, view)))


def _side_by_side(first: Cell, second: Cell, published: bool) -> Difference:
    if not published or State.NOT_PUBLISHED in (first.state, second.state):
        return Difference(first.concepts, False)
    here, there = _held(first), _held(second)
    searches = [_searches(cell) for cell in (first, second)]
    return Difference(
        first.concepts,
        True,
        first,
        second,
        tuple(sorted(here - there)),
        tuple(sorted(there - here)),
        len(here & there),
        tuple(sorted(searches[0] - searches[1])),
        tuple(sorted(searches[1] - searches[0])),
    )


def _then_and_now(
    key: tuple[str, ...], grids: tuple[Grid, Grid], past: Past, reasons: Reasons, published: bool
) -> Difference:
    first, second = (grid.cells.get(key) for grid in grids)
    sides = [cell for cell in (first, second) if cell is not None]
    if not published or any(cell.state is State.NOT_PUBLISHED for cell in sides):
        return Difference(key, False)
    absent = [
        Reason("row", (iri,), one.dimension)
        for iri, one, other in zip(key, grids[0].axes, grids[1].axes, strict=True)
        if iri != NOT_STATED and (iri in one.rows) != (iri in other.rows)
    ]
    now, then = _held(first), {past.became[p] for p in _held(second)}
    searches = [_searches(cell) for cell in (first, second)]
    return Difference(
        key,
        True,
        first,
        second,
        tuple(sorted(now - then)),
        tuple(sorted(then - now)),
        len(now & then),
        tuple(sorted(searches[0] - searches[1])),
        tuple(sorted(searches[1] - searches[0])),
        tuple(absent) or reasons.of(key, first, second),
    )


def _held(cell: Cell | None) -> set[str]:
    return set() if cell is None else set(cell.members)


def _searches(cell: Cell | None) -> set[str]:
    return set() if cell is None else {*cell.statements, *cell.superseded}
