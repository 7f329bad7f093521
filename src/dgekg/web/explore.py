"""Pages of views: coverage as a table, what is behind a cell, and the gaps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dgekg import render
from dgekg.coverage import Cell, Grid, View
from dgekg.coverage.cells import MEASURES
from dgekg.coverage.gaps import KINDS
from dgekg.coverage.view import NORMS, homes_of
from dgekg.errors import InputError, UnknownValue, ViewError
from dgekg.web import directory, grids, pages
from dgekg.web.house import House, Visit
from dgekg.web.snapshot import Facts

START = "rows=group&cols=stage&depth=group%3D1"
_MOST_CELLS = 8_000
_GAPS = 40


def view_of(visit: Visit, *own: str, start: str = START) -> View:
    """Read the view that the address asks for.

    Raises:
        InputError: a key or value that cannot be understood; the nearest is suggested.
    """
    pairs = [
        (k, v)
        for k, v in visit.request.query_params.multi_items()
        if k not in ("lang", "format", *own) and v and not (k in ("cols", "where", "depth") and v.endswith("="))
    ]
    query = urlencode(pairs) or start
    return View.from_query(query, visit.observatory.index, visit.observatory.names)


def coverage(house: House, request: Request) -> Response:
    """`/coverage`: any two dimensions as a table."""
    visit = Visit(house, request)
    return visit.page("coverage.html", lambda: _coverage(visit))


def _coverage(visit: Visit) -> dict[str, Any]:
    view = view_of(visit, "measure")
    measure = visit.request.query_params.get("measure", "practices") or "practices"
    if measure not in MEASURES:
        raise UnknownValue("measure", measure, MEASURES)
    grid = visit.snapshot.grid(view)
    large = len(grid.cells) > _MOST_CELLS or len(view.dimensions) > 2
    states: dict[str, int] = {}
    for cell in grid.cells.values():
        states[cell.state.value] = states.get(cell.state.value, 0) + 1
    depths = dict(view.depths)
    return {
        "view": view,
        "grid": grid,
        "table": None if large else grids.table(visit, grid, measure=measure),
        "legend": grids.legend(visit),
        "measure": measure,
        "measures": MEASURES,
        "norms": NORMS,
        "relations": tuple(visit.observatory.index.dimension("stage").relations),
        "depths": depths,
        "states": states,
        "dimensions": pages.dimensions(visit),
        "filters": _filters(visit, view),
        "query": view.query_string(),
        "state_words": lambda s: render.state_words(s, visit.language),
        "beyond": _beyond(visit, grid),
        "partly": any(c.partly_withheld for c in grid.cells.values()),
    }


def _beyond(visit: Visit, grid: Grid) -> dict[str, Any] | None:
    """Return what completeness and surprise say of a view; None where nothing is published about its filters."""
    if directory.withheld(visit, grid.view):
        return None
    complete = visit.observatory.completeness(grid.view)
    return {
        "completeness": render.completeness_sentence(complete, visit.language),
        "rounds": render.round_sentences(visit.observatory, complete, visit.language),
        "surprise": render.surprise_sentence(visit.observatory.surprise(grid), visit.language),
    }


def _filters(visit: Visit, view: View) -> list[tuple[str, str]]:
    """Return the filters as they stand in the form, and in words."""
    found = []
    for one in view.filters:
        sign = "!=" if one.negated else "="
        text = f"{one.dimension}{sign}{','.join(grids.code(v) for v in one.values)}"
        values = ", ".join(visit.label(v) for v in one.values)
        shown = visit.t("practices.without", values=values) if one.negated else values
        found.append((text, f"{visit.dimension_words(one.dimension)}: {shown}"))
    return found


def cell(house: House, request: Request) -> Response:
    """`/coverage/cell`: what is known of one cell, what was searched, and what could be done."""
    visit = Visit(house, request)
    return visit.page("cell.html", lambda: _cell(visit))


def one_cell(visit: Visit) -> tuple[Grid, Cell]:
    """Return the cell that the address names with `at`.

    Raises:
        InputError: not one `at` a dimension, or a value that is not known.
    """
    view = view_of(visit, "at")
    places = visit.request.query_params.getlist("at")
    if len(places) != len(view.dimensions):
        raise InputError(f"at: found {len(places)} values for {len(view.dimensions)} dimensions; give one for each.")
    grid = visit.snapshot.grid(view)
    concepts = tuple(
        "" if place == grids.NOT_STATED else _concept(visit, name, place)
        for name, place in zip(view.dimensions, places, strict=True)
    )
    found = grid.cells.get(concepts)
    if found is None:
        raise ViewError(f"at: {', '.join(places)} is not a cell of this view.")
    return grid, found


def _concept(visit: Visit, dimension: str, text: str) -> str:
    found = visit.observatory.index.dimension(dimension)
    return visit.observatory.names.resolve(text, homes_of(found), dimension)


def _cell(visit: Visit) -> dict[str, Any]:
    grid, found = one_cell(visit)
    index = visit.observatory.index
    around = []
    for position, iri in enumerate(found.concepts):
        for broader in sorted(index.within.get(iri, frozenset()) - {iri}, key=lambda b: -len(index.within.get(b, ()))):
            other = (*found.concepts[:position], broader, *found.concepts[position + 1 :])
            if other in grid.cells:
                around.append(
                    (
                        broader,
                        grids.drawn(visit, grid, grid.cells[other]),
                        grids.explanation(visit, grid, grid.cells[other]),
                    )
                )
    statements = {s.iri: s for s in index.statements}
    return {
        "grid": grid,
        "cell": grids.drawn(visit, grid, found),
        "raw": found,
        "place": render.place(visit.observatory, grid, found, visit.language),
        "members": [visit.snapshot.cards.get(p, Facts(p, {})) for p in found.members],
        "searches": [statements[s] for s in found.statements if s in statements],
        "around": around,
        "measures": MEASURES,
        "names": [visit.dimension_words(d) for d in grid.view.dimensions],
        "query": grid.view.query_string(),
        "leads": directory.leads,
    }


def gaps(house: House, request: Request) -> Response:
    """`/gaps`: what is missing, by kind, the broadest and gravest first."""
    visit = Visit(house, request)
    return visit.page("gaps.html", lambda: _gaps(visit))


def _gaps(visit: Visit) -> dict[str, Any]:
    kind = visit.request.query_params.get("kind", "")
    if kind and kind not in KINDS:
        raise UnknownValue("kind", kind, KINDS)
    view = view_of(visit, "kind", "from", start="rows=group&cols=stage")
    begin = visit.request.query_params.get("from", "") or "0"
    if not begin.isascii() or not begin.isdigit() or len(begin) > 6:
        raise InputError(f'from: found "{begin}", expected a whole number.')
    grid = visit.snapshot.grid(view)
    found = visit.snapshot.gaps(view)
    chosen = [g for g in found if g.kind == kind] if kind else found
    start = int(begin)
    return {
        "view": view,
        "kind": kind,
        "kinds": [(k, sum(g.kind == k for g in found), render.gap_words(k, visit.language)) for k in KINDS],
        "total": len(chosen),
        "all": len(found),
        "start": start,
        "gaps": [pages.gap_card(visit, grid, g) for g in chosen[start : start + _GAPS]],
        "next": start + _GAPS if start + _GAPS < len(chosen) else 0,
        "tally": {k: sum(g.kind == k for g in found) for k in KINDS},
        "filters": _filters(visit, view),
        "query": view.query_string(),
        "dimensions": pages.dimensions(visit),
    }
