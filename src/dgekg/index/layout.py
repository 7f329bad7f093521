"""Where each practice has its bit: practices that say the same of the lifecycle share words of 64 bits.

Most views have the stages as one side. Where all practices of a word lie in the same stages, a word belongs to a
stage whole or not at all, and the cells of all stages come out of one pass over the other side: count the bits of
each word, and multiply by the small matrix of words and stages. Each such run begins at a word of its own; the bits
left over at its end stay empty.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LEADING = ("stage", "direct-stage")
Bits = npt.NDArray[np.uint64]
Slots = npt.NDArray[np.int32]


def slots_of(profiles: Sequence[tuple[tuple[str, ...], ...]]) -> tuple[Slots, int]:
    """Return the bit of each practice, and the number of words.

    Args:
        profiles: of each practice, in order: its concepts in the leading dimensions, sorted.

    >>> slots, words = slots_of([(("data",),), (("use",),), (("data",),)])
    >>> slots.tolist(), words
    ([0, 64, 1], 2)
    """
    runs: dict[tuple[tuple[str, ...], ...], list[int]] = {}
    for number, profile in enumerate(profiles):
        runs.setdefault(profile, []).append(number)
    slots = np.zeros(len(profiles), dtype=np.int32)
    word = 0
    for _profile, members in sorted(runs.items()):
        slots[members] = np.arange(len(members), dtype=np.int32) + 64 * word
        word += (len(members) + 63) // 64
    return slots, max(1, word)


def pack(flags: npt.NDArray[np.bool_]) -> Bits:
    """Return flags (a multiple of 64 in the last dimension) as words."""
    return np.packbits(flags, axis=-1, bitorder="little").view(np.uint64)


def unpack(bits: Bits) -> npt.NDArray[np.uint8]:
    """Return words as flags of 0 and 1."""
    return np.unpackbits(np.ascontiguousarray(bits).view(np.uint8), axis=-1, bitorder="little")


def rows_of_bits(
    concepts: npt.NDArray[np.int32], at: npt.NDArray[np.int32], rows: int, words: int, block: int = 64
) -> Bits:
    """Return pairs of row and bit as rows of words, a block of rows at a time."""
    found = np.zeros((rows, words), dtype=np.uint64)
    order = np.argsort(concepts, kind="stable")
    concepts, at = concepts[order], at[order]
    for start in range(0, rows, block):
        low, high = np.searchsorted(concepts, [start, start + block])
        flags = np.zeros((min(block, rows - start), words * 64), dtype=bool)
        flags[concepts[low:high] - start, at[low:high]] = True
        found[start : start + block] = pack(flags)
    return found
