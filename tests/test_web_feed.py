"""The change feed: replayed from nothing it gives the graph; what may not be shown is gone from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from conftest import AS_OF
from dgekg import identifiers, suppressing, template, versions
from dgekg.build import ledger
from dgekg.build.derive import DERIVED
from dgekg.build.load import load_remote
from dgekg.build.status import status_quads
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.suppression import NOTHING
from dgekg.web.app import create_app
from dgekg.web.catalogue import log as log_module
from dgekg.web.service.current import Current
from dgekg.web.snapshot import Snapshot
from replay import AS, CHANGE, DCT, LDES, SCHEMA, TREE, TYPE, Harvest, Member, harvest

STREAM = identifiers.of_path("/feed")


@pytest.fixture
def served(versions_apart: tuple[Project, str], tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(root=versions_apart[0].root, private=tmp_path / "private")
    with TestClient(create_app(Current(settings), settings)) as client:
        yield client


def published(project: Project) -> set[Quad]:
    """Return all quads of the current build but the derived ones."""
    dump = versions.current(project.build).dump
    quads = parse(path=str(dump), format=RdfFormat.N_QUADS)
    return {q for q in quads if getattr(q.graph_name, "value", "") != DERIVED}


def about(found: Harvest, kind: str, slug: str) -> Member:
    record = identifiers.record(kind, slug)
    (member,) = (m for m in found.members.values() if m.one(DCT + "isVersionOf") == record)
    return member


@pytest.mark.parametrize("accept", ["application/trig", "application/n-quads", "application/ld+json"])
def test_replayed_from_nothing_it_gives_the_public_graph(
    versions_apart: tuple[Project, str], served: TestClient, accept: str
) -> None:
    project = versions_apart[0]
    assert harvest(served, accept=accept).quads() == published(project)


def test_what_is_derived_follows_from_what_it_carries(versions_apart: tuple[Project, str], served: TestClient) -> None:
    project = versions_apart[0]
    store = LocalStore()
    store.engine.extend(harvest(served).quads())
    for file in sorted((project.queries / "derive").glob("*.rq")):
        store.derive(template.read(file), DERIVED)
    store.engine.extend(status_quads(store, project.queries, project.data / "criteria", NamedNode(DERIVED), AS_OF))
    dump = versions.current(project.build).dump
    assert set(store.engine) == set(parse(path=str(dump), format=RdfFormat.N_QUADS))


def test_what_happened_is_told_apart(served: TestClient) -> None:
    found = harvest(served)
    renamed, withdrawn = about(found, "practice", "selection-rate-gap"), about(found, "practice", "hiring-filter-test")
    made, changed = about(found, "practice", "rate-gap"), about(found, "practice", "sign-language-benchmark")
    kind = identifiers.term("changeKind")
    assert [m.activity for m in (renamed, withdrawn, made, changed)] == ["Delete", "Delete", "Create", "Update"]
    told = [m.one(kind).rpartition("/")[2] for m in (renamed, withdrawn, made, changed)]
    assert told == ["rename", "withdraw", "create", "update"]
    assert renamed.one(DCT + "isReplacedBy") == identifiers.record("practice", "rate-gap")
    assert not withdrawn.said.get(DCT + "isReplacedBy")
    history = [q for q in changed.payload if q.predicate.value == kind]
    assert len(history) == 2, "the ledger's earlier lines come with the last one"
    assert all(getattr(q.subject, "value", "").startswith(CHANGE) for q in withdrawn.payload)


def test_the_stream_says_how_it_is_to_be_read(served: TestClient) -> None:
    found = harvest(served)
    said = {q.predicate.value: q.object for q in found.pages["/feed"] if getattr(q.subject, "value", "") == STREAM}
    assert said[TREE + "view"].value == "http://testserver/feed"  # type: ignore[union-attr]
    assert said[LDES + "timestampPath"].value == AS + "published"  # type: ignore[union-attr]
    assert said[LDES + "versionOfPath"].value == DCT + "isVersionOf"  # type: ignore[union-attr]
    assert said[LDES + "versionDeleteObject"].value == AS + "Delete"  # type: ignore[union-attr]
    amounts = [q.object.value for q in found.pages["/feed"] if q.predicate.value == LDES + "versionAmount"]  # type: ignore[union-attr]
    assert amounts == ["1"]
    for member in found.members.values():
        assert {TYPE, AS + "published", SCHEMA + "position", DCT + "isVersionOf", DCT + "license"} <= set(member.said)
    order = sorted(found.members.values(), key=lambda m: m.one(SCHEMA + "position"))
    days = [m.one(AS + "published") for m in order if not m.one(SCHEMA + "position").startswith("voc")]
    assert days == sorted(days), "no member is older than the one before it"


def test_a_full_page_is_immutable_and_never_moves(
    versions_apart: tuple[Project, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "SIZE", 10)
    project, older = versions_apart
    settings = Settings(root=project.root, private=tmp_path / "private")
    with TestClient(create_app(Current(settings), settings)) as client:
        now, then = harvest(client), harvest(client, f"/version/{older}/feed")
    pages = sorted(p for p in now.pages if "/feed/2026-" in p)
    assert "/feed" not in now.immutable, "the root must be asked again for pages that are new"
    lines = len((project.data / "changes" / "2026.csv").read_text("utf-8").splitlines()) - 1
    assert len(pages) == -(-lines // 10)
    assert {p for p in pages if p in now.immutable} == set(pages) - ({pages_last(pages)} if lines % 10 else set())
    for address, quads in then.pages.items():
        name = address.rpartition("/")[2]
        if name.startswith("2026-") and address in then.immutable:
            again = set(members(now.pages[f"http://testserver/feed/{name}"]))
            assert again <= set(members(quads)), "a page gains no member once it is full"


def pages_last(pages: list[str]) -> str:
    return max(pages, key=lambda p: int(p.rpartition("-")[2]))


def members(quads: list[Quad]) -> list[str]:
    return [str(getattr(q.object, "value", "")) for q in quads if q.predicate.value == TREE + "member"]


def test_what_is_withdrawn_leaves_and_its_tombstone_stays(served: TestClient, tmp_path: Path) -> None:
    gone, erased = identifiers.record("practice", "bias-audit-b"), identifiers.record("practice", "data-trust-a")
    before = harvest(served)
    suppressing.add(tmp_path / "private", gone, "withdrawn", dt.date(2026, 11, 22))
    suppressing.add(tmp_path / "private", erased, "erased", dt.date(2026, 11, 22))
    after = harvest(served)
    fresh = {iri: m for iri, m in after.members.items() if iri not in before.members}
    tombs = [m for m in fresh.values() if m.activity == "Delete"]
    assert sorted(m.one(DCT + "isVersionOf") for m in tombs) == ["", gone]
    (opaque,) = (m for m in tombs if not m.one(DCT + "isVersionOf"))
    assert opaque.one(AS + "published") == "2026-11-01T00:00:00Z", "of what was erased the month alone is told"
    text = "".join(str(q) for quads in after.pages.values() for q in quads)
    assert erased not in text
    assert "data-trust-a" not in text
    assert not any(gone == getattr(q.subject, "value", "") for quads in after.pages.values() for q in quads)
    dump = served.get("/download/dump.nq").content
    assert gone.encode() not in dump
    assert len(dump) > 100_000
    suppressing.restore(tmp_path / "private", gone, dt.date(2026, 11, 23))
    back = harvest(served)
    (again,) = (
        m for iri, m in back.members.items() if iri not in before.members and m.one(DCT + "isVersionOf") == gone
    )
    assert again.activity == "Update"
    assert again.payload == about_once(before, gone).payload


def about_once(found: Harvest, record: str) -> Member:
    (member,) = (m for m in found.members.values() if m.one(DCT + "isVersionOf") == record)
    return member


def of_ledger(tmp_path: Path, text: str) -> log_module.Log:
    (tmp_path / "2026.csv").write_text("date,kind,record,replaced_by,note\n" + text, "utf-8")
    store = LocalStore()
    store.engine.extend(ledger.quads(tmp_path, tmp_path))
    observatory = SimpleNamespace(store=store, suppressed=NOTHING, as_of=AS_OF)
    return log_module.Log(cast(Snapshot, SimpleNamespace(observatory=observatory)))


def test_a_line_that_was_written_late_is_published_after_those_before_it(tmp_path: Path) -> None:
    lines = "2026-03-02,create,practices/a,,\n2026-01-01,create,practices/b,,\n2026-03-05,update,practices/a,,\n"
    found = of_ledger(tmp_path, lines)
    events = found.pages["2026-1"]
    assert [e.date for e in events] == ["2026-03-02", "2026-01-01", "2026-03-05"]
    assert [e.published for e in events] == ["2026-03-02", "2026-03-02", "2026-03-05"]
    assert [e.place for e in events] == sorted(e.place for e in events)
    assert [e.record.rpartition("/")[2] for e in found.members("2026-1")] == ["b", "a"]
    assert found.until == "2026-03-05"


def test_a_page_is_full_with_its_last_line(tmp_path: Path) -> None:
    lines = [f"2026-03-02,create,practices/p{n},,\n" for n in range(2 * log_module.SIZE)]
    before, after = of_ledger(tmp_path, "".join(lines[:-1])), of_ledger(tmp_path, "".join(lines))
    assert [before.full(name) for name in sorted(before.pages)] == [True, False]
    assert [after.full(name) for name in sorted(after.pages)] == [True, True]
    assert len(after.pages["2026-1"]) == log_module.SIZE
    merged = of_ledger(tmp_path, "2026-03-02,create,practices/a,,\n2026-03-03,merge,practices/a,practices/b,\n")
    (event,) = merged.members("2026-1")
    assert event.gone
    assert event.replaced_by == identifiers.record("practice", "b")


def test_below_a_path_and_in_a_kept_version_addresses_hold(versions_apart: tuple[Project, str], tmp_path: Path) -> None:
    project, older = versions_apart
    settings = Settings(root=project.root, private=tmp_path / "private", base_path="/x", address="http://testserver/x")
    with TestClient(create_app(Current(settings), settings)) as client:
        assert harvest(client, "/x/feed").quads() == published(project)
        then = harvest(client, f"/x/version/{older}/feed")
    assert all(f"/x/version/{older}/feed" in address for address in then.pages)
    assert about(then, "practice", "selection-rate-gap").activity == "Create"


def test_over_a_store_elsewhere_it_is_the_same(built: Project, server: str, tmp_path: Path) -> None:
    settings = Settings(root=built.root, private=tmp_path / "private")
    load_remote(versions.current(built.build), server, settings)
    with TestClient(create_app(Current(settings, server), settings)) as client:
        assert harvest(client).quads() == published(built)
        assert client.get("/download/SHA256SUMS").status_code == 404
        assert client.get("/catalog.ttl").status_code == 200
        assert client.get("/data", headers={"accept": "text/html"}).status_code == 200


def test_pages_that_are_not_there_are_refused_with_a_way_out(served: TestClient) -> None:
    answer = served.get("/feed/2026-99", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert served.get("/feed", headers={"accept": "image/png"}).status_code == 406
    assert served.get("/feed").headers["link"].count("creativecommons.org") == 1
