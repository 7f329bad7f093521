"""`/diff`: which figures differ between two kept versions, and why; as a page, and as JSON by `/diff.json`."""

from __future__ import annotations

import json
import threading
import weakref
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import comparing, formats
from dgekg.differences import Changes, changes, faces
from dgekg.errors import StoreError, UnknownValue
from dgekg.observatory import Observatory
from dgekg.typography import day_words
from dgekg.web.house import House, Visit

_LINES = 60
_KEYS = ("from", "to", "lang")
_LOCK = threading.Lock()
_FOUND: weakref.WeakKeyDictionary[Observatory, tuple[str, Changes]] = weakref.WeakKeyDictionary()


def page(house: House, request: Request) -> Response:
    """`/diff`: `from` and `to` are ids of kept versions; without them the two newest."""
    visit = Visit(house, request)
    return visit.page("diff.html", lambda: _values(visit))


def document(house: House, request: Request) -> Response:
    """`/diff.json`: the same for programs."""
    visit = Visit(house, request)

    def made() -> str:
        found = _changes(visit, *_asked(visit))
        body = None if found is None else faces.document(found, visit.language)
        return json.dumps(body, ensure_ascii=False, indent=1) + "\n"

    return visit.answer(formats.JSON, made)


def _values(visit: Visit) -> dict[str, Any]:
    before, after = _asked(visit)
    found = _changes(visit, before, after)
    said = faces.parts(found, visit.language) if found is not None else []
    return {
        "known": [(one, _day(visit, one)) for one in _known(visit)],
        "asked": (before, after),
        "lead": faces.lead(found, visit.language) if found is not None else [],
        "parts": [(part, part.lines[:_LINES]) for part in said],
        "query": f"/diff.json?from={before}&to={after}",
        "now": visit.current,
    }


def _day(visit: Visit, version: str) -> str:
    """Return the day that a kept version reckons from, in words; "" where it cannot be told."""
    if version == visit.observatory.version:
        return day_words(visit.observatory.as_of, visit.language)
    try:
        return day_words(comparing.day(visit.observatory, version), visit.language)
    except StoreError:
        return ""


def _known(visit: Visit) -> list[str]:
    return [visit.observatory.version, *comparing.kept(visit.observatory)]


def _asked(visit: Visit) -> tuple[str, str]:
    """Return the earlier and the later version that the address asks for; "" for the earlier where there is none.

    Raises:
        UnknownValue: a parameter or version that is not known; the nearest is suggested.
        InputError: the beginning of an id that fits several.
    """
    params = visit.request.query_params
    for key in params:
        if key not in _KEYS:
            raise UnknownValue("diff", key, _KEYS)
    known = _known(visit)
    after = _version(params.get("to", ""), known, "to") or known[0]
    rest = [one for one in known if one != after]
    return _version(params.get("from", ""), known, "from") or (rest[0] if rest else ""), after


def _version(text: str, known: list[str], name: str) -> str:
    if not text:
        return ""
    found = [one for one in known if one.startswith(text)]
    if len(found) != 1:
        raise UnknownValue(name, text, known, f"Kept: {', '.join(known)}.")
    return found[0]


def _changes(visit: Visit, before: str, after: str) -> Changes | None:
    """Compare; the last comparison of each later version is remembered."""
    older = getattr(visit.house.source, "older", None)
    if not before or before == after or older is None:
        return None
    later = visit.observatory if after == visit.observatory.version else older(after)
    with _LOCK:
        known = _FOUND.get(later)
        if known is None or known[0] != before or known[1].before.suppressed.counter != later.suppressed.counter:
            earlier = visit.observatory if before == visit.observatory.version else older(before)
            known = _FOUND[later] = before, changes(earlier, later)
        return known[1]
