"""Surprise: where a collection holds fewer practices than its rows and columns let one expect.

Of N different practices that state both dimensions, r lie in the row and c in the column. If the two had nothing to
do with each other, the cell would hold on average

    expected = r c / N                                                                     (practices)

and the number in it would be hypergeometric, whatever else the practices say: deal N practices out, r of them marked.
p is the chance of so few or fewer (`scipy.stats.hypergeom.cdf`). A view asks this of many cells at once, so that some
p are small by chance alone; q is p after the correction of Benjamini and Hochberg, and a cell is surprising if q is
at most `level`. Among cells that are called surprising, at most that share is expected to be a false alarm; where
there is no structure at all, at most that share of views raises any.

Eligible for the correction are cells that could be surprising at all. The fewest practices that a cell can hold are
max(0, r + c - N); if even that would not be rare enough, no count in it says anything. "Enough" is Tarone's: with
m(K) the number of cells whose least possible p is at most level / K, take the smallest K with m(K) <= K, and the
cells that m(K) counts. It rests on row and column totals alone, never on what was found in the cell. A row or column
of at most half of the practices without an eligible cell is `too_small`: there the row is the gap, whatever its cells
hold.

Surprise may raise a gap, never lower it (`Surprise.bonus`): practices elsewhere are no reason to expect few here.
Practices that only purposive rounds found do not enter, for somebody chose where to look. The shortage may still be
one of the rounds rather than of the world.

The reckoning, and its sources, are in `coverage.rarity`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dgekg.coverage.arrays import popcount
from dgekg.coverage.cells import Grid, State
from dgekg.coverage.completeness import Round
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.rarity import LEVEL, Counts, Profiles, compare, determined
from dgekg.coverage.rows import NOT_STATED, Axis
from dgekg.index import Bits, Index

_NO_QUESTION = (State.NOT_PUBLISHED, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Expected:
    """What one cell lets one expect.

    Attributes:
        concepts: row and column, as in the grid.
        observed: practices of systematic rounds in it.
        expected: r c / N practices.
        p: chance of so few or fewer; None where the cell is not eligible.
        q: p after the correction; None likewise.
        surprising: whether q is at most the level.
    """

    concepts: tuple[str, ...]
    observed: int
    expected: float
    p: float | None
    q: float | None
    surprising: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column.

    Attributes:
        dimension: its name.
        concept: its IRI.
        practices: its total, r or c.
        too_small: whether none of its cells could ever be surprising, so that the row is the gap.
    """

    dimension: str
    concept: str
    practices: int
    too_small: bool


@dataclass(frozen=True, slots=True)
class Surprise:
    """What a view of two dimensions lets one expect, or why it cannot be said.

    Attributes:
        refused: words key of the reason, beneath `surprise-refused`; "" where it can be said.
        practices: N.
        level: share of false alarms that is put up with.
        corrected: the level that the least possible p of an eligible cell reaches.
        cells: by their concepts, without the root, rows that hold nothing or everything, and cells that are not
            published or do not apply.
        lines: rows, then columns, in the order of the axes; without the root and what is not stated.
    """

    refused: str
    practices: int = 0
    level: float = LEVEL
    corrected: float = LEVEL
    cells: Mapping[tuple[str, ...], Expected] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()

    @property
    def surprising(self) -> tuple[Expected, ...]:
        """The surprising cells, the least likely first."""
        return tuple(sorted((c for c in self.cells.values() if c.surprising), key=lambda c: (c.p or 0.0, -c.expected)))

    @property
    def too_small(self) -> tuple[Line, ...]:
        """The rows and columns that are the gap, the smallest first."""
        return tuple(sorted((one for one in self.lines if one.too_small), key=lambda one: one.practices))

    @property
    def tested(self) -> int:
        """How many cells were eligible."""
        return sum(cell.q is not None for cell in self.cells.values())

    @property
    def said(self) -> str:
        """Words key of what to say of the view as a whole."""
        if self.refused:
            return f"surprise-refused.{self.refused}"
        if not self.tested:
            return "surprise.all-too-small"
        return "surprise.some-survive" if self.surprising else "surprise.nothing-survives"

    def bonus(self, concepts: tuple[str, ...], weight: float) -> float:
        """Return what surprise adds to the priority of a gap: the weight or nothing, never less."""
        cell = self.cells.get(concepts)
        return max(0.0, weight) if cell is not None and cell.surprising else 0.0


