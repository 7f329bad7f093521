"""How certain a difference between two filters is: the test by hand, by simulation, over a written world, refused."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from dgekg import comparing
from dgekg.coverage import Filter, View
from dgekg.coverage.certainty import Certainty, exact
from dgekg.coverage.compare import Compared
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.rarity import LEVEL
from dgekg.identifiers import concept, record
from dgekg.observatory import Observatory
from dgekg.settings import Project
from test_completeness import written

AFRICA, ASIA, WORLD, KENYA = (concept("region", code) for code in ("002", "142", "001", "404"))
STAGE = {code: concept("stage", code) for code in ("data", "deployment", "retirement", "design")}


def test_the_example_of_the_document() -> None:
    """Twelve practices in Africa alone and eighteen in Asia alone; the split of each stage by counting hands."""
    first, second = np.array([9, 2, 1]), np.array([3, 14, 1])
    p, q = exact(first, second, 12, 18)
    hands = math.comb(30, 12)

    def chance(held: int, a: int) -> float:
        return math.comb(held, a) * math.comb(30 - held, 12 - a) / hands

    for n, (a, b) in enumerate(((9, 3), (2, 14))):
        alike = [chance(a + b, k) for k in range(max(0, a + b - 18), min(a + b, 12) + 1)]
        assert p[n] == pytest.approx(sum(one for one in alike if one <= chance(a + b, a) * (1 + 1e-9)))
    assert np.isnan(p[2])
    assert (round(float(p[0]), 4), round(float(p[1]), 4)) == (0.0024, 0.0022)
    assert (round(float(q[0]), 4), round(float(q[1]), 4)) == (0.0024, 0.0024)


def test_false_alarms_stay_below_the_level() -> None:
    """Cells without structure, that overlap: of the views, at most one in twenty raises any alarm."""
    random = np.random.default_rng(11)
    views, alarms = 300, 0
    for _ in range(views):
        practices = random.random((90, 24)) < random.uniform(0.05, 0.5, 24)
        practices[:, 20:] = practices[:, 16:20] & practices[:, 12:16]  # cells within others
        side = random.permutation(90) < 40
        _p, q = exact(practices[side].sum(axis=0), practices[~side].sum(axis=0), 40, 50)
        alarms += bool(np.nanmin(q, initial=1.0) <= LEVEL)
    assert alarms <= views * LEVEL + 3 * math.sqrt(views * LEVEL * (1 - LEVEL))


def test_planted_differences_are_found() -> None:
    random = np.random.default_rng(5)
    found = 0
    for _ in range(20):
        first, second = random.binomial(60, 0.2, 20), random.binomial(60, 0.2, 20)
        first[7] = random.binomial(60, 0.6)
        _p, q = exact(first, second, 60, 60)
        found += int(np.nanargmin(q)) == 7 and q[7] <= LEVEL
    assert found >= 18


# Over a written world: the example's practices, some on both sides, some that only a purposive round found.


def practices(sizes: Mapping[tuple[str, str], int], of_round: str = "fixed") -> dict[str, dict[str, list[str]]]:
    return {
        f"{of_round}-{stage}-{region}-{n}": {
            "actsAtStage": [STAGE[stage]],
            "inRegion": [concept("region", code) for code in region.split("-")],
            "foundInRound": [record("collection", of_round)],
        }
        for (stage, region), size in sizes.items()
        for n in range(size)
    }


ROUNDS = {
    "fixed": {"roundKind": [concept("round-kind", "systematic")]},
    "chosen": {"roundKind": [concept("round-kind", "purposive")]},
}
EXAMPLE = {
    ("data", "404"): 9,
    ("deployment", "404"): 2,
    ("retirement", "404"): 1,
    ("data", "356"): 3,
    ("deployment", "356"): 14,
    ("retirement", "356"): 1,
}


@pytest.fixture(scope="module")
def observatory(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    found = practices(EXAMPLE) | practices({("data", "404-356"): 4})
    found |= practices({("retirement", "404"): 20}, "chosen")
    return written(project, tmp_path_factory.mktemp("certainty"), found, ROUNDS)


def compared(observatory: Observatory, view: View, against: Filter) -> Compared:
    return comparing.compare(observatory, Comparison(view, (against,)).check(observatory.index))


def region(iri: str, negated: bool = False) -> Filter:
    return Filter("region", (iri,), negated)


def test_sides_are_compared(observatory: Observatory) -> None:
    seen = compared(observatory, View(("stage",), (region(AFRICA),)), region(ASIA))
    said = seen.certainty
    assert (said.refused, said.first, said.second, said.said) == ("", 12, 18, "compare.some-differ")
    data = said.cells[(STAGE["data"],)]
    assert (data.first, data.second, data.differs) == (9, 3, True)
    assert data.p == pytest.approx(0.00241, abs=1e-4)
    assert data.q is not None
    assert data.p is not None
    assert data.q >= data.p
    assert said.cells[(STAGE["retirement"],)].q is None
    cell = seen.cells[(STAGE["data"],)]
    assert (cell.difference, cell.shared, len(cell.only_first), len(cell.only_second)) == (6, 4, 9, 3)
    assert seen.totals == (36, 22)
    assert seen.shared == 4
    assert seen.ranked()[0].concepts in {(STAGE["data"],), (STAGE["deployment"],)}
    assert not {observatory.index.roots["stage"], ""} & {c for key in said.cells for c in key}


@pytest.mark.parametrize(
    ("view", "against", "reason"),
    [
        (View(("region",), (region(AFRICA),)), region(ASIA), "same-dimension"),
        (View(("led-from",), (region(AFRICA),)), region(ASIA), "same-dimension"),
        (View(("stage",)), region(AFRICA), "one-within-the-other"),
        (View(("stage",), (region(AFRICA),)), region(KENYA), "one-within-the-other"),
        (View(("stage",), (region(AFRICA),)), region(concept("region", "150")), "one-side-empty"),
        (
            View(("stage",), (region(AFRICA), Filter("round", (record("collection", "chosen"),)))),
            region(ASIA),
            "no-systematic-round",
        ),
        (View(("group",), (region(AFRICA),)), region(ASIA), "nothing-stated"),
    ],
)
def test_refusals_give_no_p(observatory: Observatory, view: View, against: Filter, reason: str) -> None:
    said = compared(observatory, view, against).certainty
    assert (said.refused, said.said) == (reason, f"compare-refused.{reason}")
    assert said.cells == {}
    assert (said.tested, said.differing) == (0, 0)


def test_a_small_collection_says_so(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    few = practices({("data", "404"): 2, ("design", "404"): 1, ("data", "356"): 1, ("design", "356"): 2})
    small = written(project, tmp_path_factory.mktemp("small"), few, ROUNDS)
    said = compared(small, View(("stage",), (region(AFRICA),)), region(ASIA)).certainty
    assert (said.said, said.tested) == ("compare.too-small", 0)
    assert all(cell.p is None and not cell.differs for cell in said.cells.values())


def test_sides_that_are_alike_say_so(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    alike = {(stage, place): 6 for stage in ("data", "design") for place in ("404", "356")}
    same = written(project, tmp_path_factory.mktemp("alike"), practices(alike), ROUNDS)
    said = compared(same, View(("stage",), (region(AFRICA),)), region(ASIA)).certainty
    assert said.said == "compare.none-differ"
    assert said.tested == 2


def test_without_any_cell_nothing_breaks() -> None:
    p, q = exact(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 5, 5)
    assert (len(p), len(q)) == (0, 0)
    assert Certainty("versions").said == "compare-refused.versions"
