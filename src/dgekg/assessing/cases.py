"""What the status rule needs to know of each practice and group: every rating, its evidence, flags and ages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import NamedNode

from dgekg import template
from dgekg.assessment import StatusFacts, StatusRule, counted, load_rule
from dgekg.store.base import Store

RULE = "status-rule.yaml"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One practice and one group before the rule.

    Attributes:
        practice: its IRI.
        group: IRI of the group.
        given: criterion -> assessment -> rating; all that was ever said.
        adjudications: assessment that adjudicates -> its date.
        facts: what the build derives beside the ratings.
    """

    practice: str
    group: str
    given: Mapping[str, Mapping[str, str]]
    adjudications: Mapping[str, str]
    facts: StatusFacts

    @property
    def counting(self) -> dict[str, str]:
        """Criterion -> the rating that counts: the adjudicated one, else the lower."""
        return {code: counted(found, self.adjudications) for code, found in self.given.items()}


def cases(
    store: Store, queries: Path, rule: StatusRule, as_of: dt.date, only: Sequence[NamedNode] | None = None
) -> Iterator[Case]:
    """Yield every practice and group that has a rating, in the order of their addresses.

    Args:
        store: holds the records and all that is derived from them.
        queries: folder of the queries.
        rule: ratings on other criteria than its own are left aside.
        as_of: the day to reckon ages from.
        only: practices; None for all.
    """
    asked = _Asked(store, queries, only)
    given, adjudications, levels = _ratings(asked, rule.criteria)
    if not given:
        return
    flags, ages = _flags(asked), _evidence(asked, as_of)
    for key, found in sorted(given.items()):
        practice, group = key
        names = flags.get((practice, ""), frozenset()) | flags.get(key, frozenset())
        best, months = ages.get(practice, (None, None))
        facts = StatusFacts(best_evidence_level=best, newest_evidence_months=months, levels=levels.get(key, {}))
        yield Case(practice, group, found, adjudications, facts.flagged(names))


def rule_of(criteria: Path) -> StatusRule | None:
    """Return the rule in a folder of criteria, read again only where its file changed; None without one.

    Raises:
        SourceError: it is broken.
    """
    path = criteria / RULE
    return _rule(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=8)
def _rule(path: Path, _stamp: int) -> StatusRule:
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


def _ratings(
    asked: _Asked, criteria: Container[str]
) -> tuple[dict[Key, dict[str, dict[str, str]]], dict[str, str], dict[Key, dict[str, int]]]:
    """Return every rating, the adjudications with their dates, and the best level behind each criterion."""
    given: dict[Key, dict[str, dict[str, str]]] = {}
    adjudications: dict[str, str] = {}
    levels: dict[Key, dict[str, int]] = {}
    for row in asked.rows("system", "ratings"):
        key, code = (row["practice"], row["group"]), row["criterion"]
        if code not in criteria:
            continue
        given.setdefault(key, {}).setdefault(code, {})[row["assessment"]] = row["rating"]
        if "adjudicated" in row:
            adjudications[row["assessment"]] = row["date"]
        if row.get("level", "").isdecimal():
            known = levels.setdefault(key, {})
            known[code] = max(known.get(code, 0), int(row["level"]))
    return given, adjudications, levels


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
