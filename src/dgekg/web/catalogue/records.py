"""All records, or those of a kind, page by page: as a collection by Hydra and by TREE at once, with exact totals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Triple
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, identifiers, template
from dgekg.errors import UnknownValue
from dgekg.vocabulary import RDFS_LABEL
from dgekg.web.catalogue.about import DATASET, about
from dgekg.web.catalogue.telling import a, chosen, full, graph, node, spoken, tell, typed
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.kept import kept_with
from dgekg.web.programs import paging
from dgekg.web.snapshot import Snapshot, query

PATH = "/catalog/records"
_USUAL = 100
_OFFERS = (*formats.GRAPHS, formats.JSON)
_PAGES = {"practice": "/practices", "actor": "/actors", "instrument": "/standards", "provision": "/standards"}


def everything(house: House, request: Request) -> Response:
    """`/catalog/records`: all records."""
    return _collection(Visit(house, request), "")


def of_kind(house: House, request: Request) -> Response:
    """`/id/{kind}`: the records of a kind.

    Raises:
        UnknownValue: this version has none of that kind.
    """
    visit = Visit(house, request)
    kind = request.path_params["kind"]
    if kind not in visit.snapshot.counts:
        raise UnknownValue("kind", kind, visit.snapshot.counts)
    return _collection(visit, kind)


def _collection(visit: Visit, kind: str) -> Response:
    path = f"/id/{kind}" if kind else PATH
    offers = (*_OFFERS, formats.HTML) if kind in _PAGES else _OFFERS
    form = chosen(visit, "", offers, path)
    if form is formats.HTML:
        found = RedirectResponse(visit.url(_PAGES[kind]), 303)
        found.headers["Vary"] = "Accept, Accept-Language"
        return found
    keys = _keys(visit.snapshot).get(kind, [])
    page = paging.page(visit, path, keys, usual=_USUAL)
    shown = keys[page.start : page.stop]
    limit = visit.request.query_params.get("limit", "")
    size = [("limit", limit)] if limit else []
    first, follow = visit.absolute(path, size), visit.absolute(path, size, cursor=page.cursor)
    links = [(first, "first", ""), *([(follow, "next", "")] if page.cursor else [])]
    if form is formats.JSON:
        headers = {"Link": link_header([*links, (LICENCE, "license", "")])}
        return visit.answer(form, lambda: _plain(visit, kind, shown, len(keys), links), headers)
    return graph(visit, form, lambda: _told(visit, path, shown, len(keys), links), links)


@kept_with
def _keys(snapshot: Snapshot) -> Mapping[str, Sequence[str]]:
    """Return the records of each kind ("": all) as `kind/slug`, in an order that only their own change alters."""
    found: dict[str, list[str]] = {"": []}
    for iri in snapshot.classes:
        local = identifiers.parse(iri)
        if local is not None and local.kind != "scheme":
            for kind in ("", local.kind):
                found.setdefault(kind, []).append(f"{local.kind}/{local.slug}")
    return {kind: sorted(keys) for kind, keys in found.items()}


def _told(
    visit: Visit, path: str, keys: Sequence[str], total: int, links: Sequence[tuple[str, str, str]]
) -> Iterator[Triple]:
    collection = identifiers.of_path(path)
    query_ = visit.request.url.query
    here = visit.absolute(path) + (f"?{query_}" if query_ else "")
    to = {relation: address for address, relation, _ in links}
    yield from tell(
        collection,
        a("hydra:Collection"),
        a("tree:Collection"),
        *spoken("dct:title", about("records_title")),
        ("dct:license", node(LICENCE)),
        ("dct:isPartOf", node(DATASET)),
        ("hydra:totalItems", typed(total, "integer")),
        ("hydra:view", node(here)),
        ("tree:view", node(to["first"])),
        *((f"{name}:member", node(_iri(key))) for key in keys for name in ("hydra", "tree")),
    )
    yield from tell(here, a("hydra:PartialCollectionView"), a("tree:Node"), ("hydra:first", node(to["first"])))
    if "next" in to:
        relation = f"{here}#next"
        yield from tell(here, ("hydra:next", node(to["next"])), ("tree:relation", node(relation)))
        yield from tell(
            relation,
            a("tree:GreaterThanRelation"),
            ("tree:node", node(to["next"])),
            ("tree:path", node(full("schema:identifier"))),
            ("tree:value", keys[-1]),
        )
    for key in keys:
        iri = _iri(key)
        yield from tell(iri, ("schema:identifier", key))
        yield from tell(iri, *(("rdf:type", node(c)) for c in sorted(visit.snapshot.classes[iri])))
        for language, label in visit.observatory.names.labels(iri).items():
            yield Triple(NamedNode(iri), NamedNode(RDFS_LABEL), _literal(label, language))
    for thing, name, value in _dates(visit, keys):
        yield Triple(NamedNode(thing), NamedNode(name), typed(value, "date"))


def _dates(visit: Visit, keys: Sequence[str]) -> list[tuple[str, str, str]]:
    if not keys:
        return []
    text = template.bind(query("collection"), {"thing": [NamedNode(_iri(key)) for key in keys]})
    rows = visit.observatory.store.select(text).dicts()
    return sorted((row["thing"], row["property"], row["value"]) for row in rows)


def _plain(visit: Visit, kind: str, keys: Sequence[str], total: int, links: Sequence[tuple[str, str, str]]) -> str:
    dates: dict[str, dict[str, str]] = {}
    for thing, name, value in _dates(visit, keys):
        dates.setdefault(thing, {})[name.rpartition("/")[2]] = value
    body = {
        "kind": kind,
        "total": total,
        "items": [
            {"iri": (iri := _iri(k)), "id": k, "title": dict(visit.observatory.names.labels(iri)), **dates.get(iri, {})}
            for k in keys
        ],
        **{relation: address for address, relation, _ in links},
        "version": visit.observatory.version,
        "as_of": visit.observatory.as_of.isoformat(),
        "license": LICENCE,
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _iri(key: str) -> str:
    kind, _, slug = key.partition("/")
    return identifiers.record(kind, slug)


def _literal(text: str, language: str) -> Literal:
    return Literal(text, language=language) if language else Literal(text)
