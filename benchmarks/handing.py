"""How report, release and edition grow: `python -m benchmarks.handing 75 150 300 --out docs/benchmarks.md`.

Each size is a project with so many of the shipped practices and what they need (`benchmarks/shipped.py`). What is
measured runs alone in a process of its own, which is waited for: its processor time and that of what it started, wall
time, the most memory of one of its processes, and the bytes that it wrote. Beside it, in the same run, its peer: a bare
document of as many pages set by the same engine, or the same bytes packed as a zip file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.run import about, put_into
from benchmarks.shipped import some

_LOREM = "What is done, for whom, by whom, at which stage, on whose word, and what is missing. " * 9
_BARE = '#set page(paper: "a4")\n#set text(size: 10.5pt)\n'
_HEAD = ("what", "practices", "processor", "wall", "memory", "bytes", "each more: processor", "bytes", "peer")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds of the processor and of the wall, bytes of memory, bytes written."""

    busy: float
    wall: float
    memory: int
    written: int


@dataclass(frozen=True, slots=True)
class Row:
    """One thing at one size, with the processor time of its peer and what that is."""

    what: str
    size: int
    cost: Cost
    peer: float
    named: str


def apart(command: Sequence[str], root: Path, written: Path) -> Cost:
    """Run a command in a project and return what it took.

    Raises:
        RuntimeError: it failed.
    """
    start = time.perf_counter()
    private = root.parent / "private"
    environment = {**os.environ, "DGEKG_ROOT": str(root), "DGEKG_PRIVATE": str(private)}
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=told)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            raise RuntimeError(f"{' '.join(command)}: ended with {process.returncode}: {told.read()[-500:]}")
    wall = time.perf_counter() - start
    size = sum(path.stat().st_size for path in written.rglob("*") if path.is_file())
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024, size)


def measured(size: int, folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Measure all at one size; the project is made and built first, which is not measured."""
    root = some(folder / "project", size)
    dgekg = str(Path(sys.executable).parent / "dgekg")
    apart([dgekg, "build"], root, root / "build")
    found = []
    for what, command, peer, named in (
        ("report, English, four formats", ["report", "--language", "en", "--all"], _bare, "Typst, as many bare pages"),
        ("release without report", ["release", "--no-report", "--output"], _zipped, "zip of the same bytes"),
        ("edition", ["publish"], _zipped, "zip of the same bytes"),
    ):
        target = folder / what.partition(",")[0].replace(" ", "-")
        cost = apart([dgekg, *command, str(target)], root, target)
        found.append(Row(what, size, cost, _busy(peer, target), named))
        say(f"{size:,} practices: {what}: {cost.busy:.0f} s of processor time, {cost.written / 1e6:.1f} MB")
    return found


def _busy(run: Callable[[Path], object], target: Path) -> float:
    """Return the processor time that a call takes in this process, its threads included."""
    start = time.process_time()
    run(target)
    return time.process_time() - start


def _bare(target: Path) -> None:
    """Set a document of as many pages as the report has, with nothing but words."""
    import pikepdf
    import typst

    with pikepdf.open(next(target.glob("*.pdf"))) as found:
        pages = len(found.pages)
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "bare.typ"
        source.write_text(_BARE + "#pagebreak()\n".join(f"{_LOREM}\n\n{_LOREM}\n" for _ in range(pages)), "utf-8")
        typst.compile(str(source))


def _zipped(target: Path) -> None:
    with tempfile.TemporaryFile() as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(target.rglob("*")):
            archive.write(path, path.relative_to(target))


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table; what each further practice cost since the size before shows how it grows."""
    lines = [_HEAD, ("---",) * len(_HEAD)]
    before: Row | None = None
    for row in sorted(rows, key=lambda one: (list(dict.fromkeys(r.what for r in rows)).index(one.what), one.size)):
        cost, more, less = row.cost, "", ""
        if before is not None and before.what == row.what:
            further = row.size - before.size
            more = f"{(cost.busy - before.cost.busy) / further * 1e3:.0f} ms"
            less = f"{(cost.written - before.cost.written) / further / 1e3:.0f} kB"
        lines.append(
            (
                row.what,
                f"{row.size:,}",
                f"{cost.busy:.0f} s",
                f"{cost.wall:.0f} s",
                f"{cost.memory / 2**20:.0f} MiB",
                f"{cost.written / 1e6:.1f} MB",
                more,
                less,
                f"{cost.busy / row.peer:.1f} x {row.named} ({row.peer:.1f} s)",
            )
        )
        before = row
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def run(sizes: Sequence[int], say: Callable[[str], None] = print) -> str:
    """Measure all sizes and return the tables, with what they were measured on."""
    rows: list[Row] = []
    for size in sorted(sizes):
        folder = Path(tempfile.mkdtemp(prefix="dgekg-handing-"))
        try:
            rows += measured(size, folder, say)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    known, load = about(0), os.getloadavg()[2]
    head = (
        f"Measured on {known['date']}: {known['processors']} processors ({known['machine']}, {known['system']}), load "
        f"{load:.0f}, Python {known['python']}. One run each."
    )
    return f"{head}\n\n{table(rows)}"


def main() -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.handing", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--out", type=Path, help="document to put the table into (default: print it)")
    chosen = parser.parse_args()
    text = run(chosen.sizes)
    if chosen.out:
        put_into(chosen.out, text, "handing")
    else:
        print(text)


if __name__ == "__main__":
    main()
