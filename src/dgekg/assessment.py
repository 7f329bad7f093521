"""From ratings to a status: the small interpreter of the rule that a criteria set carries.

The rule is data (`data/criteria/status-rule.yaml`, which explains its own lines): an ordered list of statuses, each
with conditions over ratings, flags and numbers. The first status whose conditions hold is the status; unknown is
not no, and unknown satisfies nothing but a line that asks for it.

    rule = load_rule(Path("data/criteria/status-rule.yaml"))
    result = status_of({"C0": "yes", "C1": "partly"}, StatusFacts(mixed=True), rule)
    result.status, result.marks, [reason for reason in result.reasons if not reason.met]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dgekg.errors import SourceError, UnknownValue
from dgekg.status_rule import ANSWERS, RATINGS, Group, Line, StatusFacts, StatusRule, lines_of, load_rule

__all__ = [
    "Reason",
    "StatusFacts",
    "StatusResult",
    "StatusRule",
    "counted",
    "holding",
    "load_rule",
    "missing",
    "status_of",
]

_ORDER = ("no", "partly", "yes")

COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "at_least": lambda found, limit: found >= limit,
    "at_most": lambda found, limit: found <= limit,
    "fewer_than": lambda found, limit: found < limit,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the rule as it was tried: for which status, whether it held, and what was found."""

    status: str
    condition: str
    met: bool
    found: str


@dataclass(frozen=True, slots=True)
class StatusResult:
    """The status, every line tried on the way to it, and the marks shown beside it."""

    status: str
    reasons: tuple[Reason, ...]
    marks: tuple[str, ...]


def status_of(ratings: Mapping[str, str], facts: StatusFacts, rule: StatusRule) -> StatusResult:
    """Return the one status of these ratings; a criterion that `ratings` lacks is unknown."""
    for code, rating in ratings.items():
        if code not in rule.criteria:
            raise UnknownValue("criterion", code, rule.criteria)
        if rating not in RATINGS:
            raise UnknownValue(f"rating of {code}", rating, RATINGS)
    case = _Case(ratings, facts, rule)
    reasons: list[Reason] = []
    for status, when in rule.statuses.items():
        reasons += (Reason(status, line.text, *case.tried(line)) for line in lines_of(when))
        if case.holds(when):
            marks = tuple(mark.name for mark in rule.marks if status in mark.beside and case.holds(mark.when))
            return StatusResult(status, tuple(reasons), marks)
    raise SourceError(f"{rule.criteria_set}: no status fits; let the last one say: always.")


def counted(found: Mapping[str, str], adjudications: Mapping[str, str]) -> str:
    """Return the rating that counts among those of one practice, group and criterion.

    Args:
        found: assessment -> rating.
        adjudications: assessment that adjudicates -> its date.

    >>> counted({"a": "yes", "b": "partly", "c": "unknown"}, {})
    'partly'
    >>> counted({"a": "yes", "b": "no"}, {"a": "2026-02-01"})
    'yes'
    """
    decided = sorted((adjudications[a], a) for a in found if a in adjudications)
    if decided:
        return found[decided[-1][1]]  # the newest adjudication
    answers = [rating for rating in found.values() if rating in _ORDER]
    if answers:
        return min(answers, key=_ORDER.index)
    return "not-applicable" if set(found.values()) == {"not-applicable"} else "unknown"


def missing(status: str, ratings: Mapping[str, str], facts: StatusFacts, rule: StatusRule) -> tuple[Group | Line, ...]:
    """Return the conditions of a status that do not hold, a group as a whole; none where the status would be given."""
    return _parts(status, "all", False, _Case(ratings, facts, rule))


def holding(status: str, ratings: Mapping[str, str], facts: StatusFacts, rule: StatusRule) -> tuple[Group | Line, ...]:
    """Return the conditions of a status that hold, any of which is enough for it."""
    return _parts(status, "any", True, _Case(ratings, facts, rule))


def _parts(status: str, kind: str, wanted: bool, case: _Case) -> tuple[Group | Line, ...]:
    when = case.rule.statuses[status]
    members = when.members if isinstance(when, Group) and when.kind == kind else (when,)
    return tuple(member for member in members if case.holds(member) is wanted)


@dataclass(frozen=True, slots=True)
class _Case:
    """One practice and one group before the rule."""

    ratings: Mapping[str, str]
    facts: StatusFacts
    rule: StatusRule

    def holds(self, node: Group | Line) -> bool:
        if isinstance(node, Line):
            return self.tried(node)[0]
        held = sum(self.holds(member) for member in node.members)
        return held >= {"all": len(node.members), "any": 1, "two_of": 2}[node.kind]

    def tried(self, line: Line) -> tuple[bool, str]:
        parts = line.parts
        if status := parts["status"]:
            held = self.holds(self.rule.statuses[status])
            return held, f"{status} {'holds' if held else 'does not hold'}"
        if flag := parts["flag"]:
            value = bool(getattr(self.facts, flag))
            return value != bool(parts["absent"]), f"{flag} is {'set' if value else 'not set'}"
        if code := parts["criterion"]:
            rating = self.ratings.get(code, "unknown")
            level = self.facts.levels.get(code)
            found = f"{code} is {rating}" + (f", level {level}" if parts["op"] == "backed_by" else "")
            return _rated(rating, level, line), found
        if name := parts["number"]:
            number = self.number(name)
            held = number is not None and COMPARE[str(parts["compare"])](number, line.limit)
            return held, f"{name} is {'not known' if number is None else number}"
        return True, "always"

    def number(self, name: str) -> int | None:
        if name == "answered":
            return sum(rating in ANSWERS for rating in self.ratings.values())
        number: int | None = getattr(self.facts, name)
        return number


def _rated(rating: str, level: int | None, line: Line) -> bool:
    operator, wanted = line.parts["op"], str(line.parts["value"])
    if operator == "is":
        return rating == wanted
    if operator == "is_not":
        return rating not in (wanted, "unknown")
    if operator == "backed_by":
        return rating in ("partly", "yes") and level is not None and level >= line.limit
    return rating in ANSWERS and ANSWERS[rating] >= ANSWERS[wanted]
