"""How a practice was rated, by group and criterion, on whose word, and what its status wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.assessment import StatusFacts, StatusRule, counted, holding, load_rule, missing
from dgekg.status_rule import ANSWERS, Group, Line, lines_of
from dgekg.vocabulary import PREFIXES
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.people.grids import code

RULE = Path("criteria") / "status-rule.yaml"
_SOFTWARE = PREFIXES["prov"] + "SoftwareAgent"
_HARMFUL = "harmful"
_BLOCKING = (_HARMFUL, "contested", "not-assessed")
_GOOD = ("promising", "leading")
_SCALE = ("no", "partly", "yes")
_DECLARED = ("competence", "funding", "relation")


@dataclass(frozen=True, slots=True)
class Word:
    """One assessment: what somebody said, when and on which evidence."""

    iri: str
    rating: str
    assessor: str
    software: bool
    date: str
    why: tuple[str, str]
    evidence: tuple[str, ...]
    adjudicates: bool
    declared: tuple[tuple[str, tuple[str, str]], ...] = ()  # competence, funding, relation: what was said, its language


@dataclass(frozen=True, slots=True)
class Row:
    """A criterion with what was said of it; `rating` is the one that counts (a code)."""

    criterion: str
    code: str
    use: str
    rating: str
    words: tuple[Word, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """The places on the scale (no, partly, yes) that somebody chose."""
        return tuple(step for step in _SCALE if any(word.rating == step for word in self.words))

    @property
    def disagree(self) -> bool:
        """Whether two assessments differ."""
        return len({word.rating for word in self.words}) > 1

    @property
    def silent(self) -> bool:
        """Whether all that is said is that nobody knows, without a word of why."""
        return bool(self.words) and all(word.rating == "unknown" and not word.why[0] for word in self.words)

    @property
    def settled(self) -> bool:
        """Whether an adjudication says which of them counts."""
        return any(word.adjudicates for word in self.words)


@dataclass(frozen=True)
class Rated:
    """A practice as it stands for one group.

    Attributes:
        group: for whom.
        status: code of the computed status, "" where none was computed.
        marks: such as desk-assessed.
        reviewed: whether an organisation of the group has rated it.
        only_software: whether nobody but software did.
        rows: the criteria in their order.
        answered: how many of them are rated yes, partly or no.
        because: what gave it a status that is not on the way to promising, in words.
        wants: what it wants for promising, in words.
    """

    group: str
    status: str
    marks: tuple[str, ...]
    reviewed: bool
    only_software: bool
    rows: tuple[Row, ...]
    answered: int
    because: tuple[str, ...]
    wants: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether it is promising or leading."""
        return self.status in _GOOD


def of(visit: Visit, practice: str, evidence: Iterable[tuple[int, str]]) -> list[Rated]:
    """Return how a practice stands for each group that it was rated for.

    Args:
        visit: the request.
        practice: its IRI.
        evidence: level and day (ISO) of each of its pieces of evidence.
    """
    said = visit.snapshot.told("practice-ratings", practice=[practice])
    statuses = {f.one("group"): f for f in said.values() if f.one("status")}
    by_group: dict[str, list[Facts]] = {}
    for facts in said.values():
        if facts.one("rating"):
            by_group.setdefault(facts.one("group"), []).append(facts)
    if not by_group:
        return []
    rule = _rule_of(visit)
    criteria = _criteria(visit, rule)
    flags = _flags(visit, practice)
    levels = _levels(visit, [e for found in by_group.values() for f in found for e in f.all("evidence")])
    best, months = _ages(visit, evidence)
    rated = []
    for group, found in by_group.items():
        rows = tuple(_row(visit, iri, facts, found) for iri, facts in criteria.items())
        backed = {r.code: max(known) for r in rows if (known := [levels[e] for w in r.words for e in w.evidence])}
        names = flags.get("", frozenset()) | flags.get(group, frozenset())
        known_facts = StatusFacts(best_evidence_level=best, newest_evidence_months=months, levels=backed)
        rated.append(_rated(visit, group, statuses.get(group), rows, known_facts.flagged(names), rule))
    return sorted(rated, key=lambda r: (not r.good, visit.label(r.group).casefold()))


def _rated(
    visit: Visit, group: str, status: Facts | None, rows: tuple[Row, ...], facts: StatusFacts, rule: StatusRule | None
) -> Rated:
    ratings = {row.code: row.rating for row in rows if row.words}
    name = code(status.one("status")) if status else ""
    because: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    if rule is not None:
        tell = _Teller(visit, {row.code: row for row in rows}, facts)
        if name in _BLOCKING:
            because = tell.all(holding(name, ratings, facts, rule))
        if name not in (*_GOOD, _HARMFUL):  # what harmed is never on the way to promising
            wants = tell.all(missing("promising", ratings, facts, rule))
    return Rated(
        group,
        name,
        tuple(status.all("mark")) if status else (),
        facts.reviewed_with_rights_holders,
        all(word.software for row in rows for word in row.words),
        rows,
        sum(row.rating in ANSWERS for row in rows),
        because,
        wants,
    )


