"""The faces of gap cards: command line, interface and page, over the small world; and promises of the shipped data."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Triple

from conftest import Ran
from dgekg.cards import Cards, GapCard
from dgekg.cards.faces import as_json, markdown, text
from dgekg.cards.speech import CardWords
from dgekg.cards.words import card_words
from dgekg.coverage import Filter, Gap, View
from dgekg.identifiers import concept
from dgekg.observatory import Observatory
from dgekg.settings import Project
from dgekg.store.base import value_of
from dgekg.vocabulary import PREFIXES

VIEWS = (("stage", "group"), ("group", "right"), ("group", "region"), ("provision",), ("instrument", "stage"))
LANGUAGES = ("en", "fr", "es")


def main(page: str) -> str:
    """What a page says, without its head, navigation and foot."""
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def made(observatory: Observatory, view: View, at: tuple[str, ...]) -> GapCard:
    grid = observatory.coverage(view)
    cell = grid.cells[at]
    listed = [gap for gap in observatory.gaps_of(grid) if gap.cell.concepts == at]
    return Cards(observatory).card(grid, listed[0] if listed else Gap("knowledge", cell, 1.0, {"knowledge": 1.0}, 0, 0))


def cards(observatory: Observatory, view: View, most: int, language: str) -> Iterator[tuple[GapCard, CardWords]]:
    grid, maker = observatory.coverage(view), Cards(observatory)
    for gap in observatory.gaps_of(grid)[:most]:
        card = maker.card(grid, gap)
        yield card, card_words(observatory, grid, card, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dimensions", VIEWS)
def test_every_card_has_every_section_in_words(
    world_observatory: Observatory, dimensions: tuple[str, ...], language: str
) -> None:
    found = list(cards(world_observatory, View(dimensions), 12, language))
    assert found
    for _, words in found:
        assert [s.key for s in words.sections] == [
            *("right", "looked", "learn", "power", "consult", "certainty", "fill", "order")
        ]
        for section in words.sections:
            assert section.items, section.key
            for item in section.items:
                assert item.text.strip()
                assert not re.search(r"[{}]|\bNone\b|https?:", item.text), item.text
        assert all(len(line) <= 96 for line in text(words).splitlines())


def test_a_reserved_article_is_told_and_does_not_raise(world_observatory: Observatory) -> None:
    work, brazil, kenya = concept("right", "work"), concept("region", "076"), concept("region", "404")
    view = View(("right", "region"))
    there, elsewhere = (made(world_observatory, view, (work, place)) for place in (brazil, kenya))
    assert [duty.norm.number for duty in there.duties] == ["4"]
    assert not there.duties[0].binds
    assert there.duties[0].act is not None
    assert elsewhere.duties[0].binds


@pytest.mark.parametrize(
    ("right", "region", "binds"),
    [
        ("work", "404", True),
        ("work", "076", False),
        ("work", "019", True),
        ("work", "752", False),
        ("access-to-justice", "076", True),
    ],
)
def test_the_table_of_the_document(world_observatory: Observatory, right: str, region: str, binds: bool) -> None:
    raises = world_observatory.duties.raises(View(("right", "region")), {"binding-duty": 2.0})
    assert bool(raises((concept("right", right), concept("region", region)))) is binds


def test_a_finding_of_the_world_is_told_where_it_belongs(world_observatory: Observatory) -> None:
    view = View(("group",), filters=(Filter("region", (concept("region", "076"),)),))
    found = made(world_observatory, view, (concept("group", "women-on-low-incomes"),)).findings
    assert [one.iri.rsplit("/", 1)[-1] for one in found] == ["bra-equality-convention-20"]
    assert not made(world_observatory, view, (concept("group", "children"),)).findings


def test_searched_here_and_nobody_searched_on_the_pages(client: TestClient) -> None:
    address = {"rows": "stage", "cols": "region"}
    searched = client.get(f"/gaps/card?{urlencode({**address, 'at': 'whole-lifecycle'})}&at=009")
    assert searched.status_code == 200
    assert "This collection searched here and found none" in searched.text
    assert "2026-01-30" in searched.text
    assert 'class="ask"' not in searched.text
    nobody = client.get(f"/gaps/card?{urlencode({**address, 'at': 'design'})}&at=001")
    assert "Nobody has searched here yet" in nobody.text
    assert 'class="ask"' in nobody.text
    assert "This collection searched here" not in nobody.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_gap_of_the_list_leads_to_its_card(client: TestClient, language: str) -> None:
    page = main(client.get(f"/gaps?rows=group&cols=stage&lang={language}").text)
    links = [html.unescape(link) for link in re.findall(r'href="(/gaps/card\?[^"]+)"', page)]
    assert len(links) == len(re.findall('<article class="gap', page))
    for link in links[:4]:
        shown = client.get(link)
        assert shown.status_code == 200
        assert '<article class="gapcard">' in shown.text
        assert f'<html lang="{language}">' in shown.text
        assert shown.text.count("<h2>") == 8


def test_a_place_under_a_broader_gap_leads_there(client: TestClient) -> None:
    page = main(client.get("/gaps/card?rows=stage&cols=group&at=design&at=single-mothers").text)
    assert '<article class="gapcard">' not in page
    link = html.unescape(re.findall(r'href="(/gaps/card\?[^"]+)"', page)[0])
    assert '<article class="gapcard">' in client.get(link).text


def test_nothing_is_told_where_the_lid_is_closed(client: TestClient) -> None:
    page = main(client.get("/gaps/card?rows=group&cols=region&at=lgbtiq-people&at=010&kind=knowledge").text)
    assert "The lid is closed" in page
    for said in ('<article class="gapcard">', "<h2>", "/gaps/card?", "practice", "Nobody has"):
        assert said not in page, said


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("rows=stage&cols=group&at=design", 400, "found 1 value"),
        ("rows=stage&at=nowhere", 404, "nowhere"),
        ("rows=stage&at=design&kind=grave", 404, "grave"),
        ("rows=stage&at=design&at=data", 400, "found 2 values"),
    ],
)
def test_a_bad_address_is_told_what_is_wrong(client: TestClient, query: str, status: int, message: str) -> None:
    answer = client.get(f"/gaps/card?{query}")
    assert answer.status_code == status, answer.text
    assert message in html.unescape(answer.text)


def test_the_interface_gives_cards_where_they_are_asked_for(client: TestClient) -> None:
    plain = client.get("/api/gaps?rows=stage&cols=group&limit=3&format=json").json()
    assert all("card" not in row for row in plain["rows"])
    found = client.get("/api/gaps?rows=stage&cols=group&limit=3&cards=yes&format=json").json()
    assert [row["gap"] for row in found["rows"]] == [row["gap"] for row in plain["rows"]]
    for row in found["rows"]:
        assert row["card"]["kind"] == row["kind"]
        assert row["card"]["priority"] == pytest.approx(sum(row["card"]["parts"].values()))
        assert {"duties", "looked", "helped", "failed", "power", "consult", "certainty"} <= row["card"].keys()
    every = client.get("/api/gaps?rows=stage&cols=group&cards=yes&format=json").json()
    assert len(every["rows"]) == min(25, every["total"])


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("cards=yes&format=csv", "cards: a card is no table"),
        ("cards=maybe", "maybe"),
        ("cards=yes&limit=101", "expected at most 100 with cards=yes"),
    ],
)
def test_what_cannot_be_had_is_refused(client: TestClient, query: str, message: str) -> None:
    answer = client.get(f"/api/gaps?{query}")
    assert 400 <= answer.status_code < 500
    assert message in answer.text


def test_command_line(built: Project, dgekg: Callable[..., Ran]) -> None:
    told = dgekg(built, "gaps", "--over", "stage,group", "--card", "2")
    assert told.code == 0, told.said
    assert told.out.count("Whose right, and who is bound") == 2
    document = json.loads(dgekg(built, "gaps", "--over", "stage,group", "--card", "2", "--format", "json").out)
    assert len(document["cards"]) == 2
    assert document["view"] == "rows=stage&cols=group"
    marked = dgekg(built, "gaps", "--card", "1", "--format", "md", "--lang", "fr").out
    assert marked.startswith("## ")
    assert "### Les droits de qui, et qui est lié" in marked
    assert re.search(r"\n- \[[^\]]+\]\(https://w3id.org/dgekg/", marked)
    refused = dgekg(built, "gaps", "--card", "1", "--format", "csv")
    assert refused.code == 2
    assert "a card is no table" in refused.err


def test_markdown_and_json_escape_and_keep(world_observatory: Observatory) -> None:
    card, words = next(cards(world_observatory, View(("stage", "group")), 1, "en"))
    document = json.loads(json.dumps(as_json(card, words)))
    assert document["sections"][0]["key"] == "right"
    assert "<" not in re.sub(r"\\<", "", markdown(words))


def _said(observatory: Observatory, iri: str) -> list[tuple[str, str]]:
    triples = observatory.store.describe(iri)
    return [(t.predicate.value, value_of(t.object)) for t in triples if not isinstance(t.object, Triple)]


def _leads_of_what_is_led_by_its_group(observatory: Observatory) -> set[str]:
    """Read practice by practice, without any query of the cards."""
    found = set()
    dgekg, prov = PREFIXES["dgekg"], PREFIXES["prov"]
    for practice in observatory.index.practices:
        said = _said(observatory, practice)
        if not any(name == dgekg + "ledByGroup" for name, _value in said):
            continue
        for part in [value for name, value in said if name == prov + "qualifiedAttribution"]:
            of = dict(_said(observatory, part))
            if of[prov + "hadRole"] == concept("role", "lead"):
                found.add(of[prov + "agent"])
    return found


def _known_with_care(observatory: Observatory) -> set[str]:
    """Return the leads that are on record with care alone."""
    index, prov = observatory.index, PREFIXES["prov"]
    open_to: dict[str, bool] = {}
    openly = set(index.unpack(index.members("exposure")[concept("exposure", "open")]))
    for practice in index.practices:
        for name, part in _said(observatory, practice):
            if name == prov + "qualifiedAttribution":
                of = dict(_said(observatory, part))
                open_to[of[prov + "agent"]] = open_to.get(of[prov + "agent"], False) or practice in openly
    return {actor for actor, shown in open_to.items() if not shown}


def test_no_card_of_the_shipped_data_names_who_may_not_be_named(real_observatory: Observatory) -> None:
    index, places = real_observatory.index, ("stage", "group", "region")
    with_care = set(index.unpack(index.members("exposure")[concept("exposure", "with-care")]))
    assert with_care
    failed, named = set(), set()
    for view in (View(("stage", "group")), View(("group", "region"), depths=(("region", 1),)), View((places[1],))):
        for card, _ in cards(real_observatory, view, 40, "en"):
            failed |= {card.failed.practice} if card.failed else set()
            named |= set(card.consult.named)
    assert failed
    assert not failed & with_care
    assert named
    assert named <= _leads_of_what_is_led_by_its_group(real_observatory) - _known_with_care(real_observatory)


def test_the_first_cards_of_the_shipped_data_say_who_is_bound(real_observatory: Observatory) -> None:
    for dimensions in (("stage", "group"), ("group", "right")):
        for card, words in cards(real_observatory, View(dimensions), 10, "es"):
            assert card.duties, words.where
            assert len({duty.norm.instrument for duty in card.duties}) == len(card.duties)
            assert all(duty.binds and duty.subject for duty in card.duties)
            assert card.gap.parts["binding-duty"] > 0
            systematic = any(reason == "systematic-round" for reason, _word in card.certainty.reasons)
            assert systematic or card.certainty.word != "firm"  # purposive rounds support nothing firmer than fair
            assert not any(near.shown == "harm" for near in card.helped)
