"""What was answered before is answered again as it was, and no longer than it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web import app
from dgekg.web.service.again import Again

_EVERY_TIME = ("x-request-id",)
_ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("/practices", {"accept": "text/html"}),
    ("/practices?lang=fr", {"accept": "text/html"}),
    ("/api/coverage?rows=stage", {"accept": "application/json"}),
    ("/api/coverage?rows=stage", {"accept": "text/csv"}),
    ("/api/coverage?rows=stage", {"accept": "application/json", "origin": "https://example.org"}),
    ("/id/practice/bias-audit-b.ttl", {"accept": "*/*"}),
    ("/id/practice/bias-audit-b.ttl", {"accept": "*/*", "accept-encoding": "identity"}),
    ("/id/practice/bias-audit-b.ttl?_profile=labels", {"accept": "*/*"}),
    ("/practices", {"accept": "text/html", "host": "example.org"}),
)


class Source:
    """Gives an observatory, and counts how often it was opened by a page."""

    def __init__(self, observatory: Observatory) -> None:
        self.observatory = observatory

    def __call__(self) -> Observatory:
        return self.observatory


@pytest.fixture
def source(world_observatory: Observatory) -> Source:
    return Source(world_observatory)


@pytest.fixture
def client(source: Source) -> Iterator[TestClient]:
    with TestClient(app.create_app(source, Settings()), follow_redirects=False) as client:
        client.get("/health")  # the version is at hand from the first answer on
        yield client


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses of the pages of practices that were really made."""
    found: list[str] = []
    real = dict(app._PAGES)["/practices"]

    def counted(house: object, request: object) -> object:
        found.append(str(request.url))  # type: ignore[attr-defined]
        return real(house, request)  # type: ignore[arg-type]

    monkeypatch.setattr("dgekg.web.app._PAGES", (("/practices", counted),))
    return found


def _shown(answer: object) -> tuple[object, ...]:
    headers = {k: v for k, v in answer.headers.items() if k not in _EVERY_TIME}  # type: ignore[attr-defined]
    return answer.status_code, headers, answer.content  # type: ignore[attr-defined]


def test_the_second_answer_is_the_first(source: Source) -> None:
    with TestClient(app.create_app(source, Settings()), follow_redirects=False) as warm:
        for _ in range(2):
            for path, headers in _ASKED:
                warm.get(path, headers=headers)
        for path, headers in _ASKED:
            with TestClient(app.create_app(source, Settings()), follow_redirects=False) as fresh:
                first, again = fresh.get(path, headers=headers), warm.get(path, headers=headers)
                assert _shown(again) == _shown(first), (path, headers)
                assert again.headers["x-request-id"] != first.headers["x-request-id"]
                known = {**headers, "if-none-match": first.headers["etag"]}
                fresh.app.state.house._kept.clear()  # type: ignore[attr-defined]
                one, other = fresh.get(path, headers=known), warm.get(path, headers=known)
                assert one.status_code == other.status_code == 304
                assert _shown(one) == _shown(other)
                assert not other.content
                assert "content-length" not in other.headers
                assert warm.head(path, headers=headers).headers["content-length"] == str(
                    int(again.headers["content-length"])
                )
                assert not warm.head(path, headers=headers).content


def test_it_is_made_once(made: list[str], client: TestClient) -> None:
    for _ in range(3):
        assert client.get("/practices").status_code == 200
    assert len(made) == 1
    assert client.get("/practices", headers={"accept-language": "fr"}).headers["content-language"] == "fr"
    assert len(made) == 2
    assert client.get("/practices?q=x").status_code == client.get("/practices?q=x").status_code == 200
    assert len(made) == 3


def test_304_from_a_client_that_knows_more_than_we(made: list[str], client: TestClient, source: Source) -> None:
    tag = client.get("/practices").headers["etag"]
    with TestClient(app.create_app(source, Settings())) as restarted:
        restarted.get("/health")
        before = len(made)
        for _ in range(3):
            answer = restarted.get("/practices", headers={"if-none-match": tag})
            assert (answer.status_code, answer.content) == (304, b"")
        assert len(made) == before + 1
        whole = restarted.get("/practices", headers={"if-none-match": '"another"'})
        assert whole.status_code == 200
        assert whole.content
        assert restarted.get("/practices").content == whole.content


def test_a_new_version_is_seen_at_once(client: TestClient, source: Source) -> None:
    first = client.get("/practices")
    other = object.__new__(Observatory)
    other.__dict__.update(source.observatory.__dict__)
    other.version = "another"
    source.observatory = other
    second = client.get("/practices")
    assert second.headers["etag"] != first.headers["etag"]
    assert client.get("/practices", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_faults_and_what_changes_are_not_kept(client: TestClient) -> None:
    assert client.get("/practices?where=nonsense%3Dx").status_code in (400, 404, 422)
    layer: Any = client.app.middleware_stack  # type: ignore[attr-defined]
    while not isinstance(layer, Again):
        layer = layer.app
    kept = layer._given
    assert not kept._bodies
    changing = {"query": "SELECT (RAND() AS ?r) WHERE {}"}
    answers = {client.get("/sparql", params=changing, headers={"accept": "text/csv"}).text for _ in range(3)}
    assert len(answers) == 3
    assert client.get("/health").status_code == 200
    assert not kept._bodies
    assert client.get("/practices").status_code == 200
    assert len(kept._bodies) == 1
    steady = {"query": "SELECT ?s WHERE { ?s a <https://w3id.org/dgekg/ontology#Practice> } ORDER BY ?s LIMIT 2"}
    csv, again = (client.get("/sparql", params=steady, headers={"accept": "text/csv"}) for _ in range(2))
    assert csv.text == again.text
    assert len(kept._bodies) == 2
    json = client.get("/sparql", params=steady, headers={"accept": "application/sparql-results+json"})
    assert json.json()["results"]["bindings"]
    known = {"accept": "text/csv", "if-none-match": csv.headers["etag"]}
    assert client.get("/sparql", params=steady, headers=known).status_code == 304
    assert client.get("/sparql", params=steady, headers={**known, "if-none-match": 'W/"no"'}).text == csv.text
