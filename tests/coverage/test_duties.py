"""Duties: which norms concern a cell, where they bind, what raises a gap; against brute force, and by hand."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from random import Random

import pytest
import yaml
from duty_worlds import DutyWorld, codes
from hand_made import GROUPS, REGIONS, STAGES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import BASE, QUERIES, D, S

from dgekg.coverage import Gap, View
from dgekg.coverage.gaps import raise_weights
from dgekg.coverage.view import Filter
from dgekg.duties import Duties
from dgekg.errors import SourceError
from dgekg.observatory import Observatory
from lengths import examples

TREES = {"group": GROUPS, "region": {**REGIONS, "250": ["150"]}, "stage": STAGES}


def raised(world: DutyWorld, part: str, *dimensions: str) -> set[tuple[str, ...]]:
    """The places that a part raises, the roots left out."""
    weighed = world.weighed(*dimensions)
    return {at for at, parts in weighed.items() if part in parts and not {"all", "001", ""} & set(at)}


def test_a_duty_is_owed_to_whoever_shares_in_the_group() -> None:
    world = DutyWorld()
    world.instrument("for-women", "women")
    # Roma women are women, so that the duty concerns the cell of Roma people too; girls have no part in it.
    assert raised(world, "binding-duty", "group") == {("women",), ("roma-women",), ("roma",)}


def test_an_instrument_for_everyone_raises_every_group_alike() -> None:
    world = DutyWorld()
    world.instrument("for-everyone")
    world.instrument("for-women-too", "women")
    parts = world.weighed("group")
    assert {parts[group,]["binding-duty"] for group in GROUPS} == {2.0}


def test_what_binds_nobody_raises_nothing() -> None:
    world = DutyWorld()
    world.instrument("soft", force="non-binding")
    world.instrument("not-in-force", since="")
    world.instrument("later", since="2027-01-01")
    world.instrument("a-standard", force="voluntary-standard")
    assert not any(world.weighed("group").values())


def test_a_provision_may_bind_otherwise_than_its_instrument() -> None:
    world = DutyWorld()
    world.provision(world.instrument("soft", force="non-binding"), "1", "work")
    hard = world.provision(world.instrument("mixed", force="non-binding"), "1", "equality")
    world.say(hard, D + "bindingness", S + "bindingness/binding-on-states")
    assert raised(world, "binding-duty", "right") == {("equality",)}


def test_a_right_must_be_on_record() -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty")
    world.provision(treaty, "1", "pay")
    world.provision(treaty, "2")
    assert raised(world, "binding-duty", "right") == {("pay",), ("work",)}


def test_a_norm_that_governs_a_stage_concerns_that_stage() -> None:
    world = DutyWorld()
    world.provision(world.instrument("rules", since=""), "1")
    rules = world.instrument("in-force")
    world.provision(rules, "1", stage="data")
    assert raised(world, "binding-duty", "stage") == {("data",), ("use",)}  # the instrument as a whole names no stage
    assert {codes((n.iri,))[0] for n in world.observatory().duties.norms if n.stages} == {"in-force-1"}


@pytest.mark.parametrize(
    ("acts", "binds"),
    [
        ([("ratified", "1984-01-01")], True),
        ([("acceded", "1984")], True),
        ([("in-force", "1984-01-01")], True),
        ([("signed", "1984-01-01")], False),
        ([("not-party", "2022-05-29")], False),
        ([("signed", "1980-01-01"), ("ratified", "1984-01-01")], True),
        ([("ratified", "1984-01-01"), ("denounced", "2021-07-01")], False),
        ([("ratified", "1984-01-01"), ("denounced", "2027-07-01")], True),
        ([("ratified", "2027-01-01")], False),
        ([], False),
    ],
)
def test_in_a_country_the_last_act_on_record_decides(acts: list[tuple[str, str]], binds: bool) -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty")
    for status, date in acts:
        world.act(treaty, "404", status, date)
    places = raised(world, "binding-duty", "region")
    assert (("404",) in places) is binds
    assert (("002",) in places) is binds  # a region is bound where a country within it is
    assert not {("250",), ("150",)} & places


def test_a_law_of_a_country_needs_no_act_and_a_regional_treaty_binds_nobody_by_itself() -> None:
    world = DutyWorld()
    world.instrument("law", place="404")
    world.instrument("regional", place="150")
    assert raised(world, "binding-duty", "region") == {("404",), ("002",), ("150",)}


def test_an_act_on_record_says_more_than_what_a_text_was_made_for() -> None:
    world = DutyWorld()
    world.act(world.instrument("left", place="404"), "404", "denounced")
    assert not raised(world, "binding-duty", "region")


def test_a_reserved_article_does_not_bind_there() -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty")
    article = world.provision(treaty, "1", "work")
    world.provision(treaty, "2", "equality")
    world.act(treaty, "404", "ratified", reserves=article)
    world.act(treaty, "250", "ratified")
    duties = raised(world, "binding-duty", "right", "region")
    assert ("work", "404") not in duties
    assert {("work", "250"), ("equality", "404")} <= duties
    world.say(treaty.replace("/instrument/", "/provision/") + "-1-a", D + "provisionOf", article)
    world.provision(treaty, "1-a", "pay")
    assert ("pay", "404") not in raised(world, "binding-duty", "right", "region")  # part of what is reserved


def test_a_finding_concerns_its_people_and_its_place() -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty", "women")
    world.finding("on-girls", treaty, "girls", "404")
    world.finding("on-its-own-people", world.provision(treaty, "1", "work"), place="250")
    places = raised(world, "supervisory-finding", "group", "region")
    assert {at for at in places if at[0] == "girls"} == {("girls", "404"), ("girls", "002")}
    assert {at for at in places if at[0] == "women"} == {("women", "250"), ("women", "150")}
    assert raised(world, "supervisory-finding", "right") == {("work",), ("pay",)}


def test_what_people_asked_for_counts_where_it_has_a_weight() -> None:
    world = DutyWorld()
    for name, status in (("asked", "proposed"), ("refused", "rejected")):
        iri = BASE + f"id/recommendation/{name}"
        world.say(iri, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", D + "Recommendation")
        world.say(iri, D + "reviewStatus", S + f"review-status/{status}")
        world.say(iri, D + "cellGroup", S + f"group/{'girls' if name == 'asked' else 'roma'}")
    assert raised(world, "demand", "group") == {("girls",)}
    assert "demand" not in world.told("group")["girls",].parts  # the shipped weight is 0


def test_filters_of_the_view_hold_for_every_cell() -> None:
    world = DutyWorld()
    treaty = world.instrument("treaty", "women")
    world.act(treaty, "404", "ratified")
    duties, weights = world.observatory().duties, {"binding-duty": 2.0}

    def at(*filters: Filter) -> set[str]:
        raises = duties.raises(View(("group",), filters=filters), weights)
        return {group for group in GROUPS if raises((S + f"group/{group}",))}

    assert at(Filter("region", (S + "region/404",))) == {"all", "women", "roma", "roma-women"}
    assert at(Filter("region", (S + "region/250",))) == set()
    assert at(Filter("region", (S + "region/250", S + "region/404"))) == at(Filter("region", (S + "region/404",)))
    assert at(Filter("region", (S + "region/250",), negated=True)) == at()


def swapped(text: str) -> str:
    """The same with women and Roma people in each other's place."""
    for one, other in (("group/women", "group/X"), ("group/roma-women", "group/Y"), ("group/roma", "group/women")):
        text = text.replace(one, other)
    return text.replace("group/X", "group/roma").replace("group/Y", "group/roma-women")


