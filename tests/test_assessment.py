"""The status rule, walked: hand-computed cases for every status, and all combinations that matter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS

from dgekg.assessment import StatusFacts, StatusRule, load_rule, status_of
from dgekg.errors import SourceError, UnknownValue
from dgekg.identifiers import record, scheme, term
from dgekg.status_rule import FLAGS

ROOT = Path(__file__).parents[1]
RULE_FILE = ROOT / "data" / "criteria" / "status-rule.yaml"
CRITERIA_FILE = ROOT / "data" / "criteria" / "dgekg-2.ttl"
RATINGS = ("yes", "partly", "no", "unknown", "not-applicable")
CODES = ("C0", "C1", "C2", "C3", "C4", "C5", "C6a", "C6b", "C7a", "C7b", "C8", "C9a", "C9b", "C10")

# A practice that is promising by the skin of its teeth: each required criterion partly, two of three firm.
PROMISING = {
    "C0": "partly", "C1": "partly", "C2": "yes", "C3": "partly", "C4": "yes", "C5": "partly",
    "C7a": "partly", "C9b": "partly",
}  # fmt: skip
RECENT = StatusFacts(best_evidence_level=2, newest_evidence_months=12)
LEADING = {**PROMISING, "C5": "yes", "C10": "partly"}
LEADING_FACTS = replace(RECENT, reviewed_with_rights_holders=True, independent_effect_evidence=True)


@pytest.fixture(scope="module")
def rule() -> StatusRule:
    return load_rule(RULE_FILE)


def status(rule: StatusRule, ratings: dict[str, str], facts: StatusFacts = RECENT) -> str:
    return status_of(ratings, facts, rule).status


def without(code: str) -> dict[str, str]:
    return {key: value for key, value in LEADING.items() if key != code}


# One hand-computed case for every status


def test_harmful_by_a_decision_whatever_the_ratings(rule: StatusRule) -> None:
    assert status(rule, LEADING, replace(LEADING_FACTS, adjudicated_violation=True)) == "harmful"
    assert status(rule, {}, replace(RECENT, withdrawn_after_harm=True)) == "harmful"
    assert status(rule, {"C0": "no"}, replace(RECENT, adjudicated_violation=True)) == "harmful"


def test_contested_by_a_finding_or_an_open_objection(rule: StatusRule) -> None:
    assert status(rule, {"C0": "no"}) == "contested"
    assert status(rule, {**LEADING, "C0": "no"}, LEADING_FACTS) == "contested"
    assert status(rule, LEADING, replace(LEADING_FACTS, contested=True)) == "contested"


def test_not_assessed_when_too_little_is_answered(rule: StatusRule) -> None:
    six = dict.fromkeys(("C0", "C1", "C2", "C3", "C4", "C5"), "yes")
    assert status(rule, six) == "not-assessed"
    assert status(rule, {**six, "C6a": "not-applicable"}) == "not-assessed"
    assert status(rule, {**six, "C6a": "unknown"}) == "not-assessed"
    assert status(rule, {**six, "C6a": "no"}) != "not-assessed"
    assert status(rule, {}) == "not-assessed"


def test_not_assessed_when_nobody_looked_at_harm_or_at_remedy_that_is_required(rule: StatusRule) -> None:
    assert status(rule, without("C0"), LEADING_FACTS) == "not-assessed"
    deciding = replace(RECENT, decides_about_people=True)
    assert status(rule, {**PROMISING, "C7a": "unknown", "C8": "yes"}, deciding) == "not-assessed"
    assert status(rule, {**PROMISING, "C7a": "unknown", "C8": "yes"}) == "emerging"


def test_leading(rule: StatusRule) -> None:
    assert status(rule, LEADING, LEADING_FACTS) == "leading"


@pytest.mark.parametrize(
    ("ratings", "facts"),
    [
        (LEADING, replace(LEADING_FACTS, reviewed_with_rights_holders=False)),
        (LEADING, replace(LEADING_FACTS, independent_effect_evidence=False)),
        ({**LEADING, "C5": "partly"}, LEADING_FACTS),
        ({**LEADING, "C10": "no"}, LEADING_FACTS),
        ({**LEADING, "C10": "unknown"}, LEADING_FACTS),
        ({**LEADING, "C10": "not-applicable"}, LEADING_FACTS),
    ],
)
def test_one_thing_short_of_leading_is_promising(rule: StatusRule, ratings: dict[str, str], facts: StatusFacts) -> None:
    assert status(rule, ratings, facts) == "promising"


def test_promising(rule: StatusRule) -> None:
    assert status(rule, PROMISING) == "promising"
    assert status(rule, {**PROMISING, "C7a": "not-applicable"}) == "promising"
    assert status(rule, {**PROMISING, "C9b": "not-applicable"}) == "promising"


@pytest.mark.parametrize("code", ["C1", "C3", "C4", "C7a"])
@pytest.mark.parametrize("rating", ["no", "unknown"])
def test_without_one_required_criterion_it_is_emerging(rule: StatusRule, code: str, rating: str) -> None:
    assert status(rule, {**PROMISING, "C5": "yes", "C8": "yes", code: rating}) == "emerging"


@pytest.mark.parametrize("code", ["C1", "C3", "C4"])
def test_only_remedy_and_data_rights_may_be_not_applicable(rule: StatusRule, code: str) -> None:
    assert status(rule, {**PROMISING, "C5": "yes", "C8": "yes", code: "not-applicable"}) == "emerging"


def test_two_of_three_must_stand_firm(rule: StatusRule) -> None:
    weak = {**PROMISING, "C2": "partly", "C4": "partly", "C5": "partly"}
    assert status(rule, weak) == "emerging"
    assert status(rule, {**weak, "C2": "yes"}) == "emerging"
    assert status(rule, {**weak, "C2": "yes", "C4": "yes"}) == "promising"
    assert status(rule, weak, replace(RECENT, levels={"C2": 3})) == "emerging"
    assert status(rule, weak, replace(RECENT, levels={"C2": 3, "C5": 4})) == "promising"
    assert status(rule, weak, replace(RECENT, levels={"C2": 2, "C5": 2})) == "emerging"
    assert status(rule, {**weak, "C4": "yes"}, replace(RECENT, levels={"C4": 3})) == "emerging"  # one, not two


def test_old_or_undated_evidence_lapses(rule: StatusRule) -> None:
    assert status(rule, PROMISING, replace(RECENT, newest_evidence_months=36)) == "promising"
    assert status(rule, PROMISING, replace(RECENT, newest_evidence_months=37)) == "emerging"
    assert status(rule, PROMISING, replace(RECENT, newest_evidence_months=None)) == "emerging"


def test_data_rights_are_a_gate_where_data_is_sensitive(rule: StatusRule) -> None:
    unknown = {**PROMISING, "C9b": "unknown", "C8": "yes"}
    assert status(rule, unknown) == "promising"
    assert status(rule, unknown, replace(RECENT, sensitive_data=True)) == "emerging"
    assert status(rule, {**PROMISING, "C9b": "no"}) == "emerging"
    assert status(rule, {**PROMISING, "C9b": "no"}, replace(RECENT, sensitive_data=True)) == "emerging"


def test_contradicting_findings_give_the_mark_mixed_and_nothing_above_emerging(rule: StatusRule) -> None:
    result = status_of(LEADING, replace(LEADING_FACTS, mixed=True), rule)
    assert result.status == "emerging"
    assert result.marks == ("mixed",)


def test_emerging_documented_listed(rule: StatusRule) -> None:
    bare = {"C0": "yes", "C1": "no", "C2": "partly", "C3": "no", "C4": "no", "C5": "partly", "C8": "no"}
    assert status(rule, bare) == "emerging"
    assert status(rule, {**bare, "C5": "no"}) == "documented"
    assert status(rule, {**bare, "C2": "no"}) == "documented"
    assert status(rule, {**bare, "C5": "no"}, StatusFacts(best_evidence_level=1)) == "listed"
    assert status(rule, {**bare, "C5": "no"}, StatusFacts()) == "listed"


def test_promising_says_desk_assessed_until_reviewed_with_rights_holders(rule: StatusRule) -> None:
    assert status_of(PROMISING, RECENT, rule).marks == ("desk-assessed",)
    reviewed = replace(RECENT, reviewed_with_rights_holders=True)
    assert status_of(PROMISING, reviewed, rule).marks == ()
    assert status_of({}, RECENT, rule).marks == ()


# All combinations that matter


def expected(ratings: dict[str, str], facts: StatusFacts) -> str:
    """The rule written a second time, straight from its prose, to compare with."""

    def some(code: str) -> bool:
        return ratings[code] in ("partly", "yes")

    answered = sum(value in ("yes", "partly", "no") for value in ratings.values())
    firm = sum(some(c) and (ratings[c] == "yes" or facts.levels.get(c, 0) >= 3) for c in ("C2", "C4", "C5"))
    data_rights = ratings["C9b"] != "no" and not (facts.sensitive_data and ratings["C9b"] == "unknown")
    remedy = some("C7a") or ratings["C7a"] == "not-applicable"
    recent = facts.newest_evidence_months is not None and facts.newest_evidence_months <= 36
    required = all(some(code) for code in ("C0", "C1", "C2", "C3", "C4", "C5"))
    promising = required and data_rights and remedy and firm >= 2 and recent and not facts.mixed
    reviewed = facts.reviewed_with_rights_holders and facts.independent_effect_evidence
    if facts.adjudicated_violation or facts.withdrawn_after_harm:
        return "harmful"
    if ratings["C0"] == "no" or facts.contested:
        return "contested"
    no_remedy = facts.decides_about_people and ratings["C7a"] == "unknown"
    if answered < 7 or ratings["C0"] == "unknown" or no_remedy:
        return "not-assessed"
    if promising and reviewed and ratings["C5"] == "yes" and some("C10"):
        return "leading"
    if promising:
        return "promising"
    if some("C5") and some("C2"):
        return "emerging"
    return "documented" if (facts.best_evidence_level or 0) >= 2 else "listed"


BACKGROUND = dict.fromkeys(CODES, "partly")
WORLDS = (
    RECENT,
    LEADING_FACTS,
    StatusFacts(),
    replace(RECENT, sensitive_data=True, decides_about_people=True, levels={"C2": 3, "C4": 3, "C5": 3}),
    replace(LEADING_FACTS, mixed=True),
    replace(RECENT, newest_evidence_months=40),
)


GATES = ("C0", "C2", "C4", "C5", "C7a")
REQUIRED = ("C0", "C1", "C3", "C9b", "C10")
REST = ("C2", "C5", "C7a", "C9b", "C10")


@pytest.mark.parametrize(
    ("codes", "facts"),
    [(GATES, facts) for facts in WORLDS] + [(codes, facts) for codes in (REQUIRED, REST) for facts in WORLDS[1:5:2]],
)
def test_every_combination_has_the_one_status_of_the_prose(
    rule: StatusRule, codes: tuple[str, ...], facts: StatusFacts
) -> None:
    for combination in product(RATINGS, repeat=len(codes)):
        ratings = {**BACKGROUND, **dict(zip(codes, combination, strict=True))}
        assert status(rule, ratings, facts) == expected(ratings, facts), (ratings, facts)


def test_every_set_of_flags_has_the_one_status_of_the_prose(rule: StatusRule) -> None:
    seen: Counter[str] = Counter()
    for values in product((False, True), repeat=len(FLAGS)):
        flags: dict[str, Any] = dict(zip(FLAGS, values, strict=True))
        facts = StatusFacts(**flags, best_evidence_level=2, newest_evidence_months=1)
        for ratings in (BACKGROUND, {**BACKGROUND, **LEADING}, {**BACKGROUND, "C5": "no"}):
            found = status(rule, ratings, facts)
            assert found == expected(ratings, facts)
            seen[found] += 1
    assert set(seen) >= {"harmful", "contested", "leading", "promising", "emerging", "documented"}


@pytest.mark.parametrize("answered", range(len(CODES) + 1))
def test_however_many_are_answered(rule: StatusRule, answered: int) -> None:
    for rest in ("unknown", "not-applicable"):
        ratings = {code: "yes" if at < answered else rest for at, code in enumerate(CODES)}
        assert status(rule, ratings, LEADING_FACTS) == expected(ratings, LEADING_FACTS)


ORDER = ("listed", "documented", "emerging", "promising", "leading")


@pytest.mark.parametrize("facts", [RECENT, LEADING_FACTS, replace(LEADING_FACTS, sensitive_data=True)])
def test_unknown_never_opens_what_another_answer_would_not(rule: StatusRule, facts: StatusFacts) -> None:
    """Turning an answer that satisfies into unknown never raises the status, and unknown passes no gate."""
    full = dict.fromkeys(CODES, "yes")
    top = status(rule, full, facts)
    assert top in ("promising", "leading")
    for code in CODES:
        found = status(rule, {**full, code: "unknown"}, facts)
        assert found == "not-assessed" or ORDER.index(found) <= ORDER.index(top), code
    for code in ("C0", "C1", "C2", "C3", "C4", "C5", "C7a"):
        assert status(rule, {**full, code: "unknown"}, facts) not in ("promising", "leading"), code


def test_leaving_out_is_the_same_as_unknown(rule: StatusRule) -> None:
    for code in LEADING:
        left_out = status_of(without(code), LEADING_FACTS, rule)
        assert left_out.status == status(rule, {**LEADING, code: "unknown"}, LEADING_FACTS)


# What it says, and what it refuses


def test_reasons_name_what_was_met_and_missed(rule: StatusRule) -> None:
    result = status_of({**PROMISING, "C4": "no", "C8": "yes"}, RECENT, rule)
    assert result.status == "emerging"
    missed = [
        (reason.condition, reason.found) for reason in result.reasons if reason.status == "promising" and not reason.met
    ]
    assert ("C4 at_least partly", "C4 is no") in missed
    assert [reason.condition for reason in result.reasons if reason.status == "emerging" and reason.met] == [
        "C5 at_least partly",
        "C2 at_least partly",
    ]
    assert {reason.status for reason in result.reasons} == {
        "harmful", "contested", "not-assessed", "leading", "promising", "emerging",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ratings", "message"),
    [({"C11": "yes"}, 'criterion: found "C11"'), ({"C1": "maybe"}, 'rating of C1: found "maybe"')],
)
def test_unknown_codes_are_refused(rule: StatusRule, ratings: dict[str, str], message: str) -> None:
    with pytest.raises(UnknownValue, match=message):
        status_of(ratings, RECENT, rule)


SMALL = """
criteria_set: small
settings: {{minimum: 1}}
criteria: [C0, C1]
statuses:
  - status: good
    when: {{all: ["{line}"]}}
  - status: listed
    when: always
