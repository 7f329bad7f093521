"""Differences in words and as a document: for people as lines under headings, for programs as JSON."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dgekg import identifiers
from dgekg.differences import Cause, Changed, Changes, Gap, Seen
from dgekg.differences.statuses import Status
from dgekg.render import fill, grouped, label, say
from dgekg.render_comparison import between_sentences, dimension_words, explanation, side_words, where
from dgekg.typography import day_words

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A changed figure.

    Attributes:
        what: which figure.
        before: what it was, in words.
        after: what it is.
        why: the causes, in words; of a count by how much it differs.
        iri: the record or concept that it leads to, or "".
        told: whether `why` names causes.
    """

    what: str
    before: str
    after: str
    why: str
    iri: str = ""
    told: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """Changed figures of one kind under a heading.

    Attributes:
        title: the heading.
        said: how many differ, in a sentence.
        lines: all of them, the most telling first.
    """

    title: str
    said: str
    lines: tuple[Line, ...]


def lead(found: Changes, language: str = "en") -> list[str]:
    """Return what changed, between which days and why, then what else happened between the states; a sentence each."""
    return [answer(found, language), *between_sentences(found.after, found.between, language)]


def answer(found: Changes, language: str = "en") -> str:
    """Return how much changed between which days, and why, what explains most of it first."""
    now, then = (day_words(dt.date.fromisoformat(day), language) for day in found.between.days)
    when = fill("diff-answer.day" if now == then else "diff-answer.days", {"now": now, "then": then}, language)
    counts = {
        "records": len(found.records),
        "statuses": len(found.statuses),
        "cells": sum(len(one.cells) for one in found.views),
        "gaps": sum(len(one.gaps) for one in found.views),
    }
    what = [fill(f"diff-answer.{name}", {"n": n}, language) for name, n in counts.items() if n]
    if not what:
        return fill("diff-answer.none", {"when": when}, language)
    joined = say("diff-answer.and", language).join([", ".join(what[:-1]), what[-1]] if what[1:] else what)
    said = fill("diff-answer.changed", {"when": when, "what": joined}, language)
    why = because(found, _weighed(found), language)
    return f"{said} {fill('diff.because', {'why': why}, language)}" if why else said


def _weighed(found: Changes) -> list[Cause]:
    """Return the causes of all figures, each with all its records, those of most figures first."""
    each = [cause for view in found.views for cell in view.cells for cause in cell.causes]
    each += [cause for view in found.views for gap in view.gaps for cause in gap.causes]
    each += [Cause(code) for status in found.statuses for code in status.causes]
    weights = Counter(one.code for one in each)
    things = {code: dict.fromkeys(iri for one in each if one.code == code for iri in one.things) for code in weights}
    return [Cause(code, tuple(things[code])) for code, _ in weights.most_common()]


def parts(found: Changes, language: str = "en") -> list[Part]:
    """Return all that differs, in words."""
    made = [_records(found, language), _statuses(found, language)]
    for one in found.views:
        made += [_cells(found, one, language), _gaps(found, one, language)]
    return [part for part in made if part.lines]


def text(found: Changes, language: str = "en", most: int = 40) -> str:
    """Return the differences as plain text.

    Args:
        found: what differs.
        language: of the words.
        most: lines that are shown under each heading.
    """
    lines = lead(found, language)
    for part in parts(found, language):
        lines += ["", part.title, part.said]
        lines += [
            f"  {one.what}: {one.before} -> {one.after}. {_told(one, language)}".rstrip() for one in part.lines[:most]
        ]
        if len(part.lines) > most:
            lines.append("  " + fill("diff.more", {"n": len(part.lines) - most}, language))
    return "\n".join(lines) + "\n"


def document(found: Changes, language: str = "en") -> dict[str, Any]:
    """Return the differences for programs; of what is not published nothing is said."""
    return {
        "before": _side(found.between.versions[1], found.between.days[1], found.between.codes[1]),
        "after": _side(found.between.versions[0], found.between.days[0], found.between.codes[0]),
        "rules_changed": found.between.rules,
        "ledger": dict(found.between.ledger),
        "says": lead(found, language),
        "records": {name: {"before": old, "after": new} for name, (old, new) in found.records.items()},
        "statuses": [
            {
                "practice": one.practice,
                "group": one.group,
                "before": one.before or None,
                "after": one.after or None,
                "causes": list(one.causes),
            }
            for one in found.statuses
        ],
        "views": [_view(found, one, language) for one in found.views],
    }


def _side(version: str, day: str, code: str) -> dict[str, str]:
    return {"version": version, "as_of": day, "code": code}


