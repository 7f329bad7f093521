"""Cells and searches by hand: what random worlds seldom draw."""

from __future__ import annotations

from hand_made import Made
from random_worlds import BASE, S

from dgekg.coverage import Filter, View

REGION = View(("region",))


def test_searched_in_a_part_says_nothing_of_the_whole() -> None:
    made = Made()
    made.search("kenya", cellRegion="region/404")
    cells = made.grid(REGION)
    assert [cells[c,].state for c in ("404", "002", "001")] == [
        "searched-none-found",
        "searched-none-found",
        "not-searched",
    ]
    made.search("europe", cellRegion="region/150")  # Africa has one part here: both parts of the world are searched
    assert made.grid(REGION)["001",].statements == (BASE + "id/coverage/europe", BASE + "id/coverage/kenya")


def test_groups_are_no_partition() -> None:
    made = Made()
    for group in ("women", "roma", "girls"):
        made.search(group, cellGroup=f"group/{group}")
    assert made.grid(View(("group",)))["all",].state == "not-searched"


def test_a_whole_is_seen_from_afar_and_as_old_as_its_worst_part() -> None:
    made = Made()
    made.speaks("404", "sw")
    made.speaks("150", "fr")
    made.search("kenya", "en", "2020-01-01", cellRegion="region/404")
    made.search("europe", "fr-CA", "2026-01-01", cellRegion="region/150")
    cells = made.grid(REGION)
    assert cells["150",].marks == ()
    assert cells["404",].marks == ("from-afar", "stale")
    assert made.grid(View(("stage",)))["all",].marks == ("from-afar", "stale")
    made.search("again", "sw", "2026-02-01", cellRegion="region/002")
    assert made.grid(REGION)["404",].marks == ()
    assert made.grid(REGION)["001",].marks == ()


def test_a_search_beside_the_whole_may_hold_all_its_parts() -> None:
    made = Made()
    made.concept("region", "coast", "001")
    made.concept("region", "port", "002", "coast")
    made.concept("region", "bay", "150", "coast")
    made.search("coast", cellRegion="region/coast")
    assert made.grid(REGION)["002",].state == "not-searched"  # Kenya was not
    assert made.grid(REGION)["150",].state == "searched-none-found"  # the bay is all of it


def test_the_tongues_of_two_conditions_are_those_they_share() -> None:
    made = Made()
    made.speaks("404", "sw")
    made.speaks("150", "fr")
    made.search("world", "pt", cellRegion="region/001")
    within = View(("region",), (Filter("region", (S + "region/002",)),))
    assert made.grid(within)["404",].marks == ("from-afar",)
    assert made.grid(within)["150",].marks == ()  # nothing is spoken in both


def test_a_union_is_searched_where_each_of_its_values_is() -> None:
    made = Made()
    made.search("kenya", cellRegion="region/404")
    view = View(("stage",), (Filter("region", (S + "region/404", S + "region/150")),))
    assert made.grid(view)["data",].state == "not-searched"
    made.search("europe", cellRegion="region/150")
    assert len(made.grid(view)["data",].statements) == 2


def test_two_filters_on_one_dimension_hold_both() -> None:
    made = Made()
    made.practice("p", "data", "roma-women")
    both = (Filter("group", (S + "group/women",)), Filter("group", (S + "group/roma",)))
    assert made.grid(View(("stage",), both))["data",].measures["practices"] == 1
    made.search("roma", cellGroup="group/roma")
    assert made.grid(View(("stage",), both))["use",].state == "searched-none-found"


def test_a_practice_found_since_supersedes_a_search() -> None:
    made = Made()
    made.search("data", cellStage="stage/data")
    made.practice("p", "data", "women")
    cells = made.grid(View(("stage", "group")))
    assert (cells["data", "women"].state, cells["data", "girls"].state) == ("documented", "searched-none-found")
    assert cells["data", "women"].superseded == (BASE + "id/coverage/data",)
    assert cells["data", "women"].statements == ()


def test_focused_is_at_most_three_rows_and_never_from_the_root() -> None:
    made = Made()
    for code in ("one", "two", "three", "four"):
        made.concept("group", code, "all")
    for name, groups in (("three", ["one", "two", "three"]), ("four", ["one", "two", "three", "four"])):
        for group in groups:
            made.practice(name, "data", group)
    made.practice("mixed", "use", "one")
    made.practice("mixed", "use", "all")
    cells = made.grid(View(("group", "stage")))
    assert (cells["one", "data"].measures["practices"], cells["one", "data"].measures["focused"]) == (2, 1)
    assert (cells["one", "use"].measures["practices"], cells["one", "use"].measures["focused"]) == (1, 0)


def test_harm_reaches_broader_narrower_and_unnamed_but_no_other_group() -> None:
    made = Made()
    made.practice("p", "data", "roma-women", direction="harm", about="women", level="0")
    made.practice("p", "data", "girls")
    cells = made.grid(View(("group",)))
    harmed = {c for (c,), cell in cells.items() if "harm-or-mixed" in cell.marks}
    assert harmed == {"all", "women", "roma-women"}  # Roma people as such, and girls, are not named
    made.practice("q", "data", "girls", direction="mixed")
    assert "harm-or-mixed" in made.grid(View(("group",)))["girls",].marks


def test_effect_reaches_broader_groups_only() -> None:
    made = Made()
    made.practice("p", "data", "roma-women", direction="improvement", about="women")
    made.practice("q", "data", "girls", direction="improvement")
    cells = made.grid(View(("group",)))
    assert {c for (c,), cell in cells.items() if "effect-shown" in cell.marks} == {"all", "women"}
    assert made.grid(View(("stage",)))["data",].measures["effect_shown"] == 2  # no group is asked for
