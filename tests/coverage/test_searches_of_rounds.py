"""What rounds searched for says that somebody looked: it is no coverage statement, and moves no cell, gap or word."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from pyoxigraph import NamedNode
from random_worlds import AS_OF, BASE, QUERIES, A, D, World, derived

from dgekg import explain
from dgekg.build import Sources
from dgekg.build.derive import assemble
from dgekg.coverage import View, compute
from dgekg.coverage.completeness import read_rounds
from dgekg.coverage.rows import Axis
from dgekg.index import Index
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from lengths import LONG

WORLD = Path(__file__).parent.parent / "world" / "data"
AIMS = {"stage": "Stage", "group": "Group", "region": "Region", "right": "Right", "kind": "Kind", "lever": "Lever"}
AIMS["application-sector"] = "Sector"
VIEWS = (("stage", "group"), ("group", "region"), ("lever", "region"), ("kind", "sector"), ("right", "stage"))
DERIVED = NamedNode(BASE + "graph/derived")


@pytest.fixture(scope="module")
def silent(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    """The small world, of which no round says what it searched for, nor what it was about."""
    data = shutil.copytree(WORLD, tmp_path_factory.mktemp("silent") / "data")
    file = data / "scan" / "rounds.ttl"
    text = file.read_text("utf-8")
    told = re.sub(r"<id/search/[a-z0-9-]+> a dgekg:Search ;.*?\.\n\n?", "", text, flags=re.DOTALL)
    told = re.sub(r"    dgekg:(?:hasSearch|searchedIn|cell[A-Z]\w+) [^\n]* ;\n", "", told)
    assert text.count("cell") > 10
    assert not re.search("search/|searched|cell", told)
    file.write_text(told, "utf-8")
    store = assemble(Sources(project, data), AS_OF)
    return Observatory(project, store, "test", AS_OF, {}, Settings())


FEW = 4  # of the rows that nothing in the world names: they differ by their names alone


def told(store: LocalStore, axis: Axis) -> set[str]:
    """Return the rows that some record names, or is derived to lie in, and a few of the others; at length all."""
    named = {row for row in axis.rows if not row or _is_named(store, row)}
    others = [row for row in axis.rows if row not in named]
    return named | set(others if LONG else others[:: max(1, len(others) // FEW)])


def _is_named(store: LocalStore, concept: str) -> bool:
    quads = store.engine.quads_for_pattern(None, None, NamedNode(concept), None)
    return any("/scheme/" not in str(quad.subject) for quad in quads)


def said(observatory: Observatory, view: View, rows: Sequence[set[str]]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return all that is told of each cell of some rows, in words too."""
    grid = observatory.coverage(view)
    return {
        at: explain.cell_json(explain.explain_cell(observatory, grid, cell))
        for at, cell in grid.cells.items()
        if all(row in wanted for row, wanted in zip(at, rows, strict=True))
    }


def derivations(store: LocalStore) -> set[str]:
    return {str(quad.triple) for quad in store.engine.quads_for_pattern(None, None, None, DERIVED)}


def test_nothing_is_derived_of_a_round_or_search(silent: Observatory, world_store: LocalStore) -> None:
    assert isinstance(silent.store, LocalStore)
    assert derivations(world_store) == derivations(silent.store) != set()


def test_statements_and_rounds_are_those_there_were(silent: Observatory, world_observatory: Observatory) -> None:
    assert world_observatory.index.statements == silent.index.statements != ()
    assert world_observatory.rounds == silent.rounds != ()
    assert read_rounds(world_observatory.store, QUERIES) == world_observatory.rounds


@pytest.mark.parametrize("dimensions", VIEWS, ids=" x ".join)
def test_cells_gaps_and_words_are_those_there_were(
    dimensions: tuple[str, str], silent: Observatory, world_observatory: Observatory
) -> None:
    view = View(dimensions, empty=True)
    here, there = world_observatory.coverage(view), silent.coverage(view)
    assert np.array_equal(here.table.states, there.table.states)
    assert {at: cell.statements for at, cell in here.cells.items()} == {
        at: cell.statements for at, cell in there.cells.items()
    }
    assert isinstance(world_observatory.store, LocalStore)
    rows = [told(world_observatory.store, axis) for axis in here.axes]
    words = said(world_observatory, view, rows)
    assert len(words) > 100
    assert words == said(silent, view, rows)
    gaps = [
        [(g.kind, g.cell.concepts, g.priority) for g in o.gaps_of(o.coverage(view))]
        for o in (world_observatory, silent)
    ]
    assert gaps[0] == gaps[1] != []


def test_where_only_a_round_looked_is_still_not_searched(world_observatory: Observatory) -> None:
    scheme = BASE + "scheme/"
    cells = world_observatory.coverage(View(("stage", "group"), empty=True)).cells
    assert cells[scheme + "stage/retirement", scheme + "group/women"].state == "not-searched"


@pytest.mark.parametrize("seed", range(12))
def test_a_round_that_searched_for_everything_moves_nothing(seed: int) -> None:
    world = World(Random(seed))
    plain = Index(derived(world.triples), QUERIES)
    loud = [*world.triples]
    for n in range(3):
        made, search = BASE + f"id/collection/r{n}", BASE + f"id/search/r{n}-1"
        loud += [(made, A, D + "CollectionActivity"), (made, D + "hasSearch", search), (search, A, D + "Search")]
        loud += [(search, D + "searchText", '"words')]
        for scheme, name in AIMS.items():
            loud += [(thing, D + "cell" + name, c) for thing in (made, search) for c in world.members[scheme]]
    other = Index(derived(loud), QUERIES)
    assert other.statements == plain.statements
    for dimensions in VIEWS:
        grids = [compute(index, View(dimensions, empty=True), AS_OF) for index in (plain, other)]
        assert [(at, c.state, c.marks, c.statements) for at, c in grids[0].cells.items()] == [
            (at, c.state, c.marks, c.statements) for at, c in grids[1].cells.items()
        ]
