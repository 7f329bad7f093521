"""Errors as answers: problem+json for programs, a page that says what was meant for people; never a traceback."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from typing import Any
from urllib.parse import quote, urlencode

from fastapi.exceptions import RequestValidationError
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, problems
from dgekg.errors import DgekgError, InputError, RecordNotFound
from dgekg.nearness import nearest
from dgekg.vocabulary import BASE, LANGUAGES
from dgekg.web import mending
from dgekg.web.catalogue.signposts import PAGES
from dgekg.web.house import CONTROL, House, Visit
from dgekg.web.service.asked import base_of
from dgekg.web.sparql import guard
from dgekg.web.words import language_of, messages, say

_LOG = logging.getLogger("dgekg.web")
_SHORT = 3
_PROGRAMS = ("/api/", "/sparql", "/health", "/openapi.json", "/reconcile", "/practices.atom")
# What somebody may have meant who asks for an address that is not there.
_KNOWN = sorted(
    {
        *PAGES,
        *("/embed/coverage", "/sparql", "/ontology", "/openapi.json", "/reconcile", "/practices.atom", "/health"),
        *("/api/practices", "/api/actors", "/api/standards", "/api/concepts", "/api/questions", "/api/gaps"),
        *("/api/coverage", "/api/coverage/intersections", "/api/lookup", "/api/search"),
    }
    - {"/"}
)
_TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Took too long",
    410: "Gone",
    413: "Too long",
    415: "Unsupported media type",
    429: "Too many requests",
    500: "Fault of ours",
    503: "Not available",
    504: "No answer in time",
}


def expected(house: House, request: Request, error: DgekgError) -> Response:
    """Answer a DgekgError with its status; where our files lie is for the log alone."""
    message = str(error)
    if error.http_status >= 500:
        if error.http_status == 500:
            _LOG.error("%s: %s", request.url.path, message)
        with contextlib.suppress(InputError):
            message = message.replace(f"{house.settings.project().root}/", "")
    headers, extra = _beside(error)
    suggestions: list[tuple[str, str]] = []
    if isinstance(error, InputError) and error.suggestions:
        differing = {s.casefold(): s for s in reversed(error.suggestions)}
        suggestions = [(s, _mended(request, error.found, s)) for s in reversed(differing.values())]
    return _answer(house, request, error.http_status, message, headers, extra, suggestions, error)


def _beside(error: DgekgError) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the headers and the members of a problem that an error brings."""
    headers = dict(error.headers)
    retry = getattr(error, "retry_after", 10 if error.http_status in (429, 503, 504) else 0)
    if retry:
        headers["Retry-After"] = str(retry)
    return headers, {**problems.members(error), **guard.position(str(error))}


def program(request: Request, error: DgekgError) -> Response:
    """Answer a DgekgError where there are no pages at all."""
    headers, extra = _beside(error)
    message = CONTROL.sub("\ufffd", str(error))
    return _problem(request, error.http_status, message, {"Cache-Control": "no-store", **headers}, extra)


def program_http(request: Request, error: HTTPException) -> Response:
    """Answer the framework's own errors where there are no pages at all."""
    headers = dict(error.headers or {})
    message = f"{request.url.path}: there is nothing at this address. Try /sparql."
    if error.status_code == 405:
        message = f"{request.method} is not possible here. Allowed: {headers.get('Allow', headers.get('allow', ''))}."
    return _problem(request, error.status_code, message, headers, {})


def http(house: House, request: Request, error: HTTPException) -> Response:
    """Answer the framework's own errors: no such address, no such method."""
    if error.status_code == 404:
        found = request.url.path
        near = nearest(found, _KNOWN)
        message = f"{found}: there is nothing at this address."
        return _answer(house, request, 404, message, {}, {"suggestions": near}, [(n, n) for n in near], None)
    headers = dict(error.headers or {})
    message = _TITLES.get(error.status_code, "Error")
    if error.status_code == 405:
        allowed = headers.get("Allow", headers.get("allow", "GET, HEAD"))
        message = f"{request.method} is not possible here. Allowed: {allowed}."
    return _answer(house, request, error.status_code, message, headers, {}, [], None)


def invalid(house: House, request: Request, error: RequestValidationError) -> Response:
    """Answer a parameter of the wrong type."""
    parts = [f"{'.'.join(str(x) for x in e['loc'][1:])}: {e['msg']}" for e in error.errors()]
    return _answer(house, request, 400, "; ".join(parts) + ".", {}, {}, [], None)


def unexpected(house: House, request: Request, error: Exception) -> Response:
    """Answer a fault of ours: written to the log, never shown."""
    _LOG.exception("%s", request.url.path, exc_info=error)
    return _answer(house, request, 500, "This is a fault of ours; it has been written down.", {}, {}, [], None)


