"""Cells: who is in each, its state, its marks and its measures.

Presence travels up (a practice in Kenya is one in Africa, by the closure of the dimensions); absence travels
down (see `coverage.searches`). The rules are those of the design's section on coverage.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dgekg.coverage.rows import Axis, axis_of
from dgekg.coverage.searches import Coordinates, Searches
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

    Attributes:
        concepts: one IRI a dimension; "" is the row of what is not stated.
        state: see `State`.
        marks: of `MARKS`.
        measures: distinct counts, keys as `MEASURES`; all 0 where the state is `not-published`.
        members: IRIs of the practices in it; empty where the state is `not-published`.
        statements: IRIs of the searches and statements that decide an empty cell.
        partly_withheld: whether something narrower within it is not published.
    """

    concepts: tuple[str, ...]
    state: State
    marks: tuple[str, ...]
    measures: Mapping[str, int]
    members: tuple[str, ...]
    statements: tuple[str, ...]
    partly_withheld: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A computed view.

    Attributes:
        axes: rows of each dimension.
        cells: by their concepts, in the order of the axes.
        total: distinct practices under the filters.
        placed: sum of the cells' practices at the lowest rows; more than `total` where cells overlap.
    """

    view: View
    axes: tuple[Axis, ...]
    cells: Mapping[tuple[str, ...], Cell]
    total: int
    as_of: dt.date


def compute(index: Index, view: View, as_of: dt.date, stale_months: int = 36, limit: int = 250_000) -> Grid:
    """Compute a view.

    Raises:
        UnknownValue: a dimension that does not exist.
        ViewError: dimensions that determine each other, or more cells than `limit`.
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
    grid = {concepts: work.cell(concepts) for concepts in itertools.product(*(a.rows for a in axes))}
    if not view.empty:
        axes, grid = _without_empty(axes, grid)
    return Grid(view, axes, grid, popcount(work.base & work.quality), as_of)


def popcount(bits: Bits) -> int:
    """Return how many practices a set holds."""
    return int(np.bitwise_count(bits).sum())


class _Work:
    """What all cells of one view share."""

    def __init__(self, index: Index, view: View, axes: Sequence[Axis], as_of: dt.date, months: int) -> None:
        self.index, self.view, self.axes = index, view, axes
        self.base, self.quality = _filters(index, view)
        self.documented = index.bits(np.flatnonzero(index.rung >= view.rung).tolist())
        self.oldest = _months_before(as_of, months).isoformat()
        self.effect = _about(
            index, lambda e: e.direction == "improvement" and e.indicator == "outcome", False
        )
        self.harm = _about(index, lambda e: e.direction in ("harm", "mixed"), True)
        self.promising = _by_group(index, ((p, g) for p, groups in index.promising.items() for g in groups))
        self.searches = Searches(index)
        self.fixed = {
            f.dimension: frozenset(f.values)
            for f in view.filters
            if not f.negated and index.dimension(f.dimension).coordinate
        }

    def cell(self, concepts: tuple[str, ...]) -> Cell:
        index = self.index
        coordinates = self._coordinates(concepts)
        if self.searches.withheld(coordinates):
            zero = dict.fromkeys(MEASURES, 0)
            return Cell(concepts, State.NOT_PUBLISHED, (), zero, (), (), False)
        inside = self.base.copy()
        around = self.base.copy()
        direct = self.base & self.quality
        for axis, concept in zip(self.axes, concepts, strict=True):
            inside &= axis.closed(concept)
            around &= axis.closed(concept) | axis.above(concept)
            direct = direct & axis.direct(concept)
        members = inside & self.quality
        count = popcount(members)
        partly = self.searches.partly_withheld(coordinates)
        if count == 0:
            state, statements, afar = self._empty(inside, coordinates)
            measures = dict.fromkeys(MEASURES, 0)
            measures["above"] = popcount(around & self.quality)
            marks = self._search_marks(statements, afar)
            return Cell(concepts, state, marks, measures, (), statements, partly)
        names = tuple(index.unpack(members))
        group = self._group(coordinates)
        measures = {
            "practices": count,
            "direct": popcount(direct),
            "above": popcount(around & self.quality & ~members),
            "documented": popcount(members & self.documented),
            "effect_shown": popcount(members & self.effect.get(group, index.none)),
            "harm_or_mixed": popcount(members & self.harm.get(group, self.harm[""])),
            "focused": popcount(members & self.axes[0].focused),
            "promising": popcount(members & self.promising.get(group, index.none)),
            "actors": len(frozenset().union(*(index.actors.get(p, frozenset()) for p in names))),
            "countries": len(frozenset().union(*(index.countries.get(p, frozenset()) for p in names))),
        }
        state = State.DOCUMENTED if measures["documented"] else State.THIN
        newest = max((e.accessed for p in names for e in index.evidence.get(p, ())), default="9999")
        marks = tuple(
            mark
            for mark, holds in (
                ("effect-shown", measures["effect_shown"]),
                ("harm-or-mixed", measures["harm_or_mixed"]),
                ("stale", newest < self.oldest),
            )
            if holds
        )
        return Cell(concepts, state, marks, measures, names, (), partly)

    def _empty(self, inside: Bits, coordinates: Coordinates) -> tuple[State, tuple[str, ...], bool]:
        if popcount(inside):
            return State.FILTERED, (), False
        if not all(self.index.dimension(a.dimension).coordinate for a in self.axes):
            return State.NOT_SEARCHED, (), False
        not_applicable = self.searches.stated(coordinates, "not-applicable")
        if not_applicable:
            return State.NOT_APPLICABLE, not_applicable, False
        found, afar = self.searches.searched(coordinates)
        return (State.SEARCHED if found else State.NOT_SEARCHED), found, afar

    def _search_marks(self, statements: tuple[str, ...], afar: bool) -> tuple[str, ...]:
        dates = [self.searches.date(iri) for iri in statements]
        old = bool(dates) and max(dates) < self.oldest
        return tuple(m for m, holds in (("from-afar", afar), ("stale", old)) if holds)

    def _coordinates(self, concepts: tuple[str, ...]) -> Coordinates:
        own = {a.dimension: frozenset({c}) for a, c in zip(self.axes, concepts, strict=True)}
        return {**self.fixed, **{d: c for d, c in own.items() if self.index.dimension(d).coordinate}}

    def _group(self, coordinates: Coordinates) -> str:
        groups = coordinates.get("group", frozenset())
        return next(iter(groups)) if len(groups) == 1 and "" not in groups else ""


