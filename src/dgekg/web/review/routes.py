"""The addresses of `/review`, each with what answers; forms are read, and the door is kept, in one place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dgekg.web import posted
from dgekg.web.house import House
from dgekg.web.review import account, coding, deciding, door, second, settling
from dgekg.web.review.door import Closed, Door, Fields, Inside
from dgekg.web.service.asked import version_of

Page = Callable[[Inside, Fields | None], Response]


def _logout(inside: Inside, fields: Fields | None) -> Response:
    return inside.back(door.HOME) if fields is None else door.logout(inside)


_PAGES: tuple[tuple[str, Page], ...] = (
    (door.HOME, deciding.listed),
    ("/review/proposals/{id}", deciding.shown),
    ("/review/proposals/{id}/files/{digest}", deciding.file),
    (coding.DESK, coding.desk),
    (coding.DESK + "/{practice}/{group}/{criterion}", coding.rating),
    (settling.HOME, settling.listed),
    (settling.HOME + "/{practice}/{group}/{criterion}", settling.decided),
    ("/review/account", account.password),
    (door.SECOND, second.page),
    ("/review/logout", _logout),
)


def add(app: FastAPI, house: House) -> None:
    """Add `/review` to a service."""
    kept = Door(house.settings)

    def login(request: Request, fields: Fields | None) -> Response:
        return door.login(kept, house, request, fields)

    app.add_route(door.LOGIN, _bound(house, login), methods=["GET", "POST"], include_in_schema=False)
    for path, page in _PAGES:
        app.add_route(path, _bound(house, _inside(kept, house, page)), methods=["GET", "POST"], include_in_schema=False)


def _inside(kept: Door, house: House, page: Page) -> Callable[[Request, Fields | None], Response]:
    def call(request: Request, fields: Fields | None) -> Response:
        try:
            return page(door.enter(kept, house, request, fields), fields)
        except Closed as closed:
            return closed.response

    return call


def _bound(
    house: House, call: Callable[[Request, Fields | None], Response]
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if version_of(request.scope):
            raise HTTPException(404)
        fields = await posted.form(request, house.settings.body_seconds) if request.method == "POST" else None
        return await run_in_threadpool(call, request, fields)

    return answer
