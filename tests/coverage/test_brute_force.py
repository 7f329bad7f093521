"""Index, SPARQL and brute force say the same of random worlds and random views."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from random import Random

import pytest
from brute_force import Oracle
from brute_graph import COORDINATES, Asked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode
from random_worlds import AS_OF, BASE, QUERIES, World

from dgekg import template
from dgekg.coverage import Filter, View, compute
from dgekg.errors import ViewError
from dgekg.index import Index
from dgekg.store.local import LocalStore
from lengths import examples

OLDEST = "2023-11-21"
QUALITIES = ("approach", "level", "participation", "status")
TOGETHER = ({"provision", "instrument", "right"},)
EXAMPLES = settings(
    max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
XSD = "http://www.w3.org/2001/XMLSchema#"


def draw_view(random: Random, world: World, oracle: Oracle) -> Asked:
    names = list(COORDINATES if random.random() < 0.7 else COORDINATES + QUALITIES)
    dimensions: list[str] = []
    for name in random.sample(names, random.choice((1, 2, 2, 3))):
        if not any({name, other} <= barred for barred in TOGETHER for other in dimensions):
            dimensions.append(name)
    asked = Asked(tuple(dimensions), rung=random.choice((0, 2, 2, 3)))
    asked.norm = random.choice(("concerns", "concerns", "supports"))
    asked.relation = random.choice(("", "", "acts-at", "governs", "enables"))
    if random.random() < 0.3:
        asked.depths = {random.choice(dimensions): random.randint(0, 2)}
    if world.practices and random.random() < 0.2:
        asked.exclude = (random.choice(world.practices),)
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        name = random.choice(("region", "group", "stage", "provision", "instrument", *QUALITIES))
        values = oracle.concepts(name)
        if values:
            picked = tuple(random.sample(values, min(len(values), random.choice((1, 1, 2)))))
            asked.filters.append((name, picked, random.random() < 0.3))
    return asked


def view_of(asked: Asked) -> View:
    return View(
        asked.dimensions,
        tuple(Filter(*one) for one in asked.filters),
        asked.rung,
        asked.norm,
        asked.relation,
        tuple(asked.depths.items()),
        True,
        asked.exclude,
    )


@given(st.randoms(use_true_random=False))
@EXAMPLES
def test_index_is_brute_force(random: Random) -> None:
    world = World(random)
    oracle = Oracle(world.triples, OLDEST)
    store = world.store()
    index = Index(store, QUERIES)
    asked = draw_view(random, world, oracle)
    try:
        grid = compute(index, view_of(asked), AS_OF)
    except ViewError:
        return  # filters that contradict each other: tested on their own
    axes = [oracle.rows(name, asked) for name in asked.dimensions]
    assert [sorted(a.rows) for a in grid.axes] == [sorted(rows) for rows in axes]
    assert grid.total == oracle.total(asked)
    assert list(grid.cells) == list(itertools.product(*(a.rows for a in grid.axes)))
    for concepts in itertools.product(*axes):
        cell, truth = grid.cells[concepts], oracle.cell(asked, concepts)
        found = (cell.state.value, cell.marks, dict(cell.measures), cell.members, cell.statements)
        assert found == (truth.state, truth.marks, truth.measures, truth.members, truth.statements), concepts
        assert (cell.partly_withheld, cell.superseded) == (truth.partly, truth.superseded), concepts
    for axis in grid.axes:
        for row, depth in zip(axis.rows, axis.depths, strict=True):
            assert depth == (oracle.depth(axis.dimension, row) if row else 0)


@given(st.randoms(use_true_random=False))
@settings(parent=EXAMPLES, max_examples=examples(100))
def test_index_is_sparql(random: Random) -> None:
    world = World(random)
    store = world.store()
    index = Index(store, QUERIES)
    oracle = Oracle(world.triples, OLDEST)
    asked = draw_view(random, world, oracle)
    asked.depths, asked.exclude = {}, ()
    asked.filters = [one for one in asked.filters if not one[2] and len(one[1]) == 1]
    if len(asked.dimensions) == 3 and not {"kind", "lever"} & set(asked.dimensions):
        asked.dimensions = (*asked.dimensions, "kind")
    view = view_of(asked)
    grid = compute(index, view, AS_OF)
    counted = sparql_cells(store, index, view)
    assert all(practices > 0 for practices, _ in counted.values())
    for concepts, cell in grid.cells.items():
        if "" not in concepts and cell.state != "not-published":
            truth = counted.get(concepts, (0, 0))
            assert (cell.measures["practices"], cell.measures["documented"]) == truth, concepts


def sparql_cells(store: LocalStore, index: Index, view: View) -> Mapping[tuple[str, ...], tuple[int, int]]:
    """Ask the file of this arity, a filter being one more line, as the file says."""
    text = template.read(QUERIES / "views" / f"cells-{len(view.dimensions)}.rq")
    names = ("rowDimension", "columnDimension", "thirdDimension", "fourthDimension")
    sources = [NamedNode(f"{BASE}dimension/{view.source(index.dimension(n))}") for n in view.dimensions]
    given_: dict[str, list[NamedNode | Literal]] = {n: [s] for n, s in zip(names, sources, strict=False)}
    given_["rung"] = [Literal(str(view.rung), datatype=NamedNode(XSD + "integer"))]
    lines = "".join(
        f"  ?practice <{BASE}dimension/{view.source(index.dimension(f.dimension))}> <{f.values[0]}> .\n"
        for f in view.filters
    )
    anchor = "  ?practice a dgekg:Practice .\n"
    assert anchor in text
    rows = store.select(template.bind(text.replace(anchor, anchor + lines), given_)).rows
    found = {}
    for row in rows:
        *concepts, practices, documented = (t.value if t is not None else "" for t in row)
        found[tuple(concepts)] = (int(practices), int(documented))
    return found


@pytest.mark.parametrize("arity", [1, 2, 3, 4])
def test_cells_files_stand_by_themselves(arity: int) -> None:
    text = template.read(QUERIES / "views" / f"cells-{arity}.rq")
    names = ["rowDimension", "columnDimension", "thirdDimension", "fourthDimension"][:arity]
    assert list(template.slots(text)) == [*names, "rung"]
    assert World(Random(1)).store().select(text).columns[-2:] == ("practices", "documented")
