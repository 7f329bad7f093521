"""The SPARQL endpoint: an answer, a description of the service for programs, the editor for browsers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dgekg import formats
from dgekg.errors import DgekgError, QueryError
from dgekg.settings import Settings
from dgekg.web.house import House, Visit
from dgekg.web.sparql import description, editing, guard, protocol
from dgekg.web.sparql.protocol import Asked
from dgekg.web.sparql.public import Answer, Left, Public
from dgekg.web.sparql.queueing import client_of
from dgekg.web.sparql.sandbox import Sandbox

_SHOWN = 200
_SHOWN_BYTES = 100_000
_QUICK = 4_000  # letters that are looked at without leaving the loop
_VARY = "Accept, Accept-Encoding, Accept-Language"
_STORED = "public, max-age=0, must-revalidate"
CLOSED = 499  # nobody reads it


class Keeper(Protocol):
    """Whoever has settings, keeps answers and lets queries take turns."""

    settings: Settings
    public: Public

    def kept(self, key: str) -> bytes | None:
        """Return an answer that was kept."""

    def keep(self, key: str, body: bytes) -> None:
        """Keep an answer."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a query is asked of.

    Attributes:
        name: id of the version.
        key: what an answer depends on beside the query: version, suppression, code.
        sandbox: its workers.
    """

    name: str
    key: str
    sandbox: Sandbox


async def endpoint(house: House, request: Request) -> Response:
    """Answer a protocol request on the version that it is about."""
    if request.method == "OPTIONS":
        return options()
    try:
        asked = await protocol.read(request, house.settings)
    except ClientDisconnect:
        return Response(status_code=CLOSED)
    visit = Visit(house, request) if house.at_once() else await run_in_threadpool(Visit, house, request)
    if asked.for_page:
        return await _editor(visit, asked)
    if asked.bare and asked.conditional:
        return await run_in_threadpool(description.answer, visit, asked)
    return await reply(house, request, asked, lambda: _version(visit))


def options() -> Response:
    """Say what the endpoint takes."""
    return Response(status_code=204, headers={"Allow": protocol.ALLOW, "Accept-Post": protocol.ACCEPT_POST})


async def reply(keeper: Keeper, request: Request, asked: Asked, version: Callable[[], Version]) -> Response:
    """Answer a query: 304 where the client has the answer, a kept one, or one made now.

    Args:
        keeper: settings and answers kept.
        request: as it came.
        asked: the same, taken apart.
        version: gives what to ask.

    Raises:
        DgekgError: why not.
    """
    if asked.query is None:
        raise QueryError("There is no query: give one as ?query=..., as a form field, or as the body of a POST.")
    looked = await _look(asked.query, keeper.settings)
    kind, of = asked.kind(looked.form), version()
    headers = {"Vary": _VARY, "Cache-Control": _STORED, "X-DGEKG-Version": of.name}
    told = of.sandbox.request(asked.query, kind, asked.default_graphs, asked.named_graphs)
    tag = "" if looked.changing else _tag(of, told)
    if tag:
        headers["ETag"] = f'W/"{tag}"'
    else:
        headers["Cache-Control"] = "no-store"
    known = _known(request) if asked.conditional else set()
    if tag and tag in known:
        return Response(status_code=304, headers=headers)
    body = keeper.kept(tag) if tag else None
    client = client_of(request.client.host if request.client else "")
    if body is None:
        check = asked.head or (tag and "*" in known)
        try:
            body = await keeper.public.answer_or_leave(
                request, of.sandbox, {**told, "check": bool(check)}, looked.form, client, of.name
            )
        except Left:
            return Response(status_code=CLOSED)
        if check:
            return _headers_only(304 if tag and "*" in known else 200, kind.media_type, headers)
        if tag:
            keeper.keep(tag, body)
    elif "*" in known:
        return Response(status_code=304, headers=headers)
    return Answer(keeper.public, client, body, kind.media_type, headers)


async def _look(query: str, settings: Settings) -> guard.Looked:
    if len(query) < _QUICK:
        return guard.look(query, settings)
    return await asyncio.to_thread(guard.look, query, settings)


def _version(visit: Visit) -> Version:
    name = visit.observatory.version
    return Version(name, f"{name}\n{visit.suppressed.counter}\n{visit.house.stamp}", visit.house.sandbox())


def _tag(version: Version, told: Mapping[str, Any]) -> str:
    text = version.key + "\n" + json.dumps(told, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _known(request: Request) -> set[str]:
    header = ", ".join(request.headers.getlist("if-none-match"))
    return {part.strip().removeprefix("W/").strip('"') for part in header.split(",") if part.strip()}


def _headers_only(status: int, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return the headers of an answer that nobody has made: its length is not known."""
    found = Response(None, status, headers, media_type)
    del found.headers["content-length"]
    return found


async def _editor(visit: Visit, asked: Asked) -> Response:
    query = (asked.query or "").replace("\r\n", "\n")  # as a form sends it
    values: dict[str, Any] = {"asked": query, "error": "", "place": {}, "columns": [], "rows": [], "text": ""}
    values |= {"more": False, "limits": visit.house.settings, "head": asked.head, "graph": False}
    values |= await run_in_threadpool(editing.offered, visit, query)
    status, retry = 200, 0
    if asked.query and asked.query.strip() and not asked.head:
        try:
            values |= await _shown(visit, asked)
        except DgekgError as error:
            status, values["error"] = error.http_status, str(error)
            values["place"] = editing.place(query, str(error))
            retry = getattr(error, "retry_after", 0)
        except Left:
            return Response(status_code=CLOSED)
    headers = {"Vary": _VARY, "Cache-Control": "no-cache", "Content-Language": visit.language}
    headers["X-DGEKG-Version"] = visit.observatory.version
    if retry:
        headers["Retry-After"] = str(retry)
    page = await run_in_threadpool(visit.render, "sparql.html", values)
    return Response(page, status, media_type=formats.HTML.media_type, headers=headers)


async def _shown(visit: Visit, asked: Asked) -> dict[str, Any]:
    query, request = asked.query or "", visit.request
    looked = await _look(query, visit.house.settings)
    graph = looked.form in ("CONSTRUCT", "DESCRIBE")
    of = _version(visit)
    told = of.sandbox.request(
        query, formats.TURTLE if graph else formats.RESULTS_JSON, asked.default_graphs, asked.named_graphs
    )
    client = client_of(request.client.host if request.client else "")
    body = await visit.house.public.answer_or_leave(request, of.sandbox, told, looked.form, client, of.name)
    return await run_in_threadpool(_graph_shown if graph else _table_shown, body)


def _graph_shown(body: bytes) -> dict[str, Any]:
    text = body[:_SHOWN_BYTES].decode("utf-8", "ignore")
    return {"text": text, "more": len(body) > _SHOWN_BYTES, "graph": True}


def _table_shown(body: bytes) -> dict[str, Any]:
    document = json.loads(body)
    if "boolean" in document:
        return {"text": "true" if document["boolean"] else "false"}
    columns = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    rows = [[row.get(column) for column in columns] for row in bindings[:_SHOWN]]
    return {"columns": columns, "rows": rows, "more": len(bindings) > _SHOWN, "total": len(bindings)}
