"""Searches: which statements speak of a cell, and whether they could see it.

Absence travels down: "searched and found none in Africa" holds for Kenya, as far as that search could see.
It does not travel up, except that all parts of a partition searched means the whole searched.

- A statement speaks of a cell if, in every dimension, one of its concepts is at or above the cell's. What the
  statement leaves out is the root, and so is what the cell leaves out: "searched at the data stage" speaks of
  "data, Kenya", never the other way round. A norm is one dimension: a statement on an instrument speaks of its
  provisions. Nothing speaks of the row *not stated*.
- A cell held by several conditions on one dimension (a row, and a filter) lies within each of them, so a
  statement on any of them speaks of it. A filter with several values is a union: each must be spoken of.
- A search looked *from afar* if it knew none of the official languages of the cell's region; the world, and a
  place without official languages, are never seen from afar. A whole searched by its parts is seen from afar if
  one of its parts is, and is as old as the oldest of its parts.
- Not-applicable travels down only: it is a reason about a cell, not a sum of its parts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from dgekg.index import NORMS, Index

Condition = tuple[str, frozenset[str]]
Point = tuple[tuple[str, str], ...]
SEARCHED = "searched-none-found"
NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Looked:
    """What the statements say of a cell.

    Attributes:
        statements: bits of those that decide; 0 where nothing does.
        afar: whether none of them could see well.
        date: day of the newest that speaks of the whole; of the oldest part, where parts decide.
    """

    statements: int = 0
    afar: bool = False
    date: str = ""


NOTHING = Looked()


class Searches:
    """The statements of one index, as bits of whole numbers: bit n is the statement n."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.statements = index.statements
        self.dimensions = tuple(dict.fromkeys(key_of(n) for n, d in index.dimensions.items() if d.coordinate))
        self.partitions = tuple(n for n, d in index.dimensions.items() if d.partition and d.coordinate)
        self._spoken = [frozenset(map(_primary, s.languages)) for s in self.statements]
        self._status = {
            status: _bits(n for n, s in enumerate(self.statements) if s.status == status)
            for status in (SEARCHED, NOT_APPLICABLE)
        }
        self._silent = {
            d: _bits(n for n, s in enumerate(self.statements) if not s.cell.get(d)) for d in self.dimensions
        }
        self._of: dict[tuple[str, str], tuple[int, int]] = {}
        self._known: dict[Point, Looked] = {}
        self._spoken_in: dict[tuple[str, ...], frozenset[str]] = {}
        self._seen: dict[frozenset[str], int] = {}
        self._dates: dict[int, str] = {}
        self._smallest: dict[str, tuple[str, ...]] = {}
        self._unasked: dict[tuple[str, ...], int] = {}

    def iris(self, statements: int) -> tuple[str, ...]:
        """Return the statements of a set, in order."""
        if not statements:
            return ()
        return tuple(self.statements[n].iri for n in _numbers(statements))

    def searched(self, conditions: Sequence[Condition]) -> Looked:
        """Return the searches that found none in the whole cell, themselves or part by part."""
        found = [self._search(point) for point in _points(conditions)] if self._status[SEARCHED] else []
        if not found or any(not one.statements for one in found):
            return NOTHING
        return _together(found)

    def stated(self, conditions: Sequence[Condition], status: str) -> Looked:
        """Return the statements of a status that speak of the whole cell themselves."""
        if not self._status[status]:
            return NOTHING
        found = [self._direct(point) & self._status[status] for point in _points(conditions)]
        if not all(found):
            return NOTHING
        return _together([Looked(one, False, self._newest(one)) for one in found])

    def _search(self, point: Point) -> Looked:
        if point not in self._known:
            self._known[point] = NOTHING  # a cyclic hierarchy ends here; validation reports it
            self._known[point] = self._look(point)
        return self._known[point]

    def _look(self, point: Point) -> Looked:
        direct = self._direct(point) & self._status[SEARCHED]
        afar = not direct & self._seeing(point)
        own = Looked(direct, afar, self._newest(direct)) if direct else NOTHING
        if (direct and not afar) or not self._may_be_searched_by_parts(point, direct):
            return own
        by_parts = [found for d in self.partitions if (found := self._parts(point, d)).statements]
        best = min(by_parts, key=lambda one: one.afar, default=NOTHING)
        if direct and best.statements and not best.afar:
            return Looked(direct | best.statements, False, best.date)
        return own if direct else best

    def _parts(self, point: Point, dimension: str) -> Looked:
        """Return the searches that cover all parts of the cell along a dimension."""
        wholes = [concept for name, concept in point if name == dimension]
        if not wholes and dimension in self.index.roots:
            wholes = [self.index.roots[dimension]]
        for whole in wholes:
            rest = tuple(pair for pair in point if pair != (dimension, whole))
            found = []
            for part in sorted(self.index.children.get(whole, frozenset())):
                found.append(self._search(tuple(sorted({*rest, (dimension, part)}))))
                if not found[-1].statements:
                    break
            if found and found[-1].statements:
                return _together(found)
        return NOTHING

    def _may_be_searched_by_parts(self, point: Point, direct: int) -> bool:
        """Whether a walk down the tree could find more: spares it where a smallest part is in no other search.

        What sees a whole from afar sees from afar every part of it where any of its languages is spoken.
        """
        others = self._status[SEARCHED] & ~direct
        if not self._all(point, 1) & others:
            return False
        silent = tuple(self.silent({name for name, _ in point}).items())
        for which in (0, -1):
            smallest = tuple(
                (d, self.leaves(c)[which]) if d in self.partitions else (d, c) for d, c in (*point, *silent)
            )
            if direct and not self._tongues(smallest):
                continue
            if not self._direct(smallest) & others:
                return False
        return True

    def silent(self, asked: Set[str]) -> dict[str, str]:
        """Return the partitions of which a cell says nothing, with the root that it means."""
        return {d: self.index.roots[d] for d in self.partitions if d not in asked and d in self.index.roots}

    def with_status(self, status: str) -> int:
        """Return the statements of a status."""
        return self._status[status]

    def leaves(self, concept: str) -> tuple[str, ...]:
        """Return the smallest parts of a concept, in order."""
        if concept not in self._smallest:
            below = self.index.narrower.get(concept, frozenset({concept}))
            self._smallest[concept] = tuple(sorted(c for c in below if not self.index.children.get(c))) or (concept,)
        return self._smallest[concept]

    def _direct(self, point: Point) -> int:
        return self._all(point, 0)

    def _all(self, point: Point, which: int) -> int:
        """Return the statements that speak of the cell (0), or of some part of it (1)."""
        any_of: dict[str, int] = {}
        for name, concept in point:
            key = key_of(name)
            any_of[key] = any_of.get(key, 0) | self.speaking(key, concept)[which]
        held = (1 << len(self.statements)) - 1 if which else self.elsewhere(tuple(any_of))
        for one in any_of.values():
            held &= one
        return held

    def elsewhere(self, asked: tuple[str, ...]) -> int:
        """Return the statements that, in the dimensions that are not asked, speak of the root."""
        if asked not in self._unasked:
            held = (1 << len(self.statements)) - 1
            for dimension in set(self.dimensions) - set(asked):
                root = self.index.roots.get(dimension, "")
                held &= self.speaking(dimension, root)[0] | self._silent[dimension]
            self._unasked[asked] = held
        return self._unasked[asked]

    def speaking(self, dimension: str, concept: str) -> tuple[int, int]:
        """Return the statements at or above a concept, and those that share a part with it."""
        key = (dimension, concept)
        if key not in self._of:
            above = self.index.within.get(concept, frozenset({concept}))
            below = self.index.narrower.get(concept, frozenset({concept}))
            around = frozenset(w for b in below for w in self.index.within.get(b, frozenset({b})))
            at = near = 0
            for n, statement in enumerate(self.statements):
                own = statement.cell.get(dimension)
                if concept and (not own or own & above):
                    at |= 1 << n
                if concept and (not own or own & around):
                    near |= 1 << n
            self._of[key] = (at, near)
        return self._of[key]

    def _tongues(self, point: Point) -> frozenset[str]:
        """Return the official languages that all regions of the cell share, the world left out."""
        root = self.index.roots.get("region")
        places = tuple(concept for name, concept in point if name == "region" and concept != root)
        if places not in self._spoken_in:
            all_of = [frozenset(map(_primary, self.index.languages.get(p, ()))) for p in places]
            self._spoken_in[places] = frozenset.intersection(*all_of) if all_of else frozenset()
        return self._spoken_in[places]

    def _seeing(self, point: Point) -> int:
        """Return the statements that do not look at the cell from afar."""
        tongues = self._tongues(point)
        if tongues not in self._seen:
            near = (n for n, spoken in enumerate(self._spoken) if not tongues or tongues & spoken)
            self._seen[tongues] = _bits(near)
        return self._seen[tongues]

    def _newest(self, statements: int) -> str:
        if statements not in self._dates:
            self._dates[statements] = max((self.statements[n].date for n in _numbers(statements)), default="")
        return self._dates[statements]


def _together(parts: Sequence[Looked]) -> Looked:
    statements = 0
    for one in parts:
        statements |= one.statements
    return Looked(statements, any(one.afar for one in parts), min(one.date for one in parts))


def _points(conditions: Sequence[Condition]) -> list[Point]:
    singles = [[(dimension, concept) for concept in sorted(concepts)] for dimension, concepts in conditions]
    return [tuple(sorted(set(point))) for point in itertools.product(*singles)]


def key_of(dimension: str) -> str:
    """Return the dimension in which a statement names a concept: provisions and instruments are norms."""
    return "norm" if dimension in NORMS else dimension


def _primary(language: str) -> str:
    return language.split("-")[0].lower()


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << n for n in numbers)


def _numbers(bits: int) -> list[int]:
    return [n for n in range(bits.bit_length()) if bits >> n & 1]
