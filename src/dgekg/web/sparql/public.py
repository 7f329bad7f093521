"""One public query from its place in the line to its last byte: fair turns, a client that leaves, large answers."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dgekg.errors import TooBusy, TooMany
from dgekg.settings import Settings
from dgekg.web.sparql.queueing import Line
from dgekg.web.sparql.sandbox import Sandbox

_KNOWN = 4096
_LARGE = 1024 * 1024
_CHUNK = 64 * 1024
_LOOK_SECONDS = 0.1
_STALLED_SECONDS = 30
_MEGABYTE = 1024 * 1024


class Left(Exception):
    """The client closed its connection before there was an answer."""


class Public:
    """What all public queries of a service share, whatever version they ask.

    Args:
        settings: limits.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.line = Line(settings)
        self._lock = threading.Lock()
        self._long: OrderedDict[bytes, None] = OrderedDict()
        self._held: dict[str, int] = {}

    async def answer(self, sandbox: Sandbox, request: dict[str, Any], form: str, client: str, version: str) -> bytes:
        """Answer a worker's request when it is its turn.

        Args:
            sandbox: the workers of the version.
            request: see `Sandbox.request`.
            form: SELECT, ASK, CONSTRUCT or DESCRIBE.
            client: key of the client (see `queueing.client_of`).
            version: id of the version.

        Raises:
            TooMany: the client has as many queries here as it may.
            TooBusy: the service has.
            QueryError, QueryStopped, StoreError: see `Sandbox.answer`.
        """
        key = _key(request, version)
        ticket = self.line.enter(client, self._known(key))
        task: asyncio.Task[bytes] | None = None
        try:
            while True:
                await self.line.turn(ticket)
                task = asyncio.ensure_future(sandbox.answer(request, form))
                if ticket.long or (await asyncio.wait({task}, timeout=self.settings.query_long_seconds))[0]:
                    return await task
                self._remember(key)
                if self.line.lengthen(ticket) or not sandbox.local:  # elsewhere nothing can be stopped
                    return await task
                await _stopped(task)
                ticket = self.line.again(ticket)
        finally:
            if task is None or task.done() or sandbox.local:
                if task is not None:
                    await _stopped(task)
                self.line.leave(ticket)
            else:
                place = ticket
                task.add_done_callback(lambda _task: self.line.leave(place))

    async def answer_or_leave(
        self, web: Request, sandbox: Sandbox, request: dict[str, Any], form: str, client: str, version: str
    ) -> bytes:
        """Answer as `answer` does; where the client leaves, stop the query.

        Raises:
            Left: the client left.
        """
        task = asyncio.ensure_future(self.answer(sandbox, request, form, client, version))
        try:
            await asyncio.wait({task}, timeout=_LOOK_SECONDS)
            if not task.done():
                leaving = asyncio.ensure_future(_leaves(web))
                try:
                    await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    leaving.cancel()
                if not task.done():
                    raise Left
            return task.result()
        finally:
            await _stopped(task)

    def hold(self, client: str, size: int) -> None:
        """Count an answer that is on its way; `release` ends it.

        Raises:
            TooMany: too much is on its way to this client.
            TooBusy: too much is on its way to all.
        """
        if size <= _LARGE:
            return
        most = self.settings.query_held_mb * _MEGABYTE
        with self._lock:
            mine, all_ = self._held.get(client, 0) + size, sum(self._held.values()) + size
            if mine > max(most // 2, size) or (all_ > most and all_ > size):
                said = f"{self.settings.query_held_mb} MiB of answers may be on their way at once, half of them to one "
                said += "client, and as many are. Read what you have asked for, or try again later."
                raise TooMany(said, 5) if mine > max(most // 2, size) else TooBusy(said, 5)
            self._held[client] = mine

    def release(self, client: str, size: int) -> None:
        """End what `hold` began."""
        if size <= _LARGE:
            return
        with self._lock:
            left = self._held.get(client, 0) - size
            if left > 0:
                self._held[client] = left
            else:
                self._held.pop(client, None)

    def _known(self, key: bytes) -> bool:
        with self._lock:
            return key in self._long

    def _remember(self, key: bytes) -> None:
        with self._lock:
            self._long[key] = None
            if len(self._long) > _KNOWN:
                self._long.popitem(last=False)


class Answer(Response):
    """An answer that is counted until it is sent; a large one goes in pieces, and not to a client that has stalled."""

    def __init__(self, public: Public, client: str, body: bytes, media_type: str, headers: Mapping[str, str]) -> None:
        public.hold(client, len(body))
        super().__init__(body, 200, headers, media_type)
        self.public, self.client = public, client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            if len(self.body) <= _LARGE:
                await super().__call__(scope, receive, send)
            else:
                await self._in_pieces(send)
        finally:
            self.public.release(self.client, len(self.body))

    async def _in_pieces(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        whole = memoryview(self.body)
        for start in range(0, len(whole), _CHUNK):
            piece = {"type": "http.response.body", "body": bytes(whole[start : start + _CHUNK])}
            async with asyncio.timeout(_STALLED_SECONDS):
                await send({**piece, "more_body": start + _CHUNK < len(whole)})
            await asyncio.sleep(0)  # packing a piece takes a millisecond: others come between


async def _leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        await asyncio.sleep(_LOOK_SECONDS)


async def _stopped(task: asyncio.Task[bytes]) -> None:
    """End a task, whatever came of it."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


def _key(request: dict[str, Any], version: str) -> bytes:
    parts = (version, request["query"], *request["default_graphs"], "", *request["named_graphs"])
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()
