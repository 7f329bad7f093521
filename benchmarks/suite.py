"""All measurements of one size, each engine in a process of its own, each measurement within its limit."""

from __future__ import annotations

import importlib.util
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import search, steps, writer
from benchmarks.engines import Embedded, Engine, InMemory, Measured, Rdflib, Server
from benchmarks.generate import generate
from benchmarks.measure import Apart, Stopped, Timing, apart
from benchmarks.ours import GAPS, Ours
from benchmarks.place import Place
from benchmarks.results import Line, agree
from benchmarks.tasks import TASKS, Counts, Task

OURS, BYTES = "dgekg", "bytes once"
NOT_TRIED = "not tried"
SPARQL: dict[str, Callable[[Place], Engine]] = {
    "pyoxigraph, memory": InMemory,
    "pyoxigraph, disk": Embedded,
    "oxigraph server": Server,
    "rdflib": Rdflib,
}
DUCK = "DuckDB"
ENGINES = (*SPARQL, DUCK)
INDEXING = (
    ("extract the index from the store", "extract"),
    ("write the index to its file", "write"),
    ("open the index from its file", "open"),
    ("open the version: store and index", "begin"),
    ("index after one changed practice", "change"),
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds after which a measurement, a load and a build are stopped; how many builds follow the first."""

    measure: float = 60.0
    load: float = 180.0
    build: float = 1800.0
    changes: int = 3


class Searching:
    """Measures the full-text search of the built version."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def measured(self) -> search.Measured:
        """Return what writing, opening and searching took."""
        return search.measure(self._place.version.path, self._place.project.queries)


class Suite:
    """Measures one size.

    Args:
        place: an empty folder for the project, and one for what engines write.
        size: how many practices.
        engines: names of the engines to compare with.
        limits: when to stop.
        seed: of the generated project.
        say: told what is going on.
        ready: copies what makes a first build quick (tests); nothing by default.
        hopeless: engine and task that were not done within their limit at a smaller size, and are not tried again;
            those of this size are added.
    """

    def __init__(
        self,
        place: Place,
        size: int,
        engines: Sequence[str],
        limits: Limits,
        seed: int,
        say: Say,
        ready: Callable[[], Any] | None = None,
        hopeless: set[tuple[str, str]] | None = None,
    ) -> None:
        self.place, self.size, self.engines, self.limits, self.seed = place, size, engines, limits, seed
        self.say, self.ready = say, ready
        self.hopeless = set() if hopeless is None else hopeless
        self.lines: list[Line] = []
        self.truth: dict[str, Counts] = {}

    def run(self, **options: Any) -> list[Line]:
        """Measure everything and return the lines.

        Raises:
            Disagreement: an engine counts otherwise than we do.
            Stopped: our own part fails or is not done within its limit.
        """
        self._generate(**options)
        self._builds()
        self._index()
        self._search()
        self._writer()
        self._ours()
        for name in self.engines:
            self.measure(name)
        self._serving()
        return self.lines

    def _line(self, part: str, name: str, **known: Any) -> Line:
        line = Line(self.size, part, name, **known)
        self.lines.append(line)
        return line

    def _generate(self, **options: Any) -> None:
        self.say("generate")
        start = time.perf_counter()
        generate(self.place.root, self.size, self.seed, **options)
        self._line("files", "generate", times={OURS: Timing((time.perf_counter() - start,))})
        if self.ready:
            self.ready()

    def _builds(self) -> None:
        self.say("first build")
        seconds, parts, quads = self._built()
        files = sum(1 for _ in self.place.project.data.rglob("*.ttl"))
        note = f"{files:,} files, {quads:,} statements"
        self._line("build", "first build", times={OURS: Timing((seconds,))}, note=note)
        for name, taken in parts.items():
            self._line("build", f"first build: {name}", times={OURS: Timing((taken,))})
        self.say("builds after one change")
        again = []
        for number in range(self.limits.changes):
            steps.change(self.place, number)
            again.append(self._built())
        self._line("build", "build after one change", times={OURS: Timing(tuple(one[0] for one in again))})
        for name in parts:
            taken_again = tuple(one[1].get(name, 0.0) for one in again)
            self._line("build", f"build after one change: {name}", times={OURS: Timing(taken_again)})

    def _built(self) -> tuple[float, dict[str, float], int]:
        with apart(steps.Builder, self.place, limit=self.limits.build) as builder:
            found: tuple[float, dict[str, float], int] = builder.call("build", limit=self.limits.build)
        return found

    def _index(self) -> None:
        self.say("index")
        with apart(steps.Indexing, self.place, limit=self.limits.load) as indexing:
            for name, call in INDEXING:
                timing = indexing.call(call, self.limits.load, limit=2 * self.limits.load)
                self._line("index", name, times={OURS: timing})

    def _search(self) -> None:
        self.say("search")
        with apart(Searching, self.place, limit=self.limits.load) as searching:
            found = searching.call("measured", limit=self.limits.load)
        size = f"{found.entries:,} entries, {found.size / 2**20:.1f} MiB"
        for name, seconds in (("read for search", found.reading), ("write search", found.writing)):
            self._line("search", name, times={OURS: Timing((seconds,))}, note=size)
        self._line("search", "open search", times={OURS: Timing((found.opening,))})
        for name, one in found.searches.items():
            timing = Timing(tuple(taken / 1e3 for taken in one.milliseconds))
            note = f"such as “{one.example}”: {one.found:,} found; 95 % within {one.high:.2f} ms"
            self._line("search", f"search, {name}", times={OURS: timing}, note=note)

    def _writer(self) -> None:
        self.say("writer")
        copy = self.place.scratch / "written"  # it changes the files
        for name in ("ontology", "shapes", "queries", "data"):
            shutil.copytree(self.place.root / name, copy / name)
        copy.joinpath("build").mkdir()
        shutil.copy(self.place.root / "build" / ".clean", copy / "build")
        try:
            with apart(writer.Writing, copy, limit=self.limits.build) as writing:
                self.lines += writing.call("measured", self.size, limit=self.limits.load)
        finally:
            shutil.rmtree(copy)

    def _ours(self) -> None:
        self.say(OURS)
        limit = self.limits.measure
        with apart(Ours, self.place, limit=self.limits.load) as ours:
            for task in TASKS:
                first, self.truth[task.name] = ours.call("answer", task, limit=limit)
                line = self._line("views", task.name)
                line.times[OURS] = ours.call("timing", task, limit, limit=2 * limit)
                line.times["first"] = Timing((first,))
                line.times[BYTES], held = ours.call("reading", task, limit, limit=4 * limit)
                line.memory[BYTES] = held
                if not task.alone:
                    cells = ours.call("cells", task, limit=limit)
                    line.note = f"{cells:,} cells" if cells else f"{len(self.truth[task.name]):,} values"
                if task.dimensions and not task.alone:
                    line.times["whole"] = ours.call("whole", task, limit, limit=2 * limit)
            for name in GAPS:
                first, timing, note = ours.call("gaps", name, limit, limit=3 * limit)
                self._line("gaps", name, times={OURS: timing, "first": first}, note=note)
            self._line("memory", "a process that answers views and gaps", memory={OURS: ours.memory() or 0})

    def measure(self, name: str) -> None:
        """Measure one engine; one that was stopped is made again for the next question."""
        self.say(name)
        line = self._line("memory", f"load {name}")
        made = self._made(name, line)
        held: Apart | None = None
        try:
            for task in TASKS:
                times = next(one for one in self.lines if one.name == task.name).times
                times[name] = Timing((), NOT_TRIED)
                if made is None or (name, task.name) in self.hopeless:
                    continue
                try:
                    held = held or self._loaded(name, made, line)
                    times[name] = self._timed(held, name, task)
                except Stopped as stopped:
                    self.hopeless.add((name, task.name))
                    if name in line.memory:
                        times[name] = Timing((), str(stopped))
                    else:  # it could not even be made
                        line.times[name], made = Timing((), str(stopped)), None
                        self.hopeless |= {(name, one.name) for one in TASKS}
                    if held is not None:
                        held.stop()
                    held = None
            if held is not None:
                line.memory[name] = max(line.memory[name], (held.memory() or 0) + held.call("memory", limit=10))
        finally:
            if held is not None:
                held.stop()

    def _loaded(self, name: str, made: Callable[[Place], Engine], line: Line) -> Apart:
        held = Apart(Measured, made, self.place)
        try:
            ready = held.ready(self.limits.load)
        except Stopped:
            held.stop()
            raise
        line.times.setdefault(name, Timing((ready,)))
        line.memory.setdefault(name, held.memory() or 0)
        return held

    def _made(self, name: str, line: Line) -> Callable[[Place], Engine] | None:
        """Return what makes an engine; None where there is nothing to be asked of it, or it is not installed."""
        if all((name, task.name) in self.hopeless for task in TASKS):
            return None
        if name in SPARQL:
            return SPARQL[name]
        if importlib.util.find_spec("duckdb") is None:
            line.times[name] = Timing((), "not installed")
            return None
        from benchmarks.duck import Duck, Writer

        try:
            with apart(Writer, self.place, limit=self.limits.load) as writer:
                line.note = f"{writer.call('write', limit=self.limits.load):,} pairs"
        except Stopped as stopped:
            line.times[name] = Timing((), str(stopped))
            return None
        return Duck

    def _timed(self, held: Apart, name: str, task: Task) -> Timing:
        """Return the times of an engine, its counts being ours."""
        limit = self.limits.measure
        first, counts = held.call("answer", task, limit=limit)
        agree(task, name, counts, self.truth[task.name])
        if first > limit / 3:
            return Timing((first,), "one run")
        timing: Timing = held.call("timing", task, limit, limit=2 * limit)
        return timing

    def _serving(self) -> None:
        self.say("serving process")
        try:
            held = steps.serving(self.place, self.limits.load)
        except TimeoutError as error:
            self._line("memory", "dgekg serve", note=f"not measured: {error}")
            return
        note = f"{held['mapped'] / 2**20:.0f} MiB of it are parts of files that are mapped"
        self._line("memory", "dgekg serve, the process that answers", memory={OURS: held["process"]}, note=note)
        self._line("memory", "dgekg serve, those that hold the store for SPARQL", memory={OURS: held["started"]})
