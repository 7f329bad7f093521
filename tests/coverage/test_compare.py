"""Two filters compared: against brute force over random worlds, by hand over the small world, and what stays closed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

import pytest
from brute_force import Oracle
from brute_graph import COORDINATES, Asked, Conditions
from hand_made import Made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import AS_OF, BASE, QUERIES, S, World, derived
from test_brute_force import OLDEST, draw_view, view_of

from dgekg import comparing, comparison_rows, render, render_comparison
from dgekg.coverage import Filter, View, compute
from dgekg.coverage.certainty import Certainty
from dgekg.coverage.compare import Compared, against_filters
from dgekg.coverage.comparison import Comparison
from dgekg.errors import DgekgError, InputError, UnknownValue, ViewError
from dgekg.identifiers import concept
from dgekg.index import Index
from dgekg.observatory import Observatory
from dgekg.vocabulary import LANGUAGES
from lengths import examples

EXAMPLES = settings(
    max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
AFRICA, AMERICAS, ANTARCTICA, WORLD = (concept("region", code) for code in ("002", "019", "010", "001"))
NOTHING = Certainty("not-asked")


def side_by_side(index: Index, comparison: Comparison) -> Compared:
    views = (comparison.view, comparison.other)
    first, second = (compute(index, replace(v, empty=True), AS_OF) for v in views)
    return against_filters(comparison, index, (first, second), NOTHING)


def draw_against(random: Random, oracle: Oracle) -> list[tuple[str, tuple[str, ...], bool]]:
    found = []
    for name in random.sample(("region", "group", "stage", "approach"), random.choice((1, 1, 2))):
        values = oracle.concepts(name)
        picked = tuple(random.sample(values, min(len(values), random.choice((1, 1, 2)))))
        if picked:
            found.append((name, picked, random.random() < 0.3))
    return found


def closed(oracle: Oracle, asked: Asked, concepts: tuple[str, ...]) -> bool:
    """A side is closed if the cell is, if its filters are, or if it leaves out what may not be shown here."""
    places = [(d, frozenset({c})) for d, c in zip(asked.dimensions, concepts, strict=False) if d in COORDINATES]
    under: Conditions = [(d, frozenset(v)) for d, v, negated in asked.filters if d in COORDINATES and not negated]
    if oracle.withheld([*places, *under]) or oracle.withheld(under):
        return True
    for dimension, values, negated in asked.filters:
        if negated and dimension in ("region", "group"):
            others = [pair for pair in (*places, *under) if pair[0] != dimension]
            if any(oracle.withheld([*others, (dimension, frozenset({value}))]) for value in values):
                return True
            if any(
                oracle.withheld([(d, v) for d, v in under if d != dimension] + [(dimension, frozenset({value}))])
                for value in values
            ):
                return True
    return False


@given(st.randoms(use_true_random=False))
@EXAMPLES
def test_filters_are_brute_force(random: Random) -> None:
    world = World(random)
    oracle = Oracle(world.triples, OLDEST)
    index = Index(world.store(), QUERIES)
    asked = draw_view(random, world, oracle)
    other = Asked(asked.dimensions, [], asked.rung, asked.norm, asked.relation, asked.depths, asked.exclude)
    against = draw_against(random, oracle)
    other.filters = [one for one in asked.filters if one[0] not in {a[0] for a in against}] + against
    try:
        comparison = Comparison(view_of(asked), tuple(Filter(*one) for one in against)).check(index)
        compared = side_by_side(index, comparison)
    except DgekgError:
        return  # contradictory filters, or the same on both sides: tested on their own
    assert comparison.other == view_of(other)
    whole = any(closed(oracle, side, ()) for side in (asked, other))
    assert compared.published == (not whole)
    assert compared.totals == ((0, 0) if whole else (oracle.total(asked), oracle.total(other)))
    for concepts in itertools.product(*(oracle.rows(name, asked) for name in asked.dimensions)):
        found = compared.cells[concepts]
        sides = [oracle.cell(side, concepts) for side in (asked, other)]
        shut = whole or any(closed(oracle, side, concepts) for side in (asked, other))
        assert shut >= ("not-published" in {side.state for side in sides})
        if shut:
            assert found == type(found)(concepts, False), concepts
            continue
        one, two = (set(side.members) for side in sides)
        assert found.first is not None
        assert found.second is not None
        assert (found.first.state, found.second.state) == (sides[0].state, sides[1].state)
        assert found.difference == len(one) - len(two)
        assert (found.only_first, found.only_second) == (tuple(sorted(one - two)), tuple(sorted(two - one)))
        assert found.counts == (len(one - two), len(two - one))
        assert found.shared == len(one & two)
        spoken = [{*side.statements, *side.superseded} for side in sides]
        assert set(found.searches_first) == spoken[0] - spoken[1]
        assert set(found.searches_second) == spoken[1] - spoken[0]
        same = [(side.state, side.marks, len(side.members)) for side in sides]
        assert found.alike == (same[0] == same[1] and one == two and spoken[0] == spoken[1])


@given(st.randoms(use_true_random=False))
@settings(parent=EXAMPLES, max_examples=examples(40))
def test_the_same_comparison_is_the_same_address(random: Random) -> None:
    world = World(random)
    oracle = Oracle(world.triples, OLDEST)
    asked = draw_view(random, world, oracle)
    against = tuple(Filter(*one) for one in draw_against(random, oracle))
    one = Comparison(view_of(asked), against)
    two = Comparison(view_of(asked), tuple(reversed(against)))
    assert one == two
    assert one.query_string() == two.query_string()


# By hand, over the small world


def asked_for(observatory: Observatory, query: str) -> Compared:
    comparison = Comparison.from_query(query, observatory.index, observatory.names)
    assert Comparison.from_query(comparison.query_string(), observatory.index, observatory.names) == comparison
    return comparing.compare(observatory, comparison)


def test_americas_and_africa(world_observatory: Observatory) -> None:
    """The table in docs/how-coverage-is-computed.md, two of its columns side by side."""
    seen = asked_for(world_observatory, "rows=stage&where=region=Americas&against=region=Africa")
    assert seen.totals == (5, 2)
    assert seen.shared == 0
    numbers = {key[0].rsplit("/", 1)[-1]: one.difference for key, one in seen.cells.items()}
    assert numbers == {
        "whole-lifecycle": 3,
        "enabling-environment": 0,
        "inception": 1,
        "design": 0,
        "data": 0,
        "development": 1,
        "verification-validation": 1,
        "deployment": 3,
        "operation-monitoring": 0,
        "re-evaluation": 0,
        "retirement": 0,
    }
    data = seen.cells[(S + "stage/data",)]
    assert [iri.rsplit("/", 1)[-1] for iri in (*data.only_first, *data.only_second)] == [
        "automated-decision-law",
        "data-trust-a",
    ]
    assert not data.alike
    assert seen.cells[(S + "stage/design",)].alike


def test_a_filter_is_replaced_or_added(world_observatory: Observatory) -> None:
    view = View(("stage",), (Filter("region", (AFRICA,)), Filter("region", (WORLD,)), Filter("rung", ("x",))))
    other = Comparison(view, (Filter("region", (AMERICAS,)), Filter("group", ("g",)))).other
    assert set(other.filters) == {
        Filter("region", (AMERICAS,)),
        Filter("group", ("g",)),
        Filter("rung", ("x",)),
    }
    added = asked_for(world_observatory, "rows=stage&against=region=Africa")
    assert added.totals == (12, 2)
    assert added.certainty.refused == "one-within-the-other"


def test_a_state_changed_by_a_search_is_said(world_observatory: Observatory) -> None:
    seen = asked_for(world_observatory, "rows=stage&where=region=Oceania&against=region=Europe")
    cell = seen.cells[(S + "stage/design",)]
    assert cell.by_search
    assert cell.searches_first == (BASE + "id/coverage/oceania",)
    assert (cell.difference, cell.alike) == (0, False)
    for language, word in (("en", "searching"), ("fr", "recherche"), ("es", "búsqueda")):
        assert word in render_comparison.difference_sentence(world_observatory, seen, cell, language)
        assert render_comparison.sign(cell, language).startswith("~ ")
    assert not seen.cells[(S + "stage/operation-monitoring",)].by_search  # there, a practice makes the difference


def test_what_is_not_published_is_not_compared(world_observatory: Observatory) -> None:
    """Antarctica and the Americas: either side closed closes the cell, also where the other holds practices."""
    seen = asked_for(world_observatory, "rows=group&where=region=010&against=region=019")
    closed_, open_ = (seen.cells[(S + f"group/{code}",)] for code in ("lgbtiq-people", "migrants"))
    assert (closed_.published, closed_.first, closed_.second, closed_.difference) == (False, None, None, None)
    assert (closed_.only_first, closed_.only_second, closed_.shared, closed_.alike) == ((), (), 0, True)
    assert open_.published
    turned = asked_for(world_observatory, "rows=group&where=region=019&against=region=010")
    assert not turned.cells[(S + "group/lgbtiq-people",)].published
    columns, rows = comparison_rows.compared_rows(world_observatory, seen)
    row = next(dict(zip(columns, r, strict=True)) for r in rows if r[0] == S + "group/lgbtiq-people")
    assert {row[f"{side}_{part}"] for side in ("first", "second") for part in ("practices", "documented")} == {""}
    assert {row[name] for name in ("difference", "shared", "only_first", "only_second", "first_alone", "p", "q")} == {
        ""
    }
    assert row["first_state"] == row["second_state"] == "not-published"


@pytest.mark.parametrize(
    "query",
    [
        "rows=stage&where=region=010&where=group=lgbtiq-people&against=region=019",
        "rows=stage&where=region=019&where=group=lgbtiq-people&against=region=010",
        "rows=stage&where=group=lgbtiq-people&against=region!=010",
        "rows=stage&where=region!=010&where=group=lgbtiq-people&against=region=001",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_closed_filters_close_the_whole(world_observatory: Observatory, query: str, language: str) -> None:
    seen = asked_for(world_observatory, query)
    assert not seen.published
    assert (seen.totals, seen.shared, seen.certainty.refused) == ((0, 0), 0, "not-published")
    assert not any(one.published for one in seen.cells.values())
    assert seen.ranked() == []
    about = comparison_rows.about(world_observatory, seen, language)
    assert [about[side]["practices"] for side in ("first", "second")] == [None, None]
    assert about["shared"] is None
    assert about["says"][0] == render.say("compare.closed", language)


def test_leaving_a_place_out_does_not_show_it(world_observatory: Observatory) -> None:
    """World minus all but Antarctica would be Antarctica: closed for the groups that are, open for the others."""
    seen = asked_for(world_observatory, "rows=group&where=region=001&against=region!=010")
    assert not seen.cells[(S + "group/lgbtiq-people",)].published
    assert not seen.cells[(S + "group/lesbian-women",)].published
    assert seen.cells[(S + "group/women",)].published


def test_empty_rows_can_be_left_out(world_observatory: Observatory) -> None:
    seen = asked_for(world_observatory, "rows=stage&cols=group&empty=no&where=region=Americas&against=region=Africa")
    held = [one for one in seen.cells.values() if any(cell and cell.members for cell in (one.first, one.second))]
    assert {key[0] for key in seen.cells} == {one.concepts[0] for one in held}
    assert {key[1] for key in seen.cells} == {one.concepts[1] for one in held}
    assert list(seen.cells) == list(itertools.product(*seen.rows))


def test_nothing_in_common_is_not_the_same() -> None:
    made = Made()
    made.practice("a", "data", "women", "404")
    made.practice("b", "data", "women", "150")
    index = Index(derived(made.triples), QUERIES)
    africa, europe = (Filter("region", (S + f"region/{code}",)) for code in ("002", "150"))
    cell = side_by_side(index, Comparison(View(("stage",), (africa,)), (europe,))).cells[(S + "stage/data",)]
    assert (cell.difference, cell.shared, cell.alike) == (0, 0, False)


# Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_has_words(world_observatory: Observatory, language: str) -> None:
    for query in (
        "rows=group&where=region=019&against=region=010",
        "rows=stage&cols=region&depth=region=1&where=group=women&against=group=migrants",
        "rows=stage&where=approach=empowerment&against=approach!=empowerment&against=region=Africa",
    ):
        seen = asked_for(world_observatory, query)
        for one in seen.cells.values():
            said = render_comparison.difference_sentence(world_observatory, seen, one, language)
            assert said.strip()
            assert "{" not in said
            assert render_comparison.sign(one, language)[0] in "+\u2212=~x?"
        columns, rows = comparison_rows.differing_rows(world_observatory, seen, language)
        assert len(rows) == len(seen.ranked())
        assert all(columns)
        assert all(str(cell) for row in rows for cell in row[:4])


def test_the_largest_difference_comes_first(world_observatory: Observatory) -> None:
    seen = asked_for(world_observatory, "rows=stage&where=region=Americas&against=region=Africa")
    sizes = [abs(one.difference or 0) for one in seen.ranked()]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 3


# What cannot be compared


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        ("rows=stage&against=region=Afrika", UnknownValue, "Africa"),
        ("rows=stage&against=regoin=Africa", UnknownValue, "region"),
        ("rows=stage&against=Africa", InputError, "against: "),
        ("rows=stage&againts=region=Africa", UnknownValue, "against"),
        ("rows=stage", ViewError, "second side"),
        ("rows=stage&where=region=002&against=region=002", ViewError, "same view"),
        ("rows=stage&against=region=002&against-version=abcdef", InputError, "against-version"),
        ("rows=stage&against-version=abcdef", UnknownValue, "No other version is kept"),
        ("rows=stage&against=region=002&against=region!=404&against=region=404", ViewError, "404"),
    ],
)
def test_refusals_say_what_to_do(
    world_observatory: Observatory, query: str, error: type[InputError], says: str
) -> None:
    with pytest.raises(error, match=says):
        Comparison.from_query(query, world_observatory.index, world_observatory.names)


def test_filters_and_a_version_at_once_are_refused(world_observatory: Observatory) -> None:
    both = Comparison(View(("stage",)), (Filter("region", (AFRICA,)),), "0123456789abcdef")
    with pytest.raises(ViewError, match="one at a time"):
        both.check(world_observatory.index)
