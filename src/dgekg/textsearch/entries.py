"""What goes into the search: the texts of practices, actors, instruments, provisions and concepts, from any store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers, template
from dgekg.store.base import Store
from dgekg.vocabulary import PREFIXES

Text = tuple[str, str]  # and its language, "" for none
KINDS = ("practice", "actor", "instrument", "provision", "concept")
_CLASSES = {
    "practice": identifiers.term("Practice"),
    "actor": identifiers.term("Actor"),
    "instrument": identifiers.term("Instrument"),
    "provision": identifiers.term("Provision"),
    "concept": PREFIXES["skos"] + "Concept",
}
_NAMED = ("concept", "actor")  # whose names are words for what is linked to them; an actor may be linked to concepts
_WITH_ACTORS = ("practice",)
_SLICE = 500  # IRIs a query, so that no service finds it too long


@dataclass(frozen=True, slots=True)
class Entry:
    """What is searched of one thing; the parts weigh in this order.

    Attributes:
        iri: its address.
        kind: one of `KINDS`.
        titles: its names.
        others: other names, identifiers and codes.
        actors: names of the actors that take part in it, or that issued it.
        texts: descriptions, and the words for whom, where and what it is.
    """

    iri: str
    kind: str
    titles: tuple[Text, ...]
    others: tuple[Text, ...] = ()
    actors: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass
class _Facts:
    """The rows of one thing, by what they are."""

    texts: dict[str, set[Text]] = field(default_factory=dict)
    links: dict[str, set[str]] = field(default_factory=dict)


def kind_of(iri: str) -> str:
    """Return the kind of something that is searched, by its address.

    >>> kind_of("https://w3id.org/dgekg/scheme/stage/data")
    'concept'
    """
    local = identifiers.parse(iri)
    return "" if local is None else "concept" if local.kind == "scheme" else local.kind


def read_all(store: Store, queries: Path) -> Iterator[Entry]:
    """Yield an entry for everything that the store publishes, what is named by others first."""
    names: dict[str, _Facts] = {}
    for kind in (*_NAMED, *(kind for kind in KINDS if kind not in _NAMED)):
        facts = _read(store, queries, kind)
        yield from _entries(kind, facts, names)
        names |= facts if kind in _NAMED else {}


def read_some(store: Store, queries: Path, iris: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of some things, as `read_all` gives them; what the store does not publish is left out."""
    wanted = sorted(set(iris))
    found = {kind: _read(store, queries, kind, wanted) for kind in KINDS}
    linked = {i for facts in found.values() for one in facts.values() for links in one.links.values() for i in links}
    names: dict[str, _Facts] = {}
    for kind in _NAMED:
        names |= _read(store, queries, kind, sorted(linked))
    for kind, facts in found.items():
        yield from _entries(kind, facts, names if kind != "concept" else {})


def dependents(store: Store, queries: Path, iris: Iterable[str]) -> set[str]:
    """Return what shows the names of some actors or concepts among its own words, and so changes with them."""
    query = template.read(queries / "system" / "search-dependents.rq")
    found = set()
    for part in _slices(sorted(set(iris))):
        bound = template.bind(query, {"changed": [NamedNode(iri) for iri in part]})
        found |= {row[0].value for row in store.rows(bound) if row[0] is not None}
    return found


def _read(store: Store, queries: Path, kind: str, only: Iterable[str] | None = None) -> dict[str, _Facts]:
    """Return what the store publishes of a kind, or of some things of that kind."""
    asked: list[dict[str, list[template.Value]]] = [{}]
    if only is not None:
        asked = [
            {"thing": [NamedNode(iri) for iri in part]} for part in _slices([i for i in only if kind_of(i) == kind])
        ]
    texts, actors = (template.read(queries / "system" / f"{name}.rq") for name in ("search", "search-actors"))
    found: dict[str, _Facts] = {}
    for slots in asked:
        for thing, what, value in store.rows(template.bind(texts, {**slots, "class": [NamedNode(_CLASSES[kind])]})):
            if thing is None or what is None or value is None:
                continue
            facts = found.setdefault(thing.value, _Facts())
            if isinstance(value, Literal):
                facts.texts.setdefault(what.value, set()).add((value.value, value.language or ""))
            else:
                facts.links.setdefault(what.value, set()).add(value.value)
        for thing, actor in store.rows(template.bind(actors, slots)) if kind in _WITH_ACTORS else ():
            if thing is not None and actor is not None and thing.value in found:
                found[thing.value].links.setdefault("actor", set()).add(actor.value)
    return found


def _entries(kind: str, facts: Mapping[str, _Facts], names: Mapping[str, _Facts]) -> Iterator[Entry]:
    for iri, one in facts.items():
        yield Entry(
            iri=iri,
            kind=kind,
            titles=tuple(sorted(one.texts.get("title", ()))),
            others=tuple(sorted(one.texts.get("other", ()))),
            actors=_names(one.links.get("actor", ()), names),
            texts=(
                *(text for text, _language in sorted(one.texts.get("text", ()))),
                *_names(one.links.get("about", ()), names),
            ),
        )


def _names(iris: Iterable[str], names: Mapping[str, _Facts]) -> tuple[str, ...]:
    spoken = {
        text
        for iri in iris
        if iri in names
        for what in ("title", "other")
        for text, _ in names[iri].texts.get(what, ())
    }
    return tuple(sorted(spoken))


def _slices(iris: list[str]) -> list[list[str]]:
    return [iris[start : start + _SLICE] for start in range(0, len(iris), _SLICE)]
