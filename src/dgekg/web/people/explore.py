"""Pages of views: reading what an address asks for, what is behind a cell, and the gaps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dgekg import explain, render
from dgekg.coverage import Cell, Grid, View
from dgekg.coverage.cells import MEASURES
from dgekg.coverage.reading import once
from dgekg.web.house import House, Visit
from dgekg.web.people import directory, grids

START = "rows=group&cols=stage&depth=group%3D1"
_GAPS = 40
_MEMBERS = 12


def view_of(visit: Visit, *own: str, start: str = START, lists: Sequence[str] = ("at",)) -> View:
    """Read the view that the address asks for; what a form leaves blank is left out.

    Args:
        visit: the request.
        own: keys that are the page's own; each can be given once, but for `lists`.
        start: what is shown where nothing is asked for.
        lists: keys of the page's own that can be given several times.

    Raises:
        InputError: a key or value that cannot be understood; the nearest is suggested.
    """
    params = visit.request.query_params
    own = (*own, "lang", "format", "safe")
    for key in own:
        if key not in lists:
            once(key, params.getlist(key), "")
    pairs = [(k, v) for k, v in params.multi_items() if k not in (*own, *lists) and v]
    # A form sends the levels of each dimension that it showed, a blank for all; the reader may have left one since.
    shown = {value for key, value in pairs if key in ("rows", "cols")} or {"stage"}
    known = visit.observatory.index.dimensions
    pairs = [(k, v) for k, v in pairs if k != "depth" or not _of_form(v, shown, known)]
    query = urlencode(pairs) or start
    return View.from_query(query, visit.observatory.index, visit.observatory.names)


def _of_form(depth: str, shown: Collection[str], known: Collection[str]) -> bool:
    """Whether a depth says nothing: no level, or one of a dimension that is not shown (any more)."""
    name, _, level = depth.partition("=")
    return not level or (name in known and name not in shown)


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
        "sentences": _sentences(grids.drawn(visit, grid, found).sentence),
        "members": list(visit.snapshot.cards.of(found.members[:_MEMBERS])),
        "all_href": grids.behind(visit, grid, found) if len(found.members) > _MEMBERS else "",
        "says": [s for s in told.sentences[1:] if s not in {one.sentence for one in told.searches}],
        "searches": told.searches,
        "around": around,
        "measures": MEASURES,
        "names": [visit.dimension_words(d) for d in grid.view.dimensions],
        "query": grid.view.query_string(),
        "leads": directory.leads,
    }


def _sentences(text: str) -> list[str]:
    """Return the first sentence and the rest: a heading, and what follows it.

    >>> _sentences("Data: 2 practices. One is documented. More say so.")
    ['Data: 2 practices.', 'One is documented. More say so.']
    """
    first, _stop, rest = text.partition(". ")
    return [f"{first}.", rest] if rest else [text]
