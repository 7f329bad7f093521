"""Dereferencing: 303 by Accept to a document, and the documents themselves as HTML, RDF and plain JSON.

One function answers for every address of ours; what stands behind an address is `resources`' to say, what a document
says `assembled`'s, how its JSON looks `frame`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import context as contexts
from dgekg import formats, identifiers
from dgekg.context import NAMESPACES, Context
from dgekg.errors import InputError, NotAcceptable, RecordGone, RecordNotFound
from dgekg.formats import Format
from dgekg.vocabulary import LANGUAGES
from dgekg.web import words
from dgekg.web.house import LICENCE, House, Visit
from dgekg.web.linked import assembled, citing, frame, gone, linking, profiles, record_page, resources
from dgekg.web.linked.assembled import Page
from dgekg.web.linked.resources import Resource
from dgekg.web.people import asking

_SUFFIXES = {f.suffix: f for f in formats.RECORDS}
_VARY = "Accept, Accept-Encoding, Accept-Language, Accept-Profile"
_OWN = frozenset({"lang", "_profile", "_mediatype"})
_FOREVER = "public, max-age=31536000, immutable"


def resource(house: House, request: Request) -> Response:
    """Whatever has an address of ours: `/id/...`, `/scheme/...`, `/ontology...`, `/shapes...` and its documents."""
    visit = Visit(house, request)
    path, cited = citing.split(request.url.path)
    path, wanted = (path, None) if cited else _split(path)
    try:
        found = resources.of_path(visit, path)
    except RecordGone as error:
        return _gone(visit, path, wanted, error)
    except NotAcceptable:
        raise
    except InputError as error:
        if error.http_status == 404:
            raise
        raise RecordNotFound(f"{path}: there is no such record here.") from error
    if cited is not None:
        return _cited(visit, found, cited)
    here, liked = profiles.chosen(visit)
    if wanted is None or (wanted is not formats.HTML and here != liked):
        return _see(visit, found, wanted, liked)
    return _document(visit, found, wanted, here)


def questions(house: House, request: Request) -> Response:
    """`/questions`: the page for people; its list as RDF and JSON at `/questions.ttl` and the like."""
    return pages_or_resource(house, request, asking.listed)


def question(house: House, request: Request) -> Response:
    """`/questions/{slug}`: the page with its form; the question itself as RDF and JSON at `/questions/{slug}.ttl`."""
    return pages_or_resource(house, request, asking.one)


def pages_or_resource(house: House, request: Request, page: Callable[[House, Request], Response]) -> Response:
    """Answer with a page of people's where HTML is wanted, at the address without suffix; else as any resource.

    An address that says more, such as what a question is to be asked with, is the page's.
    """
    path, wanted = _split(request.url.path)
    if wanted is None and set(request.query_params) - _OWN:
        return _linked(house, request, path, page)
    if "_profile" in request.query_params or wanted not in (None, formats.HTML):
        return resource(house, request)
    if wanted is formats.HTML:
        return RedirectResponse(Visit(house, request).url(path, request.query_params.multi_items()), 308)
    if _negotiated(request, path) is formats.HTML:
        return _linked(house, request, path, page)
    return resource(house, request)


def _linked(house: House, request: Request, path: str, page: Callable[[House, Request], Response]) -> Response:
    answer = page(house, request)
    visit = Visit(house, request)
    answer.headers["Link"] = linking.header(visit, resources.of_path(visit, path), "full", formats.HTML)
    return answer


def context(house: House, request: Request) -> Response:
    """`/context/{n}` and `/context/{n}.jsonld`: a JSON-LD context; what a number says never changes."""
    visit = Visit(house, request)
    name = request.path_params["name"]
    stem = name.removesuffix(f".{formats.JSONLD.suffix}")
    project = visit.observatory.project
    if stem not in map(str, contexts.numbers(project)):
        known = ", ".join(map(str, contexts.numbers(project)))
        raise RecordNotFound(f"/context/{name}: there is no context of that number. There is: {known}.")
    if stem == name:
        address = f"{visit.base}/context/{stem}.{formats.JSONLD.suffix}"
        return RedirectResponse(address, 303, {"Cache-Control": _FOREVER})
    body = (contexts.folder(project) / name).read_bytes()
    return visit.answer(formats.JSONLD, lambda: body, {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"})


def _split(path: str) -> tuple[str, Format | None]:
    stem, dot, suffix = path.rpartition(".")
    return (stem, _SUFFIXES[suffix]) if dot and suffix in _SUFFIXES else (path, None)


def _negotiated(request: Request, path: str) -> Format:
    asked = request.query_params.get("_mediatype", "") or request.headers.get("accept", "")
    kind = formats.negotiate(asked, formats.RECORDS)
    if kind is None:
        known = ", ".join(f.media_type for f in formats.RECORDS)
        raise NotAcceptable(f"{path} cannot be given as any type that the client accepts. Accept one of {known}.")
    return kind


def _see(visit: Visit, found: Resource, wanted: Format | None, profile: str) -> Response:
    """Answer 303 with the document that a client likes best."""
    kind = wanted or _negotiated(visit.request, found.path)
    kept = [(k, v) for k, v in visit.request.query_params.multi_items() if k not in ("_profile", "_mediatype")]
    if profile != "full":
        kept.append(("_profile", profile))
    answer = RedirectResponse(visit.url(f"{found.path}.{kind.suffix}", kept), 303)
    answer.headers["Vary"] = _VARY
    answer.headers["Link"] = linking.header(visit, found, profile)
    return answer


def _document(visit: Visit, found: Resource, kind: Format, profile: str) -> Response:
    page = _page(visit)
    profile = "full" if page is not None else profile
    headers = {
        "Link": linking.header(visit, found, profile, kind),
        "Content-Profile": f"<{identifiers.profile(profile)}>",
        "Vary": _VARY,
    }
    if kind is formats.HTML:
        template, values = record_page.of(visit, found, profile, page)
        return visit.page(template, values, **headers)
    headers["Content-Language"] = ", ".join(LANGUAGES)
    return visit.answer(kind, lambda: written(visit, found.iri, kind, profile, page), headers)


def _cited(visit: Visit, found: Resource, kind: Format) -> Response:
    """Answer with how a thing is cited, as a file to keep."""
    name = f"dgekg-{found.path.rsplit('/', 1)[-1]}.{kind.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Link": linking.header(visit, found, "full")}
    return visit.answer(kind, lambda: citing.written(visit, found.iri, kind), headers)


def _page(visit: Visit) -> Page | None:
    asked = visit.request.query_params
    return Page(asked["inverse"], asked.get("after", "")) if asked.get("inverse") else None


def written(visit: Visit, iri: str, kind: Format, profile: str = "full", page: Page | None = None) -> bytes:
    """Return the bytes of a document as RDF or JSON; the same version gives the same.

    Args:
        visit: the request, which says of which version.
        iri: what it is about.
        kind: RDF format, or JSON.
        profile: full, card, labels or alt.
        page: instead of the whole document, one page of what points at it.
    """
    return _serialized(iri, assembled.triples(visit, iri, profile, page), kind, _context(visit))


def _serialized(iri: str, triples: list[ox.Triple], kind: Format, context_: Context) -> bytes:
    if kind in (formats.JSON, formats.JSONLD):
        framed = frame.framed(iri, triples, context_)
        body = frame.with_context(framed, context_) if kind is formats.JSONLD else framed
        return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()
    prefixes = dict(NAMESPACES) if kind in (formats.TURTLE, formats.RDFXML) else None
    return ox.serialize(sorted(triples, key=str), format=kind.rdf, prefixes=prefixes) or b""


def _context(visit: Visit) -> Context:
    return contexts.newest(visit.observatory.project)


def _gone(visit: Visit, path: str, wanted: Format | None, error: RecordGone) -> Response:
    """Answer for what is gone: 301 to what stands in its place, else a tombstone in every format."""
    headers: Mapping[str, str] = {"Vary": _VARY, "Cache-Control": "public, max-age=0, must-revalidate"}
    if error.replaced_by:
        successor = identifiers.path_of(error.replaced_by)
        link = linking.joined([(error.replaced_by, "successor-version", {}), (error.replaced_by, "canonical", {})])
        place = visit.url(f"{successor}.{wanted.suffix}" if wanted else successor)
        return RedirectResponse(place, 301, {**headers, "Link": link})
    kind = wanted or _negotiated(visit.request, path)
    more = {**headers, "Link": linking.joined([(LICENCE, "license", {})])}
    if kind is formats.HTML:
        page = visit.render("gone.html", {"error": error, "day": words.day(error.date, visit.language)})
        return Response(page, 410, {**more, "Content-Language": visit.language}, kind.media_type)
    body = _serialized(error.name, gone.tombstone(error), kind, _context(visit))
    return Response(body, 410, more, kind.media_type)
