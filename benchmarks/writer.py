"""The resident writer measured: `python -m benchmarks.writer FOLDER` on a copy of a project, which it changes."""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Timing, resident
from benchmarks.results import Line
from benchmarks.steps import AS_OF
from dgekg.coverage import View, compute
from dgekg.settings import Project
from dgekg.writer import Applied, Writer

OURS = "dgekg"
NAME = "one changed record: validated, derived, indexed, searchable"
_EACH, _USED = 6, 8  # changes of each kind; practices that one of each may take
_HEAD = " a dgekg:Practice ;\n"
_SAID = {
    "a lever more": "    dgekg:lever <scheme/lever/procurement> ;\n",
    "a stage more": "    dgekg:actsAtStage <scheme/stage/retirement> ;\n",
    "a field of use more": "    dgekg:applicationSector <scheme/application-sector/health> ;\n",
}
Texts = dict[Path, str | bytes | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one file, of some kind."""

    kind: str
    texts: Texts


class Writing:
    """Measures changes of a project, each of another practice; each is written, as a reviewer's decision is.

    Args:
        root: folder of the project; it is changed.
        seed: decides which practices are changed.
    """

    def __init__(self, root: Path, seed: int = 1) -> None:
        self._project = Project.at(root)
        start = time.perf_counter()
        self._writer = Writer(self._project, AS_OF)
        gc.collect()
        gc.freeze()  # as whoever keeps a writer for long does
        self.opening = time.perf_counter() - start
        self._files = sorted((self._project.data / "practices").glob("generated-*.ttl"))
        random.Random(seed).shuffle(self._files)

    def measured(self, size: int) -> list[Line]:
        """Return the lines of the table: changes of one practice in all, by kind and by step.

        Raises:
            RuntimeError: a change was refused, or everything was read anew for it.
        """
        taken: dict[str, list[float]] = {}
        steps: dict[str, list[float]] = {}
        for number, change in enumerate(self._changes()):
            seconds = self._one(change.texts)
            if number < 2:
                continue  # the first ones read what later ones have at hand
            taken.setdefault(change.kind, []).append(sum(seconds.values()) - seconds["write"])
            for step, one in seconds.items():
                steps.setdefault(step, []).append(one)
        every = [one for some in taken.values() for one in some]
        held = (resident(os.getpid()) or 0) / 2**20
        note = f"{len(every)} changes, the slowest {max(every) * 1e3:.0f} ms; memory {held:.0f} MiB"
        lines = [Line(size, "writer", "start a writer", times={OURS: Timing((self.opening,))})]
        lines.append(Line(size, "writer", NAME, times={OURS: Timing(tuple(every))}, note=note))
        for kind, some in taken.items():
            lines.append(Line(size, "writer", f"one changed record: {kind}", times={OURS: Timing(tuple(some))}))
        for step, some in steps.items():
            lines.append(Line(size, "writer", f"one changed record, step: {step}", times={OURS: Timing(tuple(some))}))
        return lines

    def _one(self, texts: Texts) -> dict[str, float]:
        """Make a change, count and search in what is now, and write it; return the seconds of each step."""
        start = time.perf_counter()
        applied = self._writer.apply(texts)
        _fine(applied)
        given = time.perf_counter()
        compute(applied.index, View(("stage", "group")), AS_OF)
        counted = time.perf_counter()
        applied.search.find("audit", limit=20)
        found = time.perf_counter()
        self._writer.commit(applied)
        written = time.perf_counter()
        rest = given - start - sum(applied.seconds.values())
        return {
            **applied.seconds,
            "the rest": rest,
            "first count (stage x group)": counted - given,
            "first search": found - counted,
            "write": written - found,
        }

    def _changes(self) -> Iterator[Change]:
        files = iter(self._files)
        for _ in range(max(1, min(_EACH, len(self._files) // _USED))):
            for kind, line in _SAID.items():
                path, text = _without(files, line)
                yield Change(kind, {path: text.replace(_HEAD, _HEAD + line, 1)})
            path = next(files)
            text = path.read_text(encoding="utf-8").replace('dct:title "', 'dct:title "Renamed: ')
            yield Change("another title", {path: text})
            path = next(files)
            fresh = path.with_name(f"{path.stem}-more.ttl")
            text = path.read_text(encoding="utf-8").replace(path.stem, fresh.stem)
            made = text.replace("example.org/", "example.org/more/").replace('dct:title "', 'dct:title "Elsewhere: ')
            yield Change("a new practice", {fresh: made})
            yield Change("a practice gone", {fresh: None})

    def close(self) -> None:
        """Let another writer begin."""
        self._writer.close()


def measure(folder: Path, size: int = 0, seed: int = 1) -> list[Line]:
    """Measure the writer of a project, and leave the project changed.

    Args:
        folder: of the project, which conforms as of `steps.AS_OF`.
        size: how many practices it is said to have; 0 counts them.
        seed: decides which practices are changed.
    """
    writing = Writing(folder, seed)
    try:
        return writing.measured(size or sum(1 for _ in (folder / "data" / "practices").glob("*.ttl")))
    finally:
        writing.close()


def _without(files: Iterator[Path], line: str) -> tuple[Path, str]:
    for path in files:
        text = path.read_text(encoding="utf-8")
        if line.split("<")[1] not in text:
            return path, text
    raise RuntimeError("no practice is left to change")


def _fine(applied: Applied) -> None:
    if not applied.accepted or applied.whole:
        raise RuntimeError(applied.whole or "; ".join(finding.text() for finding in applied.findings[:3]))


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writer", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="a project that may be changed")
    for line in measure(parser.parse_args().folder):
        seconds = line.times[OURS].seconds
        high = statistics.quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
        print(f"{line.name:60} {statistics.median(seconds) * 1e3:9.1f} ms, 95 % {high * 1e3:9.1f} ms  {line.note}")


if __name__ == "__main__":
    main()
