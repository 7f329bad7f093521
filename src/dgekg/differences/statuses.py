"""Statuses of practices in two states, and why one differs: ratings, evidence, the rule, or only the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dgekg import template
from dgekg.coverage.past import Past
from dgekg.observatory import Observatory

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a practice for a group, in both states.

    Attributes:
        practice: as the later state names it.
        group: for whom.
        before: code of the status; "" where there was none.
        after: likewise, now.
        causes: codes of `differences.CAUSES`.
    """

    practice: str
    group: str
    before: str
    after: str
    causes: tuple[str, ...]


class _Held(NamedTuple):
    """What one state says: statuses, ratings and evidence, by practice and group or practice."""

    status: Mapping[Key, str]
    ratings: Mapping[Key, frozenset[tuple[str, str]]]
    evidence: Mapping[str, frozenset[tuple[str, str]]]


def statuses(before: Observatory, after: Observatory, then: Past, rules: bool | None) -> Iterator[Status]:
    """Yield the statuses that differ, in the order of their practices; of practices that both states may show.

    Args:
        before: the earlier state.
        after: the later one.
        then: the earlier state beside the later.
        rules: whether the rules differ; None where a state does not tell.
    """
    was = _held(before, then.became)
    now = _held(after, None)
    for key in sorted({*was.status, *now.status}):
        old, new = was.status.get(key, ""), now.status.get(key, "")
        if old != new:
            yield Status(*key, old, new, _why(key, was, now, before.as_of != after.as_of, rules))


def _why(key: Key, was: _Held, now: _Held, aged: bool, rules: bool | None) -> tuple[str, ...]:
    practice = key[0]
    found = []
    if practice not in was.evidence:
        found.append("record")
    elif was.evidence[practice] != now.evidence.get(practice):
        found.append("evidence")
    if was.ratings.get(key) != now.ratings.get(key):
        found.append("assessment")
    if rules or (rules is None and not found and not aged):
        found.append("rule")
    if not found:
        found.append("day" if aged else "correction")
    return tuple(found)


def _held(observatory: Observatory, became: Mapping[str, str] | None) -> _Held:
    """Read one state; its practices are named as the later state names them, and those that it has not are left out."""

    def named(practice: str) -> str:
        return practice if became is None else became.get(practice, "")

    status = {}
    for row in _rows(observatory, "statuses"):
        if named(row["practice"]):
            status[named(row["practice"]), row["group"]] = row["status"].rpartition("/")[2]
    ratings: dict[Key, set[tuple[str, str]]] = {}
    for row in _rows(observatory, "ratings"):
        ratings.setdefault((named(row["practice"]), row["group"]), set()).add((row["criterion"], row["rating"]))
    evidence: dict[str, set[tuple[str, str]]] = {}
    for row in _rows(observatory, "evidence", "views"):
        evidence.setdefault(named(row["practice"]), set()).add((row["evidence"], row["level"]))
    return _Held(
        status,
        {key: frozenset(found) for key, found in ratings.items()},
        {key: frozenset(found) for key, found in evidence.items()},
    )


def _rows(observatory: Observatory, name: str, folder: str = "system") -> Iterable[dict[str, str]]:
    return observatory.store.select(template.read(observatory.project.queries / folder / f"{name}.rq")).dicts()
