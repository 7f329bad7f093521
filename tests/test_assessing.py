"""Agreement, sensitivity and the coder's desk: by hand-worked cases, and on the small world."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from conftest import ROOT, Ran
from dgekg.assessing import agreement, desk, material, proposals, ratings, sensitivity, variants
from dgekg.assessing.cases import Case, cases, rule_of
from dgekg.assessing.desk import Answer, Declaration, Desk
from dgekg.assessing.ratings import Rating
from dgekg.assessment import StatusFacts, StatusRule, load_rule, status_of
from dgekg.commands import coding
from dgekg.errors import InputError, RecordNotFound, UnknownValue
from dgekg.observatory import Observatory
from dgekg.status_rule import settings_of

RULE = ROOT / "data" / "criteria" / "status-rule.yaml"
DECLARED = Declaration("ombuds-d", "ten years of audits", "nobody", "none")
MEAN = {"a": "yes", "b": "partly", "c": "no", "d": "unknown", "e": "not-applicable"}


def rating(
    unit: int, assessor: str, value: str, software: bool = False, settles: bool = False, date: str = "2026-01-01"
) -> Rating:
    return Rating(f"{unit}-{assessor}-{date}", f"p{unit}", "g", "C0", value, assessor, software, settles, date)


def both(first: str, second: str, software: bool = False) -> list[Rating]:
    pairs = zip(first, second, strict=True)
    return [
        rating(n, name, MEAN[value], software)
        for n, pair in enumerate(pairs)
        for name, value in zip("xy", pair, strict=True)
        if value in MEAN
    ]


@pytest.fixture(scope="module")
def rule() -> StatusRule:
    return load_rule(RULE)


# How far raters agree


def test_alpha_by_hand() -> None:
    # Two raters, four units: yes/yes, yes/no, no/no, no/no. Observed disagreement 1/4; of the eight ratings three are
    # yes and five no, so that expected disagreement is 2*3*5/(8*7) = 30/56; alpha = 1 - (1/4)/(30/56) = 0.5333.
    (one,) = agreement.agreement(both("aacc", "accc"), ["C0"], resamples=50)
    assert (one.raters, one.units, one.same, one.coders) == ("persons", 4, 3, 2)
    assert one.alpha is not None
    assert one.low is not None
    assert one.high is not None
    assert one.alpha == pytest.approx(1 - 0.25 / (30 / 56))
    assert one.low <= one.alpha <= one.high


def test_steps_differ_from_names() -> None:
    near, far = both("abcabc", "bbcabc"), both("abcabc", "cbcabc")
    named = [agreement.agreement(found, ["C0"], "nominal", 0)[0].alpha for found in (near, far)]
    stepped = [agreement.agreement(found, ["C0"], "ordinal", 0)[0].alpha for found in (near, far)]
    assert named[0] == pytest.approx(named[1], abs=0.05)
    assert stepped[0] is not None
    assert stepped[1] is not None
    assert stepped[0] > stepped[1] + 0.2  # yes against no is further than yes against partly
    assert agreement.agreement(both("dd", "de"), ["C0"], "ordinal", 0) == []  # neither is a step


def test_persons_and_software_apart_and_no_adjudication() -> None:
    people, runs = (
        both("aac", "acc"),
        [rating(n, name, "yes" if n < 2 else "no", software=True) for n in range(4) for name in ("run", "second")],
    )
    decisions = [rating(n, "judge", "yes", settles=True) for n in range(3)]
    mixed = [rating(n, "person", "partly") for n in range(10, 14)]  # one person alone, beside one run: no pair
    mixed += [rating(n, "run", "no", software=True) for n in range(10, 14)]
    found = agreement.agreement([*people, *runs, *decisions, *mixed], ["C0"], resamples=0)
    assert [(one.called, one.units, one.coders) for one in found] == [("agreement", 3, 2), ("consistency", 4, 2)]
    assert found[1].alpha == pytest.approx(1.0)


def test_where_there_is_no_alpha_it_says_why() -> None:
    (constant,) = agreement.agreement(both("aaa", "aaa"), ["C0"])
    assert (constant.alpha, constant.why, constant.same) == (None, "constant", 3)
    (few,) = agreement.agreement(both("a", "c"), ["C0"])
    assert (few.alpha, few.why) == (None, "few")
    with pytest.raises(UnknownValue):
        agreement.agreement([], ["C0"], "interval")


def test_the_interval_is_the_same_each_time_and_narrows_with_units() -> None:
    few, many = both("aacc" * 3, "accc" * 3), both("aacc" * 30, "accc" * 30)
    first, again = (agreement.agreement(few, ["C0"], resamples=200)[0] for _ in range(2))
    wide = agreement.agreement(many, ["C0"], resamples=200)[0]
    assert (first.low, first.high) == (again.low, again.high)
    assert wide.high is not None
    assert wide.low is not None
    assert first.high is not None
    assert first.low is not None
    assert wide.high - wide.low < first.high - first.low


def test_the_newest_rating_of_a_rater_counts() -> None:
    old, new = rating(1, "x", "no"), rating(1, "x", "yes", date="2026-02-01")
    for given in ([old, new], [new, old]):
        assert [r.rating for r in ratings.blind(given)["p1", "g", "C0"].values()] == ["yes"]


def test_disputes_until_somebody_decides() -> None:
    given = both("aab", "aac")
    assert [one.unit[0] for one in ratings.disputes(given)] == ["p2"]
    decided = [*given, rating(2, "judge", "no", settles=True, date="2026-01-02")]
    assert ratings.disputes(decided) == []
    assert [one.settled for one in ratings.disputes(decided, settled=True)] == [True]
    later = [*decided, rating(2, "z", "yes", date="2026-03-01")]
    assert [one.settled for one in ratings.disputes(later)] == [False]  # who rates after the decision reopens it


# What a status hangs on

PROMISING = {
    "C0": "partly", "C1": "partly", "C2": "yes", "C3": "partly", "C4": "yes", "C5": "partly", "C7a": "partly",
    "C9b": "partly",
}  # fmt: skip


def case(given: dict[str, str], facts: StatusFacts | None = None, **more: str) -> Case:
    every = {code: {f"{code}-1": value} for code, value in given.items()}
    for code, value in more.items():
        every[code][f"{code}-2"] = value
    known = facts or StatusFacts(best_evidence_level=2, newest_evidence_months=12)
    return Case("p", "g", every, {}, known)


def after(rule: StatusRule, one: Case, *variation: str) -> str:
    (found,) = sensitivity.outcomes(RULE, rule, [one], [sensitivity.Variation(*variation)])
    return found.changed[0].after if found.changed else ""


def test_one_change_at_a_time(rule: StatusRule) -> None:
    full = case(PROMISING)
    assert after(rule, full, "drop", "C3") == ""  # dropped, it demands nothing, and seven others are answered
    assert after(rule, case({**PROMISING, "C3": "no"}), "drop", "C3") == "promising"
    assert after(rule, case({**PROMISING, "C0": "unknown"}), "drop", "C0") == "promising"
    assert after(rule, case({**PROMISING, "C0": "no"}), "drop", "C0") == "promising"
    assert after(rule, full, "demand", "C3", "yes") == "emerging"
    assert after(rule, full, "demand", "C3", "no") == ""
    assert after(rule, full, "set", "minimum_answered", "9") == "not-assessed"
    assert after(rule, full, "set", "months_limit", "11") == "emerging"
    assert after(rule, case(PROMISING, C1="no"), "follow", "mildest") == "promising"
    assert after(rule, case(PROMISING, C1="unknown"), "follow", "strictest") == "emerging"
    with pytest.raises(UnknownValue):
        after(rule, full, "drop", "C99")
    with pytest.raises(UnknownValue):
        after(rule, full, "set", "no_such_number", "1")


def test_dropping_a_criterion_where_nothing_is_known_of_it_lifts_its_bar(rule: StatusRule) -> None:
    facts = StatusFacts(decides_about_people=True, best_evidence_level=2, newest_evidence_months=1)
    given = {**PROMISING, "C7a": "unknown", "C8": "yes"}
    assert status_of(given, facts, rule).status == "not-assessed"
    assert status_of({**given, "C7a": "no"}, facts, rule).status == "emerging"
    assert after(rule, case(given, facts), "drop", "C7a") == "promising"


def test_every_single_step_is_tried_and_the_rule_itself_stays(rule: StatusRule) -> None:
    tried = sensitivity.every(RULE, rule)
    assert {v.what for v in tried if v.kind == "drop"} == set(rule.criteria)
    assert {v.what for v in tried if v.kind == "set"} == set(settings_of(RULE))
    assert {v.what for v in tried if v.kind == "demand"} == {c for c in rule.criteria if variants.demands(rule, c)}
    before = status_of(PROMISING, StatusFacts(newest_evidence_months=1), rule).status
    sensitivity.outcomes(RULE, rule, [case(PROMISING)], tried)
    assert status_of(PROMISING, StatusFacts(newest_evidence_months=1), rule).status == before == "promising"


def test_cases_of_the_world_have_every_rating(world_observatory: Observatory, rule: StatusRule) -> None:
    o = world_observatory
    found = {(c.practice.rpartition("/")[2]): c for c in cases(o.store, o.project.queries, rule, o.as_of)}
    audit = found["bias-audit-b"]
    assert sorted(audit.given["C5"].values()) == ["no", "partly"]
    assert audit.counting["C5"] == "no"
    read = ratings.read(o.store, o.project.queries)
    assert {r.assessor.rpartition("/")[2] for r in read if not r.software} == {"ombuds-d", "university-a"}
    assert {d.unit[2] for d in ratings.disputes(read) if d.unit[0].endswith("bias-audit-b")} == {"C5"}
    assert rule_of(Path("/nowhere")) is None


# The desk


def test_the_desk_goes_on_where_it_was_left(tmp_path: Path) -> None:
    one = Desk(tmp_path, "ada")
    assert one.take_on([("p", "women"), ("q", "women"), ("p", "women")]) == 2
    assert one.next(["C0", "C6a"]) == ("p", "women", "C0")
    one.keep(Answer("p", "women", "C0", "unknown"))
    again = Desk(tmp_path, "ada")
    assert again.next(["C0", "C6a"]) == ("p", "women", "C6a")
    again.keep(Answer("p", "women", "C6a", "yes", evidence=("p-1",)))
    assert [(p.practice, p.rated, p.complete) for p in again.progress(["C0", "C6a"])] == [
        ("p", 2, True),
        ("q", 0, False),
    ]
    again.done(again.answers().values())
    assert [(p.handed, p.rated) for p in one.progress(["C0", "C6a"])] == [(2, 0), (0, 0)]
    assert one.next(["C0", "C6a"]) == ("q", "women", "C0")
    assert Desk(tmp_path, "eve").plan() == []  # nobody sees another's
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "assessing" / "ada").rglob("*.json")}
    assert modes == {0}


@pytest.mark.parametrize("name", ["../x", "Ada", "a/b", "", "."])
def test_a_coder_has_a_name_that_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        Desk(tmp_path, name)
    with pytest.raises(InputError):
        Desk(tmp_path, "ada").keep(Answer(name, "women", "C0", "unknown"))


def test_what_a_rating_has_to_say() -> None:
    said = Answer("p", "women", "C0", "yes", " because ", ("p-1",))
    assert said.checked(["p-1"]).rationale == "because"
    for wrong, field in (
        (Answer("p", "women", "C0", "yes"), "evidence"),
        (Answer("p", "women", "C0", "not-applicable"), "rationale"),
        (Answer("p", "women", "C0", "unknown", adjudicates=("a",)), "rationale"),
        (Answer("p", "women", "C0", "maybe"), "rating"),
        (Answer("p", "women", "C0", "no", evidence=("q-1",)), "evidence"),
        (Answer("p", "women", "C0", "unknown", "x" * 5000), "rationale"),
    ):
        with pytest.raises(InputError) as caught:
            wrong.checked(["p-1"])
        assert caught.value.field == field
    with pytest.raises(InputError, match="funding"):
        Declaration("a", "b", " ", "c").checked()


def test_a_proposal_names_coder_and_what_it_settles() -> None:
    given = [
        Answer("p", "women", "C6a", "yes", "told", ("p-1",), "2026-11-22"),
        Answer("p", "women", "C0", "no", "one of two", ("p-1",), "2026-11-22", "fr", "member", ("p-c0", "p-c0-2")),
    ]
    first, second = proposals.answers("ada", DECLARED, given)["records"]
    assert first["slug"] == "p-women-c6a-ada"
    assert first["fields"]["assessorRelation"] == [{"value": "none", "language": "en"}]
    assert "adjudicates" not in first["fields"]
    assert second["slug"] == "p-women-c0-ada-decision"
    assert second["fields"]["adjudicates"] == ["assessment/p-c0", "assessment/p-c0-2"]
    assert second["fields"]["assessorRelation"] == [{"value": "member", "language": "fr"}]
    assert proposals.key("ada", given) == proposals.key("ada", given[::-1]) != proposals.key("eve", given)


def test_the_same_seed_draws_the_same_and_never_what_is_taken() -> None:
    groups = {f"p{n}": ["women"] for n in range(30)} | {"none": []}
    first = desk.drawn(groups, 5, 7, ["p1"])
    assert first == desk.drawn(groups, 5, 7, ["p1"]) != desk.drawn(groups, 5, 8, ["p1"])
    assert not {"none", "p1"} & set(desk.drawn(groups, 99, 7, ["p1"]))


def test_the_material_holds_no_rating(world_observatory: Observatory) -> None:
    o = world_observatory
    sheet = material.sheet(o.store, o.project.queries, "bias-audit-b")
    assert [e.slug for e in sheet.evidence][:2] == ["bias-audit-b-1", "bias-audit-b-2"]
    every = [value for thing in (sheet.practice, *sheet.evidence) for what in thing.values for value in thing.all(what)]
    assert every
    assert not [
        value for value in every if "scheme/rating" in value or "practice-status" in value or "assessment" in value
    ]
    assert material.groups(o.store, o.project.queries)["bias-audit-b"] == ["racialised-women"]
    with pytest.raises(RecordNotFound, match="bias-audit-b"):
        material.sheet(o.store, o.project.queries, "bias-audit-c")


# In a terminal


def test_a_sitting_in_the_terminal(
    world_observatory: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Desk(tmp_path, "ombuds-d")
    found.take_on([("bias-audit-b", "racialised-women")])

    def sit(keys: str, language: str = "en") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(keys))
        coding.Terminal(world_observatory, found, DECLARED, ["C0", "C1", "C2"], language).run()
        return capsys.readouterr().out

    said = sit("z\ny\n\n\nu\nno page says\nq\n")  # no such key; yes without evidence is refused; then unknown; stop
    assert "z is none of these keys" in said
    assert "rests on evidence" in said
    assert "It is partly so." in said
    assert "Nobody was asked." not in said  # what another rater wrote
    assert [a.rating for a in found.answers().values()] == ["unknown"]
    assert "1 de 3 calificados" in sit("b\nr\nmember\np\n1 2\n\nq\n", "es")
    kept = found.answers()["bias-audit-b", "racialised-women", "C1"]
    assert (kept.rating, kept.evidence, kept.relation) == ("partly", ("bias-audit-b-1", "bias-audit-b-2"), "member")
    assert sit("") == sit("")  # the end of input is a stop, not a fault


def test_commands(
    world_observatory: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dgekg: object
) -> None:
    monkeypatch.setattr("dgekg.observatory.open_observatory", lambda *_: world_observatory)
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path))

    def run(*arguments: str, keys: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(keys))
        ran: Ran = dgekg(world_observatory.project, *arguments)  # type: ignore[operator]
        return ran

    ran = run("agreement", "--resamples", "10", "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["scale"] == "nominal"
    assert "no" in run("agreement", "--resamples", "0").err
    ran = run("assess", "sensitivity", "--drop", "C4", "--set", "minimum_answered=1", "--format", "csv")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 3
    assert run("assess", "sensitivity", "--demand", "C2").code == 2
    assert run("assess", "--as", "ombuds-x", "--sample", "1").code == 2
    begun = run("assess", "--as", "ombuds-d", "--practice", "bias-audit-b", keys="desk\nnobody\nnone\nu\n\nq\n")
    assert begun.code == 0, begun.said
    assert run("assess", "list", "--as", "ombuds-d", "--format", "csv").out.splitlines()[1].split(",")[2] == "1"
    assert "not handed in" in run("assess", "hand-in", "--as", "ombuds-d").err
    assert run("assess", "hand-in", "--as", "ombuds-d", "--part").out.startswith("Handed in: 1 practice, 1 rating.")
    assert "Nothing" in run("assess", "hand-in", "--as", "ombuds-d", "--part").out
    assert "ombuds-d" in run("assess", "adjudicate").out
    ran = run(
        "assess", "adjudicate", "--as", "ombuds-d", "--practice", "bias-audit-b", keys="n\n1\nthe audit says so\n"
    )
    assert "1 rating" in ran.out, ran.said
    kept = [json.loads(p.read_text("utf-8")) for p in (tmp_path / "inbox" / "proposals").glob("*.json")]
    settled = [one["fields"].get("adjudicates") for p in kept for one in p["answers"]["records"]]
    assert ["assessment/bias-audit-b-6", "assessment/bias-audit-b-7"] in [sorted(one or []) for one in settled]
