"""Certainty of a comparison: could chance alone have parted the practices of two sides like this?

Of the practices that lie on one side alone (two regions, say), a + b lie in a cell: a of the n on the first side, b of
the m on the second. If the cell had nothing to do with the side, the split of these a + b would be hypergeometric:
shuffle all n + m practices and deal n of them. p is the chance of a split as unlikely as this one, or more so, in
either direction (Fisher's exact test, `scipy.stats.fisher_exact`). Practices on both sides count alike on either, so
that they say nothing of a difference, and do not enter. A practice counts once, however many groups or places it names.

A view asks this of many cells; q is p after the correction of Benjamini and Hochberg, among the cells that could
differ at all (Tarone's rule, by the margins alone): both as in `coverage.rarity`, which gives the sources. Only
practices that a systematic round found enter, for where somebody chose to look, how often a thing turns up says
nothing. Refused otherwise, with a reason in words and without any p.

Two versions of the data are not two samples: what changed between them is known, so that chance has no say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dgekg.coverage.arrays import popcount
from dgekg.coverage.cells import Grid, State
from dgekg.coverage.completeness import Round
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.rarity import LEVEL, corrected_level
from dgekg.coverage.rows import NOT_STATED
from dgekg.coverage.surprise import stated, systematic
from dgekg.index import Bits, Index

Counts = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]
_NO_QUESTION = (State.NOT_PUBLISHED, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Chance:
    """What chance says of one cell.

    Attributes:
        first: practices of systematic rounds in it, on the first side alone.
        second: likewise, on the second.
        p: chance of a split as unlikely or more so; None where no split could have been rare enough.
        q: p after the correction; None likewise.
        differs: whether q is at most the level.
    """

    first: int
    second: int
    p: float | None
    q: float | None
    differs: bool


@dataclass(frozen=True, slots=True)
class Certainty:
    """What chance says of a comparison, or why it can say nothing.

    Attributes:
        refused: words key of the reason, beneath `compare-refused`; "" where it can be said.
        first: practices that enter, on the first side alone; n.
        second: likewise, on the second; m.
        level: share of false alarms that is put up with.
        cells: by their concepts, without the roots, what is not stated, and cells that are not published or do not
            apply on either side.
    """

    refused: str
    first: int = 0
    second: int = 0
    level: float = LEVEL
    cells: Mapping[tuple[str, ...], Chance] = field(default_factory=dict)

    @property
    def tested(self) -> int:
        """How many cells could have differed."""
        return sum(cell.q is not None for cell in self.cells.values())

    @property
    def differing(self) -> int:
        """How many cells differ by more than chance explains."""
        return sum(cell.differs for cell in self.cells.values())

    @property
    def said(self) -> str:
        """Words key of what to say of the comparison as a whole."""
        if self.refused:
            return f"compare-refused.{self.refused}"
        if not self.tested:
            return "compare.too-small"
        return "compare.some-differ" if self.differing else "compare.none-differ"


def certainty(index: Index, first: Grid, second: Grid, rounds: Sequence[Round], level: float = LEVEL) -> Certainty:
    """Compare two views of the same dimensions under two filters.

    Refused: where the filters that differ use a dimension of the view, or one that it determines; where no
    systematic round found a practice on either side; where none states all dimensions; where one side lies within
    the other, so that nobody stands on one of them alone.
    """
    if _entangled(index, first, second):
        return Certainty("same-dimension", level=level)
    counted = systematic(index, rounds)
    sides = [counted & coordinates_left(index, g.view) & qualities_left(index, g.view) for g in (first, second)]
    if not any(side.any() for side in sides):
        return Certainty("no-systematic-round", level=level)
    for axis in first.axes:
        sides = [side & stated(index, axis) for side in sides]
    if not any(side.any() for side in sides):
        return Certainty("nothing-stated", level=level)
    alone = (sides[0] & ~sides[1], sides[1] & ~sides[0])
    n, m = (popcount(one) for one in alone)
    if not n or not m:
        empty = not sides[0].any() or not sides[1].any()
        return Certainty("one-side-empty" if empty else "one-within-the-other", n, m, level)
    asked = _asked(index, first, second)
    counts = np.array([_split(first, second, key, alone) for key in asked], dtype=np.int64).reshape(-1, 2)
    p, q = exact(counts[:, 0], counts[:, 1], n, m, level)
    cells = {}
    for key, (a, b), own, after in zip(asked, counts.tolist(), p.tolist(), q.tolist(), strict=True):
        known = not np.isnan(own)
        cells[key] = Chance(a, b, own if known else None, after if known else None, known and after <= level)
    return Certainty("", n, m, level, cells)


def exact(first: Counts, second: Counts, n: int, m: int, level: float = LEVEL) -> tuple[Chances, Chances]:
    """Return p and q of each cell; nan where no split of what the cell holds could be rare enough.

    Args:
        first: practices in each cell, of the n on the first side.
        second: likewise, of the m on the second.
        n: practices on the first side.
        m: practices on the second side.
        level: share of false alarms that is put up with.
    """
    from scipy.stats import false_discovery_control  # takes a third of a start to load, and few ask for it

    held = first + second
    least = np.array([_least(int(size), n, m) for size in held])
    p, q = np.full(len(held), np.nan), np.full(len(held), np.nan)
    eligible = least <= corrected_level(least, level)
    if eligible.any():
        cases = zip(first[eligible].tolist(), second[eligible].tolist(), strict=True)
        p[eligible] = [_fisher(a, b, n, m) for a, b in cases]
        q[eligible] = false_discovery_control(p[eligible], method="bh")
    return p, q


@lru_cache(maxsize=1 << 16)
def _fisher(a: int, b: int, n: int, m: int) -> float:
    from scipy.stats import fisher_exact

    return min(float(fisher_exact(np.array([[a, n - a], [b, m - b]])).pvalue), 1.0)


def _least(held: int, n: int, m: int) -> float:
    """Return the least p that a cell could have that holds so many: all of them on one side, or as near as can be."""
    low, high = max(0, held - m), min(held, n)
    return min(_fisher(a, held - a, n, m) for a in (low, high))


def _entangled(index: Index, first: Grid, second: Grid) -> bool:
    """Whether a filter that differs uses a dimension of the view, or one that determines it or shares its concepts."""
    differing = {one.dimension for one in set(first.view.filters) ^ set(second.view.filters)}
    for name in differing:
        for axis in first.axes:
            one, other = index.dimension(name), index.dimension(axis.dimension)
            if name == axis.dimension or name in other.excludes or axis.dimension in one.excludes:
                return True
            if one.home == other.home:
                return True
    return False


def _asked(index: Index, first: Grid, second: Grid) -> list[tuple[str, ...]]:
    """Return the cells that can be asked about: no root, nothing that is not stated, published and applying."""
    left_out = {index.roots.get(axis.dimension, NOT_STATED) for axis in first.axes} | {NOT_STATED}
    return [
        key
        for key, cell in first.cells.items()
        if key in second.cells
        and not left_out & set(key)
        and cell.state not in _NO_QUESTION
        and second.cells[key].state not in _NO_QUESTION
    ]


def _split(first: Grid, second: Grid, key: tuple[str, ...], alone: tuple[Bits, Bits]) -> tuple[int, int]:
    return popcount(first.cells[key].bits & alone[0]), popcount(second.cells[key].bits & alone[1])
