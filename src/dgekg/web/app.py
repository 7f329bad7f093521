"""Assembly of the web face: routes, headers, error handlers; and `run`, which serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

import dgekg
from dgekg.charts import drawing
from dgekg.errors import DgekgError
from dgekg.settings import Settings
from dgekg.web import faults
from dgekg.web.built import Static, folder
from dgekg.web.catalogue import harvest, structured
from dgekg.web.contributing import routes as contributing
from dgekg.web.headers import Headers
from dgekg.web.house import House, Source
from dgekg.web.linked import dereferencing as linked
from dgekg.web.partners import addresses as partners
from dgekg.web.partners import reconcile
from dgekg.web.people import (
    advised,
    agents,
    bridges,
    covered,
    crossings,
    differing,
    explore,
    front,
    gapcards,
    gaplist,
    norms,
    practices,
    reporting,
    sides,
    telling,
)
from dgekg.web.programs import endpoints
from dgekg.web.review import routes as review
from dgekg.web.service import closed, operating, serving, warming
from dgekg.web.service.again import Again
from dgekg.web.service.current import Current
from dgekg.web.service.entry import Entry
from dgekg.web.service.logs import Log
from dgekg.web.sparql import datasets
from dgekg.web.sparql import endpoint as sparql

Page = Callable[[House, Request], Response]
_PAGES: tuple[tuple[str, Page], ...] = (
    ("/", front.home),
    ("/practices", practices.page),
    ("/standards", norms.standards),
    ("/actors", agents.actors),
    ("/network", bridges.network),
    ("/data", telling.data),
    ("/about", telling.about),
    ("/method", telling.method),
    ("/contribute", telling.contribute),
    ("/contribute/{name}.xlsx", telling.blank),
    ("/contribute/{name}.csv", telling.former),
    ("/coverage", sides.coverage),
    ("/coverage.{suffix}", covered.coverage),
    ("/embed/coverage", covered.embedded),
    ("/coverage/intersections", crossings.intersections),
    ("/coverage/cell", explore.cell),
    ("/diff", differing.page),
    ("/diff.json", differing.document),
    ("/gaps", gaplist.gaps),
    ("/gaps/card", gapcards.card),
    ("/recommendations", advised.recommendations),
    ("/report", reporting.page),
    ("/report/of", reporting.asked),
    ("/report/{name}", reporting.file),
    ("/questions", linked.questions),
    ("/questions/{slug}", linked.question),
    ("/questions.{suffix}", linked.questions),
    ("/id/{kind}/{slug}", linked.resource),
    ("/scheme/{scheme}", linked.resource),
    ("/scheme/{scheme}/{code}", linked.resource),
    ("/ontology", linked.resource),
    ("/ontology.{suffix}", linked.resource),
    ("/ontology/{name}", linked.resource),
    ("/shapes", linked.resource),
    ("/shapes.{suffix}", linked.resource),
    ("/shapes/{name}", linked.resource),
    ("/dimension/{name}", linked.resource),
    ("/graph/{name}", linked.resource),
    ("/graph/{folder}/{slug}", linked.resource),
    ("/profile/{name}", linked.resource),
    ("/version/{name}", linked.resource),
    ("/context/{name}", linked.context),
    *partners.ROUTES,
    *harvest.ROUTES,
)
_OPERATING: tuple[tuple[str, Page], ...] = (
    ("/health", operating.health),
    ("/metrics", operating.figures),
    ("/version", operating.kept),
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
        title="dgekg",
        version=dgekg.__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
    )
    app.state.house = house
    house.templates.globals["structured"] = structured.block
    # First, for it is asked most by programs, and a route is looked for one after the other.
    app.add_route("/sparql", _sparql(house), methods=["GET", "OPTIONS", "POST"], include_in_schema=False)
    for path, page in _OPERATING:
        app.add_route(path, _bound(house, page), methods=["GET"], include_in_schema=False)
    app.include_router(endpoints.router(house))
    for path, page in _PAGES:
        app.add_route(path, _bound(house, page), methods=["GET"], include_in_schema=False)
    app.add_route(reconcile.PATH, _reconcile(house), methods=["GET", "POST"], include_in_schema=False)
    review.add(app, house)
    contributing.add(app, house)
    app.mount("/static", Static(directory=folder()), name="static")
    _handle(app, house)
    app.add_middleware(Entry, house=house)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "Retry-After", "X-DGEKG-Version", "X-Request-ID"],
    )
    app.add_middleware(Headers)
    app.add_middleware(Again, house=house)
    app.add_middleware(Log)
    return app


def _bound(house: House, page: Page) -> Callable[[Request], Response]:
    def call(request: Request) -> Response:
        return page(house, request)

    return call


def _sparql(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        return await sparql.endpoint(house, request)

    return call


def _reconcile(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        return await reconcile.endpoint(house, request)

    return call


def _handle(app: FastAPI, house: House) -> None:
    async def expected(request: Request, error: Exception) -> Response:
        return await run_in_threadpool(closed.answer, house, request, cast(DgekgError, error))

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


def run(settings: Settings, store: str = "") -> None:
    """Serve until stopped; the address is printed once connections are taken.

    Args:
        settings: limits, and where to serve.
        store: address of a remote store; "" for the setting or the built one.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the store cannot be opened or reached, the build is broken, or the address is taken.
    """
    if settings.workers > 1:
        serving.several(settings, store, "dgekg.web.app:worker")
    else:
        app = create_app(Current(settings, store), settings)
        app.state.house.sandbox().warm()
        drawing.warm()
        warming.begin(app.state.house)
        serving.one(app, settings, store)


def run_dataset(settings: Settings, files: Sequence[Path]) -> None:
    """Serve files of RDF, in place of a build, until stopped.

    Raises:
        InputError: a file is missing or does not parse; says where.
        StoreError: the address is taken.
    """
    serving.one(datasets.create_app(files, settings), settings, "files")


def worker() -> FastAPI:
    """Return the application of one of several processes; the settings are those of its supervisor."""
    settings = Settings.read()

    def made() -> FastAPI:
        app = create_app(Current(settings), settings)
        warming.begin(app.state.house)
        return app

    return serving.worker(made)
