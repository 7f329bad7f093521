"""The arithmetic of a view: intersections and counts over packed sets, many cells at a time.

A cell is the intersection of one line from each dimension. Two things keep the work small. Where every word of a
dimension's lines is all or nothing (see `index.layout`), its cells come out of a matrix product over the words,
instead of an intersection each. Without such a dimension, two of many rows are counted practice by practice. And
where what is left of the other dimensions is sparse, only its words are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dgekg.index import Bits, Index, Lists
from dgekg.index.layout import unpack

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Counts = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
_BLOCK = 2**16
_PAIRS = 2**23  # practices times cells that are held in memory at once
_SPARSE = 4
_MANY = 2**21  # words to read from which on two dimensions are counted practice by practice
_EXACT = 2**24  # practices up to which a float32 sum of bits is exact


def popcount(bits: Bits) -> int:
    """Return how many practices a set holds."""
    return int(np.bitwise_count(bits).sum())


def counts_of(lines: Bits, shared: Bits) -> Counts:
    """Return for each line how many practices of a set it holds: all values of a facet at once."""
    return _last(lines, shared, None)


class Rows:
    """Lines of bits with what makes counting them cheap.

    Args:
        bits: a line of words a row.
        everything: the set of all practices.
    """

    def __init__(self, bits: Bits, everything: Bits) -> None:
        self.bits, self._everything = bits, everything

    @cached_property
    def whole(self) -> Weights | None:
        """Words x lines, 1 where a line holds all practices of a word; None where it holds some of any."""
        held = self.bits != 0
        if len(self._everything) * 64 > _EXACT or not np.array_equal(np.where(held, self._everything, 0), self.bits):
            return None
        return np.ascontiguousarray(held.T).astype(np.float32)

    @cached_property
    def held(self) -> int:
        """How many practices the lines hold, each counted in every line."""
        return popcount(self.bits)

    @cached_property
    def practices(self) -> int:
        """How many practices there are."""
        return popcount(self._everything)

    @cached_property
    def sparse(self) -> csr_array:
        """Lines x bits, 1 where a line holds a practice."""
        from scipy.sparse import csr_array

        starts, at = [0], []
        for line in self.bits:
            at.append(np.flatnonzero(unpack(line)).astype(np.int32))
            starts.append(starts[-1] + len(at[-1]))
        places = np.concatenate(at) if at else np.zeros(0, dtype=np.int32)
        shape = (len(self.bits), self.bits.shape[1] * 64)
        return csr_array((np.ones(len(places), dtype=np.int32), places, np.array(starts)), shape=shape)

    @cached_property
    def by_bit(self) -> Lists:
        """The lines that hold each bit, as starts and line numbers."""
        turned = self.sparse.tocsc()
        return np.asarray(turned.indptr, dtype=np.int64), np.asarray(turned.indices, dtype=np.int32)


def product(rows: Sequence[Rows], shared: Bits) -> Counts:
    """Return the number of practices of a set in each cell of a product of rows, one dimension each."""
    wholes = [one.whole for one in rows]
    widths = [0 if one is None else one.shape[1] for one in wholes]
    lead = int(np.argmax(widths)) if any(widths) else -1
    weights = wholes[lead] if lead >= 0 else None
    # Few rows outside, many inside: the innermost dimension is one operation over all of its rows.
    order = sorted((n for n in range(len(rows)) if n != lead), key=lambda n: len(rows[n].bits))
    if weights is None and len(rows) == 2 and _by_practice_is_less(rows[0], rows[1], shared):
        return _paired(rows[0], rows[1], shared)
    counts = _walk(shared, [rows[n].bits for n in order], weights)
    places = [*order, lead] if lead >= 0 else order
    return counts.transpose(np.argsort(places))


def _by_practice_is_less(one: Rows, other: Rows, shared: Bits) -> bool:
    """Whether two dimensions of many rows are counted sooner practice by practice than row by row."""
    words = len(one.bits) * other.bits.size
    if words <= _MANY:
        return False
    held = popcount(shared)
    pairs = one.held * other.held / max(1, one.practices) * held / max(1, one.practices)
    return pairs * 2 < words


def _paired(one: Rows, other: Rows, shared: Bits) -> Counts:
    """Count two dimensions practice by practice: what each says on the one, times what it says on the other."""
    held = one.sparse.copy()
    held.data = unpack(shared)[held.indices].astype(np.int32)
    held.eliminate_zeros()
    counts: Counts = (held @ other.sparse.T).toarray().astype(np.int64)
    return counts


def _walk(prefix: Bits, lines: Sequence[Bits], weights: Weights | None) -> Counts:
    shape = tuple(len(one) for one in lines) + (() if weights is None else (weights.shape[1],))
    used = np.flatnonzero(prefix)
    if not len(used):
        return np.zeros(shape, dtype=np.int64)
    if lines and len(used) * _SPARSE <= len(prefix):
        prefix, lines = prefix[used], [np.take(one, used, axis=1) for one in lines]
        weights = None if weights is None else weights[used]
    if not lines:
        whole: Counts = _summed(np.bitwise_count(prefix)[None, :], weights)[0]
        return whole
    if len(lines) == 1:
        return _last(lines[0], prefix, weights)
    return np.stack([_walk(prefix & row, lines[1:], weights) for row in lines[0]])


def _last(lines: Bits, prefix: Bits, weights: Weights | None) -> Counts:
    """Count the innermost dimension, in blocks that stay near the processor."""
    step = max(1, _BLOCK // max(1, len(prefix)))
    found = [_summed(np.bitwise_count(lines[n : n + step] & prefix), weights) for n in range(0, len(lines), step)]
    if not found:
        return np.zeros((0,) if weights is None else (0, weights.shape[1]), dtype=np.int64)
    return np.concatenate(found)


def _summed(counted: npt.NDArray[np.uint8], weights: Weights | None) -> Counts:
    """Add up the counts of words, whole or by the lines of the leading dimension."""
    if weights is None:
        return np.asarray(np.add.reduce(counted, axis=1, dtype=np.uint32), dtype=np.int64)
    return np.asarray(np.rint(counted.astype(np.float32) @ weights), dtype=np.int64)


def distinct(index: Index, rows: Sequence[Rows], shared: Bits, of: Sequence[Lists]) -> list[Counts]:
    """Return for each cell how many different things its practices have together, for each kind of thing.

    Every practice is put into each cell that it lies in; there are as many such pairs as the cells' counts add up to.

    Args:
        index: gives each bit its practice.
        rows: of each dimension.
        shared: the set of practices that counts.
        of: for each kind of thing, those of each practice, by its number.
    """
    number = np.zeros(len(shared) * 64, dtype=np.int64)
    number[index.slots] = np.arange(len(index.slots))
    return _tallied(
        [one.by_bit for one in rows], [len(one.bits) for one in rows], np.flatnonzero(unpack(shared)), number, of
    )


def _tallied(
    lines: Sequence[Lists],
    shape: Sequence[int],
    held: npt.NDArray[np.int64],
    number: npt.NDArray[np.int64],
    of: Sequence[Lists],
) -> list[Counts]:
    """Count the different things of the cells of some dimensions, for the practices at some bits."""
    lengths = [starts[held + 1] - starts[held] for starts, _rows in lines]
    if len(lines) > 1 and int(np.prod(lengths, axis=0).sum()) > _PAIRS:
        origin, row = spread(lines[0], held)
        parts = [_tallied(lines[1:], shape[1:], held[origin[row == n]], number, of) for n in range(shape[0])]
        return [np.stack(column) for column in zip(*parts, strict=True)]
    cell = np.zeros(len(held), dtype=np.int64)
    for line, width in zip(lines, shape, strict=True):
        origin, row = spread(line, held)
        held, cell = held[origin], cell[origin] * width + row
    return [_sizes(lists, number[held], cell, shape) for lists in of]


def _sizes(lists: Lists, practice: npt.NDArray[np.int64], cell: npt.NDArray[np.int64], shape: Sequence[int]) -> Counts:
    """Return how many different things each cell has, from pairs of a practice and a cell."""
    origin, things = spread(lists, practice)
    width = int(lists[1].max(initial=-1)) + 1
    pairs = np.sort(cell[origin] * width + things)
    first = np.concatenate([[True], pairs[1:] != pairs[:-1]])[: len(pairs)]
    return np.bincount(pairs[first] // max(1, width), minlength=int(np.prod(shape))).reshape(shape)


def spread(lists: Lists, rows: npt.NDArray[np.integer[Any]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the numbers of some rows of lists, each with the place in `rows` that it came from.

    >>> starts = np.array([0, 2, 3])
    >>> [a.tolist() for a in spread((starts, np.array([7, 8, 9])), np.array([1, 0]))]
    [[0, 1, 1], [9, 7, 8]]
    """
    starts, numbers = lists
    lengths = starts[rows + 1] - starts[rows]
    origin = np.repeat(np.arange(len(rows)), lengths)
    offset = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return origin, numbers[np.repeat(starts[rows], lengths) + offset]