def _row(visit: Visit, criterion: str, about: Facts, found: Sequence[Facts]) -> Row:
    mine = [facts for facts in found if facts.one("criterion") == criterion]
    words = tuple(_word(visit, facts) for facts in sorted(mine, key=lambda f: (f.one("date"), f.iri)))
    settled = {word.iri: word.date for word in words if word.adjudicates}
    rating = counted({word.iri: word.rating for word in words}, settled) if words else "unknown"
    return Row(criterion, about.one("code"), code(about.one("use")), rating, words)


def _word(visit: Visit, facts: Facts) -> Word:
    assessor = facts.one("assessor")
    return Word(
        facts.iri,
        code(facts.one("rating")),
        assessor,
        _SOFTWARE in visit.snapshot.classes.get(assessor, frozenset()),
        facts.one("date"),
        facts.text("rationale", visit.language),
        tuple(facts.all("evidence")),
        bool(facts.one("adjudicates")),
        tuple((name, facts.text(name, visit.language)) for name in _DECLARED if facts.all(name)),
    )


def _criteria(visit: Visit, rule: StatusRule | None) -> Mapping[str, Facts]:
    """Return the criteria of the rule's set, in its order; without a rule all there are, by their codes."""
    found = visit.snapshot.facts("criteria")
    place = {name: n for n, name in enumerate(rule.criteria)} if rule else {}
    kept = [f for f in found.values() if not place or f.one("code") in place]
    kept.sort(key=lambda f: (place.get(f.one("code"), 0), f.one("code")))
    return {f.iri: f for f in kept}


def _rule_of(visit: Visit) -> StatusRule | None:
    path = visit.observatory.project.data / RULE
    return _rule(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _rule(path: Path, _stamp: int) -> StatusRule:
    """Read the rule once, until its file changes."""
    return load_rule(path)


def _flags(visit: Visit, practice: str) -> Mapping[str, frozenset[str]]:
    """Return what the build derives of a practice beside its ratings: group, or "" for all -> names of flags."""
    text = template.read(visit.observatory.project.queries / "system" / "status-facts.rq")
    rows = visit.observatory.store.select(template.bind(text, {"practice": [NamedNode(practice)]})).dicts()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.get("group", ""), set()).add(row["flag"])
    return {group: frozenset(names) for group, names in found.items()}


def _levels(visit: Visit, evidence: Iterable[str]) -> Mapping[str, int]:
    """Return the level of some pieces of evidence."""
    wanted = sorted(set(evidence))
    if not wanted:
        return {}
    told = visit.snapshot.told("evidence-levels", evidence=wanted)
    digits = {iri: code(told[iri].one("level")) if iri in told else "" for iri in wanted}
    return {iri: int(digit) if digit.isdecimal() else 0 for iri, digit in digits.items()}


def _ages(visit: Visit, evidence: Iterable[tuple[int, str]]) -> tuple[int | None, int | None]:
    """Return the best level and the age in months of what was read last."""
    known = list(evidence)
    if not known:
        return None, None
    return max(level for level, _day in known), min(months(visit.observatory.as_of, day) for _level, day in known)


def months(today: dt.date, day: str) -> int:
    """Return whole months from a day to today.

    >>> months(dt.date(2026, 11, 21), "2026-01-22"), months(dt.date(2026, 11, 21), "2026-01-21")
    (9, 10)
    """
    then = dt.date.fromisoformat(day)
    return (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)


class _Teller:
    """Says conditions of the rule in words, with what was found."""

    def __init__(self, visit: Visit, rows: Mapping[str, Row], facts: StatusFacts) -> None:
        self.visit, self.rows, self.facts = visit, rows, facts

    def all(self, nodes: Iterable[Group | Line]) -> tuple[str, ...]:
        """Say each, once."""
        return tuple(dict.fromkeys(self.one(node) for node in nodes))

    def one(self, node: Group | Line) -> str:
        """Say one condition."""
        lines = list(lines_of(node))
        codes = list(dict.fromkeys(c for line in lines if (c := line.parts["criterion"])))
        if len(codes) > 1:
            names = ", ".join(self.name(c) for c in codes)
            return self.visit.t("practice.want_two", criteria=names)
        if codes:
            return self._criterion(codes[0], lines)
        line = lines[0]
        words: tuple[tuple[str, Callable[[], str]], ...] = (
            ("flag", lambda: self.visit.t(f"practice.flag_{line.parts['flag']}")),
            ("number", lambda: self._number(line)),
        )
        return next((say() for part, say in words if line.parts[part]), line.text)

    def name(self, criterion: str) -> str:
        """Return code and title of a criterion."""
        row = self.rows.get(criterion)
        return f"{criterion} {self.visit.label(row.criterion)}" if row else criterion

    def _criterion(self, criterion: str, lines: Sequence[Line]) -> str:
        row = self.rows.get(criterion)
        rating = row.rating if row else "unknown"
        operators = {str(line.parts["op"]) for line in lines}
        wanted = "known" if "is_not" in operators else "partly" if "at_least" in operators else "yes"
        label = self.visit.label(identifiers.concept("rating", rating))
        key = "practice.unrated" if row is None or not row.words else f"practice.want_{wanted}"
        return self.visit.t(key, criterion=self.name(criterion), rating=label.lower())

    def _number(self, line: Line) -> str:
        name = str(line.parts["number"])
        if name == "answered":
            found: int | None = sum(row.rating in ANSWERS for row in self.rows.values())
        else:
            found = getattr(self.facts, name)
        return self.visit.t(f"practice.number_{name}", found=found or 0, limit=line.limit)
