"""Intersections: for two or three groups, what is made for those at their crossing, and what merely names the parts.

For women and persons with disabilities, say, three counts of different practices:

- *made for it*: the practice says a group that lies within all the parts: the group that combines them (women with
  disabilities, by `dgekg:combinesGroup`), or a narrower one (Deaf women);
- *names all parts*: it says each of the parts, or something narrower; those that are made for it are among them;
- *names some*: at least one part, but not all.

So made for it <= names all, and names all + names some = names any; nothing else may be added up. What is said of
everyone names no part.

How far *made for* lags behind the parts: of N practices that say anything about groups, a name the one part and b the
other. If naming one had nothing to do with naming the other, a b / N would name both (a b c / N^2 for three parts);
`lag` is that number minus those made for it. It is a yardstick for looking, no test, and says nothing of how many there
should be. Below one practice expected there is nothing to lag behind: the combination is `small`, it is not ranked,
and the rarer part itself is the gap.

A combination is not published if one of its parts, or a group at its crossing, is not, under the filters.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dgekg import template
from dgekg.coverage.arrays import popcount
from dgekg.coverage.cells import Cell, Grid, State
from dgekg.coverage.crossing import Crossing
from dgekg.coverage.rows import NOT_STATED
from dgekg.errors import ViewError
from dgekg.index import Bits, Index
from dgekg.store.base import Store

OWN, NARROWER, NONE = "own", "narrower", "none"
Parts = tuple[str, ...]
_TOGETHER = (
    State.DOCUMENTED,
    State.THIN,
    State.FILTERED,
    State.NOT_SEARCHED,
    State.SEARCHED,
    State.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Combination:
    """Two or three groups, and the practices at their crossing.

    Attributes:
        parts: IRIs of the groups, in order.
        kind: "own" where a group of the vocabulary combines exactly these parts, "narrower" where only narrower
            groups lie within all of them, "none" where no group does, so that nothing can be made for it.
        groups: the groups at the crossing, the broadest: the one that combines the parts, or what lies within them.
        published: whether anything may be said; all counts are 0 where not.
        state: of the groups at the crossing; None where there is none, or nothing may be said.
        marks: likewise; those of any of the groups.
        named: practices that name each part.
        made: practices made for it.
        all: practices that name all parts.
        any: practices that name a part.
        documented: of `made` and `all`, those with evidence at the rung or above.
        expected: practices that would name all parts if naming one had nothing to do with naming another.
        partly_withheld: whether something narrower is not published.
    """

    parts: Parts
    kind: str
    groups: tuple[str, ...]
    published: bool
    state: State | None = None
    marks: tuple[str, ...] = ()
    named: tuple[int, ...] = ()
    made: Bits = field(default_factory=lambda: np.zeros(0, dtype=np.uint64), repr=False, compare=False)
    all: Bits = field(default_factory=lambda: np.zeros(0, dtype=np.uint64), repr=False, compare=False)
    any: Bits = field(default_factory=lambda: np.zeros(0, dtype=np.uint64), repr=False, compare=False)
    documented: tuple[int, int] = (0, 0)
    expected: float = 0.0
    partly_withheld: bool = False

    @property
    def some(self) -> Bits:
        """The practices that name at least one part, and not all."""
        return self.any & ~self.all

    @property
    def counts(self) -> dict[str, int]:
        """Different practices: `made` for it, that name `all` parts, `some`, and `any` (which is all and some)."""
        sets = {"made": self.made, "all": self.all, "some": self.some, "any": self.any}
        return {name: popcount(bits) for name, bits in sets.items()}

    @property
    def small(self) -> bool:
        """Whether fewer than one practice would be expected, so that the rarer part itself is the gap."""
        return self.published and self.expected < 1.0

    @property
    def lag(self) -> float | None:
        """How many fewer are made for it than would name all parts; None where that cannot be said."""
        if not self.published or self.small or self.kind == NONE:
            return None
        return self.expected - popcount(self.made)


@dataclass(frozen=True, slots=True)
class Crossed:
    """Combinations under filters.

    Attributes:
        asked: filters, and the groups asked for.
        grid: the groups under these filters, as a view of one dimension.
        practices: different practices that say anything about groups, N; 0 where not published.
        published: whether the filters may be published.
        combinations: those asked for; without any, all that have a group of their own, and all pairs that a practice
            names together. Ranked: the furthest behind first, then the small ones, then those without a group.
    """

    asked: Crossing
    grid: Grid
    practices: int
    published: bool
    combinations: tuple[Combination, ...]


def read_combined(store: Store, queries: Path) -> dict[str, frozenset[str]]:
    """Return each group at a crossing with the groups that it combines."""
    found: dict[str, set[str]] = {}
    for row in store.select(template.read(queries / "views" / "combinations.rq")).dicts():
        found.setdefault(row["group"], set()).add(row["part"])
    return {group: frozenset(parts) for group, parts in found.items()}


def intersections(index: Index, grid: Grid, asked: Crossing, combined: Mapping[str, frozenset[str]]) -> Crossed:
    """Cross groups under filters.

    Args:
        index: whose practices are counted.
        grid: the groups under the filters (`Crossing.view`), computed.
        asked: the groups to cross; none for all.
        combined: see `read_combined`.

    Raises:
        ViewError: a group that lies within another of those asked for.
    """
    work = _Work(index, grid, combined)
    wanted = [asked.of] if asked.of else work.everything()
    found = [one for parts in wanted if (one := work.combination(parts)).published or one.kind == OWN or asked.of]
    return Crossed(asked, grid, work.practices, work.published, tuple(sorted(found, key=_rank)))


class _Work:
    """What all combinations of one view share."""

    def __init__(self, index: Index, grid: Grid, combined: Mapping[str, frozenset[str]]) -> None:
        self.index, self.cells = index, {key[0]: cell for key, cell in grid.cells.items()}
        self.own = {tuple(sorted(parts)): group for group, parts in sorted(combined.items()) if len(parts) > 1}
        self.root = index.roots.get("group", NOT_STATED)
        said = [cell.bits for iri, cell in self.cells.items() if iri != NOT_STATED]
        self.stated: Bits = np.bitwise_or.reduce([index.none, *said])
        self.practices = popcount(self.stated)
        self.published = any(cell.state is not State.NOT_PUBLISHED for cell in self.cells.values())
        self.documented = index.bits(np.flatnonzero(index.rung >= grid.view.rung))

    def everything(self) -> list[Parts]:
        """Return the combinations of the vocabulary, and the pairs that a practice names together."""
        found = dict.fromkeys(parts for parts in self.own if all(part in self.cells for part in parts))
        held = [iri for iri, cell in self.cells.items() if cell.bits.any() and iri not in (self.root, NOT_STATED)]
        lines = np.array([self.cells[iri].bits for iri in held], dtype=np.uint64).reshape(len(held), self.index.words)
        for n, one in enumerate(held):
            together = np.flatnonzero((lines[n + 1 :] & lines[n]).any(axis=1))
            for other in (held[n + 1 + m] for m in together):
                if not self._nested((one, other)):
                    found[(min(one, other), max(one, other))] = None
        return list(found)

    def combination(self, parts: Parts) -> Combination:
        """Count one combination."""
        if self._nested(parts):
            raise ViewError(
                f"of: {self._nested(parts)} lies within another of these groups, so that they do not cross."
            )
        groups = self._crossing(parts)
        kind = OWN if parts in self.own else NARROWER if groups else NONE
        cells = [self.cells[iri] for iri in (*parts, *groups)]
        if any(cell.state is State.NOT_PUBLISHED for cell in cells):
            return Combination(parts, kind, groups, False)
        sides = [self.cells[part].bits for part in parts]
        made: Bits = np.bitwise_or.reduce([self.index.none, *(self.cells[group].bits for group in groups)])
        every: Bits = np.bitwise_and.reduce(sides)
        named = tuple(popcount(side) for side in sides)
        return Combination(
            parts,
            kind,
            groups,
            True,
            _state([self.cells[group] for group in groups]),
            tuple(dict.fromkeys(mark for group in groups for mark in self.cells[group].marks)),
            named,
            made,
            every,
            np.bitwise_or.reduce(sides),
            (popcount(made & self.documented), popcount(every & self.documented)),
            math.prod(named) / self.practices ** (len(parts) - 1) if self.practices else 0.0,
            any(cell.partly_withheld for cell in cells),
        )

    def _crossing(self, parts: Parts) -> tuple[str, ...]:
        """Return the broadest groups that lie within all parts."""
        below = [self.index.narrower.get(part, frozenset({part})) for part in parts]
        inside = frozenset.intersection(*below) & self.cells.keys()
        own = self.own.get(parts)
        if own in inside:
            return (own,)
        return tuple(sorted(g for g in inside if not (self.index.within.get(g, frozenset()) - {g}) & inside))

    def _nested(self, parts: Iterable[str]) -> str:
        """Return the code of a part that lies within another; "" where none does."""
        for one, other in itertools.permutations(parts, 2):
            if other in self.index.within.get(one, frozenset({one})):
                return one.rsplit("/", 1)[-1]
        return ""


def _state(cells: Sequence[Cell]) -> State | None:
    """Return what is known of several groups together: there if one is, searched if all were."""
    states = {cell.state for cell in cells}
    return next((state for state in _TOGETHER if state in states), None)


def _rank(one: Combination) -> tuple[object, ...]:
    """Order: not published, then the furthest behind, the small, those without a group of their own."""
    together = popcount(one.all) if one.published else 0
    return (
        one.kind != OWN,
        one.published,
        one.small,
        -(one.lag or 0.0) if one.kind == OWN else 0.0,
        -one.expected if one.kind == OWN else -float(together),
        len(one.parts),
        one.parts,
    )
