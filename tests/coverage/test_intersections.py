"""Groups at their crossing: against brute force, against the question in SPARQL, by hand, and what stays closed."""

from __future__ import annotations

import itertools
import math
from random import Random

import pytest
from brute_force import Oracle
from brute_graph import Asked
from hand_made import Made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import AS_OF, BASE, QUERIES, SKOS, D, S, World, derived
from test_brute_force import OLDEST, draw_view, view_of

from dgekg import comparing, render, render_intersections
from dgekg.coverage import State, View, compute
from dgekg.coverage.crossing import Crossing, groups_of
from dgekg.coverage.intersections import NARROWER, NONE, OWN, Combination, Crossed, intersections, read_combined
from dgekg.errors import DgekgError, InputError, UnknownValue, ViewError
from dgekg.identifiers import concept
from dgekg.index import Index
from dgekg.observatory import Observatory
from dgekg.questions import ask
from dgekg.vocabulary import LANGUAGES
from lengths import examples

EXAMPLES = settings(
    max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
G = {
    code: concept("group", code)
    for code in (
        "women",
        "girls",
        "migrants",
        "roma-women",
        "rural-people",
        "lgbtiq-people",
        "people-of-african-descent",
    )
}


def crossed_of(index: Index, asked: Crossing, combined: dict[str, frozenset[str]]) -> Crossed:
    return intersections(index, compute(index, asked.view, AS_OF), asked, combined)


def combine(world: World) -> dict[str, frozenset[str]]:
    """Say of every group beneath two others that it combines them; sometimes of one beneath three."""
    found = {}
    for group in world.members["group"]:
        above = frozenset(o for s, p, o in world.triples if s == group and p == SKOS + "broader")
        above -= {S + "group/all"}
        if len(above) > 1:
            found[group] = above
    for group, parts in found.items():
        for part in sorted(parts):
            world.say(group, D + "combinesGroup", part)
    return found


@given(st.randoms(use_true_random=False))
@EXAMPLES
def test_combinations_are_brute_force(random: Random) -> None:
    world = World(random)
    combined = combine(world)
    oracle = Oracle(world.triples, OLDEST)
    store = world.store()
    index = Index(store, QUERIES)
    assert read_combined(store, QUERIES) == combined
    asked = draw_view(random, world, oracle)
    asked.dimensions, asked.depths = ("group",), {}
    crossing = Crossing(view_of(asked))
    try:
        every = crossed_of(index, crossing, combined)
    except DgekgError:
        return  # filters that contradict each other
    groups = [g for g in world.members["group"] if g != S + "group/all"]
    truth = {g: set(oracle.cell(asked, (g,)).members) for g in oracle.concepts("group")}
    shut = {g for g in truth if oracle.cell(asked, (g,)).state == "not-published"}
    assert every.practices == len({p for members in truth.values() for p in members})
    listed = {one.parts: one for one in every.combinations}
    for size in (2, 3):
        for parts in itertools.combinations(sorted(groups), size):
            if any(b in oracle.up(a) for a, b in itertools.permutations(parts, 2)):
                with pytest.raises(ViewError, match="do not cross"):
                    crossed_of(index, Crossing(crossing.view, parts), combined)
                continue
            (one,) = crossed_of(index, Crossing(crossing.view, parts), combined).combinations
            _is_brute_force(one, parts, oracle, asked, combined, truth, shut, index)
            own = frozenset(parts) in combined.values()
            together = set.intersection(*(truth[p] for p in parts))
            must = own or (size == 2 and one.published and bool(together))
            assert (parts in listed) == must, parts
            assert not must or listed[parts] == one


def _is_brute_force(
    one: Combination,
    parts: tuple[str, ...],
    oracle: Oracle,
    asked: Asked,
    combined: dict[str, frozenset[str]],
    truth: dict[str, set[str]],
    shut: set[str],
    index: Index,
) -> None:
    inside = {g for g in truth if all(part in oracle.up(g) for part in parts)}
    own = [g for g, of in sorted(combined.items()) if of == frozenset(parts)]
    top = {g for g in inside if not (oracle.up(g) - {g}) & inside}
    assert one.kind == (OWN if own else NARROWER if inside else NONE)
    assert set(one.groups) == (set(own[-1:]) & inside or top)
    assert one.published == (not shut & {*parts, *one.groups})
    if not one.published:
        assert (one.state, one.named, one.counts) == (None, (), dict.fromkeys(("made", "all", "some", "any"), 0))
        assert one.lag is None
        return
    sides = [truth[part] for part in parts]
    made = set().union(*(truth[g] for g in one.groups)) if one.groups else set()
    every, any_of = set.intersection(*sides), set.union(*sides)
    sets = {"made": made, "all": every, "some": any_of - every, "any": any_of}
    assert {
        name: set(index.unpack(bits))
        for name, bits in (("made", one.made), ("all", one.all), ("some", one.some), ("any", one.any))
    } == sets
    assert one.counts == {name: len(practices) for name, practices in sets.items()}
    assert made <= every <= any_of  # nested, and the only sums that are right:
    assert one.counts["all"] + one.counts["some"] == one.counts["any"]
    assert one.named == tuple(len(side) for side in sides)
    documented = {p for p in oracle.practices if oracle.at_rung(p, asked.rung)}
    assert one.documented == (len(made & documented), len(every & documented))
    n = len({p for members in truth.values() for p in members})
    assert one.expected == pytest.approx(math.prod(one.named) / n ** (len(parts) - 1) if n else 0.0)
    if len(one.groups) == 1:
        cell = oracle.cell(asked, (one.groups[0],))
        assert one.state is not None
        assert (one.state.value, one.marks) == (cell.state, cell.marks)
    states = {oracle.cell(asked, (g,)).state for g in one.groups}
    assert (one.state is None) == (not states)
    if one.state is State.SEARCHED:
        assert states <= {"searched-none-found", "not-applicable"}
    if made:
        assert one.state in (State.DOCUMENTED, State.THIN)


def test_it_is_the_question(world_observatory: Observatory) -> None:
    """The same counts as queries/questions/intersectional-groups.rq, which is SPARQL; there the counts are apart."""
    answer = ask(world_observatory.store, world_observatory.questions.get("intersectional-groups"), {}, "en", "")
    crossed = comparing.cross(world_observatory, Crossing())
    mine = {one.groups[0]: one.counts for one in crossed.combinations if one.kind == OWN}
    asked = {row["group"]: row for row in answer.table.dicts()}
    assert set(mine) == set(asked)
    for group, counts in mine.items():
        row = asked[group]
        assert counts["made"] == int(row["madeFor"])
        assert counts["all"] - counts["made"] == int(row["namesAll"])
        assert counts["some"] == int(row["namesSome"])
    assert any(int(row["madeFor"]) for row in asked.values())


def test_the_combinations_lie_within_their_parts(real_observatory: Observatory) -> None:
    """What the measure takes for granted of the shipped vocabulary: no group combines what it does not lie within."""
    index = real_observatory.index
    combined = read_combined(real_observatory.store, real_observatory.project.queries)
    assert len(combined) > 30
    for group, parts in combined.items():
        assert parts <= index.within[group], group
        inside = frozenset.intersection(*(index.narrower[part] for part in parts))
        assert inside == index.narrower[group], group


# By hand


def made_world() -> tuple[Made, dict[str, frozenset[str]]]:
    """Ten practices: four for women, five for Roma, among them one for Roma women and one that names both."""
    made = Made()
    made.triples += [(S + "group/roma-women", D + "combinesGroup", S + f"group/{g}") for g in ("women", "roma")]
    for name, group in (
        ("w1", "women"),
        ("w2", "women"),
        ("r1", "roma"),
        ("r2", "roma"),
        ("r3", "roma"),
        ("both", "women"),
        ("own", "roma-women"),
        ("g1", "girls"),
        ("g2", "girls"),
        ("e1", "all"),
    ):
        made.practice(name, "data", group, level="1" if name == "own" else "2")
    made.triples.append((BASE + "id/practice/both", D + "addressesGroup", S + "group/roma"))
    return made, {S + "group/roma-women": frozenset({S + "group/roma", S + "group/women"})}


def test_the_example_of_the_document() -> None:
    made, combined = made_world()
    index = Index(derived(made.triples), QUERIES)
    parts = (S + "group/roma", S + "group/women")
    seen = crossed_of(index, Crossing(of=parts), combined)
    (one,) = seen.combinations
    assert (seen.practices, one.named, one.counts) == (10, (5, 4), {"made": 1, "all": 2, "some": 5, "any": 7})
    assert (one.expected, one.lag, one.small) == (2.0, 1.0, False)
    assert (one.kind, one.groups, one.state) == (OWN, (S + "group/roma-women",), State.THIN)
    assert one.documented == (0, 1)


def test_what_is_said_of_everyone_names_no_part() -> None:
    made, combined = made_world()
    for n in range(5):
        made.practice(f"all-{n}", "data", "all")
    index = Index(derived(made.triples), QUERIES)
    (one,) = crossed_of(index, Crossing(of=(S + "group/roma", S + "group/women")), combined).combinations
    assert (one.named, one.counts["any"]) == ((5, 4), 7)
    assert one.expected == pytest.approx(20 / 15)


def test_the_furthest_behind_comes_first() -> None:
    made, combined = made_world()
    for n in range(3):
        made.practice(f"girl-roma-{n}", "data", "girls")
        made.triples.append((BASE + f"id/practice/girl-roma-{n}", D + "addressesGroup", S + "group/roma"))
    made.concept("group", "roma-girls", "girls", "roma")
    made.concept("group", "old", "all")
    made.concept("group", "old-women", "women", "old")
    combined |= {
        S + "group/roma-girls": frozenset({S + "group/roma", S + "group/girls"}),
        S + "group/old-women": frozenset({S + "group/old", S + "group/women"}),
    }
    index = Index(derived(made.triples), QUERIES)
    seen = crossed_of(index, Crossing(), combined)
    own = [one.groups[0].rsplit("/", 1)[-1] for one in seen.combinations if one.kind == OWN]
    assert own == ["roma-girls", "roma-women", "old-women"]
    assert [one.small for one in seen.combinations if one.kind == OWN] == [False, False, True]
    assert seen.combinations[0].lag == pytest.approx(5 * 8 / 13)


def test_a_combination_without_a_group_is_not_ranked() -> None:
    made, combined = made_world()
    both = BASE + "id/practice/both"
    made.triples.append((both, D + "addressesGroup", S + "group/girls"))
    index = Index(derived(made.triples), QUERIES)
    seen = crossed_of(index, Crossing(), combined)
    last = seen.combinations[-1]
    assert (last.kind, last.state, last.lag, last.groups) == (NONE, None, None, ())
    assert last.counts["made"] == 0
    assert last.counts["all"] == 1
    assert {one.kind for one in seen.combinations[1:]} == {NONE}


def test_three_groups(world_observatory: Observatory) -> None:
    seen = comparing.cross(
        world_observatory, crossing(world_observatory, "of=women,rural-people,persons-with-disabilities")
    )
    (one,) = seen.combinations
    assert len(one.parts) == 3
    assert (one.kind, [g.rsplit("/", 1)[-1] for g in one.groups]) == (OWN, ["rural-women-with-disabilities"])


# What is not published


def crossing(observatory: Observatory, query: str) -> Crossing:
    asked = Crossing.from_query(query, observatory.index, observatory.names)
    assert Crossing.from_query(asked.query_string(), observatory.index, observatory.names) == asked
    return asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_part_that_is_not_published_closes_the_combination(world_observatory: Observatory, language: str) -> None:
    asked = crossing(world_observatory, "of=lgbtiq-people,young-people&where=region=010")
    seen = comparing.cross(world_observatory, asked)
    (one,) = seen.combinations
    assert not one.published
    assert (one.named, one.counts, one.state, one.expected, one.lag) == (
        (),
        {"made": 0, "all": 0, "some": 0, "any": 0},
        None,
        0.0,
        None,
    )
    columns, rows = render_intersections.crossed_rows(world_observatory, seen, language)
    row = dict(zip(columns, rows[0], strict=True))
    assert row["state"] == "not-published"
    silent = ("marks", "made", "made_documented", "all", "all_documented", "some", "any", "named", "expected", "lag")
    assert {row[name] for name in (*silent, "small")} == {""}
    closed = render.say("intersection.not-published", language)
    assert row["says"] == closed
    assert render_intersections.sentences(world_observatory, seen, one, language) == [closed]
    _heads, shown = render_intersections.ranked_rows(world_observatory, seen, language)
    assert shown[0][2:6] == ["x", "x", "x", "x"]


def test_closed_combinations_stand_whether_or_not_anything_is_known(world_observatory: Observatory) -> None:
    """In the list of all, the vocabulary decides which stand there; pairs that practices put together never do."""
    seen = comparing.cross(world_observatory, crossing(world_observatory, "where=region=010"))
    closed = {one.parts for one in seen.combinations if not one.published}
    combined = read_combined(world_observatory.store, world_observatory.project.queries)
    published = world_observatory.coverage(seen.asked.view).cells
    expected = {
        tuple(sorted(parts))
        for group, parts in combined.items()
        if any(published[(g,)].state is State.NOT_PUBLISHED for g in (group, *parts))
    }
    assert closed == expected
    assert closed
    assert not [one for one in seen.combinations if one.kind != OWN and not one.published]


def test_closed_filters_close_everything(world_observatory: Observatory) -> None:
    asked = crossing(world_observatory, "where=region=010&where=group=lgbtiq-people")
    seen = comparing.cross(world_observatory, asked)
    assert (seen.published, seen.practices) == (False, 0)
    assert not any(one.published for one in seen.combinations)
    about = render_intersections.about(world_observatory, seen)
    assert about["practices"] is None
    assert about["says"] == render.say("intersection.closed")


# Words, and what cannot be asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_combination_has_words(world_observatory: Observatory, language: str) -> None:
    for query in ("", "where=region=Africa", "of=women,migrants", "of=women,girls", "of=race-colour-and-descent,women"):
        seen = comparing.cross(world_observatory, crossing(world_observatory, query))
        lines = [render_intersections.answer_sentence(world_observatory, seen, language)]
        for one in seen.combinations:
            lines += render_intersections.sentences(world_observatory, seen, one, language)
            lines.append(render_intersections.one_sentence(world_observatory, one, language))
        assert not [line for line in lines if "{" in line or not line.strip()]
        columns, rows = render_intersections.ranked_rows(world_observatory, seen, language)
        assert all(len(row) == len(columns) for row in rows)
        columns, rows = render_intersections.crossed_rows(world_observatory, seen, language)
        assert columns == list(render_intersections.COLUMNS)
        assert all(len(row) == len(columns) for row in rows)


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        ("of=women", ViewError, "two or three"),
        ("of=women,women", ViewError, "two or three"),
        ("of=women,girls,migrants,older-people", ViewError, "two or three"),
        ("of=women,everyone", ViewError, "everyone"),
        ("of=women,wommen", UnknownValue, "women"),
        ("of=women,data", InputError, "stage"),
        ("off=women,girls", UnknownValue, "of"),
        ("rows=stage&of=women,girls", UnknownValue, "parameter"),
        ("of=women,girls&where=region", InputError, "region"),
    ],
)
def test_refusals_say_what_to_do(
    world_observatory: Observatory, query: str, error: type[InputError], says: str
) -> None:
    with pytest.raises(error, match=says):
        Crossing.from_query(query, world_observatory.index, world_observatory.names)


def test_nested_groups_do_not_cross(world_observatory: Observatory) -> None:
    with pytest.raises(ViewError, match="roma-women lies within"):
        comparing.cross(world_observatory, Crossing(of=(G["women"], G["roma-women"])))


def test_labels_with_commas_in_any_language(world_observatory: Observatory) -> None:
    index, names = world_observatory.index, world_observatory.names
    label = names.label(concept("group", "roma-sinti-and-travellers"))
    assert "," in label
    found = groups_of([f"{label}, femmes"], index, names)
    assert set(found) == {G["women"], concept("group", "roma-sinti-and-travellers")}


def test_the_same_groups_are_the_same_address() -> None:
    one, two = Crossing(of=(G["women"], G["migrants"])), Crossing(of=(G["migrants"], G["women"], G["women"]))
    assert one == two
    assert one.query_string() == two.query_string()
    assert Crossing() == Crossing(View(("group",)))
