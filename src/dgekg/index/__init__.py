"""The incidence index: practices x concepts of every dimension, as packed bits.

It is a copy of the derived dimension triples, read from any store by one query a dimension, so that a count
here and a count in SPARQL come from the same closure. Row sets are `uint64` words, one bit a practice, in the
order of `practices`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.errors import UnknownValue
from dgekg.index.records import Concept, Dimension, Evidence, Statement, dimensions
from dgekg.store.base import Store, Table
from dgekg.vocabulary import BASE

__all__ = [
    "NORMS",
    "Bits",
    "Concept",
    "Dimension",
    "Evidence",
    "Index",
    "Lists",
    "Pairs",
    "Statement",
    "dimensions",
]

Bits = npt.NDArray[np.uint64]
Pairs = Mapping[str, frozenset[str]]
Lists = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
NORMS = ("provision", "instrument")


class Index:
    """The arrays of one version of the graph.

    Args:
        store: any store that holds a built version.
        queries: folder with `views/` and `dimensions.yaml`.
    """

    def __init__(self, store: Store, queries: Path) -> None:
        self._store, self._views = store, queries / "views"
        self.dimensions = dimensions(queries)
        rows = self._table("practices").rows
        self.practices = tuple(_text(r[0]) for r in rows)
        self.position = {iri: n for n, iri in enumerate(self.practices)}
        self.rung = np.array([int(_text(r[1]) or -1) for r in rows], dtype=np.int8)  # -1: no evidence
        self.words = max(1, (len(self.practices) + 63) // 64)
        self._read: dict[str, tuple[dict[str, Bits], dict[str, set[str]]]] = {}

    def members(self, dimension: str) -> Mapping[str, Bits]:
        """Return concept IRI -> bits of the practices that lie in it; concepts with none are absent."""
        return self._incidence(dimension)[0]

    def bits(self, positions: Iterable[int]) -> Bits:
        """Pack practice positions into words."""
        packed = np.zeros(self.words * 64, dtype=bool)
        packed[np.fromiter(positions, dtype=np.int64)] = True
        return np.packbits(packed, bitorder="little").view(np.uint64)

    def unpack(self, bits: Bits) -> list[str]:
        """Return the practices of a set, in order."""
        flags = np.unpackbits(bits.view(np.uint8), bitorder="little")[: len(self.practices)]
        return [self.practices[i] for i in np.flatnonzero(flags)]

    @cached_property
    def none(self) -> Bits:
        """The empty set."""
        return np.zeros(self.words, dtype=np.uint64)

    @cached_property
    def everything(self) -> Bits:
        """The set of all practices."""
        return self.bits(range(len(self.practices)))

    @cached_property
    def hierarchy(self) -> Mapping[str, Mapping[str, Concept]]:
        """Concepts by the scheme or class that holds them, then by IRI."""
        found: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
        for concept, home, notation, broader in self._table("hierarchy").rows:
            notations, above = found.setdefault(_text(home), {}).setdefault(_text(concept), (set(), set()))
            notations.update([_text(notation)] if notation is not None else [])
            above.update([_text(broader)] if broader is not None else [])
        return {
            home: {
                iri: Concept(iri, _tail(iri), min(notations, default=""), tuple(sorted(above)))
                for iri, (notations, above) in sorted(members.items())
            }
            for home, members in found.items()
        }

    def concepts(self, dimension: str) -> Mapping[str, Concept]:
        """Return the rows a dimension may have: those of its hierarchy, then those beside it.

        Raises:
            UnknownValue: there is no such dimension.
        """
        one = self.dimension(dimension)
        found: dict[str, Concept] = {}
        for home in (one.home, *one.beside):
            found.update(self.hierarchy.get(home, {}))
        return found

    def dimension(self, name: str) -> Dimension:
        """Return a dimension by name.

        Raises:
            UnknownValue: there is none; the nearest is suggested.
        """
        if name not in self.dimensions:
            raise UnknownValue("dimension", name, self.dimensions, f"Known: {', '.join(self.dimensions)}.")
        return self.dimensions[name]

    @cached_property
    def within(self) -> Pairs:
        """Concept -> itself and everything broader, over all schemes and norms."""
        direct = {c.iri: c.broader for members in self.hierarchy.values() for c in members.values()}
        closed: dict[str, frozenset[str]] = {}
        for iri in direct:
            seen, wave = {iri}, [iri]
            while wave:
                wave = [b for one in wave for b in direct.get(one, ()) if b not in seen]
                seen.update(wave)
            closed[iri] = frozenset(seen)
        return closed

    @cached_property
    def narrower(self) -> Pairs:
        """Concept -> itself and everything narrower."""
        found: dict[str, set[str]] = {}
        for iri, broader in self.within.items():
            for one in broader:
                found.setdefault(one, {one}).add(iri)
        return {iri: frozenset(below) for iri, below in found.items()}

    @cached_property
    def children(self) -> Pairs:
        """Concept -> what is directly narrower."""
        found: dict[str, set[str]] = {}
        for members in self.hierarchy.values():
            for concept in members.values():
                for broader in concept.broader:
                    found.setdefault(broader, set()).add(concept.iri)
        return {iri: frozenset(narrower) for iri, narrower in found.items()}

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """Dimension -> its root concept, for schemes that have a single one; records have none."""
        found = {}
        for name, one in self.dimensions.items():
            tops = [c.iri for c in self.hierarchy.get(one.home, {}).values() if not c.broader]
            if len(tops) == 1 and "#" not in one.home:
                found[name] = tops[0]
        return found

    @cached_property
    def evidence(self) -> Mapping[str, tuple[Evidence, ...]]:
        """Practice -> its evidence."""
        groups: dict[tuple[str, str], set[str]] = {}
        rest: dict[tuple[str, str], tuple[str, ...]] = {}
        for practice, evidence, level, speaks, direction, indicator, group, accessed in self._table("evidence").rows:
            key = (_text(practice), _text(evidence))
            groups.setdefault(key, set()).update([_text(group)] if group is not None else [])
            rest[key] = (*(_code(t) for t in (level, speaks, direction, indicator)), _text(accessed))
        found: dict[str, list[Evidence]] = {}
        for key, (level_, speaks_, direction_, indicator_, accessed_) in sorted(rest.items()):
            about = frozenset(groups[key])
            found.setdefault(key[0], []).append(
                Evidence(int(level_), speaks_, direction_, indicator_, about, accessed_)
            )
        return {practice: tuple(items) for practice, items in found.items()}

    @cached_property
    def newest(self) -> npt.NDArray[np.int64]:
        """Day (as an ordinal) on which each practice was last verified; 0 where no evidence is dated."""
        days = np.zeros(len(self.practices), dtype=np.int64)
        for practice, items in self.evidence.items():
            dates = [dt.date.fromisoformat(e.accessed[:10]).toordinal() for e in items if e.accessed]
            days[self.position[practice]] = max(dates, default=0)
        return days

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every coverage statement, with the cell it speaks of."""
        cells: dict[str, dict[str, set[str]]] = {}
        asked = [n for n, d in self.dimensions.items() if d.coordinate and n not in NORMS]
        for dimension in (*asked, "norm"):
            for thing, concepts in self._incidence(f"direct-{dimension}")[1].items():
                cells.setdefault(thing, {})[dimension] = concepts
        languages: dict[str, set[str]] = {}
        heads: dict[str, tuple[str, str]] = {}
        for statement, status, day, _activity, language in self._table("statements").rows:
            heads[_text(statement)] = (_code(status), _text(day))
            languages.setdefault(_text(statement), set()).update([_text(language)] if language else [])
        return tuple(
            Statement(
                iri,
                status_,
                date_,
                frozenset(languages[iri]),
                {d: frozenset(c) for d, c in cells.get(iri, {}).items()},
            )
            for iri, (status_, date_) in sorted(heads.items())
        )

    @cached_property
    def withheld(self) -> Pairs:
        """Country -> groups for which nothing is published there."""
        return self._sets("not-published")

    @cached_property
    def languages(self) -> Pairs:
        """Region -> official languages of the countries within it."""
        return self._sets("languages")

    @cached_property
    def actors(self) -> Lists:
        """Practice -> numbers of the actors that take part in it (see `lists`)."""
        return self.lists(self._sets("actors"))

    @cached_property
    def countries(self) -> Lists:
        """Practice -> numbers of the countries it is done in (see `lists`)."""
        return self.lists(self._sets("countries"))

    @cached_property
    def promising(self) -> Pairs:
        """Practice -> groups it is promising or leading for."""
        return self._sets("promising")

    def lists(self, sets: Pairs) -> Lists:
        """Return sets of things by practice as rows: where each practice's numbers begin, and the numbers."""
        things = {thing: n for n, thing in enumerate(sorted(set().union(*sets.values())))}
        rows = [sorted(things[t] for t in sets.get(p, ())) for p in self.practices]
        starts = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
        return starts, np.array([n for row in rows for n in row], dtype=np.int64)

    def _sets(self, view: str) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for key, value in self._table(view).rows:
            found.setdefault(_text(key), set()).add(_text(value))
        return {key: frozenset(values) for key, values in found.items()}

    def _incidence(self, dimension: str) -> tuple[dict[str, Bits], dict[str, set[str]]]:
        """Read a dimension once: bits of the practices by concept, and the concepts of everything else."""
        if dimension not in self._read:
            at: dict[str, list[int]] = {}
            others: dict[str, set[str]] = {}
            query = template.bind(
                template.read(self._views / "incidence.rq"),
                {"dimension": [NamedNode(identifiers.dimension(dimension))]},
            )
            for thing, concept in self._store.select(query).rows:
                position = self.position.get(_text(thing))
                if position is None:
                    others.setdefault(_text(thing), set()).add(_text(concept))
                else:
                    at.setdefault(_text(concept), []).append(position)
            self._read[dimension] = ({c: self.bits(p) for c, p in at.items()}, others)
        return self._read[dimension]

    def _table(self, view: str) -> Table:
        return self._store.select(template.read(self._views / f"{view}.rq"))


def _text(term: Any) -> str:
    return "" if term is None else str(term.value)


def _tail(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _code(term: Any) -> str:
    """Return the last part of a concept's address: its code."""
    text = _text(term)
    return _tail(text) if text.startswith(BASE) else text
