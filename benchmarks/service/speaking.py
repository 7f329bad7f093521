"""One connection that asks and waits: HTTP by `httptools`, as the server speaks it, so that the client is no brake."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlencode, urlsplit

import httptools


@dataclass(slots=True)
class Answer:
    """What came back; names of headers in small letters."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Connection(asyncio.Protocol):
    """A client's connection; made when something is asked, and again where the service has closed it.

    Args:
        address: of the service, `http://host:port`.
        patience: seconds to wait for an answer.
    """

    def __init__(self, address: str, patience: float = 120.0) -> None:
        parts = urlsplit(address)
        self._host, self._port, self._patience = parts.hostname or "", parts.port or 80, patience
        self._transport: asyncio.Transport | None = None
        self._waits: asyncio.Future[Answer] | None = None
        self._answer, self._parts = Answer(), list[bytes]()

    async def ask(self, path: str, headers: Mapping[str, str], form: tuple[tuple[str, str], ...] = ()) -> Answer:
        """Ask by GET, or by POST where there is a form.

        Raises:
            OSError: the connection fails; TimeoutError: no answer came in time.
        """
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            self._transport, _ = await loop.create_connection(lambda: self, self._host, self._port)
        body = urlencode(form).encode()
        lines = [f"{'POST' if form else 'GET'} {path} HTTP/1.1", f"host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if form:
            lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
        self._answer, self._parts, self._waits = Answer(), [], loop.create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        try:
            async with asyncio.timeout(self._patience):
                return await self._waits
        except TimeoutError:
            self._transport.abort()
            raise

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(self, _kind: type[BaseException] | None, _one: object, _trace: TracebackType | None) -> None:
        self.close()

    def data_received(self, data: bytes) -> None:
        """Take in what the service sends."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._end(OSError(f"no HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that nothing more will come."""
        self._end(exc or ConnectionResetError("closed by the service"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note one header."""
        self._answer.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Note a part of the body."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Hand over the answer."""
        self._answer.status, self._answer.body = self._parser.get_status_code(), b"".join(self._parts)
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(self._answer)
        if not self._parser.should_keep_alive():
            self.close()

    def _end(self, error: Exception) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_exception(error)
