"""`/api/search`: everything that has the words of a text, of all kinds, for a search field and for programs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dgekg import finding
from dgekg.errors import InputError, shown
from dgekg.textsearch import KINDS
from dgekg.web import api, pages
from dgekg.web.house import House, Visit

_LIMIT, _MOST, _DEEPEST = 20, 100, 10_000
_PARAMETERS = (
    ("q", "string", 'Words to find; "in a row", -without; the last may be unfinished. No text is refused.'),
    ("kind", "array", f"Only these kinds, of {', '.join(KINDS)}; repeat, or separate by commas. All unless given."),
    ("limit", "integer", f"At most so many rows; 1 to {_MOST}, {_LIMIT} unless given."),
    ("cursor", "integer", "`cursor` of the answer before."),
    ("format", "string", "json or csv; else the Accept header decides."),
    ("lang", "string", "Language of titles: en, fr or es; names in it come before equals in another."),
)


def router(house: House) -> APIRouter:
    """Return the route, bound to a house."""
    routes = APIRouter()

    @routes.get(
        "/api/search",
        summary="Full-text search over practices, actors, instruments, provisions and concepts",
        openapi_extra={"parameters": [_parameter(*one) for one in _PARAMETERS]},
    )
    def search(request: Request) -> Response:
        """Find what has all words of a text, in any language, the best first; small mistakes are forgiven."""
        visit = Visit(house, request)
        pages.known(visit, "q", "kind", "limit", "cursor", "format")
        return api.reply(visit, lambda: _rows(visit), keep=False)

    return routes


def _rows(visit: Visit) -> api.Rows:
    params = visit.request.query_params
    text = " ".join(params.get("q", "").split())
    kinds = [kind for given in params.getlist("kind") for kind in given.split(",") if kind]
    limit = _number(visit, "limit", _LIMIT, 1, _MOST)
    start = _number(visit, "cursor", 0, 0, _DEEPEST)
    found = visit.observatory.search.find(text, visit.language, kinds, limit, start)
    after = start + limit
    more = after < found.total and after <= _DEEPEST
    pairs = [("q", text), *(("kind", kind) for kind in kinds), ("limit", str(limit)), ("cursor", str(after))]
    about: dict[str, Any] = {
        "query": text[:_MOST],
        "total": found.total,
        "cursor": after if more else None,
        "next": f"/api/search?{urlencode(pairs)}" if more else None,
        "respelt": list(found.respelt),
        "suggestions": list(found.suggestions),
        "notes": [*finding.notes(found, visit.language), *(finding.empty_notes(found, visit.language) if text else ())],
    }
    return finding.COLUMNS, finding.rows(visit.observatory, found, visit.language), about


def _number(visit: Visit, name: str, usual: int, least: int, most: int) -> int:
    text = visit.request.query_params.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not least <= int(text) <= most:
        raise InputError(f'{name}: found "{shown(text)}", expected a whole number from {least} to {most}.', text)
    return int(text)


def _parameter(name: str, kind: str, words: str) -> dict[str, Any]:
    schema = {"type": "array", "items": {"type": "string"}} if kind == "array" else {"type": kind}
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
