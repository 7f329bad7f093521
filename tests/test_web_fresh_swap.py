"""Builds come and records go while a real service of two processes is asked: nothing fails, nothing is mixed."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import AS_OF
from dgekg import identifiers, suppressing, versions
from dgekg.build import build
from dgekg.settings import Project
from live import Live, serving, until

ADDRESSES: tuple[tuple[str, dict[str, str]], ...] = (
    ("/api/practices?limit=3", {"accept": "application/json"}),
    ("/api/coverage?rows=stage", {"accept": "application/json", "accept-encoding": "gzip"}),
    ("/practices", {"accept": "text/html"}),
    ("/id/practice/data-trust-a.html", {}),
    ("/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20a%20%3Fo%20%7D%20LIMIT%203&format=json", {}),
    ("/download/dump.nq", {}),
)
TITLE = "Data trust A"


@pytest.fixture(scope="module")
def project(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("swap") / "project"
    for name in ("ontology", "shapes", "queries", "data", "build"):
        shutil.copytree(built.root / name, folder / name, symlinks=True)
    return Project.at(folder)


@pytest.fixture(scope="module")
def private(project: Project) -> Path:
    return project.root.parent / "private"


@pytest.fixture(scope="module")
def live(project: Project, private: Path) -> Iterator[Live]:
    """One service for all: first builds come, then a record goes, then a broken build; no test undoes what it did."""
    with serving(project, private, "--workers", "2") as found:
        until(lambda: found.get("/health")[0] == 200)
        yield found


class Asking:
    """Some clients that ask without rest, and what they were told."""

    def __init__(self, live: Live) -> None:
        self.live, self.stopped = live, threading.Event()
        self.answers: list[tuple[str, int, dict[str, str], bytes]] = []
        self.faults: list[Exception] = []
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(3)]
        for thread in self._threads:
            thread.start()

    def _ask(self, number: int) -> None:
        while not self.stopped.is_set():
            path, headers = ADDRESSES[number % len(ADDRESSES)]
            number += 1
            try:
                self.answers.append((path, *self.live.get(path, headers)))
            except Exception as error:
                self.faults.append(error)

    def end(self) -> None:
        self.stopped.set()
        for thread in self._threads:
            thread.join(180)


def version_in(path: str, body: bytes) -> str | None:
    """Return the version that an answer itself names, where it does."""
    if path.startswith("/api/") and body[:1] == b"{":
        return str(json.loads(body)["version"])
    found = re.search(rb'<span class="code">([0-9a-f]{16})</span> \xc2\xb7', body)
    return found[1].decode() if found else None


def test_builds_come_while_it_is_asked(project: Project, live: Live) -> None:
    practice = project.data / "practices" / "data-trust-a.ttl"
    titles = {versions.current(project.build).id: TITLE}
    asking = Asking(live)
    try:
        for number in range(1, 3):
            text = practice.read_text("utf-8")
            practice.write_text(re.sub(rf"{TITLE}[0-9 ]*", f"{TITLE} {number}", text), "utf-8")
            made = build(project, AS_OF + dt.timedelta(days=number), keep=1)
            assert made.version is not None, [f.text() for f in made.findings]
            titles[made.version.id] = f"{TITLE} {number}"
            until(_served(live, made.version.id))
    finally:
        asking.end()
    assert asking.faults == []
    assert {(path, status) for path, status, _, _ in asking.answers if status != 200} == set()
    told = {headers["x-dgekg-version"] for _, _, headers, _ in asking.answers}
    assert told <= set(titles)
    assert set(list(titles)[-2:]) & told  # on a slow machine a build may end before it is asked for
    assert len(told) > 1
    bodies: dict[str, bytes] = {}
    for path, _status, headers, body in asking.answers:
        version = headers["x-dgekg-version"]
        assert version_in(path, body) in (None, version), path
        if path.startswith("/id/"):
            assert f"<h1>{titles[version]}</h1>" in re.sub(r"<h1[^>]*>", "<h1>", body.decode()), version
        if "etag" in headers and not headers["etag"].startswith("W/"):
            assert bodies.setdefault(headers["etag"], body) == body, path


def test_a_withdrawal_holds_in_every_process_at_once(live: Live, private: Path) -> None:
    for _ in range(12):  # both have it open, and in memory
        for path, headers in ADDRESSES:
            assert live.get(path, headers)[0] == 200
    suppressing.add(private, identifiers.record("practice", "data-trust-a"), "erased", AS_OF)
    for _ in range(8):
        for path, headers in ADDRESSES:
            status, _, body = live.get(path, {**headers, "accept-encoding": "identity"})
            assert status == (410 if path.startswith("/id/") else 200)
            assert b"data-trust-a" not in body.replace(b"/id/practice/data-trust-a.html", b""), path
            assert TITLE.encode() not in body


def test_a_broken_build_that_becomes_current_is_not_taken(project: Project, live: Live) -> None:
    before = versions.current(project.build).id
    shutil.copytree(project.build / before, project.build / "broken", symlinks=True)
    meta = project.build / "broken" / "meta.json"
    meta.write_text(meta.read_text("utf-8").replace(before, "broken"), "utf-8")
    (project.build / "broken" / "dump.nq").write_bytes(b"")
    link = project.build / ".next"
    link.symlink_to("broken")
    link.replace(project.build / "current")
    told: list[dict[str, str]] = []

    def seen() -> bool:  # by both processes
        told[:] = [json.loads(live.get("/health")[2]) for _ in range(6)]
        return {one["status"] for one in told} == {"old"}

    until(seen)
    assert {one["version"] for one in told} == {before}
    assert all("dump.nq: is not what was written" in one["reason"] for one in told)
    assert live.get("/practices")[0] == 200
    assert b"dgekg_trouble 1.0" in live.get("/metrics")[2]


def _served(live: Live, version: str) -> Callable[[], bool]:
    def new() -> bool:
        told = [json.loads(live.get("/health")[2])["version"] for _ in range(6)]
        return set(told) == {version}

    return new
