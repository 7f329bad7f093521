"""The arithmetic of a view: intersections and counts over packed sets, many cells at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from dgekg.index import Bits, Index, Lists

_WORDS_AT_ONCE = 2**21
_FLAGS_AT_ONCE = 2**24
_NOTHING: Mapping[str, int] = MappingProxyType({})


def popcount(bits: Bits) -> int:
    """Return how many practices a set holds."""
    return int(np.bitwise_count(bits).sum())


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one cell.

    Attributes:
        near: practices in it, or that say something broader.
        present: whether its coordinates alone, without qualities, hold a practice.
        counts: by name; nothing where the cell is empty.
        bits: its practices.
        newest: day of their newest evidence, as an ordinal; 0 for none.
    """

    near: int
    present: bool
    counts: Mapping[str, int]
    bits: Bits
    newest: int


class Table:
    """Counts over the product of several lists of rows.

    Args:
        index: whose practices are counted.
        shape: how many rows each dimension has.
        lines: name -> one array of rows for each dimension it spans, and a set that all cells share. The line
            "practices" says who is in a cell.
        spans: name -> for each dimension, whether the line depends on it.
    """

    def __init__(
        self,
        index: Index,
        shape: tuple[int, ...],
        lines: Mapping[str, tuple[Sequence[Bits], Bits]],
        spans: Mapping[str, Sequence[bool]],
    ) -> None:
        self.index, self.shape = index, shape
        self.lines: dict[str, tuple[list[Bits | None], Bits]] = {}
        for name, (arrays, shared) in lines.items():
            left = iter(arrays)
            self.lines[name] = ([next(left) if spanned else None for spanned in spans[name]], shared)

    def counted(self) -> Iterator[Counted]:
        """Yield what was counted, in the order of the product."""
        inner = len(self.shape) - 1
        while inner > 0 and math.prod(self.shape[inner - 1 :]) * self.index.words <= _WORDS_AT_ONCE:
            inner -= 1
        for outer in itertools.product(*(range(n) for n in self.shape[:inner])):
            yield from self._chunk(outer, inner)

    def _chunk(self, outer: tuple[int, ...], inner: int) -> Iterator[Counted]:
        counts = {name: _counts(self._sets(name, outer, inner)) for name in self.lines}
        members = self._sets("practices", outer, inner)
        held = np.flatnonzero(counts["practices"])
        few = members[held]
        del members
        extra = self._distinct(few)
        names = tuple(counts)
        table = np.stack([*(counts[name][held] for name in names), *extra], axis=1).tolist()
        full = {at: (row, bits) for at, row, bits in zip(held.tolist(), table, few, strict=True)}
        near, present = counts["near"].tolist(), (counts["present"] > 0).tolist()
        for at, (around, there) in enumerate(zip(near, present, strict=True)):
            if at in full:
                row, bits = full[at]
                named = dict(zip((*names, "actors", "countries"), row, strict=False))
                yield Counted(around, there, named, bits, row[-1])
            else:
                yield Counted(around, there, _NOTHING, self.index.none, 0)

    def _sets(self, name: str, outer: tuple[int, ...], inner: int) -> Bits:
        """Return one set a cell of the chunk."""
        arrays, shared = self.lines[name]
        one = shared
        for at, array in zip(outer, arrays[:inner], strict=True):
            one = one if array is None else one & array[at]
        sets = one.reshape(1, self.index.words)
        for size, array in zip(self.shape[inner:], arrays[inner:], strict=True):
            if array is None:
                sets = np.repeat(sets, size, axis=0)
            else:
                sets = (sets[:, None, :] & array[None, :, :]).reshape(-1, self.index.words)
        return sets

    def _distinct(self, sets: Bits) -> tuple[npt.NDArray[np.int64], ...]:
        """Return distinct actors, distinct countries and the newest day of each set."""
        practices = len(self.index.practices)
        found = tuple(np.zeros(len(sets), dtype=np.int64) for _ in range(3))
        widest = max(practices, *(_width(one) for one in (self.index.actors, self.index.countries)), 1)
        step = max(1, _FLAGS_AT_ONCE // widest)
        for start in range(0, len(sets), step):
            part = np.ascontiguousarray(sets[start : start + step])
            flags = np.unpackbits(part.view(np.uint8), axis=1, bitorder="little")[:, :practices]
            cell, practice = np.nonzero(flags)
            for column, lists in zip(found, (self.index.actors, self.index.countries), strict=False):
                column[start : start + step] = _union_sizes(lists, cell, practice, len(part))
            np.maximum.at(found[2], cell + start, self.index.newest[practice])
        return found


def _counts(sets: Bits) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = np.bitwise_count(sets).sum(axis=1, dtype=np.int64)
    return counts


def _width(lists: Lists) -> int:
    return int(lists[1].max(initial=-1)) + 1


def _union_sizes(
    lists: Lists, cell: npt.NDArray[np.int64], practice: npt.NDArray[np.int64], cells: int
) -> npt.NDArray[np.int64]:
    """Return how many different things the practices of each cell have together."""
    origin, things = spread(lists, practice)
    seen = np.zeros((cells, _width(lists)), dtype=bool)
    seen[cell[origin], things] = True
    sizes: npt.NDArray[np.int64] = seen.sum(axis=1, dtype=np.int64)
    return sizes


def spread(lists: Lists, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the numbers of some rows of `Index.lists`, each with the place in `rows` that it came from.

    >>> starts = np.array([0, 2, 3])
    >>> [a.tolist() for a in spread((starts, np.array([7, 8, 9])), np.array([1, 0]))]
    [[0, 1, 1], [9, 7, 8]]
    """
    starts, numbers = lists
    lengths = starts[rows + 1] - starts[rows]
    origin = np.repeat(np.arange(len(rows)), lengths)
    offset = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return origin, numbers[np.repeat(starts[rows], lengths) + offset]
