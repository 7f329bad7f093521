"""What is read ahead: for the version that is served, again for the next, and not for one that is gone."""

from __future__ import annotations

import threading

import pytest

from dgekg.errors import StoreError
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web.house import House
from dgekg.web.service import warming
from dgekg.web.snapshot import Snapshot


def opened_again(o: Observatory) -> Observatory:
    return Observatory(o.project, o.store, o.version, o.as_of, o.meta, o.settings, o.folder)


def test_each_version_that_is_served_is_read_ahead(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "SMALL", 1)
    served = world_observatory
    house = House(lambda: served, Settings())
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread))
    warming.begin(house)
    (first,) = started
    served = opened_again(world_observatory)
    assert house.now().observatory is served
    _, second = started
    first.run()  # of a version that is gone
    second.run()
    assert {"links", "classes", "counts", "dated", "norms", "actors", "concepts"} <= house.now().__dict__.keys()
    assert house.now()._grids
    house.now()
    assert len(started) == 2


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
