"""A search that takes in changes answers as one made anew, however its parts lie above each other."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgekg.textsearch import Growing, Search, growing
from lengths import examples
from test_textsearch_folder import EDIT, WORLD, World, answers, changes, edited, store_of

QUERIES = Path(__file__).parent.parent / "queries"


@settings(max_examples=examples(4), deadline=None)
@given(WORLD, st.lists(st.lists(EDIT, min_size=1, max_size=2), min_size=2, max_size=4), st.sampled_from((0, 1, 2)))
def test_it_answers_as_one_made_anew(first: World, steps: list[list[tuple[str, str, object]]], much: int) -> None:
    worlds = list(itertools.accumulate(steps, edited, initial=first))
    found = Growing.of_store(store_of(worlds[0]), QUERIES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "_MUCH", much)
        for before, after in itertools.pairwise(worlds):
            store, total = store_of(after), found.search.find("lamp ").total
            changed, removed = changes(before, after)
            now = found.updated(store, changed | removed)
            anew = Search.of_store(store, QUERIES)
            assert len(now.search) == len(anew)
            assert answers(now.search) == answers(anew)
            assert found.search.find("lamp ").total == total, "the search before stays as it was"
            found = now


def test_small_layers_are_joined() -> None:
    practices = {slug: (f"lamp {slug}", "river", "ada", "north") for slug in "abcdef"}
    world: World = {"actors": {"ada": "x", "bo": "y", "cy": "z"}, "places": {"north": "w"}, "practices": practices}
    found = Growing.of_store(store_of(world), QUERIES)
    start = found
    for number in range(9):
        after = edited(world, [("practices", "abc"[number % 3], (f"tree {number}", "river", "bo", "south"))])
        found = found.updated(store_of(after), set().union(*changes(world, after)))
        world = after
    assert len(found.layers) <= 2
    assert found.search.find("tree ").total == 3
    assert start.search.find("tree ").total == 0
    assert found.updated(store_of(world), ()) is found
