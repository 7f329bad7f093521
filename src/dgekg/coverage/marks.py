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

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from dgekg.index import Bits, Index, Pairs

ANY = ""


class Marks:
    """Sets of practices by group; `ANY` is any group or none."""

    def __init__(self, index: Index, rung: int) -> None:
        self.index = index
        improved: list[tuple[str, str]] = []
        harmed: list[tuple[str, str]] = []
        unnamed: list[str] = []
        for practice, items in index.evidence.items():
            for item in items:
                named = [(practice, group) for group in item.groups] or [(practice, ANY)]
                shown = (item.speaks_to, item.indicator, item.direction) == ("effect", "outcome", "improvement")
                if shown and item.level >= rung:
                    improved += named
                if item.direction in ("harm", "mixed"):
                    harmed += named
                    unnamed += [] if item.groups else [practice]
        self.effect = self._sets(improved, index.within)
        reached = {g: index.within.get(g, frozenset()) | index.narrower.get(g, frozenset()) for _, g in harmed}
        self.harm = self._sets(harmed, reached)
        self.harm_to_all = index.bits(index.position[p] for p in unnamed)
        promising = [(p, g) for p, groups in index.promising.items() for g in groups if p in index.position]
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

    def _any(self, sets: dict[str, Bits], groups: Iterable[str]) -> Bits:
        found = self.index.none.copy()
        for group in groups:
            found |= sets.get(group, self.index.none)
        return found

    def _sets(self, pairs: Iterable[tuple[str, str]], reach: Pairs) -> dict[str, Bits]:
        at: dict[str, npt.NDArray[np.bool_]] = {}
        for practice, group in pairs:
            wide = reach.get(group, frozenset({group})) | {ANY}
            for one in wide:
                if one not in at:
                    at[one] = np.zeros(len(self.index.practices), dtype=bool)
                at[one][self.index.position[practice]] = True
        return {group: self.index.bits(np.flatnonzero(flags)) for group, flags in at.items()}
