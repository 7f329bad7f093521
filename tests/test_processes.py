"""Work in several processes gives what it gives in one, in order, and says so when a process is killed."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys

import pytest

from dgekg import processes
from dgekg.errors import StoreError


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MANY", 3)
    monkeypatch.setattr(processes, "_CHUNK", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)


def worker(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.usefixtures("few")
def test_results_come_in_order_from_other_processes() -> None:
    with processes.each(worker, range(50), spare=1) as results:
        found = list(results)
    assert [square for square, _ in found] == [n * n for n in range(50)]
    assert os.getpid() not in {process for _, process in found}


def test_little_work_is_done_here() -> None:
    with processes.each(worker, range(5)) as results:
        assert list(results) == [(n * n, os.getpid()) for n in range(5)]


@pytest.mark.usefixtures("few")
def test_what_is_worked_on_is_inherited_not_sent() -> None:
    things = [lambda number=number: number for number in range(10)]  # a function without a name cannot be sent
    with processes.each(lambda thing: thing(), things) as results:
        assert list(results) == list(range(10))
    with processes.beside(lambda thing: thing(), things[4]) as told:
        assert told() == 4


def killed(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.usefixtures("few")
def test_a_killed_process_is_told_not_waited_for() -> None:
    with processes.each(killed, range(9)) as results, pytest.raises(StoreError, match="enough memory"):
        list(results)
    with processes.beside(killed, 1) as told, pytest.raises(StoreError, match="enough memory"):
        told()


def broken(number: int) -> int:
    if number == 7:
        raise StoreError("seven")
    return number


@pytest.mark.usefixtures("few")
def test_an_error_comes_through() -> None:
    with processes.each(broken, range(9)) as results, pytest.raises(StoreError, match="seven"):
        list(results)


def test_the_collector_is_as_it_was_before() -> None:
    assert gc.isenabled()
    with processes.uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    with processes.uncollected(), processes.uncollected():
        pass
    assert gc.isenabled()


_TOLD_AGAIN_AND_AGAIN = """
import signal, time
from dgekg.processes import Stop

stop = Stop()
signal.signal(signal.SIGALRM, lambda *_: stop.set())
signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
until = time.monotonic() + 1
while time.monotonic() < until:
    stop.set()
    stop.wait(0.001)
signal.setitimer(signal.ITIMER_REAL, 0)
print(stop.is_set(), Stop().wait(0.01))
"""


def test_who_is_told_to_end_by_signal_upon_signal_never_waits_for_itself() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _TOLD_AGAIN_AND_AGAIN], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "True False\n"


def test_whose_parent_ended_before_it_could_ask_ends_at_once() -> None:
    asks = f"from dgekg.processes import end_with_parent; end_with_parent({os.getpid() + 1}); print('goes on')"
    ran = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (-signal.SIGTERM, "")
