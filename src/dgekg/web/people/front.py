"""The first page: what this is, what is known and how completely, the table, three gaps and why, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode
from starlette.requests import Request
from starlette.responses import Response

from dgekg import identifiers, render, template
from dgekg.coverage import Cell, Gap, Grid, State, View
from dgekg.folding import fold
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import House, Visit
from dgekg.web.people import gaplist, grids, pages
from dgekg.web.snapshot import FIRST_GAPS, HOME, query

# Groups of the second level that the first page shows beside the grounds: the peoples and the persons that most
# instruments speak of. The full list is one link away.
HOME_GROUPS = (
    "women-and-girls",
    "lgbtiq-people",
    "people-of-african-descent",
    "persons-with-disabilities",
    "speakers-of-under-resourced-languages",
    "older-people",
    "children",
)
WHOLE = View(("stage",))
_FIRST = 3
_DAYS = 3
_NEWEST = 5
# Kinds of records that people look for; the others are their parts, and only the ledger itself counts those.
_TOLD = ("practice", "actor", "instrument", "finding", "case", "collection", "mapping", "lesson", "recommendation")


def home(house: House, request: Request) -> Response:
    """`/`: an answer, the table behind it, the first gaps, what changed."""
    visit = Visit(house, request)
    pages.known(visit)
    return visit.page("home.html", lambda: _home(visit))


def _home(visit: Visit) -> dict[str, Any]:
    grid = visit.snapshot.grid(HOME)
    rows = home_rows(visit, grid)
    roots = {visit.observatory.index.roots.get(d) for d in grid.view.dimensions} | {""}
    inside = [c for c in grid.cells.values() if c.concepts[0] in {r for r, _ in rows} and not roots & set(c.concepts)]
    gaps = visit.snapshot.gaps(FIRST_GAPS)
    shown = visit.snapshot.grid(FIRST_GAPS)
    return {
        "table": grids.table(visit, grid, rows),
        "legend": grids.legend(visit),
        "known": known_here(visit),
        "complete": render.completeness_sentence(visit.observatory.completeness(WHOLE), visit.language),
        "cells": len(inside),
        "states": {s.value: sum(c.state is s for c in inside) for s in State},
        "gaps": [gaplist.gap_card(visit, shown, g) | reasons(visit, shown, g) for g in first_of_each(gaps, _FIRST)],
        "gap_count": len(gaps),
        "lately": lately(visit, _DAYS),
        "newest": newest(visit),
        "withheld": len(visit.observatory.index.withheld),
    }


def known_here(visit: Visit) -> dict[str, int]:
    """Return how much there is of what the first page tells."""
    grid = visit.snapshot.grid(WHOLE)
    cell: Cell | None = grid.cells.get((visit.observatory.index.roots.get("stage", ""),))
    measures = dict(cell.measures) if cell else {}
    names = ("documented", "effect_shown", "harm_or_mixed", "countries")
    return {
        "practices": len(visit.observatory.index.practices),
        "searches": len(visit.observatory.index.statements),
        **{name: int(measures.get(name, 0)) for name in names},
        **{kind: visit.snapshot.counts.get(kind, 0) for kind in ("actor", "instrument", "provision", "collection")},
    }


def home_rows(visit: Visit, grid: Grid) -> list[tuple[str, int]]:
    """Return the rows of the first page: root, grounds by name with the groups shown under them, not stated."""
    axis = grid.axes[0]
    depth = dict(zip(axis.rows, axis.depths, strict=True))
    wanted = {identifiers.concept("group", code) for code in HOME_GROUPS}
    root = visit.observatory.index.roots.get("group", "")
    tops = sorted((r for r in axis.rows if depth[r] == 1 and r), key=lambda r: fold(visit.label(r)))
    rows = [(root, 0)] if root in depth else []
    for top in tops:
        rows.append((top, 1))
        children = visit.observatory.index.children.get(top, frozenset()) & wanted
        placed = {r for r, _ in rows}
        rows += [(c, 2) for c in sorted(children, key=lambda c: fold(visit.label(c))) if c in depth and c not in placed]
    return [*rows, *([("", 0)] if "" in depth else [])]


def first_of_each(gaps: Sequence[Gap], limit: int) -> list[Gap]:
    """Return the first gap of each kind, then the next ones: different actions side by side."""
    kinds: dict[str, Gap] = {}
    for gap in gaps:
        kinds.setdefault(gap.kind, gap)
    chosen = list(kinds.values())[:limit]
    chosen += [g for g in gaps if g not in chosen][: limit - len(chosen)]
    return sorted(chosen, key=lambda g: -g.priority)


def reasons(visit: Visit, grid: Grid, gap: Gap) -> dict[str, Any]:
    """Return why a gap stands where it does, in words, and how sure it is that it is one."""
    language = visit.language
    why = []
    for name in gap.parts:
        if name == gap.kind:
            continue
        marked = name in gap.cell.marks
        why.append(render.mark_words(name, language) if marked else render.say(f"card_order.{name}", language))
    made = visit.snapshot.gap_cards.card(grid, gap)
    return {"why": why, "sure": render.say(f"card_certainty.{made.certainty.word}", language)}


def lately(visit: Visit, days: int) -> list[tuple[str, list[tuple[str, list[tuple[str, int]]]]]]:
    """Return the last days of the ledger, the newest first: day, and by code of the change what was, and how many."""
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for date, change, class_, number in visit.snapshot.ledger:
        if date is None or change is None or class_ is None or number is None:
            continue
        if date.value not in found and len(found) == days:
            break
        told = found.setdefault(date.value, {})
        if class_.value in _TOLD:
            told.setdefault(grids.code(change.value), []).append((class_.value, int(number.value)))
    for told in found.values():
        for rows in told.values():
            rows.sort(key=lambda one: _TOLD.index(one[0]))
    return [(day, list(told.items())) for day, told in found.items()]


def newest(visit: Visit) -> list[str]:
    """Return some practices of the last day on which the ledger names any."""
    dates = sorted({day for _year, day in visit.snapshot.dated.values() if day}, reverse=True)
    if not dates:
        return []
    day = Literal(dates[0], datatype=NamedNode(PREFIXES["xsd"] + "date"))
    rows = visit.observatory.store.select(template.bind(query("lately-practices"), {"date": [day]})).rows
    iris = {row[0].value for row in rows if row[0] is not None}
    found = sorted(iris, key=lambda iri: fold(visit.label(iri)))
    step = max(1, len(found) // _NEWEST)
    return found[::step][:_NEWEST]
