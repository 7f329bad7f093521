"""Answers in words and tables: rows for CSV, JSON and Markdown, and sentences made from rules in three languages.

The words are data (`words/{language}.yaml` beside this file); the web and the command line say the same.
"""

from __future__ import annotations

import csv
import importlib.resources
import io
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from dgekg.coverage import Cell, Gap, Grid
from dgekg.coverage.cells import MEASURES
from dgekg.identifiers import compact
from dgekg.observatory import Observatory
from dgekg.questions import Answer, words
from dgekg.store.base import Term, value_of

if TYPE_CHECKING:
    from dgekg.coverage.completeness import Completeness
    from dgekg.coverage.surprise import Surprise

Value = str | int
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


def matrix_note(grid: Grid, language: str = "en") -> str:
    """Return the legend of `matrix`, and how far its cells overlap."""
    placed = sum(cell.measures["practices"] for cell in grid.cells.values())
    return say("matrix_note", language).format(total=grid.total, placed=placed, rung=grid.view.rung)


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


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[Value]], *, safe: bool = True) -> str:
    """Return CSV (RFC 4180); `safe` keeps a spreadsheet from reading a value as a formula.

    >>> csv_text(["a"], [["=1+1"]])
    "a\\r\\n'=1+1\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(v) if safe else v for v in row])
    return out.getvalue()


def json_text(columns: Sequence[str], rows: Sequence[Sequence[Value]], about: Mapping[str, Any]) -> str:
    """Return a JSON document: what it is about, then `rows` as objects."""
    document = {**about, "rows": [dict(zip(columns, row, strict=True)) for row in rows]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def markdown(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """Return a Markdown table.

    >>> print(markdown(["a", "b"], [["x|y", 1]]), end="")
    | a | b |
    | --- | --- |
    | x\\|y | 1 |
    """
    lines = [list(map(str, columns)), ["---"] * len(columns), *([_plain(v) for v in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


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
    parts = [_fill(f"sentence.{cell.state.value}", counts, language)]
    parts += [_fill(f"sentence.{mark}", counts, language) for mark in cell.marks]
    if cell.measures["above"]:
        parts.append(_fill("sentence.above", counts, language))
    if cell.superseded:
        parts.append(_fill("sentence.superseded", {"superseded": len(cell.superseded)}, language))
    if cell.partly_withheld:
        parts.append(say("sentence.partly-withheld", language))
    return " ".join(parts)


def gap_sentence(observatory: Observatory, grid: Grid, gap: Gap, language: str = "en") -> str:
    """Return what is missing, in a sentence or two."""
    counts = {**gap.cell.measures, "where": place(observatory, grid, gap.cell, language), "elsewhere": gap.elsewhere}
    parts = [_fill(f"gap_sentence.{gap.kind}", counts, language)]
    group = _at(grid, gap.cell, "group")
    if gap.elsewhere and gap.kind != "reach" and group != observatory.index.roots.get("group"):
        parts.append(_fill("gap_sentence.elsewhere", counts, language))
    if gap.folded:
        parts.append(_fill("gap_sentence.folded", {"folded": gap.folded}, language))
    return " ".join(parts)


def completeness_sentence(found: Completeness, language: str = "en") -> str:
    """Return how many practices there are at least, or that it cannot be estimated and why."""
    if found.estimate is None:
        counts = {"qualifying": sum(one.qualifies for one in found.rounds)}
        parts = [say("completeness.cannot-be-estimated", language)]
        return " ".join([*parts, _fill(f"completeness-refused.{found.refused}", counts, language)])
    one = found.estimate
    counts = {"found": one.found, "least": round(one.least), "low": round(one.low), "high": round(one.high)}
    counts |= {"percent": round(100 * one.confidence), "rounds": len(one.alone), "twice": one.twice}
    counts |= {"alone": sum(one.alone)}
    keys = ("estimate", "lower-bound", "rounds")
    return " ".join(_fill(f"completeness.{key}", counts, language) for key in keys)


def round_sentences(observatory: Observatory, found: Completeness, language: str = "en") -> list[tuple[str, str]]:
    """Return each round, and in words whether it counts for completeness and why not."""
    lines = []
    for one in found.rounds:
        key = "completeness.qualifies" if one.qualifies else "completeness.does-not-qualify"
        reasons = "; ".join(say(f"round-reason.{reason}", language) for reason in one.reasons)
        counts = {"finds": one.finds, "share": round(100 * one.share), "reasons": reasons}
        lines.append((one.iri, _fill(key, {**counts, "where": label(observatory, one.iri, language)}, language)))
    return lines


def surprise_sentence(found: Surprise, language: str = "en") -> str:
    """Return what chance can say of a view of two dimensions, or why it can say nothing."""
    cells = len(found.surprising)
    counts = {"surprising": cells, "practices": found.practices, "one_in": round(1 / found.level)}
    keys = [found.said] if found.refused else [found.said, "surprise.counted", "surprise.never-lowers"]
    return " ".join(_fill(key, counts, language) for key in keys)


def place(observatory: Observatory, grid: Grid, cell: Cell, language: str = "en") -> str:
    """Return the cell's place in words, such as "Data, Women with disabilities"; a root goes without saying."""
    roots = [observatory.index.roots.get(axis.dimension) for axis in grid.axes]
    narrow = [iri for iri, root in zip(cell.concepts, roots, strict=True) if iri != root] or list(cell.concepts)
    return ", ".join(label(observatory, iri, language) for iri in narrow) + _filters(observatory, grid, language)


def say(key: str, language: str = "en") -> str:
    """Return words by key; a key that is missing is a fault of ours and raises KeyError."""
    return _catalogue(language)[key]


def _fill(key: str, counts: Mapping[str, Any], language: str) -> str:
    """Fill `{name}`, and `{name|one|many}`, which is the number with the word that fits it."""

    def number(match: re.Match[str]) -> str:
        value = counts[match[1]]
        return f"{value} {match[2] if value == 1 else match[3]}"

    text = re.sub(r"\{(\w+)\|([^|}]*)\|([^}]*)\}", number, say(key, language))
    return text.format_map(counts)


@cache
def _catalogue(language: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name in (f"{language}.yaml", f"statistics.{language}.yaml"):
        text = importlib.resources.files("dgekg").joinpath("words", name).read_text("utf-8")
        for key, value in yaml.safe_load(text).items():
            if isinstance(value, dict):
                flat |= {f"{key}.{inner}": str(words_) for inner, words_ in value.items()}
            else:
                flat[key] = str(value)
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


def _filters(observatory: Observatory, grid: Grid, language: str) -> str:
    shown = []
    for one in grid.view.filters:
        values = ", ".join(label(observatory, v, language) for v in one.values)
        shown.append(f"{say('without', language)} {values}" if one.negated else values)
    return f" ({'; '.join(shown)})" if shown else ""


def _cell(term: Term | None) -> Value:
    return "" if term is None else value_of(term)


def _short(term: Term | None) -> Value:
    if term is None:
        return ""
    return compact(term.value) if type(term).__name__ == "NamedNode" else term.value


def _harmless(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Value) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
