"""The incidence index: practices x concepts of every dimension, as packed bits.

It is a copy of the derived dimension triples, read from any store by one query a dimension, so that a count
here and a count in SPARQL come from the same closure. Row sets are `uint64` words, one bit a practice, in the
order of `practices`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.errors import SourceError, UnknownValue
from dgekg.store.base import Store, Table
from dgekg.vocabulary import BASE, ONTOLOGY

Bits = npt.NDArray[np.uint64]
Pairs = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to cut the collection.

    Attributes:
        name: as written in views and addresses.
        coordinate: whether it can be searched for, so that its cells have states.
        home: IRI of the scheme or class whose members are its rows.
        partition: whether the narrower concepts together are the whole.
        supported: dimension that `--norm supports` asks instead, or "".
        relations: dimension for each stage relation.
        excludes: dimensions that it is not crossed with.
        label: words for it, by language.
    """

    name: str
    coordinate: bool
    home: str
    partition: bool
    supported: str
    relations: Mapping[str, str]
    excludes: frozenset[str]
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Concept:
    """A row: a concept, provision or instrument."""

    iri: str
    code: str
    broader: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the marks need of a piece of evidence."""

    level: int
    speaks_to: str
    direction: str
    indicator: str
    groups: frozenset[str]
    accessed: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A dated search that found none, or a statement that a cell does not apply."""

    iri: str
    status: str
    date: str
    languages: frozenset[str]
    cell: Mapping[str, frozenset[str]]


