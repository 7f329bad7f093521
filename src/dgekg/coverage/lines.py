"""Lines: for each thing that a view counts, a set of practices for each row of each dimension, and what all share.

What is counted is the product of the lines. Most things differ only in what all cells share; some by what a row of
groups makes of them (whose outcome improved, who was harmed).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from dgekg.coverage.arrays import Counts, Rows, distinct, product
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.marks import ANY, Marks, marks_of
from dgekg.coverage.rows import Axis
from dgekg.coverage.view import View
from dgekg.index import Bits, Index

_BY_GROUP = ("effect_shown", "harm_or_mixed", "promising")


class Lines:
    """What can be counted of the cells of a view; each is counted once, when it is asked.

    `practices` in a cell; `direct` and `near` (see `Axis`); `documented`, at the rung; `focused`; `present`, by the
    coordinates alone, whatever the qualities take away; `effect_shown`, `harm_or_mixed`, `promising` (see
    `coverage.marks`); `dated`, with evidence of a known day; `fresh`, of a day that is not stale.

    Args:
        index: what to count.
        view: the view.
        axes: its dimensions.
        coordinates: for each, whether it can be searched for.
        oldest: the day before which evidence is stale.
    """

    def __init__(
        self, index: Index, view: View, axes: Sequence[Axis], coordinates: Sequence[bool], oldest: dt.date
    ) -> None:
        self.index, self.view, self.axes, self.coordinates, self.oldest = index, view, axes, coordinates, oldest
        self.base, self.quality = coordinates_left(index, view), qualities_left(index, view)
        self.inside = self.base & self.quality
        self.shape = tuple(len(axis.rows) for axis in axes)
        self._counted: dict[str, Counts] = {}

    def count(self, name: str) -> Counts:
        """Return the number of practices in each cell that are what `name` says."""
        if name not in self._counted:
            self._counted[name] = self._count(name)
        return self._counted[name]

    def within(self, bits: Bits) -> Counts:
        """Return the number of practices of a set in each cell."""
        return self.product("closed", self.inside & bits)

    def product(self, kind: str, shared: Bits, instead: Mapping[int, Rows] = MappingProxyType({})) -> Counts:
        """Return the number of practices of a set in each cell.

        Args:
            kind: lines of an `Axis`: "closed", "direct" or "near".
            shared: the set.
            instead: place of a dimension -> rows to take in place of its own.
        """
        return product([instead.get(n) or self._rows(n, kind) for n in range(len(self.axes))], shared)

    def along(self, places: Sequence[int], shared: Bits) -> Counts:
        """Return the number of practices of a set by some of the dimensions, in a shape that spreads over the cells."""
        counts = product([self._rows(n, "closed") for n in places], shared)
        return counts.reshape([self.shape[n] if n in places else 1 for n in range(len(self.shape))])

    def bits(self, place: Sequence[int]) -> Bits:
        """Return the practices of a cell."""
        found = self.inside.copy()
        for axis, n in zip(self.axes, place, strict=True):
            found &= axis.closed[n]
        return found

    def distinct(self) -> list[Counts]:
        """Return how many different actors, and countries, the practices of each cell have."""
        rows = [self._rows(n, "closed") for n in range(len(self.axes))]
        return distinct(self.index, rows, self.inside, (self.index.actors, self.index.countries))

    def _count(self, name: str) -> Counts:
        if name in _BY_GROUP:
            return self._by_group(name)
        if name in ("direct", "near"):
            return self.product(name, self.inside)
        if name == "present":
            return self._present()
        return self.within(self._set(name))

    def _set(self, name: str) -> Bits:
        """Return what all cells share of a thing that does not differ by row."""
        if name == "practices":
            return self.inside
        if name == "focused":
            return self.axes[0].focused
        index, rung, day = self.index, self.view.rung, self.oldest.toordinal()
        made: dict[str, tuple[Any, Callable[[], Any]]] = {
            "documented": (("rung", rung), lambda: np.flatnonzero(index.rung >= rung)),
            "dated": ("dated", lambda: np.flatnonzero(index.newest > 0)),
            "fresh": (("fresh", day), lambda: np.flatnonzero(index.newest >= day)),
        }
        key, numbers = made[name]
        found: Bits = index.remembered(("set", key), lambda: index.bits(numbers()))
        return found

    def _present(self) -> Counts:
        if all(self.coordinates) and not np.any(self.base & ~self.quality):
            return self.count("practices")
        kept = [n for n, asked in enumerate(self.coordinates) if asked]
        return np.broadcast_to(self.along(kept, self.base), self.shape)

    def _by_group(self, name: str) -> Counts:
        marks = marks_of(self.index, self.view.rung)
        at = next((n for n, axis in enumerate(self.axes) if axis.dimension == "group"), -1)
        if at < 0:
            groups = {g for f in self.view.filters if f.dimension == "group" and not f.negated for g in f.values}
            return self.within(_marked(marks, name)(groups or {ANY}))
        axis = self.axes[at]
        key = f"{name}-{self.view.rung}"
        if key not in axis.kept:
            own = np.stack([_marked(marks, name)([row]) for row in axis.rows]) if axis.rows else axis.closed
            axis.kept[key] = Rows(axis.closed & own, self.index.everything)
        return self.product("closed", self.inside, {at: axis.kept[key]})

    def _rows(self, n: int, kind: str) -> Rows:
        kept = self.axes[n].kept
        if kind not in kept:
            kept[kind] = Rows(getattr(self.axes[n], kind), self.index.everything)
        return kept[kind]


def _marked(marks: Marks, name: str) -> Callable[[Iterable[str]], Bits]:
    by_name = {
        "effect_shown": marks.effect_for,
        "harm_or_mixed": marks.harm_for,
        "promising": marks.promising_for,
    }
    return by_name[name]
