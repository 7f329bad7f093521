"""Duties: which norms concern a cell, where they bind, what supervisors found about it, what people asked for.

A record concerns a cell if, in every dimension that both speak of, it shares a part with it: a duty towards persons
with disabilities is owed to women with disabilities, and so concerns the cell of women. What concerns a cell concerns
every broader one. An instrument that names no group protects everyone, a norm that names no stage holds for the whole
lifecycle; but a norm that guarantees no right on record concerns no cell that asks for one, for unknown is not yes.

A norm binds somewhere if its force is binding, it has come into force, and

- in a country: the last act on record says that the country ratified, acceded or has it in force, or the norm was made
  for that very country; and the country made no reservation to it on record. Where nothing is on record, it is not
  known to bind there;
- in a wider region: it binds a country within, or was made for a region within;
- where no place is asked for: it is in force.

Whether something binds is one question, however many norms do: a group with a convention of its own weighs no more
than one that only the covenants for everyone protect, so that every ground of discrimination weighs the same.

Records are bits of whole numbers and each concept's bits are kept, so that the cost is one of concepts, not of cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dgekg.coverage import View
from dgekg.duties.records import (
    Adoption,
    Norm,
    Voice,
    read_adoptions,
    read_countries,
    read_norms,
    read_voices,
)
from dgekg.index import NORMS, Index
from dgekg.store.base import Store

__all__ = ["Adoption", "Duties", "Norm", "Touched", "Voice"]

_ASKED = ("group", "right", "stage", "norm", "region")


@dataclass(frozen=True, slots=True)
class Touched:
    """What concerns a cell: norms, supervisory findings, and records in which people asked for something."""

    norms: tuple[Norm, ...]
    findings: tuple[Voice, ...]
    asks: tuple[Voice, ...]


class Duties:
    """The duties of one version.

    Args:
        store: any store that holds a built version.
        queries: the folder of queries; `cards/` is read.
        index: of the same version, for its hierarchies.
        as_of: the day on which a norm must be in force.

    Raises:
        SourceError: a query file is missing.
        QueryError, StoreError: as `Store.select`.
    """

    def __init__(self, store: Store, queries: Path, index: Index, as_of: dt.date) -> None:
        self._index, self.day = index, as_of.isoformat()
        self.norms = read_norms(store, queries)
        self.adoptions = read_adoptions(store, queries, self.day)
        self.findings = read_voices(store, queries, "findings")
        self.asks = read_voices(store, queries, "asks")
        self.countries = read_countries(store, queries)
        self._ends = (len(self.norms), len(self.norms) + len(self.findings))
        self._masks: dict[tuple[str, str], int] = {}
        self._ways: dict[str, Mapping[str, int]] = {}
        self._stepped: dict[tuple[str, str], int | None] = {}
        self._parties: dict[tuple[str, str], int] = {}

    def raises(self, view: View, weights: Mapping[str, float]) -> Callable[[tuple[str, ...]], Mapping[str, float]]:
        """Return what tells of a cell of a view which parts raise a gap there, and by how much.

        Args:
            view: its dimensions and filters (a filter holds for every cell; one that excludes holds for none).
            weights: of "binding-duty", "supervisory-finding" and "demand"; without one, nothing is added.
        """
        first, second = self._ends
        voices = (("supervisory-finding", _ones(first, second)), ("demand", _ones(second, second + len(self.asks))))
        parts = [
            (name, weights[name], bits)
            for name, bits in (("binding-duty", _ones(0, first)), *voices)
            if weights.get(name, 0) > 0
        ]
        fixed, names = self._fixed(view) & self._binding, [(n, d) for n, d in enumerate(view.dimensions) if _key(d)]
        masks: list[dict[str, int]] = [{} for _ in names]

        def raised(concepts: tuple[str, ...]) -> dict[str, float]:
            held = fixed
            for known, (n, dimension) in zip(masks, names, strict=True):
                concept = concepts[n]
                if concept not in known:
                    known[concept] = self._mask(dimension, concept)
                held &= known[concept]
            return {name: weight for name, weight, bits in parts if held & bits} if held else {}

        return raised

    def concerning(self, view: View, concepts: tuple[str, ...], binding: bool = True, here: bool = True) -> Touched:
        """Return the norms, findings and asks that concern a cell of a view, each in the order of their addresses.

        Args:
            view: its dimensions and filters.
            concepts: of the cell.
            binding: only norms that bind (somewhere); False for all norms.
            here: only norms that bind in the cell's place; False for those that bind anywhere.
        """
        first, second = self._ends
        kept = view.dimensions if here else tuple(d for d in view.dimensions if d != "region")
        held = self._fixed(view, here) & (self._binding if binding else -1)
        for dimension, concept in zip(view.dimensions, concepts, strict=True):
            if dimension in kept and _key(dimension):
                held &= self._mask(dimension, concept)
        return Touched(
            tuple(one for n, one in enumerate(self.norms) if held >> n & 1),
            tuple(one for n, one in enumerate(self.findings, first) if held >> n & 1),
            tuple(one for n, one in enumerate(self.asks, second) if held >> n & 1),
        )

    def binds(self, norm: Norm, place: str = "") -> bool:
        """Whether a norm binds in a country or region; anywhere, where none is given."""
        bit = 1 << self._at[norm.iri]
        return bool(self._binding & bit and (not place or self._mask("region", place) & bit))

    def parties(self, instrument: str, place: str = "") -> int:
        """Return how many jurisdictions on record are bound by an instrument, all or within a region."""
        if (instrument, place) not in self._parties:
            every = {one.place for one in self.adoptions.get(instrument, {}).values()} | self.countries
            bit = 1 << self._at[instrument] if instrument in self._at else 0
            within = every & self._below(place) if place else every
            self._parties[instrument, place] = sum(1 for one in within if self._bound.get(one, 0) & bit)
        return self._parties[instrument, place]

    def steps(self, concept: str, other: str) -> int | None:
        """Return the fewest steps of their hierarchy from one concept down to a part of both and up to the other."""
        if (concept, other) not in self._stepped:
            shared = self._below(concept) & self._below(other)
            ways = (self._up(part)[concept] + self._up(part)[other] for part in shared)
            self._stepped[concept, other] = min(ways, default=None)
        return self._stepped[concept, other]

    @cached_property
    def _at(self) -> Mapping[str, int]:
        return {norm.iri: n for n, norm in enumerate(self.norms)}

    @cached_property
    def _binding(self) -> int:
        """Norms that bind, and everything that is no norm."""
        norms = _bits(n for n, norm in enumerate(self.norms) if norm.binds_on(self.day))
        return norms | _ones(self._ends[0], self._ends[1] + len(self.asks))

    @cached_property
    def _bound(self) -> Mapping[str, int]:
        """Place -> the norms that bind there, by what is on record of the place itself."""
        found: dict[str, int] = {}
        for n, norm in enumerate(self.norms):
            if not norm.binds_on(self.day):
                continue
            acts = self.adoptions.get(norm.instrument, {})
            own = {place for place in norm.places if place not in acts}
            own |= {a.place for a in acts.values() if a.bound and not self._reserved(a, norm)}
            for place in own:
                found[place] = found.get(place, 0) | 1 << n
        return found

    def _reserved(self, act: Adoption, norm: Norm) -> bool:
        """Whether an act reserves a norm: itself, or what it is part of."""
        return bool(act.reserved & self._index.within.get(norm.iri, frozenset({norm.iri})))

    @cached_property
    def _spoken(self) -> Mapping[str, tuple[dict[str, int], int]]:
        """What is asked -> concept -> the records that say it; and the records that say nothing and so fit all."""
        said: dict[str, tuple[dict[str, int], int]] = {}
        of = {norm.iri: norm for norm in self.norms}
        lines: list[Mapping[str, Iterable[str]]] = [
            {"group": n.groups, "right": n.rights or ("",), "stage": n.stages, "norm": (n.iri,), "region": ("",)}
            for n in self.norms
        ]
        for finding in self.findings:
            under = [of[iri] for iri in finding.said.get("norm", ()) if iri in of]
            groups = finding.said.get("group") or frozenset(g for n in under for g in n.groups)
            rights = frozenset(r for n in under for r in n.rights) or ("",)
            lines.append({**finding.said, "group": groups, "right": rights})
        lines += [ask.said for ask in self.asks]
        for asked in _ASKED:
            by: dict[str, int] = {}
            silent = 0
            for n, line in enumerate(lines):
                concepts = tuple(line.get(asked, ()))
                silent |= 0 if concepts else 1 << n
                for concept in concepts:
                    by[concept] = by.get(concept, 0) | 1 << n
            said[asked] = (by, silent)
        return said

    def _fixed(self, view: View, here: bool = True) -> int:
        """Return the records that fit the filters of a view."""
        held = -1
        for one in view.filters:
            if one.negated or not _key(one.dimension) or (one.dimension == "region" and not here):
                continue
            any_of = 0
            for value in one.values:
                any_of |= self._mask(one.dimension, value)
            held &= any_of
        return held

    def _mask(self, dimension: str, concept: str) -> int:
        """Return the records that share a part with a concept; all of them for the root, and for what is not stated."""
        asked = _key(dimension)
        if not concept or concept == self._index.roots.get(dimension):
            return -1
        if (asked, concept) not in self._masks:
            by, held = self._spoken[asked]
            for other in {w for b in self._below(concept) for w in self._index.within.get(b, frozenset({b}))}:
                held |= by.get(other, 0)
            if asked == "region":
                for place in self._below(concept):
                    held |= self._bound.get(place, 0)
            self._masks[asked, concept] = held
        return self._masks[asked, concept]

    def _below(self, concept: str) -> frozenset[str]:
        return self._index.narrower.get(concept, frozenset({concept}))

    def _up(self, concept: str) -> Mapping[str, int]:
        """Return everything broader with the fewest steps to it."""
        if concept not in self._ways:
            found, wave, steps = {concept: 0}, [concept], 0
            while wave:
                steps += 1
                wave = [b for one in wave for b in self._broader.get(one, ()) if b not in found]
                found.update(dict.fromkeys(wave, steps))
            self._ways[concept] = found
        return self._ways[concept]

    @cached_property
    def _broader(self) -> Mapping[str, Sequence[str]]:
        return {c.iri: c.broader for members in self._index.hierarchy.values() for c in members.values()}


def _key(dimension: str) -> str:
    """Return what a dimension asks of a record; "" for one that it says nothing on."""
    return "norm" if dimension in NORMS else dimension if dimension in _ASKED else ""


def _ones(low: int, high: int) -> int:
    return (1 << high) - (1 << low)


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << n for n in numbers)
