"""The SPARQL 1.1 Protocol, read-only: GET, POST form, POST direct; the editor for browsers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, questions
from dgekg.errors import DgekgError, NotAcceptable, QueryError, TooLong, UnknownValue, UnsupportedType
from dgekg.formats import FORM_TYPE, QUERY_TYPE, UPDATE_TYPE, Format
from dgekg.web import guard
from dgekg.web.house import House, Visit

_KEYS = ("query", "default-graph-uri", "named-graph-uri", "format", "lang", "timeout")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A protocol request taken apart."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    pairs: tuple[tuple[str, str], ...] = field(default=(), repr=False)


async def endpoint(house: House, request: Request) -> Response:
    """Answer a protocol request."""
    asked = await _read(house, request)
    return await run_in_threadpool(_answer, house, request, asked)


def _answer(house: House, request: Request, asked: Asked) -> Response:
    visit = Visit(house, request)
    accept = request.headers.get("accept", "")
    browser = formats.negotiate(accept, (formats.RESULTS_JSON, formats.HTML)) is formats.HTML and not asked.format
    if browser and request.method in ("GET", "POST"):
        return _editor(visit, asked)
    if asked.query is None:
        raise QueryError("There is no query: give one as ?query=..., as a form field, or as the body of a POST.")
    form = guard.form_of(asked.query, house.settings)
    kind = _kind(asked, form, accept)
    body = house.sandbox().run(asked.query, form, kind, asked.default_graphs, asked.named_graphs)
    return Response(
        body,
        media_type=kind.media_type,
        headers={
            "Vary": "Accept, Accept-Language",
            "Cache-Control": "no-cache",
            "X-DGEKG-Version": visit.observatory.version,
        },
    )


def _kind(asked: Asked, form: str, accept: str) -> Format:
    offers = formats.GRAPHS if form in ("CONSTRUCT", "DESCRIBE") else formats.RESULTS
    if asked.format:
        names = {f.suffix: f for f in offers} | {f.media_type: f for f in offers}
        names |= {"json": formats.RESULTS_JSON, "xml": formats.RESULTS_XML} if offers is formats.RESULTS else {}
        if asked.format not in names:
            raise UnknownValue("format", asked.format, names)
        return names[asked.format]
    plain = {formats.JSON.media_type: formats.RESULTS_JSON} if offers is formats.RESULTS else {}
    found = formats.negotiate(accept, (*offers, *((formats.JSON,) if plain else ())))
    if found is None:
        raise NotAcceptable(
            "Nothing that the client accepts can be given here. "
            f"Accept one of {', '.join(f.media_type for f in offers)}."
        )
    return plain.get(found.media_type, found)


async def _read(house: House, request: Request) -> Asked:
    if request.method in ("GET", "HEAD"):
        return _taken(list(request.query_params.multi_items()))
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == UPDATE_TYPE:
        raise QueryError("Updates are refused: this service is read-only and takes queries, not updates.")
    if kind not in (FORM_TYPE, QUERY_TYPE):
        raise UnsupportedType(f'Content-Type: found "{kind}", expected {FORM_TYPE} or {QUERY_TYPE}.')
    body = await _body(request, 4 * house.settings.query_bytes + 10_000)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"The request is not UTF-8 (byte {error.start}). Send UTF-8.") from error
    pairs = list(request.query_params.multi_items())
    if kind == FORM_TYPE:
        return _taken([*pairs, *parse_qsl(text, keep_blank_values=True)])
    return _taken([*pairs, ("query", text)])


async def _body(request: Request, limit: int) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > limit:
            raise TooLong(f"The request is longer than {limit:,} bytes, which is as much as this service reads.")
    return bytes(found)


def _taken(pairs: list[tuple[str, str]]) -> Asked:
    if any(key in ("update", "using-graph-uri", "using-named-graph-uri") for key, _ in pairs):
        raise QueryError("Updates are refused: this service is read-only and takes queries, not updates.")
    queries = [value for key, value in pairs if key == "query"]
    if len(queries) > 1:
        raise QueryError(f"There are {len(queries)} queries in one request; the protocol allows one.")
    formats_ = [value for key, value in pairs if key == "format"]
    return Asked(
        queries[0] if queries else None,
        tuple(v for k, v in pairs if k == "default-graph-uri" and _address(v)),
        tuple(v for k, v in pairs if k == "named-graph-uri" and _address(v)),
        formats_[-1] if formats_ else "",
        tuple(pairs),
    )


def _address(text: str) -> bool:
    if ":" not in text or any(c in text for c in ' <>"{}|^`\\\n\r\t'):
        raise QueryError(f'graph: found "{text}", expected the full address of a graph.')
    return True


def _editor(visit: Visit, asked: Asked) -> Response:
    values: dict[str, Any] = {
        "query": asked.query or "",
        "error": "",
        "columns": [],
        "rows": [],
        "text": "",
        "more": False,
    }
    values["examples"] = [
        (q.slug, questions.words(q.title, visit.language)) for q in visit.observatory.questions.all.values()
    ]
    values["limits"] = visit.house.settings
    status = 200
    if asked.query and asked.query.strip():
        try:
            values |= _shown(visit, asked)
        except DgekgError as error:
            status, values["error"] = error.http_status, str(error)
    elif not values["query"]:
        values["query"] = visit.t("sparql.start")
    headers = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache", "Content-Language": visit.language}
    return Response(visit.render("sparql.html", values), status, media_type=formats.HTML.media_type, headers=headers)


def _shown(visit: Visit, asked: Asked) -> dict[str, Any]:
    query = asked.query or ""
    form = guard.form_of(query, visit.house.settings)
    graph = form in ("CONSTRUCT", "DESCRIBE")
    kind = formats.TURTLE if graph else formats.RESULTS_JSON
    body = visit.house.sandbox().run(query, form, kind, asked.default_graphs, asked.named_graphs)
    if graph:
        text = body.decode("utf-8")
        return {"text": text[:100_000], "more": len(text) > 100_000}
    document = json.loads(body)
    if "boolean" in document:
        return {"text": "true" if document["boolean"] else "false"}
    columns = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    rows = [[row.get(column) for column in columns] for row in bindings[:_SHOWN]]
    return {"columns": columns, "rows": rows, "more": len(bindings) > _SHOWN, "total": len(bindings)}


__all__ = ["NotAcceptable", "endpoint"]
