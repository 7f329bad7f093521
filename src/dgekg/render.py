"""Answers in words and tables: rows for CSV, JSON and Markdown, and sentences made from rules in three languages.

The words are data (`words/{language}.yaml` beside this file); the web and the command line say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from dgekg import packaged
from dgekg.coverage import Cell, Gap, Grid
from dgekg.coverage.cells import MEASURES
from dgekg.identifiers import compact
from dgekg.observatory import Observatory
from dgekg.questions import Answer, words
from dgekg.store.base import Term, value_of
from dgekg.tables import Value as Value
from dgekg.tables import csv_text as csv_text
from dgekg.tables import json_text as json_text
from dgekg.tables import markdown as markdown
from dgekg.typography import spaced

if TYPE_CHECKING:
    from dgekg.coverage.completeness import Completeness
    from dgekg.coverage.surprise import Surprise


def grid_rows(observatory: Observatory, grid: Grid, language: str = "en") -> tuple[list[str], list[list[Value]]]:
    """Return a view as columns and rows in long form: one row a cell."""
    columns = [f"{a.dimension.replace('-', '_')}_{part}" for a in grid.axes for part in ("iri", "code", "label")]
    columns += ["state", "marks", *MEASURES]
    rows: list[list[Value]] = []
    for cell in grid.cells.values():
        row: list[Value] = []
        for axis, iri in zip(grid.axes, cell.concepts, strict=True):
            concept = observatory.index.concepts(axis.dimension).get(iri)
            row += [iri, concept.code if concept else "", label(observatory, iri, language)]
        row += [cell.state.value, " ".join(cell.marks), *(cell.measures[m] for m in MEASURES)]
        rows.append(row)
    return columns, rows


def table_rows(answer: Answer) -> tuple[list[str], list[list[Value]]]:
    """Return an answer as columns and rows; columns keep their names, so that programs can rely on them."""
    return list(answer.table.columns), [[_cell(term) for term in row] for row in answer.table.rows]


def shown_rows(answer: Answer, language: str = "en") -> tuple[list[str], list[list[Value]]]:
    """Return an answer for a person: headings in words, and a label in place of an address that has one."""
    columns = answer.table.columns
    shown = [c for c in columns if f"{c}Label" not in columns]
    names = [c.removesuffix("Label") if c.removesuffix("Label") in columns else c for c in shown]
    headings = [words(answer.question.columns[c], language) for c in names]
    at = [columns.index(c) for c in shown]
    return headings, [[_short(row[i]) for i in at] for row in answer.table.rows]


def matrix(observatory: Observatory, grid: Grid, language: str = "en") -> tuple[list[str], list[list[Value]]]:
    """Return a view of one or two dimensions as a matrix for a terminal: number or sign, then marks."""
    first = grid.axes[0]
    others = grid.axes[1].rows if len(grid.axes) > 1 else (None,)
    head = [label(observatory, iri, language) if iri is not None else say("practices", language) for iri in others]
    rows: list[list[Value]] = []
    for iri, depth in zip(first.rows, first.depths, strict=True):
        cells = [grid.cells[(iri,) if other is None else (iri, other)] for other in others]
        rows.append(["  " * depth + label(observatory, iri, language), *(_sign(cell) for cell in cells)])
    return [observatory.index.dimension(first.dimension).label.get(language, first.dimension), *head], rows


def totals(grid: Grid, language: str = "en") -> str:
    """Return how many different practices a view holds, and how far its cells overlap."""
    counts = {"total": grid.total, "placed": grid.placed}
    key = "overlap" if grid.placed > grid.total else "less" if grid.placed < grid.total else "apart"
    return fill(f"totals.{key}", counts, language)


def matrix_note(grid: Grid, language: str = "en") -> str:
    """Return how far the cells of `matrix` overlap, and its legend."""
    return f"{totals(grid, language)} {say('matrix_note', language).format(rung=grid.view.rung)}"


def gap_rows(
    observatory: Observatory, grid: Grid, gaps: Sequence[Gap], language: str = "en"
) -> tuple[list[str], list[list[Any]]]:
    """Return gaps as columns and rows; the first three are for reading."""
    columns = ["kind", "priority", "gap", "state", "marks", "practices", "elsewhere", "folded", "priority_parts"]
    columns += [f"{a.dimension.replace('-', '_')}_iri" for a in grid.axes]
    rows = []
    for gap in gaps:
        parts = " ".join(f"{name}={value:g}" for name, value in gap.parts.items())
        cell = gap.cell
        row = [gap.kind, gap.priority, gap_sentence(observatory, grid, gap, language), cell.state.value]
        row += [" ".join(cell.marks), cell.measures["practices"], gap.elsewhere, gap.folded, parts, *cell.concepts]
        rows.append(row)
    return columns, rows


def label(observatory: Observatory, iri: str, language: str = "en") -> str:
    """Return the words for a row: its label, or that it is not stated."""
    return observatory.names.label(iri, language) if iri else say("not_stated", language)


def state_words(state: str, language: str = "en") -> str:
    """Return the words for a cell's state."""
    return say(f"state.{state}", language)


