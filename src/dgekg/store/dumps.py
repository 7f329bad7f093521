"""Dumps: the quads of a store as sorted lines of N-Quads, the same bytes for the same graph, however large."""

from __future__ import annotations

import contextlib
import heapq
import subprocess
import sys
from collections.abc import Callable, Iterator
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
