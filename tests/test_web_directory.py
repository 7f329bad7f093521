"""The directory: facets and what is not stated, chips, three faces; the same list as CSV, SPARQL, curl, Python, R."""

from __future__ import annotations

import contextlib
import csv
import html
import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

import dgekg
from dgekg.coverage import View
from dgekg.coverage.arrays import popcount
from dgekg.folding import fold
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web.app import create_app
from dgekg.web.house import House, Visit
from dgekg.web.people import copying, directory, facets, mapped, practices
from live import threaded
from markup import alien

BROWSER = {"accept": "text/html"}
STATES = (
    "",
    "where=group%3Dwomen&sort=newest",
    "where=status!%3Drunning,withdrawn",
    "q=audit",
    "q=sesgos&view=table",
    "facet=group&where=region%3D002",
)


@pytest.fixture(scope="module")
def house(world_observatory: Observatory) -> House:
    return House(lambda: world_observatory, Settings())


def at(house: House, query: str) -> Visit:
    scope = {"type": "http", "method": "GET", "path": "/practices", "query_string": query.encode(), "headers": []}
    return Visit(house, Request({**scope, "scheme": "http", "server": ("testserver", 80), "root_path": ""}))


def code_of(page: str, key: str) -> str:
    found = re.search(rf'id="copy-{key}".*?<code>(.*?)</code>', page, re.S)
    assert found, key
    return html.unescape(found[1])


@pytest.mark.parametrize("query", STATES)
def test_each_facet_leads_to_as_many_as_it_says(house: House, query: str) -> None:
    shelf = practices.shelf_of(at(house, query))
    followed = 0
    for facet in facets.facets(shelf):
        assert facet.values
        assert len({value.iri for value in facet.values}) == len(facet.values)
        if not facet.more:
            assert facet.rest == 0
        for value in facet.values[:3] + facet.values[-1:]:
            if value.href:
                there = directory.listing(at(house, urlsplit(value.href).query))
                assert len(there.found) == value.count, (facet.name, value)
                followed += 1
    assert followed > 20


def test_what_is_not_stated_is_a_value_of_every_dimension(house: House) -> None:
    index = house.snapshot().observatory.index
    shelf = practices.shelf_of(at(house, ""))
    found = {facet.name: facet for facet in facets.facets(shelf)}
    for name in index.dimensions:
        stated = index.none.copy()
        for bits in index.members(name).values():
            stated |= bits
        silent = popcount(index.everything & ~stated)
        said = [value for value in found[name].values if not value.iri]
        assert [value.count for value in said] == ([silent] if silent else [])
    risk = next(value for value in found["risk"].values if not value.iri)
    there = practices.shelf_of(at(house, urlsplit(risk.href).query))
    ((words, _href),) = facets.chips(there.visit, there.shown)
    assert words == "risk: not stated"


def test_a_facet_opens_whole(house: House) -> None:
    folded = {f.name: f for f in facets.facets(practices.shelf_of(at(house, "")))}["group"]
    assert folded.rest
    assert len([v for v in folded.values if v.iri]) == facets.TOP
    counts = [v.count for v in folded.values if v.iri]
    assert counts == sorted(counts, reverse=True)
    whole = {f.name: f for f in facets.facets(practices.shelf_of(at(house, urlsplit(folded.more).query)))}["group"]
    assert not whole.more
    assert len(whole.values) == len(folded.values) + folded.rest
    assert {v.depth for v in whole.values} > {1}


