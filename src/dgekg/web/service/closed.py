"""Answers for an address that is closed: of a version that is no longer kept, or of a record while nothing can be read.

What became of a record is told by `web.linked.gone`, in all its forms; here it is said where not even that
can be opened.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, identifiers
from dgekg.errors import CursorGone, DgekgError, RecordGone, VersionGone, VersionUnknown
from dgekg.web import faults
from dgekg.web.house import House, Visit
from dgekg.web.service.asked import ASKED, BASE_KEY, VERSION_KEY, Asked
from dgekg.web.words import day


def answer(house: House, request: Request, error: DgekgError) -> Response:
    """Answer with a tombstone, or with the versions that are kept; other errors as everywhere."""
    if isinstance(error, RecordGone):
        said = {"record": error.name, "kind": error.kind, "date": error.date, "replaced_by": error.replaced_by}
        body = {name: value for name, value in said.items() if value}
        keys = (f"gone.{error.kind}", f"gone.{error.kind}_what")
        return _reply(house, request, error, keys, {"date": error.date}, body, [error.replaced_by])
    if isinstance(error, VersionGone):
        base = str(request.scope.get(BASE_KEY, ""))
        near = [f"{base}/version/{version}{request.url.path}" for version in error.suggestions]
        key = "closed.unknown" if isinstance(error, VersionUnknown) else "closed.version"
        keys = (f"{key}_title", key)
        keep = house.settings.keep_versions
        rule = f"Kept are the current version and {keep} before it, and any that is being read."
        return _reply(house, request, error, keys, {"keep": keep}, {"rule": rule, "suggestions": near}, near)
    if isinstance(error, CursorGone) and request.method == "GET" and not request.scope.get(VERSION_KEY):
        address = _kept(house, request, error.version)
        if address:
            return RedirectResponse(address, 307)
    return faults.expected(house, request, error)


def _kept(house: House, request: Request, version: str) -> str:
    """Return this very address in a version that is kept; "" where it is not, and the list has to begin again."""
    try:
        full = house.source.find(version) if hasattr(house.source, "find") else ""
    except DgekgError:
        return ""
    query = request.url.query
    base = str(request.scope.get(BASE_KEY, ""))
    return f"{base}/version/{full}{request.url.path}{'?' + query if query else ''}" if full == version else ""


def _reply(
    house: House,
    request: Request,
    error: DgekgError,
    keys: tuple[str, str],
    words: dict[str, Any],
    body: dict[str, Any],
    links: list[str],
) -> Response:
    headers = {"Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
    status = error.http_status
    if not faults.wants_page(request):
        title = "Gone" if status == 410 else "Not found"
        whole = {"type": "about:blank", "title": title, "status": status, "detail": str(error), **body}
        whole["instance"] = request.url.path
        text = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
        return Response(text, status, headers, formats.PROBLEM.media_type)
    token = ASKED.set(Asked())
    try:
        visit = Visit(house, faults.plain(Request({**request.scope, VERSION_KEY: ""})))
        shown = [_link(visit, link) for link in links if link]
        said = {**words, "date": day(str(words.get("date", "")), visit.language)}
        title, told = visit.t(keys[0]), visit.t(keys[1], **said)
        page = visit.render("closed.html", {"status": status, "title": title, "told": told, "links": shown})
        headers["Content-Language"] = visit.language
    except DgekgError:  # there is no version to make a page of
        page = faults.bare_page(house, request, "en", status, str(error))
    finally:
        ASKED.reset(token)
    return Response(page, status, headers, formats.HTML.media_type)


def _link(visit: Visit, link: str) -> tuple[str, str]:
    if identifiers.parse(link):
        return visit.label(link), visit.to(link)
    version = link.partition("/version/")[2].partition("/")[0]
    return visit.t("then.latest") if version == visit.current else visit.t("closed.other", version=version), link
