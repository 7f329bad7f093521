"""Which empty cells were searched, for all cells of a view at once.

`coverage.searches` says what the statements say of one cell; here the same is reckoned with arrays wherever no part
of a cell has to be asked. A cell that no statement speaks of itself may still be searched part by part: those few
are asked one by one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from dgekg.coverage.published import words_of
from dgekg.coverage.rows import Axis
from dgekg.coverage.searches import NOT_APPLICABLE, SEARCHED, Condition, Searches, key_of
from dgekg.index import Bits

Flags = npt.NDArray[np.bool_]
_AT, _SHARING, _FIRST, _LAST = range(4)


class Statements:
    """The statements of an index against the cells of one view.

    Args:
        searches: the statements.
        axes: the view's dimensions.
        coordinates: for each, whether it can be searched for.
        fixed: the conditions that the view's filters lay on every cell.
    """

    def __init__(
        self, searches: Searches, axes: Sequence[Axis], coordinates: Sequence[bool], fixed: Sequence[Condition]
    ) -> None:
        self.searches, self.axes, self.coordinates = searches, axes, coordinates
        self.shape = tuple(len(axis.rows) for axis in axes)
        singles = [[(dimension, concept) for concept in sorted(concepts)] for dimension, concepts in fixed]
        self.points = [tuple(point) for point in itertools.product(*singles)]

    def table(self, empty: Flags) -> tuple[Flags, Flags, Flags]:
        """Return which of the empty cells do not apply, which were searched, and which have to be asked one by one."""
        nothing = np.zeros(self.shape, dtype=bool)
        if not self.searches.statements or not empty.any():
            return nothing, nothing, nothing
        inapplicable, searched, doubtful = empty.copy(), empty.copy(), nothing.copy()
        for point in self.points:
            at = self._held(point, _AT)
            inapplicable &= self._any(at, NOT_APPLICABLE)
            itself = self._any(at, SEARCHED)
            by_parts = searched & ~itself
            for which in (_SHARING, _FIRST, _LAST) if by_parts.any() else ():
                by_parts &= self._any(self._held(point, which), SEARCHED)
            searched &= itself | by_parts
            doubtful |= by_parts
        searched &= ~inapplicable
        doubtful &= searched
        return inapplicable, searched & ~doubtful, doubtful

    def _any(self, held: Bits, status: str) -> Flags:
        words = words_of([self.searches.with_status(status)], len(self.searches.statements))[0]
        found: Flags = np.broadcast_to((held & words).any(axis=-1), self.shape)
        return found

    def _held(self, point: Sequence[tuple[str, str]], which: int) -> Bits:
        """Return the statements that speak of each cell, itself or in the way that is asked."""
        fixed: dict[str, int] = {}
        for name, concept in point:
            fixed[key_of(name)] = fixed.get(key_of(name), 0) | self._speaking(name, concept, which)
        own = {key_of(axis.dimension) for axis, asked in zip(self.axes, self.coordinates, strict=True) if asked}
        asked = {*own, *fixed}
        held = (1 << len(self.searches.statements)) - 1
        if which in (_FIRST, _LAST):
            for name, root in self.searches.silent(asked).items():
                held &= self._speaking(name, root, which)
                asked.add(name)
        if which != _SHARING:
            held &= self.searches.elsewhere(tuple(sorted(asked)))
        for key, statements in fixed.items():
            held &= statements if key not in own else ~0
        return self._crossed(held, fixed, which)

    def _crossed(self, held: int, fixed: Mapping[str, int], which: int) -> Bits:
        found = words_of([held], len(self.searches.statements))[0]
        for place, (axis, asked) in enumerate(zip(self.axes, self.coordinates, strict=True)):
            if not asked:
                continue
            also = fixed.get(key_of(axis.dimension), 0)
            masks = [self._speaking(axis.dimension, row, which) | also for row in axis.rows]
            words = words_of(masks, len(self.searches.statements))
            found = found & words.reshape([-1 if n == place else 1 for n in range(len(self.axes))] + [words.shape[1]])
        whole: Bits = found.reshape((1,) * len(self.axes) + found.shape) if found.ndim == 1 else found
        return whole

    def _speaking(self, name: str, concept: str, which: int) -> int:
        if which in (_FIRST, _LAST) and name in self.searches.partitions and concept:
            concept = self.searches.leaves(concept)[0 if which == _FIRST else -1]
        return self.searches.speaking(key_of(name), concept)[1 if which == _SHARING else 0]
