"""JSON and CSV for programs: practices, coverage, gaps, questions, look-up, health."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, identifiers, questions, render
from dgekg.coverage.gaps import KINDS
from dgekg.errors import InputError, NotAcceptable, UnknownValue
from dgekg.formats import Format
from dgekg.settings import today
from dgekg.web import asking, directory, explore
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import bare

Rows = tuple[Sequence[str], Sequence[Sequence[Any]], dict[str, Any]]
Make = Callable[[], Rows]

_PARAMETERS: dict[str, tuple[str, str]] = {
    "where": ("array", "dimension=value; `a,b` any of, `!=` none of; repeat for all of. Labels, codes or IRIs."),
    "q": ("string", "Words in title, description or actor."),
    "cursor": ("string", "`cursor` of the answer before."),
    "limit": ("integer", "At most so many rows; 1 to 500 for practices, 50 unless given. CSV of practices gives all."),
    "sort": ("string", "title, newest or oldest."),
    "rows": ("string", "The first dimension."),
    "cols": ("array", "More dimensions; repeat, or separate by commas."),
    "rung": ("integer", "Lowest evidence level that counts as documented, 0 to 4; 2 unless given."),
    "norm": ("string", "concerns or supports: which link to norms counts."),
    "relation": ("string", "acts-at, governs or enables: which stage link counts; all unless given."),
    "depth": ("array", "dimension=levels below the root that are rows; all unless given."),
    "empty": ("string", "no: leave out rows and columns that hold nothing."),
    "exclude": ("array", "A practice to leave out, by slug; repeat for several."),
    "kind": ("string", "Only gaps of this kind."),
    "url": ("string", "Address of a page, with http:// or https://."),
    "format": ("string", "json or csv (coverage also md); else the Accept header decides."),
    "lang": ("string", "Language of labels: en, fr or es."),
}
_VIEW = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude")


def _takes(*names: str) -> dict[str, Any]:
    """Return the parameters of a route for OpenAPI; they are read and checked by the code that uses them."""
    found = []
    for name in (*names, "format", "lang"):
        kind, words = _PARAMETERS[name]
        schema = {"type": "array", "items": {"type": "string"}} if kind == "array" else {"type": kind}
        found.append({"name": name, "in": "query", "required": name == "url", "description": words, "schema": schema})
    return {"parameters": found}


def reply(visit: Visit, make: Make, offers: tuple[Format, ...] = (formats.JSON, formats.CSV)) -> Response:
    """Answer with rows as JSON or CSV, as `?format=` or Accept asks."""
    kind = _kind(visit, offers)

    def body() -> str:
        columns, rows, about = make()
        if kind is formats.CSV:
            return render.csv_text(columns, rows)
        if kind is formats.MARKDOWN:
            return render.markdown(columns, rows)
        return render.json_text(columns, rows, {**_about(visit), **about})

    headers = {"Link": link_header([(LICENCE, "license", "")])}
    if kind is formats.CSV:
        name = visit.request.url.path.strip("/").replace("/", "-")
        headers["Content-Disposition"] = f'inline; filename="dgekg-{name}.csv"'
    return visit.answer(kind, body, headers)


def _kind(visit: Visit, offers: tuple[Format, ...]) -> Format:
    asked = visit.request.query_params.get("format", "")
    if asked:
        known = {f.suffix: f for f in offers}
        if asked not in known:
            raise UnknownValue("format", asked, known, f"Use one of {', '.join(known)}.")
        return known[asked]
    found = formats.negotiate(visit.request.headers.get("accept", ""), offers)
    if found is None:
        browser = formats.negotiate(visit.request.headers.get("accept", ""), (formats.HTML,))
        if browser is None:
            raise NotAcceptable(f"Accept one of {', '.join(f.media_type for f in offers)}.")
    return found or offers[0]


def _about(visit: Visit) -> dict[str, Any]:
    return {
        "version": visit.observatory.version,
        "as_of": visit.observatory.as_of.isoformat(),
        "language": visit.language,
        "license": LICENCE,
    }


def router(house: House) -> APIRouter:
    """Return the routes, bound to a house."""
    routes = APIRouter()

    @routes.get(
        "/api/practices",
        summary="Practices under filters, paged by cursor",
        openapi_extra=_takes("where", "q", "cursor", "limit", "sort", "norm", "relation", "exclude"),
    )
    def practices(request: Request) -> Response:
        """List practices; the same filters as a coverage view, so that a count there and a list here agree."""
        visit = Visit(house, request)

        def make() -> Rows:
            whole = _kind(visit, (formats.JSON, formats.CSV)) is formats.CSV
            shown = directory.listing(visit, whole)
            columns, rows = directory.rows(visit, shown.page)
            query = shown.query()
            more = f"/api/practices?{query}{'&' if query else ''}cursor={shown.cursor}" if shown.cursor else None
            return (
                columns,
                rows,
                {"query": query, "total": len(shown.found), "cursor": shown.cursor or None, "next": more},
            )

        return reply(visit, make)

    @routes.get(
        "/api/coverage",
        summary="A coverage view: one to four dimensions, states, marks, measures",
        openapi_extra=_takes(*_VIEW),
    )
    def coverage(request: Request) -> Response:
        """Count practices by cell; every cell has a state, also the empty ones."""
        visit = Visit(house, request)

        def make() -> Rows:
            view = explore.view_of(visit, start="rows=stage")
            grid = visit.snapshot.grid(view)
            columns, found = render.grid_rows(visit.observatory, grid, visit.language)
            return (
                columns,
                found,
                {"query": view.query_string(), "total": grid.total, "page": f"/coverage?{view.query_string()}"},
            )

        return reply(visit, make, (formats.JSON, formats.CSV, formats.MARKDOWN))

    @routes.get(
        "/api/gaps",
        summary="Gaps of a view, the broadest and gravest first",
        openapi_extra=_takes(*_VIEW, "kind", "limit"),
    )
    def gaps(request: Request) -> Response:
        """List what is missing, with what kind of missing it is and the parts of its priority."""
        visit = Visit(house, request)

        def make() -> Rows:
            kind = request.query_params.get("kind", "")
            if kind and kind not in KINDS:
                raise UnknownValue("kind", kind, KINDS)
            limit = _limit(request)
            view = explore.view_of(visit, "kind", "limit", start="rows=group&cols=stage")
            grid = visit.snapshot.grid(view)
            found = [g for g in visit.snapshot.gaps(view) if not kind or g.kind == kind]
            columns, table = render.gap_rows(visit.observatory, grid, found[:limit], visit.language)
            return columns, table, {"query": view.query_string(), "total": len(found)}

        return reply(visit, make)

    @routes.get("/api/questions", summary="The questions that can be asked", openapi_extra=_takes())
    def questions_(request: Request) -> Response:
        """List the questions with their parameters."""
        visit = Visit(house, request)

        def make() -> Rows:
            columns = ["slug", "title", "description", "tags", "parameters"]
            table = [
                [
                    q.slug,
                    questions.words(q.title, visit.language),
                    questions.words(q.description, visit.language),
                    " ".join(q.tags),
                    " ".join(f"{p.name}:{p.within or p.type}{'!' if p.required else ''}" for p in q.parameters),
                ]
                for q in visit.observatory.questions.all.values()
            ]
            return columns, table, {"total": len(table)}

        return reply(visit, make)

    @routes.get("/api/questions/{slug}", summary="Ask a question; its parameters are query parameters")
    def question(request: Request, slug: str) -> Response:
        """Answer a question, with the SPARQL that gives the same rows."""
        visit = Visit(house, request)
        asked = visit.observatory.questions.get(slug)

        def make() -> Rows:
            values = asking.given(visit, asked)
            answer = visit.observatory.ask(slug, values, visit.language)
            columns, table = render.table_rows(answer)
            title = questions.words(asked.title, visit.language)
            about = {
                "question": slug,
                "title": title,
                "parameters": values,
                "note": answer.note,
                "sparql": answer.query,
            }
            return columns, table, {**about, "total": len(table)}

        return reply(visit, make)

    @routes.get("/api/lookup", summary="Is this page already in?", openapi_extra=_takes("url"))
    def lookup(request: Request) -> Response:
        """Tell which records give an address as their source or page; scheme, www and a final slash do not count."""
        visit = Visit(house, request)
        url = request.query_params.get("url", "")
        if not url.startswith(("http://", "https://")):
            raise InputError(f'url: found "{url[:200]}", expected an address that begins with https://.')

        def make() -> Rows:
            found = sorted(visit.snapshot.sources.get(bare(url), ()))
            table = [[iri, _kind_of(iri), visit.label(iri)] for iri in found]
            return ["iri", "kind", "title"], table, {"url": url, "known": bool(table), "total": len(table)}

        return reply(visit, make)

    @routes.get("/health", summary="Version, age and counts")
    def health(request: Request) -> Response:
        """Say that the service answers, from which version, and how old that is."""
        visit = Visit(house, request)
        observatory = visit.observatory
        body = {
            "status": "ok",
            "version": observatory.version,
            "as_of": observatory.as_of.isoformat(),
            "age_days": (today() - observatory.as_of).days,
            "built": observatory.meta.get("built"),
            "counts": {**visit.snapshot.counts, "practices_counted": len(observatory.index.practices)},
        }
        text = json.dumps(body, indent=1) + "\n"
        return Response(text, media_type=formats.JSON.media_type, headers={"Cache-Control": "no-store"})

    return routes


def _limit(request: Request) -> int | None:
    text = request.query_params.get("limit", "")
    if text and (not text.isascii() or not text.isdigit() or not int(text[:9]) > 0 or len(text) > 9):
        raise InputError(f'limit: found "{text}", expected a whole number from 1.')
    return int(text) if text else None


def _kind_of(iri: str) -> str:
    local = identifiers.parse(iri)
    return local.kind if local else ""