def test_every_ground_of_discrimination_weighs_the_same() -> None:
    """Two grounds that change places change places in the list, and nothing else changes."""

    def made(swap: bool) -> dict[tuple[str, ...], Gap]:
        world = DutyWorld()
        treaty = world.instrument("for-women", "women")
        world.provision(treaty, "1", "work", stage="data")
        world.instrument("for-everyone", since="2027-01-01")
        world.act(treaty, "404", "ratified")
        world.finding("on-women", treaty, place="404")
        world.practice("harms", "data", "women", "404", direction="harm", about="women")
        world.practice("works", "use", "roma", "250", direction="improvement", about="roma")
        world.search("women", cellGroup="group/women", cellStage="stage/use")
        if swap:
            world.triples = [(swapped(s), p, swapped(o)) for s, p, o in world.triples]
        return world.told("group", "stage")

    other = {"women": "roma", "roma": "women"}
    straight = {(other.get(a, a), b): (g.kind, g.priority, dict(g.parts)) for (a, b), g in made(False).items()}
    assert straight == {at: (g.kind, g.priority, dict(g.parts)) for at, g in made(True).items()}
    duties = {at: "binding-duty" in parts for at, (_, _, parts) in straight.items()}
    assert set(duties.values()) == {True, False}  # it is a world in which a duty tells places apart


