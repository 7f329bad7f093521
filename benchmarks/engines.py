"""The engines that are measured: each is made in a process of its own, asked the same, and gives the same counts."""

from __future__ import annotations

import csv
import io
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, parse

from benchmarks import tasks
from benchmarks.measure import Timing, repeated, resident
from benchmarks.place import Place
from benchmarks.tasks import Counts, Task
from dgekg import identifiers

_HEAD = identifiers.dimension("x")[:-1]


class Engine(Protocol):
    """One engine; `prepared` text and `run` are measured together, reading counts out of the answer is not."""

    def prepare(self, task: Task) -> str: ...
    def run(self, prepared: str) -> Sequence[Any]: ...
    def counts(self, task: Task, rows: Sequence[Any]) -> Counts: ...


class Measured:
    """Calls of an engine from another process: the answer first, then its time."""

    def __init__(self, make: Callable[[Place], Engine], place: Place) -> None:
        self._engine = make(place)

    def answer(self, task: Task) -> tuple[float, Counts]:
        """Return how long the first answer took, and its counts."""
        prepared = self._engine.prepare(task)
        start = time.perf_counter()
        rows = self._engine.run(prepared)
        seconds = time.perf_counter() - start
        return seconds, self._engine.counts(task, rows)

    def timing(self, task: Task, limit: float) -> Timing:
        """Return the times of further answers."""
        prepared = self._engine.prepare(task)
        return repeated(lambda: self._engine.run(prepared), limit)

    def memory(self) -> int:
        """Return the resident memory of the engine in bytes, 0 where the system does not tell it."""
        return resident(getattr(self._engine, "pid", 0)) or 0


class _Sparql:
    """What all SPARQL engines share."""

    def __init__(self, place: Place) -> None:
        self.queries = place.project.queries
        self.facets = tasks.facets_of(facet_dimensions(place))

    def prepare(self, task: Task) -> str:
        return tasks.sparql(task, self.queries, self.facets)

    def counts(self, task: Task, rows: Sequence[Any]) -> Counts:
        width = len(task.dimensions) or 2
        return {
            tuple(_text(term) for term in row[:width]): tuple(int(_text(term)) for term in row[width:]) for row in rows
        }


class Embedded(_Sparql):
    """pyoxigraph over the store on disk that the build wrote, read-only."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.store = self.opened(place)

    def opened(self, place: Place) -> Store:
        return Store.read_only(str(place.version.store))

    def run(self, prepared: str) -> Sequence[Any]:
        found = self.store.query(prepared, use_default_graph_as_union=True)
        assert isinstance(found, QuerySolutions)
        return [tuple(row) for row in found]


class InMemory(Embedded):
    """pyoxigraph with everything in memory."""

    def opened(self, place: Place) -> Store:
        store = Store()
        store.bulk_load(path=str(place.version.dump), format=RdfFormat.N_QUADS)
        return store


class Server(_Sparql):
    """The `oxigraph` server over the same store, asked over HTTP for CSV."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        program = Path(sys.executable).parent / "oxigraph"
        command = [str(program), "serve-read-only", "--location", str(place.version.store), "--union-default-graph"]
        self._process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.pid, self._address = self._process.pid, f"http://127.0.0.1:{port}/query"
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the oxigraph server did not begin to listen")

    def run(self, prepared: str) -> Sequence[Any]:
        data = urllib.parse.urlencode({"query": prepared}).encode()
        request = urllib.request.Request(self._address, data, {"Accept": "text/csv"})
        with urllib.request.urlopen(request) as answer:
            return list(csv.reader(io.TextIOWrapper(answer, encoding="utf-8")))[1:]


class Rdflib(_Sparql):
    """rdflib with the same statements in one graph in memory."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        import rdflib

        from dgekg.shapes import to_rdflib

        quads = parse(path=str(place.version.dump), format=RdfFormat.N_QUADS)
        self.graph: rdflib.Graph = to_rdflib(quad.triple for quad in quads)

    def run(self, prepared: str) -> Sequence[Any]:
        return list(self.graph.query(prepared))


def facet_dimensions(place: Place) -> tuple[str, ...]:
    """Return the names of all dimensions, in the order of their file."""
    from dgekg.index import dimensions

    return tuple(dimensions(place.project.queries))


def _text(term: Any) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)
