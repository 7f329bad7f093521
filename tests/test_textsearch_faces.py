"""Full-text search as people and programs meet it: pages, JSON, CSV and the command line."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dgekg.errors import SearchFault
from dgekg.identifiers import record
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.textsearch import KINDS
from dgekg.web.app import create_app

Run = Callable[..., Any]
AUDIT = record("practice", "bias-audit-b")
BROWSER = {"accept": "text/html", "accept-language": "en"}


def listed(client: TestClient, query: str) -> list[str]:
    return [row["iri"].rpartition("/")[2] for row in client.get(f"/api/practices?{query}").json()["rows"]]


TYPED = ("bias audit", "audit de biais", "auditoria sesgos", "AUDIT BIAS", "bias aud", "audti bias")


@pytest.mark.parametrize("text", TYPED)
def test_practices_by_their_words(client: TestClient, text: str) -> None:
    assert listed(client, f"q={text}")[0] == "bias-audit-b"
    page = client.get(f"/practices?q={text}", headers=BROWSER).text
    assert "/id/practice/bias-audit-b" in page
    assert '<option value="best" selected>' in page
    assert '<option value="best"' not in client.get("/practices", headers=BROWSER).text


def test_practices_by_who_takes_part_and_whom_they_are_for(client: TestClient) -> None:
    assert "bias-audit-b" in listed(client, "q=university")
    for text in ("women", "femmes", "mujeres"):
        assert listed(client, f"q={text}"), text


def test_words_and_filters_hold_together(client: TestClient) -> None:
    both, words, filtered = (
        set(listed(client, query)) for query in ("q=audit&where=group=women", "q=audit", "where=group=women")
    )
    assert both == words & filtered
    assert listed(client, "q=audit&sort=title") == sorted(listed(client, "q=audit&sort=title"))
    assert client.get("/api/practices?q=audit").json()["query"] == "q=audit"
    assert client.get("/api/practices?q=audit&sort=title").json()["query"] == "q=audit&sort=title"


def test_a_page_says_what_was_taken_for_a_word_and_what_may_be_meant(client: TestClient) -> None:
    page = html.unescape(client.get("/practices?q=audti", headers=BROWSER).text)
    assert "Nothing here has “audti” as written" in page
    page = html.unescape(client.get("/practices?q=audit+zxqwvk", headers=BROWSER).text)
    meant = re.search(r'Did you mean: <a href="(/practices\?q=audit)">audit</a>', page)
    assert meant
    assert "bias-audit-b" in client.get(meant[1], headers=BROWSER).text
    long = client.get("/practices?q=" + "audit+" * 300, headers=BROWSER)
    assert "only its beginning was looked for" in long.text
    assert len(long.text) < 100_000


def test_actors_by_their_words(client: TestClient) -> None:
    def shown(query: str) -> list[str]:
        page = client.get(f"/actors?{query}", headers=BROWSER).text
        return re.findall(r'<th scope="row"><a href="/id/actor/([a-z0-9-]+)', page)

    assert len(shown("")) > 5
    assert shown("q=assemblee") == shown("q=asamblea") == ["assembly-i"]
    assert shown("q=assmbly") == ["assembly-i"]
    assert shown("q=union&sector=civil-society") == ["union-h"]
    assert shown("q=union&sector=government") == []
    assert "Did you mean" in client.get("/actors?q=assembly+zxqwvk", headers=BROWSER).text


def test_search_for_programs(client: TestClient) -> None:
    body = client.get("/api/search?q=audit de biais&lang=fr").json()
    assert set(body["rows"][0]) == {"iri", "kind", "title", "score"}
    assert list(body["rows"][0].values())[:3] == [AUDIT, "practice", "Audit de biais B"]
    assert (body["total"], body["respelt"], body["suggestions"]) == (len(body["rows"]), [], [])
    rows = list(csv.reader(io.StringIO(client.get("/api/search?q=audit&format=csv").text)))
    assert rows[0] == ["iri", "kind", "title", "score"]
    for kind in KINDS:
        found = client.get(f"/api/search?q=women&kind={kind}").json()
        assert {row["kind"] for row in found["rows"]} <= {kind}
    two = client.get("/api/search?q=women&kind=concept,actor&kind=practice&limit=100").json()
    assert {row["kind"] for row in two["rows"]} <= {"concept", "actor", "practice"}
    assert client.get("/api/search?q=audit zxqwvk").json()["suggestions"] == ["audit"]
    assert client.get("/api/search").json()["rows"] == []


def test_search_by_cursor_gives_everything_once(client: TestClient) -> None:
    address: str | None = "/api/search?q=women&limit=7"
    seen: list[str] = []
    total = client.get(address or "").json()["total"]
    while address:
        body = client.get(address).json()
        seen += [row["iri"] for row in body["rows"]]
        address = body["next"]
    assert len(seen) == len(set(seen)) == total > 14


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("q=x&kind=practise", 404, "Did you mean practice?"),
        ("q=x&limit=0", 400, "expected a whole number from 1 to 100"),
        ("q=x&limit=101", 400, "expected a whole number from 1 to 100"),
        ("q=x&limit=٣", 400, "expected a whole number"),
        ("q=x&cursor=-1", 400, "is no cursor of this service"),
        ("q=x&cursor=99999999999999", 400, "is no cursor of this service"),
        ("q=x&knid=actor", 404, "Did you mean kind?"),
        ("q=x&lang=xx", 404, "lang"),
        ("q=x&format=xml", 404, "format"),
    ],
)
def test_search_refuses_what_it_cannot_understand(client: TestClient, query: str, status: int, said: str) -> None:
    answer = client.get(f"/api/search?{query}")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


TEXTS = ('"', "-", "(", "a:b", "%00", "%ff%fe", "🏳️‍🌈", "*", "[x TO y]", "w" * 3000, '"a b" ' * 500, "<script>")


@pytest.mark.parametrize("path", ["/practices", "/actors", "/api/practices", "/api/search"])
def test_no_text_breaks_an_address(client: TestClient, path: str) -> None:
    for text in TEXTS:
        for language in ("en", "es"):
            answer = client.get(path, params={"q": text, "lang": language}, headers={"accept": "*/*"})
            assert answer.status_code == 200, (path, text)
            assert "<script>" not in answer.text or path.startswith("/api")
    assert client.get(f"{path}?q=%ff%fe%ed%a0%80").status_code == 200


def test_an_answer_while_somebody_types_is_not_kept(client: TestClient) -> None:
    first = client.get("/api/search?q=aud")
    again = client.get("/api/search?q=aud", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    house = client.app.state.house  # type: ignore[attr-defined]
    assert house.kept(first.headers["etag"]) is None


def test_a_search_that_cannot_be_opened_is_said(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise SearchFault('/x/search: the search cannot be used. Delete it and run "dgekg build".')

    monkeypatch.setattr(type(world_observatory), "search", property(broken))
    app = create_app(lambda: world_observatory, Settings())
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/api/search?q=x")
        assert answer.status_code == 503
        assert 'run "dgekg build"' in answer.json()["detail"]
        assert client.get("/practices", headers=BROWSER).status_code == 200
        assert client.get("/practices?q=x", headers=BROWSER).status_code == 503


def test_find_on_the_command_line(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "find", "audit", "de", "biais", "--lang", "fr")
    assert ran.code == 0
    assert "Audit de biais B" in ran.out.splitlines()[2]
    assert re.search(r"\d+ sur \d+\.", ran.err)
    ran = dgekg(built, "find", "women", "--kind", "concept", "--kind", "actor", "--format", "json", "--limit", "3")
    body = json.loads(ran.out)
    assert len(body["rows"]) == 3
    assert {row["kind"] for row in body["rows"]} <= {"concept", "actor"}
    assert body["total"] >= 3
    assert dgekg(built, "find", "audit", "--format", "csv").out.startswith("iri,kind,title,score\r\n")
    assert dgekg(built, "find", "audit", "--format", "md").out.startswith("| iri |")


def test_find_says_what_it_took_and_what_may_be_meant(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "find", "bias audti")
    assert ran.code == 0
    assert "Nothing here has “audti” as written" in ran.err
    ran = dgekg(built, "find", "audit zxqwvk")
    assert (ran.code, "Did you mean “audit”?" in ran.err) == (0, True)
    ran = dgekg(built, "find", "--", "audit", "-bias")
    assert "Bias audit B" not in ran.out
    ran = dgekg(built, "find", "x", "--kind", "practise")
    assert ran.code == 2
    assert "Did you mean practice?" in ran.err
    for text in ("", '"', "\udcff", "x" * 10_000):
        assert dgekg(built, "find", "--format", "json", text).code == 0


def test_find_in_a_remote_store(built: Project, dgekg: Run, server: str) -> None:
    assert dgekg(built, "build", "--as-of", "2026-11-21", "--store", server).code == 0
    for text in ("women", "auditoria sesgos", "assmbly"):
        here = dgekg(built, "find", text, "--format", "csv")
        there = dgekg(built, "find", text, "--format", "csv", "--store", server)
        assert (there.code, there.out) == (0, here.out)
