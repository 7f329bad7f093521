"""Public queries in killable processes: the web's side of `dgekg.web.zygote`, with one interface for remote stores."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat

import dgekg
from dgekg import versions
from dgekg.errors import QueryError, QueryStopped, StoreError, TooBusy
from dgekg.formats import NQUADS, Format
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.store.base import Table, Term
from dgekg.store.local import LocalStore
from dgekg.vocabulary import PREFIXES
from dgekg.web import wire

IN_MEMORY_BYTES = 512 * 1024 * 1024
_WAIT = 0.25
_START_SECONDS = 300


class Sandbox:
    """Runs public queries on one version.

    Args:
        observatory: the version.
        settings: limits.
    """

    def __init__(self, observatory: Observatory, settings: Settings) -> None:
        self.observatory, self.settings = observatory, settings
        self._slots = threading.BoundedSemaphore(settings.query_workers)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def run(
        self,
        query: str,
        form: str,
        kind: Format,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> bytes:
        """Answer a query as bytes in a format.

        Raises:
            QueryError: it does not parse, does not fit the format, or its answer is larger than this service gives.
            QueryStopped: it ran too long or took too much memory.
            TooBusy: too many queries run already.
            StoreError: the workers cannot be started.
        """
        if not self._slots.acquire(timeout=_WAIT):
            raise TooBusy(
                f"{self.settings.query_workers} queries are running, which is as many as this service runs at once. "
                "Try again in a moment."
            )
        try:
            if not isinstance(self.observatory.store, LocalStore):
                return self._remote(query, form, kind, bool(default_graphs or named_graphs))
            request: dict[str, object] = {
                "query": query,
                "format": kind.suffix,
                "default_graphs": list(default_graphs),
                "named_graphs": list(named_graphs),
            }
            return self._local(request)
        finally:
            self._slots.release()

    def close(self, after: float = 0) -> None:
        """Stop the workers, now or after so many seconds."""
        if after:
            timer = threading.Timer(after, self.close)
            timer.daemon = True
            timer.start()
            return
        with self._lock:
            self._stop()

    def _local(self, request: dict[str, object]) -> bytes:
        for last in (False, True):
            with self._connection() as connection:
                connection.settimeout(self.settings.query_seconds + 35)
                try:
                    wire.send(connection, request)
                    header = wire.receive(connection)
                    if header["status"] == "ok":
                        return wire.read_exactly(connection, header["size"])
                    raise self._refusal(header["status"], str(header.get("message", "")))
                except (OSError, EOFError, ValueError) as error:
                    if last or self._alive():
                        raise QueryStopped(
                            "The worker that ran this query ended without an answer. Try again."
                        ) from error
        raise QueryStopped("The worker that ran this query ended without an answer. Try again.")

    def _alive(self) -> bool:
        """Whether the process that workers are forked from lives; waits a little for one that is dying."""
        with self._lock:
            if self._process is None:
                return False
            try:
                self._process.wait(0.2)
            except subprocess.TimeoutExpired:
                return True
            return False

    def _refusal(self, status: str, message: str) -> QueryError | QueryStopped:
        limits = self.settings
        if status == "syntax":
            return QueryError(f"the query does not parse: {message}")
        if status == "size":
            return self._too_large()
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

    def _too_large(self) -> QueryError:
        return QueryError(
            f"The answer has more than {self.settings.query_rows:,} rows or triples, or is too long; this service "
            "gives no partial answers. Add LIMIT, or download the data."
        )

    def _connection(self) -> socket.socket:
        for _attempt in range(2):
            address = self._running()
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(address)
            except OSError:
                connection.close()
                with self._lock:
                    self._stop()
                continue
            return connection
        raise StoreError("The workers for public queries cannot be started. The operator's log says more.")

    def _running(self) -> str:
        with self._lock:
            if self._process is None or self._process.poll() is not None or self._folder is None:
                self._stop()
                self._start()
            return str(self._address)

    @property
    def _address(self) -> Path:
        if self._folder is None:
            raise StoreError("The workers for public queries are not running.")
        return self._folder / "socket"

    def _start(self) -> None:
        limits = self.settings
        self._folder = Path(tempfile.mkdtemp(prefix="dgekg-"))
        command = [sys.executable, "-m", "dgekg.web.zygote", str(self._dump()), str(self._address)]
        command += [str(limits.query_seconds), str(limits.query_memory_mb), str(limits.query_rows)]
        roots = [str(Path(next(iter(dgekg.__path__))).parent), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(r for r in roots if r)},
        )
        watchdog = threading.Timer(_START_SECONDS, self._process.kill)
        watchdog.start()
        try:
            said = self._process.stdout.readline() if self._process.stdout else b""
        finally:
            watchdog.cancel()
        if said.strip() != b"ready":
            self._stop()
            raise StoreError("The workers for public queries cannot be started. The operator's log says more.")

    def _dump(self) -> Path:
        """Return what workers load: the version's dump, its store where it is large, or a copy of a store in memory."""
        store = self.observatory.store
        if not isinstance(store, LocalStore) or self._folder is None:
            raise StoreError("Only a store on this machine has workers.")
        if store.path is None:
            copy = self._folder / versions.DUMP
            store.engine.dump(str(copy), format=NQUADS.rdf)
            return copy
        dump = store.path.parent / versions.DUMP
        small = dump.is_file() and dump.stat().st_size <= IN_MEMORY_BYTES
        return dump if small else store.path

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _remote(self, query: str, form: str, kind: Format, dataset: bool) -> bytes:
        if dataset:
            raise QueryError("default-graph-uri and named-graph-uri are not supported over a remote store; write FROM.")
        store = self.observatory.store
        if form in ("CONSTRUCT", "DESCRIBE"):
            triples = store.construct(query)
            if len(triples) > self.settings.query_rows:
                raise self._too_large()
            return ox.serialize(triples, format=kind.rdf, prefixes=PREFIXES) or b""
        if form == "ASK":
            document = json.dumps({"head": {}, "boolean": store.ask(query)})
        else:
            table = store.select(query)
            if len(table) > self.settings.query_rows:
                raise self._too_large()
            document = results_json(table)
        parsed = ox.parse_query_results(document.encode(), format=QueryResultsFormat.JSON)
        return parsed.serialize(format=kind.results) or b""


def results_json(table: Table) -> str:
    """Return a table as SPARQL 1.1 Query Results JSON."""
    bindings = [
        {column: _json(term) for column, term in zip(table.columns, row, strict=True) if term is not None}
        for row in table.rows
    ]
    return json.dumps({"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}})


def _json(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if isinstance(term, Literal) and term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != PREFIXES["xsd"] + "string":
        found["datatype"] = term.datatype.value
    return found
