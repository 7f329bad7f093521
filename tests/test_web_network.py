"""The network's page and the words beneath a table, over the small world: who is named, and what is refused."""

from __future__ import annotations

import csv
import io
import re
import threading
from dataclasses import replace
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode, Triple

from dgekg import render
from dgekg.errors import StoreError
from dgekg.network import Network, words
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.store.base import value_of
from dgekg.store.local import LocalStore
from dgekg.vocabulary import BASE, LANGUAGES, PREFIXES
from dgekg.web import soon
from dgekg.web.app import create_app
from markup import alien
from test_network import forbidden

ORG = PREFIXES["org"]
GOVERNMENT = f"{BASE}scheme/sector/government"
BROWSER = {"accept": "text/html"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_much_there_is_and_names_institutions(
    client: TestClient, world_observatory: Observatory, language: str
) -> None:
    page = client.get(f"/network?lang={language}", headers=BROWSER)
    assert page.status_code == 200
    network, text = world_observatory.network, re.sub("[\u00a0\u202f]", " ", page.text.replace("&#39;", "'"))
    assert words.extent_sentence(network.extent(), language) in text
    assert text.count(words.rule(language)) == len(re.findall('<table class="list pairs"', text)) == 3
    assert words.measures(language)["passage"].meaning in text
    for bridge in network.bridges():
        assert f'href="/{bridge.actor.split("/dgekg/")[1]}?lang={language}"' in text
        assert words.bridge_sentence(bridge, lambda i: world_observatory.names.label(i, language), language) in text
    assert text.count('<tr class="bridge">') == len(network.bridges())
    assert text.count('<tr class="pair">') == len(network.connected_pairs()) + min(len(network.unconnected_pairs()), 15)


@pytest.mark.parametrize(
    "address", [*(f"/network?lang={one}" for one in LANGUAGES), "/network?format=csv", "/network?format=json"]
)
def test_nobody_of_civil_society_is_named(client: TestClient, world_observatory: Observatory, address: str) -> None:
    assert isinstance(world_observatory.store, LocalStore)
    said = client.get(address, headers=BROWSER).text.casefold()
    never = {name.rsplit("/dgekg", 1)[-1].casefold() for name in forbidden(world_observatory.store)}
    assert len(never) > 10
    assert [name for name in sorted(never) if re.search(rf"{re.escape(name)}(?!\w)", said)] == []


def test_csv_holds_every_institution(client: TestClient, world_observatory: Observatory) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/network?format=csv").text)))
    bridges = world_observatory.network.bridges()
    assert [row["actor"] for row in rows] == [bridge.actor for bridge in bridges]
    assert [float(row["passage"]) for row in rows] == [bridge.passage for bridge in bridges]


def test_the_picture_and_its_data_hold_the_same(client: TestClient, world_observatory: Observatory) -> None:
    data = client.get("/network?format=json").json()
    drawn = world_observatory.network.published()
    assert {n["iri"] for n in data["nodes"]} == {n for n in drawn if drawn.adj[n]}
    assert len(data["ties"]) == drawn.number_of_edges()
    page = client.get("/network", headers=BROWSER).text
    paths = re.findall(r'<path class="(dot|tie) (\w+)" d="([^"]+)"', page.split('class="net"')[1].split("</svg>")[0])
    for kind in ("actor", "practice", "instrument"):
        dots = {(n["x"], n["y"]) for n in data["nodes"] if n["kind"] == kind}
        told = next(d for what, name, d in paths if (what, name) == ("dot", kind))
        assert {tuple(map(int, one)) for one in re.findall(r"M(\d+) (\d+)h0", told)} == dots
    assert sum(d.count("M") for what, _, d in paths if what == "tie") == len(data["ties"])
    assert not alien(page)


def test_of_a_large_network_the_picture_shows_what_most_is_tied_to_and_says_so(
    client: TestClient, world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, most = world_observatory.network, 9
    whole, drawn, few = net.placed(), net.published(), net.placed(most=most)
    texts = {node for node in whole if drawn.nodes[node]["kind"] == "instrument"}
    assert len(few) == most < len(whole)
    assert texts <= few.keys()
    left, kept = whole.keys() - few.keys(), few.keys() - texts
    assert max(len(drawn.adj[node]) for node in left) <= min(len(drawn.adj[node]) for node in kept)
    snapshot = cast(FastAPI, client.app).state.house.now()
    monkeypatch.setitem(snapshot.__dict__, "links", replace(snapshot.links, places=few))
    data = client.get("/network?format=json&page=1").json()
    assert {node["iri"] for node in data["nodes"]} == few.keys()
    page = client.get("/network?page=1", headers=BROWSER).text
    assert f"The picture shows the {most} of {len(whole)} that most is tied to" in page
    assert "that most is tied to" not in client.get("/network", headers=BROWSER).text
    assert len(re.findall(r'<tr class="bridge"', page)) == min(20, len(net.bridges()))


def test_left_is_human_rights_and_filters_move_nothing(client: TestClient, world_observatory: Observatory) -> None:
    nodes = client.get("/network?format=json").json()["nodes"]
    places = {n["iri"]: (n["x"], n["y"]) for n in nodes}
    across = {
        family: {
            places[text["iri"]][0]
            for text in client.get(f"/api/standards?family={family}").json()["rows"]
            if text["iri"] in places
        }
        for family in ("human-rights", "ai-governance")
    }
    assert max(across["human-rights"]) < min(across["ai-governance"])
    assert (
        world_observatory.network.placed()
        == Network(world_observatory.store, world_observatory.project.queries, world_observatory.names).placed()
    )
    some = client.get("/network?sector=government&format=json").json()["nodes"]
    assert 0 < len(some) < len(nodes)
    assert all(places[n["iri"]] == (n["x"], n["y"]) for n in some)
    within = world_observatory.index.within
    for node in some:
        if node["kind"] == "actor":
            assert any(GOVERNMENT in within[sector] for sector in _sectors(world_observatory, node["iri"]))


def _sectors(observatory: Observatory, actor: str) -> set[str]:
    assert isinstance(observatory.store, LocalStore)
    found = observatory.store.engine.quads_for_pattern(NamedNode(actor), NamedNode(ORG + "classification"), None, None)
    return {value_of(quad.object) for quad in found if not isinstance(quad.object, Triple)}


def test_the_finding_is_the_answer_of_the_question(client: TestClient, world_observatory: Observatory) -> None:
    rows = len(world_observatory.ask("human-rights-duties-unspecified", {}).table)
    page = client.get("/network", headers=BROWSER).text
    told = re.search(r"Of (\d+) human-rights duties on record here, (\d+) have no rule", page)
    assert told is not None
    assert int(told[2]) == rows
    assert 0 < rows < int(told[1])
    readings = len(world_observatory.ask("duties-side-by-side", {}).table)
    assert f"{readings} accepted readings" in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sector=govermnent", "government"),
        ("page=99", "page"),
        ("community=0", "community"),
        ("relation=overlap", "overlaps"),
        ("region=atlantis", "region"),
        ("format=png", "format"),
        ("colour=red", "colour"),
    ],
)
def test_a_wrong_filter_says_what_was_meant(client: TestClient, query: str, says: str) -> None:
    answer = client.get(f"/network?{query}", headers=BROWSER)
    assert answer.status_code == 404
    assert says in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_coverage_says_what_cannot_be_estimated(
    client: TestClient, world_observatory: Observatory, language: str
) -> None:
    text = re.sub(r"&#39;", "'", client.get(f"/coverage?rows=stage&lang={language}", headers=BROWSER).text)
    assert render.say("completeness.cannot-be-estimated", language) in text
    assert render.say("surprise-refused.not-two-dimensions", language) in text
    assert text.count(render.say("round-reason.not-systematic", language)) <= len(world_observatory.rounds)


