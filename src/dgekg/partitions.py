"""What a graph is made of, counted: properties, classes, links to others. The build keeps it beside the store."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad

from dgekg import template
from dgekg.store.base import Store
from dgekg.store.local import LocalStore
from dgekg.vocabulary import ONTOLOGY, RDF_TYPE

FILE = "statistics.json"


@dataclass(frozen=True, slots=True)
class Partitions:
    """Counts of one graph, over the union of its named graphs.

    Attributes:
        subjects: how many things anything is said of.
        objects: how many different values there are.
        properties: how often each property is used, by IRI.
        classes: how many things of each class there are, by IRI.
        links: how many links of a property lead to a vocabulary of others: (property, its namespace, how many).
    """

    subjects: int
    objects: int
    properties: Mapping[str, int]
    classes: Mapping[str, int]
    links: tuple[tuple[str, str, int], ...]

    @property
    def triples(self) -> int:
        """How many statements there are; one that stands in two graphs counts twice."""
        return sum(self.properties.values())

    @property
    def vocabularies(self) -> list[str]:
        """The namespaces of the properties and classes in use."""
        return sorted({namespace(iri) for iri in (*self.properties, *self.classes)})

    def of_ours(self) -> dict[str, int]:
        """How many things of each class of ours there are, by its name."""
        return {iri.removeprefix(ONTOLOGY): n for iri, n in self.classes.items() if iri.startswith(ONTOLOGY)}


def count(store: Store, queries: Path) -> Partitions:
    """Count; in seconds per million statements, by the engine, which lets other threads go on.

    Args:
        store: the graph.
        queries: folder of the project's queries.

    Raises:
        StoreError: the store cannot be reached or read.
    """

    def ask(name: str) -> list[dict[str, str]]:
        return list(store.select(template.read(queries / "system" / f"{name}.rq")).dicts())

    return Partitions(
        subjects=int(ask("count-subjects")[0]["count"]),
        objects=int(ask("count-objects")[0]["count"]),
        properties={row["property"]: int(row["count"]) for row in sorted(ask("count-properties"), key=_first)},
        classes={row["class"]: int(row["count"]) for row in sorted(ask("count-classes"), key=_first)},
        links=_listed(_links(store, queries)),
    )


def changed(
    before: Partitions, store: LocalStore, queries: Path, removed: Collection[Quad], added: Collection[Quad]
) -> Partitions:
    """Return what `count` says after a change; costs what changes.

    Args:
        before: what it said.
        store: the graph as it is now.
        queries: folder of the project's queries.
        removed: statements that it held.
        added: statements that it did not hold.
    """
    quads, fresh, type_ = (*removed, *added), set(added), NamedNode(RDF_TYPE)

    def gained(now: Iterable[Quad], was: bool) -> int:
        """Return 1 for what is said now and was not, -1 for what was said and is not."""
        there = False
        for quad in now:
            there = True
            if was or quad not in fresh:
                return 0
        return there - was

    gone_s, gone_o = {q.subject for q in removed}, {q.object for q in removed}
    gone_t = {(q.subject, q.object) for q in removed if q.predicate == type_}
    of = store.engine.quads_for_pattern
    properties, classes = Counter(before.properties), Counter(before.classes)
    properties.update(q.predicate.value for q in added)
    properties.subtract(q.predicate.value for q in removed)
    for thing, kind in {(q.subject, q.object) for q in quads if q.predicate == type_}:
        classes[getattr(kind, "value", "")] += gained(of(thing, type_, kind, None), (thing, kind) in gone_t)
    links = Counter({(name, space): n for name, space, n in before.links})
    links.update(_links(_holding(added), queries))
    links.subtract(_links(_holding(removed), queries))
    return Partitions(
        subjects=before.subjects
        + sum(gained(of(s, None, None, None), s in gone_s) for s in {q.subject for q in quads}),
        objects=before.objects + sum(gained(of(None, None, o, None), o in gone_o) for o in {q.object for q in quads}),
        properties={name: n for name, n in sorted(properties.items()) if n},
        classes={name: n for name, n in sorted(classes.items()) if n},
        links=_listed(links),
    )


def write(found: Partitions, folder: Path) -> None:
    """Keep counts beside a built store."""
    (folder / FILE).write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")


def read(folder: Path | None) -> Partitions | None:
    """Return the counts that a build kept; None where it kept none."""
    try:
        if folder is None:
            return None
        known: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Partitions(**{**known, "links": tuple((p, s, n) for p, s, n in known["links"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def namespace(iri: str) -> str:
    """Return what an IRI begins with, up to its last part.

    >>> namespace("http://purl.org/dc/terms/title"), namespace("https://schema.org/name")
    ('http://purl.org/dc/terms/', 'https://schema.org/')
    """
    return re.sub(r"[^/#]*$", "", iri)


def _links(store: Store, queries: Path) -> Counter[tuple[str, str]]:
    rows = store.select(template.read(queries / "system" / "outside-links.rq")).dicts()
    return Counter((row["property"], namespace(row["o"])) for row in rows)


def _listed(links: Counter[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    return tuple((name, space, n) for (name, space), n in sorted(links.items()) if n)


def _holding(quads: Iterable[Quad]) -> LocalStore:
    store = LocalStore()
    store.engine.extend(quads)
    return store


def _first(row: Mapping[str, str]) -> str:
    return next(iter(row.values()))