def _filters(index: Index, view: View) -> tuple[Bits, Bits]:
    """Return what the coordinates leave, and what the qualities and exclusions leave."""
    base, quality = index.everything.copy(), index.everything.copy()
    for one in view.filters:
        dimension = index.dimension(one.dimension)
        members = index.members(view.source(dimension))
        hit = index.none.copy()
        for value in one.values:
            hit |= members.get(value, index.none)
        kept = index.everything & ~hit if one.negated else hit
        if dimension.coordinate:
            base &= kept
        else:
            quality &= kept
    for iri in view.exclude:
        if iri in index.position:
            quality &= ~index.bits([index.position[iri]])
    return base, quality


def _about(index: Index, wanted, unstated_is_all: bool) -> dict[str, Bits]:  # type: ignore[no-untyped-def]
    """Return group -> practices with such evidence of effect about it or a narrower group; "" is any group."""
    pairs = []
    for practice, items in index.evidence.items():
        for item in items:
            if item.speaks_to == "effect" and wanted(item):
                pairs.append((practice, ""))
                pairs += [(practice, group) for group in item.groups]
                if unstated_is_all and not item.groups:
                    pairs += [(practice, group) for group in index.members("group")]
    found = _by_group(index, pairs)
    found.setdefault("", index.none)
    return found


def _by_group(index: Index, pairs: Iterable[tuple[str, str]]) -> dict[str, Bits]:
    positions: dict[str, set[int]] = {}
    for practice, group in pairs:
        if practice in index.position:
            for broader in index.within.get(group, frozenset({group})) | {""}:
                positions.setdefault(broader, set()).add(index.position[practice])
    return {group: index.bits(found) for group, found in positions.items()}


def _without_empty(
    axes: tuple[Axis, ...], grid: dict[tuple[str, ...], Cell]
) -> tuple[tuple[Axis, ...], dict[tuple[str, ...], Cell]]:
    kept = tuple(
        axis.keep(
            [row for row in axis.rows if any(c.members and c.concepts[n] == row for c in grid.values())]
        )
        for n, axis in enumerate(axes)
    )
    wanted = set(itertools.product(*(a.rows for a in kept)))
    return kept, {concepts: cell for concepts, cell in grid.items() if concepts in wanted}


def _months_before(date: dt.date, months: int) -> dt.date:
    total = date.year * 12 + date.month - 1 - months
    return dt.date(total // 12, total % 12 + 1, min(date.day, 28))