def dimensions(queries: Path) -> dict[str, Dimension]:
    """Read `queries/dimensions.yaml`.

    Raises:
        SourceError: the file is broken.
    """
    path = queries / "dimensions.yaml"
    try:
        raw: dict[str, dict[str, Any]] = yaml.safe_load(template.read(path))
        return {
            name: Dimension(
                name=name,
                coordinate=bool(spec.get("coordinate")),
                home=identifiers.scheme(spec["scheme"]) if "scheme" in spec else ONTOLOGY + spec["class"],
                partition=bool(spec.get("partition")),
                supported=str(spec.get("supported", "")),
                relations=dict(spec.get("relations", {})),
                excludes=frozenset(spec.get("with", ())),
                label=dict(spec["label"]),
            )
            for name, spec in raw.items()
        }
    except (yaml.YAMLError, KeyError, AttributeError) as error:
        raise SourceError(
            f"{path}: expected a mapping of dimension to scheme or class, and label: {error}"
        ) from error


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
        self.rung = np.array([int(_text(r[1]) or 0) for r in rows], dtype=np.int8)
        self.words = (len(self.practices) + 63) // 64
        self._bits: dict[str, dict[str, Bits]] = {}

    def members(self, dimension: str) -> Mapping[str, Bits]:
        """Return concept IRI -> bits of the practices that lie in it; concepts with none are absent."""
        if dimension not in self._bits:
            found: dict[str, list[int]] = {}
            for thing, concept in self._pairs(dimension):
                at = self.position.get(thing)
                if at is not None:
                    found.setdefault(concept, []).append(at)
            self._bits[dimension] = {concept: self.bits(positions) for concept, positions in found.items()}
        return self._bits[dimension]

    def bits(self, positions: Iterable[int]) -> Bits:
        """Pack practice positions into words."""
        packed = np.zeros(self.words * 64, dtype=bool)
        packed[list(positions)] = True
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
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for concept, home, code, broader in self._table("hierarchy").rows:
            entry = found.setdefault(_text(home), {}).setdefault(
                _text(concept), {"code": _text(code) or _text(concept).rsplit("/", 1)[-1], "broader": set()}
            )
            if broader is not None:
                entry["broader"].add(_text(broader))
        return {
            home: {
                iri: Concept(iri, e["code"], tuple(sorted(e["broader"])))
                for iri, e in sorted(members.items())
            }
            for home, members in found.items()
        }

    def concepts(self, dimension: str) -> Mapping[str, Concept]:
        """Return the rows a dimension may have.

        Raises:
            UnknownValue: there is no such dimension.
        """
        return self.hierarchy.get(self.dimension(dimension).home, {})

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

        def climb(iri: str, path: frozenset[str]) -> frozenset[str]:
            if iri not in closed and iri not in path:
                up = [climb(b, path | {iri}) for b in direct.get(iri, ())]
                closed[iri] = frozenset({iri}).union(*up)
            return closed.get(iri, frozenset({iri}))

        for iri in direct:
            climb(iri, frozenset())
        return closed

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
        """Dimension -> its root concept, for those that have a single one."""
        found = {}
        for name in self.dimensions:
            tops = [c.iri for c in self.concepts(name).values() if not c.broader]
            if len(tops) == 1:
                found[name] = tops[0]
        return found

    @cached_property
    def evidence(self) -> Mapping[str, tuple[Evidence, ...]]:
        """Practice -> its evidence."""
        groups: dict[tuple[str, str], set[str]] = {}
        rest: dict[tuple[str, str], tuple[str, ...]] = {}
        for practice, evidence, level, speaks, direction, indicator, group, accessed in self._table(
            "evidence"
        ).rows:
            key = (_text(practice), _text(evidence))
            groups.setdefault(key, set())
            if group is not None:
                groups[key].add(_text(group))
            rest[key] = tuple(_code(t) for t in (level, speaks, direction, indicator)) + (_text(accessed),)
        found: dict[str, list[Evidence]] = {}
        for (practice, evidence), (level_, speaks_, direction_, indicator_, accessed_) in sorted(
            rest.items()
        ):
            about = frozenset(groups[practice, evidence])
            found.setdefault(practice, []).append(
                Evidence(int(level_), speaks_, direction_, indicator_, about, accessed_)
            )
        return {practice: tuple(items) for practice, items in found.items()}

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every coverage statement, with the cell it speaks of."""
        cells: dict[str, dict[str, set[str]]] = {}
        for dimension in ("stage", "group", "region", "right", "kind", "lever", "sector", "norm"):
            for thing, concept in self._pairs(f"direct-{dimension}"):
                if thing not in self.position:
                    cells.setdefault(thing, {}).setdefault(dimension, set()).add(concept)
        languages: dict[str, set[str]] = {}
        heads: dict[str, tuple[str, str]] = {}
        for statement, status, date, _activity, language in self._table("statements").rows:
            heads[_text(statement)] = (_code(status), _text(date))
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
    def withheld(self) -> Mapping[str, frozenset[str]]:
        """Country -> groups for which nothing is published there."""
        return self._sets("not-published")

    @cached_property
    def languages(self) -> Mapping[str, frozenset[str]]:
        """Region -> official languages of the countries within it."""
        return self._sets("languages")

    @cached_property
    def actors(self) -> Mapping[str, frozenset[str]]:
        """Practice -> actors that take part in it."""
        return self._sets("actors")

    @cached_property
    def countries(self) -> Mapping[str, frozenset[str]]:
        """Practice -> countries it is done in."""
        return self._sets("countries")

    @cached_property
    def promising(self) -> Mapping[str, frozenset[str]]:
        """Practice -> groups it is promising or leading for."""
        return self._sets("promising")

    def _sets(self, view: str) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for key, value in self._table(view).rows:
            found.setdefault(_text(key), set()).add(_text(value))
        return {key: frozenset(values) for key, values in found.items()}

    def _pairs(self, dimension: str) -> Iterable[tuple[str, str]]:
        text = template.read(self._views / "incidence.rq")
        query = template.bind(text, {"dimension": [NamedNode(identifiers.dimension(dimension))]})
        return ((_text(thing), _text(concept)) for thing, concept in self._store.select(query).rows)

    def _table(self, view: str) -> Table:
        return self._store.select(template.read(self._views / f"{view}.rq"))


def _text(term: Any) -> str:
    return "" if term is None else str(term.value)


def _code(term: Any) -> str:
    """Return the last part of a concept's address: its code."""
    text = _text(term)
    return text.rsplit("/", 1)[-1] if text.startswith(BASE) else text
