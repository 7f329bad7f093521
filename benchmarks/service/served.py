"""The services that are compared, each started on a free port of this machine over the same built version."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dgekg import versions
from dgekg.settings import Project

OURS, OXIGRAPH, RDFLIB, HELLO = "dgekg", "oxigraph server", "rdflib-endpoint", "FastAPI, one line"
_PATHS = {OURS: "/sparql", OXIGRAPH: "/query", RDFLIB: "/"}
_HELLO = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def hello(): return {"hello": "world"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A running service.

    Attributes:
        name: of the service.
        address: without a slash at its end.
        pid: of its first process.
    """

    name: str
    address: str
    pid: int

    @property
    def sparql(self) -> str:
        """Path of its SPARQL endpoint."""
        return _PATHS[self.name]

    def memory(self) -> int:
        """Return the bytes that its processes hold, what they share counted once each (proportional set size)."""
        return sum(_held(pid) for pid in _family(self.pid))

    def worked(self) -> float:
        """Return the seconds that its processes have worked, in hundredths."""
        return sum(_worked(pid) for pid in _family(self.pid)) / 100

    def rest(self) -> None:
        """Wait until it works no more, a minute at most."""
        _rest(self.pid)


@contextlib.contextmanager
def served(name: str, project: Project, scratch: Path, *options: str) -> Iterator[Served]:
    """Start a service; it is stopped at the end.

    Args:
        name: of the service.
        project: built.
        scratch: folder for what a service writes.
        options: further ones of `dgekg serve`.

    Raises:
        TimeoutError: it does not answer within five minutes.

    What it does after its start is waited for, a minute at most.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    log = (scratch / f"{name.replace(' ', '-')}.log").open("wb")
    environment = {**os.environ, "DGEKG_ROOT": str(project.root)}
    process = subprocess.Popen(
        _command(name, project, port, options), stdout=log, stderr=log, env=environment, cwd=scratch
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address, int(port))
        _rest(process.pid)
        yield Served(name, address, process.pid)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        log.close()


def _command(name: str, project: Project, port: str, options: Sequence[str]) -> list[str]:
    programs, version = Path(sys.executable).parent, versions.current(project.build)
    if name == OURS:
        return [str(programs / "dgekg"), "serve", "--port", port, *options]
    if name == OXIGRAPH:
        found = [str(programs / "oxigraph"), "serve-read-only", "--location", str(version.store)]
        return [*found, "--union-default-graph", "--bind", f"127.0.0.1:{port}"]
    if name == RDFLIB:
        return [str(programs / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", port, str(version.dump)]
    return [sys.executable, "-c", _HELLO, port]


def _wait(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    for _ in range(3000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        if process.poll() is not None:
            raise TimeoutError(f"{address}: the service ended before it listened.")
        time.sleep(0.1)
    with contextlib.suppress(OSError):
        urllib.request.urlopen(address + "/", timeout=300).read()


def _rest(pid: int) -> None:
    """Leave a service alone until it works no more: some read ahead after they start, which would be counted twice."""
    before = -1
    for _ in range(60):
        now = sum(_worked(one) for one in _family(pid))
        if now - before <= 5:  # ticks of a hundredth of a second
            return
        before = now
        time.sleep(1)


def _worked(pid: int) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            yield from _family(int(child))


def _held(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
