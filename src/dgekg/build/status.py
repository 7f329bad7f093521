"""Status of each assessed practice and group: computed by the criteria set's rule, never typed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from dgekg import identifiers, template
from dgekg.assessment import StatusFacts, StatusRule, counted, load_rule, status_of
from dgekg.identifiers import SLUG, parse
from dgekg.store.base import Store
from dgekg.vocabulary import PREFIXES, RDF_TYPE

RULE = "status-rule.yaml"
Key = tuple[str, str]


def status_quads(
    store: Store,
    queries: Path,
    criteria: Path,
    graph: NamedNode,
    as_of: dt.date,
    only: Sequence[NamedNode] | None = None,
) -> Iterable[Quad]:
    """Yield a `PracticeStatusRecord` for every practice and group that has a rating.

    Args:
        store: holds the records and all that is derived from them.
        queries: folder of the queries.
        criteria: folder of the rule; without one nothing has a status.
        graph: of the quads.
        as_of: the day to reckon from.
        only: practices; None for all.

    Raises:
        SourceError: the rule is broken.
    """
    if not (criteria / RULE).is_file():
        return
    rule = _rule(criteria / RULE, (criteria / RULE).stat().st_mtime_ns)
    asked = _Asked(store, queries, only)
    ratings, levels = _ratings(asked, rule.criteria)
    if not ratings:
        return
    flags = _flags(asked)
    ages = _evidence(asked, as_of)
    for key, rated in sorted(ratings.items()):
        practice, group = key
        names = flags.get((practice, ""), frozenset()) | flags.get(key, frozenset())
        best, months = ages.get(practice, (None, None))
        facts = StatusFacts(best_evidence_level=best, newest_evidence_months=months, levels=levels.get(key, {}))
        for name in sorted(names):
            facts = replace(facts, **{name: True})  # type: ignore[arg-type]  # the names are those of its flags
        result = status_of(rated, facts, rule)
        yield from _record(practice, group, result.status, result.marks, as_of, graph)


@lru_cache(maxsize=8)
def _rule(path: Path, _stamp: int) -> StatusRule:
    """Read the rule once, until its file changes."""
    return load_rule(path)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The queries, asked of all practices or of some."""

    store: Store
    queries: Path
    only: Sequence[NamedNode] | None

    def rows(self, folder: str, name: str) -> Iterable[dict[str, str]]:
        values = {} if self.only is None else {"practice": self.only}
        return self.store.select(template.bind(template.read(self.queries / folder / f"{name}.rq"), values)).dicts()


def _ratings(asked: _Asked, criteria: Container[str]) -> tuple[dict[Key, dict[str, str]], dict[Key, dict[str, int]]]:
    """Return the rating that counts for each criterion: the adjudicated one, else the lower."""
    seen: dict[Key, dict[str, dict[str, str]]] = {}
    adjudications: dict[str, str] = {}
    levels: dict[Key, dict[str, int]] = {}
    for row in asked.rows("system", "ratings"):
        key, code = (row["practice"], row["group"]), row["criterion"]
        if code not in criteria:
            continue
        seen.setdefault(key, {}).setdefault(code, {})[row["assessment"]] = row["rating"]
        if "adjudicated" in row:
            adjudications[row["assessment"]] = row["date"]
        if row.get("level", "").isdecimal():
            known = levels.setdefault(key, {})
            known[code] = max(known.get(code, 0), int(row["level"]))
    counting = {
        key: {code: counted(found, adjudications) for code, found in codes.items()} for key, codes in seen.items()
    }
    return counting, levels


def _flags(asked: _Asked) -> dict[Key, frozenset[str]]:
    found: dict[Key, set[str]] = {}
    for row in asked.rows("system", "status-facts"):
        found.setdefault((row["practice"], row.get("group", "")), set()).add(row["flag"])
    return {key: frozenset(names) for key, names in found.items()}


def _evidence(asked: _Asked, as_of: dt.date) -> dict[str, tuple[int, int]]:
    """Return the best level and the age in months of the newest evidence, by practice."""
    found: dict[str, tuple[int, int]] = {}
    for row in asked.rows("views", "evidence"):
        try:
            accessed = dt.date.fromisoformat(row["accessed"])
            level = int(row["level"].rsplit("/", 1)[-1])
        except ValueError:
            continue  # a date or a level that there is not: validation says so, and nothing is built
        months = (as_of.year - accessed.year) * 12 + as_of.month - accessed.month - (as_of.day < accessed.day)
        best, newest = found.get(row["practice"], (level, months))
        found[row["practice"]] = (max(best, level), min(newest, months))
    return found


def _record(
    practice: str, group: str, status: str, marks: Iterable[str], as_of: dt.date, graph: NamedNode
) -> Iterable[Quad]:
    slugs = [local.slug for local in (parse(practice), parse(group)) if local is not None]
    if not all(SLUG.fullmatch(slug) for slug in slugs):
        return  # an address that validation refuses
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
