"""The change feed (Linked Data Event Stream): what happened to each record, with what it says now.

A member is the last line of the ledger about a record. In the named graph of the member's own name stands what the
record's document says, and what the ledger says of it. The vocabulary is a member too; what the build derives is not,
for it follows from the rest. `docs/harvesting.md` tells how to replay it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, identifiers, releases
from dgekg.errors import NotAcceptable, UnknownValue
from dgekg.suppression import Entry
from dgekg.vocabulary import BASE, PREFIXES, RDF_TYPE
from dgekg.web.catalogue.log import VOCABULARY, Event, Log, Said, graph_of, log, said
from dgekg.web.house import LICENCE, House, Visit, link_header

AS, LDES, TREE = "https://www.w3.org/ns/activitystreams#", "https://w3id.org/ldes#", "https://w3id.org/tree#"
FORMATS = (formats.TRIG, formats.NQUADS, formats.JSONLD)
STREAM = BASE + "feed"
_POLICY = BASE + "feed#latest"
_SPDX = "http://spdx.org/rdf/terms#"
_DCT, _XSD, _DGEKG, _SCHEMA = (PREFIXES[p] for p in ("dct", "xsd", "dgekg", "schema"))
_PREFIXES = {**PREFIXES, "as": AS, "ldes": LDES, "tree": TREE}
_ACTIVITY = {"create": "Create", "update": "Update", "deprecate": "Update"}
_KIND = {"withdrawn": "withdraw", "erased": "withdraw", "merged": "merge"}
_POLLING_SECONDS = 3600
# A page that is full gains no member, so a client need not come again; yet what is withdrawn must leave at once, so
# no cache may answer from what it keeps without asking.
_FULL = {"Cache-Control": "public, no-cache, immutable"}


def feed(house: House, request: Request) -> Response:
    """`/feed`: what the stream is, and its pages."""
    visit = Visit(house, request)
    return _answer(visit, lambda: _root(visit, log(visit.snapshot)))


def page(house: House, request: Request) -> Response:
    """`/feed/{page}`: a page of the stream.

    Raises:
        UnknownValue: there is none of this name; a page of the vocabulary or of withdrawals goes with its version.
    """
    visit = Visit(house, request)
    name = str(request.path_params["page"])
    found = log(visit.snapshot)
    if name in found.pages:
        return _answer(visit, lambda: _members(visit, found, name), _FULL if found.full(name) else {})
    if name == f"vocabulary-{found.vocabulary}":
        return _answer(visit, lambda: _vocabulary(visit, found), _FULL)
    if name == _withdrawn_name(visit):
        return _answer(visit, lambda: _withdrawn(visit), _FULL)
    if name == _released_name(visit):
        return _answer(visit, lambda: _released(visit), _FULL)
    raise UnknownValue("page of the feed", name, found.pages)


def _answer(visit: Visit, quads: Callable[[], Iterator[Quad]], headers: dict[str, str] | None = None) -> Response:
    kind = formats.negotiate(visit.request.headers.get("accept", ""), FORMATS)
    if kind is None and "html" in visit.request.headers.get("accept", ""):
        kind = formats.TRIG
    if kind is None:
        known = ", ".join(f.media_type for f in FORMATS)
        raise NotAcceptable(f"The feed cannot be given as any type that the client accepts. Accept one of {known}.")
    links = [(STREAM, "collection", ""), (LICENCE, "license", "")]
    found = {"Link": link_header(links), **(headers or {})}
    prefixes = _PREFIXES if kind is formats.TRIG else None
    # With another release it is another answer, though no version changed.
    kind = dataclasses.replace(kind, suffix=f"{kind.suffix} {_released_name(visit)}")
    return visit.answer(kind, lambda: ox.serialize(quads(), format=kind.rdf, prefixes=prefixes) or b"", found)


def _root(visit: Visit, found: Log) -> Iterator[Quad]:
    here = visit.absolute("/feed")
    yield from _of(
        STREAM,
        (RDF_TYPE, _node(LDES + "EventStream")),
        (_DCT + "license", _node(LICENCE)),
        (_DCT + "conformsTo", _node("https://w3id.org/ldes/specification")),
        (TREE + "view", _node(here)),
        (LDES + "timestampPath", _node(AS + "published")),
        (LDES + "sequencePath", _node(_SCHEMA + "position")),
        (LDES + "versionOfPath", _node(_DCT + "isVersionOf")),
        (LDES + "versionCreateObject", _node(AS + "Create")),
        (LDES + "versionUpdateObject", _node(AS + "Update")),
        (LDES + "versionDeleteObject", _node(AS + "Delete")),
        (LDES + "pollingInterval", Literal(_POLLING_SECONDS)),
    )
    yield from _of(
        here,
        (RDF_TYPE, _node(TREE + "Node")),
        (RDF_TYPE, _node(LDES + "EventSource")),
        (LDES + "retentionPolicy", _node(_POLICY)),
    )
    yield from _of(_POLICY, (RDF_TYPE, _node(LDES + "RetentionPolicy")), (LDES + "versionAmount", Literal(1)))
    besides = [_withdrawn_name(visit)] if visit.suppressed.counter else []
    besides += [_released_name(visit)] if _released_name(visit) else []
    for name in (f"vocabulary-{found.vocabulary}", *besides):
        yield from _relation(here, visit.absolute(f"/feed/{name}"), "Relation", "")
    for name, events in sorted(found.pages.items(), key=lambda item: item[1][0].place):
        target = visit.absolute(f"/feed/{name}")
        yield from _relation(here, target, "GreaterThanOrEqualToRelation", events[0].published)
        if found.full(name):
            yield from _relation(here, target, "LessThanOrEqualToRelation", events[-1].published)


def _relation(here: str, target: str, kind: str, day: str) -> Iterator[Quad]:
    iri = f"{here}#{kind}-{target.rpartition('/')[2]}"
    yield _quad(here, TREE + "relation", _node(iri))
    yield from _of(iri, (RDF_TYPE, _node(TREE + kind)), (TREE + "node", _node(target)))
    if day:
        yield from _of(iri, (TREE + "path", _node(AS + "published")), (TREE + "value", _moment(day)))


def _head(visit: Visit, *, full: bool) -> Iterator[Quad]:
    here = visit.absolute(visit.request.url.path.removeprefix(visit.root))
    yield from _of(here, (RDF_TYPE, _node(TREE + "Node")), (_DCT + "isPartOf", _node(visit.absolute("/feed"))))
    if full:
        yield _quad(here, LDES + "immutable", Literal(True))
    yield from _of(STREAM, (RDF_TYPE, _node(LDES + "EventStream")), (_DCT + "license", _node(LICENCE)))


def _members(visit: Visit, found: Log, name: str) -> Iterator[Quad]:
    yield from _head(visit, full=found.full(name))
    events = found.members(name)
    store = visit.observatory.store
    states = said(store, "feed-graphs", "graph", [e.graph for e in events if not e.gone])
    histories = said(store, "feed-history", "record", [e.record for e in events])
    for event in events:
        state = () if event.gone else states.get(event.graph, ())
        yield from _member(event, [*histories.get(event.record, ()), *state])


def _member(event: Event, payload: Iterable[Said]) -> Iterator[Quad]:
    yield from _announced(
        event.iri, _ACTIVITY.get(event.kind, "Delete"), event.record, event.graph, event.published, event.place
    )
    yield from _of(
        event.iri,
        (_DGEKG + "changeKind", _node(identifiers.concept("change-kind", event.kind))),
        (_DCT + "date", Literal(event.date, datatype=_node(_XSD + "date"))),
        *([(_DCT + "isReplacedBy", _node(event.replaced_by))] if event.replaced_by else []),
    )
    yield from (Quad(s, p, o, _node(event.iri)) for s, p, o in payload)


def _announced(iri: str, activity: str, record: str, graph: str, day: str, place: str) -> Iterator[Quad]:
    yield _quad(STREAM, TREE + "member", _node(iri))
    yield from _of(
        iri,
        (RDF_TYPE, _node(AS + activity)),
        (AS + "published", _moment(day)),
        (_SCHEMA + "position", Literal(place)),
        (_DCT + "license", _node(LICENCE)),
    )
    if record:
        yield from _of(
            iri,
            (_DCT + "isVersionOf", _node(record)),
            (AS + "object", _node(record)),
            (AS + "target", _node(graph)),
        )


def _vocabulary(visit: Visit, found: Log) -> Iterator[Quad]:
    yield from _head(visit, full=True)
    name = f"vocabulary-{found.vocabulary}"
    iri = identifiers.record("change", name)
    yield from _announced(iri, "Update", VOCABULARY, VOCABULARY, found.until, name)
    payload = said(visit.observatory.store, "feed-graphs", "graph", [VOCABULARY]).get(VOCABULARY, ())
    yield from (Quad(s, p, o, _node(iri)) for s, p, o in payload)


def _released_name(visit: Visit) -> str:
    """Return the name of the page of releases, another one whenever there is one more; "" where there are none."""
    mark = releases.digest(visit.observatory.project.releases)
    return f"releases-{mark}" if mark else ""


def _released(visit: Visit) -> Iterator[Quad]:
    """Yield a member for each release: the version that it is of, its name, and the checksum of its checksums."""
    yield from _head(visit, full=True)
    for one in releases.read(visit.observatory.project.releases):
        iri = identifiers.record("change", f"release-{_mark(one.name)}")
        yield from _announced(iri, "Create", "", "", one.as_of, f"release-{one.name}")
        yield from _of(
            iri,
            (_DCT + "isVersionOf", _node(identifiers.version(one.version))),
            (AS + "object", _node(identifiers.version(one.version))),
            (_DCT + "title", Literal(one.name)),
            (_SPDX + "checksumValue", Literal(one.sums, datatype=_node(_XSD + "hexBinary"))),
        )


def _withdrawn_name(visit: Visit) -> str:
    return f"withdrawn-{visit.suppressed.counter}"  # never falls, so that each list has a page of its own


def _withdrawn(visit: Visit) -> Iterator[Quad]:
    """Yield a tombstone for each record that may not be shown, and what came back as it is now.

    Of what was erased a tombstone names nothing but the month.
    """
    yield from _head(visit, full=True)
    for entry in visit.suppressed.active.values():
        yield from _tombstone(entry)
    back = visit.suppressed.restored
    states = said(visit.observatory.store, "feed-graphs", "graph", [graph_of(record) for record in back])
    histories = said(visit.observatory.store, "feed-history", "record", back)
    for record, entry in back.items():
        payload = [*histories.get(record, ()), *states.get(graph_of(record), ())]
        mark = _mark(f"{record} {entry.date}")
        iri = identifiers.record("change", f"restored-{mark}")
        yield from _announced(iri, "Update", record, graph_of(record), entry.date, f"withdrawn-{mark}")
        yield from (Quad(s, p, o, _node(iri)) for s, p, o in payload)


def _tombstone(entry: Entry) -> Iterator[Quad]:
    erased = entry.kind == "erased"
    mark = entry.record.rpartition(":")[2] if erased else _mark(entry.record)
    iri = identifiers.record("change", f"{_KIND[entry.kind]}-{mark}")
    day = f"{entry.date}-01" if erased else entry.date
    record = "" if erased else entry.record
    yield from _announced(iri, "Delete", record, graph_of(record) if record else "", day, f"withdrawn-{mark}")
    yield _quad(iri, _DGEKG + "changeKind", _node(identifiers.concept("change-kind", _KIND[entry.kind])))
    if entry.replaced_by and not erased:
        yield _quad(iri, _DCT + "isReplacedBy", _node(entry.replaced_by))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _of(subject: str, *said: tuple[str, NamedNode | Literal]) -> Iterator[Quad]:
    for name, value in said:
        yield _quad(subject, name, value)


def _quad(subject: str, name: str, value: NamedNode | Literal) -> Quad:
    return Quad(NamedNode(subject), NamedNode(name), value)


def _node(iri: str) -> NamedNode:
    return NamedNode(iri)


def _moment(day: str) -> Literal:
    return Literal(f"{day}T00:00:00Z", datatype=_node(_XSD + "dateTime"))
