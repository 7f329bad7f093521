"""The process that workers are forked from: `python -m dgekg.web.sparql.zygote STORE CONTROL LIMITS`.

It loads the store once, stays single-threaded, and keeps so many children waiting. Each child has one end of a pair
of sockets; the other end is handed to the web process, which asks one query at a time on it. The kernel's timer ends
a child at the deadline, however deep in the engine it is; a limit ends it when it takes too much memory. Where a
child dies, this process says why on the child's connection, and forks another. Where the web process closes its end,
the child is killed: nobody waits for its answer any more.

STORE is an N-Quads file (loaded into memory before the first fork) or the folder of a built store (opened by each
child, as its engine has threads). CONTROL is the number of an inherited socket.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dgekg.errors import DgekgError
from dgekg.store.local import LocalStore
from dgekg.web.sparql import confine
from dgekg.web.sparql.answering import Limits, TooMuch, run
from dgekg.web.sparql.wire import LENGTH, receive, send

ANSWERS = 500  # a child is replaced after so many
_GROWN = 8  # ... or when it has kept an eighth of what a query may use
_MEGABYTE = 1024 * 1024
_PAUSE = 0.05
_SEND_SECONDS = 30


@dataclass(slots=True)
class _Child:
    connection: socket.socket
    errors: int


class Zygote:
    """The loop: keep children waiting, say why one died, kill one that nobody waits for.

    Args:
        store: N-Quads file or folder of a built store.
        control: the socket on which the web process is handed the other ends.
        limits: what one query may use.
        workers: how many children are kept.
    """

    def __init__(self, store: Path, control: socket.socket, limits: Limits, workers: int) -> None:
        self.store, self.control, self.limits, self.workers = store, control, limits, workers
        self.engine = LocalStore.of_file(store).engine if store.is_file() else None
        self.children: dict[int, _Child] = {}
        self.ended = 0.0

    def serve(self) -> None:
        """Serve until the web process has ended."""
        waker, wakened = socket.socketpair()
        for one in (waker, wakened):
            one.setblocking(False)
        signal.set_wakeup_fd(wakened.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.freeze()  # what is shared with the children is not touched again
        with select.epoll() as self.ready:
            self.ready.register(self.control.fileno(), select.EPOLLIN)
            self.ready.register(waker.fileno(), select.EPOLLIN)
            while self._fill():
                for number, _events in self.ready.poll():
                    if number == self.control.fileno():
                        return
                    if number == waker.fileno():
                        with contextlib.suppress(BlockingIOError):
                            waker.recv(4096)
                        self._reap()
                    else:
                        self._abandoned(number)

    def _fill(self) -> bool:
        """Fork as many children as are missing; False where the web process is gone."""
        while len(self.children) < self.workers:
            theirs, mine = socket.socketpair()
            with theirs:
                child = self._fork(mine, theirs)
                try:
                    socket.send_fds(self.control, [LENGTH.pack(child)], [theirs.fileno()])
                except OSError:
                    return False
        return True

    def _fork(self, mine: socket.socket, theirs: socket.socket) -> int:
        errors = os.memfd_create("errors")
        parent = os.getpid()
        child = os.fork()
        if child:
            self.children[child] = _Child(mine, errors)
            self.ready.register(mine.fileno(), 0)  # the end of the other side is always told
            return child
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            confine.die_with_parent()
            if os.getppid() == parent:
                os.dup2(errors, 2)
                self._let_go(theirs)
                code = self._answer_all(mine)
        finally:
            os._exit(code)

    def _let_go(self, theirs: socket.socket) -> None:
        """Close, in a child, what belongs to its parent and its siblings."""
        self.ready.close()
        for one in (theirs, self.control, *(child.connection for child in self.children.values())):
            one.close()
        for other in self.children.values():
            os.close(other.errors)

    def _answer_all(self, connection: socket.socket) -> int:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        statm = os.open("/proc/self/statm", os.O_RDONLY)
        engine = self.engine
        if engine is None:
            engine = LocalStore(self.store).engine
        else:
            resource.setrlimit(resource.RLIMIT_NOFILE, (1, 1))  # no new file, no socket; poll() needs one
        began, more = _size(statm), self.limits.memory_mb * _MEGABYTE
        hard = began + more + more // _GROWN
        for number in range(1, ANSWERS + 1):
            connection.settimeout(None)
            try:
                request = receive(connection)
            except (OSError, EOFError, ValueError):
                return 0
            now = _size(statm)
            resource.setrlimit(resource.RLIMIT_AS, (min(hard, now + more), hard))
            signal.setitimer(signal.ITIMER_REAL, self.limits.seconds)
            header, body = answer(engine, request, self.limits)
            signal.setitimer(signal.ITIMER_REAL, 0)
            last = number == ANSWERS or header["status"] == "memory" or _size(statm) - began > more // _GROWN
            connection.settimeout(_SEND_SECONDS)
            try:
                send(connection, {**header, "last": last}, body)
            except OSError:
                return 0
            if last:
                return 0
        return 0

    def _abandoned(self, number: int) -> None:
        """Kill the child whose other side has been closed."""
        self.ready.unregister(number)
        for child, found in self.children.items():
            if found.connection.fileno() == number:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    def _reap(self) -> None:
        while self.children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            ended = self.children.pop(child)
            with contextlib.suppress(OSError, ValueError):
                self.ready.unregister(ended.connection.fileno())
            if status:
                ended.connection.settimeout(1)
                with contextlib.suppress(OSError):
                    send(ended.connection, {"status": _cause(status, ended.errors), "last": True})
                self._steady()
            ended.connection.close()
            os.close(ended.errors)

    def _steady(self) -> None:
        """Never fork as fast as children can die."""
        now = time.monotonic()
        if now - self.ended < _PAUSE:
            time.sleep(_PAUSE)
        self.ended = now


def answer(engine: ox.Store, request: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Answer a request with a header and a body; errors are headers."""
    try:
        body = run(engine, request, limits)
    except SyntaxError as error:
        return {"status": "syntax", "message": str(error)}, b""
    except TooMuch:
        return {"status": "size"}, b""
    except MemoryError:
        return {"status": "memory"}, b""
    except (ValueError, TypeError, KeyError, OSError, RuntimeError, DgekgError) as error:
        return {"status": "failed", "message": str(error)}, b""
    return {"status": "ok", "size": len(body)}, body


def _size(statm: int) -> int:
    """Return the size of this process's address space, in bytes."""
    return int(os.pread(statm, 32, 0).split()[0]) * resource.getpagesize()


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


def main(arguments: list[str]) -> int:
    """Serve a store: path, number of the control socket, seconds, MiB, rows, workers."""
    store, control, seconds, memory, rows, workers = arguments
    confine.no_sockets()
    with socket.socket(fileno=int(control)) as found:
        Zygote(Path(store), found, Limits(float(seconds), int(memory), int(rows)), int(workers)).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
