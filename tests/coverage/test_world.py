"""Cells of the small test world (tests/world), worked by hand from its files."""

from __future__ import annotations

import pytest

from dgekg.coverage import Cell, Filter, View
from dgekg.observatory import Observatory

S = "https://w3id.org/dgekg/scheme/"
PRACTICE, STATEMENT = "https://w3id.org/dgekg/id/practice/", "https://w3id.org/dgekg/id/coverage/"
NUMBERS = ("practices", "direct", "above", "documented", "effect_shown", "harm_or_mixed", "focused")

# stage, group: state, marks, NUMBERS, actors, countries. Charter-everywhere claims everything: it is in "above".
CELLS = [
    # welfare-impact-assessment, for women on low incomes, which is narrower; it changed nothing
    ("deployment", "women", "documented", "", (1, 0, 1, 1, 0, 0, 1), 2, 1),
    # the same and welfare-scorer-rollout, which harmed; automated-decision-law is for other people
    ("deployment", "people-receiving-social-protection", "documented", "harm-or-mixed", (2, 2, 1, 2, 0, 1, 2), 3, 1),
    # equality-complaints-d improved something for women, and says so of nobody else
    ("operation-monitoring", "women", "documented", "effect-shown", (1, 1, 1, 1, 1, 0, 1), 1, 1),
    ("operation-monitoring", "migrants", "documented", "", (1, 1, 1, 1, 0, 0, 1), 1, 1),
    # coding-school-f: known from level 1; its claim of an effect is of level 0, and shows nothing at rung 2
    ("enabling-environment", "rural-girls", "thin", "", (1, 1, 1, 0, 0, 0, 1), 2, 1),
    # bias-audit-b (mixed, for racialised women; the world), hiring-filter-test (Canada), sign-language-benchmark
    # (Asia, which is no country); selection-rate-gap says everyone, and is above with the charter
    ("verification-validation", "women", "documented", "harm-or-mixed", (3, 2, 2, 2, 0, 1, 3), 2, 1),
    # sign-language-benchmark alone, last opened in 2021
    ("verification-validation", "deaf-people", "documented", "stale", (1, 1, 2, 1, 0, 0, 1), 1, 0),
    # the claims to everything: the charter is direct; everything that states a stage and a group is within
    ("whole-lifecycle", "everyone", "documented", "effect-shown harm-or-mixed", (12, 1, 0, 9, 3, 2, 11), 8, 4),
    ("retirement", "women", "not-searched", "", (0, 0, 1, 0, 0, 0, 0), 0, 0),
]


@pytest.mark.parametrize(("stage", "group", "state", "marks", "numbers", "actors", "countries"), CELLS)
def test_cells_by_hand(
    world_observatory: Observatory,
    stage: str,
    group: str,
    state: str,
    marks: str,
    numbers: tuple[int, ...],
    actors: int,
    countries: int,
) -> None:
    cell = at(world_observatory, View(("stage", "group")), f"stage/{stage}", f"group/{group}")
    assert (cell.state.value, " ".join(cell.marks)) == (state, marks)
    assert tuple(cell.measures[n] for n in NUMBERS) == numbers
    assert (cell.measures["actors"], cell.measures["countries"]) == (actors, countries)
    assert len(cell.members) == numbers[0]


def test_rung_decides_what_is_documented_and_shown(world_observatory: Observatory) -> None:
    cell = at(world_observatory, View(("stage", "group"), rung=0), "stage/enabling-environment", "group/rural-girls")
    assert (cell.state, cell.marks) == ("documented", ("effect-shown",))


def test_absence_travels_down(world_observatory: Observatory) -> None:
    searched = STATEMENT + "retirement-indigenous-women-kenya"
    view = View(("group", "region"), (Filter("stage", (S + "stage/retirement",)),))
    grid = world_observatory.coverage(view)
    for group, region, state in (
        ("indigenous-women", "404", "searched-none-found"),
        ("rural-indigenous-women", "404", "searched-none-found"),
        ("indigenous-women", "014", "not-searched"),
        ("indigenous-peoples", "404", "not-searched"),
    ):
        cell = grid.cells[S + f"group/{group}", S + f"region/{region}"]
        assert (cell.state, cell.statements) == (state, (searched,) if state == "searched-none-found" else ())
        assert cell.marks == ()  # the round spoke English and Swahili


