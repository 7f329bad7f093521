"""Measure what our answers cost beside other engines: `python -m benchmarks.run --sizes 1000,10000`, or `make bench`.

For each size: a project is generated and built, its index made and opened; then views, facets, gap lists and memory
are measured, and the same questions are put to the other engines. Before an engine is timed, its counts have to be
ours. What is not done within its limit says so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.place import Place
from benchmarks.results import Line
from benchmarks.suite import ENGINES, Limits, Suite

_BEGIN, _END = "measured", "end of what was measured"
_PACKAGES = ("numpy", "pyoxigraph", "oxigraph", "rdflib", "duckdb")


def run(
    sizes: Sequence[int],
    folder: Path,
    engines: Sequence[str] = ENGINES,
    limits: Limits | None = None,
    seed: int = 1,
    say: Callable[[str], None] = print,
    ready: Callable[[Place], Any] | None = None,
    kept: Callable[[list[Line]], Any] = lambda _lines: None,
    **options: Any,
) -> tuple[list[Line], dict[str, Any]]:
    """Measure some sizes; return the lines, and what they were measured on.

    Args:
        sizes: numbers of practices.
        folder: new or empty; each size gets a folder in it.
        engines: names of the engines to compare with, of `ENGINES`.
        limits: when to stop.
        seed: of the generated projects.
        say: told what is going on.
        ready: called with the place of a generated project before it is built (tests).
        kept: told after each size what was measured until then.
        options: further options of `generate`.
    """
    lines: list[Line] = []
    hopeless: set[tuple[str, str]] = set()
    for size in sorted(sizes):
        place = Place(folder / str(size), folder / f"{size}-engines")
        place.scratch.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()

        def told(step: str, size: int = size, began: float = began) -> None:
            say(f"{size:,} practices, {time.perf_counter() - began:.0f} s: {step}")

        call = (lambda place=place: ready(place)) if ready else None
        lines += Suite(place, size, engines, limits or Limits(), seed, told, call, hopeless).run(**options)
        told("done")
        kept(lines)
    return lines, about(seed)


def about(seed: int) -> dict[str, Any]:
    """Return what the measurements depend on besides the sizes."""
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "seed": seed,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "packages": versions,
    }


def written(lines: Sequence[Line], known: dict[str, Any]) -> str:
    """Return the tables, and on what they were measured."""
    packages = ", ".join(f"{name} {version}" for name, version in known["packages"].items())
    head = (
        f"Measured on {known['date']} with seed {known['seed']}: {known['processors']} processors ({known['machine']}, "
        f"{known['system']}), Python {known['python']}, {packages}. Medians, ± half the distance of the quartiles."
    )
    grown = report.growth(lines)
    parts = [head, report.table(lines), *(["How the cost grows:", grown] if grown else [])]
    return "\n\n".join(parts)


def put_into(document: Path, text: str, what: str = "") -> None:
    """Put text between the marks of a document, or at its end; a new document holds nothing else.

    Args:
        document: the file.
        text: what was measured.
        what: tells apart the marks of several texts in one document.
    """
    begin, end = (f"<!-- {mark}{': ' + what if what else ''} -->" for mark in (_BEGIN, _END))
    block = f"{begin}\n\n{text}\n\n{end}\n"
    old = document.read_text(encoding="utf-8") if document.exists() else ""
    if begin in old and end in old:
        before, rest = old.split(begin, 1)
        block = before + block + rest.split(end, 1)[1].lstrip("\n")
    else:
        block = f"{old}\n{block}" if old else block
    document.write_text(block, encoding="utf-8")


def main() -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", default="1000,10000", help="numbers of practices, by commas (default 1000,10000)")
    parser.add_argument("--engines", default=",".join(e for e in ENGINES), help="by commas; empty for ours alone")
    parser.add_argument("--limit", type=float, default=Limits().measure, help="seconds for one measurement")
    parser.add_argument("--load-limit", type=float, default=Limits().load, help="seconds for loading an engine")
    parser.add_argument("--changes", type=int, default=Limits().changes, help="builds after the first one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="document to put the tables into (default: print them)")
    parser.add_argument("--json", type=Path, help="file for all results")
    parser.add_argument("--join", type=Path, nargs="*", default=[], help="results of other sizes for the same tables")
    parser.add_argument("--folder", type=Path, help="where the projects stay (default: nowhere)")
    chosen = parser.parse_args()
    known = {name.replace(", ", " "): name for name in ENGINES}
    engines = [known[name.strip()] for name in chosen.engines.replace(", ", " ").split(",") if name.strip()]
    sizes = [int(size) for size in chosen.sizes.split(",")]
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="dgekg-bench-"))
    limits = Limits(chosen.limit, chosen.load_limit, changes=chosen.changes)

    def kept(lines: list[Line]) -> None:
        if chosen.json:
            chosen.json.write_text(json.dumps(report.as_json(lines, about(chosen.seed)), indent=1) + "\n", "utf-8")

    try:
        lines, on = run(sizes, folder, engines, limits, chosen.seed, kept=kept)
    finally:
        if chosen.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    others = [line for file in chosen.join for line in report.of_json(json.loads(file.read_text("utf-8")))]
    lines = sorted([*others, *lines], key=lambda line: line.size)  # those of a size stay in their order
    text = written(lines, on)
    if chosen.out:
        put_into(chosen.out, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