def mark_words(mark: str, language: str = "en") -> str:
    """Return the words for a mark."""
    return say(f"mark.{mark}", language)


def gap_words(kind: str, language: str = "en") -> str:
    """Return the words for a kind of gap."""
    return say(f"gap.{kind}", language)


def cell_sentence(observatory: Observatory, grid: Grid, cell: Cell, language: str = "en") -> str:
    """Return what is known of a cell, in a sentence or two."""
    where = place(observatory, grid, cell, language)
    counts = {**cell.measures, "rung": grid.view.rung, "where": where, "searches": len(cell.statements)}
    parts = [fill(f"sentence.{cell.state.value}", counts, language)]
    asked = "group" in grid.view.dimensions or any(f.dimension == "group" and not f.negated for f in grid.view.filters)
    for mark in cell.marks:
        key = "effect-shown-anyone" if mark == "effect-shown" and not asked else mark
        parts.append(fill(f"sentence.{key}", counts, language))
    if cell.measures["above"]:
        parts.append(fill("sentence.above", counts, language))
    if cell.superseded:
        parts.append(fill("sentence.superseded", {"superseded": len(cell.superseded)}, language))
    if cell.partly_withheld:
        parts.append(say("sentence.partly-withheld", language))
    return " ".join(parts)


def gap_sentence(observatory: Observatory, grid: Grid, gap: Gap, language: str = "en") -> str:
    """Return what is missing, in a sentence or two."""
    counts = {**gap.cell.measures, "where": place(observatory, grid, gap.cell, language), "elsewhere": gap.elsewhere}
    parts = [fill(f"gap_sentence.{gap.kind}", counts, language)]
    group = _at(grid, gap.cell, "group")
    if gap.elsewhere and gap.kind != "reach" and group != observatory.index.roots.get("group"):
        parts.append(fill("gap_sentence.elsewhere", counts, language))
    if gap.folded:
        parts.append(fill("gap_sentence.folded", {"folded": gap.folded}, language))
    return " ".join(parts)


def completeness_sentence(found: Completeness, language: str = "en") -> str:
    """Return how many practices there are at least, or that it cannot be estimated and why."""
    if found.estimate is None:
        counts = {"qualifying": sum(one.qualifies for one in found.rounds)}
        parts = [say("completeness.cannot-be-estimated", language)]
        return " ".join([*parts, fill(f"completeness-refused.{found.refused}", counts, language)])
    one = found.estimate
    counts = {"found": one.found, "least": round(one.least), "low": round(one.low), "high": round(one.high)}
    counts |= {"percent": round(100 * one.confidence), "rounds": len(one.alone), "twice": one.twice}
    counts |= {"alone": sum(one.alone)}
    keys = ("estimate", "lower-bound", "rounds")
    return " ".join(fill(f"completeness.{key}", counts, language) for key in keys)


def round_sentences(observatory: Observatory, found: Completeness, language: str = "en") -> list[tuple[str, str]]:
    """Return each round, and in words whether it counts for completeness and why not."""
    lines = []
    for one in found.rounds:
        key = "completeness.qualifies" if one.qualifies else "completeness.does-not-qualify"
        reasons = "; ".join(say(f"round-reason.{reason}", language) for reason in one.reasons)
        counts = {"finds": one.finds, "share": round(100 * one.share), "reasons": reasons}
        lines.append((one.iri, fill(key, {**counts, "where": label(observatory, one.iri, language)}, language)))
    return lines


