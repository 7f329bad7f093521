"""Surprise: false alarms and planted gaps by simulation, the example of the document, and what is refused."""

from __future__ import annotations

import importlib.resources
import inspect
import math
import re
import sys
from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
import yaml

from conftest import AS_OF
from dgekg.coverage import View, compute
from dgekg.coverage.cells import State
from dgekg.coverage.completeness import read_rounds
from dgekg.coverage.rarity import LEVEL, compare, determined, least_possible
from dgekg.coverage.surprise import Expected, Surprise, surprise
from dgekg.coverage.view import Filter
from dgekg.identifiers import concept, record
from dgekg.observatory import Observatory
from dgekg.settings import Project
from test_completeness import written

Flags = npt.NDArray[np.bool_]
VIEWS = 400


def drawn(random: np.random.Generator, practices: int, rows: int) -> Flags:
    """Say for each practice which rows it lies in: skewed, one to three values, and a tree of rows above."""
    weights = random.dirichlet(np.full(rows, 0.8))
    said = np.zeros((rows, practices), dtype=bool)
    many = random.integers(1, 4, practices)
    for n in range(3):
        named = random.choice(rows, size=practices, p=weights)
        said[named[many > n], np.flatnonzero(many > n)] = True
    above = [said[n : n + 3].any(axis=0) for n in range(0, rows, 3)]
    return np.concatenate([said, above])


def view_of(rows: Flags, columns: Flags) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    r, c = rows.sum(axis=1), columns.sum(axis=1)
    total = rows.shape[1]
    asked = ((r > 0) & (r < total))[:, None] & ((c > 0) & (c < total))[None, :]
    p, q, _least, _corrected = compare(rows.astype(np.int64) @ columns.T, r, c, total, asked, LEVEL)
    return p, q


@pytest.mark.parametrize("practices", [60, 300])
def test_without_structure_false_alarms_are_as_rare_as_promised(practices: int) -> None:
    """Rows and columns are drawn apart; a view with any surprising cell is a false alarm."""
    random = np.random.default_rng(20261121)
    alarms = 0
    for _ in range(VIEWS):
        _p, q = view_of(drawn(random, practices, 9), drawn(random, practices, 12))
        alarms += bool((q <= LEVEL).any())
    print(practices, alarms / VIEWS)
    assert alarms / VIEWS <= LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / VIEWS)


def test_planted_gaps_come_first() -> None:
    """Three cells are emptied: their practices say any other column instead."""
    random = np.random.default_rng(20261122)
    first = found = 0
    false: list[float] = []
    views = 150
    for _ in range(views):
        rows = np.eye(9, dtype=bool)[:, random.integers(0, 9, 1000)]
        columns = np.eye(8, dtype=bool)[:, random.integers(0, 8, 1000)]
        planted = {(0, 0), (3, 2), (6, 5)}
        for row, column in planted:
            inside = np.flatnonzero(rows[row] & columns[column])
            columns[column, inside] = False
            columns[(column + random.integers(1, 8, inside.size)) % 8, inside] = True
        p, q = view_of(rows, columns)
        order = sorted(product(range(9), range(8)), key=lambda at: p[at] if not np.isnan(p[at]) else 2.0)
        first += set(order[:3]) == planted
        hits = {at for at in order if q[at] <= LEVEL}
        found += len(hits & planted)
        false.append(len(hits - planted) / max(len(hits), 1))
    print(first / views, found / (3 * views), np.mean(false))
    assert first / views > 0.75
    assert found / (3 * views) > 0.75
    assert np.mean(false) < LEVEL + 3 * np.std(false) / math.sqrt(views)


def test_the_example_of_the_document() -> None:
    rows, columns = np.array([15, 12, 3]), np.array([10, 20])
    observed = np.array([[1, 14], [8, 4], [1, 2]])
    p, q, least, corrected = compare(observed, rows, columns, 30, np.ones((3, 2), dtype=bool), LEVEL)
    assert least.round(4).tolist() == [[0.0001, 0.0001], [0.0015, 0.0000], [0.2808, 0.0296]]
    assert corrected == LEVEL / 4
    assert p[0, 0] == pytest.approx((3003 + 15 * 5005) / math.comb(30, 10))
    assert p[1, 1] == pytest.approx((495 * 153 + 220 * 18 + 66) / math.comb(30, 10))
    assert (round(p[0, 0], 4), round(p[1, 1], 4)) == (0.0026, 0.0027)
    assert np.isnan(p[2]).all()
    assert np.isnan(q[2]).all()
    assert q[0, 0] == q[1, 1] == pytest.approx(p[1, 1] * 4 / 2)
    assert (q[:2] <= LEVEL).tolist() == [[True, False], [False, True]]


def test_the_least_possible_chance_is_that_of_the_emptiest_cell() -> None:
    from scipy.stats import hypergeom

    for r, c in product(range(13), range(13)):
        fewest = max(0, r + c - 12)
        assert least_possible(np.array(r), np.array(c), 12) == pytest.approx(hypergeom.cdf(fewest, 12, c, r))