def test_the_search_without_the_stage_says_nothing(world_observatory: Observatory) -> None:
    cell = at(world_observatory, View(("group", "region")), "group/indigenous-women", "region/404")
    assert cell.state == "not-searched"


def test_oceania_was_searched_in_english_and_french(world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("region",)))
    oceania = {"009", "053", "554", "258", "776"}
    for code in oceania:
        cell = grid.cells[(S + f"region/{code}",)]
        assert (cell.state, cell.statements) == ("searched-none-found", (STATEMENT + "oceania",))
    afar = {c[0].rsplit("/", 1)[-1] for c, cell in grid.cells.items() if "from-afar" in cell.marks}
    tongues = world_observatory.index.languages
    below = world_observatory.index.narrower[S + "region/009"]
    assert afar == {r.rsplit("/", 1)[-1] for r in below if tongues.get(r) and not tongues[r] & {"en", "fr"}}


def test_not_applicable(world_observatory: Observatory) -> None:
    cell = at(world_observatory, View(("stage", "kind")), "stage/retirement", "kind/education-programme")
    assert (cell.state, cell.statements) == ("not-applicable", (STATEMENT + "retirement-education",))
    whole = at(world_observatory, View(("stage", "kind")), "stage/retirement", "kind/any-kind")
    assert whole.state == "not-searched"


def test_not_published_before_anything_else(world_observatory: Observatory) -> None:
    cells = world_observatory.coverage(View(("group", "region"), depths=(("region", 1),))).cells
    for group in ("lgbtiq-people", "lesbian-women"):
        cell = cells[S + f"group/{group}", S + "region/010"]
        assert (cell.state, cell.members, cell.partly_withheld) == ("not-published", (), False)
        assert not any(cell.measures.values())
    world = cells[S + "group/lgbtiq-people", S + "region/001"]
    assert (world.state, world.partly_withheld) == ("documented", True)
    assert cells[S + "group/everyone", S + "region/010"].partly_withheld
    assert cells[S + "group/women", S + "region/010"].partly_withheld  # some of them are lesbians
    assert not cells[S + "group/women", S + "region/002"].partly_withheld


def test_a_quality_filters_out_what_is_present(world_observatory: Observatory) -> None:
    only_empowerment = Filter("approach", (S + "approach/empowerment",))
    view = View(("stage", "group"), (only_empowerment,))
    cell = at(world_observatory, view, "stage/deployment", "group/people-receiving-social-protection")
    assert cell.state == "present-filtered-out"
    nothing = at(world_observatory, view, "stage/retirement", "group/women")
    assert nothing.state == "not-searched"
    crossed = at(world_observatory, View(("stage", "approach")), "stage/data", "approach/mainstreaming")
    assert crossed.state in ("documented", "present-filtered-out")


def test_exclusion_is_a_quality(world_observatory: Observatory) -> None:
    view = View(("stage", "group"), exclude=(PRACTICE + "welfare-impact-assessment",))
    assert at(world_observatory, view, "stage/deployment", "group/women").state == "present-filtered-out"


def test_not_stated_has_an_empty_address(world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("sector",)))
    assert grid.cells[("",)].members == (PRACTICE + "selection-rate-gap",)
    assert grid.axes[0].rows[-1] == ""
    assert grid.total == 12


def test_totals_are_distinct(world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("stage", "group")))
    assert grid.total == 12
    assert grid.placed == sum(c.measures["practices"] for c in grid.cells.values()) > grid.total


def test_rows_stand_in_the_order_of_their_hierarchy(world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("stage", "provision")))
    stages = [row.rsplit("/", 1)[-1] for row in grid.axes[0].rows]
    assert stages[:3] == ["whole-lifecycle", "enabling-environment", "inception"]
    assert stages[-1] == "retirement"
    within = world_observatory.index.within
    instruments = set(world_observatory.index.concepts("instrument"))
    order = [next(iter(within[row] & instruments)) for row in grid.axes[1].rows if row]
    assert [i for n, i in enumerate(order) if n == 0 or order[n - 1] != i] == list(dict.fromkeys(order))


def at(observatory: Observatory, view: View, *concepts: str) -> Cell:
    return observatory.coverage(view).cells[tuple(S + concept for concept in concepts)]
