"""Arrays with a few lines taken out and others put in, at the cost of a copy: what is in order already stays so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dgekg.index.layout import Bits
from dgekg.index.parts import Array, packed

Numbers = npt.NDArray[np.int64]
Lists = tuple[Array, Array, Array]
_BLOCKS = 64  # of more pieces than these, words are copied one by one


def found_in(names: Array, wanted: Array) -> Numbers:
    """Return the places in a sorted array of those names that are there."""
    at = np.searchsorted(names, wanted)
    there = np.flatnonzero(at < len(names))
    found: Numbers = at[there[names[at[there]] == wanted[there]]].astype(np.int64)
    return found


class Places:
    """Who is there before and after: some of a sorted array of names go, others come.

    Attributes:
        names: those that are there now, in order.
        gone: places that are no longer, or read anew.
        had: for each name the place it had, -1 where it is read anew.
        read: for each name its place among those read anew, -1 where it stays.
        kept: whether the names are what they were.
    """

    def __init__(self, names: Array, wanted: Array, fresh: Array) -> None:
        self.gone = found_in(names, wanted)
        stay = np.delete(np.arange(len(names)), self.gone)
        at = np.searchsorted(names, fresh)
        at = at - np.searchsorted(self.gone, at)
        self.had: Numbers = np.insert(stay, at, -1)
        self.read: Numbers = np.insert(np.full(len(stay), -1), at, np.arange(len(fresh)))
        self.kept = names[self.gone].tolist() == fresh.tolist()
        self.names = names if self.kept else _names(names, self.gone, at, fresh)
        self.stays: Numbers = np.flatnonzero(self.had >= 0)
        self.comes: Numbers = np.flatnonzero(self.read >= 0)

    def merged(self, old: Array, new: Array) -> Array:
        """Return an array that has a line a name."""
        found: Array = np.concatenate([old, new])[np.where(self.had >= 0, self.had, len(old) + self.read)]
        return found


class _Step(NamedTuple):
    """Bits of some words that go the same way: `source` words, shifted by `by` (up where positive), to `target`."""

    source: slice | Numbers
    target: slice | Numbers
    by: int
    mask: Bits | None


class Moves:
    """How the bits of those who stay come to their new places, many words at a time.

    Args:
        was: bits before of all, also of those who go.
        stays: the places among them of those who stay, in the order of `now`.
        now: their bits now.
        words: how many words there are now.
    """

    def __init__(self, was: Array, stays: Numbers, now: Array, words: int) -> None:
        self.words = words
        before = was[stays].astype(np.int64)
        after = now.astype(np.int64)
        by, off = after % 64 - before % 64, after // 64 - before // 64
        held = np.bincount(was // 64) if len(was) else np.zeros(1, dtype=np.int64)
        way = 128 * off + by
        order = np.argsort(way, kind="stable")
        edges = np.flatnonzero(np.diff(way[order], prepend=way[order[:1]] - 1))
        self._steps = [
            step
            for one in np.split(order, edges[1:])
            if len(one)
            for step in _steps(int(off[one[0]]), int(by[one[0]]), after[one], held)
        ]

    def of(self, old: Bits) -> Bits:
        """Return rows of bits as they are now, without those that are read anew."""
        found = np.zeros((len(old), self.words), dtype=np.uint64)
        for source, target, by, mask in self._steps:
            if mask is None:
                found[:, target] = old[:, source]
                continue
            bits = old[:, source]
            moved = bits << np.uint64(by) if by >= 0 else bits >> np.uint64(-by)
            found[:, target] |= moved & mask
        return found


def _steps(off: int, by: int, bits: Numbers, held: Array) -> Iterator[_Step]:
    """Yield how some bits go that all go the same way; a word that goes as a whole needs no mask."""
    target, place, count = np.unique(bits // 64, return_inverse=True, return_counts=True)
    whole = (held[target - off] == count) if by == 0 else np.zeros(len(target), dtype=bool)
    mask = np.zeros(len(target), dtype=np.uint64)
    np.bitwise_or.at(mask, place, np.uint64(1) << (bits % 64).astype(np.uint64))
    for some, masked in ((whole, False), (~whole, True)):
        for block in _blocks(np.flatnonzero(some)):
            words = target[block]
            yield _Step(_slice(words - off), _slice(words), by, mask[block] if masked else None)


def _blocks(at: Numbers) -> list[Numbers]:
    """Return places in pieces of which the words stand side by side, where these are few."""
    if not len(at):
        return []
    found = np.split(at, np.flatnonzero(np.diff(at) != 1) + 1)
    return found if len(found) <= _BLOCKS else [at]


def _slice(words: Numbers) -> slice | Numbers:
    first, last = int(words[0]), int(words[-1])
    return slice(first, last + 1) if last - first + 1 == len(words) else words


def lists(old: Lists, new: Lists, places: Places) -> Lists:
    """Return lists (where each begins, numbers, names) with some left out and others put in, names in order again."""
    (old_starts, old_numbers, old_names), (new_starts, new_numbers, new_names) = old, new
    lengths = np.concatenate([np.diff(old_starts), np.diff(new_starts)])
    begins = np.concatenate([old_starts[:-1], len(old_numbers) + new_starts[:-1]])
    pick = np.where(places.had >= 0, places.had, len(old_starts) - 1 + places.read)
    size = lengths[pick]
    starts = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    flat = np.arange(int(starts[-1])) - np.repeat(starts[:-1] - begins[pick], size)
    every, of_old, of_new = union(old_names, new_names)
    numbers = np.concatenate([of_old[old_numbers], of_new[new_numbers]])[flat]
    used = np.bincount(numbers, minlength=len(every)) > 0
    if not used.all():
        numbers, every = (np.cumsum(used) - 1)[numbers], narrow(every[used])
    return starts, numbers.astype(np.int32), every


def union(old: Array, new: Array) -> tuple[Array, Numbers, Numbers]:
    """Return two sorted arrays of names as one, and the place there of each name of either."""
    more = np.array([name for name in new.tolist() if not len(found_in(old, np.array([name])))], dtype=np.bytes_)
    at = np.searchsorted(old, more) if len(more) else np.zeros(0, dtype=np.int64)
    every = _names(old, np.zeros(0, dtype=np.int64), at, more) if len(more) else old
    of_old = np.arange(len(old)) + np.searchsorted(at, np.arange(len(old)), side="right")
    return every, of_old, np.searchsorted(every, new).astype(np.int64)


def said(one: Lists, numbers: Sequence[int]) -> list[list[bytes]]:
    """Return some of the lists, by name."""
    starts, held, names = one
    return [names[held[starts[n] : starts[n + 1]]].tolist() for n in numbers]


def narrow(names: Array) -> Array:
    """Return texts in the width of the longest."""
    return names.astype(f"S{max(1, int(np.char.str_len(names).max(initial=1)))}") if len(names) else packed([])


def _names(names: Array, gone: Numbers, at: Numbers, fresh: Array) -> Array:
    """Return sorted names with some left out and others put in, in the width of the longest."""
    width = max(names.dtype.itemsize, fresh.dtype.itemsize)
    wide = (names.dtype.itemsize == width and _longest(names[gone]) < width) or _longest(fresh) == width
    found: Array = np.insert(np.delete(names, gone).astype(f"S{width}", copy=False), at, fresh.astype(f"S{width}"))
    return found if wide and len(found) else narrow(found)


def _longest(names: Array) -> int:
    return max(map(len, names.tolist()), default=0)
