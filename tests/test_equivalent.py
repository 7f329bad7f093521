"""The SPARQL that an answer carries gives the same numbers as the answer."""

from __future__ import annotations

from random import Random

import pytest

from dgekg import equivalent
from dgekg.coverage import Filter, State, View
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.identifiers import concept, record
from dgekg.observatory import Observatory

VIEWS = (
    View(("stage",)),
    View(("stage", "group"), rung=3),
    View(("provision",), norm="supports"),
    View(("stage",), relation="governs"),
    View(("group",), (Filter("region", (concept("region", "002"), concept("region", "150"))),)),
    View(
        ("group",),
        (Filter("region", (concept("region", "002"),), True), Filter("level", (concept("evidence-level", "2"),))),
    ),
    View(("kind", "lever"), exclude=(record("practice", "bias-audit-b"),)),
    View(("stage",), (Filter("group", (concept("group", "women"),)), Filter("group", (concept("group", "workers"),)))),
)


def drawn(observatory: Observatory) -> list[View]:
    """Views with conditions drawn at random from what the small world has."""
    random, index = Random(4), observatory.index
    names = [n for n in index.dimensions if index.dimension(n).coordinate or n in ("level", "approach", "status")]
    found = []
    for _ in range(40):
        filters = []
        for name in random.sample(names, random.randint(0, 3)):
            values = random.sample(sorted(index.concepts(name)), min(random.randint(1, 3), len(index.concepts(name))))
            filters.append(Filter(name, tuple(values), random.random() < 0.4))
        left_out = tuple(random.sample(index.practices, random.choice((0, 0, 2))))
        found.append(View((random.choice(("stage", "group", "kind")),), tuple(filters), exclude=left_out))
    return found


@pytest.mark.parametrize("view", VIEWS, ids=lambda v: v.query_string())
def test_cells(world_observatory: Observatory, view: View) -> None:
    same_cells(world_observatory, view)


def same_cells(observatory: Observatory, view: View) -> None:
    rows = observatory.store.select(equivalent.cells(observatory, view)).rows
    counted = {tuple(t.value for t in r[:-2] if t is not None): tuple(int(t.value) for t in r[-2:] if t) for r in rows}
    told = 0
    for concepts, cell in observatory.coverage(view).cells.items():
        if "" not in concepts and cell.state is not State.NOT_PUBLISHED:
            assert counted.get(concepts, (0, 0)) == (cell.measures["practices"], cell.measures["documented"]), concepts
            told += 1
    assert told


def test_drawn_views_and_lists(world_observatory: Observatory) -> None:
    index, lengths = world_observatory.index, set()
    for view in drawn(world_observatory):
        left = index.unpack(coordinates_left(index, view) & qualities_left(index, view))
        text = equivalent.listed(world_observatory, view)
        assert text is not None
        assert [r[0].value for r in world_observatory.store.select(text).rows if r[0]] == sorted(left), view
        lengths.add(len(left))
    assert len(lengths) > 4


def test_words_are_given_as_the_practices_that_have_them(world_observatory: Observatory) -> None:
    audit = record("practice", "bias-audit-b")
    view = View(("stage",), (Filter("kind", (concept("kind", "audit"),)),))
    text = equivalent.listed(world_observatory, view, [audit, record("practice", "care-collective")])
    assert text is not None
    assert [r[0].value for r in world_observatory.store.select(text).rows if r[0]] == [audit]
    assert equivalent.listed(world_observatory, view, []) is None
    assert equivalent.listed(world_observatory, view, [audit] * 501) is None
