"""Comparisons as rows and documents: for programs, and as a table for a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dgekg.coverage import State
from dgekg.coverage.between import Reason
from dgekg.coverage.compare import Compared, Difference
from dgekg.observatory import Observatory
from dgekg.render import Value, label, say
from dgekg.render_comparison import (
    answer_sentence,
    between_sentences,
    cells_sentence,
    certainty_sentence,
    difference_sentence,
    dimension_words,
    explanation,
    side_names,
    side_words,
    sign,
    where,
)

_SIDE = ("state", "marks", "practices", "documented")
_OWN = ("difference", "shared", "only_first", "only_second")
_NAMED = ("first_alone", "second_alone", "searches_first_alone", "searches_second_alone")
_MOST_NAMES = 50


def compared_rows(
    observatory: Observatory, compared: Compared, language: str = "en"
) -> tuple[list[str], list[list[Value]]]:
    """Return a comparison as columns and rows in long form: one row a cell.

    What may not be said is left empty, never 0; so are `p` and `q` where they are refused or cannot be reckoned.
    Practices on one side alone are named where they are at most fifty.
    """
    names = compared.comparison.view.dimensions
    columns = [f"{name.replace('-', '_')}_{part}" for name in names for part in ("iri", "code", "label")]
    columns += [f"{side}_{part}" for side in ("first", "second") for part in _SIDE]
    columns += [*_OWN, *_NAMED, "p", "q", "beyond_chance", "reasons", "says"]
    return columns, [_long(observatory, compared, one, language) for one in compared.cells.values()]


def differing_rows(
    observatory: Observatory, compared: Compared, language: str = "en"
) -> tuple[list[str], list[list[Value]]]:
    """Return the cells that differ for a reader, ranked: place, both sides, the difference, what explains it."""
    first, second = side_names(observatory, compared, language)
    names = " \u00d7 ".join(dimension_words(observatory, n, language) for n in compared.comparison.view.dimensions)
    rows: list[list[Value]] = []
    for one in compared.ranked():
        sides = [side_words(cell, one.published, language) for cell in (one.first, one.second)]
        said = " ".join(explanation(observatory, compared, one, language))
        rows.append([where(observatory, compared, one, language), *sides, sign(one, language), said])
    heads = [say(f"compare-column.{key}", language) for key in ("difference", "explains")]
    return [names, first, second, *heads], rows


def about(observatory: Observatory, compared: Compared, language: str = "en") -> dict[str, Any]:
    """Return what a comparison is about, for programs: both views, totals, certainty, versions, and words for it.

    Nothing is counted where the filters of a side are not published.
    """
    first, second = side_names(observatory, compared, language)
    found = compared.certainty
    counted = {"practices_entering_first": found.first, "practices_entering_second": found.second}
    chance = {"level": found.level, "tested": found.tested, "differing": found.differing, **counted}
    names = zip((first, second), compared.grids, compared.totals, strict=True)
    sides = [
        {"name": name, "query": grid.view.query_string(), "practices": total if compared.published else None}
        for name, grid, total in names
    ]
    between = compared.between
    if between is not None:
        for side, version, day in zip(sides, between.versions, between.days, strict=True):
            side |= {"version": version, "as_of": day}
    says = [answer_sentence(observatory, compared, language), cells_sentence(compared, language)]
    says += between_sentences(observatory, between, language) if between is not None else []
    return {
        "query": compared.comparison.query_string(),
        "published": compared.published,
        "first": sides[0],
        "second": sides[1],
        "shared": compared.shared if compared.published else None,
        "certainty": {"refused": found.refused} if found.refused else {"refused": None, **chance},
        "rules_changed": between.rules if between is not None else None,
        "ledger": dict(between.ledger) if between is not None else None,
        "says": [*says, certainty_sentence(observatory, compared, language)],
    }


def _long(observatory: Observatory, compared: Compared, one: Difference, language: str) -> list[Value]:
    row: list[Value] = []
    for name, iri in zip(compared.comparison.view.dimensions, one.concepts, strict=True):
        concept = observatory.index.concepts(name).get(iri)
        row += [iri, concept.code if concept else "", label(observatory, iri, language)]
    for cell in (one.first, one.second):
        if cell is None:
            row += ["" if one.published else State.NOT_PUBLISHED.value, "", "", ""]
        else:
            counts = cell.measures
            row += [cell.state.value, " ".join(cell.marks), counts["practices"], counts["documented"]]
    row += [""] * 4 if one.difference is None else [one.difference, one.shared, *one.counts]
    few = [n <= _MOST_NAMES for n in one.counts]
    row += [_codes(one.only_first if few[0] else ()), _codes(one.only_second if few[1] else ())]
    row += [_codes(one.searches_first), _codes(one.searches_second)]
    chance = compared.certainty.cells.get(one.concepts)
    if chance is None or chance.p is None or chance.q is None or not one.published:
        row += ["", "", ""]
    else:
        row += [f"{chance.p:.6g}", f"{chance.q:.6g}", "yes" if chance.differs else "no"]
    why = "; ".join(map(_reason, one.reasons))
    return [*row, why, difference_sentence(observatory, compared, one, language)]


def _reason(reason: Reason) -> str:
    """Return a reason for programs: `created: slug slug`, `restated-in(stage): slug`; a number where they are many."""
    many = len(reason.things) > _MOST_NAMES
    things = str(len(reason.things)) if many else _codes(reason.things)
    return f"{reason.code}{f'({reason.dimension})' if reason.dimension else ''}: {things}".rstrip(": ")


def _codes(things: Iterable[str]) -> str:
    return " ".join(iri.rsplit("/", 1)[-1] for iri in things)
