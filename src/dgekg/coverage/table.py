"""A view as arrays: counts, states and what may be published, a number for each cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dgekg.coverage.arrays import Counts, popcount
from dgekg.coverage.lines import Lines
from dgekg.coverage.looked import Flags, Statements
from dgekg.coverage.published import Published
from dgekg.coverage.rows import Axis
from dgekg.coverage.searches import Condition, Looked, Searches
from dgekg.coverage.states import DISTINCT, MARKS, State
from dgekg.coverage.view import View
from dgekg.index import Bits, Index


class CellTable:
    """A view as arrays: a number for each cell, in the order of the axes.

    Args:
        index: what to count.
        view: the view.
        axes: its dimensions.
        oldest: the day before which evidence and searches are stale.
        kept: places of the rows that are shown; None for all.
    """

    def __init__(
        self,
        index: Index,
        view: View,
        axes: tuple[Axis, ...],
        oldest: dt.date,
        kept: tuple[npt.NDArray[np.intp], ...] | None = None,
    ) -> None:
        self.index, self.view, self.whole, self.oldest, self.kept = index, view, axes, oldest, kept
        self.axes = axes if kept is None else tuple(a.keep(n) for a, n in zip(axes, kept, strict=True))
        self.searches: Searches = index.remembered("searches", lambda: Searches(index))
        self.rule: Published = index.remembered("published", lambda: Published(index))
        self.coordinates = tuple(index.dimension(a.dimension).coordinate for a in axes)
        self.lines = Lines(index, view, axes, self.coordinates, oldest)
        self.fixed: tuple[Condition, ...] = tuple(
            (f.dimension, frozenset(f.values))
            for f in view.filters
            if not f.negated and index.dimension(f.dimension).coordinate
        )

    def without_empty(self) -> CellTable:
        """Return the table without the rows and columns in which no cell holds a practice."""
        held = self.published("practices") > 0
        others = [tuple(m for m in range(held.ndim) if m != n) for n in range(held.ndim)]
        kept = tuple(np.flatnonzero(held.any(axis=axes)) for axes in others)
        return CellTable(self.index, self.view, self.whole, self.oldest, kept)

    def count(self, name: str) -> Counts:
        """Return a number for each cell, whether or not it may be published (see `coverage.lines`)."""
        return self.shown(self.lines.count(name))

    def published(self, name: str) -> Counts:
        """Return a number for each cell, 0 where nothing is published."""
        return np.where(self.withheld, 0, self.count(name))

    @cached_property
    def states(self) -> npt.NDArray[np.int8]:
        """The state of each cell, as its place in `STATES`."""
        practices, present = self.lines.count("practices"), self.lines.count("present")
        documented = self.lines.count("documented") > 0
        withheld = self._lid[0]
        empty = (practices == 0) & (present == 0) & ~withheld
        statements = Statements(self.searches, self.whole, self.coordinates, self.fixed)
        inapplicable, searched, doubtful = statements.table(empty)
        searched = searched.copy()
        for place in zip(*np.nonzero(doubtful), strict=True):
            concepts = tuple(axis.rows[n] for axis, n in zip(self.whole, place, strict=True))
            searched[place] = bool(self.searches.searched(self.conditions(concepts)).statements)
        cases = (withheld, documented, practices > 0, present > 0, inapplicable, searched)
        return self.shown(np.select(cases, range(len(cases)), len(cases)).astype(np.int8))

    @property
    def withheld(self) -> Flags:
        """Which cells are not published."""
        return self.shown(self._lid[0])

    @property
    def partly(self) -> Flags:
        """Which cells count what is published and say that some is not."""
        return self.shown(self._lid[1])

    @cached_property
    def distinct(self) -> Mapping[str, Counts]:
        """Different actors and countries of each cell."""
        counted = zip(DISTINCT, self.lines.distinct(), strict=True)
        return {name: np.where(self.withheld, 0, self.shown(numbers)) for name, numbers in counted}

    def bits(self, place: tuple[int, ...]) -> Bits:
        """Return the practices of a cell."""
        return self.lines.bits(self._place(place))

    def marks(self, place: tuple[int, ...], state: State, looked: Looked) -> tuple[str, ...]:
        """Return the marks of a cell."""
        if state in (State.DOCUMENTED, State.THIN):
            stale = self.count("dated")[place] and not self.count("fresh")[place]
            effect, harm = self.count("effect_shown")[place], self.count("harm_or_mixed")[place]
            return tuple(m for m, holds in zip(MARKS, (effect, harm, False, stale), strict=True) if holds)
        old = bool(looked.date) and looked.date[:10] < self.oldest.isoformat()
        return tuple(m for m, h in (("from-afar", looked.afar), ("stale", old)) if h) if looked.statements else ()

    def conditions(self, concepts: tuple[str, ...]) -> tuple[Condition, ...]:
        """Return what holds for a cell, coordinate by coordinate: the filters', then its own."""
        own = tuple(
            (axis.dimension, frozenset({concept}))
            for axis, concept, asked in zip(self.whole, concepts, self.coordinates, strict=True)
            if asked
        )
        return self.fixed + own

    def total(self) -> int:
        """Count the practices under the filters; none where the filters name a domain of which nothing is published."""
        regions, groups = self._domain()
        return 0 if self.rule.withheld(regions, groups) else popcount(self.lines.inside)

    @cached_property
    def _lid(self) -> tuple[Flags, Flags]:
        """Return which cells are withheld whole, and which in part; by their region and group alone."""
        shape = tuple(len(axis.rows) for axis in self.whole)
        if not self.rule.every:
            nothing = np.zeros(shape, dtype=bool)
            return nothing, nothing
        at = {axis.dimension: n for n, axis in enumerate(self.whole)}
        places_, people = (self.whole[at[name]].rows if name in at else None for name in ("region", "group"))
        whole, partly = self.rule.table(places_, people, *self._domain())
        places = [at[name] for name in ("region", "group") if name in at]
        spread = [len(self.whole[n].rows) if n in places else 1 for n in range(len(self.whole))]
        turned = places == sorted(places)
        whole, partly = (
            np.broadcast_to((flags if turned else flags.T).reshape(spread), shape) for flags in (whole, partly)
        )
        return whole, partly

    def _domain(self) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
        regions = [values for dimension, values in self.fixed if dimension == "region"]
        groups = [values for dimension, values in self.fixed if dimension == "group"]
        return regions, groups

    def shown(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what was reckoned of all rows for those that are shown."""
        return numbers if self.kept is None else numbers[np.ix_(*self.kept)]

    def _place(self, place: tuple[int, ...]) -> tuple[int, ...]:
        return place if self.kept is None else tuple(int(k[n]) for k, n in zip(self.kept, place, strict=True))
