"""Taking records out of a graph: their documents, their parts, what is about them, and every mention of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad, Store

from dgekg import identifiers, template
from dgekg.documents import MAIN_KIND
from dgekg.store.base import Store as AnyStore
from dgekg.store.local import LocalStore
from dgekg.suppression import Suppressed
from dgekg.vocabulary import BASE, PREFIXES, RDF_TYPE

_GRAPH = BASE + "graph/"
_TYPE = NamedNode(RDF_TYPE)
_PARTS = tuple(
    NamedNode(iri)
    for iri in (
        PREFIXES["prov"] + "qualifiedAttribution",
        identifiers.term("hasEvidence"),
        identifiers.term("exclusion"),
        identifiers.term("hasSearch"),
    )
)


class Taken(NamedTuple):
    """What was taken out of a graph.

    Attributes:
        records: the suppressed records that it held.
        gone: all things that are no longer described in it: these records, their parts, what was about them.
        quads: the statements.
        touched: what stays, and lost a mention of something that is gone.
        documents: how many whole documents went.
    """

    records: frozenset[str]
    gone: frozenset[str]
    quads: frozenset[Quad]
    touched: frozenset[str]
    documents: int


def held(store: AnyStore, suppressed: Suppressed) -> list[str]:
    """Return the suppressed records that a store holds."""
    if not suppressed:
        return []
    plain = [e.record for e in suppressed.active.values() if e.kind != "erased"]
    found = {iri for iri in plain if store.describe(iri)}
    if len(plain) < len(suppressed):
        found |= {iri for iri in _records(store) if iri in suppressed}
    return sorted(found)


def take(store: LocalStore, suppressed: Suppressed, queries: Path) -> Taken:
    """Take suppressed records out of a store that can be written.

    Args:
        store: holds a built version.
        suppressed: the list.
        queries: the folder of queries.
    """
    engine = store.engine
    records = held(store, suppressed)
    gone: set[str] = set()
    graphs: set[NamedNode] = set()
    wave = set(records)
    while wave:
        gone |= wave
        found: set[str] = set()
        for iri in wave:
            for graph in _documents(iri):
                graphs.add(graph)
                found.add(graph.value)  # the ledger names a document by its graph where it has no record of its own
                found |= set(_subjects(engine.quads_for_pattern(None, None, None, graph)))
            found |= _parts(engine, iri, gone)
        found |= _about(store, queries, wave)
        wave = {iri for iri in found if iri.startswith(BASE)} - gone
    quads = set(_mentions(engine, gone, graphs))
    for quad in quads:
        engine.remove(quad)
    for graph in graphs:
        engine.remove_graph(graph)  # its name would stay, empty
    touched = set(_subjects(quads)) - gone
    return Taken(
        frozenset(records),
        frozenset(gone),
        frozenset(quads),
        frozenset(touched),
        len({q.graph_name for q in quads} & graphs),
    )


def _records(store: AnyStore) -> Iterator[str]:
    """Yield what could be a record: erased ones are known only by trying."""
    if isinstance(store, LocalStore):
        subjects = set(_subjects(store.engine.quads_for_pattern(None, _TYPE, None, None)))
        yield from (iri for iri in subjects if iri.startswith(BASE + "id/"))
        return
    for graph in store.graphs():
        folder, _, slug = graph.removeprefix(_GRAPH).partition("/")
        if graph.startswith(_GRAPH) and slug:
            yield from {f"{BASE}id/{kind}/{slug}" for kind in (MAIN_KIND.get(folder, ""), folder[:-1]) if kind}


def _documents(iri: str) -> list[NamedNode]:
    """Return the graphs of the documents that are all about a record."""
    local = identifiers.parse(iri)
    if local is None or local.kind == "scheme":
        return []
    folders = [folder for folder, kind in MAIN_KIND.items() if kind == local.kind] or [f"{local.kind}s"]
    if local.kind == "practice":
        folders.append("assessments")
    return [NamedNode(f"{_GRAPH}{folder}/{local.slug}") for folder in folders]


def _parts(engine: Store, iri: str, gone: set[str]) -> set[str]:
    """Return the parts of a thing that nothing else has."""
    found = set()
    for link in _PARTS:
        for quad in engine.quads_for_pattern(NamedNode(iri), link, None, None):
            part = quad.object
            if isinstance(part, NamedNode):
                owners = set(_subjects(engine.quads_for_pattern(None, None, part, None)))
                found |= {part.value} if owners <= gone else set()
    return found


def _about(store: LocalStore, queries: Path, gone: Iterable[str]) -> set[str]:
    query = template.read(queries / "system" / "goes-with.rq")
    rows = (row for some in template.portions(gone) for row in store.rows(template.bind(query, {"gone": some})))
    return {row[0].value for row in rows if isinstance(row[0], NamedNode)}


def _mentions(engine: Store, gone: Iterable[str], graphs: Iterable[NamedNode]) -> Iterator[Quad]:
    for iri in gone:
        yield from engine.quads_for_pattern(NamedNode(iri), None, None, None)
        yield from engine.quads_for_pattern(None, None, NamedNode(iri), None)
    for graph in graphs:
        yield from engine.quads_for_pattern(None, None, None, graph)


def _subjects(quads: Iterable[Quad]) -> Iterator[str]:
    return (quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))