def test_no_cell_is_eligible_in_a_small_view() -> None:
    """Four practices of twelve and six of twelve: two are expected, and none is no surprise (p = 0.03, four cells)."""
    observed = np.array([[0, 4], [6, 2]])
    asked = np.ones((2, 2), dtype=bool)
    p, _q, least, corrected = compare(observed, np.array([4, 8]), np.array([6, 6]), 12, asked, LEVEL)
    assert least.round(3).tolist() == [[0.03, 0.03], [0.03, 0.03]]
    assert (corrected, bool(np.isnan(p).all())) == (LEVEL / 2, True)


def test_what_determines_is_told_from_chance() -> None:
    random = np.random.default_rng(3)
    country = random.integers(0, 20, 200).astype(np.uint64)
    continent = country // 5
    assert determined(country, continent)
    assert not determined(continent, country)
    assert not determined(country, random.permutation(continent))
    assert not determined(np.arange(200, dtype=np.uint64), continent)  # nobody shares a row with anybody
    assert not determined(np.array([1, 1, 2, 2], np.uint64), np.array([1, 1, 1, 1], np.uint64))


# Over a written world: the example's thirty practices, and more that only a purposive round found.


@pytest.fixture(scope="module")
def observatory(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    sizes = {
        ("data", "older-people"): 1,
        ("data", "girls"): 14,
        ("deployment", "older-people"): 8,
        ("deployment", "girls"): 4,
        ("retirement", "older-people"): 1,
        ("retirement", "girls"): 2,
    }
    practices = {
        f"{stage}-{group}-{n}": {
            "actsAtStage": [concept("stage", stage)],
            "addressesGroup": [concept("group", group)],
            "foundInRound": [record("collection", "fixed")],
        }
        for (stage, group), size in sizes.items()
        for n in range(size)
    }
    for n in range(9):
        practices[f"chosen-{n}"] = {
            "actsAtStage": [concept("stage", "data")],
            "addressesGroup": [concept("group", "older-people")],
            "foundInRound": [record("collection", "chosen")],
        }
    practices["half"] = {
        "actsAtStage": [concept("stage", "data")],
        "foundInRound": [record("collection", "fixed")],
    }
    rounds = {
        "fixed": {"roundKind": [concept("round-kind", "systematic")]},
        "chosen": {"roundKind": [concept("round-kind", "purposive")]},
    }
    return written(project, tmp_path_factory.mktemp("surprise"), practices, rounds)


def asked(observatory: Observatory, project: Project, view: View) -> Surprise:
    return surprise(observatory.index, observatory.coverage(view), read_rounds(observatory.store, project.queries))


STAGE = {code: concept("stage", code) for code in ("data", "deployment", "retirement", "design")}
GROUP = {code: concept("group", code) for code in ("older-people", "girls")}


def test_a_view_is_compared(observatory: Observatory, project: Project) -> None:
    seen = asked(observatory, project, View(("stage", "group")))
    assert (seen.refused, seen.practices, seen.said) == ("", 30, "surprise.some-survive")
    cell = seen.cells[STAGE["data"], GROUP["older-people"]]
    assert (cell.observed, cell.expected, cell.surprising) == (1, 5.0, True)
    assert cell.p == pytest.approx((3003 + 15 * 5005) / math.comb(30, 10))
    assert cell.q is not None
    assert cell.q >= (cell.p or 0)
    assert seen.surprising[0] == cell
    small = {line.concept: line for line in seen.too_small}
    assert small[STAGE["retirement"]].practices == 3
    assert small[STAGE["design"]].practices == 0
    assert STAGE["data"] not in small
    assert seen.cells[STAGE["retirement"], GROUP["girls"]] == Expected(
        (STAGE["retirement"], GROUP["girls"]), 2, 2.0, None, None, False
    )
    roots = set(observatory.index.roots.values()) | {""}
    assert not roots & {c for key in seen.cells for c in key}
    assert not roots & {line.concept for line in seen.lines}


def test_surprise_only_adds(observatory: Observatory, project: Project) -> None:
    seen = asked(observatory, project, View(("stage", "group")))
    for key, weight in product((*seen.cells, ("nowhere", "")), (-3.0, 0.0, 2.0)):
        assert seen.bonus(key, weight) >= 0.0
    assert seen.bonus((STAGE["data"], GROUP["older-people"]), 2.0) == 2.0
    assert seen.bonus((STAGE["retirement"], GROUP["girls"]), 2.0) == 0.0
    assert Surprise("determine").bonus((STAGE["data"], GROUP["girls"]), 2.0) == 0.0


def test_what_is_not_published_is_not_compared(observatory: Observatory, project: Project) -> None:
    """A withheld row is neither a surprise nor the gap: nothing is said of it."""
    grid = observatory.coverage(View(("stage", "group")))
    withheld = {
        key: replace(cell, state=State.NOT_PUBLISHED) if STAGE["data"] in key or STAGE["retirement"] in key else cell
        for key, cell in grid.cells.items()
    }
    hidden = replace(grid, cells=withheld)
    seen = surprise(observatory.index, hidden, read_rounds(observatory.store, project.queries))
    assert not [key for key in seen.cells if STAGE["data"] in key]
    assert STAGE["retirement"] not in {line.concept for line in seen.too_small}


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (View(("stage",)), "not-two-dimensions"),
        (View(("stage", "harm-stage")), "same-hierarchy"),
        (View(("stage", "group"), (Filter("group", (concept("group", "roma-women"),)),)), "no-systematic-round"),
        (View(("stage", "group"), depths=(("stage", 0),)), "root-only"),
        (View(("stage", "region")), "nothing-stated"),
        (View(("stage", "group"), (Filter("round", (record("collection", "chosen"),)),)), "no-systematic-round"),
    ],
)
def test_refusals(observatory: Observatory, project: Project, view: View, reason: str) -> None:
    seen = asked(observatory, project, view)
    assert (seen.refused, seen.said) == (reason, f"surprise-refused.{reason}")
    assert seen.cells == {}
    assert seen.surprising == ()


