"""The page of recommendations: who is asked to do what, and whether the gap that each names stands today."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

DESK, BENCHMARK = "/id/recommendation/open-a-complaints-desk", "/id/recommendation/learn-what-the-benchmark-changes"


def page(client: TestClient, query: str = "") -> str:
    answer = client.get(f"/recommendations{query}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))


def test_it_says_what_each_names_and_that_the_gap_stands(client: TestClient) -> None:
    text = page(client)
    assert DESK in text
    assert BENCHMARK in text
    assert "2 proposed steps. 1 is a draft for consultation" in plain(text)
    assert re.search(r"Brazil \([^)]*, also today\)", plain(text))
    assert "/coverage/cell?rows=region" in text
    assert re.search(r"Assembly I, endorses: The assembly wants the desk in every town\.", plain(text))
    assert re.search(r"Union H, dissents: The union asks for a court instead\.", plain(text))
    assert "No endorsement or dissent on record." in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?sector=government", {DESK}),
        ("?role=researcher", {BENCHMARK}),
        ("?stage=re-evaluation", {BENCHMARK}),
        ("?gap=remedy", {DESK}),
        ("?gap=remedy&role=researcher", set()),
    ],
)
def test_filters_keep_what_fits(client: TestClient, query: str, shown: set[str]) -> None:
    text = page(client, query)
    assert {iri for iri in (DESK, BENCHMARK) if iri in text} == shown
    assert ("No recommendation fits these filters." in text) == (not shown)


def test_texts_in_another_language_are_marked(client: TestClient) -> None:
    text = page(client, "?lang=fr")
    assert "Ouvrir un guichet de plaintes" in text
    assert "Un lieu où se plaindre" in text
    assert '<span lang="en">Ask Deaf people after a year what got better.</span>' in text


@pytest.mark.parametrize("query", ["?sector=nobody", "?gap=hole", "?who=me"])
def test_what_is_not_known_is_refused_with_a_suggestion(client: TestClient, query: str) -> None:
    answer = client.get(f"/recommendations{query}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert query[1:].partition("=")[2] in answer.text or query[1:].partition("=")[0] in answer.text


def test_gaps_and_the_first_page_lead_there(client: TestClient) -> None:
    for address in ("/gaps", "/"):
        assert "/recommendations" in client.get(address, headers={"accept": "text/html"}).text
