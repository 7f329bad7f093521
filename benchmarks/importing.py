"""What an import of a table costs: read, matched, validated and written, by the number of rows.

    python -m benchmarks.importing 1000 5000 20000 [--faults 0.05] [--once]

A copy of the project gets a CSV of made-up rows (not data: they are thrown away), some with faults and some twice.
Printed for each size: seconds, rows a second, the most memory that the process held by the first tenth of the rows and
in all, and what became of the rows.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dgekg.importers import mapping, running, sidecar
from dgekg.importers.task import How, Task
from dgekg.settings import Project

ROOT = Path(__file__).resolve().parents[1]
HEAD = [
    "Id",
    "Title",
    "Description",
    "Organisation",
    "Sector of the organisation",
    "Kind",
    "Lever",
    "Stage",
    "For whom",
    "Where",
    "Link",
    "What the page shows",
    "Opened on",
    "Language of the page",
]
WORDS = [
    "open",
    "audit",
    "benchmark",
    "corpus",
    "speech",
    "hiring",
    "credit",
    "school",
    "clinic",
    "village",
    "harbour",
    "forest",
    "youth",
    "elder",
    "network",
    "training",
    "guide",
    "review",
    "panel",
    "index",
    "fund",
    "mentor",
    "studio",
    "archive",
    "court",
    "remedy",
    "method",
    "survey",
    "dialogue",
    "charter",
    "lab",
    "market",
]
KINDS = ("audit", "dataset", "guideline", "education-programme", "tool", "community-network")
LEVERS = ("research-measurement-data", "education-skills", "technical-measure", "participation-organising")
STAGES = ("data", "design", "verification-validation", "deployment", "enabling-environment")
GROUPS = ("women", "girls", "persons-with-disabilities", "rural-women", "older-people", "everyone")
PLACES = ("404", "124", "076", "356", "276", "554", "014", "001")
SOURCE = "title: Made up\npublisher: benchmark\naddress: https://example.org/\naccessed: 2026-01-01\n"
LICENCE = "licence: https://creativecommons.org/publicdomain/zero/1.0/\n"


def table(path: Path, rows: int, faults: float, seed: int = 1) -> None:
    """Write a table; a share of its rows has a word that no scheme knows, every hundredth comes twice."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number in range(rows):
            same = number % 100 == 99
            told = number - 1 if same else number
            words = random.Random(told).sample(WORDS, 5)
            row = [
                str(number),
                f"{' '.join(words).capitalize()} {told}",
                f"What is done: {' '.join(words)}, for people who asked for it.",
                f"Organisation {told % max(rows // 20, 1)}",
                "research",
                chance.choice(KINDS),
                chance.choice(LEVERS),
                "dta" if chance.random() < faults else chance.choice(STAGES),
                "; ".join(chance.sample(GROUPS, 2)),
                chance.choice(PLACES),
                f"https://example.org/practice/{told}",
                "The page describes what is done.",
                "2026-01-01",
                "English",
            ]
            writer.writerow(row)


def one(rows: int, faults: float, once: bool) -> dict[str, object]:
    """Import one table into a copy of the project; unless once, feed it again."""
    held: dict[int, int] = {}

    def progress(_step: str, done: int, _total: int) -> None:
        held.setdefault(10 * done // rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        if sys.stderr.isatty():
            print(f"\r{done:,} of {rows:,}", end="", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="dgekg-benchmark-") as name:
        root = Path(name) / "project"
        for part in ("ontology", "shapes", "queries", "data"):
            shutil.copytree(ROOT / part, root / part)
        path = Path(name) / "table.csv"
        table(path, rows, faults)
        (Path(name) / "source.yaml").write_text(SOURCE + LICENCE, "utf-8")
        project = Project(root)
        read = mapping.load("plain-practices")
        today = dt.date(2026, 11, 22)
        source = sidecar.read(project, str(Path(name) / "source.yaml"), read.source, today)
        rounds = sorted(re.findall(r"^<id/(collection/[a-z0-9-]+)>", _scans(root), re.MULTILINE))
        how = How(today, round=rounds[0], licence=source.licence)
        start, busy = time.perf_counter(), time.process_time()
        done = running.run(Task(project, read, [path], source, how, progress=progress))
        seconds, busy = time.perf_counter() - start, time.process_time() - busy
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        found: dict[str, object] = {
            "rows": rows,
            "seconds": round(seconds, 1),
            "of these busy": round(busy, 1),
            "rows a second": round(rows / seconds),
            "MiB by the first tenth": held.get(1, most),
            "most MiB": most,
            **{k: v for k, v in done.states.items() if v},
        }
        if once:
            return found
        start, busy = time.perf_counter(), time.process_time()
        again = running.run(Task(project, read, [path], source, how))
        found["fed again, seconds"] = round(time.perf_counter() - start, 1)
        found["fed again, busy"] = round(time.process_time() - busy, 1)
        found["again"] = {k: v for k, v in again.states.items() if v}
    return found


def _scans(root: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((root / "data" / "scan").glob("*.ttl")))


def main() -> None:
    """Run each size in a process of its own, so that memory is its own too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--faults", type=float, default=0.02)
    parser.add_argument("--once", action="store_true", help="do not feed each table again")
    given = parser.parse_args()
    if len(given.sizes) == 1:
        print(json.dumps(one(given.sizes[0], given.faults, given.once)), flush=True)
        return
    for size in given.sizes:
        command = [
            sys.executable,
            "-m",
            "benchmarks.importing",
            str(size),
            "--faults",
            str(given.faults),
            *["--once"] * given.once,
        ]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
