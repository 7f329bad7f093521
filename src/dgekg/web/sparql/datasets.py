"""Any RDF behind the same endpoint: `dgekg serve --dataset FILE ...`, without the pages of the observatory."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import dgekg
from dgekg import formats
from dgekg.errors import DgekgError, InputError
from dgekg.settings import Settings
from dgekg.store.local import LocalStore
from dgekg.web import faults, templating, words
from dgekg.web.headers import Headers
from dgekg.web.service.kept import Kept
from dgekg.web.sparql import description, protocol
from dgekg.web.sparql import endpoint as sparql
from dgekg.web.sparql.public import Public
from dgekg.web.sparql.sandbox import Sandbox


class Dataset:
    """A dataset read from files, with what its endpoint needs.

    Args:
        files: Turtle, TriG, N-Quads, N-Triples, RDF/XML or JSON-LD, each also as .gz.
        settings: limits.

    Raises:
        InputError: a file is missing, of no known kind, or does not parse; says file, line and column.
    """

    def __init__(self, files: Sequence[Path], settings: Settings) -> None:
        self.settings, self.files = settings, list(files)
        self.store = LocalStore()
        self.version = _load(self.store, self.files)
        self.base = settings.address or self.files[0].resolve().as_uri()
        self.sandbox = Sandbox(self, settings, self.base, union=False)
        self.public = Public(settings)
        self.templates = templating.environment()
        self._kept: Kept[bytes] = Kept()

    def kept(self, key: str) -> bytes | None:
        """Return an answer that was kept."""
        return self._kept.get(key)

    def keep(self, key: str, body: bytes) -> None:
        """Keep an answer until room is needed."""
        self._kept.put(key, body)

    def asked(self) -> sparql.Version:
        """Return what a query is asked of."""
        return sparql.Version(self.version, f"{self.version}\n{dgekg.__version__}", self.sandbox)

    def facts(self, endpoint: str) -> description.Facts:
        """Return what the endpoint says of itself."""
        engine = self.store.engine
        default = sum(1 for _ in engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        graphs = description.graph_counts(self.store)
        functions = description.functions(self.store)
        return description.Facts(endpoint, self.version, self.settings, False, default, graphs, functions)


def create_app(files: Sequence[Path], settings: Settings) -> Starlette:
    """Return the application: `/sparql`, `/health` and a small front page.

    Raises:
        InputError: see `Dataset`.
    """
    dataset = Dataset(files, settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        dataset.sandbox.warm()
        yield
        dataset.sandbox.close()

    async def endpoint(request: Request) -> Response:
        return await _endpoint(dataset, request)

    async def front(request: Request) -> Response:
        return Response(_page(dataset, request), media_type=formats.HTML.media_type)

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": dataset.version, "quads": len(dataset.store.engine)})

    async def expected(request: Request, error: Exception) -> Response:
        return faults.program(request, cast(DgekgError, error))

    async def http(request: Request, error: Exception) -> Response:
        return faults.program_http(request, cast(HTTPException, error))

    anywhere = {"allow_origins": ["*"], "allow_methods": ["GET", "HEAD", "POST", "OPTIONS"], "allow_headers": ["*"]}
    shown = ["ETag", "Link", "Retry-After", "X-DGEKG-Version"]
    return Starlette(
        routes=[
            Route("/sparql", endpoint, methods=["GET", "OPTIONS", "POST"]),
            Route("/", front),
            Route("/health", health),
        ],
        middleware=[
            Middleware(Headers),
            Middleware(CORSMiddleware, **cast(Any, anywhere), expose_headers=shown),
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
        exception_handlers={DgekgError: expected, HTTPException: http},
        lifespan=lifespan,
    )


async def _endpoint(dataset: Dataset, request: Request) -> Response:
    if request.method == "OPTIONS":
        return sparql.options()
    try:
        asked = await protocol.read(request, dataset.settings)
    except ClientDisconnect:
        return Response(status_code=sparql.CLOSED)
    if asked.bare and asked.conditional:
        if asked.for_page:
            return Response(_page(dataset, request), media_type=formats.HTML.media_type)
        kind = description.offered(asked)
        facts = await run_in_threadpool(dataset.facts, str(request.url.replace(query="")))
        body = await run_in_threadpool(description.written, facts, kind)
        headers = {"Vary": "Accept", "X-DGEKG-Version": dataset.version}
        return Response(body, media_type=kind.media_type, headers=headers)
    return await sparql.reply(dataset, request, asked, dataset.asked)


def _page(dataset: Dataset, request: Request) -> str:
    language = words.language_of("", request.headers.get("accept-language", ""))
    return dataset.templates.get_template("dataset.html").render(
        lang=language,
        t=lambda key, **values: words.say(language, key, **values),
        files=[file.name for file in dataset.files],
        quads=words.number(len(dataset.store.engine), language),
        limits=dataset.settings,
        version=dataset.version,
    )


def _load(store: LocalStore, files: Sequence[Path]) -> str:
    """Load files; return a version: what stands in them, whatever they are called."""
    if not files:
        raise InputError("--dataset: expected at least one file.")
    digests = []
    for file in files:
        kind, packed = formats.for_reading(file)
        try:
            body = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
            digests.append(hashlib.sha256(body).hexdigest())
            store.engine.bulk_load(input=body, format=kind.rdf, base_iri=file.resolve().as_uri())
        except SyntaxError as error:
            raise InputError(_place(file, error)) from error
        except (OSError, EOFError) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise InputError(f"{file}: cannot be read ({said}).") from error
        except ValueError as error:
            raise InputError(f"{file}: does not hold RDF as {kind.media_type}: {error}.") from error
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:16]


def _place(file: Path, error: SyntaxError) -> str:
    where = f"{file}:{error.lineno}:{error.offset}" if error.lineno else f"{file}"
    return f"{where}: does not parse: {error.msg}."
