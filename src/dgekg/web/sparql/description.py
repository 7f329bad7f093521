"""What the endpoint says of itself: formats, functions, graphs with their counts, limits, examples. Computed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Triple
from starlette.responses import Response

from dgekg import formats, identifiers
from dgekg.context import NAMESPACES
from dgekg.errors import NotAcceptable, QueryError
from dgekg.formats import Format
from dgekg.settings import Settings
from dgekg.store.base import Store
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import LICENCE, Visit, link_header
from dgekg.web.linked import executables
from dgekg.web.linked.saying import a, said, spoken
from dgekg.web.snapshot import query
from dgekg.web.sparql.protocol import Asked

LISTED = 1000  # graphs by name; what is more is counted
_SD, _VOID, _SCHEMA, _DCT = NAMESPACES["sd"], NAMESPACES["void"], PREFIXES["schema"], PREFIXES["dct"]
_RDFS, _DECIMAL = PREFIXES["rdfs"], PREFIXES["xsd"] + "decimal"
_FORMATS = "http://www.w3.org/ns/formats/"
_NAMES = {
    formats.RESULTS_JSON: "SPARQL_Results_JSON",
    formats.RESULTS_XML: "SPARQL_Results_XML",
    formats.CSV: "SPARQL_Results_CSV",
    formats.TSV: "SPARQL_Results_TSV",
    formats.TURTLE: "Turtle",
    formats.JSONLD: "JSON-LD",
    formats.NTRIPLES: "N-Triples",
    formats.RDFXML: "RDF_XML",
}
_SIMPLE = "http://www.w3.org/ns/entailment/Simple"
_UNITS = {"_seconds": "SEC", "_mb": "E39", "_bytes": "AD"}  # UN/CEFACT: second, mebibyte, byte
_FUNCTION = re.compile(r"\bBIND \(geof:(\w+)\(")
_GEOSPARQL = "http://www.opengis.net/def/function/geosparql/"


@dataclass(frozen=True)
class Facts:
    """What is known of a service.

    Attributes:
        endpoint: its address.
        version: of what it answers from.
        settings: its limits.
        union: whether its default graph is the union of all graphs.
        triples: how many the default graph holds.
        graphs: named graphs with how many triples each holds, the largest first.
        functions: IRIs of functions beyond the standard.
        more: whatever else is to be said, such as examples.
    """

    endpoint: str
    version: str
    settings: Settings
    union: bool
    triples: int
    graphs: Sequence[tuple[str, int]]
    functions: Sequence[str]
    more: Iterable[Triple] = field(default=(), repr=False)


def answer(visit: Visit, asked: Asked) -> Response:
    """Answer a bare GET: the description of this version, computed once.

    Raises:
        NotAcceptable: nothing that the client accepts.
    """
    kind = offered(asked)
    headers = {
        "X-DGEKG-Version": visit.observatory.version,
        "Link": link_header([(LICENCE, "license", ""), (visit.absolute("/.well-known/void"), "describedby", "")]),
    }
    return visit.answer(kind, lambda: written(_facts(visit), kind), headers)


def offered(asked: Asked) -> Format:
    """Return the format of a description.

    Raises:
        NotAcceptable: nothing that the client accepts.
    """
    named = formats.named_format(asked.format, True) if asked.format else formats.answer_format(asked.accept, True)
    if named is None:
        raise NotAcceptable(
            "Without a query this address describes the service, in a format that the client does not accept. "
            f"Accept one of {', '.join(f.media_type for f in formats.GRAPHS)}, or send a query."
        )
    return named


def written(facts: Facts, kind: Format) -> bytes:
    """Write a description."""
    prefixes = {**PREFIXES, "sd": _SD, "void": _VOID, "formats": _FORMATS}
    return ox.serialize(dict.fromkeys(triples(facts)), format=kind.rdf, prefixes=prefixes) or b""


def triples(facts: Facts) -> Iterator[Triple]:
    """Yield the description of a service."""
    this, data = facts.endpoint, f"{facts.endpoint}#dataset"
    yield from a(this, _SD + "Service")
    yield from spoken(this, _DCT + "title", "sparql.title")
    yield from said(
        this,
        (_SD + "endpoint", NamedNode(this)),
        (_SD + "supportedLanguage", NamedNode(_SD + "SPARQL11Query")),
        (_SD + "defaultEntailmentRegime", NamedNode(_SIMPLE)),
        (_SD + "defaultDataset", NamedNode(data)),
        (_SCHEMA + "version", facts.version),
    )
    yield from said(this, *((_SD + "resultFormat", NamedNode(_FORMATS + name)) for name in _NAMES.values()))
    for kind, name in _NAMES.items():
        yield from said(_FORMATS + name, (_SCHEMA + "encodingFormat", kind.media_type))
    if facts.union:
        yield from said(this, (_SD + "feature", NamedNode(_SD + "UnionDefaultGraph")))
    for function in facts.functions:
        yield from said(this, (_SD + "extensionFunction", NamedNode(function)))
        yield from a(function, _SD + "Function")
    yield from _dataset(data, facts)
    yield from _limits(this, facts.settings)
    yield from facts.more


def _dataset(data: str, facts: Facts) -> Iterator[Triple]:
    default = f"{data}-default"
    yield from a(data, _SD + "Dataset", _VOID + "Dataset")
    yield from said(data, (_SD + "defaultGraph", NamedNode(default)), (_VOID + "sparqlEndpoint", _node(facts.endpoint)))
    yield from a(default, _SD + "Graph")
    yield from said(default, (_VOID + "triples", facts.triples))
    if len(facts.graphs) > LISTED:
        yield from spoken(data, _RDFS + "comment", "sparql.graphs_cut", n=len(facts.graphs), shown=LISTED)
    for number, (name, count) in enumerate(facts.graphs[:LISTED], 1):
        entry, graph = f"{data}-entry-{number}", f"{data}-graph-{number}"
        yield from said(data, (_SD + "namedGraph", _node(entry)))
        yield from a(entry, _SD + "NamedGraph")
        yield from said(entry, (_SD + "name", _node(name)), (_SD + "graph", _node(graph)))
        yield from a(graph, _SD + "Graph")
        yield from said(graph, (_VOID + "triples", count))


def _limits(this: str, settings: Settings) -> Iterator[Triple]:
    for setting in dataclasses.fields(settings):
        if not setting.name.startswith("query_") and setting.name != "body_seconds":
            continue
        limit, value = f"{this}#limit-{setting.name}", getattr(settings, setting.name)
        yield from said(this, (_SCHEMA + "additionalProperty", _node(limit)))
        yield from a(limit, _SCHEMA + "PropertyValue")
        yield from said(
            limit,
            (_SCHEMA + "propertyID", setting.name),
            (_SCHEMA + "name", Literal(setting.metadata["description"], language="en")),
            (_SCHEMA + "value", value if isinstance(value, int) else Literal(f"{value:g}", datatype=_node(_DECIMAL))),
        )
        unit = next((code for end, code in _UNITS.items() if setting.name.endswith(end)), "")
        if unit:
            yield from said(limit, (_SCHEMA + "unitCode", unit))


def _facts(visit: Visit) -> Facts:
    store = visit.observatory.store
    endpoint = visit.absolute("/sparql")
    counts = graph_counts(store)
    return Facts(
        endpoint,
        visit.observatory.version,
        visit.house.settings,
        True,
        default_count(store),
        counts,
        functions(store),
        _examples(visit, endpoint),
    )


def _examples(visit: Visit, endpoint: str) -> Iterator[Triple]:
    yield from said(endpoint, (_DCT + "license", _node(LICENCE)))
    yield from said(endpoint, (_RDFS + "seeAlso", _node(visit.absolute("/.well-known/void"))))
    for slug in visit.observatory.questions.all:
        question = identifiers.question(slug)
        yield from executables.one(visit, question)
        yield from said(question, (_SCHEMA + "target", _node(endpoint)))


def graph_counts(store: Store) -> list[tuple[str, int]]:
    """Return the named graphs with how many triples each holds, the largest first."""
    rows = store.select(query("graph-counts")).rows
    found = [(name.value, int(count.value)) for name, count in rows if name is not None and count is not None]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def default_count(store: Store) -> int:
    """Return how many triples the default graph holds."""
    return sum(int(row[0].value) for row in store.select(query("default-count")).rows if row[0] is not None)


def functions(store: Store) -> list[str]:
    """Return the functions beyond the standard that the engine knows."""
    text = query("functions")
    try:
        store.select(text)
    except (QueryError, RuntimeError):
        return []
    return [_GEOSPARQL + name for name in _FUNCTION.findall(text)]


@lru_cache(maxsize=4096)
def _node(iri: str) -> NamedNode:
    return NamedNode(iri)
