"""`/reconcile`: the W3C Reconciliation Service API 0.2, by which OpenRefine matches a table to what is here.

Manifest, queries, suggestions, previews and data extension. JSONP is not offered: it runs whatever answers as a
script in the asker's page; every address allows requests from other origins (CORS) instead. `docs/api.md` explains.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

import dgekg
from dgekg import formats
from dgekg.errors import InputError, RecordNotFound, TooLong, UnknownValue, UnsupportedType, shown
from dgekg.formats import FORM_TYPE
from dgekg.vocabulary import BASE, ONTOLOGY
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.partners import entities, matching
from dgekg.web.partners.entities import EVERY, PROPERTIES, property_words, type_words, typed
from dgekg.web.partners.matching import Candidate

PATH = "/reconcile"
_LONGEST = 1_000_000
_MOST_IDS, _SUGGESTED = 500, 20
_FRAMED = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


def manifest(visit: Visit) -> dict[str, Any]:
    """Return what the service offers."""
    here = visit.absolute("")

    def offered(path: str) -> dict[str, str]:
        return {"service_url": here, "service_path": f"{PATH}/{path}"}

    kinds = [*PROPERTIES, "scheme/group", "scheme/region", "scheme/right", "scheme/stage"]
    known = entities.entities(visit.snapshot).types
    return {
        "versions": ["0.2"],
        "name": visit.t("site.name"),
        "identifierSpace": BASE,
        "schemaSpace": ONTOLOGY,
        "documentation": visit.absolute("/about"),
        "serviceVersion": dgekg.__version__,
        "defaultTypes": typed(visit, [kind for kind in kinds if kind in known]),
        "view": {"url": visit.absolute(f"{PATH}/view") + "?id={{id}}"},
        "preview": {"url": visit.absolute(f"{PATH}/preview") + "?id={{id}}", "width": 430, "height": 300},
        "suggest": {name: offered(f"suggest/{name}") for name in ("entity", "property", "type")},
        "extend": {"propose_properties": offered("properties"), "property_settings": []},
        "batchSize": matching.batch_size(visit),
        "version": visit.observatory.version,
        "license": LICENCE,
    }


async def endpoint(house: House, request: Request) -> Response:
    """`/reconcile`: manifest, queries and data extension, by GET and by POST of a form."""
    fields = dict(request.query_params.multi_items())
    if request.method == "POST":
        fields |= await _form(request)
    return await run_in_threadpool(_answered, house, request, fields)


async def _form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise UnsupportedType(f'Content-Type: found "{shown(kind)}", expected {FORM_TYPE}.')
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            raise TooLong(f"The form is longer than {_LONGEST:,} bytes. Send smaller batches.")
    try:
        return dict(parse_qsl(body.decode("utf-8"), max_num_fields=20))
    except ValueError as error:
        raise InputError("The form cannot be read: expected UTF-8 and at most 20 fields.") from error


def _answered(house: House, request: Request, fields: Mapping[str, str]) -> Response:
    visit = Visit(house, request)
    for key in fields:
        if key in ("callback", "jsonp"):
            raise InputError(
                f"{key}: JSONP is not offered, because it runs an answer as a script. This service answers requests "
                "from any origin (CORS): leave the parameter out.",
                field=key,
            )
        if key not in ("queries", "extend", "lang"):
            raise UnknownValue("parameter", key, ("queries", "extend", "lang"))
    if "queries" in fields:
        return _json(visit, results(visit, _object("queries", fields["queries"])))
    if "extend" in fields:
        return _json(visit, extended(visit, _object("extend", fields["extend"])))
    return _json(visit, manifest(visit))


def _json(visit: Visit, body: Mapping[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    headers = {"Link": link_header([(LICENCE, "license", "")]), "X-DGEKG-Version": visit.observatory.version}
    headers |= {"Cache-Control": "no-cache", "Content-Language": visit.language}
    return Response(text, media_type=formats.JSON.media_type, headers=headers)


def _object(name: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{name}: is no JSON ({where}: {error.msg}).", field=name, expected="JSON") from error
    except RecursionError as error:
        raise InputError(f"{name}: is nested too deeply.", field=name) from error
    if not isinstance(found, dict):
        raise InputError(f"{name}: expected an object.", field=name, expected="an object")
    return found


def results(visit: Visit, batch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the candidates for each query of a batch.

    Raises:
        TooLong: more queries than are answered at once.
        InputError: a query that cannot be understood, says which and where.
    """
    most = matching.batch_size(visit)
    if len(batch) > most:
        raise TooLong(
            f"queries: found {len(batch)}, at most {most} are answered at once (`batchSize`). Send smaller batches."
        )
    read = {}
    for name, given in batch.items():
        if not isinstance(given, dict):
            raise InputError(f"queries.{shown(name)}: expected an object.", field=f"queries.{shown(name)}")
        read[name] = matching.read(given, shown(name))
    return {
        name: {"result": [_candidate(visit, one) for one in matching.candidates(visit, query)]}
        for name, query in read.items()
    }


def _candidate(visit: Visit, one: Candidate) -> dict[str, Any]:
    return {
        "id": one.entity.id,
        "name": visit.label(one.entity.iri),
        "description": one.entity.facts.text("description", visit.language)[0],
        "type": typed(visit, one.entity.types),
        "score": one.score,
        "features": [{"id": name, "value": like} for name, like in one.features.items()],
        "match": one.match,
    }


