"""What is read ahead: for the version that is served, again for the next, and not for one that is gone."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from jinja2 import FileSystemLoader

from dgekg.errors import StoreError
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web import templating, words
from dgekg.web.app import create_app
from dgekg.web.house import House
from dgekg.web.service import versions_kept, warming
from dgekg.web.service.current import Current
from dgekg.web.snapshot import Snapshot


def opened_again(o: Observatory) -> Observatory:
    return Observatory(o.project, o.store, o.version, o.as_of, o.meta, o.settings, o.folder)


@pytest.mark.parametrize("taken_up", [False, True], ids=["first", "after somebody asked"])
def test_each_version_that_is_served_is_read_ahead(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch, taken_up: bool
) -> None:
    monkeypatch.setattr(warming, "SMALL", 1)
    served = world_observatory
    house = House(lambda: served, Settings())
    if taken_up:  # as the command does, for what answers queries
        house.now()
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    warming.begin(house)
    first, _following = started
    served = opened_again(world_observatory)
    assert house.now().observatory is served
    _, _, second = started
    first.run()  # of a version that is gone
    second.run()
    assert {"links", "classes", "counts", "dated", "norms", "actors", "concepts"} <= house.now().__dict__.keys()
    assert house.now()._grids
    house.now()
    assert len(started) == 3


def test_what_is_gone_or_small_is_not_read(world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(lambda: world_observatory, Settings())
    gone = Snapshot(opened_again(world_observatory))
    assert warming.start(house, gone) is None
    house.now()
    warming._read(house, gone)
    assert "links" not in gone.__dict__
    assert not gone._grids

    def fail(_snapshot: Snapshot) -> None:
        raise StoreError("on purpose")

    monkeypatch.setattr(warming, "_READ", (fail, lambda snapshot: snapshot.counts))
    warming._read(house, house.now())
    assert "counts" in house.now().__dict__  # one fault leaves the rest


def test_what_nobody_reads_any_more_is_let_go_though_nobody_asks(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = opened_again(world_observatory)
    first = weakref.ref(served)
    house = House(lambda: served, Settings())
    house.follow()
    served = opened_again(world_observatory)
    house.follow()
    assert house.now().observatory is served
    assert first() is not None  # its files may still be on their way
    monkeypatch.setattr(versions_kept, "LEAVING_SECONDS", 0.0)
    house.follow()
    assert first() is None
    assert house.now().observatory is served


def test_where_the_next_version_cannot_be_opened_following_goes_on(world_observatory: Observatory) -> None:
    refusals = [StoreError("on purpose")]

    def source() -> Observatory:
        if refusals:
            raise refusals.pop()
        return world_observatory

    house = House(source, Settings())
    house.follow()
    assert house._snapshot is None
    house.follow()
    assert house.now().observatory is world_observatory


def test_whatever_befalls_it_following_goes_on(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warming, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(warming, "_AGAIN_SECONDS", 0.01)
    faults, shown = [ValueError("a fault of ours")], threading.Event()

    def source() -> Observatory:
        if faults:
            raise faults.pop()
        return world_observatory

    house = House(source, Settings())
    house.begun = lambda _snapshot: shown.set()
    threading.Thread(target=warming._follow, args=(weakref.ref(house),), daemon=True).start()
    assert shown.wait(60)
    assert "looking for another version failed" in caplog.text
    assert "ValueError: a fault of ours" in caplog.text


def test_a_build_that_breaks_in_any_way_leaves_the_one_before(
    built: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    current = Current(Settings(root=built.root))
    shown = current()

    def broken(*_given: object) -> Observatory:
        raise ValueError("on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(current, "_open", broken)
        assert current._looking.acquire(blocking=False)
        current._follow()
    assert current() is shown
    assert current.trouble == "a fault of ours (ValueError); the log says more"
    assert "ValueError: on purpose" in caplog.text
    assert current._looking.acquire(blocking=False)  # it is looked for again
    current._follow()
    assert (current.trouble, current().version) == ("", shown.version)


def test_following_ends_with_the_house(world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "_LOOK_SECONDS", 0.01)
    house: House | None = House(lambda: world_observatory, Settings())
    assert house is not None
    house.begun = lambda _snapshot: None
    thread = threading.Thread(target=warming._follow, args=(weakref.ref(house),))
    thread.start()
    assert thread.is_alive()
    house = None
    gc.collect()
    thread.join(60)
    assert not thread.is_alive()


def test_pages_do_not_follow_files_that_change_under_the_process(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "web"
    for name in ("templates", "messages"):
        shutil.copytree(Path(templating.__file__).parent / name, package / name)
    monkeypatch.setattr(templating, "PackageLoader", lambda _package: FileSystemLoader(package / "templates"))
    monkeypatch.setattr(words, "packaged", SimpleNamespace(text=lambda path: (tmp_path / path).read_text("utf-8")))
    words._text.cache_clear()
    words.messages.cache_clear()
    with TestClient(create_app(lambda: world_observatory, Settings()), raise_server_exceptions=False) as client:
        before = client.get("/about")
        for file in package.rglob("*.*"):
            file.write_text("{{ no.such.thing }}", "utf-8")
        after, other, never = client.get("/about"), client.get("/about?lang=fr"), client.get("/method")
    words._text.cache_clear()
    words.messages.cache_clear()
    assert before.status_code == 200
    assert after.text == before.text
    assert (other.status_code, never.status_code) == (200, 200)