def _view(found: Changes, one: Seen, language: str) -> dict[str, Any]:
    sides = one.compared.totals if one.compared.published else (None, None)
    return {
        "query": one.compared.comparison.view.query_string(),
        "practices": {"before": sides[1], "after": sides[0]},
        "cells": [_cell(found, one, cell, language) for cell in one.cells],
        "gaps": {
            "before": one.counts[0],
            "after": one.counts[1],
            "changed": [
                {
                    "kind": gap.kind,
                    "concepts": list(gap.concepts),
                    "change": "came" if gap.came else "went",
                    "causes": [{"cause": c.code, "things": list(c.things)} for c in gap.causes],
                }
                for gap in one.gaps
            ],
        },
    }


def _cell(found: Changes, one: Seen, changed: Changed, language: str) -> dict[str, Any]:
    def side(cell: Any) -> dict[str, Any] | None:
        if cell is None:
            return None
        return {"state": cell.state.value, "marks": list(cell.marks), **cell.measures}

    return {
        "concepts": list(changed.cell.concepts),
        "place": where(found.after, one.compared, changed.cell, language),
        "before": side(changed.cell.second),
        "after": side(changed.cell.first),
        "causes": [{"cause": cause.code, "things": list(cause.things)} for cause in changed.causes],
        "says": explanation(found.after, one.compared, changed.cell, language),
    }


def _records(found: Changes, language: str) -> Part:
    lines = [
        Line(
            label(found.after, identifiers.term(name), language),
            grouped(old, language),
            grouped(new, language),
            f"{new - old:+d}",
            identifiers.term(name),
            told=False,
        )
        for name, (old, new) in found.records.items()
    ]
    return Part(say("diff.records", language), fill("diff.records-said", {"n": len(lines)}, language), tuple(lines))


def _statuses(found: Changes, language: str) -> Part:
    lines = [_status(found, one, language) for one in found.statuses]
    return Part(say("diff.statuses", language), fill("diff.statuses-said", {"n": len(lines)}, language), tuple(lines))


def _status(found: Changes, one: Status, language: str) -> Line:
    old, new = (
        label(found.after, identifiers.concept("practice-status", code), language)
        if code
        else say("diff.none", language)
        for code in (one.before, one.after)
    )
    people = {"practice": label(found.after, one.practice, language), "group": label(found.after, one.group, language)}
    why = because(found, [Cause(code) for code in one.causes], language)
    return Line(fill("diff.for", people, language), old, new, why, one.practice)


def _cells(found: Changes, one: Seen, language: str) -> Part:
    lines = [
        Line(
            where(found.after, one.compared, changed.cell, language),
            side_words(changed.cell.second, changed.cell.published, language),
            side_words(changed.cell.first, changed.cell.published, language),
            because(found, changed.causes, language),
        )
        for changed in one.cells
    ]
    said = fill("diff.cells-said", {"n": len(lines), "all": len(one.compared.cells)}, language)
    return Part(_title(found, one, "diff.view", language), said, tuple(lines))


def _gaps(found: Changes, one: Seen, language: str) -> Part:
    lines = [_gap(found, one, gap, language) for gap in one.gaps]
    counts = {"before": one.counts[0], "after": one.counts[1]}
    return Part(_title(found, one, "diff.gaps", language), fill("diff.gaps-said", counts, language), tuple(lines))


def _gap(found: Changes, one: Seen, gap: Gap, language: str) -> Line:
    kind = label(found.after, identifiers.concept("gap-type", gap.kind), language)
    place = where(found.after, one.compared, one.compared.cells[gap.concepts], language)
    sides = ("diff.unlisted", "diff.listed") if gap.came else ("diff.listed", "diff.unlisted")
    old, new = (say(key, language) for key in sides)
    return Line(f"{kind}, {place}", old, new, because(found, gap.causes, language))


def _title(found: Changes, one: Seen, key: str, language: str) -> str:
    names = one.compared.comparison.view.dimensions
    across = " \u00d7 ".join(dimension_words(found.after, name, language) for name in names)
    return fill(key, {"across": across}, language)


def because(found: Changes, causes: Iterable[Cause], language: str = "en") -> str:
    """Return why a figure changed, in words; records are named where they are few."""
    said = [f"{say(f'diff-cause.{one.code}', language)}{_names(found, one.things, language)}" for one in causes]
    return say("separator", language).join(said)


def _told(line: Line, language: str) -> str:
    if not line.told or not line.why:
        return f"{line.why}." if line.why else ""
    return fill("diff.because", {"why": line.why}, language)


def _names(found: Changes, things: Sequence[str], language: str) -> str:
    if not things:
        return ""
    if len(things) > _NAMED:
        return f" ({len(things)})"
    named = say("separator", language).join(label(found.after, iri, language) for iri in things)
    return f" ({named})"
