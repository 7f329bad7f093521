"""`dgekg.open`: an observatory in this very process, asked with the methods of the client and answering the same.

The requests of the client go straight to the web application, without a socket: what is embedded cannot differ from
what is served. Only `sparql` is asked of the store itself: no limits, no worker processes, for it is one's own machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
import weakref
from pathlib import Path

import httpx2 as httpx
from pyoxigraph import Literal
from starlette.types import ASGIApp

from dgekg import collection, suppression, versions
from dgekg.client import results
from dgekg.client.client import Client
from dgekg.client.table import Table
from dgekg.errors import InputError, QueryError, UnknownValue
from dgekg.observatory import Observatory, open_version
from dgekg.settings import Settings
from dgekg.store.base import Term
from dgekg.web.app import create_app
from dgekg.web.house import Source
from dgekg.web.service.current import Current

_SHORTEST = 4


class InProcess(httpx.BaseTransport):
    """Carries requests to an application in this process; its loop runs in a thread that ends with the program.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="dgekg-embedded", daemon=True)
        self._thread.start()
        self._end = weakref.finalize(self, _stop, self._loop, self._thread)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))

    def close(self) -> None:
        """End the loop and its thread."""
        self._end()


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class Embedded(Client):
    """An observatory in this process; closed at the end of a `with`, or by `close`.

    Args:
        observatory: an opened version, or what gives the current one at each request.
        language: of labels and sentences: en, fr or es.
    """

    def __init__(self, observatory: Observatory | Source, *, language: str = "en") -> None:
        source: Source = (lambda: observatory) if isinstance(observatory, Observatory) else observatory
        self._source = source
        self._app = create_app(source, source().settings)
        super().__init__("http://embedded", language=language, transport=InProcess(self._app), tries=1)

    @property
    def observatory(self) -> Observatory:
        """The version that is asked."""
        return self._source()

    def __repr__(self) -> str:
        """Say which version."""
        return f"<{type(self).__name__}: version {self.observatory.version[:12]}>"

    def close(self) -> None:
        """Let go of the version."""
        super().close()
        self._app.state.house.close()

    def sparql(self, query: str) -> Table:
        """Return the rows of a SELECT, or one row `answer` of an ASK.

        Raises:
            QueryError: the query does not parse, or is neither.
        """
        observatory = self.observatory
        store, version = observatory.store, observatory.version
        try:
            found = store.select(query)
        except QueryError:
            with contextlib.suppress(QueryError):
                return results.table(["answer"], [{"answer": store.ask(query)}], version, query)
            raise
        names = list(found.columns)
        rows = [dict(zip(names, map(_plain, row), strict=True)) for row in found.rows]
        return results.table(names, rows, version, query)


def _plain(term: Term | None) -> object:
    if term is None:
        return None
    datatype = term.datatype.value if isinstance(term, Literal) and not term.language else ""
    return results.plain(term.value, datatype)


def open_here(path: Path | str | None = None, version: str | None = None, language: str = "en") -> Embedded:
    """Open a built version of a project on this machine; it stays that version while it is open.

    Args:
        path: folder of the project; found upward from the working folder where it is not given.
        version: id of a kept version, or how it begins; the current one unless given.
        language: of labels and sentences: en, fr or es.

    Raises:
        NoBuild: nothing has been built yet.
        UnknownValue: no such version is kept; those that are, are named.
        InputError: there is no project, or the beginning fits several versions.
    """
    settings = Settings.read()
    if path is not None:
        settings = dataclasses.replace(settings, root=Path(path))
    settings = collection.adopted(settings)
    folder = settings.project().build
    found = versions.current(folder) if version is None else versions.at(folder / _kept(version, folder))
    return Embedded(open_version(settings, found, suppression.read(settings.private_root())), language=language)


def follow(settings: Settings, store: str = "", language: str = "en") -> Embedded:
    """Open the current version of the project here, and follow it: new builds, and records that may not be shown.

    Args:
        settings: where the project is, and limits.
        store: address of a remote store; "" for the setting or the built one.
        language: of labels and sentences: en, fr or es.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the store cannot be opened or reached.
    """
    return Embedded(Current(settings, store), language=language)


def _kept(begins: str, folder: Path) -> str:
    kept = versions.kept(folder) if folder.is_dir() else []
    fitting = [name for name in kept if name.startswith(begins)] if len(begins) >= _SHORTEST else []
    if len(fitting) > 1:
        raise InputError(f'version: "{begins}" begins several ids: {", ".join(fitting)}. Give more of it.', begins)
    if not fitting:
        listed = f"Kept: {', '.join(kept)}." if kept else "None is kept here."
        raise UnknownValue("version", begins, kept, listed)
    return fitting[0]
