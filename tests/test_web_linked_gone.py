"""What became of records that are not here any more: withdrawn, renamed, merged, erased."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from dgekg import formats, identifiers
from dgekg.errors import RecordGone
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Project, Settings
from dgekg.suppression import Entry, Suppressed, opaque
from dgekg.vocabulary import BASE, LANGUAGES, PREFIXES
from dgekg.web.app import create_app
from dgekg.web.house import House, Visit
from dgekg.web.linked import frame

ACCEPTED = {f.suffix: f.media_type for f in formats.RECORDS}
WITHDRAWN = "hiring-filter-test"


@pytest.fixture(scope="module")
def observatory(versions_apart: tuple[Project, str]) -> Observatory:
    return open_observatory(Settings(root=versions_apart[0].root))


@pytest.fixture(scope="module")
def client(observatory: Observatory) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: observatory, Settings()), follow_redirects=False) as found:
        yield found


def suppressing(observatory: Observatory, *entries: Entry) -> TestClient:
    o = observatory
    other = Observatory(
        o.project, o.store, o.version, o.as_of, o.meta, o.settings, o.folder, Suppressed(entries, b"a key")
    )
    return TestClient(create_app(lambda: other, Settings()), follow_redirects=False)


@pytest.mark.parametrize(("suffix", "media"), ACCEPTED.items())
@pytest.mark.parametrize("kind", ["practice", "evidence", "attribution"])
def test_withdrawn_leaves_a_tombstone(client: TestClient, kind: str, suffix: str, media: str) -> None:
    path = f"/id/{kind}/{WITHDRAWN}" + ("" if kind == "practice" else "-1")
    by_accept = client.get(path, headers={"accept": media})
    by_suffix = client.get(f"{path}.{suffix}")
    for answer in (by_accept, by_suffix):
        assert answer.status_code == 410
        assert answer.headers["content-type"].split(";")[0] == media
        assert "2026-11-21" in answer.text
        assert 'rel="license"' in answer.headers["link"]
    form = next(f for f in formats.RECORDS if f.suffix == suffix)
    if form.rdf is not None and form is not formats.JSONLD:
        triples = [q.triple for q in ox.parse(by_suffix.content, format=form.rdf)]
        assert {t.subject.value for t in triples} == {BASE.rstrip("/") + path}
        said = {t.predicate.value: t.object.value for t in triples}
        assert said[PREFIXES["prov"] + "invalidatedAtTime"] == "2026-11-21T00:00:00Z"
        assert said[identifiers.term("changeKind")] == identifiers.concept("change-kind", "withdraw")
        assert len(triples) == 3
    if form in (formats.JSON, formats.JSONLD):
        body = by_suffix.json()
        assert (body["id"], body["type"]) == (BASE.rstrip("/") + path, ["prov:Entity"])
        assert ("@context" in body) == (form is formats.JSONLD)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tombstone_in_three_languages(client: TestClient, language: str) -> None:
    page = client.get(f"/id/practice/{WITHDRAWN}.html", headers={"accept-language": language})
    assert page.status_code == 410
    assert f'<html lang="{language}">' in page.text
    assert page.headers["content-language"] == language


def test_graph_of_a_withdrawn_record_is_gone_with_it(client: TestClient) -> None:
    assert client.get(f"/graph/practices/{WITHDRAWN}", headers={"accept": "text/turtle"}).status_code == 410
    assert client.get("/graph/practices/never-here", headers={"accept": "text/turtle"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/id/practice/selection-rate-gap", "/id/practice/rate-gap"),
        ("/id/practice/selection-rate-gap.ttl", "/id/practice/rate-gap.ttl"),
        ("/id/practice/selection-rate-gap?lang=fr", "/id/practice/rate-gap?lang=fr"),
        ("/id/evidence/selection-rate-gap-1", "/id/evidence/rate-gap-1"),
        ("/id/evidence/selection-rate-gap-99", "/id/practice/rate-gap"),
        ("/id/practice/language-trust", "/id/practice/data-trust-a"),
    ],
)
def test_renamed_leads_to_what_is_in_its_place(client: TestClient, path: str, place: str) -> None:
    answer = client.get(path, headers={"accept": "text/turtle"})
    assert (answer.status_code, answer.headers["location"]) == (301, place)
    successor = BASE + place.split("?")[0].removesuffix(".ttl").lstrip("/")
    assert f'<{successor}>; rel="successor-version"' in answer.headers["link"]
    assert client.get(place, headers={"accept": "text/turtle"}).status_code in (200, 303)


def test_a_part_by_its_name_only(client: TestClient) -> None:
    for path in ("/id/evidence/hiring-filter-1", f"/id/practice/{WITHDRAWN}-b", f"/scheme/stage/{WITHDRAWN}"):
        assert client.get(path, headers={"accept": "text/turtle"}).status_code == 404


def test_others_learn_it_too(observatory: Observatory) -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "server": ("t", 80)}
    visit = Visit(House(lambda: observatory, Settings()), Request(scope))
    with pytest.raises(RecordGone) as caught:
        frame.document(visit, identifiers.record("practice", WITHDRAWN))
    assert (caught.value.kind, caught.value.date) == ("withdrawn", "2026-11-21")


def test_suppressed_is_gone_though_a_store_still_holds_it(observatory: Observatory) -> None:
    iri = identifiers.record("practice", "bias-audit-b")
    with suppressing(observatory, Entry(iri, "withdrawn", "2026-11-22")) as client:
        answer = client.get("/id/practice/bias-audit-b.json")
        assert answer.status_code == 410
        assert "2026-11-22" in answer.text
        assert client.get("/id/practice/data-trust-a.json").status_code == 200


def test_merged_by_the_list_leads_on(observatory: Observatory) -> None:
    old, new = identifiers.record("practice", "twice-told"), identifiers.record("practice", "bias-audit-b")
    with suppressing(observatory, Entry(old, "merged", "2026-11-22", new)) as client:
        answer = client.get("/id/practice/twice-told.nt")
        assert (answer.status_code, answer.headers["location"]) == (301, "/id/practice/bias-audit-b.nt")


def test_what_came_in_its_place_may_be_gone_too(observatory: Observatory) -> None:
    new, other = identifiers.record("practice", "rate-gap"), identifiers.record("practice", "bias-audit-b")
    with suppressing(observatory, Entry(new, "merged", "2026-11-22", other)) as client:
        answer = client.get("/id/practice/selection-rate-gap.ttl")
        assert (answer.status_code, answer.headers["location"]) == (301, "/id/practice/bias-audit-b.ttl")
    with suppressing(observatory, Entry(new, "withdrawn", "2026-11-22")) as client:
        answer = client.get("/id/practice/selection-rate-gap.ttl")
        assert answer.status_code == 410
        assert "2026-11-22" in answer.text
    with suppressing(
        observatory, Entry(new, "merged", "2026-11-22", other), Entry(other, "merged", "2026-11-22", new)
    ) as client:
        assert client.get("/id/practice/selection-rate-gap.ttl").status_code in (301, 410)


@pytest.mark.parametrize(("suffix", "media"), ACCEPTED.items())
def test_erased_says_nothing(observatory: Observatory, suffix: str, media: str) -> None:
    name = "somebody-unnamed"
    iri = identifiers.record("practice", name)
    with suppressing(observatory, Entry(opaque(iri, b"a key"), "erased", "2026-11")) as client:
        for path in (f"/id/practice/{name}", f"/id/evidence/{name}-1"):
            for answer in (client.get(path, headers={"accept": media}), client.get(f"{path}.{suffix}")):
                assert answer.status_code == 410
                said = answer.text.split("<main")[-1].split("</main")[0] if suffix == "html" else answer.text
                assert name not in said + json.dumps(dict(answer.headers))
                assert "2026-11-" not in said
        assert client.get("/id/practice/somebody-else", headers={"accept": media}).status_code == 404
