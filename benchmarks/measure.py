"""Measuring: a timing with its spread, and a process apart that is stopped at its limit."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

FEW, MANY = 3, 30
_ENOUGH = 1.0  # seconds of measuring after which a few runs will do, where the limit is not short


@dataclass(frozen=True, slots=True)
class Timing:
    """What a measurement gave.

    Attributes:
        seconds: each run, in order; nothing where it did not finish.
        note: why there is no number, or what is to be known about it.
    """

    seconds: tuple[float, ...] = ()
    note: str = ""

    @property
    def median(self) -> float | None:
        """The median in seconds; None where it did not finish."""
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def spread(self) -> float:
        """Half the distance of the quartiles, as a share of the median; 0 where it ran once."""
        if len(self.seconds) < 2:
            return 0.0
        low, middle, high = statistics.quantiles(self.seconds, n=4, method="inclusive")
        return (high - low) / 2 / middle


def repeated(run: Callable[[], Any], limit: float = 60.0, least: int = FEW, most: int = MANY) -> Timing:
    """Time a call `least` times, or up to `most` while a second lasts; no run begins after half of `limit`."""
    seconds: list[float] = []
    began = time.perf_counter()
    while len(seconds) < most:
        start = time.perf_counter()
        run()
        now = time.perf_counter()
        seconds.append(now - start)
        spent = now - began
        if (len(seconds) >= least and spent > min(_ENOUGH, limit / 20)) or spent + seconds[-1] > limit / 2:
            break
    return Timing(tuple(seconds))


@dataclass
class Laps:
    """A progress reporter that keeps how long each named step took, in the order of the first mention."""

    seconds: dict[str, float] = field(default_factory=dict)
    _step: str = ""
    _since: float = 0.0

    def __call__(self, step: str, _done: int, _total: int) -> None:
        """Take note that a step goes on."""
        if step != self._step:
            self.stop()
            self._step, self._since = step, time.perf_counter()

    def stop(self) -> None:
        """Close the step that was going on."""
        if self._step:
            now = time.perf_counter()
            self.seconds[self._step] = self.seconds.get(self._step, 0.0) + now - self._since
            self._step = ""


class Stopped(Exception):
    """A process apart was stopped at its limit, or ended by itself."""


class Apart:
    """A process that makes one thing and then answers calls of its methods; stopped, with all it started, at a limit.

    Args:
        make: makes the thing; a function of a module, with arguments that can be sent.
    """

    def __init__(self, make: Callable[..., Any], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, make, arguments), daemon=False)
        self._process.start()
        there.close()

    def ready(self, limit: float) -> float:
        """Wait until the thing is made; return the seconds that took.

        Raises:
            Stopped: not within `limit`, or it failed.
        """
        return float(self._answer(limit))

    def call(self, name: str, *arguments: Any, limit: float) -> Any:
        """Call a method and return what it gave.

        Raises:
            Stopped: not within `limit`, or it failed.
        """
        if self._here.closed:
            raise Stopped("has ended")
        self._here.send((name, arguments))
        return self._answer(limit)

    def memory(self) -> int | None:
        """Return the resident memory of the process in bytes, where the system tells it."""
        return resident(self._process.pid or 0)

    def stop(self) -> None:
        """End the process and what it started."""
        if self._process.is_alive() and self._process.pid:
            with contextlib.suppress(ProcessLookupError):  # it may not have its own group yet
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
        self._process.join()
        self._here.close()

    def _answer(self, limit: float) -> Any:
        try:
            if not self._here.poll(limit):
                raise Stopped(f"> {limit:g} s")
            done, value = self._here.recv()
        except (EOFError, ConnectionError):
            raise Stopped("ended by itself") from None
        if not done:
            raise Stopped(str(value))
        return value


@contextlib.contextmanager
def apart(make: Callable[..., Any], *arguments: Any, limit: float) -> Iterator[Apart]:
    """Yield a process apart that has made its thing, and stop it in the end.

    Raises:
        Stopped: the thing is not made within `limit`.
    """
    made = Apart(make, *arguments)
    try:
        made.ready(limit)
        yield made
    finally:
        made.stop()


def _serve(there: Connection, make: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    os.setsid()  # a group of its own, so that what it starts ends with it
    start = time.perf_counter()
    made, fault = _tried(make, *arguments)
    with contextlib.suppress(EOFError, ConnectionError):  # nobody listens any more
        there.send((not fault, fault or time.perf_counter() - start))
        while not fault:
            name, given = there.recv()
            value, wrong = _tried(getattr(made, name), *given)
            there.send((not wrong, wrong or value))


def _tried(call: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
    """Return what a call gave, or what went wrong with it."""
    try:
        return call(*arguments), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}".splitlines()[0]


def resident(pid: int, part: str = "VmRSS") -> int | None:
    """Return the resident memory of a process, or a part of it, in bytes; None where the system does not tell it."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(f"{part}:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None
