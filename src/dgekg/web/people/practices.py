"""`/practices`: the directory as a list, a table or a map, with facets, chips, and ways to take it with you."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import finding
from dgekg.errors import UnknownValue
from dgekg.web.house import House, Visit
from dgekg.web.people import copying, directory, empty, facets, mapped
from dgekg.web.people.facets import Shelf

FACES = {"list": 20, "table": 50, "map": 1}  # and how many practices are on a page of each


def page(house: House, request: Request) -> Response:
    """`/practices`: the practices that fit."""
    visit = Visit(house, request)
    return visit.page("practices.html", lambda: _values(visit))


def _values(visit: Visit) -> dict[str, Any]:
    shelf = shelf_of(visit)
    shown, ready = shelf.shown, mapped.ready(visit)
    return {
        "shown": shown,
        "shelf": shelf,
        "faces": [(name, shelf.href(view=name)) for name in FACES],
        "closed": directory.withheld(visit, shown.view),
        "nothing": empty.of_listing(visit, shown),
        "notes": finding.notes(shown.searched, visit.language),
        "meant": [(text, visit.here(q=text, cursor="")) for text in shown.searched.suggestions],
        "chips": facets.chips(visit, shown, shelf.face),
        "clear": facets.clear(visit, shelf.face),
        "facets": facets.facets(shelf),
        "snippets": copying.snippets(visit, shown),
        "leads": directory.leads,
        "sorts": directory.SORTS if shown.text else directory.SORTS[1:],
        "map": mapped.of(shelf) if shelf.face == "map" and ready and shown.found else None,
        "map_ready": ready,
    }


def shelf_of(visit: Visit) -> Shelf:
    """Read the request: the listing, its face and the facet that is open whole.

    Raises:
        InputError: a filter, order, cursor, face or facet that cannot be understood; the nearest is suggested.
    """
    face = visit.request.query_params.get("view", "") or "list"
    if face not in FACES:
        raise UnknownValue("view", face, FACES)
    shown = directory.listing(visit, usual=FACES[face])
    opened = visit.request.query_params.get("facet", "")
    known = visit.observatory.index.dimensions
    if opened and opened not in known:
        raise UnknownValue("facet", opened, known)
    return Shelf(visit, shown, face, opened)
