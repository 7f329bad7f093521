"""Dumps: the quads of a store as sorted lines of N-Quads, the same bytes for the same graph, however large."""

from __future__ import annotations

import contextlib
import heapq
import mmap
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pyoxigraph import RdfFormat

from dgekg import processes
from dgekg.errors import StoreError
from dgekg.store.local import LocalStore, write_store

# Bytes of lines that are sorted at a time; in memory they take about one and a half times as much.
PORTION = 256 * 1024 * 1024
# From so many quads on, the start of further processes is worth its while.
MANY = 300_000


@contextlib.contextmanager
def writing(store: LocalStore, dump: Path, folder: Path) -> Iterator[Callable[[], int]]:
    """Write the dump of a store and a store on disk of it, beside what this process does meanwhile.

    Args:
        store: a store in memory.
        dump: the file to write.
        folder: the folder to write.

    Yields:
        a function that waits until both are there, and returns the number of quads.

    Raises:
        OSError: the dump cannot be written; here or where the result is waited for.
        StoreError: the store cannot be written, or there is too little memory.
    """
    if len(store.engine) < MANY:
        write_dump(store, dump)
        count = write_store(dump, folder)
        yield lambda: count
        return
    with processes.beside(_write_both, store, dump, folder) as told:
        yield told


def _write_both(store: LocalStore, dump: Path, folder: Path) -> int:
    write_dump(store, dump)
    # A store on disk has threads of its own, which a forked process would wait for in vain if its parent had opened
    # one before; so it is written by a program that starts afresh.
    command = [sys.executable, "-m", "dgekg.store.dumps", str(dump), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise StoreError(ran.stderr.strip() or "a process of the build was killed. Was there enough memory?")
    return int(ran.stdout)


def write_dump(store: LocalStore, path: Path, portion: int = PORTION) -> None:
    """Write every quad as a line, sorted by bytes.

    Args:
        store: a store in memory.
        path: the file, which must not exist; files beside it that begin with its name are used on the way.
        portion: bytes of lines to sort at a time; what is larger is merged from sorted portions.

    Raises:
        OSError: the file cannot be written.
    """
    raw = path.with_name(f"{path.name}.raw")
    store.engine.dump(str(raw), RdfFormat.N_QUADS)
    runs: list[Path] = []
    try:
        with raw.open("rb") as source:
            while lines := source.readlines(portion):
                lines.sort()
                runs.append(path.with_name(f"{path.name}.{len(runs)}"))
                with runs[-1].open("wb") as target:
                    target.writelines(lines)
        _merge(runs, path)
    finally:
        for part in (raw, *runs):
            part.unlink(missing_ok=True)


def respliced(source: Path, target: Path, gone: Iterable[bytes], come: Iterable[bytes]) -> None:
    """Write a dump without some lines and with others; costs a copy of its bytes, and what changes.

    Args:
        source: a dump.
        target: the file to write.
        gone: lines that it has, with their ends.
        come: lines that it has not.

    Raises:
        StoreError: a line to be left out is not there, or one to be added is.
        OSError: the file cannot be written.
    """
    changes = sorted([*((line, False) for line in gone), *((line, True) for line in come)])
    with source.open("rb") as before, target.open("wb") as after, contextlib.ExitStack() as stack:
        size = source.stat().st_size
        text = stack.enter_context(mmap.mmap(before.fileno(), 0, access=mmap.ACCESS_READ)) if size else b""
        view = stack.enter_context(memoryview(text))
        done = 0
        for line, coming in changes:
            at = _place(text, line, done)
            if (text[at : at + len(line)] == line) is coming:
                raise StoreError(f"{source}: is not what the change was reckoned from. Start the writer anew.")
            after.write(view[done:at])
            done = at if coming else at + len(line)
            if coming:
                after.write(line)
        after.write(view[done:])


def _place(text: mmap.mmap | bytes, line: bytes, start: int) -> int:
    """Return where a line stands in sorted lines, or would; `start` is where some line before it begins."""
    low, high = start, len(text)
    while low < high:
        middle = (low + high) // 2
        begin = max(text.rfind(b"\n", low, middle) + 1, low)
        end = text.find(b"\n", middle) + 1 or len(text)
        if text[begin:end] < line:
            low = end
        else:
            high = begin
    return low


def _merge(runs: list[Path], path: Path) -> None:
    if len(runs) == 1:
        runs[0].rename(path)
        return
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(path.open("wb"))
        target.writelines(heapq.merge(*(stack.enter_context(run.open("rb")) for run in runs)))


def _main(dump: str, folder: str) -> None:
    try:
        sys.stdout.write(f"{write_store(Path(dump), Path(folder))}\n")
    except StoreError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main(*sys.argv[1:])
