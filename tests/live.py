"""A real server, for tests of what only such a one shows: in a process of its own, or in a thread of this one."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from dgekg.settings import Project

_COMMAND = [sys.executable, "-c", "import sys; from dgekg.cli import main; main()", "serve", "--port", "0"]


class Live:
    """The server, and how to ask it."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self.log = process, log
        line = process.stdout.readline() if process.stdout else ""
        assert line.startswith("Serving on http://"), (line, log.read_text())
        self.port = int(line.split(":")[2].split("/")[0])

    def get(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (names in small letters) and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(180)


@contextlib.contextmanager
def serving(project: Project, private: Path, *options: str, **settings: str) -> Iterator[Live]:
    """Serve a built project; stopped at the end, if it was not before."""
    log = private.parent / f"{private.name}.log"
    environment = {**os.environ, "DGEKG_ROOT": str(project.root), "DGEKG_PRIVATE": str(private)}
    environment |= {f"DGEKG_{name.upper()}": value for name, value in settings.items()}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*_COMMAND, *options], stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
        try:
            yield Live(process, log)
        finally:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(60)
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()


@contextlib.contextmanager
def threaded(app: FastAPI) -> Iterator[str]:
    """Serve an app on loopback from a thread; yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)


def children(pid: int) -> set[int]:
    """Return all processes below one."""
    below: set[int] = set()
    wave = {pid}
    while wave:
        found = {int(c) for p in wave for c in _told(p)}
        wave = found - below
        below |= found
    return below


def _told(pid: int) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            found += (task / "children").read_text().split()
    return found


def alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and was not asked about does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(done: object, seconds: float = 180) -> None:
    """Wait until something holds."""
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)
