"""The network's page and the words beneath a table, over the small world: who is named, and what is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from dgekg import render
from dgekg.network import words
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.store.local import LocalStore
from dgekg.vocabulary import LANGUAGES
from dgekg.web.app import create_app
from test_network import forbidden

BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: world_observatory, Settings()), raise_server_exceptions=False) as found:
        yield found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_much_there_is_and_names_institutions(
    client: TestClient, world_observatory: Observatory, language: str
) -> None:
    page = client.get(f"/network?lang={language}", headers=BROWSER)
    assert page.status_code == 200
    network, text = world_observatory.network, re.sub(r"&#39;", "'", page.text)
    assert words.extent_sentence(network.extent(), language) in text
    assert text.count(words.rule(language)) == len(re.findall("<table", text)) == 3
    assert words.measures(language)["passage"].meaning in text
    for bridge in network.bridges():
        assert f'href="/{bridge.actor.split("/dgekg/")[1]}?lang={language}"' in text
        assert words.bridge_sentence(bridge, lambda i: world_observatory.names.label(i, language), language) in text
    assert text.count('<th scope="row">') == len(network.bridges()) + len(network.connected_pairs()) + 1


@pytest.mark.parametrize("address", [*(f"/network?lang={one}" for one in LANGUAGES), "/network?format=csv"])
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
