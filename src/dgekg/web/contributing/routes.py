"""The addresses of `/contribute/...`, each with what answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dgekg.attachments import Upload
from dgekg.errors import Conflict, InputError, UnknownCode
from dgekg.formats import FILES_TYPE
from dgekg.inbox import Gate
from dgekg.inbox.codes import written
from dgekg.web import posted, uploads
from dgekg.web.contributing import attaching, keeping, pages, told
from dgekg.web.house import House, Visit
from dgekg.web.posted import Fields
from dgekg.web.review.door import page
from dgekg.web.service.asked import version_of

HOME = "/contribute"
_LONGEST, _MOST = 400_000, 3_000
_FILES_AN_HOUR = 40  # cleaning one costs a process; as many again as proposals are taken in
_CAME = "dgekg.uploads"
_Call = Callable[[House, Request, Fields | None], Response]


def add(app: FastAPI, house: House) -> None:
    """Add the forms to a service."""
    gate, files_gate = Gate(), Gate(per_hour=_FILES_AN_HOUR)
    app.state.room = uploads.Room()

    def new(house: House, request: Request, fields: Fields | None) -> Response:
        return _form(Visit(house, request), (gate, files_gate), "new", request.path_params["kind"], "", fields)

    def about(house: House, request: Request, fields: Fields | None) -> Response:
        record = request.query_params.get("record", "")
        return _form(Visit(house, request), (gate, files_gate), request.path_params["act"], "", record, fields)

    def asked(house: House, request: Request, fields: Fields | None) -> Response:
        visit = Visit(house, request)
        if fields is not None:
            gate.check(_client(request))  # so that nobody tries codes at random
            if (fields.get("do") or [""])[0] == "amend":
                return _again(visit, fields)
        return told.status(visit, fields)

    for kind in pages.OFFERED["new"]:
        _add(app, house, kind, _of(new, "kind", kind))
    for act in (*pages.OFFERED["about"], "consultation", "feedback"):
        _add(app, house, act, _of(about, "act", act))
    _add(app, house, "status", asked)
    app.add_route(keeping.PATH, keeping.worker(house.built), methods=["GET"], include_in_schema=False)


def _add(app: FastAPI, house: House, name: str, call: _Call) -> None:
    app.add_route(f"{HOME}/{name}", _bound(house, call), methods=["GET", "POST"], include_in_schema=False)


def _of(call: _Call, name: str, value: str) -> _Call:
    def bound(house: House, request: Request, fields: Fields | None) -> Response:
        request.path_params[name] = value
        return call(house, request, fields)

    return bound


def _form(visit: Visit, gates: tuple[Gate, Gate], act: str, kind: str, record: str, fields: Fields | None) -> Response:
    sheet = pages.sheet_of(visit, act, kind, record)
    if fields is None:
        return pages.shown_form(visit, sheet)
    came: list[Upload] = visit.request.scope.get(_CAME, [])
    reader = pages.read(visit, sheet, fields, came)
    more = sheet.given["more"]
    if more:  # one more row of a field, for those without script
        sheet.extra[more] = 1
        return pages.shown_form(visit, sheet)
    pages.check(visit, sheet, reader)
    if sheet.faults:
        return pages.shown_form(visit, sheet, 400)
    try:
        gates[0].check(_client(visit.request))
        for _upload in sheet.uploads:
            gates[1].check(_client(visit.request))
        code, fresh = pages.send(visit, sheet, reader)
        if not code:
            return pages.shown_form(visit, sheet, 400)
    except (InputError, Conflict, UnknownCode) as error:
        sheet.faults[""] = [str(error)]
        return pages.shown_form(visit, sheet, error.http_status)
    values = {"code": written(code), "fresh": fresh, "act": act, "amended": bool(sheet.given["code"])}
    return page(visit, "give_receipt.html", values)


def _again(visit: Visit, fields: Fields) -> Response:
    try:
        return pages.shown_form(visit, pages.again(visit, (fields.get("code") or [""])[0].strip()))
    except UnknownCode:
        return told.status(visit, fields)


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _bound(house: House, call: _Call) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if version_of(request.scope):
            raise HTTPException(404)
        if request.method != "POST":
            return await run_in_threadpool(call, house, request, None)
        seconds = house.settings.body_seconds
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FILES_TYPE:
            fields = await posted.form(request, seconds, _LONGEST, _MOST)
            return await run_in_threadpool(call, house, request, fields)
        came = await uploads.received(
            request, seconds, _LONGEST, _MOST, attaching.limits(house.settings), request.app.state.room
        )
        try:
            request.scope[_CAME] = came.uploads
            return await run_in_threadpool(call, house, request, came.fields)
        finally:
            came.let_go()

    return answer
