"""What is missing in each cell of a view, for all cells at once; the kinds are explained in `coverage.gaps`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dgekg import identifiers
from dgekg.coverage.arrays import Counts, Rows
from dgekg.coverage.cells import Grid
from dgekg.coverage.looked import Flags
from dgekg.coverage.states import STATES, State
from dgekg.coverage.table import CellTable
from dgekg.index import Bits, Index

KINDS = ("knowledge", "practice", "evidence", "implementation", "remedy", "participation", "protection", "reach")
NONE = -1
_WITH_THEM = ("led-by", "decided-with")
_FOR_THEM = ("consulted", "for-only")
_IN_USE = ("implemented", "evaluated")
_REDRESS = (("lever", "redress-access-to-justice"), ("kind", "redress-mechanism"))


class Missing:
    """The kind of gap of each cell.

    Args:
        index: what the view was computed from.
        grid: the view.
    """

    def __init__(self, index: Index, grid: Grid) -> None:
        self.index, self.grid = index, grid
        self.table: CellTable = grid.table
        self.lines = grid.table.lines
        self.names = grid.view.dimensions
        self.shape = tuple(len(axis.rows) for axis in grid.axes)

    @cached_property
    def kinds(self) -> npt.NDArray[np.int8]:
        """The place in `KINDS` of what is missing, or `NONE`: the first that fits."""
        states = self.table.states
        unsearched, searched = states == STATES.index(State.NOT_SEARCHED), states == STATES.index(State.SEARCHED)
        documented = states == STATES.index(State.DOCUMENTED)
        there = documented | (states == STATES.index(State.THIN))
        harm, effect = self.table.count("harm_or_mixed") > 0, self.table.count("effect_shown") > 0
        reach = (self.elsewhere > 0) if "region" in self.names else np.zeros(self.shape, dtype=bool)
        asks = self._asks_for_redress
        cases = (
            (unsearched & reach, "reach"),
            (unsearched, "knowledge"),
            (searched & asks, "remedy"),
            (searched, "practice"),
            (there & harm & ~effect, "protection"),
            (there & harm & ~self._route_to_redress(there & harm), "remedy"),
            (documented & self._only_in_books, "implementation"),
            (documented & self._without_them, "participation"),
            (there & ~effect, "evidence"),
        )
        found = np.select([flags for flags, _ in cases], [KINDS.index(kind) for _, kind in cases], NONE)
        return np.where(self._outside, NONE, found).astype(np.int8)

    @cached_property
    def elsewhere(self) -> Counts:
        """Practices of the same cell in other regions; without regions, those of the same group in other cells."""
        place = "region" if "region" in self.names else "group"
        nothing = np.zeros(self.shape, dtype=np.int64)
        if place not in self.names:
            return nothing
        if place == "region":
            shared = self.lines.inside & self.index.members("region").get(
                self.index.roots.get("region", ""), self.index.none
            )
            kept = [n for n, name in enumerate(self.names) if name != place]
        else:
            shared, kept = self.lines.inside, [self.names.index(place)]
        held = self.table.shown(np.broadcast_to(self.lines.along(kept, shared), self.lines.shape))
        others: Counts = np.maximum(nothing, held - self.table.published("practices"))
        return others

    @property
    def _outside(self) -> Flags:
        """Cells of which no gap is told: what is not stated, and the whole collection."""
        outside, roots = np.zeros(self.shape, dtype=bool), np.ones(self.shape, dtype=bool)
        for unstated, root in zip(
            self._along(lambda _, row: row == ""),
            self._along(lambda dimension, row: row == self.index.roots.get(dimension)),
            strict=True,
        ):
            outside |= unstated
            roots &= root
        return outside | roots

    @property
    def _asks_for_redress(self) -> Flags:
        wanted = {identifiers.concept(name, code) for name, code in _REDRESS}
        found = np.zeros(self.shape, dtype=bool)
        for rows in self._along(lambda _, row: row in wanted):
            found |= rows
        return found

    def _along(self, holds: Callable[[str, str], bool]) -> list[Flags]:
        """Return for each axis whether something holds of its rows, in a shape that spreads over the cells."""
        found: list[Flags] = []
        for n, axis in enumerate(self.grid.axes):
            rows: Flags = np.array([holds(axis.dimension, row) for row in axis.rows], dtype=np.bool_)
            found.append(rows.reshape([-1 if m == n else 1 for m in range(len(self.shape))]))
        return found

    def _route_to_redress(self, asked: Flags) -> Flags:
        """Whether a practice here, or one that says something broader and so serves here too, gives redress."""
        if not asked.any():
            return asked
        redress = self.index.none.copy()
        for name, code in _REDRESS:
            redress |= self._lying(name, (code,))
        routes: Flags = self.table.shown(self.lines.product("near", self.lines.inside & redress)) > 0
        return routes

    @property
    def _only_in_books(self) -> Flags:
        """Whether all that is here is planned, or a rule of which no use is known."""
        books = self._lying("status", ("planned",)).copy()
        for concept, bits in self.index.members("policy-phase").items():
            if not concept.endswith(_IN_USE):
                books |= bits
        only: Flags = self._within(~(books & ~self._lying("policy-phase", _IN_USE))) == 0
        return only

    @property
    def _without_them(self) -> Flags:
        """Whether something here was made for people or merely consulted them, and nothing led or decided by them."""
        for_them = self._within(self._lying("participation", _FOR_THEM)) > 0
        with_them = self._lying("participation", _WITH_THEM)
        if "group" not in self.names:
            without: Flags = for_them & (self._within(with_them) == 0)
            return without
        at = self.names.index("group")
        axis = self.lines.axes[at]
        led = self.index.members("led-by").stack(axis.rows) | with_them
        instead = {at: Rows(axis.closed & led, self.index.everything)}
        without = for_them & (self.table.shown(self.lines.product("closed", self.lines.inside, instead)) == 0)
        return without

    def _within(self, bits: Bits) -> Counts:
        return self.table.shown(self.lines.within(bits))

    def _lying(self, dimension: str, codes: Sequence[str]) -> Bits:
        """Return the practices that lie in one of these concepts of a dimension's scheme."""
        home, members = self.index.dimension(dimension).home, self.index.members(dimension)
        hit = self.index.none.copy()
        for code in codes:
            hit |= members.get(f"{home}/{code}", self.index.none)
        return hit
