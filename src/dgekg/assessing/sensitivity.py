"""Which statuses hang on one choice: a criterion, a demand, a number of the rule, or whom to follow of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dgekg.assessing import variants
from dgekg.assessing.cases import Case
from dgekg.assessment import StatusRule, status_of
from dgekg.status_rule import load_rule, settings_of

DROP, DEMAND, SET, FOLLOW = "drop", "demand", "set", "follow"
STRICTEST, MILDEST = "strictest", "mildest"
_STRICT = ("no", "unknown", "partly", "yes", "not-applicable")  # unknown satisfies no demand, so it is stricter
_STEPS = {"months_limit": 12}


@dataclass(frozen=True, slots=True)
class Variation:
    """One change.

    Attributes:
        kind: drop (a criterion), demand (a rating of a criterion), set (a number), follow (one coder of several).
        what: criterion, number, or which coder.
        to: the rating or value that it is changed to; "" for drop and follow.
        was: what it is in the rule; "" likewise.
    """

    kind: str
    what: str
    to: str = ""
    was: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A practice and group whose status is another under a variation."""

    practice: str
    group: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a variation does: of how many statuses, and which of them change."""

    variation: Variation
    cases: int
    changed: tuple[Changed, ...]


def every(path: Path, rule: StatusRule) -> list[Variation]:
    """Return the variations that are tried unless others are asked for: each single step away from the rule."""
    found = [Variation(DROP, code) for code in rule.criteria]
    for code in rule.criteria:
        if variants.demands(rule, code) == "partly":
            found.append(Variation(DEMAND, code, "yes", "partly"))
    for name, value in settings_of(path).items():
        step = _STEPS.get(name, 1)
        found += [Variation(SET, name, str(to), str(value)) for to in (value - step, value + step) if to >= 0]
    return [*found, Variation(FOLLOW, STRICTEST), Variation(FOLLOW, MILDEST)]


def outcomes(path: Path, rule: StatusRule, cases: Iterable[Case], variations: Sequence[Variation]) -> list[Outcome]:
    """Recompute every status under each variation alone.

    Args:
        path: of the rule's file.
        rule: as it was read from it.
        cases: practices and groups with their ratings.
        variations: what to change.

    Raises:
        UnknownValue: a variation names a criterion, rating or number that the rule has not.
    """
    known = list(cases)
    before = [status_of(case.counting, case.facts, rule).status for case in known]
    found = []
    for variation in variations:
        other = _rule(path, rule, variation)
        after = [status_of(_ratings(case, variation), case.facts, other).status for case in known]
        changed = tuple(
            Changed(case.practice, case.group, was, now)
            for case, was, now in zip(known, before, after, strict=True)
            if was != now
        )
        found.append(Outcome(variation, len(known), changed))
    return found


def numbers(path: Path) -> dict[str, int]:
    """Return the numbers of a rule file that can be moved, by their names."""
    return settings_of(path)


def demanded_now(rule: StatusRule, code: str) -> str:
    """Return the lowest rating that the rule demands of a criterion by "at least", "" where it demands none."""
    return variants.demands(rule, code) if code in rule.criteria else ""


def followed(given: Iterable[str], whom: str) -> str:
    """Return the rating of the strictest or mildest of several raters.

    >>> followed(["yes", "unknown", "partly"], "strictest"), followed(["no", "partly"], "mildest")
    ('unknown', 'partly')
    """
    return (min if whom == STRICTEST else max)(given, key=_STRICT.index)


def _rule(path: Path, rule: StatusRule, variation: Variation) -> StatusRule:
    if variation.kind == DROP:
        return variants.dropped(rule, variation.what)
    if variation.kind == DEMAND:
        return variants.demanded(rule, variation.what, variation.to)
    if variation.kind == SET:
        return load_rule(path, {variation.what: int(variation.to)})
    return rule


def _ratings(case: Case, variation: Variation) -> Mapping[str, str]:
    if variation.kind == FOLLOW:
        return {code: followed(_blind(found, case), variation.what) for code, found in case.given.items()}
    counting = case.counting
    if variation.kind == DROP:
        counting.pop(variation.what, None)
    return counting


def _blind(found: Mapping[str, str], case: Case) -> list[str]:
    """Return the ratings that are no adjudication: whom to follow is asked of the raters."""
    return [rating for iri, rating in found.items() if iri not in case.adjudications] or list(found.values())
