"""The steps from files to a service: build, build again, index; and the memory of a serving process."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Laps, Timing, repeated, resident
from benchmarks.place import Place
from benchmarks.turtle import LAST
from dgekg import versions
from dgekg.build import build
from dgekg.index import Index
from dgekg.index.file import open_index, write
from dgekg.index.parts import names
from dgekg.index.records import sources_of
from dgekg.index.update import updated
from dgekg.observatory import open_observatory
from dgekg.settings import Settings
from dgekg.store.local import LocalStore

AS_OF = LAST + dt.timedelta(days=1)
_PAGES = ("/", "/practices", "/coverage?rows=stage&cols=group", "/gaps", "/api/coverage?rows=stage&cols=group")
_ASKED = "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"  # the first query starts the process that holds the store
_ANCHOR = " a dgekg:Practice ;\n"
_ADDED = "    dgekg:lever <scheme/lever/procurement> ;\n"


class Builder:
    """Builds a project, step by step, in the process in which it is made."""

    def __init__(self, place: Place) -> None:
        self._project = place.project

    def build(self) -> tuple[float, dict[str, float], int]:
        """Return the seconds in all, those of each step, and the number of statements.

        Raises:
            RuntimeError: the generated project does not conform.
        """
        laps, start = Laps(), time.perf_counter()
        built = build(self._project, AS_OF, progress=laps)
        laps.stop()
        seconds = time.perf_counter() - start
        if built.version is None or not built.made:
            raise RuntimeError("; ".join(finding.text() for finding in built.findings[:3]) or "nothing was built")
        return seconds, laps.seconds, int(built.version.meta["quads"])


def change(place: Place, number: int) -> Path:
    """Give one practice one more lever, so that counts change; return its file."""
    files = sorted((place.project.data / "practices").glob("*.ttl"))
    for file in files[number * 7 % len(files) :]:
        text = file.read_text(encoding="utf-8")
        if _ADDED not in text:
            file.write_text(text.replace(_ANCHOR, _ANCHOR + _ADDED, 1), encoding="utf-8")
            return file
    raise RuntimeError("no practice is left to change")


class Indexing:
    """Makes the index from the store, writes and opens its file, and takes in one changed practice."""

    def __init__(self, place: Place) -> None:
        self._version, self._queries = place.version, place.project.queries
        self._store = LocalStore(self._version.store)
        self._settings = Settings(root=place.root)
        self._file = place.scratch / versions.INDEX

    def extract(self, limit: float) -> Timing:
        """Return the times of reading every part out of the built store."""

        def run() -> None:
            index = Index(self._store, self._queries)
            arrays, tables = names(sources_of(index.dimensions))
            for name in arrays:
                index.parts.array(name)
            for name in tables:
                index.parts.table(name)

        return repeated(run, limit, least=1, most=3)

    def write(self, limit: float) -> Timing:
        """Return the times of writing the index that is open into a file."""
        index = Index(self._store, self._queries)
        write(index.parts, sources_of(index.dimensions), self._file, self._version.id)
        return repeated(
            lambda: write(index.parts, sources_of(index.dimensions), self._file, self._version.id), limit, most=5
        )

    def open(self, limit: float) -> Timing:
        """Return the times of opening the index from its file, as each process does."""
        return repeated(lambda: open_index(self._file, self._version.id, self._store, self._queries), limit)

    def begin(self, limit: float) -> Timing:
        """Return the times of opening the built version with store and index, as each process does."""
        return repeated(lambda: open_observatory(self._settings).index, limit)

    def change(self, limit: float) -> Timing:
        """Return the times of bringing the index up to date where one practice changed."""
        index = open_index(self._file, self._version.id, self._store, self._queries)
        changed = index.practices[len(index.practices) // 2]
        return repeated(lambda: updated(index, self._store, self._queries, [changed]), limit)


def serving(place: Place, limit: float) -> dict[str, int]:
    """Return the resident memory of `dgekg serve` after some pages: the process, what it maps, those it started.

    Raises:
        TimeoutError: it does not answer within `limit` seconds.
    """
    with _served(place) as (process, address):
        ends = time.perf_counter() + limit
        for path in ("/health", *_PAGES, _ASKED):
            while True:
                try:
                    with urllib.request.urlopen(address + path, timeout=max(1.0, ends - time.perf_counter())) as answer:
                        answer.read()
                    break
                except (OSError, TimeoutError) as error:
                    if time.perf_counter() > ends or process.poll() is not None:
                        raise TimeoutError(f"{path}: {error}") from error
                    time.sleep(0.1)
        started = sum(resident(child) or 0 for child in _children(process.pid))
        mapped = resident(process.pid, "RssFile") or 0
        return {"process": resident(process.pid) or 0, "mapped": mapped, "started": started}


@contextlib.contextmanager
def _served(place: Place) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "dgekg"), "serve", "--port", str(port)],
        env={**os.environ, "DGEKG_ROOT": str(place.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _children(pid: int) -> list[int]:
    lists = sorted(Path(f"/proc/{pid}/task").glob("*/children"))
    try:
        own = [int(part) for one in lists for part in one.read_text(encoding="ascii").split()]
    except OSError:
        return []
    return own + [one for child in own for one in _children(child)]
