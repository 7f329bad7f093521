"""Freshness: ETags, kept versions, and what may not be shown any more, which is nowhere from that second on."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from conftest import AS_OF, Ran
from dgekg import generation, identifiers, suppressing, suppression, versions
from dgekg.build import build
from dgekg.errors import InputError, StoreError
from dgekg.export import export
from dgekg.index import Index
from dgekg.index.parts import names as part_names
from dgekg.index.records import sources_of
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.suppression import Entry, Suppressed
from dgekg.web.app import create_app
from dgekg.web.service.current import Current

GONE = "bias-audit-b"
PRACTICE = identifiers.record("practice", GONE)
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}


class World:
    """Two builds of the small world: an older one, kept, and the current one."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project, self.private = project, folder / "private"
        self.settings = Settings(root=project.root, private=self.private)
        self.current, self.older = versions.kept(project.build)
        assert versions.current(project.build).id == self.current

    def suppress(self, slug: str = GONE, kind: str = "withdrawn", of: str = "practice", into: str = "") -> Entry:
        return suppressing.add(self.private, identifiers.record(of, slug), kind, AS_OF, into)


@pytest.fixture(scope="module")
def twice(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = _copied(built, tmp_path_factory.mktemp("twice"))
    assert build(project, AS_OF + dt.timedelta(days=1)).version is not None
    return project


@pytest.fixture
def world(twice: Project, tmp_path: Path) -> World:
    return World(_copied(twice, tmp_path / "project"), tmp_path / "apart")


def _copied(project: Project, folder: Path) -> Project:
    for name in ("ontology", "shapes", "queries", "data", "build"):
        shutil.copytree(project.root / name, folder / name, symlinks=True)
    return Project.at(folder)


@pytest.fixture(scope="module")
def still(twice: Project, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world that nobody changes."""
    return World(twice, tmp_path_factory.mktemp("still"))


@pytest.fixture(scope="module")
def reader(still: World) -> Iterator[TestClient]:
    yield from _asked(still)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    yield from _asked(world)


def _asked(world: World) -> Iterator[TestClient]:
    app = create_app(Current(world.settings), world.settings)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


def paths_that_name(slug: str) -> list[str]:
    """Return addresses of lists, tables, searches and queries that name a practice while it is there."""
    every = "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?s), 'X') || CONTAINS(STR(?o), 'X')) }".replace(
        "X", slug
    )
    return [
        "/practices?q=Bias+audit+B",
        "/practices",
        "/api/practices?format=csv",
        "/api/search?q=Bias+audit+B",
        "/coverage/cell?rows=stage&at=verification-validation",
        "/id/actor/university-a.html",
        "/id/actor/university-a.ttl",
        "/id/instrument/equality-convention.html",
        "/id/provision/equality-convention-1.jsonld",
        "/scheme/stage/verification-validation.html",
        "/api/lookup?url=https://example.org/bias-audit-b/1",
        "/api/questions/status-of-practices",
        f"/sparql?query={every}&format=csv",
        "/sitemap.xml",
        "/feed",
        "/network",
        "/actors",
    ]


def words(answer: Any) -> str:
    """Return all that an answer says; of a look-up, which echoes the address and the query with it, only the rows."""
    if "/api/lookup" in str(answer.url):
        return json.dumps(answer.json()["rows"])
    return str(answer.content.decode("utf-8", "replace"))


# --- ETags -----------------------------------------------------------------------------------------------------------


def test_what_the_build_decides_has_a_strong_etag(client: TestClient, world: World) -> None:
    tags = {}
    for path in (
        "/",
        "/practices",
        "/api/practices",
        "/api/coverage?rows=stage",
        "/id/actor/union-h.ttl",
        "/gaps?lang=fr",
    ):
        first = client.get(path)
        assert first.status_code == 200
        tags[path] = first.headers["etag"]
        assert tags[path].startswith('"')
        again = client.get(path, headers={"if-none-match": tags[path]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tags[path])
        assert first.headers["x-dgekg-version"] == world.current
    world.suppress()
    for path, tag in tags.items():
        after = client.get(path, headers={"if-none-match": tag})
        assert after.status_code == 200  # what a client kept may name what is gone
        assert after.headers["etag"] != tag


def test_a_versioned_address_is_asked_about_again(client: TestClient, world: World) -> None:
    found = client.get(f"/version/{world.older}/practices")
    assert "immutable" not in found.headers["cache-control"]
    assert "must-revalidate" in found.headers["cache-control"]
    assert "max-age=0" in found.headers["cache-control"]
    known = {"if-none-match": found.headers["etag"]}
    assert client.get(f"/version/{world.older}/practices", headers=known).status_code == 304
    world.suppress()
    assert client.get(f"/version/{world.older}/practices", headers=known).status_code == 200


# --- kept versions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/practices", "/api/practices", "/coverage", "/gaps", "/id/practice/bias-audit-b.ttl", "/scheme/stage.html",
     "/sparql?query=ASK%7B%7D&format=json", "/download/dump.nq", "/questions/practices-of-a-group?group=women"],
)  # fmt: skip
def test_a_kept_version_answers_wherever_the_current_one_does(reader: TestClient, still: World, path: str) -> None:
    found = reader.get(f"/version/{still.older}{path}")
    assert found.status_code == 200, found.text[:300]
    assert found.headers["x-dgekg-version"] == still.older
    link = found.headers["link"]
    assert f'<{path}>; rel="latest-version"' in link
    assert 'rel="canonical"' in link
    assert reader.get(path).headers["x-dgekg-version"] == still.current


def test_a_kept_version_is_that_version_and_says_so(reader: TestClient, still: World) -> None:
    old = reader.get(f"/version/{still.older}/api/practices", headers=JSON).json()
    assert (old["version"], old["as_of"]) == (still.older, AS_OF.isoformat())
    for language, said in (("en", "This is version"), ("fr", "Vous lisez la version"), ("es", "Esta es la versión")):
        page = reader.get(f"/version/{still.older}/practices?lang={language}", headers=HTML).text
        assert f"{said} {still.older}" in page
        assert f"{still.current}." in page
        links = [part.split('"')[0] for part in page.split('href="/')[1:]]
        inside = [link for link in links if link.startswith(f"version/{still.older}/")]
        latest = [link for link in links if not link.startswith((f"version/{still.older}/", "static/"))]
        assert inside
        assert latest == [f"practices?lang={language}"]  # the one that leads to the current version
        assert said not in reader.get(f"/practices?lang={language}", headers=HTML).text
        assert said not in reader.get(f"/version/{still.current}/practices?lang={language}", headers=HTML).text


def test_a_page_of_a_kept_version_changes_when_the_current_one_does(client: TestClient, world: World) -> None:
    page, data = f"/version/{world.older}/about", f"/version/{world.older}/api/practices"
    tags = [client.get(path).headers["etag"] for path in (page, data)]
    made = build(world.project, AS_OF + dt.timedelta(days=2))
    assert made.version is not None
    with TestClient(create_app(Current(world.settings), world.settings)) as later:
        answers = [later.get(p, headers={"if-none-match": t}) for p, t in zip((page, data), tags, strict=True)]
    assert [a.status_code for a in answers] == [200, 304]
    assert made.version.id in answers[0].text


def test_copies_go_with_their_version(world: World) -> None:
    world.suppress()
    Current(world.settings).older(world.older)
    copies = world.project.build / generation.REDUCED
    assert len(list(copies.glob("*-*"))) == 2
    listed = suppression.read(world.private)
    assert build(world.project, AS_OF + dt.timedelta(days=2), keep=0, suppressed=listed).version is not None
    assert len(versions.kept(world.project.build)) == 1
    assert list(copies.glob("*-*")) == []


def test_the_beginning_of_a_version_leads_to_it(reader: TestClient, still: World) -> None:
    found = reader.get(f"/version/{still.older[:6]}/practices?q=a%20b")
    assert (found.status_code, found.headers["location"]) == (307, f"/version/{still.older}/practices?q=a%20b")
    assert reader.get(f"/version/{still.older[:3]}/practices").status_code == 404


def test_a_version_that_is_gone_names_the_nearest(client: TestClient, world: World) -> None:
    versions.remember(world.project.build, "0123456789abcdef", AS_OF - dt.timedelta(days=30))
    found = client.get("/version/0123456789abcdef/practices?lang=es", headers=JSON)
    assert found.status_code == 410
    assert found.json()["suggestions"][0] == f"/version/{world.older}/practices"
    page = client.get("/version/0123/practices?lang=es", headers=HTML)
    assert (page.status_code, "Esta versión ya no se conserva" in page.text) == (410, True)
    assert f'href="/version/{world.older}/practices"' in page.text
    never = client.get("/version/fedcba9876543210/practices", headers=JSON)
    assert (never.status_code, len(never.json()["suggestions"])) == (404, 1)
    for odd in ("/version/..%2f..%2fetc/practices", "/version/%00/practices", "/version/current/x", "/version//x"):
        assert client.get(odd, headers=HTML).status_code == 404


def test_what_is_kept_is_told(reader: TestClient, still: World) -> None:
    told = reader.get("/version").json()
    assert [v["version"] for v in told["versions"]] == [still.current, still.older]
    assert [v["current"] for v in told["versions"]] == [True, False]


def test_few_versions_stay_open(world: World) -> None:
    assert build(world.project, AS_OF + dt.timedelta(days=2), keep=9).version
    current = Current(Settings(root=world.project.root, private=world.private, open_versions=1))
    opened = [current.older(name) for name in versions.kept(world.project.build)]
    assert len({o.version for o in opened}) == 3
    assert len(current._older) == 1
    assert current.older(opened[-1].version) is opened[-1]
    assert current.older(opened[-2].version) is not opened[-2]


def test_a_version_in_use_is_not_deleted(world: World) -> None:
    current = Current(world.settings)
    older = current.older(world.older)
    between = build(world.project, AS_OF + dt.timedelta(days=2), keep=0).version
    assert between is not None
    assert build(world.project, AS_OF + dt.timedelta(days=3), keep=0).version
    assert between.id not in versions.kept(world.project.build)  # nobody reads it
    assert world.older in versions.kept(world.project.build)
    assert older.store.ask("ASK { ?s ?p ?o }")
    del older
    current._older.clear()
    assert build(world.project, AS_OF + dt.timedelta(days=9), keep=0).version
    assert world.older not in versions.kept(world.project.build)


def test_keep_versions_is_the_rule(world: World) -> None:
    for number in (2, 3):
        assert build(world.project, AS_OF + dt.timedelta(days=number), keep=2).version
        assert len(versions.kept(world.project.build)) == 3
    assert world.current in versions.kept(world.project.build)
    assert world.older not in versions.kept(world.project.build)  # the oldest has gone


# --- what may not be shown any more ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["withdrawn", "erased", "merged"])
def test_a_suppressed_record_is_nowhere(client: TestClient, world: World, kind: str) -> None:
    named = {path: GONE in words(client.get(path)) for path in paths_that_name(GONE)}
    assert sum(named.values()) > len(named) / 2, named  # the addresses are good ones
    for path in (f"/id/practice/{GONE}", f"/id/practice/{GONE}.html", f"/id/practice/{GONE}.ttl"):
        assert client.get(path).status_code in (200, 303)
    into = identifiers.record("practice", "data-trust-a") if kind == "merged" else ""
    world.suppress(kind=kind, into=into)
    for prefix in ("", f"/version/{world.older}", f"/version/{world.current}"):
        for what in (f"practice/{GONE}", f"evidence/{GONE}-1", f"attribution/{GONE}-1", f"support/{GONE}-2",
                     f"assessment/{GONE}-1"):  # fmt: skip
            for suffix in ("", ".html", ".ttl", ".jsonld", ".nt", ".rdf", ".json"):
                status = client.get(f"{prefix}/id/{what}{suffix}").status_code
                assert status in ((410, 301) if kind == "merged" else (410,)), (prefix, what, suffix)
        for path in paths_that_name(GONE):
            answer = client.get(prefix + path)
            assert answer.status_code in (200, 404), (path, answer.text[:300])
            if path not in ("/feed",) or kind == "erased":  # the feed tells of a withdrawal, by name
                assert GONE not in words(answer), (kind, prefix, path)
        assert client.get(f"{prefix}/graph/practices/{GONE}.ttl").status_code in (404, 410, 301)
        for name in ("dump.nq", "dump.nq.gz", "dump.ttl", "dump.trig", "dump.jsonld"):
            body = client.get(f"{prefix}/download/{name}").content
            body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            assert len(body) > 10_000
            assert GONE.encode() not in body, (prefix, name)
    told = client.get(f"/id/practice/{GONE}", headers=JSON)
    if kind == "merged":
        assert told.headers["location"].startswith("/id/practice/data-trust-a")
    else:
        assert (GONE in told.text) == (kind == "withdrawn")


def test_what_is_left_is_what_a_build_would_make(world: World) -> None:
    world.suppress()
    world.suppress("ombuds-d", of="actor")
    world.suppress("ai-law", of="instrument", kind="erased")
    listed = suppression.read(world.private)
    opened = open_observatory(world.settings)
    made = build(world.project, AS_OF + dt.timedelta(days=1), suppressed=listed)
    assert made.version is not None
    assert opened.folder is not None
    assert sorted(f.file for f in made.findings if f.rule == "suppressed") == [
        "data/actors/ombuds-d.ttl", f"data/practices/{GONE}.ttl", "data/standards/ai-law.ttl"]  # fmt: skip
    fresh = open_observatory(world.settings)
    assert fresh.folder == made.version.path  # nothing is left to take out
    assert (fresh.meta["documents"], fresh.meta["classes"]) == (opened.meta["documents"], opened.meta["classes"])
    assert fresh.version != opened.version
    assert made.version.dump.read_bytes() == (opened.folder / "dump.nq").read_bytes()
    assert fresh.index.practices == opened.index.practices


@pytest.mark.parametrize(
    ("record", "others"),
    [
        ("actor/ombuds-d", "practice/bias-audit-b"),
        ("instrument/ai-law", "instrument/ai-standard"),
        ("system/hiring-filter", "practice/hiring-filter-test"),
        ("practice/welfare-scorer-rollout", "system/welfare-scorer"),
        ("collection/world-desk", "practice/bias-audit-b"),
    ],
)
def test_nothing_mentions_it_and_the_rest_is_there(world: World, record: str, others: str) -> None:
    version = versions.current(world.project.build)
    before = version.dump.read_text("utf-8")
    mention = f"<https://w3id.org/dgekg/id/{record}>"
    assert before.count(mention) > 3
    listed = Suppressed([Entry(suppression.named(record), "withdrawn", "2026-11-22")])
    shown = generation.served(version, listed, world.project.queries)
    after = shown.dump.read_text("utf-8")
    assert mention not in after
    if record == "collection/world-desk":  # its parts go with it: what it searched with, what it left out
        assert all(f"/id/{kind}/world-desk-1>" in before for kind in ("search", "exclusion"))
        assert not any(f"/id/{kind}/world-desk-" in after for kind in ("search", "exclusion"))
        assert "/id/search/world-interviews-1>" in after
    assert f"<https://w3id.org/dgekg/id/{others}> <https://w3id.org/dgekg/" in after
    assert set(after.splitlines()) < set(before.splitlines())
    assert {str(quad) for quad in LocalStore(shown.store).engine} == {
        str(quad) for quad in LocalStore.of_file(shown.dump).engine
    }
    assert LocalStore(shown.store).graphs() == LocalStore.of_file(shown.dump).graphs()  # not even the name of one
    opened = open_observatory(world.settings)  # the version itself is as it was
    assert mention in version.dump.read_text("utf-8")
    assert opened.folder == version.path


def test_index_and_search_are_as_if_read_anew(world: World) -> None:
    world.suppress()
    opened = open_observatory(world.settings)
    anew = Index(opened.store, world.project.queries)
    arrays, tables = part_names(sources_of(opened.index.dimensions))
    assert [n for n in arrays if not np.array_equal(opened.index.parts.array(n), anew.parts.array(n))] == []
    assert [n for n in tables if opened.index.parts.table(n) != anew.parts.table(n)] == []
    assert PRACTICE not in [h.iri for h in opened.search.find("bias audit b").hits]
    assert opened.search.find("university-a").total == len(opened.search.find("university-a").hits)


def test_a_slug_that_begins_another_takes_only_its_own(world: World) -> None:
    practices = world.project.data / "practices"
    text = (
        (practices / f"{GONE}.ttl").read_text("utf-8").replace(f"{GONE}-", "twin-").replace(f"/{GONE}>", f"/{GONE}-2>")
    )
    text = text.replace("twin-", f"{GONE}-2-").replace('"W02"', '"W99"').replace("Bias audit B", "Another matter")
    text = text.replace("https://example.org/bias-audit-b/", "https://example.org/another/")
    (practices / f"{GONE}-2.ttl").write_text(text, "utf-8")
    made = build(world.project, AS_OF + dt.timedelta(days=2), record=True)
    assert made.version is not None, [f.text() for f in made.findings]
    world.suppress()
    app = create_app(Current(world.settings), world.settings)
    with TestClient(app, follow_redirects=False) as client:
        assert client.get(f"/id/practice/{GONE}.ttl").status_code == 410
        assert client.get(f"/id/practice/{GONE}-2.ttl").status_code == 200
        assert client.get(f"/id/evidence/{GONE}-2-1.ttl").status_code == 200
        assert client.get(f"/id/evidence/{GONE}-2.ttl").status_code == 410
    suppressing.restore(world.private, PRACTICE, AS_OF)
    world.suppress(f"{GONE}-2")
    with TestClient(app, follow_redirects=False) as client:
        assert client.get(f"/id/practice/{GONE}.ttl").status_code == 200
        assert client.get(f"/id/evidence/{GONE}-2.ttl").status_code == 200
        assert client.get(f"/id/evidence/{GONE}-2-1.ttl").status_code == 410


def test_counts_fall_and_it_is_said(client: TestClient, world: World) -> None:
    before = client.get("/api/practices", headers=JSON).json()["total"]
    world.suppress()
    after = client.get("/api/practices", headers=JSON).json()
    assert after["total"] == before - 1
    for path in ("/api/practices", "/api/coverage?rows=stage", "/api/gaps"):
        assert client.get(path, headers=JSON).json()["withdrawn_since_built"] == 1
    assert client.get("/health").json()["suppressed_since_built"] == 1
    for path in ("/coverage", "/practices", "/gaps", f"/version/{world.older}/coverage"):
        assert "1 record was withdrawn since this version was built" in client.get(path, headers=HTML).text
    world.suppress("data-trust-a", "erased")
    assert "2 fiches ont été retirées" in client.get("/coverage?lang=fr", headers=HTML).text
    assert client.get("/api/practices", headers=JSON).json()["total"] == before - 2


def test_it_holds_when_the_next_build_fails_and_when_it_succeeds(client: TestClient, world: World) -> None:
    world.suppress()
    broken = world.project.data / "practices" / "coding-school-f.ttl"
    good = broken.read_text("utf-8")
    broken.write_text(good.replace("dct:title", "dct:tittle"), "utf-8")
    assert (
        build(world.project, AS_OF + dt.timedelta(days=2), suppressed=suppression.read(world.private)).version is None
    )
    assert client.get(f"/id/practice/{GONE}.html").status_code == 410
    broken.write_text(good, "utf-8")
    made = build(world.project, AS_OF + dt.timedelta(days=2), suppressed=suppression.read(world.private))
    assert made.version is not None
    assert GONE.encode() not in made.version.dump.read_bytes()
    fresh = create_app(Current(world.settings), world.settings)
    with TestClient(fresh) as again:
        assert again.get("/health").json()["version"] == made.version.id
        assert again.get(f"/id/practice/{GONE}.html").status_code == 410
        assert again.get(f"/version/{world.older}/id/practice/{GONE}.html").status_code == 410
        assert "withdrawn since this version" not in again.get("/coverage", headers=HTML).text


def test_nothing_is_shown_while_it_cannot_be_left_out(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise StoreError("the disk is full.")

    monkeypatch.setattr(generation, "_reduce", fail)
    world.suppress()
    for path in ("/", "/practices", "/api/practices", f"/version/{world.older}/practices", "/download/dump.nq"):
        found = client.get(path)
        assert (found.status_code, found.headers.get("retry-after")) == (503, "10"), path
        assert GONE not in found.text
    assert client.get(f"/id/practice/{GONE}.html").status_code == 410
    assert (client.get("/health").status_code, client.get("/health").json()["status"]) == (503, "broken")
    monkeypatch.undo()
    assert client.get("/practices").status_code == 200


def test_a_list_that_was_tampered_with_closes_the_house(client: TestClient, world: World) -> None:
    world.suppress()
    assert client.get("/practices").status_code == 200
    file = world.private / suppression.FILE
    whole = file.read_bytes()
    for data in (b"", b"record,kind,date,replaced_by\n", whole + b"x\n", whole.replace(b"withdrawn", b"erased")):
        file.write_bytes(data)
        assert client.get("/practices").status_code == 503
        assert client.get("/health").status_code == 503
    file.unlink()
    assert client.get("/practices").status_code == 503
    file.write_bytes(whole)
    assert client.get("/practices").status_code == 200


def test_what_is_withdrawn_may_come_back_and_what_is_erased_not(client: TestClient, world: World) -> None:
    world.suppress()
    assert client.get(f"/id/practice/{GONE}.ttl").status_code == 410
    suppressing.restore(world.private, PRACTICE, AS_OF)
    assert client.get(f"/id/practice/{GONE}.ttl").status_code == 200
    assert suppression.read(world.private).counter == 2
    world.suppress(kind="erased")
    listed = (world.private / suppression.FILE).read_text("utf-8")
    assert GONE not in listed  # nor in the lines that said so before
    assert AS_OF.isoformat() not in listed
    assert suppression.read(world.private).counter == 3
    assert PRACTICE in suppression.read(world.private)
    with pytest.raises(InputError, match="cannot be undone"):
        suppressing.restore(world.private, PRACTICE, AS_OF)
    with pytest.raises(InputError, match="on the list already"):
        world.suppress(kind="withdrawn")
    (world.private / suppression.KEY).unlink()
    with pytest.raises(StoreError, match="cannot be used"):
        suppression.read(world.private)


def test_the_private_root_is_its_owners(world: World) -> None:
    world.suppress(kind="erased")
    assert oct(world.private.stat().st_mode)[-3:] == "700"
    for name in (suppression.FILE, suppression.KEY):
        assert oct((world.private / name).stat().st_mode)[-3:] == "600"


def test_a_remote_store_that_holds_it_is_refused(world_store: Any) -> None:
    for kind in ("withdrawn", "erased"):
        record = PRACTICE if kind == "withdrawn" else suppression.opaque(PRACTICE, b"k")
        listed = Suppressed([Entry(record, kind, "2026-11")], b"k")
        with pytest.raises(StoreError, match="holds 1 records that may not be shown"):
            generation.refuse(world_store, "http://store.example", listed)
    generation.refuse(world_store, "http://store.example", Suppressed([Entry(PRACTICE + "-x", "withdrawn", "")]))


def test_exports_and_the_command_line_are_without_it(
    world: World, dgekg: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DGEKG_PRIVATE", str(world.private))
    ran = dgekg(world.project, "suppress", "practice/bias-audit-x", "--kind", "withdrawn")
    assert (ran.code, "Did you mean bias-audit-b?" in ran.err) == (2, True)
    assert dgekg(world.project, "suppress", f"id/practice/{GONE}").code == 2
    assert dgekg(world.project, "suppress", "scheme/stage/data", "--kind", "withdrawn").code == 2
    ran = dgekg(world.project, "suppress", f"practice/{GONE}", "--kind", "withdrawn")
    assert (ran.code, "answers 410" in ran.out) == (0, True)
    assert GONE not in dgekg(world.project, "ask", "status-of-practices", "--format", "json").out
    assert GONE not in dgekg(world.project, "find", "bias audit").out
    assert dgekg(world.project, "export", str(tmp_path / "all.nq")).code == 0
    assert GONE not in (tmp_path / "all.nq").read_text("utf-8")
    assert export(world.project, tmp_path / "all.nq") > 0  # without the list: what the build holds
    assert GONE in (tmp_path / "all.nq").read_text("utf-8")
    ran = dgekg(world.project, "build", "--as-of", "2026-11-24")
    assert (ran.code, f"data/practices/{GONE}.ttl" in ran.err) == (0, True)
    assert GONE.encode() not in versions.current(world.project.build).dump.read_bytes()
    assert dgekg(world.project, "suppress", f"practice/{GONE}", "--undo").code == 0


def test_comparisons_with_older_versions_are_without_it(client: TestClient, world: World) -> None:
    path = f"/api/coverage?rows=stage&against-version={world.older}"
    before = client.get(path).text
    world.suppress()
    after = client.get(path)
    assert after.status_code == 200
    assert GONE not in after.text
    assert after.text != before


def test_pages_of_a_list_stay_in_their_version(client: TestClient, world: World) -> None:
    first = client.get("/api/practices?limit=3", headers=JSON).json()
    address = first["next"] if isinstance(first["next"], str) else json.dumps(first["next"])
    assert build(world.project, AS_OF + dt.timedelta(days=3)).version
    fresh = create_app(Current(world.settings), world.settings)
    with TestClient(fresh, follow_redirects=True) as again:
        second = again.get(address, headers=JSON)
        if second.status_code == 200:  # of the version that the first page was of, or it says that it cannot
            assert second.json()["version"] == first["version"]
        else:
            assert second.status_code == 410


def test_an_observatory_in_memory_has_nothing_suppressed(world_observatory: Observatory) -> None:
    assert not world_observatory.suppressed
    assert world_observatory.suppressed_since == 0
