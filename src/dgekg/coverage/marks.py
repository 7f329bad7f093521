"""Marks by group: whose outcome improved, who was harmed, for whom a practice is promising.

- *Effect shown*: an outcome improved for this group. Evidence that speaks to the effect, by an outcome, with the
  direction improvement, about the group or a narrower one, at the rung that the view asks for: what only its
  maker says shows nothing to a reader who asks for documents. Evidence that names no group shows an effect for
  none of them, and counts only where the view asks for no group.
- *Harm or mixed*: any evidence of that direction, at any level, whatever it speaks to, about the group, a
  narrower or a broader one, or about nobody in particular: a failure towards women may be one towards Roma
  women, and a practice known for its failure never makes a cell look covered without its mark.
- *Promising* (or leading) is reckoned per group and travels up to broader groups.

Where a view has no row of groups, the groups of its filters count, any of them; without those, any group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from dgekg.coverage.arrays import spread
from dgekg.index import Bits, Index, Pairs

ANY = ""
Numbers = npt.NDArray[np.integer[Any]]


class Marks:
    """Sets of practices by group; `ANY` is any group or none. One for each rung of an index (see `marks_of`)."""

    def __init__(self, index: Index, rung: int) -> None:
        self.index = index
        lines = index.evidence
        shown = lines.where("speaks", "effect") & lines.where("indicator", "outcome")
        shown &= lines.where("direction", "improvement") & (lines.level >= rung)
        improved, _ = self._by_group(np.flatnonzero(shown))
        harmed, unnamed = self._by_group(np.flatnonzero(lines.where("direction", "harm", "mixed")))
        self.effect = self._sets(improved, index.within)
        reached = {g: index.within.get(g, frozenset()) | index.narrower.get(g, frozenset()) for g in harmed if g}
        self.harm = self._sets(harmed, reached)
        self.harm_to_all = index.bits(unnamed)
        numbers, groups = index.promising
        promising = {g: numbers[[n for n, one in enumerate(groups) if one == g]] for g in sorted(set(groups))}
        self.promising = self._sets(promising, index.within)

    def effect_for(self, groups: Iterable[str]) -> Bits:
        """Return the practices with an effect shown for one of these groups."""
        return self._any(self.effect, groups)

    def harm_for(self, groups: Iterable[str]) -> Bits:
        """Return the practices with harm or mixed results for one of these groups."""
        return self._any(self.harm, groups) | self.harm_to_all

    def promising_for(self, groups: Iterable[str]) -> Bits:
        """Return the practices that are promising for one of these groups."""
        return self._any(self.promising, groups)

    def _any(self, sets: Mapping[str, Bits], groups: Iterable[str]) -> Bits:
        found = self.index.none.copy()
        for group in groups:
            found |= sets.get(group, self.index.none)
        return found

    def _by_group(self, at: Numbers) -> tuple[dict[str, Numbers], Numbers]:
        """Return the practices of some lines of evidence by the group named, and those of lines that name none."""
        lines = self.index.evidence
        origin, groups = spread((lines.starts, lines.groups), at)
        practices = lines.practice[at]
        named = np.bincount(origin, minlength=len(at)) > 0
        found = {lines.names[g]: practices[origin[groups == g]] for g in np.unique(groups)}
        return {**found, ANY: practices[~named]}, practices[~named]

    def _sets(self, pairs: Mapping[str, Numbers], reach: Pairs) -> dict[str, Bits]:
        found: dict[str, Bits] = {}
        for group, practices in pairs.items():
            if not len(practices):
                continue
            bits = self.index.bits(practices)
            for one in reach.get(group, frozenset({group})) | {ANY}:
                found[one] = found[one] | bits if one in found else bits
        return found


def marks_of(index: Index, rung: int) -> Marks:
    """Return the marks of an index for a rung; remembered with the index."""
    marks: Marks = index.remembered(("marks", rung), lambda: Marks(index, rung))
    return marks
