"""What can be learnt near by: practices that helped, and one that did not.

*Helped*: an outcome improved, at the level of evidence that the view asks for, and no harm or mixed result is on
record. Where there are too few of these, documented practices follow of which nothing is on record about effect, and
the card says so. *Failed*: no effect, a mixed one or harm was found, on whatever word, the gravest first.

A failure is named only of a practice that is shown openly; and of one led by civil society or a community's own body,
only if an independent evaluator found it (level 3 or above). Where one that is nearer may not be named, the card says
that others are not named, and never how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice

import numpy as np

from dgekg.cards.near import nearest
from dgekg.cards.read import Effect, Reader
from dgekg.cards.records import Near
from dgekg.coverage import View
from dgekg.index import Bits, Index

HELPED = 2
_INDEPENDENT = 3
_FAILED = ("harm", "mixed", "none")
_SIDE_EFFECTS = ("harm", "mixed")
_NOT_DONE = ("planned", "withdrawn")
_Found = tuple[str, tuple[tuple[str, int], ...]]


class Learning:
    """Finds practices to learn from in one version."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self._index, self._read = index, reader
        self._helping: dict[int, dict[str, Effect]] = {}

    def helped(self, view: View, at: Mapping[str, str]) -> tuple[Near, ...]:
        """Return the nearest practices that helped; where those are too few, the nearest documented ones."""
        shown = islice(self._nearest(view, at, self._good(view.rung)), HELPED)
        found = [self._near(*one, self._helping[view.rung][one[0]]) for one in shown]
        documented = self._index.bits(np.flatnonzero(self._index.rung >= view.rung)) & ~self._unfit
        more = islice(self._nearest(view, at, documented), HELPED - len(found))
        return (*found, *(self._near(*one, None) for one in more))

    def failed(self, view: View, at: Mapping[str, str]) -> tuple[Near | None, bool]:
        """Return the nearest practice that failed and may be named, and whether a nearer one may not."""
        gravest, every, nameable = self._failing
        unnamed = False
        for practice, apart in self._nearest(view, at, every):
            if practice in nameable:
                return self._near(practice, apart, gravest[practice]), unnamed
            unnamed = True
        return None, unnamed

    def _near(self, practice: str, apart: tuple[tuple[str, int], ...], effect: Effect | None) -> Near:
        said = self._read.conditions([practice]).get(practice, {})
        own = int(min(said.get("level", ()), default="0"))
        return Near(
            practice,
            effect.direction if effect else "",
            effect.level if effect else own,
            effect.groups if effect else (),
            apart,
            *(said.get(what, ()) for what in ("group", "region", "stage")),
        )

    def _nearest(self, view: View, at: Mapping[str, str], candidates: Bits) -> Iterator[_Found]:
        left_out = self._bits(view.exclude) | self._members("exposure", "protected")
        return nearest(self._index, view, at, candidates & ~left_out)

    def _members(self, dimension: str, code: str) -> Bits:
        home = self._index.dimension(dimension).home
        return self._index.members(dimension).get(f"{home}/{code}", self._index.none)

    def _bits(self, practices: Iterable[str]) -> Bits:
        position = self._index.position
        return self._index.bits(position[p] for p in practices if p in position)

    def _good(self, rung: int) -> Bits:
        """Return the practices that helped at a rung, and of which nothing worse is known; reckoned once."""
        if rung not in self._helping:
            self._helping[rung] = {e.practice: e for e in self._effects if e.improved and e.level >= rung}
        return self._bits(self._helping[rung]) & ~self._against

    @cached_property
    def _against(self) -> Bits:
        return self._bits(e.practice for e in self._effects if e.direction in _SIDE_EFFECTS)

    @cached_property
    def _unfit(self) -> Bits:
        """What is not shown as documented: something is known of its effect, or it was not done."""
        unfit = self._bits(e.practice for e in self._effects)
        for code in _NOT_DONE:
            unfit = unfit | self._members("status", code)
        return unfit

    @cached_property
    def _failing(self) -> tuple[dict[str, Effect], Bits, frozenset[str]]:
        """The gravest effect of each practice that failed, all these practices, and those that may be named."""
        gravest: dict[str, Effect] = {}
        for effect in self._effects:
            known = gravest.get(effect.practice)
            if effect.direction in _FAILED and (known is None or _gravity(effect) < _gravity(known)):
                gravest[effect.practice] = effect
        communal = self._bits(p for p, e in gravest.items() if p in self._communal and e.level < _INDEPENDENT)
        every = self._bits(gravest)
        return gravest, every, frozenset(self._index.unpack(every & self._members("exposure", "open") & ~communal))

    @cached_property
    def _effects(self) -> tuple[Effect, ...]:
        return self._read.effects()

    @cached_property
    def _communal(self) -> frozenset[str]:
        return self._read.communal()


def _gravity(effect: Effect) -> tuple[int, int]:
    """Rank what is told of a practice: harm before a mixed effect before none, and the better evidence first."""
    return _FAILED.index(effect.direction), -effect.level
