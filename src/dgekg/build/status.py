"""Status of each assessed practice and group: computed by the criteria set's rule, never typed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from dgekg import identifiers, template
from dgekg.assessment import StatusFacts, load_rule, status_of
from dgekg.identifiers import parse
from dgekg.store.base import Store
from dgekg.vocabulary import PREFIXES, RDF_TYPE

RULE = "status-rule.yaml"
_ORDER = ("no", "partly", "yes")
Key = tuple[str, str]


def status_quads(store: Store, queries: Path, criteria: Path, graph: NamedNode, as_of: dt.date) -> Iterable[Quad]:
    """Yield a `PracticeStatusRecord` for every practice and group that has a rating.

    Raises:
        SourceError: the rule is broken.
    """
    if not (criteria / RULE).is_file():
        return
    rule = load_rule(criteria / RULE)
    ratings, levels = _ratings(store, queries)
    flags = _flags(store, queries)
    ages = _evidence(store, queries, as_of)
    for key, rated in sorted(ratings.items()):
        practice, group = key
        names = flags.get((practice, ""), frozenset()) | flags.get(key, frozenset())
        best, months = ages.get(practice, (None, None))
        facts = StatusFacts(best_evidence_level=best, newest_evidence_months=months, levels=levels.get(key, {}))
        for name in sorted(names):
            facts = replace(facts, **{name: True})  # type: ignore[arg-type]  # the names are those of its flags
        result = status_of(rated, facts, rule)
        yield from _record(practice, group, result.status, result.marks, as_of, graph)


def _ratings(store: Store, queries: Path) -> tuple[dict[Key, dict[str, str]], dict[Key, dict[str, int]]]:
    """Return the rating that counts for each criterion: the adjudicated one, else the lower."""
    text = template.read(queries / "system" / "ratings.rq")
    seen: dict[Key, dict[str, dict[str, str]]] = {}
    adjudications: dict[str, str] = {}
    levels: dict[Key, dict[str, int]] = {}
    for row in store.select(text).dicts():
        key, code = (row["practice"], row["group"]), row["criterion"]
        seen.setdefault(key, {}).setdefault(code, {})[row["assessment"]] = row["rating"]
        if "adjudicated" in row:
            adjudications[row["assessment"]] = row["date"]
        if "level" in row:
            known = levels.setdefault(key, {})
            known[code] = max(known.get(code, 0), int(row["level"]))
    counted = {
        key: {code: _counts(found, adjudications) for code, found in codes.items()} for key, codes in seen.items()
    }
    return counted, levels


def _counts(found: Mapping[str, str], adjudications: Mapping[str, str]) -> str:
    decided = sorted((adjudications[a], a) for a in found if a in adjudications)
    if decided:
        return found[decided[-1][1]]  # the newest adjudication
    answers = [rating for rating in found.values() if rating in _ORDER]
    if answers:
        return min(answers, key=_ORDER.index)
    return "not-applicable" if set(found.values()) == {"not-applicable"} else "unknown"


def _flags(store: Store, queries: Path) -> dict[Key, frozenset[str]]:
    found: dict[Key, set[str]] = {}
    for row in store.select(template.read(queries / "system" / "status-facts.rq")).dicts():
        found.setdefault((row["practice"], row.get("group", "")), set()).add(row["flag"])
    return {key: frozenset(names) for key, names in found.items()}


def _evidence(store: Store, queries: Path, as_of: dt.date) -> dict[str, tuple[int, int]]:
    """Return the best level and the age in months of the newest evidence, by practice."""
    found: dict[str, tuple[int, int]] = {}
    for row in store.select(template.read(queries / "views" / "evidence.rq")).dicts():
        accessed = dt.date.fromisoformat(row["accessed"])
        months = (as_of.year - accessed.year) * 12 + as_of.month - accessed.month - (as_of.day < accessed.day)
        level = int(row["level"].rsplit("/", 1)[-1])
        best, newest = found.get(row["practice"], (level, months))
        found[row["practice"]] = (max(best, level), min(newest, months))
    return found


def _record(
    practice: str, group: str, status: str, marks: Iterable[str], as_of: dt.date, graph: NamedNode
) -> Iterable[Quad]:
    slugs = [local.slug for local in (parse(practice), parse(group)) if local is not None]
    subject = NamedNode(identifiers.record("status", "--".join(slugs)))
    date = NamedNode(PREFIXES["xsd"] + "date")

    def quad(prop: str, value: NamedNode | Literal) -> Quad:
        return Quad(subject, NamedNode(prop), value, graph)

    yield quad(RDF_TYPE, NamedNode(identifiers.term("PracticeStatusRecord")))
    yield quad(identifiers.term("assesses"), NamedNode(practice))
    yield quad(identifiers.term("forGroup"), NamedNode(group))
    yield quad(identifiers.term("computedStatus"), NamedNode(identifiers.concept("practice-status", status)))
    yield quad(PREFIXES["dct"] + "date", Literal(as_of.isoformat(), datatype=date))
    for mark in marks:
        yield quad(identifiers.term("statusMark"), Literal(mark))
