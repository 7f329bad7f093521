"""One forked process as the web sees it: asked, slowed down, let go; and what its last words mean."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import Any

from dgekg.errors import QueryError, QueryStopped
from dgekg.settings import Settings
from dgekg.web.sparql import elsewhere, wire

_LAST = 19


class Gone(Exception):
    """The worker has ended without a word."""


class Worker:
    """The connection to one forked process."""

    def __init__(self, connection: socket.socket, process: int) -> None:
        self.connection, self.process, self.slowed = connection, process, False
        connection.setblocking(False)

    def slow(self) -> None:
        """Let everything else on the machine go first, for good."""
        self.slowed = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process, _LAST)

    async def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Send a request; return header and body of the answer.

        Raises:
            Gone: the process ended, and nobody said why.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self.connection, wire.packed(request))
            found = bytearray()
            while isinstance(missing := wire.unpacked(found), int):
                data = await loop.sock_recv(self.connection, min(max(missing, 65536), 1 << 20))
                if not data:
                    raise Gone
                found += data
            return missing
        except (OSError, ValueError) as error:
            raise Gone from error

    def close(self) -> None:
        """Let go of the process; if it runs, it is killed."""
        self.connection.close()


def refusal(status: str, message: str, limits: Settings) -> QueryError | QueryStopped:
    """Return the error for what a worker, or whoever saw it die, says."""
    if status == "syntax":
        return QueryError(f"the query does not parse: {message}")
    if status == "size":
        return elsewhere.too_large(limits.query_rows)
    if status == "time":
        return QueryStopped(
            f"The query ran for {limits.query_seconds:g} seconds, the limit of this service, and was stopped. "
            "Ask for less, or download the data and ask at home."
        )
    if status == "memory":
        return QueryStopped(
            f"The query needed more than {limits.query_memory_mb} MiB, the limit of this service, and was "
            "stopped. Ask for less, or download the data and ask at home."
        )
    if status == "depth":
        return QueryError("The query is nested too deeply for the engine. Write it flatter.")
    return QueryError(f"The query cannot be answered: {message or 'the worker that ran it died'}.")


def received(control: socket.socket) -> Worker | None:
    """Return the next worker that is handed over; None where there will be none."""
    try:
        said, numbers, _flags, _address = socket.recv_fds(control, wire.LENGTH.size, 1)
    except OSError:
        return None
    return Worker(socket.socket(fileno=numbers[0]), wire.LENGTH.unpack(said)[0]) if said and numbers else None
