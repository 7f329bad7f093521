"""A load: so many clients ask the same service one request after the other, each on its own connection."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.service.speaking import Answer, Connection

Check = Callable[[Answer], str]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes:
        path: path and query string.
        accept: the Accept header.
        form: fields of a POST; none for a GET.
        etag: If-None-Match.
    """

    path: str
    accept: str = "*/*"
    form: tuple[tuple[str, str], ...] = ()
    etag: str = ""

    @property
    def headers(self) -> dict[str, str]:
        found = {"Accept": self.accept, "Accept-Encoding": "identity"}
        return {**found, "If-None-Match": self.etag} if self.etag else found


@dataclass(slots=True)
class Load:
    """What became of a load.

    Attributes:
        seconds: how long it lasted.
        took: seconds of each answer that was as it should be.
        wrong: what was wrong with the others, counted.
    """

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Right answers a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: int) -> float:
        """Return the seconds within which so many of a hundred answers came."""
        if len(self.took) < 2:
            return self.took[0] if self.took else float("nan")
        return statistics.quantiles(self.took, n=100, method="inclusive")[share - 1]


def right(answer: Answer) -> str:
    """Return what is wrong with an answer: anything but 200 with a body, or 304."""
    return "" if (answer.status == 200 and answer.body) or answer.status == 304 else f"status {answer.status}"


async def loaded(
    address: str,
    asks: Iterable[Ask],
    clients: int,
    seconds: float,
    check: Check = right,
    pause: float = 0.0,
    warm: float = 1.0,
) -> Load:
    """Ask for so many seconds; what comes in the first ones is not counted.

    Args:
        address: of the service, without a slash at its end.
        asks: taken in turn by all clients, again and again.
        clients: how many ask at once.
        seconds: how long what is counted lasts.
        check: says what is wrong with an answer, "" for nothing.
        pause: seconds that a client waits between an answer and its next request.
        warm: seconds that are not counted.
    """
    load, turns = Load(seconds=seconds), itertools.cycle(tuple(asks))
    begun = time.perf_counter()
    counted, end = begun + warm, begun + warm + seconds

    async def one() -> None:
        async with Connection(address) as connection:
            while (start := time.perf_counter()) < end:
                wrong = await _asked(connection, next(turns), check)
                now = time.perf_counter()
                if start < counted:
                    continue
                if wrong:
                    load.wrong[wrong] += 1
                else:
                    load.took.append(now - start)
                if pause:
                    await asyncio.sleep(pause)

    await asyncio.gather(*(one() for _ in range(clients)))
    return load


async def _asked(connection: Connection, ask: Ask, check: Check) -> str:
    try:
        return check(await connection.ask(ask.path, ask.headers, ask.form))
    except OSError as error:  # a timeout is one
        return type(error).__name__


async def beside(quiet: Sequence[Ask], address: str, hostile: Sequence[Ask], clients: int, seconds: float) -> Load:
    """Measure a load while three other clients send what is meant to hurt, as fast as they are answered."""
    stop = asyncio.create_task(
        loaded(address, hostile, 3, seconds + 3, lambda _answer: "", pause=0.02, warm=0)  # whatever comes back
    )
    await asyncio.sleep(1)
    found = await loaded(address, quiet, clients, seconds)
    await stop
    return found