def test_nothing_is_counted_under_a_closed_lid(client: TestClient, world_observatory: Observatory) -> None:
    country, groups = next((c, g) for c, g in sorted(world_observatory.index.withheld.items()) if g)
    where = f"where=region={country.rsplit('/')[-1]}&where=group={sorted(groups)[0].rsplit('/')[-1]}"
    page = client.get(f"/coverage?rows=stage&{where}", headers=BROWSER)
    assert page.status_code == 200
    assert "Nothing is published about this" in page.text
    assert render.say("completeness.cannot-be-estimated") not in page.text
    assert "qualif" not in page.text


def test_who_asks_while_the_network_is_worked_out_is_told_and_gets_it_afterwards(
    world_observatory: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soon, "PATIENCE", 0.01)
    go, asked = threading.Event(), list[int]()

    def slow(*_: object) -> Network:
        asked.append(1)
        assert go.wait(60)
        if len(asked) == 1:
            raise StoreError("the store went away")
        return world_observatory.network

    monkeypatch.setattr("dgekg.web.snapshot.Network", slow)
    with TestClient(create_app(lambda: world_observatory, Settings())) as client:
        for language in LANGUAGES:
            page = client.get(f"/network?lang={language}", headers=BROWSER)
            assert (page.status_code, page.headers["retry-after"]) == (503, "15")
            assert page.headers["cache-control"] == "no-store"
            assert 'data-soon="15"' in page.text
            assert f"/questions/human-rights-duties-unspecified?lang={language}" in page.text
        table = client.get("/network?format=csv", headers={"accept": "text/csv"})
        assert (table.status_code, table.json()["status"], table.headers["retry-after"]) == (503, 503, "15")
        assert len(asked) == 1
        go.set()
        monkeypatch.setattr(soon, "PATIENCE", 60)
        answers = {client.get("/network", headers=BROWSER).status_code for _ in range(3)}
        assert answers <= {200, 503}  # the first may still be told of the fault, and then it is tried again
        assert client.get("/network", headers=BROWSER).status_code == 200
        assert len(asked) == 2
