"""Completeness: the bound against simulated scans with a known truth, the rules, and the example of the document."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from conftest import AS_OF
from dgekg.build import Sources
from dgekg.build.derive import assemble
from dgekg.coverage.completeness import Estimate, Round, completeness, lower_bound, read_rounds
from dgekg.coverage.view import Filter, View
from dgekg.identifiers import concept, record
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings

TRUTH, SCANS = 400, 400
Histories = npt.NDArray[np.bool_]
AFRICA, KENYA, WORLD = (concept("region", code) for code in ("002", "404", "001"))
CONTINENTS = frozenset(concept("region", code) for code in ("002", "009", "010", "019", "142", "150"))


def independent(chances: Sequence[float], spread: float = 0.0) -> Callable[[np.random.Generator], Histories]:
    """Each round has its own chance; with a spread, some practices are harder to find (normal on the log odds)."""

    def scan(random: np.random.Generator) -> Histories:
        odds = np.log(np.array(chances) / (1 - np.array(chances)))
        ease = random.normal(0.0, spread, (TRUTH, 1)) if spread else np.zeros((TRUTH, 1))
        found: Histories = random.random((TRUTH, len(chances))) < 1 / (1 + np.exp(-odds - ease))
        return found

    return scan


def regional(random: np.random.Generator) -> Histories:
    """Four rounds, each of its own region: a half of what is there, and one in twenty elsewhere."""
    home = random.integers(0, 4, TRUTH)[:, None] == np.arange(4)
    found: Histories = random.random((TRUTH, 4)) < np.where(home, 0.5, 0.05)
    return found


def chasing(random: np.random.Generator) -> Histories:
    """A first round, and three that follow the references of what is known already."""
    rounds = [random.random(TRUTH) < 0.2]
    for _ in range(3):
        rounds.append(random.random(TRUTH) < np.where(np.any(rounds, axis=0), 0.6, 0.02))
    found: Histories = np.array(rounds).T
    return found


@dataclass(frozen=True)
class Simulated:
    mean: float
    deviation: float
    own_deviation: float
    covers: float
    low_holds: float
    plain: float


def simulated(scan: Callable[[np.random.Generator], Histories], seed: int = 7) -> Simulated:
    random = np.random.default_rng(seed)
    drawn = [scan(random) for _ in range(SCANS)]
    bounds = [bound_of(found) for found in drawn]
    return Simulated(
        float(np.mean([b.least for b in bounds])),
        float(np.std([b.least for b in bounds])),
        math.sqrt(float(np.mean([b.deviation**2 for b in bounds]))),
        float(np.mean([b.low <= TRUTH <= b.high for b in bounds])),
        float(np.mean([b.low <= TRUTH for b in bounds])),
        float(np.mean([chao2(found) for found in drawn])),
    )


def bound_of(found: Histories) -> Estimate:
    bound = lower_bound([set(np.flatnonzero(column).tolist()) for column in found.T])
    assert isinstance(bound, Estimate)
    return bound


def chao2(found: Histories) -> float:
    """The plain estimate that the rules and M_t are there to replace."""
    times = found.sum(axis=1)
    return float((times > 0).sum() + (times == 1).sum() ** 2 / (2 * (times == 2).sum()))


GOOD = {
    "equal": (0.25, 0.25, 0.25, 0.25),
    "equal, few rounds": (0.4, 0.4, 0.4),
    "equal, sparse": (0.1, 0.1, 0.1, 0.1),
    "unequal": (0.35, 0.25, 0.12, 0.06),
    "unequal, few rounds": (0.3, 0.2, 0.1),
}


@pytest.mark.parametrize("name", GOOD)
def test_the_bound_meets_the_truth_where_all_practices_are_alike(name: str) -> None:
    seen = simulated(independent(GOOD[name]))
    print(name, seen)
    assert abs(seen.mean - TRUTH) < 4 * seen.deviation / math.sqrt(SCANS)
    assert abs(seen.own_deviation / seen.deviation - 1) < 0.15
    assert seen.covers > 0.95 - 3 * math.sqrt(0.95 * 0.05 / SCANS)
    assert seen.low_holds > 0.975 - 3 * math.sqrt(0.975 * 0.025 / SCANS)
    assert seen.plain > seen.mean + 20


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_it_is_a_lower_bound_where_some_are_harder_to_find(spread: float) -> None:
    seen = simulated(independent(GOOD["unequal"], spread))
    print(spread, seen)
    assert seen.mean < TRUTH
    assert seen.low_holds > 0.99


@pytest.mark.parametrize(("scan", "low", "high"), [(regional, 600, 900), (chasing, 80, 200)])
def test_no_formula_repairs_a_bad_scan(
    scan: Callable[[np.random.Generator], Histories], low: float, high: float
) -> None:
    """So the rules below have to refuse it."""
    seen = simulated(scan)
    print(scan.__name__, seen)
    assert low < seen.mean < high
    assert seen.covers < 0.05


def test_the_example_of_the_document() -> None:
    bound = lower_bound(example())
    assert isinstance(bound, Estimate)
    assert (bound.found, bound.alone, bound.twice) == (41, (12, 9, 6), 12)
    assert (bound.missed, bound.least) == (18.0, 59.0)
    assert round(bound.deviation, 1) == 9.5
    assert (round(bound.low), round(bound.high)) == (48, 88)


def test_chaos_variance_is_the_same_step_from_her_plain_estimate() -> None:
    """The delta method on f_1^2 / (2 f_2) gives the variance that Chao printed in 1987."""
    single, twice, rest = 40, 16, 9
    least = single + twice + rest + single**2 / (2 * twice)
    slopes = ((1 + single / twice, single), (1 - (single / twice) ** 2 / 2, twice), (1.0, rest))
    delta = sum(d * d * n for d, n in slopes) - sum(d * n for d, n in slopes) ** 2 / least
    ratio = single / twice
    assert delta == pytest.approx(twice * (ratio**4 / 4 + ratio**3 + ratio**2 / 2))


@pytest.mark.parametrize(
    ("finds", "reason"),
    [
        ([{1, 2}, {3, 4}, {5, 6}], "too-little-overlap"),
        ([{1, 2}, {1, 2}, {1}], "no-single-finds"),
        ([{1, 2, 3, 4}, {1}, {2}], "no-single-finds"),
        ([], "too-little-overlap"),
    ],
)
def test_no_bound_without_overlap_and_single_finds(finds: list[set[int]], reason: str) -> None:
    assert lower_bound(finds) == reason


def example() -> list[set[str]]:
    """Three rounds: alone 12, 9, 6; first and second 5, first and third 4, second and third 3; all three 2."""
    parts = {"a": 12, "b": 9, "c": 6, "ab": 5, "ac": 4, "bc": 3, "abc": 2}
    return [{f"{part}-{n}" for part, size in parts.items() if own in part for n in range(size)} for own in "abc"]


# The rules, over a written world: the example's practices in Kenya; two rounds more, one of them purposive.


@pytest.fixture(scope="module")
def observatory(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Observatory:
    finds = dict(zip(("a", "b", "c"), example(), strict=True))
    finds["asked"] = {"a-1", "b-1", "abc-1"}
    practices = {
        slug: {
            "inRegion": [KENYA],
            "actsAtStage": [concept("stage", "data" if slug.endswith("-0") else "design")],
            "foundInRound": [record("collection", name) for name, found in finds.items() if slug in found],
        }
        for slug in sorted(set().union(*finds.values()))
    }
    rounds = {
        name: {
            "roundKind": [concept("round-kind", "purposive" if name == "asked" else "systematic")],
            "inRegion": [WORLD],
        }
        for name in finds
    }
    return written(project, tmp_path_factory.mktemp("rounds"), practices, rounds)


Things = Mapping[str, Mapping[str, Sequence[str]]]


def written(project: Project, folder: Path, practices: Things, rounds: Things) -> Observatory:
    """Open a world of practices and rounds that state nothing but these properties."""
    (folder / "practices").mkdir()
    (folder / "scan").mkdir()
    head = "@base <https://w3id.org/dgekg/> .\n@prefix dgekg: <https://w3id.org/dgekg/ontology#> .\n"
    for slug, stated in practices.items():
        (folder / "practices" / f"{slug}.ttl").write_text(head + turtle("practice", slug, "Practice", stated), "utf-8")
    parts = [turtle("collection", slug, "CollectionActivity", stated) for slug, stated in rounds.items()]
    (folder / "scan" / "rounds.ttl").write_text(head + "".join(parts), "utf-8")
    store = assemble(Sources(project, folder), AS_OF)
    return Observatory(project, store, "test", AS_OF, {}, Settings())


def turtle(kind: str, slug: str, class_: str, stated: Mapping[str, Sequence[str]]) -> str:
    terms = [(name, value if value == "true" else f"<{value}>") for name, values in stated.items() for value in values]
    facts = [f"; dgekg:{name} {value}" for name, value in terms]
    return f"<id/{kind}/{slug}> a dgekg:{class_} {' '.join(facts)} .\n"


@pytest.fixture
def rounds(observatory: Observatory, project: Project) -> dict[str, Round]:
    return {one.iri.rsplit("/", 1)[-1]: one for one in read_rounds(observatory.store, project.queries)}


def test_rounds_are_read(rounds: dict[str, Round], world_observatory: Observatory, project: Project) -> None:
    assert {name: one.kind for name, one in rounds.items()} == {
        "a": "systematic",
        "b": "systematic",
        "c": "systematic",
        "asked": "purposive",
    }
    assert all(one.regions == {WORLD} and not one.follows for one in rounds.values())
    desk, interviews = read_rounds(world_observatory.store, project.queries)
    assert (desk.systematic, interviews.systematic) == (True, False)
    assert interviews.regions == {KENYA, concept("region", "076")}


def test_what_a_round_does_not_state_is_not_made_up(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bare")
    bare = written(project, folder, {}, {"bare": {}, "chased": {"followsReferences": ["true"]}})
    assert read_rounds(bare.store, project.queries) == (
        Round(record("collection", "bare"), "", frozenset(), follows=False),
        Round(record("collection", "chased"), "", frozenset(), follows=True),
    )
    seen = completeness(bare.index, View(("stage",)), read_rounds(bare.store, project.queries))
    assert seen.refused == "too-few-rounds"
    assert seen.rounds[1].reasons == ("not-systematic", "follows-references", "scope-not-stated", "found-nothing")


def test_three_good_rounds_give_the_bound(observatory: Observatory, rounds: dict[str, Round]) -> None:
    seen = completeness(observatory.index, View(("stage",)), tuple(rounds.values()))
    assert seen.refused == ""
    assert seen.estimate == lower_bound(example())
    assert {one.iri.rsplit("/", 1)[-1]: (one.finds, one.reasons) for one in seen.rounds} == {
        "a": (23, ()),
        "asked": (3, ("not-systematic",)),
        "b": (19, ()),
        "c": (15, ()),
    }
    assert sum(one.share for one in seen.rounds) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": ""}, "not-systematic"),
        ({"follows": True}, "follows-references"),
        ({"regions": frozenset()}, "scope-not-stated"),
        ({"regions": frozenset({AFRICA})}, "scope-too-small"),
        ({"regions": CONTINENTS - {AFRICA}}, "scope-too-small"),
        ({"iri": record("collection", "another")}, "found-nothing"),
    ],
)
def test_a_round_that_does_not_qualify_leaves_too_few(
    observatory: Observatory, rounds: dict[str, Round], change: dict[str, object], reason: str
) -> None:
    changed = replace(rounds["c"], **change)  # type: ignore[arg-type]
    seen = completeness(observatory.index, View(("stage",)), (rounds["a"], rounds["b"], changed))
    assert (seen.refused, seen.estimate) == ("too-few-rounds", None)
    assert [one.reasons for one in seen.rounds] == [(), (), (reason,)]
    assert seen.rounds[2].share == 0


def test_a_scope_covers_what_is_within_it_and_parts_make_a_whole(
    observatory: Observatory, rounds: dict[str, Round]
) -> None:
    def refused(scope: frozenset[str], *filters: Filter) -> str:
        narrow = tuple(replace(one, regions=scope) for one in rounds.values())
        return completeness(observatory.index, View(("stage",), filters), narrow).refused

    kenya, africa = Filter("region", (KENYA,)), Filter("region", (AFRICA,))
    assert refused(frozenset({AFRICA}), kenya) == ""
    assert refused(frozenset({KENYA}), africa) == "too-few-rounds"
    assert refused(frozenset({KENYA}), kenya, africa) == ""
    assert refused(frozenset({KENYA}), Filter("region", (KENYA, AFRICA))) == "too-few-rounds"
    oceania = concept("region", "009")
    assert refused(frozenset({oceania}), Filter("region", (oceania,), negated=True)) == "too-few-rounds"
    assert refused(CONTINENTS) == ""


def test_rounds_are_judged_by_what_they_found_within_the_filter(
    observatory: Observatory, rounds: dict[str, Round]
) -> None:
    data = View(("group",), (Filter("stage", (concept("stage", "data"),)),))
    seen = completeness(observatory.index, data, tuple(rounds.values()))
    assert [one.finds for one in seen.rounds] == [4, 0, 4, 4]
    assert seen.estimate is not None
    assert (seen.estimate.found, seen.estimate.alone, seen.estimate.twice) == (7, (1, 1, 1), 3)


def test_one_round_may_not_hold_more_than_half(observatory: Observatory, rounds: dict[str, Round]) -> None:
    left_out = tuple(record("practice", slug) for slug in example()[1] if slug != "bc-1" and slug != "ab-1")
    left_out += tuple(record("practice", f"c-{n}") for n in range(5))
    seen = completeness(observatory.index, View(("stage",), exclude=left_out), tuple(rounds.values()))
    assert (seen.refused, seen.estimate) == ("one-round-dominates", None)
    assert [one.reasons for one in seen.rounds if one.finds > 10] == [("more-than-half",)]


def test_a_filter_by_round_is_refused(observatory: Observatory, rounds: dict[str, Round]) -> None:
    view = View(("stage",), (Filter("round", (rounds["a"].iri,)),))
    assert completeness(observatory.index, view, tuple(rounds.values())).refused == "filter-by-round"


def test_the_shipped_collection_cannot_be_estimated(real_observatory: Observatory, project: Project) -> None:
    rounds = read_rounds(real_observatory.store, project.queries)
    seen = completeness(real_observatory.index, View(("stage",)), rounds)
    if sum(one.systematic for one in rounds) < 3:
        assert seen.refused == "too-few-rounds"
    assert all(one.qualifies or one.reasons for one in seen.rounds)