def surprise(index: Index, grid: Grid, rounds: Sequence[Round], level: float = LEVEL) -> Surprise:
    """Compare the cells of a computed view of two dimensions with what its rows and columns let one expect.

    Refused, with a reason in words and no exception: other than two dimensions; dimensions that determine each
    other, by declaration, by sharing one hierarchy, or in the data; no practice of a systematic round; no row or
    column but the root.
    """
    if len(grid.axes) != 2:
        return Surprise("not-two-dimensions", level=level)
    one, other = (index.dimension(axis.dimension) for axis in grid.axes)
    if other.name in one.excludes or one.name in other.excludes:
        return Surprise("determine", level=level)
    if one.home == other.home:
        return Surprise("same-hierarchy", level=level)
    found = systematic(index, rounds) & coordinates_left(index, grid.view) & qualities_left(index, grid.view)
    counted = found & stated(index, grid.axes[0]) & stated(index, grid.axes[1])
    total = popcount(counted)
    if not total:
        return Surprise("nothing-stated" if found.any() else "no-systematic-round", level=level)
    sides = [_Side(index, axis, counted) for axis in grid.axes]
    if not all(((side.totals > 0) & (side.totals < total)).any() for side in sides):
        return Surprise("root-only", total, level)
    profiles = [side.profiles(counted) for side in sides]
    if determined(*profiles) or determined(*reversed(profiles)):
        return Surprise("nest", total, level)
    return _compared(grid, sides, total, level)


class _Side:
    """The rows of one axis that can be told apart from the collection: neither its root nor what is not stated."""

    def __init__(self, index: Index, axis: Axis, counted: Bits) -> None:
        left_out = (index.roots.get(axis.dimension, NOT_STATED), NOT_STATED)
        at = [n for n, row in enumerate(axis.rows) if row not in left_out]
        self.dimension, self.names = axis.dimension, [axis.rows[n] for n in at]
        self.lines: Bits = axis.closed[at] & counted
        self.totals: Counts = np.bitwise_count(self.lines).sum(axis=1, dtype=np.int64)

    def profiles(self, counted: Bits) -> Profiles:
        """Return a number for the set of rows that each counted practice lies in."""
        keys = np.random.default_rng(0).integers(2**63, size=len(self.names), dtype=np.uint64)
        at = np.flatnonzero(np.unpackbits(counted.view(np.uint8), bitorder="little"))
        numbers: Profiles = np.zeros(len(at), dtype=np.uint64)
        for line, key in zip(self.lines, keys, strict=True):
            numbers += key * np.unpackbits(line.view(np.uint8), bitorder="little")[at]
        return numbers


def _compared(grid: Grid, sides: Sequence[_Side], total: int, level: float) -> Surprise:
    rows, columns = sides
    observed = np.array([np.bitwise_count(columns.lines & row).sum(axis=1) for row in rows.lines], dtype=np.int64)
    kept = np.array([[grid.cells[r, c].state not in _NO_QUESTION for c in columns.names] for r in rows.names])
    uneven = [(side.totals > 0) & (side.totals < total) for side in sides]
    asked = kept & uneven[0][:, None] & uneven[1][None, :]
    p, q, least, corrected = compare(observed, rows.totals, columns.totals, total, asked, level)
    cells: dict[tuple[str, ...], Expected] = {}
    for n, m in zip(*np.nonzero(asked), strict=True):
        key = (rows.names[n], columns.names[m])
        by_chance = float(rows.totals[n] * columns.totals[m] / total)
        own, after = (None, None) if np.isnan(q[n, m]) else (float(p[n, m]), float(q[n, m]))
        cells[key] = Expected(key, int(observed[n, m]), by_chance, own, after, after is not None and after <= level)
    lines: list[Line] = []
    for side, chances, mask in ((rows, least, kept), (columns, least.T, kept.T)):
        for n, name in enumerate(side.names):
            held, best = int(side.totals[n]), float(np.min(chances[n][mask[n]], initial=1.0))
            small = bool(mask[n].any()) and 2 * held <= total and best > corrected
            lines.append(Line(side.dimension, name, held, small))
    return Surprise("", total, level, corrected, cells, tuple(lines))


def systematic(index: Index, rounds: Sequence[Round]) -> Bits:
    """Return the practices that a systematic round found."""
    found = index.none.copy()
    for one in rounds:
        if one.systematic:
            found |= index.members("round").get(one.iri, index.none)
    return found


def stated(index: Index, axis: Axis) -> Bits:
    """Return the practices that say anything on a dimension."""
    rows = (line for row, line in zip(axis.rows, axis.closed, strict=True) if row != NOT_STATED)
    said: Bits = np.bitwise_or.reduce([index.none, *rows])
    return said