def test_what_is_not_published_is_no_value_of_a_facet(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = practices.shelf_of(at(house, "where=region%3D002"))
    groups = next(facet for facet in facets.facets(shelf) if facet.name == "group")
    closed = groups.values[0].iri
    asked = []

    def withheld(_visit: Visit, view: View, more: tuple[str, str]) -> bool:
        asked.append((view, more))
        return more == ("group", closed)

    monkeypatch.setattr(facets, "withheld", withheld)
    left = next(facet for facet in facets.facets(shelf) if facet.name == "group")
    assert closed not in {value.iri for value in left.values}
    assert (shelf.shown.view, ("group", closed)) in asked


def test_chips_take_away_one_thing_each(client: TestClient, house: House) -> None:
    query = "where=group%3Dwomen&where=stage!%3Ddata&q=audit&exclude=care-collective&view=table"
    shelf = practices.shelf_of(at(house, query))
    chips = facets.chips(shelf.visit, shelf.shown, shelf.face)
    assert [words for words, _href in chips] == [
        "group of rights-holders: Women",
        "lifecycle stage: not Data",
        "“audit”",
        "not Care collective",
    ]
    whole = set(shelf.shown.query().split("&"))
    for _words, href in chips:
        left = [pair for pair in parse_qsl(urlsplit(href).query) if pair != ("view", "table")]
        assert len(left) == len(whole) - 1
        assert "view=table" in href
        assert client.get(href, headers=BROWSER).status_code == 200


@pytest.mark.parametrize("query", STATES)
def test_csv_holds_exactly_what_is_shown(client: TestClient, house: House, query: str) -> None:
    page = client.get(f"/practices?{query}", headers=BROWSER).text
    assert not alien(page)
    link = re.search(r'href="(/api/practices\?[^"]*format=csv[^"]*)" download', page)
    assert link
    rows = list(csv.DictReader(io.StringIO(client.get(html.unescape(link[1])).text)))
    shown = directory.listing(at(house, query), whole=True)
    assert [row["iri"] for row in rows] == list(shown.found)
    assert rows


def test_orders(house: House) -> None:
    """The newest first, the oldest first, those without a year last; by title without accents; by how well it fits."""
    dated = house.snapshot().dated
    years = {
        sort: [dated[iri][0] for iri in directory.listing(at(house, f"sort={sort}")).found]
        for sort in ("newest", "oldest")
    }
    said = [year for year in years["oldest"] if year]
    assert len(set(said)) > 1
    assert "" in years["oldest"]
    assert years["oldest"] == [*sorted(said), *("" for year in years["oldest"] if not year)]
    assert years["newest"] == [*sorted(said, reverse=True), *("" for year in years["newest"] if not year)]
    by_title = at(house, "q=data&sort=title")
    titles = [fold(by_title.label(iri)) for iri in directory.listing(by_title).found]
    assert titles == sorted(titles)
    best = [hit.iri for hit in house.snapshot().observatory.search.find("data", "en", ("practice",), 50).hits]
    assert list(directory.listing(at(house, "q=data")).found) == best
    assert [by_title.label(iri) for iri in best] != sorted(by_title.label(iri) for iri in best)


def test_faces(client: TestClient) -> None:
    table = client.get("/practices?view=table&where=group=women", headers=BROWSER).text
    assert '<table class="list practices">' in table
    assert '<input type="hidden" name="view" value="table">' in table
    assert "view=table" in re.findall(r'class="facet".*?</details>', table, re.S)[0]
    assert client.get("/practices?view=tabel", headers=BROWSER).status_code == 404
    assert "table" in client.get("/practices?view=tabel", headers=BROWSER).text
    assert client.get("/practices?facet=nothing", headers=BROWSER).status_code == 404


def test_map_leads_to_what_it_counts(client: TestClient, house: House) -> None:
    if not mapped.ready(at(house, "")):
        pytest.skip("the outlines of the world were not built")
    page = client.get("/practices?view=map&where=group=women", headers=BROWSER).text
    rows = re.findall(r'<th scope="row"><a href="([^"]+)">.*?<td class="num">(\d+)</td>', page)
    assert rows
    for href, count in rows:
        there = directory.listing(at(house, urlsplit(html.unescape(href)).query))
        assert len(there.found) == int(count)
    assert "<svg" in page
    assert not alien(page)


@pytest.mark.parametrize("query", STATES)
def test_sparql_gives_the_same(client: TestClient, house: House, query: str) -> None:
    page = client.get(f"/practices?{query}", headers=BROWSER).text
    shown = directory.listing(at(house, query), whole=True)
    rows = house.snapshot().observatory.store.select(code_of(page, "sparql")).rows
    assert {row[0].value for row in rows if row[0] is not None} == set(shown.found)


@pytest.mark.parametrize("query", STATES)
def test_python_gives_the_same(client: TestClient, house: House, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines run as they stand; only what carries their requests is this very process."""
    page = client.get(f"/practices?{query}", headers=BROWSER).text
    lines = code_of(page, "python")
    usual = dgekg.Client

    def here(url: str, **more: str) -> dgekg.Client:
        assert url == "http://testserver"
        return usual(url, transport=client._transport, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(dgekg, "Client", here)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(lines, "snippet", "exec"), {})
    printed = [line.rsplit(" ", 1)[-1] for line in said.getvalue().splitlines()]
    assert printed == list(directory.listing(at(house, query), whole=True).found)


def test_lines_are_quoted_for_who_reads_them(house: House) -> None:
    visit = at(house, "q=it%27s%20%22so%22%20%5C%20%24HOME%20%60ls%60")
    found = {key: text for key, _name, text in copying.snippets(visit, directory.listing(visit))}
    words = shlex.split(found["curl"])
    assert words[:4] == ["curl", "-L", "-o", "practices.csv"]
    assert dict(parse_qsl(urlsplit(words[4]).query))["q"] == 'it\'s "so" \\ $HOME `ls`'
    called = compile(found["python"], "snippet", "exec")
    assert 'it\'s "so" \\ $HOME `ls`' in called.co_consts
    assert found["r"].count('"') - found["r"].count('\\"') == 4
    assert re.fullmatch(r'practices <- read\.csv\("https?://[^"\\]+", encoding = "UTF-8"\)', found["r"])
    assert "sparql" not in found  # nothing fits, and SPARQL has no such search


@pytest.fixture(scope="module")
def service(world_observatory: Observatory) -> Iterator[str]:
    """Address of a service on loopback."""
    with threaded(create_app(lambda: world_observatory, Settings())) as address:
        yield address


@pytest.mark.parametrize("query", ["where=group%3Dwomen&sort=newest", "q=l%27%C3%A9galit%C3%A9%20audit"])
def test_lines_run_in_a_shell_and_in_python(service: str, query: str, house: House, tmp_path: Path) -> None:
    page = subprocess.run(
        ["curl", "-sf", f"{service}/practices?{query}"] if shutil.which("curl") else pytest.skip("there is no curl"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    wanted = list(directory.listing(at(house, query), whole=True).found)
    subprocess.run(["sh", "-c", code_of(page, "curl")], cwd=tmp_path, check=True, capture_output=True)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "practices.csv").read_text(encoding="utf-8"))))
    assert [row["iri"] for row in rows] == wanted
    (tmp_path / "lines.py").write_text(code_of(page, "python"), encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "lines.py"], cwd=tmp_path, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    assert [line.rsplit(" ", 1)[-1] for line in said.splitlines()] == wanted
