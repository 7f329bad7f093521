"""Kill the resident writer at steps on the disk while it takes in a proposal, mend, and look at what is there.

Run as a program, so that no process that forks has opened a store on disk before: its threads do not survive a fork.

    python tests/accepting.py FOLDER KILLS

FOLDER holds `project` (built) and `private` (with one accepted proposal); prints how many kills were survived.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from dgekg import documents, versions
from dgekg.settings import Project
from dgekg.writer.resident import Resident

DAY = dt.date(2026, 11, 21)
SLUG = "zebra-count"
FILE = f"data/practices/{SLUG}.ttl"
LINE = f"{DAY},create,practices/{SLUG},,"
_STEPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (os, ("fsync", "open", "link")),
    (shutil, ("copyfile",)),
    (Path, ("replace", "rename", "unlink", "mkdir", "symlink_to", "open", "write_text")),
)


def main(folder: Path, kills: int) -> None:
    """Kill and mend until there were so many kills."""
    template, place = folder / "template", folder / "place"
    for name in ("project", "private"):
        shutil.copytree(folder / name, template / name, symlinks=True)
    shutil.copytree(template, place, symlinks=True)
    resident = opened(place)
    steps = counted(lambda: resident.round())
    done = 0
    while done < kills:
        # Spread over all steps, others in each round.
        stride = max(1, steps // max(kills, 1))
        for at in range((stride // 2 + done) % stride, steps, stride):
            again(template, place)
            assert killed(resident, at), f"step {at} of {steps}: was not killed"
            written = (place / "project" / FILE).exists() or intended(place)
            whole(place)
            # What is not written yet, the writer that was forked still knows rightly; else one reads all anew.
            mended(place, None if written else resident)
            done += 1
            print(f"{done} of {kills}", file=sys.stderr, flush=True)
            if done >= kills:
                break
    print(f"{done} kills at {steps} steps, nothing lost, nothing half-written")


def opened(place: Path) -> Resident:
    return Resident(Project.at(place / "project"), place / "private", day=lambda: DAY)


def again(template: Path, place: Path) -> None:
    """Put everything as it was; the writer's lock lies in a file that is gone then."""
    shutil.rmtree(place)
    shutil.copytree(template, place, symlinks=True)


def counted(work: Callable[[], Any]) -> int:
    """Return how many steps some work takes, in a process of its own."""
    told, tell = os.pipe()
    if not os.fork():
        count = [0]

        def step() -> None:
            count[0] += 1

        with stepping(step):
            work()
        os.write(tell, str(count[0]).encode())
        os._exit(0)
    os.close(tell)
    os.wait()
    return int(os.read(told, 20))


def killed(resident: Resident, at: int) -> bool:
    """Take in what is accepted in a process that is killed before a step; return whether it came so far."""
    child = os.fork()
    if not child:
        left = [at]

        def step() -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        with stepping(step):
            resident.round()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@contextlib.contextmanager
def stepping(step: Callable[[], None]) -> Iterator[None]:
    def before(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*given: Any, **named: Any) -> Any:
            step()
            return call(*given, **named)

        return stepped

    with contextlib.ExitStack() as patches:
        for owner, names in _STEPS:
            for name in names:
                patches.enter_context(mock.patch.object(owner, name, before(getattr(owner, name))))
        yield


def intended(place: Path) -> bool:
    return (place / "project" / "build" / ".change.json").exists()


def whole(place: Path) -> None:
    """Look at what readers see just after the kill."""
    project = Project.at(place / "project")
    for path in documents.of_folder(project.data):
        assert documents.read(path, project.root)[1] == [], f"{path} is half-written"
    versions.check(versions.current(project.build))
    for path in (place / "private" / "inbox").rglob("*.json"):
        if not path.name.startswith("."):
            json.loads(path.read_bytes())


def mended(place: Path, resident: Resident | None) -> None:
    """Go on as the next writer does, in a process of its own, and look at what came of it."""
    child = os.fork()
    if not child:
        code = 1
        try:
            if resident is not None:
                resident._recover()
            writer = resident or opened(place)
            writer.round()
            finished(place, writer)
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def finished(place: Path, resident: Resident) -> None:
    project = Project.at(place / "project")
    (held,) = resident.inbox.list()
    assert held.state == "applied", held
    assert held.outcome is not None
    ledger = (project.data / "changes" / "2026.csv").read_text("utf-8")
    assert ledger.count(LINE) == 1, "taken in once"
    version = versions.current(project.build)
    versions.check(version)
    assert version.id == held.outcome.version == resident.writer.version
    assert f"id/practice/{SLUG}> " in version.dump.read_text("utf-8")
    assert not list(project.data.rglob(".*fresh*"))
    assert not intended(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