@pytest.mark.parametrize("part", ["binding-duty", "supervisory-finding", "surprise", "demand"])
def test_each_weight_moves_the_order_and_none_lowers(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = shutil.copytree(QUERIES, tmp_path / "queries")
    world = DutyWorld()
    world.concept("group", "zoe", "all")  # the last by name among equals
    treaty = world.instrument("treaty", "zoe")
    world.finding("finding", treaty)
    ask = BASE + "id/recommendation/asked"
    world.say(ask, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", D + "Recommendation")
    world.say(ask, D + "cellGroup", S + "group/zoe")
    world.say(BASE + "id/collection/a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", D + "CollectionActivity")
    world.say(BASE + "id/collection/a", D + "roundKind", S + "round-kind/systematic")

    class Surprising:
        """Whatever the arithmetic says: too few practices for that group."""

        def bonus(self, concepts: tuple[str, ...], weight: float) -> float:
            return weight if codes(concepts)[0] == "zoe" else 0.0

    monkeypatch.setattr(Observatory, "surprise", lambda *_: Surprising())

    def told(weight: float) -> dict[tuple[str, ...], Gap]:
        weights = yaml.safe_load((QUERIES / "gaps.yaml").read_text("utf-8"))
        weights["raises"] = {part: weight}
        (queries / "gaps.yaml").write_text(yaml.safe_dump(weights), "utf-8")
        return world.told("group", "stage", queries=queries)

    before, after = told(0), told(7)
    groups = [("girls", "all"), ("roma", "all"), ("women", "all"), ("zoe", "all")]
    assert [at for at in before if at in groups] == groups
    assert [at for at in after if at in groups] == [groups[3], *groups[:3]]
    assert all(after[at].priority >= gap.priority for at, gap in before.items())
    assert after[groups[3]].parts[part] == 7
    assert after[groups[3]].priority == before[groups[3]].priority + 7
    assert part not in before[groups[3]].parts
    assert part not in after[groups[0]].parts
    with pytest.raises(SourceError, match=f"{part} is below zero"):
        told(-1)


def test_unknown_weights_are_refused(tmp_path: Path) -> None:
    weights = yaml.safe_load((QUERIES / "gaps.yaml").read_text("utf-8"))
    weights["raises"] = {"importance": 1}
    (tmp_path / "gaps.yaml").write_text(yaml.safe_dump(weights), "utf-8")
    with pytest.raises(SourceError, match="raises may be binding-duty"):
        raise_weights(tmp_path)


def test_the_statistics_are_not_asked_where_no_round_is_systematic(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(Observatory, "surprise", lambda *given: asked.append(given))
    assert DutyWorld().told("group", "stage")
    assert not asked


def test_cost_is_one_of_concepts_not_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    world = DutyWorld()
    world.provision(world.instrument("treaty", "women"), "1", "work")
    duties = world.observatory().duties
    calls: list[tuple[str, str]] = []
    plain = Duties._mask

    def counted(self: Duties, dimension: str, concept: str) -> int:
        calls.append((dimension, concept))
        return plain(self, dimension, concept)

    monkeypatch.setattr(Duties, "_mask", counted)
    raises = duties.raises(View(("group", "right", "stage")), {"binding-duty": 2.0})
    groups, rights = ([S + f"{name}/x{n}" for n in range(40)] for name in ("group", "right"))
    cells = list(itertools.product(groups, rights, [S + "stage/data", S + "stage/use"]))
    for cell in cells:
        raises(cell)
    assert len(cells) == 3200
    assert len(calls) == 40 + 40 + 2


def share(tree: dict[str, list[str]], one: str, other: str) -> bool:
    """Whether two concepts have a part in common, by a walk of its own."""

    def up(code: str) -> set[str]:
        return {code}.union(*(up(broader) for broader in tree[code]))

    return any({one, other} <= up(code) for code in tree)


@given(st.randoms(use_true_random=False))
@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_brute_force(random: Random) -> None:
    """The bits agree with a loop over norms and acts; and what raises a place raises every broader one."""
    world = DutyWorld()
    rights = {"all": [], "equality": ["all"], "work": ["all"], "pay": ["work"]}
    trees = {**TREES, "right": rights}
    norms: list[tuple[bool, str, list[str], str, set[str]]] = []
    for n in range(random.randint(0, 5)):
        group, place = random.choice(["", *GROUPS]), random.choice(["001", "150", "404"])
        force = random.choice(["binding-on-states", "non-binding"])
        since = random.choice(["1981-09-01", "2027-01-01", ""])
        treaty = world.instrument(f"i{n}", group, force, since, place)
        own = random.sample(sorted(set(rights) - {"all"}), random.randint(0, 2))
        stage = random.choice(["", "data", "use"])
        article = world.provision(treaty, "1", *own, stage=stage)
        bound = {place} if place == "404" else set()
        reserves = random.choice(["", article])
        if random.random() < 0.5:
            status = random.choice(["ratified", "signed"])
            world.act(treaty, "404", status, reserves=reserves)
            bound = {"404"} if status == "ratified" else set()
        else:
            reserves = ""
        bound |= {place} - {"404"}
        hard = force == "binding-on-states" and since == "1981-09-01"
        norms.append((hard, group, [], "", bound))
        norms.append((hard, group, own, stage, bound - ({"404"} if reserves else set())))

    def expected(at: dict[str, str]) -> bool:
        for hard, group, own, stage, bound in norms:
            fits = hard
            fits &= at.get("group", "all") == "all" or share(trees["group"], at["group"], group or "all")
            fits &= at.get("stage", "all") == "all" or share(trees["stage"], at["stage"], stage or "all")
            fits &= at.get("right", "all") == "all" or any(share(trees["right"], at["right"], one) for one in own)
            inside = {p for p in bound if at.get("region", "001") in _up(trees["region"], p)}
            fits &= at.get("region", "001") == "001" or bool(inside)
            if fits:
                return True
        return False

    three = ("stage", "group", "region")
    dimensions = random.choice([("group", "right"), ("group", "region"), ("right", "region"), three])
    raises = world.observatory().duties.raises(View(dimensions), {"binding-duty": 2.0})
    told = {}
    for at in itertools.product(*(trees[d] for d in dimensions)):
        told[at] = bool(raises(tuple(S + f"{d}/{c}" for d, c in zip(dimensions, at, strict=True))))
        assert told[at] == expected(dict(zip(dimensions, at, strict=True))), at
    for narrow, broad in itertools.product(told, repeat=2):
        if all(b in _up(trees[d], a) for d, a, b in zip(dimensions, narrow, broad, strict=True)):
            assert told[broad] or not told[narrow], (narrow, broad)


def _up(tree: dict[str, list[str]], code: str) -> set[str]:
    return {code}.union(*(_up(tree, broader) for broader in tree[code]))


def test_every_instrument_of_human_rights_says_whose_rights_it_protects(real_observatory: Observatory) -> None:
    duties = real_observatory.duties
    whole = {norm.iri: norm for norm in duties.norms if norm.iri == norm.instrument}
    families = {r["norm"]: r["family"] for r in _families(real_observatory)}
    assert len(families) > 50
    rights = [iri for iri, family in families.items() if not family.endswith("/ai-governance")]
    assert not [iri for iri in rights if not whole[iri].groups]
    groups = {iri.rsplit("/", 1)[-1]: {g.rsplit("/", 1)[-1] for g in norm.groups} for iri, norm in whole.items()}
    assert groups["cedaw"] == {"women-and-girls"}
    assert groups["crpd"] == {"persons-with-disabilities"}
    assert groups["iccpr"] == {"everyone"}


def test_on_the_shipped_data_a_duty_raises_every_ground_alike(real_observatory: Observatory) -> None:
    index, duties = real_observatory.index, real_observatory.duties
    raises = duties.raises(View(("group",)), raise_weights(real_observatory.project.queries))
    every = index.concepts("group")
    assert len({raises((group,))["binding-duty"] for group in every}) == 1
    kenya = duties.raises(View(("group", "region")), {"binding-duty": 2.0})
    assert kenya((S + "group/women", S + "region/404"))


def _families(observatory: Observatory) -> list[dict[str, str]]:
    query = (QUERIES / "network" / "instruments.rq").read_text("utf-8")
    rows = observatory.store.select(query).dicts()
    return [{"norm": row["instrument"], "family": row["family"]} for row in rows]
