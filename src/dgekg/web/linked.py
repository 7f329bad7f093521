"""Dereferencing: 303 by Accept to a document, and the documents themselves as HTML, RDF and plain JSON."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
from pyoxigraph import NamedNode, Triple
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, identifiers, template
from dgekg.errors import InputError, NotAcceptable, RecordNotFound
from dgekg.formats import Format
from dgekg.vocabulary import BASE, ONTOLOGY, PREFIXES
from dgekg.web import concepts, records
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import query

_SUFFIXES = {f.suffix: f for f in formats.RECORDS}
_GLANCE = tuple(
    identifiers.term(name)
    for name in (
        "addressesGroup",
        "inRegion",
        "actsAtStage",
        "governsStage",
        "enablesStage",
        "practiceType",
        "yearStarted",
    )
)
_ONTOLOGY = BASE + "ontology"


def record(house: House, request: Request) -> Response:
    """`/id/{kind}/{slug}` and its documents."""
    kind, last = request.path_params["kind"], request.path_params["slug"]
    slug, wanted = _split(last)
    return _deref(Visit(house, request), lambda: identifiers.record(kind, slug), f"/id/{kind}/{slug}", wanted)


def concept(house: House, request: Request) -> Response:
    """`/scheme/{scheme}/{code}` and its documents."""
    scheme, last = request.path_params["scheme"], request.path_params["code"]
    code, wanted = _split(last)
    path = f"/scheme/{scheme}/{code}"
    return _deref(Visit(house, request), lambda: identifiers.concept(scheme, code), path, wanted)


def scheme(house: House, request: Request) -> Response:
    """`/scheme/{scheme}` and its documents."""
    name, wanted = _split(request.path_params["scheme"])
    return _deref(Visit(house, request), lambda: identifiers.scheme(name), f"/scheme/{name}", wanted)


def ontology(house: House, request: Request) -> Response:
    """`/ontology` and its documents."""
    suffix = str(request.path_params.get("suffix", ""))
    return _deref(Visit(house, request), lambda: _ONTOLOGY, "/ontology", _SUFFIXES.get(suffix))


def _split(last: str) -> tuple[str, Format | None]:
    stem, dot, suffix = last.rpartition(".")
    return (stem, _SUFFIXES[suffix]) if dot and suffix in _SUFFIXES else (last, None)


def _deref(visit: Visit, made: Any, path: str, wanted: Format | None) -> Response:
    try:
        iri = visit.snapshot.must_have(made())
    except InputError as error:
        raise RecordNotFound(f"{path}: there is no such record here.") from error
    if wanted is None:
        kind = formats.negotiate(visit.request.headers.get("accept", ""), formats.RECORDS)
        if kind is None:
            known = ", ".join(f.media_type for f in formats.RECORDS)
            raise NotAcceptable(f"{path} cannot be given as any type that the client accepts. Accept one of {known}.")
        found = RedirectResponse(visit.url(f"{path}.{kind.suffix}"), 303)
        found.headers["Vary"] = "Accept, Accept-Language"
        found.headers["Link"] = _links(iri, path)
        return found
    headers = {"Link": _links(iri, path)}
    if wanted is formats.HTML:
        return _page(visit, iri, path, headers)
    if wanted is formats.JSON:
        return visit.answer(wanted, lambda: _json(visit, iri), headers)
    return visit.answer(wanted, lambda: _rdf(visit, iri, wanted), headers)


def _links(iri: str, path: str) -> str:
    rows = [(iri, "canonical", ""), (LICENCE, "license", "")]
    rows += [(f"{path}.{f.suffix}", "alternate", f.media_type) for f in formats.RECORDS]
    return link_header(rows)


def triples_of(visit: Visit, iri: str) -> list[Triple]:
    """Return the triples of the document at an IRI."""
    store = visit.observatory.store
    local = identifiers.parse(iri)
    if iri == _ONTOLOGY:
        return store.construct(query("ontology"))
    if local is not None and local.kind == "scheme" and not local.slug:
        return store.construct(template.bind(query("scheme"), {"scheme": [NamedNode(iri)]}))
    return records.document(visit, iri)


def _rdf(visit: Visit, iri: str, kind: Format) -> bytes:
    triples = sorted(triples_of(visit, iri), key=str)
    return ox.serialize(triples, format=kind.rdf, prefixes=PREFIXES) or b""


def _json(visit: Visit, iri: str) -> str:
    """Return a record as plain JSON: every property a list, parts in their place."""
    described = triples_of(visit, iri)
    subjects: dict[str, list[Triple]] = {}
    for triple in described:
        subjects.setdefault(str(triple.subject.value), []).append(triple)  # type: ignore[union-attr]
    body: dict[str, Any] = {
        "iri": iri,
        "title": dict(visit.observatory.names.labels(iri)),
        "fields": _plain(visit, subjects.pop(iri, [])),
        "parts": [{"iri": s, "fields": _plain(visit, t)} for s, t in sorted(subjects.items())],
        "version": visit.observatory.version,
        "as_of": visit.observatory.as_of.isoformat(),
        "license": LICENCE,
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _plain(visit: Visit, triples: list[Triple]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for triple in triples:
        term = triple.object
        if isinstance(term, NamedNode):
            value: Any = {"iri": term.value, "label": visit.label(term.value)}
        elif isinstance(term, ox.Literal) and term.language:
            value = {"text": term.value, "language": term.language}
        else:
            value = {"value": term.value}  # type: ignore[union-attr]
        found.setdefault(identifiers.compact(triple.predicate.value), []).append(value)
    return dict(sorted(found.items()))


def _page(visit: Visit, iri: str, path: str, headers: dict[str, str]) -> Response:
    local = identifiers.parse(iri)
    name, build = "record.html", _record
    if iri == _ONTOLOGY:
        name, build = "ontology.html", _terms
    elif local is not None and local.kind == "scheme":
        name, build = ("concept.html", concepts.concept) if local.slug else ("scheme.html", concepts.scheme)
    return visit.page(name, lambda: {"document": path, "iri": iri, **build(visit, iri)}, **headers)


def _record(visit: Visit, iri: str) -> dict[str, Any]:
    found = records.read(visit, iri)
    parts = records.parts(visit, found)
    supports = []
    owners = []
    for subject, name in records.inverse(visit, iri):
        if name == records.SUPPORTING:
            supports.append(records.read(visit, subject))
        elif name in records.PARTS or name == identifiers.term("hasEvidence"):
            owners.append(records.Value(records.read_title(visit, subject), visit.to(subject), visit.tongue(subject)))
    without = (records.SUPPORTING, *records.PARTS)
    return {
        "record": found,
        "attributions": [p for p in parts if p.kind == "attribution"],
        "evidence": sorted((p for p in parts if p.kind == "evidence"), key=_adverse_first),
        "glance": [f for name in _GLANCE for f in found.fields if f.property == name],
        "others": [p for p in parts if p.kind not in ("attribution", "evidence")],
        "supports": supports,
        "owners": owners,
        "inverse": records.pointing(visit, found, without),
        "coverage": _stages(visit, iri) if found.kind in ("instrument", "provision") else None,
    }


def _adverse_first(record_: records.Record) -> tuple[bool, str, str]:
    """Return a key: harm, mixed and none first, then the strongest evidence."""
    adverse = any(t.value.endswith(("/harm", "/mixed", "/none")) for t in record_.get("direction"))
    level = max((t.value.rsplit("/", 1)[-1] for t in record_.get("evidenceLevel")), default="")
    return (not adverse, "".join(chr(0x7F - ord(c)) for c in level), record_.iri)


def _stages(visit: Visit, iri: str) -> list[str]:
    """Return the practices that concern an instrument or provision."""
    local = identifiers.parse(iri)
    dimension = local.kind if local else ""
    members = visit.observatory.index.members(dimension)
    found = members.get(iri)
    return [] if found is None else visit.observatory.index.unpack(found)


def _terms(visit: Visit, iri: str) -> dict[str, Any]:
    groups: dict[str, list[records.Record]] = {"class": [], "property": [], "other": []}
    for term, classes in sorted(visit.snapshot.classes.items()):
        if term.startswith(ONTOLOGY):
            names = " ".join(classes)
            key = "property" if "Property" in names else "class" if "Class" in names else "other"
            groups[key].append(records.read(visit, term))
    return {"groups": {k: v for k, v in groups.items() if v}, "record": records.read(visit, iri)}


__all__ = ["concept", "ontology", "record", "scheme", "triples_of"]
