"""Whose turn it is: fair among clients, one long query each, refusals that say when to come back."""

from __future__ import annotations

import asyncio

import pytest

from dgekg.errors import TooBusy, TooMany
from dgekg.settings import Settings
from dgekg.web.sparql.public import Public
from dgekg.web.sparql.queueing import Line, Ticket, client_of

LIMITS = Settings(
    query_workers=3, query_long=2, query_queue=4, query_client_queue=2, query_wait_seconds=0.05, query_seconds=8.0
)


def started(*tickets: Ticket) -> list[bool]:
    return [bool(ticket.started) for ticket in tickets]


def test_one_client_never_takes_every_place() -> None:
    line = Line(LIMITS)
    first = [line.enter("a") for _ in range(4)]
    assert started(*first) == [True, True, False, False]
    assert started(line.enter("b")) == [True]


def test_clients_take_turns() -> None:
    line = Line(Settings(query_workers=2, query_queue=10))
    running = [line.enter("a"), line.enter("b")]
    a, other_a, b = line.enter("a"), line.enter("a"), line.enter("b")
    line.leave(running[0])
    assert started(a, other_a, b) == [True, False, False]
    line.leave(a)
    line.leave(running[1])
    assert started(other_a, b) == [True, True]


def test_one_long_query_each_and_short_ones_beside_it() -> None:
    line = Line(LIMITS)
    long, short = line.enter("a"), line.enter("a")
    assert line.lengthen(long)
    assert not line.lengthen(short)
    again = line.again(short)
    assert started(again, line.enter("a")) == [False, True]
    line.leave(long)
    assert (again.started > 0, again.long) == (True, True)


def test_a_query_known_to_be_long_waits_at_once() -> None:
    line = Line(LIMITS)
    assert line.lengthen(line.enter("a"))
    assert started(line.enter("a", long=True), line.enter("b", long=True)) == [False, True]


def test_all_clients_together_leave_a_place_for_short_ones() -> None:
    line = Line(LIMITS)
    assert [line.lengthen(line.enter(name)) for name in "abc"] == [True, True, False]
    assert Line(Settings(query_workers=3, query_long=9)).most_long == 2


def test_its_own_excess_is_429_and_that_of_all_503() -> None:
    line = Line(LIMITS)
    for _ in range(4):
        line.enter("a")
    with pytest.raises(TooMany) as mine:
        line.enter("a")
    assert (mine.value.http_status, mine.value.retry_after) == (429, 1)
    line.enter("b")
    line.enter("b")
    line.enter("c")
    with pytest.raises(TooBusy) as everybodys:
        line.enter("d")
    assert everybodys.value.http_status == 503
    assert not isinstance(everybodys.value, TooMany)


def test_who_waits_for_its_own_long_query_is_told_when_that_must_end() -> None:
    line = Line(LIMITS)
    long = line.enter("a")
    assert line.lengthen(long)
    long.started -= 3
    waiting = line.enter("a", long=True)
    with pytest.raises(TooMany, match="one such query") as caught:
        asyncio.run(line.turn(waiting))
    assert caught.value.retry_after == 5  # of eight seconds three have passed
    line.leave(waiting)
    line.leave(long)
    assert (line._waiting, dict(line._clients)) == (0, {})  # nobody is remembered


def test_who_waits_for_others_is_told_so() -> None:
    line = Line(LIMITS)
    for name in "abc":
        line.enter(name)
    with pytest.raises(TooBusy) as caught:
        asyncio.run(line.turn(line.enter("d")))
    assert caught.value.http_status == 503


def test_a_turn_comes() -> None:
    async def scene() -> bool:
        line = Line(LIMITS)
        running = [line.enter(name) for name in "abc"]
        waiting = line.enter("d")
        asyncio.get_running_loop().call_later(0.01, line.leave, running[0])
        await line.turn(waiting)
        return waiting.started > 0

    assert asyncio.run(scene())


def test_answers_on_their_way_are_counted() -> None:
    public, large = Public(Settings(query_held_mb=8)), 3 * 1024 * 1024
    public.hold("a", large)
    with pytest.raises(TooMany):
        public.hold("a", large)
    public.hold("a", 1000)
    public.hold("b", large)
    with pytest.raises(TooBusy) as caught:
        public.hold("c", large)
    assert caught.value.http_status == 503
    public.release("a", large)
    public.hold("c", large)


def test_a_host_is_one_client_whatever_address_it_takes() -> None:
    assert client_of("2001:db8:1:2:aaaa::1") == client_of("2001:db8:1:2:bbbb::2") != client_of("2001:db8:1:3::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1") != client_of("192.0.2.2")
