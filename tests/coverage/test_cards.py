"""Gap cards on worlds made by hand: each rule of the card, and who is named and who is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from duty_worlds import ORG, DutyWorld, codes, gap_at
from pyoxigraph import Literal, NamedNode, Quad
from random_worlds import BASE, QUERIES, A, D, S

from dgekg.cards import Cards, GapCard
from dgekg.cards.rules import FACTS, read_rules
from dgekg.cards.speech import Section
from dgekg.cards.words import card_words
from dgekg.coverage import Filter, Gap, State, View
from dgekg.coverage.kinds import KINDS
from dgekg.errors import SourceError, ViewError

VIEW = View(("stage", "group"))


def card(world: DutyWorld, *at: str, view: View = VIEW) -> GapCard:
    observatory = world.observatory()
    return Cards(observatory).card(*gap_at(observatory, view, *at))


def section(world: DutyWorld, key: str, *at: str, view: View = VIEW, language: str = "en") -> Section:
    observatory = world.observatory()
    grid, gap = gap_at(observatory, view, *at)
    words = card_words(observatory, grid, Cards(observatory).card(grid, gap), language)
    return next(one for one in words.sections if one.key == key)


def said(world: DutyWorld, key: str, *at: str, view: View = VIEW, language: str = "en") -> str:
    return " ".join(f"{i.name} {i.text}" for i in section(world, key, *at, view=view, language=language).items)


def short(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def test_the_nearest_norm_of_each_instrument_the_equal_treatment_first() -> None:
    world = DutyWorld()
    for name, group in (("for-all", "all"), ("for-women", "women"), ("for-girls", "girls")):
        treaty = world.instrument(name, group)
        world.provision(treaty, "1", "work")
        world.provision(treaty, "2", "equality")
    found = card(world, "all", "women")
    assert [short(duty.norm.iri) for duty in found.duties] == ["for-women-1", "for-all-1"]
    assert found.more == 0
    assert found.guidance is None


def test_where_no_right_is_asked_the_article_on_equality_comes_first(tmp_path: Path) -> None:
    queries = shutil.copytree(QUERIES, tmp_path / "queries")
    rules = yaml.safe_load((queries / "cards.yaml").read_text("utf-8")) | {"first-right": "right/equality"}
    (queries / "cards.yaml").write_text(yaml.safe_dump(rules), "utf-8")
    world = DutyWorld()
    treaty = world.instrument("treaty")
    world.provision(treaty, "1", "work")
    world.provision(treaty, "2", "equality")
    observatory = world.observatory(queries)
    found = Cards(observatory).card(*gap_at(observatory, VIEW, "all", "women"))
    assert [short(duty.norm.iri) for duty in found.duties] == ["treaty-2"]


def test_where_a_right_is_asked_its_article_is_shown() -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty")
    world.provision(treaty, "1", "equality")
    world.provision(treaty, "9", "pay")
    view = View(("group", "right"))
    assert [short(d.norm.iri) for d in card(world, "all", "pay", view=view).duties] == ["treaty-9"]
    assert "right." in said(world, "right", "all", "pay", view=view)


def test_a_norm_that_governs_the_stage_keeps_its_place() -> None:
    world = DutyWorld()
    for n in range(4):
        world.provision(world.instrument(f"a{n}", "women"), "1", "equality")
    world.provision(world.instrument("rules", place="404"), "5", "equality", stage="data")
    shown = [short(duty.norm.iri) for duty in card(world, "data", "women").duties]
    assert len(shown) == 3
    assert "rules-5" in shown
    assert "rules-5" not in [short(duty.norm.iri) for duty in card(world, "all", "women").duties]


def test_what_does_not_bind_is_said_to_say_how() -> None:
    world = DutyWorld()
    soft = world.provision(world.instrument("declaration", "roma", force="non-binding"), "1", "equality")
    world.say(soft, D + "subjectMatter", '"Roma people are heard.')
    found = card(world, "all", "roma")
    assert not found.duties
    assert found.guidance is not None
    assert short(found.guidance.norm.iri) == "declaration-1"
    words = said(world, "right", "all", "roma")
    assert "Roma people are heard. It does not bind; it says how." in words
    assert "That does not say that nobody is bound." in words


COUNTRY = View(("right", "group"), filters=(Filter("region", (S + "region/404",)),))


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("ratified", "404: ratified, 1984-01-01."),
        ("signed", "404: signed, 1984-01-01. So it is not known to bind there."),
        ("", "Where 404 stands is not on record here. So it is not known to bind there."),
        ("reserves", "404 made a reservation to it, so that it is not counted as binding there."),
        ("reserves-another", "404: ratified, 1984-01-01. Reservations of 404: treaty-2."),
    ],
)
def test_where_a_country_stands(act: str, expected: str) -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty")
    article = world.provision(treaty, "1", "work")
    other = world.provision(treaty, "2", "equality")
    if act.startswith("reserves"):
        world.act(treaty, "404", "ratified", reserves=article if act == "reserves" else other)
    elif act:
        world.act(treaty, "404", act)
    assert expected in said(world, "right", "work", "all", view=COUNTRY)


def test_in_a_country_what_binds_comes_first_and_the_nearest_unknown_is_seen() -> None:
    world = DutyWorld()
    for name in ("a", "b", "c"):
        world.act(world.instrument(name), "404", "ratified")
    world.instrument("nearest", "women", place="002")
    world.act(world.instrument("refused", "women"), "404", "not-party")
    view = View(("stage", "group"), filters=(Filter("region", (S + "region/404",)),))
    shown = card(world, "all", "women", view=view).duties
    assert [(short(duty.norm.iri), duty.binds) for duty in shown] == [("a", True), ("b", True), ("nearest", False)]
    assert "Where 404 stands is not on record here." in said(world, "right", "all", "women", view=view)


def test_the_number_of_parties_is_of_the_region_and_at_least() -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty")
    world.act(treaty, "404", "ratified")
    world.act(treaty, "250", "acceded")
    assert "At least 2 States are on record here as bound." in said(world, "right", "all", "women")
    africa = View(("stage", "group"), filters=(Filter("region", (S + "region/002",)),))
    assert "In 002, at least 1 State is on record here as bound." in said(world, "right", "all", "women", view=africa)
    world.instrument("regional", place="002")
    assert "Who is party is not on record here." in said(world, "right", "all", "women", view=africa)


def test_a_finding_is_on_the_card_and_in_the_priority() -> None:
    world = DutyWorld()
    finding = world.finding("finding", world.instrument("treaty", "girls"))
    found = card(world, "all", "girls")
    assert [one.iri for one in found.findings] == [finding]
    assert found.gap.parts["supervisory-finding"] > 0
    assert "2025-03-08" in said(world, "right", "all", "girls")
    assert not card(world, "all", "roma").findings


def test_searched_and_not_searched_are_different_sentences() -> None:
    world = DutyWorld()
    world.search("roma", language="fr", date="2026-02-03", cellGroup="group/roma")
    world.say(BASE + "id/collection/roma", D + "collectionMethod", S + "collection-method/desk-review")
    looked = section(world, "looked", "all", "roma")
    assert not looked.help
    assert looked.items[0].name == "2026-02-03"
    assert "This collection searched here and found none" in looked.items[0].text
    assert "in French" in looked.items[0].text
    assert "who searched is not on record" in looked.items[0].text
    nobody = section(world, "looked", "all", "girls")
    assert nobody.help
    assert "Nobody has searched here yet" in nobody.items[0].text
    assert "no search of this is on record" in nobody.items[1].text
    assert not {item.text for item in nobody.items} & {item.text for item in looked.items}


def test_a_cell_with_practices_names_the_rounds_that_found_them() -> None:
    world = DutyWorld()
    world.practice("p", "data", "girls")
    world.say(BASE + "id/practice/p", D + "foundInRound", BASE + "id/collection/round")
    world.say(BASE + "id/collection/round", A, D + "CollectionActivity")
    looked = card(world, "all", "girls").looked
    assert [(short(one.iri), number) for one, number in looked.rounds] == [("round", 1)]
    assert "1 practice here was found in it" in said(world, "looked", "all", "girls")


def lessons() -> DutyWorld:
    world = DutyWorld()
    world.practice("works-far", "use", "girls", "250", direction="improvement", about="girls")
    world.practice("works-near", "data", "women", "404", direction="improvement", about="women")
    world.practice("documented", "data", "roma", "404")
    world.practice("claimed", "data", "roma", "404", level="1")
    world.practice("planned", "data", "roma", "404", operationalStatus="status/planned")
    world.practice("harms", "use", "women", "250", direction="harm", about="women", exposure="exposure/open")
    return world


def test_what_helped_is_nearest_first_and_documented_ones_only_where_there_are_too_few() -> None:
    world = lessons()
    found = card(world, "use", "roma")  # nobody searched; Roma women's practices would be nearest
    assert [(short(n.practice), n.shown) for n in found.helped] == [("works-far", "improvement"), ("documented", "")]
    assert found.helped[0].apart == (("stage", 0), ("group", 1))
    assert found.helped[1].apart == (("stage", 1), ("group", 0))
    assert "Whether it helped has not been shown." in said(world, "learn", "use", "roma")
    assert found.failed is not None
    assert (short(found.failed.practice), found.failed.shown) == ("harms", "harm")
    assert found.failed.about == (S + "group/women",)


def test_what_has_nothing_in_common_is_not_near_but_a_claim_to_everything_is() -> None:
    world = DutyWorld()
    world.practice("for-girls", "data", "girls", direction="improvement", about="girls")
    found = card(world, "all", "roma")
    assert not found.helped
    assert "no practice near enough" in said(world, "learn", "all", "roma")
    world.practice("for-all", "data", "all", direction="improvement", about="all")
    assert [short(n.practice) for n in card(world, "all", "roma").helped] == ["for-all"]


def test_harm_on_record_is_never_held_up_as_help() -> None:
    world = DutyWorld()
    world.practice("both", "data", "women", direction="improvement", about="women")
    world.say(BASE + "id/practice/both", D + "hasEvidence", BASE + "id/evidence/worse")
    world.practice("worse", "data", "women", direction="mixed", about="women", level="1")
    found = card(world, "use", "women")
    assert "both" not in [short(near.practice) for near in found.helped]
    assert found.failed is None  # neither is said to be shown openly
    assert found.unnamed


@pytest.mark.parametrize(
    ("exposure", "level", "communal", "named"),
    [
        ("open", "1", False, True),
        ("with-care", "3", False, False),
        ("open", "2", True, False),
        ("open", "3", True, True),
    ],
)
def test_who_is_named_as_having_failed(exposure: str, level: str, communal: bool, named: bool) -> None:
    world = DutyWorld()
    world.practice("harms", "data", "women", direction="harm", about="women", level=level)
    world.led("harms", "network", "women", exposure)
    world.concept("sector", "civil-society")
    if communal:
        world.say(BASE + "id/actor/network", ORG + "classification", S + "sector/civil-society")
    found = card(world, "use", "women")
    assert (found.failed is not None) is named
    assert found.unnamed is not named
    assert ("not named here" in said(world, "learn", "use", "women")) is not named


def test_protected_practices_are_on_no_card() -> None:
    world = DutyWorld()
    world.practice("works", "data", "women", direction="improvement", about="women", exposure="exposure/protected")
    world.practice("harms", "data", "women", direction="harm", about="women", exposure="exposure/protected")
    found = card(world, "use", "women")
    assert (found.helped, found.failed, found.unnamed) == ((), None, False)


def test_organisations_of_the_group_are_named_where_they_may_be() -> None:
    world = DutyWorld()
    world.practice("open", "data", "girls")
    world.led("open", "girls-network", "girls")
    world.practice("careful", "data", "girls")
    world.led("careful", "quiet-circle", "girls", "with-care")
    world.practice("another", "data", "girls")
    world.led("another", "shy-circle", "girls")
    world.say(BASE + "id/actor/shy-circle", D + "exposure", S + "exposure/with-care")
    world.practice("person", "data", "girls")
    world.led("person", "somebody", "girls")
    world.triples.remove((BASE + "id/actor/somebody", A, ORG + "Organization"))
    assert [short(actor) for actor in card(world, "all", "girls").consult.named] == ["girls-network"]
    assert card(world, "all", "roma").consult.named == ()
    assert "Look for those led by the people themselves" in said(world, "consult", "all", "roma")


def test_an_organisation_is_not_named_where_its_group_is_in_danger() -> None:
    world = DutyWorld()
    world.practice("open", "data", "girls")
    world.led("open", "girls-network", "girls")
    world.say(BASE + "id/actor/girls-network", D + "basedIn", S + "region/404")
    assert card(world, "all", "girls").consult.named
    assert not card(world, "all", "girls").consult.care
    context = BASE + "id/exposure-context/404"
    world.say(context, A, D + "ExposureContext")
    world.say(context, D + "inRegion", S + "region/404")
    world.say(context, D + "criminalises", S + "group/girls")
    found = card(world, "all", "girls").consult
    assert not found.named
    assert found.care
    assert "write down no name" in said(world, "consult", "all", "girls")


def test_a_cell_that_is_not_published_has_no_card() -> None:
    world = DutyWorld()
    world.practice("p", "data", "girls", "404")
    context = BASE + "id/exposure-context/404"
    world.say(context, A, D + "ExposureContext")
    world.say(context, D + "inRegion", S + "region/404")
    world.say(context, D + "criminalises", S + "group/girls")
    observatory = world.observatory()
    grid = observatory.coverage(View(("group", "region")))
    closed = next(c for c in grid.cells.values() if c.state is State.NOT_PUBLISHED)
    assert codes(closed.concepts) == ("girls", "404")
    assert closed.concepts not in {gap.cell.concepts for gap in observatory.gaps_of(grid)}
    with pytest.raises(ViewError, match="Nothing is published"):
        Cards(observatory).card(grid, Gap("knowledge", closed, 1.0, {}, 0, 0))


def test_a_group_that_combines_others_is_more_than_their_sum() -> None:
    world = DutyWorld()
    for part in ("women", "roma"):
        world.say(S + "group/roma-women", D + "combinesGroup", S + f"group/{part}")
    assert card(world, "use", "women").consult.parts == ()
    assert set(card(world, "use", "roma-women").consult.parts) == {S + "group/women", S + "group/roma"}
    assert "do not speak for those who are both" in said(world, "consult", "use", "roma-women")


def test_who_can_act_follows_from_stage_kind_of_gap_and_duty() -> None:
    world = DutyWorld()
    world.concept("stage", "deployment", "all")
    world.practice("p", "data", "girls", direction="improvement", about="girls")
    bare = [(short(p.role), p.bears) for p in card(world, "deployment", "all").power]
    assert [role for role, bears in bare if bears == "responsibility"] == ["deployer", "procurer"]
    assert [role for role, bears in bare if bears == "means"] == ["researcher", "funder"]
    assert len(bare) == 4
    treaty = world.instrument("treaty")
    bound = card(world, "deployment", "all").power
    assert (short(bound[0].role), bound[0].bears, bound[0].because) == ("government", "duty", treaty)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (("nobody-searched", "part-not-published"), "weak"),
        (("documented", "few-practices"), "fair"),
        (("documented", "systematic-round"), "firm"),
        ((), "weak"),
    ],
)
def test_the_weakest_word_counts(facts: tuple[str, ...], word: str) -> None:
    found = read_rules(QUERIES / "cards.yaml").sure(facts)
    assert found.word == word
    assert {fact for fact, _ in found.reasons} == set(facts)
    ranks = [("weak", "fair", "firm").index(one) for _, one in found.reasons]
    assert ranks == sorted(ranks)


def test_facts_of_a_search() -> None:
    world = DutyWorld()
    world.speaks("404", "sw")
    world.search("far", language="en", date="2020-01-01", cellGroup="group/roma", cellRegion="region/404")
    view = View(("group", "region"))
    world.practice("p", "data", "roma", "250", direction="improvement", about="roma")
    facts = {fact for fact, _ in card(world, "roma", "404", view=view).certainty.reasons}
    assert facts == {"from-afar", "stale", "one-search", "no-systematic-round"}
    world.say(BASE + "id/collection/far", D + "roundKind", S + "round-kind/systematic")
    assert "systematic-round" in {f for f, _ in card(world, "roma", "404", view=view).certainty.reasons}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"certainty": {"nobody-searched": "weak"}}, "certainty must give each of"),
        ({"certainty": dict.fromkeys(FACTS, "sure")}, "one of weak, fair, firm"),
        ({"power": {}}, "power must have exactly"),
        ({"bears": {"duty": [], "responsibility": [], "means": []}}, "bears must have duty"),
        ({"bears": {"duty": ["kind/a"], "responsibility": ["kind/b"], "means": ["kind/c"]}}, "what these roles bear"),
        ({"first-right": "right/Not A Code"}, "cannot stand in an address"),
        ({"state": None}, "cannot stand in an address"),
    ],
)
def test_broken_rules_are_refused_with_the_file(change: dict[str, object], message: str, tmp_path: Path) -> None:
    rules = yaml.safe_load((QUERIES / "cards.yaml").read_text("utf-8")) | change
    (tmp_path / "cards.yaml").write_text(yaml.safe_dump(rules), "utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        read_rules(tmp_path / "cards.yaml")
    assert "cards.yaml" in str(caught.value)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_what_would_fill_it(kind: str, language: str) -> None:
    world = DutyWorld()
    observatory = world.observatory()
    grid = observatory.coverage(VIEW)
    gap = next(iter(observatory.gaps_of(grid)))
    made = Cards(observatory).card(grid, Gap(kind, gap.cell, 1.0, {kind: 1.0}, 0, 0))
    words = card_words(observatory, grid, made, language)
    filling = next(one for one in words.sections if one.key == "fill").items
    assert len(filling) == 1
    others = {card_words(observatory, grid, made, other).sections[6].items[0].text for other in ("en", "fr", "es")}
    assert len(others) == 3
    assert all("{" not in item.text for one in words.sections for item in one.items)


def test_a_text_in_another_language_is_marked() -> None:
    world = DutyWorld()
    article = world.provision(world.instrument("treaty"), "1", "equality")
    observatory = world.observatory()
    subject, graph = Literal("Nobody is left out.", language="en"), NamedNode(BASE + "graph/world")
    observatory.store.engine.add(  # type: ignore[attr-defined]
        Quad(NamedNode(article), NamedNode(D + "subjectMatter"), subject, graph)
    )
    grid, gap = gap_at(observatory, VIEW, "all", "women")
    made = Cards(observatory).card(grid, gap)
    french = card_words(observatory, grid, made, "fr").sections[0].items
    assert ("Nobody is left out.", "en") in [piece for item in french for piece in item.said]
    english = card_words(observatory, grid, made, "en").sections[0].items
    assert ("Nobody is left out.", "") in [piece for item in english for piece in item.said]
