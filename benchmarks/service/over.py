"""A service asked without pause while a new version is built every minute: `python -m benchmarks.service.over`.

A record's title is changed before each build and says which build that is. An answer is *failed* where it is not a
200, and *mixed* where what it says of its version and the title that it shows belong to two builds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.service.load import Ask, Load, loaded
from benchmarks.service.served import OURS, Served, served
from benchmarks.service.speaking import Answer
from dgekg import versions
from dgekg.settings import Project, Settings

_TITLE = re.compile(r'(dct:title "[^"@]*?)(?: \(build \d+\))?"@en')
_SHOWN = re.compile(rb"\(build (\d+)\)")
_VERSION = re.compile(rb"\b[0-9a-f]{16}\b")


@dataclass(slots=True)
class Endured:
    """What became of it.

    Attributes:
        load: all answers; what was wrong, counted.
        builds: versions built while it ran, each with the number that its title shows.
        memory: bytes that the service's processes held, with the second.
        seen: answers by the build that they showed.
    """

    load: Load
    builds: dict[str, int]
    memory: list[tuple[float, int]] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)


def endured(project: Project, scratch: Path, minutes: float, every: float = 60.0, clients: int = 4) -> Endured:
    """Ask a service for so many minutes while new versions are built.

    Args:
        project: is changed; not the one that others work on.
        scratch: folder for the log.
        minutes: how long.
        every: seconds from one build to the next.
        clients: how many ask at once.
    """
    record = sorted((project.data / "practices").glob("*.ttl"))[0]
    builds = {_built(project, record, 0): 0}
    with served(OURS, project, scratch) as service:
        return asyncio.run(_endured(project, record, service, builds, 60 * minutes, every, clients))


async def _endured(
    project: Project, record: Path, service: Served, builds: dict[str, int], seconds: float, every: float, clients: int
) -> Endured:
    found = Endured(Load(), builds)
    answers: list[tuple[bytes, bytes]] = []

    def check(answer: Answer) -> str:
        if answer.status != 200:
            return f"status {answer.status}"
        shown = _SHOWN.search(answer.body)
        if shown and (version := _version(answer)):
            answers.append((version, shown[1]))
        return ""

    slug = record.stem
    asked = [
        Ask(f"/id/practice/{slug}.html", "text/html"),
        Ask(f"/id/practice/{slug}.json", "application/json"),
        Ask("/api/practices?limit=500"),
        Ask("/practices", "text/html"),
        Ask("/api/coverage?rows=stage&cols=group"),
        Ask("/gaps", "text/html"),
        Ask("/sparql", "text/csv", (("query", "SELECT ?t WHERE { ?s <http://purl.org/dc/terms/title> ?t } LIMIT 5"),)),
    ]
    building = asyncio.create_task(_building(project, record, builds, seconds, every))
    watching = asyncio.create_task(_watching(service, found.memory, seconds))
    found.load = await loaded(service.address, asked, clients, seconds, check, pause=0.02, warm=0)
    await asyncio.gather(building, watching)
    named = {version.encode(): number for version, number in builds.items()}
    for version, number in answers:
        found.seen[int(number)] += 1
        if named.get(version) != int(number):
            found.load.wrong["mixed"] += 1
    return found


def _version(answer: Answer) -> bytes:
    said = answer.headers.get("x-dgekg-version", "").encode()
    if said:
        return said
    if answer.headers.get("content-type", "").partition(";")[0].endswith("json"):
        return str(json.loads(answer.body).get("version", "")).encode()
    found = _VERSION.search(answer.body)
    return found[0] if found else b""


async def _building(project: Project, record: Path, builds: dict[str, int], seconds: float, every: float) -> None:
    begun = time.monotonic()
    for number in range(1, int(seconds // every) + 1):
        await asyncio.sleep(max(0.0, begun + every * (number - 0.5) - time.monotonic()))
        builds[await asyncio.to_thread(_built, project, record, number)] = number


def _built(project: Project, record: Path, number: int) -> str:
    text = record.read_text("utf-8")
    record.write_text(_TITLE.sub(rf'\1 (build {number})"@en', text, count=1), "utf-8")
    command = [str(Path(sys.executable).parent / "dgekg"), "build", "--record"]
    environment = {**os.environ, "DGEKG_ROOT": str(project.root)}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return versions.current(project.build).id


async def _watching(service: Served, memory: list[tuple[float, int]], seconds: float) -> None:
    begun = time.monotonic()
    while (now := time.monotonic() - begun) < seconds:
        memory.append((now, await asyncio.to_thread(service.memory)))
        await asyncio.sleep(5)


def text(found: Endured) -> str:
    """Return what to tell."""
    mib = [round(held / 2**20) for _second, held in found.memory]
    fifth = max(1, len(mib) // 5)
    early, late = (sorted(part)[len(part) // 2] for part in (mib[fifth : 2 * fifth] or mib, mib[-fifth:]))
    wrong = ", ".join(f"{count:,} {what}" for what, count in found.load.wrong.most_common()) or "none"
    return (
        f"{len(found.load.took):,} answers in {found.load.seconds / 60:.0f} minutes, {len(found.builds) - 1} new "
        f"versions; failed or mixed: {wrong}. {sum(found.seen.values()):,} answers showed which build they are of, of "
        f"{len(found.seen)} builds. p50 {found.load.percentile(50) * 1e3:.1f} ms, p99 "
        f"{found.load.percentile(99) * 1e3:.0f} ms. Memory of all its processes (proportional): "
        f"{mib[0]} MiB at the start; the median of the second fifth {early}, of the last {late}, the most {max(mib)}."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.over")
    parser.add_argument("--minutes", type=float, default=10.0)
    chosen = parser.parse_args(arguments)
    shipped = Settings.read().project()
    with tempfile.TemporaryDirectory(prefix="dgekg-over-") as folder:
        for name in ("ontology", "shapes", "queries", "data"):
            shutil.copytree(shipped.root / name, Path(folder) / "project" / name)
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        print(text(endured(Project.at(Path(folder) / "project"), scratch, chosen.minutes)))


if __name__ == "__main__":
    main()