"""


@pytest.mark.parametrize(
    "line",
    ["C0 is yes", "C1 at_least partly", "C1 backed_by minimum", "answered at_least 1", "no flag mixed", "always"],
)
def test_a_small_rule_loads(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(SMALL.format(line=line), encoding="utf-8")
    assert list(load_rule(path).statuses) == ["good", "listed"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("C0 equals yes", r'rule.yaml: statuses.good.all: found "C0 equals yes"; write for example'),
        ("C2 is yes", r'found the criterion "C2"; use C0 or C1'),
        ("C1 is maybe", r'found the rating "maybe"'),
        ("C1 at_least unknown", r'found the rating "unknown"; use no or partly or yes'),
        ("flag contestd", r'found the flag "contestd"; use contested'),
        ("answerd at_least 1", r'found the number "answerd"; use answered'),
        ("answered at_least minmum", r'found the setting "minmum"; use minimum'),
        ("meets promising", r'found the status "promising"'),
        ("meets good", r"good meets good; break the circle"),
    ],
)
def test_a_broken_line_says_where_and_how_to_mend_it(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(SMALL.format(line=line), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        load_rule(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("when: always", 'when: "C0 is yes"', "the last status has conditions"),
        ("status: listed", "status: good", "give each entry its own status"),
        ("{all:", "{most:", "write a line, or one of all, any, two_of"),
        ("{all:", "{two_of:", "give it a list that is long enough"),
        ("criteria: [C0, C1]", "criteria: C0", "criteria: found 'C0'; write a list"),
        ("minimum: 1", "minimum: many", "settings.minimum: found 'many'; write a whole number"),
        ("criteria_set: small", "criteria_set: [", "cannot be read as YAML"),
    ],
)
def test_a_broken_file_says_where_and_how_to_mend_it(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = SMALL.format(line="C0 is yes")
    assert old in text
    path = tmp_path / "rule.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        load_rule(path)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.yaml: cannot be read"):
        load_rule(tmp_path / "none.yaml")


# The rule, the criteria set and the scheme agree


def test_the_rule_knows_the_criteria_and_statuses_of_the_vocabulary(rule: StatusRule) -> None:
    criteria = Graph().parse(CRITERIA_FILE)
    notations = {
        str(criteria.value(node, SKOS.notation)) for node in criteria.subjects(RDF.type, URIRef(term("Criterion")))
    }
    assert notations == set(rule.criteria) == set(CODES)
    assert (URIRef(record("criteria-set", rule.criteria_set)), None, None) in criteria
    statuses = Graph().parse(ROOT / "ontology" / "schemes" / "practice-status.ttl")
    codes = {
        str(node).rsplit("/", 1)[1] for node in statuses.subjects(SKOS.inScheme, URIRef(scheme("practice-status")))
    }
    assert codes == set(rule.statuses)


@pytest.mark.parametrize("code", CODES)
def test_every_criterion_is_complete_in_three_languages(code: str) -> None:
    graph = Graph().parse(CRITERIA_FILE)
    node = URIRef(record("criterion", code.lower()))
    names = ["http://purl.org/dc/terms/title", "http://purl.org/dc/terms/description"]
    names += [term(f"rubric{rating}") for rating in ("Yes", "Partly", "No")]
    for name in names:
        texts = list(graph.objects(node, URIRef(name)))
        assert sorted(str(text.language) for text in texts) == ["en", "es", "fr"], name  # type: ignore[attr-defined]
    assert list(graph.objects(node, URIRef(term("anchoredIn"))))
    assert len(list(graph.objects(node, URIRef(term("criterionUse"))))) == 1