def surprise_sentence(found: Surprise, language: str = "en") -> str:
    """Return what chance can say of a view of two dimensions, or why it can say nothing."""
    cells = len(found.surprising)
    counts = {"surprising": cells, "practices": found.practices, "one_in": round(1 / found.level)}
    keys = [found.said] if found.refused else [found.said, "surprise.counted", "surprise.never-lowers"]
    return " ".join(fill(key, counts, language) for key in keys)


def place(observatory: Observatory, grid: Grid, cell: Cell, language: str = "en") -> str:
    """Return the cell's place in words, such as "Data (stage), Women with disabilities"; a root goes without saying."""
    roots = observatory.index.roots
    rows = [(axis.dimension, iri) for axis, iri in zip(grid.axes, cell.concepts, strict=True)]
    narrow = [row(observatory, name, iri, language) for name, iri in rows if iri != roots.get(name)]
    parts = narrow + _filters(observatory, grid, language)
    return ", ".join(parts or [label(observatory, iri, language) for _name, iri in rows])


def row(observatory: Observatory, dimension: str, iri: str, language: str) -> str:
    """Return a row as a sentence names it, with its kind where that is not plain: "Data (stage)" is not data."""
    return observatory.index.dimension(dimension).row(label(observatory, iri, language), language)


def say(key: str, language: str = "en") -> str:
    """Return words by key; a key that is missing is a fault of ours and raises KeyError."""
    return _catalogue(language)[key]


def fill(key: str, counts: Mapping[str, Any], language: str) -> str:
    """Fill `{name}`, and `{name|one|many}`, which is the number with the word that fits it."""

    shown = {name: grouped(n, language) if isinstance(n, int) else n for name, n in counts.items()}

    def number(match: re.Match[str]) -> str:
        return f"{shown[match[1]]} {match[2] if counts[match[1]] == 1 else match[3]}"

    text = re.sub(r"\{(\w+)\|([^|}]*)\|([^}]*)\}", number, say(key, language))
    return text.format_map(shown)


def grouped(value: int, language: str = "en") -> str:
    """Write a whole number as a language groups its digits.

    >>> grouped(12345, "en"), grouped(1234, "es")
    ('12,345', '1234')
    """
    if language == "en":
        return f"{value:,}"
    if language == "es" and abs(value) < 10_000:
        return str(value)
    return f"{value:,}".replace(",", "\u202f")


_CATALOGUES = (
    "{}",
    "statistics.{}",
    "explain.{}",
    "compare.{}",
    "cards.{}",
    "find.{}",
    "assess.{}",
    "diff.{}",
    "report.{}",
    "outreach.{}",
)


@cache
def _catalogue(language: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name in _CATALOGUES:
        for key, value in packaged.table(f"words/{name.format(language)}.yaml").items():
            if isinstance(value, dict):
                flat |= {f"{key}.{inner}": spaced(str(words_), language) for inner, words_ in value.items()}
            else:
                flat[key] = spaced(str(value), language)
    return flat


_SIGNS = {
    "not-published": "x",
    "present-filtered-out": "f",
    "not-applicable": "-",
    "searched-none-found": "0",
    "not-searched": "?",
}
_MARK_SIGNS = {"effect-shown": "+", "harm-or-mixed": "!", "from-afar": "~", "stale": "."}


def _sign(cell: Cell) -> str:
    marks = "".join(_MARK_SIGNS[mark] for mark in cell.marks)
    if cell.state.value == "thin":
        return f"({cell.measures['practices']}){marks}"
    return _SIGNS.get(cell.state.value, str(cell.measures["practices"])) + marks


def _at(grid: Grid, cell: Cell, dimension: str) -> str:
    names = grid.view.dimensions
    return cell.concepts[names.index(dimension)] if dimension in names else ""


def _filters(observatory: Observatory, grid: Grid, language: str) -> list[str]:
    shown = []
    for one in sorted(grid.view.filters, key=lambda one: one.negated):  # what follows a "without" would seem left out
        values = f" {say('or', language)} ".join(label(observatory, v, language) for v in one.values)
        said = observatory.index.dimension(one.dimension).row(values, language)
        shown.append(f"{say('without', language)} {said}" if one.negated else said)
    return shown


def _cell(term: Term | None) -> Value:
    return "" if term is None else value_of(term)


def _short(term: Term | None) -> Value:
    if term is None:
        return ""
    return compact(term.value) if type(term).__name__ == "NamedNode" else term.value
