"""The incidence index: practices x concepts of every dimension, as packed bits.

It is a copy of the derived dimension triples, so that a count here and a count in SPARQL come from the same closure.
It is read from a store, one query a dimension, or opened from the file that a build wrote (`index.file`), mapped into
memory and shared by all processes. Row sets are `uint64` words with one bit a practice (see `index.layout`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dgekg.errors import UnknownValue
from dgekg.index import layout
from dgekg.index.extract import StoreParts
from dgekg.index.layout import Bits
from dgekg.index.lines import EvidenceLines, Members
from dgekg.index.parts import Array, Parts
from dgekg.index.records import (
    NORMS,
    Concept,
    Dimension,
    Evidence,
    Statement,
    cell_dimensions,
    dimensions,
    direct_of,
)
from dgekg.store.base import Store

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
    "direct_of",
]

Pairs = Mapping[str, frozenset[str]]
Lists = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]
_MEMORY = 2**28  # bytes


class Index:
    """The arrays of one version of the graph.

    Args:
        store: any store that holds a built version; None where `parts` come from elsewhere.
        queries: folder with `views/` and `dimensions.yaml`.
        parts: arrays and tables, such as those of a file.
    """

    def __init__(self, store: Store | None, queries: Path, parts: Parts | None = None) -> None:
        self.dimensions = dimensions(queries)
        if parts is None:
            if store is None:
                raise ValueError("an index needs a store or parts")
            parts = StoreParts(store, queries / "views", cell_dimensions(self.dimensions))
        self.parts = parts
        self.rung: npt.NDArray[np.int8] = parts.array("rung")
        self.words = max(1, int(parts.array("slots").max(initial=0)) // 64 + 1)
        self.memory: dict[Any, Any] = {}

    @cached_property
    def practices(self) -> tuple[str, ...]:
        """IRIs of the practices, in order; their place is their number."""
        return tuple(name.decode() for name in self.parts.array("practices").tolist())

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Practice -> its number."""
        return {iri: n for n, iri in enumerate(self.practices)}

    @cached_property
    def slots(self) -> npt.NDArray[np.int32]:
        """The bit of each practice."""
        return self.parts.array("slots")

    def members(self, dimension: str) -> Members:
        """Return concept IRI -> bits of the practices that lie in it; concepts with none are absent."""
        members: Members = self.remembered(("members", dimension), lambda: Members(*self._rows(dimension)))
        return members

    def remembered(self, key: Any, make: Any) -> Any:
        """Return what `make` gives, made once; the last few are kept."""
        if key in self.memory:
            return self.memory[key]
        made = make()
        while self.memory and sum(map(_size, [*self.memory.values(), made])) > _MEMORY:
            self.memory.pop(next(iter(self.memory)), None)
        return self.memory.setdefault(key, made)

    def bits(self, numbers: Iterable[int]) -> Bits:
        """Pack practices, given by number, into words."""
        flags = np.zeros(self.words * 64, dtype=bool)
        at = numbers if isinstance(numbers, np.ndarray) else np.fromiter(numbers, dtype=np.int64)
        flags[self.slots[at]] = True
        return layout.pack(flags)

    def flags(self, bits: Bits) -> npt.NDArray[np.bool_]:
        """Return sets (the last dimension are words) as whether each practice is in them, by number."""
        return layout.unpack(bits)[..., self.slots].astype(bool)

    def unpack(self, bits: Bits) -> list[str]:
        """Return the practices of a set, in order."""
        return [self.practices[n] for n in np.flatnonzero(self.flags(bits))]

    @cached_property
    def none(self) -> Bits:
        """The empty set."""
        empty = np.zeros(self.words, dtype=np.uint64)
        empty.setflags(write=False)
        return empty

    @cached_property
    def everything(self) -> Bits:
        """The set of all practices."""
        return self.bits(range(len(self.slots)))

    @cached_property
    def hierarchy(self) -> Mapping[str, Mapping[str, Concept]]:
        """Concepts by the scheme or class that holds them, then by IRI."""
        return {
            home: {iri: Concept(iri, _tail(iri), notation, tuple(broader)) for iri, (notation, broader) in said.items()}
            for home, said in self.parts.table("hierarchy").items()
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
    def evidence(self) -> EvidenceLines:
        """All pieces of evidence, as arrays with a line each."""
        return EvidenceLines(self.parts)

    @cached_property
    def newest(self) -> npt.NDArray[np.int32]:
        """Day (as an ordinal) on which each practice was last verified; 0 where no evidence is dated."""
        days = np.zeros(len(self.slots), dtype=np.int32)
        np.maximum.at(days, self.evidence.practice, self.evidence.day)
        return days

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every coverage statement, with the cell it speaks of."""
        return tuple(
            Statement(
                one["iri"],
                one["status"],
                one["date"],
                frozenset(one["languages"]),
                {dimension: frozenset(concepts) for dimension, concepts in one["cell"].items()},
            )
            for one in self.parts.table("statements")
        )

    @cached_property
    def withheld(self) -> Pairs:
        """Country -> groups for which nothing is published there."""
        return _sets(self.parts.table("withheld"))

    @cached_property
    def languages(self) -> Pairs:
        """Region -> official languages of the countries within it."""
        return _sets(self.parts.table("languages"))

    @cached_property
    def actors(self) -> Lists:
        """Practice -> numbers of the actors that take part in it: where each list begins, and the numbers."""
        return self.parts.array("actors/starts"), self.parts.array("actors/numbers")

    @cached_property
    def countries(self) -> Lists:
        """Practice -> numbers of the countries it is done in: where each list begins, and the numbers."""
        return self.parts.array("countries/starts"), self.parts.array("countries/numbers")

    @cached_property
    def promising(self) -> tuple[Array, list[str]]:
        """Practices (by number) and groups that they are promising or leading for, a line a pair."""
        starts, numbers = self.parts.array("promising/starts"), self.parts.array("promising/numbers")
        names = [name.decode() for name in self.parts.array("promising/names").tolist()]
        return np.repeat(np.arange(len(starts) - 1), np.diff(starts)), [names[n] for n in numbers]

    def _rows(self, source: str) -> tuple[list[str], Bits]:
        return self.parts.table(f"rows/{source}"), self.parts.array(f"bits/{source}")


def _sets(table: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in table.items()}


def _size(made: Any) -> int:
    """Return about how many bytes something holds; what says nothing of it is small."""
    return int(getattr(made, "nbytes", 2**12))


def _tail(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
