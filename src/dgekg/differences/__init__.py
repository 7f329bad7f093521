"""What differs between two states of the collection, and why: views, gaps, statuses, counts of records.

Every changed figure has causes, each with the records that it rests on (as the later state names them):

- `record`: a record is new; or several became one;
- `evidence`: other evidence is on record;
- `assessment`: somebody rated it, or rated it anew;
- `correction`: a record says something else about what it is, for whom or where;
- `search`: somebody looked, or a search was taken back;
- `vocabulary`: a concept is new, gone, or stands elsewhere in its hierarchy;
- `rule`: the same statements are read differently;
- `day`: nothing changed but the day that "old" is reckoned from;
- `listing`: of a gap: it stands for others now, or stands behind another.

What was withdrawn since the earlier state counts on neither side (see `coverage.past`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dgekg.coverage import Grid, View, compute, find_gaps
from dgekg.coverage.between import Between, Reason, moved_concepts
from dgekg.coverage.compare import Compared, Difference, against_version, older_view
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.past import Past, past
from dgekg.differences.statuses import Status, statuses
from dgekg.observatory import Observatory

__all__ = ["CAUSES", "VIEWS", "Cause", "Changed", "Changes", "Gap", "Seen", "changes"]

# What is compared unless somebody asks for other views.
VIEWS = ("rows=group&cols=stage", "rows=lever&cols=region&depth=region%3D2", "rows=right", "rows=kind")
CAUSES = ("record", "evidence", "assessment", "correction", "search", "vocabulary", "rule", "day", "listing")
_CAUSE = {
    "created": "record",
    "merged": "record",
    "risen": "evidence",
    "fallen": "evidence",
    "evidence": "evidence",
    "restated-in": "correction",
    "restated-out": "correction",
    "searched": "search",
    "unsearched": "search",
    "vocabulary-in": "vocabulary",
    "vocabulary-out": "vocabulary",
    "row": "vocabulary",
    "rules-in": "rule",
    "rules-out": "rule",
    "rules": "rule",
    "day": "day",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a figure changed.

    Attributes:
        code: one of `CAUSES`.
        things: IRIs of the records concerned.
    """

    code: str
    things: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that differs: both sides of it, and why."""

    cell: Difference
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap that one state lists and the other does not.

    Attributes:
        kind: of gap.
        concepts: of its cell.
        came: whether the later state lists it.
        causes: why.
    """

    kind: str
    concepts: tuple[str, ...]
    came: bool
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A view of both states.

    Attributes:
        compared: both sides (the later one first), cell by cell.
        cells: those that differ, the largest differences first.
        gaps: those that came or went.
        counts: how many gaps the earlier and the later state list.
    """

    compared: Compared
    cells: tuple[Changed, ...]
    gaps: tuple[Gap, ...]
    counts: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two states.

    Attributes:
        before: the earlier state.
        after: the later one; words and links are its.
        between: what happened over the whole collection.
        records: class -> how many then, and now; those that differ.
        views: each view that was asked for.
        statuses: of practices, for groups, that differ.
    """

    before: Observatory
    after: Observatory
    between: Between
    records: Mapping[str, tuple[int, int]]
    views: tuple[Seen, ...]
    statuses: tuple[Status, ...]

    @property
    def none(self) -> bool:
        """Whether no figure differs."""
        return not (self.records or self.statuses or any(one.cells or one.gaps for one in self.views))


def changes(before: Observatory, after: Observatory, views: Iterable[str] = VIEWS) -> Changes:
    """Compare two states of the collection.

    Args:
        before: the earlier state, as it may be shown today.
        after: the later one, likewise; its vocabulary says what can be asked.
        views: query strings.

    Raises:
        InputError: a view that cannot be understood, or that the earlier state cannot compute.
    """
    asked = [replace(View.from_query(one, after.index, after.names), empty=True) for one in views]
    then = past(before.index, before.store, after.store, after.project.queries, after.index)
    betweens = [_between(before, after, then, view) for view in asked]
    seen = tuple(_seen(before, after, then, *pair) for pair in zip(asked, betweens, strict=True))
    moved: dict[str, tuple[str, ...]] = {}
    for one in betweens:
        moved |= one.concepts
    whole = replace(_between(before, after, then, View(("stage",))), concepts=moved)
    held = [{name: int(n) for name, n in one.meta.get("classes", {}).items()} for one in (before, after)]
    records = {
        name: (held[0].get(name, 0), held[1].get(name, 0))
        for name in sorted({*held[0], *held[1]})
        if held[0].get(name, 0) != held[1].get(name, 0)
    }
    return Changes(before, after, whole, records, seen, tuple(statuses(before, after, then, whole.rules)))


def _between(before: Observatory, after: Observatory, then: Past, view: View) -> Between:
    rules = [one.meta.get("rules") for one in (after, before)]
    return Between(
        (after.version, before.version),
        (after.as_of.isoformat(), before.as_of.isoformat()),
        (str(after.meta.get("code", "")), str(before.meta.get("code", ""))),
        rules[0] != rules[1] if all(rules) else None,
        then.ledger,
        moved_concepts(view, after.index, before.index),
    )


def _seen(before: Observatory, after: Observatory, then: Past, view: View, between: Between) -> Seen:
    months, limit = after.settings.stale_months, after.settings.cell_limit
    older = compute(then.index, older_view(view, then, before.version), before.as_of, months, limit)
    grids = after.coverage(view), older
    compared = against_version(Comparison(view, (), before.version), after.index, then, grids, between)
    cells = tuple(Changed(one, _causes(one.reasons)) for one in compared.ranked())
    now, was = _gaps(after, grids[0], after.project.queries), _gaps(before, older, before.project.queries, then)
    known = {key: one for key, one in compared.cells.items() if one.published}
    gaps = [
        Gap(*key, came, _causes(known[key[1]].reasons) or (Cause("listing"),))
        for keys, came in ((now - was, True), (was - now, False))
        for key in sorted(keys)
        if key[1] in known
    ]
    return Seen(compared, cells, tuple(gaps), (len(was), len(now)))


def _gaps(
    observatory: Observatory, grid: Grid, queries: Path, then: Past | None = None
) -> set[tuple[str, tuple[str, ...]]]:
    index = observatory.index if then is None else then.index
    return {(gap.kind, gap.cell.concepts) for gap in find_gaps(index, grid, queries)}


def _causes(reasons: Iterable[Reason]) -> tuple[Cause, ...]:
    found: dict[str, list[str]] = {}
    for reason in reasons:
        found.setdefault(_CAUSE[reason.code], []).extend(reason.things)
    return tuple(Cause(code, tuple(dict.fromkeys(found[code]))) for code in CAUSES if code in found)
