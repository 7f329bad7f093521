"""Work shared out over the processors.

What is worked on is not sent: further processes inherit it by fork, and hand back only what the work gives, which
should be small. Where the system cannot fork, or there is little to do, all is done here.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import itertools
import multiprocessing
import os
import queue
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from dgekg.errors import StoreError

Thing = TypeVar("Thing")
Result = TypeVar("Result")

# From so many things on, the start of further processes is worth its while.
MANY = 400
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_CHUNK = 64
_tokens = itertools.count()
_inherited: dict[int, tuple[Callable[..., Any], Sequence[Any]]] = {}


@contextlib.contextmanager
def each(work: Callable[[Thing], Result], things: Sequence[Thing], *, spare: int = 0) -> Iterator[Iterable[Result]]:
    """Do the same with many things; yields what it gives for each, in their order, while the work goes on.

    Args:
        work: a function without effects; what it returns must be picklable.
        things: what it is called with.
        spare: how many processors are left to this process, if it has something else to do meanwhile.

    Raises:
        StoreError: where a result is waited for, if a process was killed, as happens when memory ends.
    """
    count = os.cpu_count() or 1
    if len(things) < MANY or count < 2 or not hasattr(os, "fork"):
        yield map(work, things)
        return
    with _pool(max(1, count - spare), work, things) as (pool, token):
        numbers = [(token, number) for number in range(len(things))]
        yield _told(pool.map(_one, numbers, chunksize=_CHUNK))


@contextlib.contextmanager
def beside(work: Callable[..., Result], *given: Any) -> Iterator[Callable[[], Result]]:
    """Do something in a process beside this one; yields a function that waits for what it gives.

    Args:
        work: any function; what it returns or raises must be picklable.
        given: what it is called with.

    Raises:
        StoreError: as for `each`.
    """
    if not hasattr(os, "fork"):
        result = work(*given)
        yield lambda: result
        return
    with _pool(1, work, given) as (pool, token):
        future = pool.submit(_all, token)
        yield lambda: next(iter(_told(f.result() for f in (future,))))


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest: among millions of lasting objects its rounds take as long as the work itself."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


class Stop:
    """Told once that it is time to end, also from a signal, wherever that finds the process.

    `threading.Event` takes a lock that the code which the signal interrupts may hold: it would wait for ever.
    """

    def __init__(self) -> None:
        self._told = False
        self._news: queue.SimpleQueue[None] = queue.SimpleQueue()  # which may be put to while it is put to

    def set(self) -> None:
        """Tell it; for good."""
        self._told = True
        self._news.put(None)

    def is_set(self) -> bool:
        """Whether it has been told."""
        return self._told

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is told; return whether it has been."""
        if not self._told:
            with contextlib.suppress(queue.Empty):
                self._news.get(timeout=seconds)
        return self._told


def end_with_parent(parent: int) -> None:
    """Let this process be told to end (SIGTERM) when the one that started it ends, however that comes about.

    Args:
        parent: its number; where it has ended before this could be asked for, this process is told at once.
    """
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def sweep() -> None:
    """Give back what is held by nobody any more; for a process that lasts, after it let go of something large.

    Its collector seldom looks at what is old (see `cli`), and what it frees the C library would keep for later.
    """
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # only the GNU C library has it
        ctypes.CDLL(None).malloc_trim(0)


@contextlib.contextmanager
def _pool(count: int, work: Callable[..., Any], things: Sequence[Any]) -> Iterator[tuple[ProcessPoolExecutor, int]]:
    token = next(_tokens)
    _inherited[token] = (work, things)
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("fork"))
    try:
        yield pool, token
    finally:
        pool.shutdown(cancel_futures=True)
        del _inherited[token]


def _told(results: Iterable[Result]) -> Iterator[Result]:
    try:
        yield from results
    except BrokenProcessPool as error:
        raise StoreError(
            "a process of the build was killed. Was there enough memory? Free some and build again."
        ) from error


def _one(place: tuple[int, int]) -> Any:
    work, things = _inherited[place[0]]
    return work(things[place[1]])


def _all(token: int) -> Any:
    work, given = _inherited[token]
    return work(*given)
