"""The web face over the small world: every page, every bad address, negotiation, tables, languages, caching."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
from urllib.parse import unquote

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from dgekg import formats
from dgekg.coverage import Filter, View
from dgekg.coverage.cells import MEASURES
from dgekg.identifiers import concept
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app
from dgekg.web.house import House, Visit
from dgekg.web.linked.records import shown
from dgekg.web.service.current import Current
from markup import alien

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = (
    "/",
    "/practices",
    "/practices?where=group=women&where=stage!=data&sort=newest",
    "/practices?q=audit",
    "/practices?q=nothing-has-this-name",
    "/coverage",
    "/coverage?rows=stage",
    "/coverage?rows=region&cols=kind&depth=region=1&measure=actors&empty=no",
    "/coverage?rows=stage&cols=group&cols=region&depth=region=1&depth=group=1",
    "/coverage?rows=sector&cols=stage&depth=sector=&where=&where=region=Africa&rung=3",
    "/coverage/cell?rows=group&cols=stage&at=women&at=retirement",
    "/coverage/cell?rows=stage&at=data",
    "/gaps",
    "/gaps?kind=knowledge&from=2",
    "/gaps?rows=group&cols=region&depth=region=1&depth=group=2&where=stage=data",
    "/questions",
    "/questions?tag=groups",
    "/questions/practices-of-a-group",
    "/questions/practices-of-a-group?group=women",
    "/standards",
    "/actors",
    "/actors?q=union&sector=civil-society",
    "/network",
    "/data",
    "/about",
    "/method",
    "/contribute",
    "/sparql",
    "/id/practice/bias-audit-b.html",
    "/id/evidence/bias-audit-b-1.html",
    "/id/attribution/bias-audit-b-1.html",
    "/id/support/bias-audit-b-1.html",
    "/id/provision/equality-convention-1.html",
    "/id/instrument/equality-convention.html",
    "/id/actor/ministry-c.html",
    "/id/collection/world-desk.html",
    "/scheme/group.html",
    "/scheme/group/women.html",
    "/scheme/evidence-level/2.html",
    "/scheme/region/076.html",
    "/scheme/evidence-level.html",
    "/ontology.html",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_page_in_three_languages(client: TestClient, path: str, language: str) -> None:
    answer = client.get(path, headers={**BROWSER, "accept-language": language})
    assert answer.status_code == 200, answer.text[:2000]
    assert f'<html lang="{language}">' in answer.text
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    assert re.search(r"<title>[^<]{3,}</title>", answer.text)
    assert answer.headers["content-language"] == language
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not alien(answer.text)
    for source in re.findall(r'<(?:link rel="stylesheet"|img|link rel="icon")[^>]+(?:href|src)="([^"]+)"', answer.text):
        assert source.startswith("/static/")
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    for table in re.findall(r"<table.*?</table>", answer.text, re.DOTALL):
        assert "<caption" in table
        assert "scope=" in table


def test_every_link_of_ours_answers(client: TestClient) -> None:
    seen: dict[str, str] = {}
    for path in PAGES:
        for link in re.findall(r'href="(/[^"#]*)', client.get(path, headers=BROWSER).text):
            seen.setdefault(html.unescape(link), path)
    links: dict[str, str] = {}  # one for each kind: the same path, parameters and dimensions
    for link in seen:
        path, _, query = link.partition("?")
        path = re.sub(r"(/(?:id|scheme)/[^/]+|/ontology)/.*", r"\1/", path)
        said = re.findall(r"(\w+)=(!?[a-z-]+%3D)?", query)
        links.setdefault(f"{path}{sorted({one for one in said if one[0] != 'lang'})}", link)
    assert len(links) > 300
    asked = {link: client.get(link, headers=BROWSER).status_code for link in links.values()}
    assert [f"{seen[link]} -> {link}: {status}" for link, status in asked.items() if status not in (200, 303)] == []


def test_language_is_kept_in_links(client: TestClient) -> None:
    page = client.get("/practices?lang=es", headers={**BROWSER, "accept-language": "fr"}).text
    assert '<html lang="es">' in page
    links = [x for x in re.findall(r'<a [^>]*href="(/[^"]*)"', page) if not x.startswith("/static")]
    assert links
    assert all("lang=" in link for link in links)


def test_cells_lead_to_as_many_practices_as_they_say(client: TestClient, world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("group", "stage"), depths=(("group", 1),)))
    page = client.get("/coverage?rows=group&cols=stage&depth=group=1", headers=BROWSER).text
    table = re.findall(r"<table.*?</table>", page, re.DOTALL)[0]
    cells = re.findall(
        r'<a class="cell s-([a-z-]+) step\d" href="([^"]+)"[^>]*><span class="sign"[^>]*>([^<]+)<', table
    )
    assert len(cells) == len(grid.cells)
    for n, (state, link, sign) in enumerate(cells):
        if state not in ("documented", "thin"):
            assert n % 7 or client.get(html.unescape(link), headers=BROWSER).status_code == 200
        else:
            listed = client.get(html.unescape(link).replace("/practices", "/api/practices"))
            assert str(listed.json()["total"]) == sign


def test_blank_cells_do_not_exist(client: TestClient) -> None:
    page = client.get("/", headers=BROWSER).text
    table = re.findall(r"<table.*?</table>", page, re.DOTALL)[0]
    assert "<td></td>" not in table
    assert all(sign.strip() for sign in re.findall(r'class="sign"[^>]*>([^<]*)<', table))


def test_closed_lid_hides_list_and_counts(client: TestClient, world_observatory: Observatory) -> None:
    withheld = world_observatory.index.withheld
    country, groups = next((c, g) for c, g in sorted(withheld.items()) if g)
    where = f"where=region={country.rsplit('/')[-1]}&where=group={sorted(groups)[0].rsplit('/')[-1]}"
    assert client.get(f"/api/practices?{where}").json()["total"] == 0
    page = client.get(f"/practices?{where}", headers=BROWSER)
    assert page.status_code == 200
    assert 'class="card"' not in page.text


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nothing", 404, ""),
        ("/practises", 404, "/practices"),
        ("/netwrok", 404, "/network"),
        ("/network?format=xml", 404, "csv"),
        ("/network?first=20", 404, ""),
        ("/reports", 404, "/report"),
        ("/practices?where=group=wommen", 404, "women"),
        ("/practices?were=group=women", 404, "where"),
        ("/practices?where=group", 400, "dimension=value"),
        ("/practices?cursor=zzz", 400, "cursor"),
        ("/practices?limit=0", 400, "limit"),
        ("/practices?sort=size", 404, ""),
        ("/practices?lang=de", 404, ""),
        ("/coverage?rows=stag", 404, "stage"),
        ("/coverage?rows=stage&cols=stage", 400, "once"),
        ("/coverage?rows=provision&cols=instrument", 400, "determine"),
        ("/coverage?rows=stage&rung=9", 400, "rung"),
        ("/coverage?rows=stage&rung=two", 400, "rung"),
        ("/coverage?rows=stage&measure=practises", 404, "practices"),
        ("/coverage/cell?rows=stage", 400, "at"),
        ("/coverage/cell?rows=stage&at=dta", 404, "data"),
        ("/gaps?kind=knowlege", 404, "knowledge"),
        ("/gaps?from=-1", 400, "from"),
        ("/questions/practices-of-a-grup", 404, "practices-of-a-group"),
        ("/questions/practices-of-a-group?grup=women", 404, "group"),
        ("/questions/practices-of-a-group?group=wommen", 404, "women"),
        ("/actors?sector=industri", 404, "industry"),
        ("/id/practice/bias-audit", 404, "bias-audit-b"),
        ("/id/practice/Not%20A%20Slug", 404, ""),
        ("/id/practice/x.html", 404, ""),
        ("/scheme/grup", 404, ""),
        ("/scheme/group/wommen", 404, "women"),
        ("/download/dump.zip", 404, ""),
        ("/api/practices?format=xml", 404, "csv"),
        ("/api/practices?limit=many", 400, "limit"),
        ("/api/coverage?rows=stag", 404, "stage"),
        ("/api/gaps?limit=0", 400, "limit"),
        ("/api/gaps?kind=no", 404, ""),
        ("/api/lookup", 400, "url"),
        ("/api/lookup?url=javascript:alert(1)", 400, "url"),
        ("/api/questions/practices-of-a-group", 400, "group"),
        ("/api/nothing", 404, "there is nothing"),
    ],
)
def test_bad_addresses_say_what_was_meant(client: TestClient, path: str, status: int, says: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert page.status_code == status
    assert says in page.text
    assert "Traceback" not in page.text
    if path.startswith("/api"):
        assert page.headers["content-type"].startswith(formats.PROBLEM.media_type)
    else:
        assert "<h1>" in page.text
    problem = client.get(path, headers={"accept": "application/json"})
    assert problem.status_code == status
    assert problem.headers["content-type"].startswith(formats.PROBLEM.media_type)
    assert problem.json()["status"] == status
    assert problem.headers["cache-control"] == "no-store"


def test_suggestion_is_a_link_that_works(client: TestClient) -> None:
    page = client.get("/practices?where=group=wommen&lang=fr", headers=BROWSER).text
    link = next(x for x in re.findall(r'<li><a href="([^"]+)">', page) if "where" in x)
    answer = client.get(html.unescape(link), headers=BROWSER)
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    assert client.request(method, "/practices").status_code == 405


NEGOTIATED = {
    BROWSER["accept"]: "html",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdf",
    "application/json": "json",
    "text/turtle;q=0.4, application/rdf+xml;q=0.8": "rdf",
    "*/*": "html",
    "": "html",
}


@pytest.mark.parametrize(("accept", "suffix"), NEGOTIATED.items())
@pytest.mark.parametrize(
    "path",
    ["/id/practice/bias-audit-b", "/id/evidence/bias-audit-b-1", "/scheme/group/women", "/scheme/group", "/ontology"],
)
def test_negotiation(client: TestClient, path: str, accept: str, suffix: str) -> None:
    first = client.get(path, headers={"accept": accept})
    assert first.status_code == 303
    assert first.headers["location"] == f"{path}.{suffix}"
    assert "Accept" in first.headers["vary"]
    document = client.get(first.headers["location"], headers={"accept": accept})
    assert document.status_code == 200
    expected = next(f for f in formats.RECORDS if f.suffix == suffix)
    assert document.headers["content-type"].split(";")[0] == expected.media_type
    link = document.headers["link"]
    assert f'<https://w3id.org/dgekg{path}>; rel="canonical"' in link
    assert 'rel="license"' in link
    assert link.count('rel="alternate"') >= len(formats.RECORDS)
    if expected.rdf is not None and expected is not formats.JSONLD:  # its context is elsewhere: test_web_linked
        triples = {q.triple for q in ox.parse(document.content, format=expected.rdf)}
        turtle = {q.triple for q in ox.parse(client.get(f"{path}.ttl").content, format=ox.RdfFormat.TURTLE)}
        assert triples
        assert triples == turtle


def test_nothing_acceptable(client: TestClient) -> None:
    assert client.get("/id/practice/bias-audit-b", headers={"accept": "image/png"}).status_code == 406
    assert client.get("/id/practice/bias-audit-b", headers={"accept": "text/html;q=bad"}).status_code == 400


def test_record_page(client: TestClient) -> None:
    page = client.get("/id/practice/bias-audit-b.html", headers={**BROWSER, "accept-language": "fr"}).text
    assert 'lang="en"' in page  # the record's own words, in a page in French
    assert "https://example.org/" in page
    assert "/id/practice/bias-audit-b.ttl" in page
    body = client.get("/id/practice/bias-audit-b.json").json()
    assert body["id"].endswith("/id/practice/bias-audit-b")
    assert {"version", "license", "asOf"} <= set(body["document"])
    assert any(part["id"].endswith("/id/evidence/bias-audit-b-1") for part in body["hasEvidence"])


def test_only_http_addresses_become_links(world_observatory: Observatory) -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "server": ("t", 80)}
    visit = Visit(House(lambda: world_observatory, Settings()), Request(scope))
    assert shown(visit, ox.NamedNode("javascript:alert(1)")).href == ""
    assert shown(visit, ox.NamedNode("https://example.org/")).href == "https://example.org/"
    assert shown(visit, ox.NamedNode("https://w3id.org/dgekg/id/practice/x")).href == "/id/practice/x"


def test_hostile_text_is_escaped(client: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    for path in ("/practices", "/actors"):
        page = client.get(path, params={"q": evil}, headers=BROWSER)
        assert page.status_code == 200
        assert evil not in page.text
    page = client.get(f"/questions/practices-of-a-group?group={evil}", headers=BROWSER)
    assert page.status_code == 404
    assert evil not in page.text


def test_api_practices(client: TestClient, world_observatory: Observatory) -> None:
    total = len(world_observatory.index.practices)
    seen: list[str] = []
    link: str | None = "/api/practices?limit=5"
    while link:
        body = client.get(link if "limit" in link else f"{link}&limit=5").json()
        assert body["total"] == total
        assert {"version", "license", "query"} <= set(body)
        seen += [row["iri"] for row in body["rows"]]
        link = body["next"]
    assert sorted(seen) == sorted(world_observatory.index.practices)
    rows = list(csv.DictReader(io.StringIO(client.get("/api/practices?format=csv").text)))
    assert sorted(r["iri"] for r in rows) == sorted(seen)


def test_api_coverage(client: TestClient, world_observatory: Observatory) -> None:
    answer = client.get("/api/coverage?rows=stage&cols=group&where=region=Africa", headers={"accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    reader = csv.reader(io.StringIO(answer.text))
    columns = next(reader)
    expected = [f"{d}_{part}" for d in ("stage", "group") for part in ("iri", "code", "label")]
    assert columns == [*expected, "state", "marks", *MEASURES]
    africa = Filter("region", (concept("region", "002"),))
    grid = world_observatory.coverage(View(("stage", "group"), (africa,)))
    assert sum(1 for _ in reader) == len(grid.cells)
    body = client.get("/api/coverage?rows=stage&cols=group&where=region=Africa").json()
    assert unquote(body["query"]) == "rows=stage&cols=group&where=region=002"
    assert {"version", "license", "as_of", "total", "rows"} <= set(body)
    assert all(row["state"] for row in body["rows"])
    assert client.get("/api/coverage?rows=stage&format=md").text.startswith("| stage_iri |")


def test_api_gaps_questions_lookup_health(client: TestClient, world_observatory: Observatory) -> None:
    gaps = client.get("/api/gaps?limit=3").json()
    assert len(gaps["rows"]) == 3
    assert gaps["total"] >= 3
    assert {r["kind"] for r in client.get("/api/gaps?kind=knowledge").json()["rows"]} == {"knowledge"}
    listed = client.get("/api/questions").json()["rows"]
    assert {r["slug"] for r in listed} == set(world_observatory.questions.all)
    asked = client.get("/api/questions/practices-of-a-group?group=women&lang=fr").json()
    assert asked["parameters"] == {"group": ["women"]}
    assert "SELECT" in asked["sparql"]
    known = client.get("/api/lookup?url=http://www.example.org/automated-decision-law/1/").json()
    assert known["known"]
    assert any(r["iri"].endswith("/automated-decision-law") for r in known["rows"])
    assert not client.get("/api/lookup?url=https://example.org/nowhere").json()["known"]
    health = client.get("/health").json()
    assert health["status"] == "ok"
    assert health["version"] == world_observatory.version
    assert health["counts"]["practice"] == len(world_observatory.index.practices)
    assert "/api/practices" in client.get("/openapi.json").json()["paths"]


def test_question_answers_agree(client: TestClient, world_observatory: Observatory) -> None:
    rows = len(world_observatory.ask("practices-of-a-group", {"group": ["women"]}).table)
    text = client.get("/api/questions/practices-of-a-group?group=women&format=csv").text
    assert sum(1 for _ in csv.reader(io.StringIO(text))) - 1 == rows


def test_etag_and_304(client: TestClient) -> None:
    for path in ("/", "/practices", "/api/coverage", "/id/practice/bias-audit-b.ttl", "/download/dump.nq.gz"):
        first = client.get(path, headers=BROWSER)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        again = client.get(path, headers={**BROWSER, "if-none-match": tag})
        assert again.status_code == 304
        assert not again.content
        assert client.get(path, headers=BROWSER).headers["etag"] == tag
    english, french = (client.get("/", headers={**BROWSER, "accept-language": x}).headers["etag"] for x in ("en", "fr"))
    assert english != french


def test_head_and_cors(client: TestClient) -> None:
    for path in ("/", "/api/practices", "/id/practice/bias-audit-b.ttl", "/health"):
        head, get = client.head(path), client.get(path)
        assert head.status_code == 200
        assert not head.content
        assert head.headers["content-type"] == get.headers["content-type"]
    answer = client.get("/api/practices", headers={"origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_dumps(client: TestClient, world_observatory: Observatory) -> None:
    packed = client.get("/download/dump.nq.gz")
    assert packed.status_code == 200
    quads = set(ox.parse(gzip.decompress(packed.content), format=ox.RdfFormat.N_QUADS))
    store = world_observatory.store
    assert len(quads) == len(store.engine)  # type: ignore[attr-defined]
    turtle = client.get("/download/dump.ttl")
    assert {q.triple for q in ox.parse(turtle.content, format=ox.RdfFormat.TURTLE)} == {q.triple for q in quads}


def test_faults_of_ours_show_no_traceback(world_observatory: Observatory) -> None:
    def broken() -> Observatory:
        raise RuntimeError("secret detail")

    with TestClient(create_app(broken, Settings()), raise_server_exceptions=False) as client:
        for path, headers in (("/", BROWSER), ("/api/practices", {}), ("/health", {})):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 500
            assert "secret" not in answer.text
    assert world_observatory.version


def test_a_built_version_is_served(built: Project) -> None:
    current = Current(Settings(root=built.root))
    first = current()
    assert current() is first
    with TestClient(create_app(current, Settings(root=built.root))) as client:
        assert client.get("/health").json()["version"] == first.version
        assert client.get("/sparql?query=ASK{?s ?p ?o}").json() == {"head": {}, "boolean": True}
        assert json.loads(client.get("/api/practices").text)["version"] == first.version
