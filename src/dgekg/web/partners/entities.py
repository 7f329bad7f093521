"""What can be matched: practices, actors, instruments, provisions and concepts, with their types and properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from pyoxigraph import Literal

from dgekg import identifiers
from dgekg.errors import UnknownValue
from dgekg.folding import fold
from dgekg.store.base import Term
from dgekg.vocabulary import BASE, LANGUAGES
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.kept import kept_with
from dgekg.web.snapshot import Snapshot, bare

_REMEMBERED = 64
_PROTECTED = identifiers.concept("exposure", "protected")
RECORDS = ("practice", "actor", "instrument", "provision")
CONCEPT = "concept"
PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "practice": ("url", "country", "kind", "group", "stage", "lead", "year", "level"),
    "actor": ("url", "country", "sector"),
    "instrument": ("url", "country", "kind", "family", "adopted"),
    "provision": ("instrument", "number", "right"),
    CONCEPT: ("scheme", "notation", "broader"),
}
EVERY = tuple(dict.fromkeys(name for names in PROPERTIES.values() for name in names))


@dataclass(frozen=True)
class Entity:
    """One thing that can be matched.

    Attributes:
        iri: its address.
        kind: practice, actor, instrument, provision or concept.
        scheme: of a concept; else "".
        names: all its names, codes included, folded for comparing; each once.
        facts: its values by property.
    """

    iri: str
    kind: str
    scheme: str
    names: tuple[str, ...]
    facts: Facts = field(repr=False)

    @property
    def id(self) -> str:
        """Its identifier: its address without what all begin with."""
        return self.iri.removeprefix(BASE)

    @property
    def types(self) -> tuple[str, ...]:
        """The types that it belongs to, the most telling first."""
        return (f"scheme/{self.scheme}", CONCEPT) if self.scheme else (self.kind,)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Its pages and sources, without what does not tell pages apart."""
        return frozenset(map(bare, self.facts.all("url")))


class Among:
    """Entities to choose from, with all their names in one list.

    Attributes:
        entities: in order.
        names: folded, of one entity after the other.
        owners: for each name the place of its entity.
    """

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.entities = tuple(entities)
        self.names = [name for entity in entities for name in entity.names]
        self.owners = np.array([n for n, entity in enumerate(entities) for _ in entity.names], dtype=np.int64)


class Entities:
    """All that can be matched in one version."""

    def __init__(self, snapshot: Snapshot) -> None:
        facts = snapshot.facts("reconciled")
        names = snapshot.observatory.names
        self.all: dict[str, Entity] = {}
        self._among: dict[tuple[str, ...], Among] = {}
        for iri in snapshot.classes:
            local = identifiers.parse(iri)
            if local is None or not local.slug or (local.kind not in RECORDS and local.kind != "scheme"):
                continue
            concept = local.kind == "scheme"
            own = facts.get(iri, Facts(iri, {}))
            if _PROTECTED in own.all("exposure") or own.one("deprecated") in ("true", "1"):
                continue  # as in the search: nothing protected, neither as itself nor by its name
            said = [*names.labels(iri).values(), *names.alternatives.get(iri, ()), *own.all("notation")]
            said += [local.slug, local.slug.replace("-", " ")]
            folded = tuple(dict.fromkeys(filter(None, map(comparable, said))))
            kind = CONCEPT if concept else local.kind
            self.all[iri] = Entity(iri, kind, local.scheme if concept else "", folded, own)
        self.schemes = tuple(sorted({e.scheme for e in self.all.values() if e.scheme}))

    def get(self, id_: str) -> Entity | None:
        """Return the entity of an identifier, or of an address."""
        return self.all.get(id_ if id_.startswith(BASE) else BASE + id_)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """All types: kinds, and the schemes of concepts."""
        return (*PROPERTIES, *(f"scheme/{name}" for name in self.schemes))

    def of_types(self, wanted: Sequence[str], strict: str = "any") -> Among:
        """Return the entities of some types; the choices made so far are remembered.

        Args:
            wanted: types; none for all.
            strict: "any" of them, "all" of them, or "should", which asks for no more than a preference.

        Raises:
            UnknownValue: there is no such type.
        """
        for name in wanted:
            if name not in self.types:
                raise UnknownValue("type", name, self.types)
        key = ("", *sorted(set(wanted))) if wanted and strict == "all" else tuple(sorted(set(wanted)))
        if strict == "should":
            key = ()
        if key not in self._among:
            fits = all if "" in key else any
            chosen = [e for e in self.all.values() if not key or fits(name in e.types for name in wanted)]
            if len(self._among) > _REMEMBERED:
                self._among.clear()
            self._among[key] = Among(chosen)
        return self._among[key]


def comparable(text: str) -> str:
    """Return a name for comparing: no accents, no case, no punctuation.

    >>> comparable("L’Égalité (UN)  2030")
    'l egalite un 2030'
    """
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


@kept_with
def entities(snapshot: Snapshot) -> Entities:
    """Return all that can be matched in a version; read once."""
    return Entities(snapshot)


def type_words(visit: Visit, name: str) -> str:
    """Return the words for a type."""
    if name.startswith("scheme/"):
        scheme = name.removeprefix("scheme/")
        return visit.label(identifiers.scheme(scheme))
    return visit.t(f"reconcile.type.{name}")


def property_words(visit: Visit, name: str) -> str:
    """Return the words for a property."""
    return visit.t(f"reconcile.property.{name}")


def typed(visit: Visit, names: Iterable[str]) -> list[dict[str, str]]:
    """Return types as the protocol writes them."""
    return [{"id": name, "name": type_words(visit, name)} for name in names]


def values(known: Entities, entity: Entity, name: str) -> list[Term]:
    """Return the values of a property; records that cannot be matched are not named here either."""
    records = tuple(identifiers.records(kind) for kind in RECORDS)
    found = entity.facts.values.get(name, ())
    return [term for term in found if term.value in known.all or not term.value.startswith(records)]


def spoken(visit: Visit, known: Entities, entity: Entity, name: str) -> list[str]:
    """Return every way in which the values of a property may be written, folded, for comparing."""
    found = []
    for term in values(known, entity, name):
        found.append(term.value)
        if not isinstance(term, Literal):
            found += [visit.observatory.names.label(term.value, language) for language in LANGUAGES]
            found += [*visit.observatory.names.alternatives.get(term.value, ()), term.value.rsplit("/", 1)[-1]]
    return [folded for folded in map(comparable, found) if folded]


def value(visit: Visit, term: Term, known: Entities) -> dict[str, str | int]:
    """Return a value as the protocol writes it: an entity of ours, a number, or text."""
    if isinstance(term, Literal):
        text = term.value
        return {"int": int(text)} if text.isascii() and text.isdigit() and len(text) < 16 else {"str": text}
    if term.value in known.all:
        return {"id": known.all[term.value].id, "name": visit.label(term.value)}
    return {"str": visit.label(term.value) if term.value.startswith(BASE) else term.value}
