"""Pages of views: coverage as a table, what is behind a cell, and the gaps."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dgekg import explain, render
from dgekg.coverage import Cell, Grid, View
from dgekg.coverage.cells import MEASURES
from dgekg.coverage.gaps import KINDS
from dgekg.coverage.reading import once
from dgekg.errors import InputError, UnknownValue
from dgekg.web.house import House, Visit
from dgekg.web.people import directory, empty, grids, pages, viewform

START = "rows=group&cols=stage&depth=group%3D1"
_MOST_CELLS = 8_000
_GAPS = 40


def view_of(visit: Visit, *own: str, start: str = START) -> View:
    """Read the view that the address asks for; what a form leaves blank is left out.

    Args:
        visit: the request.
        own: keys that are the page's own; all but `at` can be given once.
        start: what is shown where nothing is asked for.

    Raises:
        InputError: a key or value that cannot be understood; the nearest is suggested.
    """
    params = visit.request.query_params
    own = (*own, "lang", "format", "safe")
    for key in own:
        if key != "at":
            once(key, params.getlist(key), "")
    pairs = [(k, v) for k, v in params.multi_items() if k not in own and v and not (k == "depth" and v.endswith("="))]
    query = urlencode(pairs) or start
    return View.from_query(query, visit.observatory.index, visit.observatory.names)


def coverage(house: House, request: Request) -> Response:
    """`/coverage`: any two dimensions as a table."""
    visit = Visit(house, request)
    return visit.page("coverage.html", lambda: _coverage(visit))


def _coverage(visit: Visit) -> dict[str, Any]:
    view = view_of(visit, "measure")
    form = viewform.of(visit, view)
    measure = form["measure"]
    grid = visit.snapshot.grid(view)
    large = len(grid.cells) > _MOST_CELLS or len(view.dimensions) > 2
    states: dict[str, int] = {}
    for cell in grid.cells.values():
        states[cell.state.value] = states.get(cell.state.value, 0) + 1
    return {
        **form,
        "grid": grid,
        "table": None if large else grids.table(visit, grid, measure=measure),
        "legend": grids.legend(visit),
        "states": states,
        "totals": render.totals(grid, visit.language),
        "query": view.query_string(),
        "state_words": lambda s: render.state_words(s, visit.language),
        "beyond": _beyond(visit, grid),
        "partly": any(c.partly_withheld for c in grid.cells.values()),
        "nothing": empty.of_coverage(visit, grid, **({} if measure == "practices" else {"measure": measure})),
        "doubts": explain.doubt_sentences(visit.observatory, view, visit.language),
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


def cell(house: House, request: Request) -> Response:
    """`/coverage/cell`: what is known of one cell, what was searched, and what could be done."""
    visit = Visit(house, request)
    return visit.page("cell.html", lambda: _cell(visit))


def one_cell(visit: Visit) -> tuple[Grid, Cell]:
    """Return the cell that the address names with `at`, with its view.

    Raises:
        InputError: not one `at` a dimension, or a value that is not known.
        ViewError: the view has no such row.
    """
    return explain.cell_at(visit.observatory, view_of(visit, "at"), visit.request.query_params.getlist("at"))


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
    told = explain.explain_cell(visit.observatory, grid, found, visit.language)
    return {
        "grid": grid,
        "cell": grids.drawn(visit, grid, found),
        "raw": found,
        "place": render.place(visit.observatory, grid, found, visit.language),
        "members": list(visit.snapshot.cards.of(found.members)),
        "says": [s for s in told.sentences[1:] if s not in {one.sentence for one in told.searches}],
        "searches": told.searches,
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
        "filters": viewform.filters(visit, view.filters),
        "query": view.query_string(),
        "dimensions": pages.dimensions(visit),
        "nothing": empty.of_gaps(visit, grid, found, kind),
    }