def _answer(
    house: House,
    request: Request,
    status: int,
    message: str,
    headers: dict[str, str],
    extra: dict[str, Any],
    suggestions: list[tuple[str, str]],
    error: DgekgError | None,
) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language", **headers}
    message = CONTROL.sub("\ufffd", message)
    if not wants_page(request):
        more = {"suggestions": _near_addresses(house, request)} if isinstance(error, RecordNotFound) else {}
        return _problem(request, status, message, headers, {**extra, **more}, mending.language(request), error)
    language = "en"
    try:
        language = language_of(request.query_params.get("lang", ""), request.headers.get("accept-language", ""))
        visit = Visit(house, plain(request))
        if isinstance(error, RecordNotFound):
            iri = request.url.path.rpartition(".")[0] or request.url.path
            suggestions = [(visit.label(n), visit.to(n)) for n in _near(visit, request.url.path, iri)]
        key = f"error.{status}" if f"error.{status}" in visit.words else "error.other"
        links = [(words, visit.url(path)) for words, path in suggestions if path]
        where, path = mending.way(plain(request), error) if isinstance(error, InputError) else ("", "")
        links += [(visit.t(where), visit.url(path))] if where else []
        told = _told(language, status, error, request)
        values = {"status": status, "key": key, "told": told, "message": message, "suggestions": links}
        page = visit.render("error.html", values)
    except Exception as fault:
        if status != 503:
            _LOG.exception("the error page itself failed", exc_info=fault)
        page = bare_page(house, request, language, status, message)
    headers["Content-Language"] = language
    return Response(page, status, headers, formats.HTML.media_type)


def _told(language: str, status: int, error: DgekgError | None, request: Request) -> str:
    return CONTROL.sub("\ufffd", mending.told(language, status, error, request.url.path))


def _problem(
    request: Request,
    status: int,
    message: str,
    headers: dict[str, str],
    extra: dict[str, Any],
    language: str = "en",
    error: DgekgError | None = None,
) -> Response:
    """Answer a program; in another language than English as far as the pages have words, the exact ones beside them."""
    said = _told(language, status, error, request) if language != "en" else ""
    detail = f"{said} {message}" if said.endswith(":") else said or message  # which announces the English words
    known = messages(language)
    body = {
        "type": "about:blank",
        "title": known.get(f"error.{status}", known["error.other"]) if said else _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        **({"detail_en": message} if said else {}),
        "instance": request.url.path,
        **extra,
    }
    text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    headers["Content-Language"] = language if said else "en"
    return Response(text, status, headers, formats.PROBLEM.media_type)


def _near_addresses(house: House, request: Request) -> list[str]:
    """Return the paths of what may have been meant; an error must not fail over its own suggestions."""
    try:
        visit = Visit(house, plain(request))
        path = request.url.path
        return [visit.to(n) for n in _near(visit, path, path.rpartition(".")[0] or path)]
    except DgekgError:
        return []


def _near(visit: Visit, path: str, stem: str) -> list[str]:
    for candidate in (stem, path):
        found = visit.snapshot.near(BASE + candidate.lstrip("/"))
        if found:
            return found
    return []


def wants_page(request: Request) -> bool:
    """Whether an error is to be a page rather than a problem document."""
    path = request.url.path
    if path.startswith(_PROGRAMS) or path.rpartition(".")[2] in ("json", "jsonld", "ttl", "nt", "rdf"):
        return False
    try:
        kind = formats.negotiate(request.headers.get("accept", ""), (formats.HTML, formats.JSON, formats.TURTLE))
    except InputError:
        return False
    return kind is formats.HTML


def plain(request: Request) -> Request:
    """Return the request without what cannot be read at all, so that its error page can be made."""
    every = request.query_params.multi_items()
    pairs = [(k, v) for k, v in every if not CONTROL.search(k + v) and (k != "lang" or v in LANGUAGES)]
    path = CONTROL.sub("\ufffd", request.url.path)
    if pairs == every and path == request.url.path:
        return request
    return Request({**request.scope, "path": path, "query_string": urlencode(pairs).encode()})


def _mended(request: Request, found: str, suggestion: str) -> str:
    """Return this address with what was not known replaced by what may have been meant; "" where it stands nowhere."""
    pairs = []
    hit = False
    for key, value in request.query_params.multi_items():
        mended = key if key != found else suggestion
        text = value if hit or mended != key else _replaced(value, found, suggestion)
        hit = hit or mended != key or text != value
        pairs.append((mended, text))
    path = request.url.path
    if not hit and path.rpartition("/")[2] == found:
        return f"{path.rpartition('/')[0]}/{quote(suggestion)}"
    return f"{path}?{urlencode(pairs)}" if hit else ""


def _replaced(value: str, found: str, suggestion: str) -> str:
    """Return a parameter with one of its parts replaced: whole, else a dimension or value of a condition.

    >>> _replaced("stage=a", "a", "data"), _replaced("group=women, mne", "mne", "men")
    ('stage=data', 'group=women, men')
    """
    if not found.strip() or value.strip() == found.strip():
        return suggestion if found.strip() else value
    parts = re.split(r"(!=|=|,)", value)
    at = next((n for n, part in enumerate(parts) if part.strip() == found.strip()), None)
    if at is not None:
        parts[at] = parts[at].replace(found.strip(), suggestion)
        return "".join(parts)
    return value.replace(found, suggestion, 1) if len(found) > _SHORT else value


def bare_page(house: House, request: Request, language: str, status: int, message: str) -> str:
    """Return a page that needs no version, for when there is none."""
    style = base_of(request.scope) + house.built.path("base.css")
    known = status in (500, 503)
    title = say(language, f"error.{status}" if known else "error.other")
    told = say(language, f"error.says_{status}") if known else ""
    return Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="{}"></head>'
        '<body><main class="wide"><h1>{}</h1><p>{}</p><p lang="en">{}</p></main></body></html>'
    ).format(language, title, style, title, told, f"{status}: {message}")
