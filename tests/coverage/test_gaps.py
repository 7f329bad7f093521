"""The gap list: kinds, folding, parts of the priority, on a world made by hand."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
import yaml
from hand_made import Made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import AS_OF, BASE, QUERIES, World

from dgekg.coverage import Gap, View, compute, find_gaps
from dgekg.errors import SourceError
from dgekg.index import Index
from dgekg.observatory import Observatory
from lengths import examples


def kinds(gaps: dict[tuple[str, ...], Gap]) -> dict[tuple[str, ...], str]:
    return {concepts: gap.kind for concepts, gap in gaps.items()}


def test_nobody_looked_is_told_once_at_its_broadest() -> None:
    made = Made()
    made.practice("p", "data", "women", direction="improvement", about="women")
    gaps = made.gaps("stage", "group")
    assert kinds(gaps) == {
        ("all", "girls"): "knowledge",
        ("all", "roma"): "knowledge",
        ("use", "all"): "knowledge",
    }
    # data and use with girls; the same with Roma people, and all three with Roma women; women with use
    assert [gaps["all", "girls"].folded, gaps["all", "roma"].folded] == [2, 5]
    assert gaps["use", "all"].folded == 1


def test_kinds() -> None:
    made = Made()
    made.practice("harms", "data", "women", direction="harm", about="women", level="1")
    made.practice("works", "use", "girls", direction="improvement", about="girls")
    made.search("roma", cellGroup="group/roma")
    gaps = made.gaps("stage", "group")
    assert gaps["all", "women"].kind == "protection"
    assert "harm-or-mixed" in gaps["all", "women"].parts
    assert ("data", "all") not in gaps  # the very same practice
    assert gaps["all", "roma"].kind == "practice"
    assert gaps["all", "roma"].cell.statements == (BASE + "id/coverage/roma",)
    assert ("use", "girls") not in gaps


def test_a_practice_is_no_gap_only_where_its_effect_is_shown() -> None:
    made = Made()
    made.practice("claims", "data", "girls", direction="improvement", about="girls", level="1")
    assert kinds(made.gaps("stage", "group"))["all", "girls"] == "evidence"
    made.practice("shows", "data", "girls", direction="improvement", about="girls", level="3")
    assert ("all", "girls") not in made.gaps("stage", "group")


def test_remedy_where_harm_stands_beside_improvement() -> None:
    made = Made()
    made.practice("harms", "data", "women", direction="mixed", about="women")
    made.practice("works", "data", "women", direction="improvement", about="women")
    assert made.gaps("stage", "group")["all", "women"].kind == "remedy"
    made.practice("redress", "all", "all", lever="lever/redress-access-to-justice")
    assert ("all", "women") not in made.gaps("stage", "group")  # a route for everyone is one for them


def test_participation_needs_somebody_to_have_said_so() -> None:
    made = Made()
    made.practice("silent", "data", "girls")
    assert made.gaps("stage", "group")["all", "girls"].kind == "evidence"
    made.practice("for", "data", "girls", participationMode="participation-mode/for-only")
    assert made.gaps("stage", "group")["all", "girls"].kind == "participation"
    made.practice("by", "data", "girls", ledByGroup="group/girls")
    assert made.gaps("stage", "group")["all", "girls"].kind == "evidence"


def test_implementation_is_all_in_the_books() -> None:
    made = Made()
    made.practice("law", "data", "girls", policyPhase="policy-phase/adopted")
    made.practice("plan", "data", "girls", operationalStatus="status/planned")
    assert made.gaps("stage", "group")["all", "girls"].kind == "implementation"
    made.practice("used", "data", "girls", policyPhase="policy-phase/implemented")
    assert made.gaps("stage", "group")["all", "girls"].kind == "evidence"


def test_reach_is_elsewhere_not_here() -> None:
    made = Made()
    made.practice("p", "data", "girls", "150", direction="improvement", about="girls")
    gaps = made.gaps("group", "region")
    assert (gaps["girls", "002"].kind if ("girls", "002") in gaps else gaps["all", "002"].kind) == "reach"
    assert gaps["all", "002"].elsewhere == 1
    assert gaps["roma", "001"].kind == "knowledge"
    three = made.gaps("stage", "group", "region")
    assert three["all", "all", "002"].kind == "reach"


def test_gaps_that_rest_on_the_same_practices_are_one() -> None:
    made = Made()
    made.practice("p", "data", "roma-women")
    gaps = {c: g for c, g in made.gaps("stage", "group").items() if g.kind == "evidence"}
    assert len(gaps) == 1


def test_the_whole_collection_is_no_gap() -> None:
    assert ("all", "all") not in Made().gaps("stage", "group")
    assert ("all",) not in Made().gaps("group")


def test_weights_are_data_and_nothing_lowers_a_gap(tmp_path: Path) -> None:
    queries = shutil.copytree(QUERIES, tmp_path / "queries")
    weights = yaml.safe_load((queries / "gaps.yaml").read_text("utf-8"))
    weights["kinds"]["knowledge"] = 9
    (queries / "gaps.yaml").write_text(yaml.safe_dump(weights), "utf-8")
    made = Made()
    assert next(iter(made.gaps("group", queries=queries).values())).parts["knowledge"] == 9
    weights["marks"]["from-afar"] = -1
    (queries / "gaps.yaml").write_text(yaml.safe_dump(weights), "utf-8")
    with pytest.raises(SourceError, match="from-afar is below zero"):
        made.gaps("group", queries=queries)


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_priorities_add_up_and_nothing_is_lost(random: Random) -> None:
    world = World(random)
    index = Index(world.store(), QUERIES)
    dimensions = random.choice((("stage", "group"), ("group", "region"), ("stage", "group", "region"), ("right",)))
    grid = compute(index, View(dimensions), AS_OF)
    gaps = find_gaps(index, grid, QUERIES)
    assert all(g.priority == round(sum(g.parts.values()), 3) for g in gaps)
    assert all(part >= 0 for g in gaps for part in g.parts.values())
    assert [g.priority for g in gaps] == sorted((g.priority for g in gaps), reverse=True)
    for one in gaps:
        for other in gaps:
            if one is not other and one.kind == other.kind:
                pairs = zip(one.cell.concepts, other.cell.concepts, strict=True)
                assert not all(broad in index.within[narrow] for narrow, broad in pairs)
    tops = tuple(index.roots.get(d) for d in dimensions)
    silent = {
        concepts
        for concepts, cell in grid.cells.items()
        if cell.state == "not-searched" and "" not in concepts and concepts != tops
    }
    told = [g for g in gaps if g.cell.state == "not-searched"]
    assert len(told) + sum(g.folded for g in told) == len(silent)


def test_real_gaps_are_few_and_distinct(real_observatory: Observatory) -> None:
    grid = real_observatory.coverage(View(("stage", "group")))
    gaps = real_observatory.gaps_of(grid)
    unpublished = [c for c in grid.cells.values() if c.state == "not-published"]
    assert not unpublished  # no region is asked for
    assert len(gaps) < len(grid.cells) / 3
    assert len({g.kind for g in gaps[:15]}) >= 3
