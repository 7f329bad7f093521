"""Gaps named by their coordinates: what is missing there now, and whether the shipped recommendations still hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from pyoxigraph import Literal

from dgekg import identifiers
from dgekg.coverage import Grid, View
from dgekg.coverage.named import DIMENSIONS, Named
from dgekg.observatory import Observatory

HOMES = {"sector": "application-sector"}
FACTS = """
PREFIX dgekg: <https://w3id.org/dgekg/ontology#>
SELECT ?step ?property ?value WHERE { ?step a dgekg:Recommendation ; ?property ?value }
"""


def at(**codes: str) -> Mapping[str, Sequence[str]]:
    return {d: [identifiers.concept(HOMES.get(d, d), c) for c in said.split(",")] for d, said in codes.items()}


@pytest.fixture(scope="module")
def named(world_observatory: Observatory) -> Named:
    return Named(world_observatory.index, world_observatory.coverage)


@pytest.mark.parametrize(
    ("coordinates", "kinds"),
    [
        ({"region": "076"}, ["remedy"]),
        ({"group": "deaf-people"}, ["evidence"]),
        ({"stage": "deployment"}, ["protection"]),
        ({"region": "404"}, [""]),  # an effect is shown there
        ({"region": "076,404"}, ["remedy", ""]),
        ({"stage": "deployment", "region": "076"}, ["protection"]),  # what helped in Brazil was done elsewhere
        ({"stage": "design", "region": "009", "kind": "law"}, ["practice"]),
        ({"stage": "whole-lifecycle", "region": "076"}, ["remedy"]),
        ({"stage": "whole-lifecycle", "region": "076", "kind": "law"}, ["implementation"]),  # of the laws alone
        ({"stage": "whole-lifecycle", "region": "019", "kind": "tool"}, ["evidence"]),
        ({}, []),
    ],
)
def test_a_cell_has_the_gap_that_the_list_of_gaps_tells(
    named: Named, world_observatory: Observatory, coordinates: dict[str, str], kinds: list[str]
) -> None:
    found = named.standing(at(**coordinates))
    assert [one.kind for one in found] == kinds
    for one in found:  # the list folds gaps under broader ones; where it tells one of this very cell, it is the same
        told = world_observatory.gaps_of(one.grid).of(one.cell)
        assert {gap.kind for gap in told} <= {one.kind}


def test_a_cell_of_which_nothing_is_published_says_nothing(named: Named) -> None:
    (lid,) = named.standing(at(group="lgbtiq-people", region="010"))
    assert lid.closed
    assert lid.kind == ""
    assert not any(one.closed for one in named.standing(at(region="076")))


def test_a_view_is_computed_once(world_observatory: Observatory) -> None:
    asked: list[View] = []

    def grid_of(view: View) -> Grid:
        asked.append(view)
        return world_observatory.coverage(view)

    lookup = Named(world_observatory.index, grid_of)
    lookup.standing(at(group="women,girls"))
    lookup.standing(at(group="deaf-people"))
    assert asked == [View(("group",))]


def test_what_shipped_recommendations_name_is_a_gap_of_that_kind(real_observatory: Observatory) -> None:
    facts: dict[str, dict[str, list[str]]] = {}
    texts: dict[str, set[str]] = {}
    for step, what, value in real_observatory.store.select(FACTS).rows:
        assert step is not None
        assert what is not None
        assert value is not None
        name = what.value.rpartition("#")[2].rpartition("/")[2]
        facts.setdefault(step.value, {}).setdefault(name, []).append(value.value)
        if isinstance(value, Literal) and value.language:
            texts.setdefault(f"{step.value} {name}", set()).add(value.language)
    assert len(facts) >= 25
    assert {text for text, languages in texts.items() if languages != {"en", "fr", "es"}} == set()
    lookup = Named(real_observatory.index, real_observatory.coverage)
    wrong = {}
    for iri, said in facts.items():
        cells = {d: said[f"cell{d.title()}"] for d in DIMENSIONS if f"cell{d.title()}" in said}
        now = {one.kind for one in lookup.standing(cells)}
        if now != {gap.rpartition("/")[2] for gap in said["gapType"]}:
            wrong[iri] = now
    assert wrong == {}


def test_shipped_recommendations_rest_on_provisions_and_name_nothing_shown_with_care(
    real_observatory: Observatory,
) -> None:
    rests = real_observatory.store.select(
        "PREFIX dgekg: <https://w3id.org/dgekg/ontology#> "
        "SELECT ?step ?on ?exposure WHERE { ?step a dgekg:Recommendation ; dgekg:basedOn ?on "
        "OPTIONAL { ?on dgekg:exposure ?exposure } }"
    )
    on: dict[str, set[str]] = {}
    for row in rests.dicts():
        assert not row.get("exposure", "").endswith("/with-care"), row
        on.setdefault(row["step"], set()).add(row["on"].removeprefix("https://w3id.org/dgekg/id/").partition("/")[0])
    assert {step for step, kinds in on.items() if "provision" not in kinds or "practice" not in kinds} == set()
