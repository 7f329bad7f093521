"""Folding: a gap is told once, at the broadest cell that explains it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dgekg.coverage.rows import Axis
from dgekg.index import Index

Places = npt.NDArray[np.int64]


def broadest(index: Index, axes: Sequence[Axis], kinds: npt.NDArray[np.int8]) -> Places:
    """Return for each cell the broadest cell of the same kind at or above it in every dimension, as a flat place.

    The broadest has the fewest concepts above it, over all dimensions; of equals it is the first in the order of the
    axes. A cell without a broader one is its own broadest; cells of no kind (below zero) are their own too.
    """
    above = [[_places(index, axis, row) for row in axis.rows] for axis in axes]
    rank = _ranks(index, axes, kinds.shape)
    none = np.iinfo(np.int64).max
    best = np.arange(kinds.size, dtype=np.int64).reshape(kinds.shape)
    for kind in np.unique(kinds[kinds >= 0]):
        least = np.where(kinds == kind, rank, none)
        for n, rows in enumerate(above):
            turned = np.moveaxis(least, n, 0)
            least = np.moveaxis(np.stack([turned[at].min(axis=0) for at in rows]), 0, n)
        best = np.where(kinds == kind, least % kinds.size, best)
    return best


def _places(index: Index, axis: Axis, row: str) -> list[int]:
    return sorted({axis.at[row], *(axis.at[w] for w in index.within.get(row, ()) if w in axis.at)})


def _ranks(index: Index, axes: Sequence[Axis], shape: tuple[int, ...]) -> Places:
    """Return the number of concepts at or above each cell, then its place, as one number to sort by."""
    ways = np.zeros(shape, dtype=np.int64)
    for n, axis in enumerate(axes):
        widths = np.array([len(index.within.get(row, ())) for row in axis.rows], dtype=np.int64)
        ways = ways + widths.reshape([-1 if m == n else 1 for m in range(len(shape))])
    size = int(np.prod(shape, dtype=np.int64))
    return ways * size + np.arange(size, dtype=np.int64).reshape(shape)
