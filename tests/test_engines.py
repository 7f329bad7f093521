"""The same answers from any SPARQL 1.1 service as from the built store: views, gaps, questions, search.

The `oxigraph` server is started here. Another engine is tried by serving the small world with it and naming its
address: `DGEKG_TEST_ENGINES=http://localhost:3055/sparql pytest tests/test_engines.py` (docs/scaling.md says how
the world is written to a file, and which engines were tried).
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from pyoxigraph import RdfFormat

from dgekg.coverage import Filter, View
from dgekg.observatory import Observatory
from dgekg.store.local import LocalStore
from dgekg.store.remote import RemoteStore
from test_questions import CASES, Case

OTHERS = [address for address in os.environ.get("DGEKG_TEST_ENGINES", "").split(",") if address]
VIEWS = (
    View(("stage", "group")),
    View(("group", "region"), norm="supports", rung=1),
    View(("stage", "lever", "right"), (Filter("group", ("https://w3id.org/dgekg/scheme/group/women",)),)),
)


@pytest.fixture(scope="module", params=["oxigraph", *OTHERS])
def remote(
    request: pytest.FixtureRequest, world_observatory: Observatory, tmp_path_factory: pytest.TempPathFactory
) -> Observatory:
    known = world_observatory
    assert isinstance(known.store, LocalStore)
    if request.param == "oxigraph":
        store = RemoteStore(request.getfixturevalue("server"))
        dump = tmp_path_factory.mktemp("dump") / "world.nq"
        known.store.engine.dump(str(dump), format=RdfFormat.N_QUADS)
        store.load(dump)
    else:
        store = RemoteStore(request.param, timeout=300)
    return Observatory(known.project, store, "remote", known.as_of, {}, known.settings)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: " x ".join(view.dimensions))
def test_views_and_gaps(view: View, remote: Observatory, world_observatory: Observatory) -> None:
    here, there = world_observatory.coverage(view), remote.coverage(view)
    assert here.table.count("practices").any()
    assert np.array_equal(here.table.states, there.table.states)
    for measure in ("practices", "direct", "documented", "effect_shown", "harm_or_mixed", "promising"):
        assert np.array_equal(here.table.count(measure), there.table.count(measure)), measure
    for measure, counts in here.table.distinct.items():
        assert np.array_equal(counts, there.table.distinct[measure]), measure
    found = [
        [(g.cell.concepts, g.kind, g.priority) for g in one.gaps_of(grid)]
        for one, grid in ((world_observatory, here), (remote, there))
    ]
    assert found[0]
    assert found[0] == found[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_questions(case: Case, remote: Observatory, world_observatory: Observatory) -> None:
    values = {name: [value] for name, value in case.values.items()}
    here, there = (one.ask(case.question, values, case.language) for one in (world_observatory, remote))
    assert sorted(map(str, here.table.rows)) == sorted(map(str, there.table.rows))


@pytest.mark.parametrize("words", ["data", "données", "bias aud", "xyzzy"])
def test_search(words: str, remote: Observatory, world_observatory: Observatory) -> None:
    here, there = (one.search.find(words) for one in (world_observatory, remote))
    assert [(hit.iri, hit.score) for hit in here.hits] == [(hit.iri, hit.score) for hit in there.hits]