def extended(visit: Visit, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of properties for entities that were matched before.

    Raises:
        InputError: it cannot be understood, or names a property that there is not.
        TooLong: more entities than are answered at once.
    """
    ids, wanted = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise InputError("extend.ids: expected a list of identifiers.", field="extend.ids")
    if len(ids) > _MOST_IDS:
        raise TooLong(f"extend.ids: found {len(ids)}, at most {_MOST_IDS} are answered at once.")
    if not isinstance(wanted, list) or not all(isinstance(p, dict) and isinstance(p.get("id"), str) for p in wanted):
        raise InputError("extend.properties: expected a list of objects with id.", field="extend.properties")
    names = [p["id"] for p in wanted]
    for name in names:
        if name not in EVERY:
            raise UnknownValue("extend.properties.id", name, EVERY)
    known = entities.entities(visit.snapshot)
    rows: dict[str, dict[str, list[Any]]] = {}
    for id_ in ids:
        entity = known.get(id_)
        rows[id_] = {
            name: [entities.value(visit, term, known) for term in entities.values(known, entity, name)]
            if entity
            else []
            for name in names
        }
    return {"meta": [{"id": name, "name": property_words(visit, name)} for name in names], "rows": rows}


def suggest(house: House, request: Request) -> Response:
    """`/reconcile/suggest/{what}`: entities, properties or types that begin as typed."""
    visit, what = Visit(house, request), request.path_params["what"]
    makers: dict[str, Callable[[Visit, str], list[dict[str, Any]]]] = {
        "entity": _entities,
        "property": _properties,
        "type": _types,
    }
    if what not in makers:
        raise UnknownValue("suggest", what, makers)
    text = request.query_params.get("prefix", "").strip()[: matching.MOST_LETTERS]
    cursor = request.query_params.get("cursor", "") or "0"
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 6:
        raise InputError(f'cursor: found "{shown(cursor)}", expected a whole number from 0.', cursor, field="cursor")
    found = makers[what](visit, text)
    return _json(visit, {"result": found[int(cursor) : int(cursor) + _SUGGESTED]})


def _entities(visit: Visit, text: str) -> list[dict[str, Any]]:
    known = entities.entities(visit.snapshot)
    own = known.get(text)
    hits = visit.observatory.search.find(text, visit.language, (), 200).hits if text else ()
    found = dict.fromkeys([*([own.iri] if own else []), *(hit.iri for hit in hits if hit.iri in known.all)])
    return [
        {
            "id": known.all[iri].id,
            "name": visit.label(iri),
            "description": known.all[iri].facts.text("description", visit.language)[0],
            "notable": typed(visit, known.all[iri].types),
        }
        for iri in found
    ]


def _named(names: Mapping[str, str], text: str) -> list[dict[str, Any]]:
    wanted = entities.comparable(text)
    return [
        {"id": name, "name": words}
        for name, words in names.items()
        if name.startswith(text) or any(part.startswith(wanted) for part in _parts(words))
    ]


def _parts(words: str) -> list[str]:
    folded = entities.comparable(words).split()
    return [" ".join(folded[n:]) for n in range(len(folded))]


def _properties(visit: Visit, text: str) -> list[dict[str, Any]]:
    return _named({name: property_words(visit, name) for name in EVERY}, text)


def _types(visit: Visit, text: str) -> list[dict[str, Any]]:
    return _named({name: type_words(visit, name) for name in entities.entities(visit.snapshot).types}, text)


def proposed(house: House, request: Request) -> Response:
    """`/reconcile/properties`: the properties that can be fetched for a type."""
    visit = Visit(house, request)
    name = request.query_params.get("type", "")
    known = entities.entities(visit.snapshot).types
    if name and name not in known:
        raise UnknownValue("type", name, known)
    kind = entities.CONCEPT if name.startswith("scheme/") else name
    names = PROPERTIES[kind] if name else EVERY
    text = request.query_params.get("limit", "")
    most = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else len(names)
    listed = [{"id": one, "name": property_words(visit, one)} for one in names[:most]]
    return _json(visit, {"properties": listed, **({"type": name} if name else {}), "limit": most})


def view(house: House, request: Request) -> Response:
    """`/reconcile/view?id=`: leads to the record; identifiers hold slashes, which a path would lose."""
    visit = Visit(house, request)
    entity = _one(visit)
    return RedirectResponse(visit.url(f"/{entity.id}"), 303)


def preview(house: House, request: Request) -> Response:
    """`/reconcile/preview?id=`: a small page that may stand in a frame of another site, the only one that may."""
    visit = Visit(house, request)
    entity = _one(visit)

    def values() -> dict[str, Any]:
        known, rows = entities.entities(visit.snapshot), []
        for name in PROPERTIES[entity.kind]:
            said = [entities.value(visit, term, known) for term in entities.values(known, entity, name)]
            texts = [str(next(iter(reversed(one.values())))) for one in said]
            if texts and name != "url":
                rows.append((property_words(visit, name), "; ".join(texts[:6])))
        text, tongue = entity.facts.text("description", visit.language)
        return {"entity": entity, "kinds": [type_words(visit, t) for t in entity.types], "rows": rows} | {
            "text": text,
            "tongue": tongue,
        }

    return visit.page("preview.html", values, **{"Content-Security-Policy": _FRAMED})


def _one(visit: Visit) -> entities.Entity:
    id_ = visit.request.query_params.get("id", "")
    found = entities.entities(visit.snapshot).get(id_) if id_ else None
    if found is None:
        raise RecordNotFound(f'id: found "{shown(id_)}", expected the identifier of a record or concept here.')
    return found
