"""Lines: for each thing that a view counts, a set of practices for each row of each dimension, and what all share.

What is counted is the product of the lines. Most things differ only in what all cells share; some by what a row of
groups makes of them (whose outcome improved, who was harmed).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dgekg.coverage.arrays import Counts, Weights, distinct, product, whole_words
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
        return self._product([axis.closed for axis in self.axes], self.inside & bits, "closed")

    def bits(self, place: Sequence[int]) -> Bits:
        """Return the practices of a cell."""
        found = self.inside.copy()
        for axis, n in zip(self.axes, place, strict=True):
            found &= axis.closed[n]
        return found

    def distinct(self, places: tuple[npt.NDArray[np.intp], ...]) -> list[Counts]:
        """Return how many different actors, and countries, the practices of some cells have."""
        step = max(1, 2**21 // self.index.words)
        lists = (self.index.actors, self.index.countries)
        found: list[list[Counts]] = [[] for _ in lists]
        for start in range(0, len(places[0]), step):
            sets = np.broadcast_to(self.inside, (len(places[0][start : start + step]), self.index.words)).copy()
            for axis, at in zip(self.axes, places, strict=True):
                sets &= axis.closed[at[start : start + step]]
            for column, numbers in zip(found, distinct(self.index, sets, lists), strict=True):
                column.append(numbers)
        return [np.concatenate(column) for column in found]

    def _count(self, name: str) -> Counts:
        if name in _BY_GROUP:
            return self._by_group(name)
        if name in ("direct", "near"):
            return self._product([getattr(axis, name) for axis in self.axes], self.inside, name)
        if name == "present":
            return self._present()
        return self.within(self._set(name))

    def _set(self, name: str) -> Bits:
        """Return what all cells share of a thing that does not differ by row."""
        if name == "practices":
            return self.inside
        if name == "focused":
            return self.axes[0].focused
        if name == "documented":
            return self.index.bits(np.flatnonzero(self.index.rung >= self.view.rung))
        newest = self.index.newest
        return self.index.bits(np.flatnonzero(newest > 0 if name == "dated" else newest >= self.oldest.toordinal()))

    def _present(self) -> Counts:
        if all(self.coordinates) and not np.any(self.base & ~self.quality):
            return self.count("practices")
        kept = [n for n, asked in enumerate(self.coordinates) if asked]
        lines = [self.axes[n].closed for n in kept]
        counts = product(lines, [self._whole(n, "closed") for n in kept], self.base)
        spread = [self.shape[n] if n in kept else 1 for n in range(len(self.shape))]
        return np.broadcast_to(counts.reshape(spread), self.shape)

    def _by_group(self, name: str) -> Counts:
        marks = marks_of(self.index, self.view.rung)
        at = [n for n, axis in enumerate(self.axes) if axis.dimension == "group"]
        if not at:
            groups = {g for f in self.view.filters if f.dimension == "group" and not f.negated for g in f.values} or {
                ANY
            }
            return self.within(_marked(marks, name)(groups))
        lines = [axis.closed for axis in self.axes]
        rows = self.axes[at[0]].rows
        own = np.array([_marked(marks, name)([row]) for row in rows], dtype=np.uint64)
        lines[at[0]] = lines[at[0]] & own.reshape(len(rows), self.index.words)
        return self._product(lines, self.inside, "closed", but=at[0])

    def _product(self, lines: Sequence[Bits], shared: Bits, kind: str, but: int = -1) -> Counts:
        whole = [None if n == but else self._whole(n, kind) for n in range(len(lines))]
        return product(lines, whole, shared)

    def _whole(self, n: int, kind: str) -> Weights | None:
        axis = self.axes[n]
        key = f"whole-{kind}"
        if key not in axis.__dict__:
            axis.__dict__[key] = whole_words(getattr(axis, kind), self.index.everything)
        found: Weights | None = axis.__dict__[key]
        return found


def _marked(marks: Marks, name: str) -> Callable[[Iterable[str]], Bits]:
    by_name = {
        "effect_shown": marks.effect_for,
        "harm_or_mixed": marks.harm_for,
        "promising": marks.promising_for,
    }
    return by_name[name]
