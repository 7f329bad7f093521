"""The process that public queries are forked from: `python -m dgekg.web.zygote STORE SOCKET LIMITS`.

It loads the store once, stays single-threaded, and forks one child a query. The child answers on the query's own
connection, under a memory limit, without new files or sockets; the kernel's timer ends it at the deadline, however
deep in the engine it is. Where a child dies, this process says why on the connection in its place.

STORE is an N-Quads file (loaded
into memory before the first fork) or the folder of a built store (opened by each child, as its engine has threads).
"""

from __future__ import annotations

import contextlib
import csv
import ctypes
import io
import os
import resource
import selectors
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from dgekg.errors import DgekgError
from dgekg.formats import CSV, GRAPHS, RESULTS, TSV, Format
from dgekg.store.local import LocalStore
from dgekg.vocabulary import PREFIXES
from dgekg.web.wire import receive, send

_BY_SUFFIX: dict[str, Format] = {f.suffix: f for f in (*RESULTS, *GRAPHS)}
_BYTES_A_ROW = 1024
_FEWEST_BYTES = 1024 * 1024
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use."""

    seconds: float
    memory_mb: int
    rows: int

    @property
    def bytes(self) -> int:
        """The longest answer: in proportion to the rows."""
        return max(_FEWEST_BYTES, self.rows * _BYTES_A_ROW)


class TooMuch(Exception):
    """The answer is larger than the limits."""


class _Bounded(io.RawIOBase):
    """A file in memory that refuses to grow past a size."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.content, self.limit = bytearray(), limit

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes.

        Raises:
            TooMuch: there is no room for them.
        """
        if len(self.content) + len(data) > self.limit:
            raise TooMuch
        self.content += data
        return len(data)


def run(engine: ox.Store, request: dict[str, Any], limits: Limits) -> bytes:
    """Answer a query as bytes in the format that the request names.

    Raises:
        SyntaxError: the query does not parse.
        ValueError: its form does not fit the format.
        TooMuch: the answer is larger than the limits.
    """
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = list(map(ox.NamedNode, request["default_graphs"]))
    named: list[ox.NamedNode | ox.BlankNode] = list(map(ox.NamedNode, request["named_graphs"]))
    if default or named:
        result = engine.query(request["query"], default_graph=default, named_graphs=named)
    else:
        result = engine.query(request["query"], use_default_graph_as_union=True)
    kind = _BY_SUFFIX[request["format"]]
    out = _Bounded(limits.bytes)
    if isinstance(result, ox.QueryTriples):
        if kind.rdf is None:
            raise ValueError("a graph cannot be written as a table")
        triples: dict[ox.Triple, None] = {}
        for triple in result:
            triples[triple] = None
            if len(triples) > limits.rows:
                raise TooMuch
        ox.serialize(triples, cast(IO[bytes], out), format=kind.rdf, prefixes=PREFIXES)
        return bytes(out.content)
    if kind.results is None:
        raise ValueError("a table cannot be written as a graph")
    result.serialize(cast(IO[bytes], out), format=kind.results)
    content = bytes(out.content)
    if isinstance(result, ox.QuerySolutions) and len(content) > 2 * limits.rows and _rows(content, kind) > limits.rows:
        raise TooMuch
    return content


class Lines(csv.excel_tab):
    """TSV as SPARQL writes it: a line is a row, whatever quotes stand in it."""

    quoting = csv.QUOTE_NONE


def _rows(content: bytes, kind: Format) -> int:
    if kind in (CSV, TSV):
        return sum(1 for _ in csv.reader(io.StringIO(content.decode()), dialect="excel" if kind is CSV else Lines)) - 1
    parsed = ox.parse_query_results(content, format=kind.results)
    return sum(1 for _ in parsed) if isinstance(parsed, ox.QuerySolutions) else 0


class Zygote:
    """The loop: accept a connection, fork a child for it, say on the connection why a child died.

    Args:
        store: N-Quads file or folder of a built store.
        address: path of the socket to listen on.
        limits: what one query may use.
    """

    def __init__(self, store: Path, address: str, limits: Limits) -> None:
        self.store, self.limits = store, limits
        self.engine = LocalStore.of_file(store).engine if store.is_file() else None
        self.children: dict[int, tuple[socket.socket, int]] = {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(address)
        self.listener.listen(64)
        self.prctl = _prctl()

    def serve(self) -> None:
        """Serve until standard input closes: the web process has ended."""
        waker, wakened = socket.socketpair()
        for one in (waker, wakened):
            one.setblocking(False)
        signal.set_wakeup_fd(wakened.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with selectors.DefaultSelector() as ready:
            ready.register(self.listener, selectors.EVENT_READ)
            ready.register(waker, selectors.EVENT_READ)
            ready.register(sys.stdin, selectors.EVENT_READ)
            print("ready", flush=True)
            while True:
                for key, _events in ready.select():
                    if key.fileobj is sys.stdin:
                        return
                    if key.fileobj is waker:
                        with contextlib.suppress(BlockingIOError):
                            waker.recv(4096)
                        self._reap()
                    else:
                        self._fork()

    def _fork(self) -> None:
        connection, _address = self.listener.accept()
        errors = os.memfd_create("errors")
        parent = os.getpid()
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        child = os.fork()
        if child:
            self.children[child] = (connection, errors)
            return
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            self.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == parent:
                os.dup2(errors, 2)
                self._answer(connection, pages * resource.getpagesize())
                code = 0
        finally:
            os._exit(code)

    def _answer(self, connection: socket.socket, size: int) -> None:
        connection.settimeout(5)
        try:
            request = receive(connection)
        except (OSError, EOFError, ValueError):
            return
        header: dict[str, Any]
        body = b""
        signal.setitimer(signal.ITIMER_REAL, self.limits.seconds)
        cap = size + self.limits.memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
        try:
            if self.engine is None:
                engine = LocalStore(self.store).engine
            else:
                engine = self.engine
                resource.setrlimit(resource.RLIMIT_NOFILE, (1, 1))  # no new file, no socket; poll() needs one
            body = run(engine, request, self.limits)
            header = {"status": "ok", "size": len(body)}
        except SyntaxError as error:
            header = {"status": "syntax", "message": str(error)}
        except TooMuch:
            header = {"status": "size"}
        except MemoryError:
            header = {"status": "memory"}
        except (ValueError, OSError, RuntimeError, DgekgError) as error:
            header = {"status": "failed", "message": str(error)}
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.settimeout(30)
        with contextlib.suppress(OSError):
            send(connection, header, body)

    def _reap(self) -> None:
        while self.children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            connection, errors = self.children.pop(child)
            if status:
                connection.settimeout(1)
                with contextlib.suppress(OSError):
                    send(connection, {"status": _cause(status, errors)})
            connection.close()
            os.close(errors)


def _cause(status: int, errors: int) -> str:
    """Return why a child died: its time was up, or its memory, or its stack."""
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGXCPU):
        return "time"
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGSEGV:
        return "depth"
    os.lseek(errors, 0, os.SEEK_SET)
    said = os.read(errors, 4096).decode("utf-8", "replace")
    return (
        "memory" if "memory allocation" in said or "MemoryError" in said else "depth" if "overflow" in said else "died"
    )


def _prctl() -> Any:
    """Return the call that ties a child's life to its parent's, or one that does nothing where there is none."""
    try:
        return ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return lambda *_arguments: 0


def main(arguments: list[str]) -> int:
    """Serve a store: path, socket, seconds, MiB, rows."""
    store, address, seconds, memory, rows = arguments
    Zygote(Path(store), address, Limits(float(seconds), int(memory), int(rows))).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