def test_dimensions_that_determine_each_other_are_refused(
    observatory: Observatory, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = observatory.index
    grid = compute(index, View(("stage", "group")), AS_OF)
    stage = replace(index.dimension("stage"), excludes=frozenset({"group"}))
    monkeypatch.setitem(index.dimensions, "stage", stage)
    assert surprise(index, grid, read_rounds(observatory.store, project.queries)).refused == "determine"


def test_a_row_that_fixes_the_column_is_refused(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    pairs = (("data", "girls"), ("design", "women"), ("deployment", "older-people"))
    practices = {
        f"p-{n}": {
            "actsAtStage": [concept("stage", pairs[n % 3][0])],
            "addressesGroup": [concept("group", pairs[n % 3][1])],
            "foundInRound": [record("collection", "fixed")],
        }
        for n in range(24)
    }
    rounds = {"fixed": {"roundKind": [concept("round-kind", "systematic")]}}
    nested = written(project, tmp_path_factory.mktemp("nested"), practices, rounds)
    assert asked(nested, project, View(("stage", "group"))).refused == "nest"


def test_purposive_rounds_do_not_enter(real_observatory: Observatory, project: Project) -> None:
    rounds = read_rounds(real_observatory.store, project.queries)
    seen = surprise(real_observatory.index, real_observatory.coverage(View(("stage", "group"))), rounds)
    if not any(one.systematic for one in rounds):
        assert seen.said == "surprise-refused.no-systematic-round"


def test_a_small_collection_says_so(world_observatory: Observatory, project: Project) -> None:
    seen = asked(world_observatory, project, View(("stage", "group")))
    assert seen.said in ("surprise.nothing-survives", "surprise.all-too-small")
    assert seen.surprising == ()
    assert seen.too_small


def test_a_row_with_more_than_half_is_not_the_gap(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The twelve practices of the document: nothing can be compared, and yet only the smaller rows are the gap."""
    sizes = {("design", "girls"): 4, ("deployment", "girls"): 2, ("deployment", "older-people"): 6}
    practices = {
        f"{stage}-{group}-{n}": {
            "actsAtStage": [STAGE[stage]],
            "addressesGroup": [GROUP[group]],
            "foundInRound": [record("collection", "fixed")],
        }
        for (stage, group), size in sizes.items()
        for n in range(size)
    }
    rounds = {"fixed": {"roundKind": [concept("round-kind", "systematic")]}}
    small = written(project, tmp_path_factory.mktemp("twelve"), practices, rounds)
    seen = asked(small, project, View(("stage", "group")))
    assert (seen.said, seen.practices, seen.tested) == ("surprise.all-too-small", 12, 0)
    gaps = {line.concept for line in seen.too_small}
    assert {STAGE["design"], STAGE["retirement"], *GROUP.values()} <= gaps
    assert STAGE["deployment"] not in gaps


# Words


def words(language: str) -> dict[str, str]:
    text = importlib.resources.files("dgekg").joinpath("words", f"statistics.{language}.yaml").read_text("utf-8")
    return {f"{a}.{b}": str(said) for a, inner in yaml.safe_load(text).items() for b, said in inner.items()}


def slots(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)(?:\|[^{}]*)?\}", text))


@pytest.mark.parametrize("language", ["fr", "es"])
def test_words_are_the_same_in_every_language(language: str) -> None:
    english, other = words("en"), words(language)
    assert list(other) == list(english)
    assert [key for key in english if slots(english[key]) != slots(other[key])] == []


def test_every_key_has_words() -> None:
    here, there = (inspect.getsource(sys.modules[one.__module__]) for one in (surprise, read_rounds))
    keys = set(re.findall(r'"(surprise\.[a-z-]+)"', here))
    keys |= {f"surprise-refused.{key}" for key in re.findall(r'Surprise\("([a-z-]+)"', here)}
    keys |= {f"surprise-refused.{key}" for key in re.findall(r'"([a-z-]+)" if found.any\(\) else', here)}
    keys |= {f"completeness-refused.{key}" for key in re.findall(r'(?:Completeness\(|return )"([a-z-]+)"', there)}
    keys |= {f"round-reason.{key}" for key in re.findall(r'^ +"([a-z-]+)": ', there, re.M)}
    assert len(keys) >= 18
    assert keys - set(words("en")) == set()
