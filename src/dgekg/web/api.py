"""JSON and CSV for programs: practices, coverage, gaps, questions, look-up, health."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dgekg import explain, formats, identifiers, questions, render
from dgekg.coverage.gaps import KINDS
from dgekg.errors import InputError, NotAcceptable, UnknownValue
from dgekg.formats import Format
from dgekg.settings import today
from dgekg.web import asking, directory, empty, explore, gapcards, sides
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import bare

Rows = tuple[Sequence[str], Sequence[Sequence[Any]], dict[str, Any]]
Make = Callable[[], Rows]

_PARAMETERS: dict[str, tuple[str, str]] = {
    "where": ("array", "dimension=value; `a,b` any of, `!=` none of; repeat for all of. Labels, codes or IRIs."),
    "q": ("string", 'Words to find; "in a row", -without; the last may be unfinished.'),
    "cursor": ("string", "`cursor` of the answer before."),
    "limit": ("integer", "At most so many rows; 1 to 500 for practices, 50 unless given. CSV of practices gives all."),
    "sort": ("string", "best (only with q), title, newest or oldest."),
    "rows": ("string", "The first dimension."),
    "cols": ("array", "More dimensions; repeat, or separate by commas."),
    "rung": ("integer", "Lowest evidence level that counts as documented, 0 to 4; 2 unless given."),
    "norm": ("string", "concerns or supports: which link to norms counts."),
    "relation": ("string", "acts-at, governs or enables: which stage link counts; all unless given."),
    "depth": ("array", "dimension=levels below the root that are rows; all unless given."),
    "empty": ("string", "no: leave out rows and columns that hold nothing."),
    "exclude": ("array", "A practice to leave out, by slug; repeat for several."),
    "against": ("array", "The second side of a comparison: dimension=value, in place of any filter on its dimension."),
    "against-version": ("string", "Compare with a version that was kept: its id, or how that begins."),
    "of": ("array", "Two or three groups to cross; repeat, or separate by commas. All combinations unless given."),
    "at": ("array", "The place of one cell: a value for each dimension, in their order; `-` for not stated."),
    "kind": ("string", "Only gaps of this kind."),
    "cards": ("string", "yes: each gap with its card (JSON only; 25 unless a limit is given, at most 100)."),
    "url": ("string", "Address of a page, with http:// or https://."),
    "format": ("string", "json or csv (coverage also md); else the Accept header decides."),
    "lang": ("string", "Language of labels: en, fr or es."),
}
_VIEW = ("rows", "cols", "where", "rung", "norm", "relation", "depth", "empty", "exclude")


def takes(*names: str) -> dict[str, Any]:
    """Return the parameters of a route for OpenAPI; they are read and checked by the code that uses them."""
    found = []
    for name in (*names, "format", "lang"):
        kind, words = _PARAMETERS[name]
        schema = {"type": "array", "items": {"type": "string"}} if kind == "array" else {"type": kind}
        found.append({"name": name, "in": "query", "required": name == "url", "description": words, "schema": schema})
    return {"parameters": found}


def reply(
    visit: Visit, make: Make, offers: tuple[Format, ...] = (formats.JSON, formats.CSV), *, keep: bool = True
) -> Response:
    """Answer with rows as JSON or CSV, as `?format=` or Accept asks; `keep` it where it may be asked for again."""
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
    return visit.answer(kind, body, headers, keep)


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
        openapi_extra=takes("where", "q", "cursor", "limit", "sort", "norm", "relation", "exclude"),
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
            nothing = empty.of_listing(visit, shown)
            about = {"query": query, "total": len(shown.found), "cursor": shown.cursor or None, "next": more}
            return columns, rows, {**about, "why": nothing.document if nothing else None}

        return reply(visit, make)

    @routes.get(
        "/api/coverage",
        summary="A coverage view: one to four dimensions, states, marks, measures",
        openapi_extra=takes(*_VIEW, "against", "against-version"),
    )
    def coverage(request: Request) -> Response:
        """Count practices by cell; every cell has a state, also the empty ones. With a second side, compare."""
        visit = Visit(house, request)

        def make() -> Rows:
            if sides.wanted(request):
                return sides.rows(visit)
            view = explore.view_of(visit, start="rows=stage")
            grid = visit.snapshot.grid(view)
            columns, found = render.grid_rows(visit.observatory, grid, visit.language)
            nothing = empty.of_coverage(visit, grid)
            about = {"query": view.query_string(), "total": grid.total, "page": f"/coverage?{view.query_string()}"}
            about |= {"placed": grid.placed, "note": render.totals(grid, visit.language)}
            doubts = explain.doubt_sentences(visit.observatory, view, visit.language)
            return columns, found, {**about, "why": nothing.document if nothing else None, "doubts": list(doubts)}

        return reply(visit, make, (formats.JSON, formats.CSV, formats.MARKDOWN))

    @routes.get(
        "/api/coverage/cell",
        summary="One cell explained: what decides its state and marks, and who searched",
        openapi_extra=takes(*_VIEW, "at"),
    )
    def cell(request: Request) -> Response:
        """Explain one cell in words, with the practices and statements that decide it."""
        visit = Visit(house, request)

        def make() -> Rows:
            grid, found = explore.one_cell(visit)
            columns, table = render.grid_rows(
                visit.observatory, replace(grid, cells={found.concepts: found}), visit.language
            )
            told = explain.explain_cell(visit.observatory, grid, found, visit.language)
            about = {"query": grid.view.query_string(), "page": f"/coverage/cell?{visit.query()}"}
            return columns, table, {**about, "cell": explain.cell_json(told)}

        return reply(visit, make, (formats.JSON, formats.CSV, formats.MARKDOWN))

    @routes.get(
        "/api/gaps",
        summary="Gaps of a view, the broadest and gravest first",
        openapi_extra=takes(*_VIEW, "kind", "limit", "cards"),
    )
    def gaps(request: Request) -> Response:
        """List what is missing, with what kind of missing it is and the parts of its priority."""
        visit = Visit(house, request)

        def make() -> Rows:
            kind = request.query_params.get("kind", "")
            if kind and kind not in KINDS:
                raise UnknownValue("kind", kind, KINDS)
            cards = gapcards.asked(visit, _kind(visit, (formats.JSON, formats.CSV)) is formats.CSV, _limit(request))
            limit = cards or _limit(request)
            view = explore.view_of(visit, "kind", "limit", "cards", start="rows=group&cols=stage")
            grid = visit.snapshot.grid(view)
            found = [g for g in visit.snapshot.gaps(view) if not kind or g.kind == kind]
            columns, table = render.gap_rows(visit.observatory, grid, found[:limit], visit.language)
            if cards:
                columns, table = gapcards.added(visit, grid, found[:limit], columns, table)
            nothing = empty.of_gaps(visit, grid, visit.snapshot.gaps(view), kind)
            about = {"query": view.query_string(), "total": len(found)}
            return columns, table, {**about, "why": nothing.document if nothing else None}

        return reply(visit, make)

    @routes.get("/api/questions", summary="The questions that can be asked", openapi_extra=takes())
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
            nothing = empty.of_answer(visit, answer, values)
            about = {
                "question": slug,
                "title": title,
                "parameters": values,
                "note": "\n".join((*nothing.head, *nothing.place)) if nothing else "",
                "sparql": answer.query,
                "why": nothing.document if nothing else None,
            }
            return columns, table, {**about, "total": len(table)}

        return reply(visit, make)

    @routes.get("/api/lookup", summary="Is this page already in?", openapi_extra=takes("url"))
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
