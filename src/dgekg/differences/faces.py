"""Differences in words and as a document: for people as lines under headings, for programs as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dgekg import identifiers
from dgekg.differences import Cause, Changed, Changes, Gap, Seen
from dgekg.differences.statuses import Status
from dgekg.render import fill, label, say
from dgekg.render_comparison import between_sentences, dimension_words, explanation, side_words, where

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A changed figure.

    Attributes:
        what: which figure.
        before: what it was, in words.
        after: what it is.
        why: a sentence.
        iri: the record or concept that it leads to, or "".
    """

    what: str
    before: str
    after: str
    why: str
    iri: str = ""


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
    """Return what happened between the states, a sentence each."""
    first = [say("diff.none", language)] if found.none else []
    return [*first, *between_sentences(found.after, found.between, language)]


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
        lines += [f"  {one.what}: {one.before} -> {one.after}. {one.why}".rstrip() for one in part.lines[:most]]
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
            str(old),
            str(new),
            fill("diff.delta", {"delta": f"{new - old:+d}"}, language),
            identifiers.term(name),
        )
        for name, (old, new) in found.records.items()
    ]
    return Part(say("diff.records", language), fill("diff.records-said", {"n": len(lines)}, language), tuple(lines))


def _statuses(found: Changes, language: str) -> Part:
    lines = [_status(found, one, language) for one in found.statuses]
    return Part(say("diff.statuses", language), fill("diff.statuses-said", {"n": len(lines)}, language), tuple(lines))


def _status(found: Changes, one: Status, language: str) -> Line:
    old, new = (
        label(found.after, identifiers.concept("practice-status", code), language) if code else say("diff.no", language)
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
    """Return why a figure changed, in a sentence; records are named where they are few."""
    said = [f"{say(f'diff-cause.{one.code}', language)}{_names(found, one.things, language)}" for one in causes]
    return fill("diff.because", {"why": "; ".join(said)}, language) if said else ""


def _names(found: Changes, things: Sequence[str], language: str) -> str:
    if not things:
        return ""
    if len(things) > _NAMED:
        return f" ({len(things)})"
    return f" ({'; '.join(label(found.after, iri, language) for iri in things)})"
