"""Whose turn it is: public queries wait in a line that is fair among clients; a long one has an account of its own.

Every query starts as short. One that runs longer than a second (a setting) becomes long: each client may run one long
query, and all clients together a few, so that short ones always find a place beside them. A query that would be the
second long one of its client goes back into the line, and starts again when the first is done; a query that was long
before waits there from the beginning. Clients take turns, one query each.

A client is the address that the request came from. It is held while it has something running or waiting, in memory;
it is not written anywhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from dgekg.errors import TooBusy, TooMany
from dgekg.settings import Settings

_NETWORK = 64  # an IPv6 host is given a whole network of addresses


@dataclass(eq=False, slots=True)
class Ticket:
    """One query's place.

    Attributes:
        client: whose it is.
        long: whether it is known to run long.
        turn: done when it may start.
        started: when it started (`time.monotonic`); 0 while it waits.
    """

    client: str
    long: bool
    turn: Future[None] = field(default_factory=Future, repr=False)
    started: float = 0.0


@dataclass(slots=True)
class _Client:
    waiting: deque[Ticket] = field(default_factory=deque)
    running: list[Ticket] = field(default_factory=list)

    @property
    def long(self) -> Ticket | None:
        return next((ticket for ticket in self.running if ticket.long), None)


class Line:
    """The line.

    Args:
        settings: how many run and wait.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.places = settings.query_workers
        self.most_long = max(1, min(settings.query_long, self.places - 1))
        self.most_of_one = max(1, self.places - 1)  # one client alone never takes every place
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._waiting = 0

    def enter(self, client: str, long: bool = False) -> Ticket:
        """Take a place in the line.

        Raises:
            TooMany: this client has as many waiting as it may.
            TooBusy: the line is full.
        """
        ticket = Ticket(client, long)
        with self._lock:
            found = self._clients.get(client)
            if found is None:
                found = self._clients[client] = _Client()
            found.waiting.append(ticket)
            self._waiting += 1
            self._start()
            if ticket.started:
                return ticket
            own, all_ = len(found.waiting) > self.settings.query_client_queue, self._waiting > self.settings.query_queue
            if own or all_:
                self._drop(ticket)
                raise self._mine(ticket) if own else self._full()
        return ticket

    async def turn(self, ticket: Ticket) -> None:
        """Wait until a query may start.

        Raises:
            TooMany: it waited as long as it may for others of its own client.
            TooBusy: it waited as long as it may for others.
        """
        if ticket.started:
            return
        try:
            async with asyncio.timeout(self.settings.query_wait_seconds):
                await asyncio.wrap_future(ticket.turn)
        except TimeoutError:
            with self._lock:
                if ticket.started:
                    return
                client = self._clients[ticket.client]
                mine = len(client.running) >= self.most_of_one or (ticket.long and client.long is not None)
                raise (self._mine(ticket) if mine else self._full()) from None

    def lengthen(self, ticket: Ticket) -> bool:
        """Whether a query that has run for long may go on; if not, stop it and call `again`."""
        with self._lock:
            if ticket.long:
                return True
            if self._clients[ticket.client].long is not None or self._long() >= self.most_long:
                return False
            ticket.long = True
            return True

    def again(self, ticket: Ticket) -> Ticket:
        """Put a query that was stopped for being long at the head of its client's line; return its new place."""
        with self._lock:
            client = self._clients[ticket.client]
            client.running.remove(ticket)
            new = Ticket(ticket.client, True)
            client.waiting.appendleft(new)
            self._waiting += 1
            self._start()
            return new

    def leave(self, ticket: Ticket) -> None:
        """Give a place up, whether it waited or ran."""
        with self._lock:
            self._drop(ticket)
            self._start()

    def _drop(self, ticket: Ticket) -> None:
        client = self._clients.get(ticket.client)
        if client is None:
            return
        if ticket in client.running:
            client.running.remove(ticket)
        elif ticket in client.waiting:
            client.waiting.remove(ticket)
            self._waiting -= 1
        if not client.running and not client.waiting:
            del self._clients[ticket.client]

    def _start(self) -> None:
        """Start whatever may start, one query of each client in turn."""
        while sum(len(client.running) for client in self._clients.values()) < self.places:
            found = next(((key, ticket) for key, c in self._clients.items() if (ticket := self._next(c))), None)
            if found is None:
                return
            key, ticket = found
            client = self._clients[key]
            client.waiting.remove(ticket)
            client.running.append(ticket)
            self._waiting -= 1
            self._clients.move_to_end(key)
            ticket.started = time.monotonic()
            if ticket.turn.set_running_or_notify_cancel():
                ticket.turn.set_result(None)

    def _next(self, client: _Client) -> Ticket | None:
        if not client.waiting or len(client.running) >= self.most_of_one:
            return None
        long = client.long is not None or self._long() >= self.most_long
        return next((ticket for ticket in client.waiting if not (ticket.long and long)), None)

    def _long(self) -> int:
        return sum(client.long is not None for client in self._clients.values())

    def _left(self, ticket: Ticket) -> float:
        """Return the seconds after which a running query will have ended, at the latest, or have become long."""
        limit = self.settings.query_seconds if ticket.long else self.settings.query_long_seconds
        return ticket.started + limit - time.monotonic()

    def _mine(self, ticket: Ticket) -> TooMany:
        client = self._clients.get(ticket.client, _Client())
        long = client.long
        if ticket.long and long is not None:
            return TooMany(
                f"One query of yours has run for more than {self.settings.query_long_seconds:g} seconds; each client "
                "may run one such query at once. Wait until it is done.",
                _seconds([self._left(long)]),
            )
        return TooMany(
            f"{len(client.running)} queries of yours are running and {len(client.waiting)} are waiting, which is as "
            f"many as one client may have here ({self.most_of_one} and {self.settings.query_client_queue}). Ask one "
            "after the other.",
            _seconds(map(self._left, client.running)),
        )

    def _full(self) -> TooBusy:
        running = [ticket for client in self._clients.values() for ticket in client.running]
        return TooBusy(
            f"{len(running)} queries are running and {self._waiting} are waiting, which is as many as this service "
            "takes at once or keeps waiting. Try again later.",
            _seconds(map(self._left, running)),
        )


def client_of(address: str) -> str:
    """Return the key of a client: its address, or the network of an IPv6 host.

    >>> client_of("192.0.2.7"), client_of("2001:db8::1:2:3:4"), client_of("")
    ('192.0.2.7', '2001:db8::', 'unknown')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, _NETWORK), strict=False).network_address)
    return str(found)


def _seconds(left: Iterable[float]) -> int:
    return max(1, math.ceil(min(left, default=1.0)))
