"""Public queries in killable processes: the web's side of `zygote`, with one interface for remote stores.

A worker waits, forked ahead; it is lent to one query at a time. To stop a query is to close the worker's connection:
its parent then kills it and forks another. Nothing here belongs to one event loop; the workers can be lent to any.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

import dgekg
from dgekg import versions
from dgekg.errors import QueryStopped, StoreError
from dgekg.formats import NQUADS, Format
from dgekg.settings import Settings
from dgekg.store.base import Store
from dgekg.store.local import LocalStore
from dgekg.vocabulary import BASE
from dgekg.web.sparql import elsewhere
from dgekg.web.sparql.worker import Gone, Worker, received, refusal

IN_MEMORY_BYTES = 512 * 1024 * 1024
_START_SECONDS = 300
_GRACE = 35
_PATIENCE = 0.1  # seconds from which a query gives way to others


class Holder(Protocol):
    """What has a store to ask: an observatory, or a dataset of somebody else's."""

    @property
    def store(self) -> Store:
        """The store."""


class Sandbox:
    """Runs public queries on one version.

    Args:
        holder: the version.
        settings: limits.
        base: what relative addresses in queries are resolved against.
        union: whether the default graph is the union of all graphs.
    """

    def __init__(self, holder: Holder, settings: Settings, base: str = BASE, union: bool = True) -> None:
        self.observatory, self.settings, self.base, self.union = holder, settings, base, union
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._idle: list[Worker] = []
        self._waiting: deque[Future[Worker]] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._folder: Path | None = None

    @property
    def local(self) -> bool:
        """Whether queries run in processes here, not in a service elsewhere."""
        return isinstance(self.observatory.store, LocalStore)

    def request(
        self, query: str, kind: Format, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Return what a worker is told."""
        return {
            "query": query,
            "format": kind.suffix,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "base": self.base,
            "union": self.union,
        }

    def run(
        self,
        query: str,
        form: str,
        kind: Format,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> bytes:
        """Answer a query as bytes in a format, from a thread without an event loop; errors as `answer`."""
        return asyncio.run(self.answer(self.request(query, kind, default_graphs, named_graphs), form))

    async def answer(self, request: dict[str, Any], form: str = "") -> bytes:
        """Answer a request as bytes; where this is cancelled, the query is killed.

        Args:
            request: see `request`; with `check`, the query is parsed only.
            form: SELECT, ASK, CONSTRUCT or DESCRIBE.

        Raises:
            QueryError: it does not parse, does not fit the format, or its answer is larger than this service gives.
            QueryStopped: it ran too long or took too much memory.
            StoreError: the workers cannot be started, or a remote store fails.
        """
        store = self.observatory.store
        if not isinstance(store, LocalStore):
            return await asyncio.to_thread(elsewhere.answer, store, request, form, self.settings.query_rows)
        for _attempt in range(2):
            with contextlib.suppress(Gone):
                return await self._ask(request)
        raise QueryStopped("The worker that ran this query ended without an answer. Try again.")

    async def _ask(self, request: dict[str, Any]) -> bytes:
        worker = await self._take()
        kept = False
        patience = asyncio.get_running_loop().call_later(_PATIENCE, worker.slow)
        try:
            async with asyncio.timeout(self.settings.query_seconds + _GRACE):
                header, body = await worker.ask(request)
            kept = not header.get("last") and not worker.slowed
        except TimeoutError:
            raise Gone from None
        finally:
            patience.cancel()
            if kept:
                self._offer(worker)
            else:
                worker.close()
        if header["status"] != "ok":
            raise refusal(header["status"], str(header.get("message", "")), self.settings)
        return body

    def close(self, after: float = 0) -> None:
        """Stop the workers, now or after so many seconds."""
        if after:
            timer = threading.Timer(after, self.close)
            timer.daemon = True
            timer.start()
            return
        with self._starting:
            self._stop()

    def warm(self) -> None:
        """Start the workers before anybody asks; errors come back to whoever asks."""

        def start() -> None:
            with contextlib.suppress(StoreError):
                self._ready()

        if self.local:
            threading.Thread(target=start, daemon=True).start()

    async def _take(self) -> Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            running = self._control is not None
        if not running:
            await asyncio.to_thread(self._ready)
        with self._lock:
            if self._idle:
                return self._idle.pop()
            place: Future[Worker] = Future()
            self._waiting.append(place)
            if self._control is None:
                place.set_exception(Gone())
        try:
            async with asyncio.timeout(_GRACE):
                return await asyncio.wrap_future(place)
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._offer(place.result())
            raise
        except TimeoutError:
            raise StoreError("The workers for public queries are not ready. Try again in a moment.") from None

    def _offer(self, worker: Worker) -> None:
        with self._lock:
            while self._waiting:
                place = self._waiting.popleft()
                if place.set_running_or_notify_cancel():
                    place.set_result(worker)
                    return
            if self._control is not None:
                self._idle.append(worker)
                return
        worker.close()

    def _ready(self) -> None:
        """Start the process that workers are forked from, if it does not run.

        Raises:
            StoreError: it cannot be started.
        """
        with self._starting:
            if self._control is None:
                self._stop()
                self._start()

    def _start(self) -> None:
        limits = self.settings
        self._folder = Path(tempfile.mkdtemp(prefix="dgekg-"))
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "dgekg.web.sparql.zygote", str(self._dump(self._folder)), str(theirs.fileno())]
        command += [str(limits.query_seconds), str(limits.query_memory_mb), str(limits.query_rows)]
        command.append(str(limits.query_workers))
        roots = [str(Path(next(iter(dgekg.__path__))).parent), os.environ.get("PYTHONPATH", "")]
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(r for r in roots if r)},
            )
        ours.settimeout(_START_SECONDS)
        first = received(ours)
        if first is None:
            ours.close()
            self._stop()
            raise StoreError("The workers for public queries cannot be started. The operator's log says more.")
        ours.settimeout(None)
        with self._lock:
            self._control = ours
        self._offer(first)
        threading.Thread(target=self._listen, args=(ours,), daemon=True).start()

    def _listen(self, control: socket.socket) -> None:
        """Take in the workers that are forked, until there will be no more."""
        while (worker := received(control)) is not None:
            self._offer(worker)
        with self._lock:
            if self._control is control:
                self._control = None
            idle, self._idle = self._idle, []
            waiting, self._waiting = list(self._waiting), deque()
        control.close()
        for worker in idle:
            worker.close()
        for place in waiting:
            if place.set_running_or_notify_cancel():
                place.set_exception(Gone())

    def _dump(self, folder: Path) -> Path:
        """Return what workers load: the version's dump, its store where it is large, or a copy of a store in memory."""
        store = self.observatory.store
        if not isinstance(store, LocalStore):
            raise StoreError("Only a store on this machine has workers.")
        if store.path is None:
            copy = folder / versions.DUMP
            store.engine.dump(str(copy), format=NQUADS.rdf)
            return copy
        dump = store.path.parent / versions.DUMP
        small = dump.is_file() and dump.stat().st_size <= IN_MEMORY_BYTES
        return dump if small else store.path

    def _stop(self) -> None:
        with self._lock:
            control, self._control = self._control, None
        if control is not None:
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)  # wakes the listener, which closes it; the process ends
        process, self._process = self._process, None
        if process is not None:
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
