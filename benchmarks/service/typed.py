"""What a keystroke's look-up costs in the forms of `/contribute`: `python -m benchmarks.service.typed [FOLDER]`.

Asks what the form asks ("already in?") for titles and addresses of practices of FOLDER (built; by default this project)
as they are typed, letter by letter, each once, so that nothing is answered from memory. Between any two a bare line of
FastAPI is asked, in the same run on the same machine: what no service in Python gets below.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.service.load import Ask, right
from benchmarks.service.served import HELLO, OURS, served
from benchmarks.service.speaking import Connection
from dgekg import forms
from dgekg.settings import Project

_LEAST = 4  # letters from which the form asks
_PRACTICES = 30
_GOAL = 0.1  # seconds
_MANY = 20  # answers from which a share of a hundred can be told


@dataclass
class Typed:
    """Seconds of each answer.

    Attributes:
        title: of look-ups by title.
        address: of look-ups by address.
        line: of the bare line, asked between them.
    """

    title: list[float] = field(default_factory=list)
    address: list[float] = field(default_factory=list)
    line: list[float] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Measure and print; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.typed", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path.cwd())
    parser.add_argument("--practices", type=int, default=_PRACTICES, help="of so many, spread over all")
    options = parser.parse_args(arguments)
    project = Project.at(options.folder)
    with tempfile.TemporaryDirectory() as scratch:
        found = measured(project, Path(scratch), options.practices)
    bare = statistics.median(found.line)
    print("| look-up | answers | median | 95 % below | x FastAPI, one line |\n| --- | --- | --- | --- | --- |")
    for name in ("title", "address", "line"):
        took = getattr(found, name)
        told = f"{1000 * statistics.median(took):.1f} ms | {1000 * within(took, 95):.1f} ms"
        print(f"| {name} | {len(took):,} | {told} | {statistics.median(took) / bare:.1f} |")
    return int(max(within(found.title, 95), within(found.address, 95)) > _GOAL)


def measured(project: Project, scratch: Path, practices: int) -> Typed:
    """Return what each answer took."""
    with served(OURS, project, scratch) as ours, served(HELLO, project, scratch) as line:
        return asyncio.run(_measured(project, practices, ours.address, line.address))


def within(took: list[float], share: int) -> float:
    """Return the seconds within which so many of a hundred answers came; the longest where there are few."""
    return max(took) if len(took) < _MANY else statistics.quantiles(took, n=100, method="inclusive")[share - 1]


async def _measured(project: Project, practices: int, ours: str, line: str) -> Typed:
    found = Typed()
    async with Connection(ours) as form, Connection(line) as bare:
        for kind, path in asked(project, practices):
            getattr(found, kind).append(await _timed(form, path))
            found.line.append(await _timed(bare, "/"))
    return found


async def _timed(connection: Connection, path: str) -> float:
    ask = Ask(path, "application/json")
    begun = time.perf_counter()
    answer = await connection.ask(ask.path, ask.headers)
    took = time.perf_counter() - begun
    wrong = right(answer)
    if wrong:
        raise OSError(f"{path}: {wrong}")
    return took


def asked(project: Project, practices: int) -> Iterator[tuple[str, str]]:
    """Yield what the form asks while titles and addresses are typed, each once: ("title" or "address", path)."""
    every = sorted((project.data / "practices").glob("*.ttl"))
    seen = set()
    for path in every[:: max(1, len(every) // practices)][:practices]:
        fields = forms.of(project).from_document(path.read_text("utf-8"))["fields"]
        title = str(fields["title"][0]["value"])
        texts = [("title", f"/api/search?kind=practice&limit=3&q={quote(title[:n], safe='')}")
                 for n in range(_LEAST, len(title) + 1)]  # fmt: skip
        address = str(fields["hasEvidence"][0]["fields"]["source"][0])
        begin = address.find("//") + 2
        texts += [("address", f"/api/lookup?url={quote(address[:n], safe='')}")
                  for n in range(address.find(".", begin) + 2, len(address) + 1)]  # fmt: skip
        for one in texts:
            if one not in seen:
                seen.add(one)
                yield one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
