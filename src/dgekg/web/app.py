"""Assembly of the web face: routes, headers, error handlers; and `run`, which serves it."""

from __future__ import annotations

import importlib.resources
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

import dgekg
from dgekg.errors import DgekgError, StoreError
from dgekg.settings import Settings
from dgekg.web import (
    api,
    asking,
    bridges,
    crossings,
    downloads,
    explore,
    faults,
    gapcards,
    linked,
    pages,
    searching,
    sides,
    sparql,
)
from dgekg.web.current import Current
from dgekg.web.headers import Headers
from dgekg.web.house import House, Source

Page = Callable[[House, Request], Response]
_PAGES: tuple[tuple[str, Page], ...] = (
    ("/", pages.home),
    ("/practices", pages.practices),
    ("/standards", pages.standards),
    ("/actors", pages.actors),
    ("/network", bridges.network),
    ("/data", pages.data),
    ("/about", pages.about),
    ("/contribute", pages.contribute),
    ("/coverage", sides.coverage),
    ("/coverage/intersections", crossings.intersections),
    ("/coverage/cell", explore.cell),
    ("/gaps", explore.gaps),
    ("/gaps/card", gapcards.card),
    ("/questions", asking.listed),
    ("/questions/{slug}", asking.one),
    ("/id/{kind}/{slug}", linked.record),
    ("/scheme/{scheme}", linked.scheme),
    ("/scheme/{scheme}/{code}", linked.concept),
    ("/ontology", linked.ontology),
    ("/ontology.{suffix}", linked.ontology),
    ("/download/{name}", downloads.download),
)
_ABOUT = (
    "Practices, actors and human-rights standards for diversity and gender equality in artificial intelligence: "
    "what exists, what is known of it, what is missing and whether anybody looked. Read-only; CC BY 4.0."
)


def create_app(observatory_source: Source, settings: Settings) -> FastAPI:
    """Return the application.

    Args:
        observatory_source: returns the current observatory; called at each request.
        settings: limits.
    """
    house = House(observatory_source, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        house.close()

    app = FastAPI(
        title="dgekg", version=dgekg.__version__, description=_ABOUT, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.state.house = house
    app.include_router(api.router(house))
    app.include_router(crossings.router(house))
    app.include_router(searching.router(house))
    for path, page in _PAGES:
        app.add_route(path, _bound(house, page), methods=["GET"], include_in_schema=False)
    app.add_route("/sparql", _sparql(house), methods=["GET", "POST"], include_in_schema=False)
    static = Path(str(importlib.resources.files("dgekg.web").joinpath("static")))
    app.mount("/static", StaticFiles(directory=static), name="static")
    _handle(app, house)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "Retry-After", "X-DGEKG-Version"],
    )
    app.add_middleware(Headers)
    return app


def _bound(house: House, page: Page) -> Callable[[Request], Response]:
    def call(request: Request) -> Response:
        return page(house, request)

    return call


def _sparql(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        return await sparql.endpoint(house, request)

    return call


def _handle(app: FastAPI, house: House) -> None:
    async def expected(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(faults.expected, house, request, cast(DgekgError, error))

    async def http(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(faults.http, house, request, cast(HTTPException, error))

    async def invalid(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(faults.invalid, house, request, cast(RequestValidationError, error))

    async def unexpected(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(faults.unexpected, house, request, error)

    app.add_exception_handler(DgekgError, expected)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def run(settings: Settings, host: str, port: int, store: str = "") -> None:
    """Serve until stopped; the address is printed once connections are taken.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the store cannot be opened or reached, or the address is taken.
    """
    app = create_app(Current(settings, store), settings)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        raise StoreError(
            f"{host}:{port}: cannot be served on ({error.strerror}). Choose another with --port; 0 takes a free one."
        ) from error
    shown = f"[{host}]" if ":" in host else host
    print(f"Serving on http://{shown}:{listener.getsockname()[1]}/", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=10))
    server.run(sockets=[listener])
