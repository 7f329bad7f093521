"""The addresses for programs, each with its parameters, columns and examples from the version at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, questions
from dgekg.vocabulary import BASE
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.people import crossings, grids
from dgekg.web.programs import api, columns, endpoint, lists, openapi, parameters, searching
from dgekg.web.programs.endpoint import Endpoint
from dgekg.web.programs.parameters import VIEW


def _one(values: Iterable[str]) -> str:
    return next(iter(values), "")


def _practice_examples(visit: Visit) -> list[tuple[str, str]]:
    group = _one(grids.code(g) for f in visit.snapshot.cards.values() for g in f.all("group"))
    kind = _one(grids.code(k) for f in visit.snapshot.cards.values() for k in f.all("kind"))
    first = _one(visit.snapshot.cards)
    return [
        (f"where=group%3D{group}&limit=2", "Practices for a group of rights-holders, two at a time"),
        (f"where=kind%3D{kind}&exclude={grids.code(first)}&limit=1", "Practices of a kind, one of them left out"),
    ]


def _coverage_examples(_visit: Visit) -> list[tuple[str, str]]:
    return [
        ("rows=stage&depth=stage%3D0", "How many practices there are, and in which state the collection is"),
        ("rows=region&depth=region%3D1&where=stage%3Ddata", "Regions, of practices at the stage of data"),
        ("rows=stage&depth=stage%3D0&where=region%3D002&against=region%3D150", "Africa and Europe beside each other"),
    ]


def _cell_examples(_visit: Visit) -> list[tuple[str, str]]:
    return [("rows=stage&cols=group&at=data&at=women", "The cell of the stage of data and of women")]


def _gap_examples(_visit: Visit) -> list[tuple[str, str]]:
    return [("rows=group&cols=stage&limit=1", "The first gap")]


def _question_examples(visit: Visit) -> list[tuple[str, str]]:
    free = (q for q in visit.observatory.questions.all.values() if not any(p.required for p in q.parameters))
    one = next(free, None)
    return [(f"/api/questions/{one.slug}", questions.words(one.title, "en"))] if one else []


def _lookup_examples(visit: Visit) -> list[tuple[str, str]]:
    known = _one((a for a, r in visit.snapshot.sources.items() if any(BASE in iri for iri in r)))
    return [(endpoint.query([("url", f"https://{known}")]), "A page that a record gives as its source")]


_LISTED = ("where", "rung", "norm", "relation", "exclude", "q", "sort", "cursor", "limit")
ENDPOINTS = (
    Endpoint(
        "/api/practices",
        "Practices under filters",
        "The same filters as a coverage view, so that a count there and a list here agree; `state` is that of the "
        "place that the filters name.",
        _LISTED,
        api.practices,
        _practice_examples,
        columns=columns.PRACTICES,
    ),
    *lists.ENDPOINTS,
    Endpoint(
        "/api/coverage",
        "A coverage view: one to four dimensions, states, marks, measures",
        "Every cell has a state, also the empty ones. `against` or `against-version` compares two sides: then there "
        "are columns for each side, the difference and what explains it. `records` gives the practices behind a row.",
        (*VIEW, "against", "against-version"),
        api.coverage,
        _coverage_examples,
        offers=endpoint.VIEWS,
        columns=columns.MEASURES_OF,
    ),
    Endpoint(
        "/api/coverage/cell",
        "One cell explained",
        "What decides its state and marks, and who searched there, when, in which languages and sources.",
        (*VIEW, "at"),
        api.cell,
        _cell_examples,
        required=("at",),
        offers=endpoint.VIEWS,
        columns=columns.MEASURES_OF,
    ),
    crossings.ENDPOINT,
    Endpoint(
        "/api/gaps",
        "Gaps of a view, the broadest and gravest first",
        "What is missing, which kind of missing it is, and what its priority is made of. All unless a limit is given.",
        (*VIEW, "kind", "demand", "cards", "cursor", "limit"),
        api.gaps,
        _gap_examples,
        columns=columns.GAPS,
    ),
    Endpoint(
        "/api/questions",
        "The questions that can be asked",
        "Each with its parameters; /api/questions/{slug} answers it.",
        (),
        api.asked,
        lambda _visit: [("", "All questions")],
        columns=columns.QUESTIONS,
    ),
    Endpoint(
        "/api/questions/{slug}",
        "Ask a question; its parameters are query parameters",
        "The columns are those of the question's query, which comes with the answer. `exclude` takes away rows that "
        "name a record, and is refused where the question counts.",
        ("*", "exclude"),
        api.question,
        _question_examples,
    ),
    searching.ENDPOINT,
    Endpoint(
        "/api/lookup",
        "Is this page already in?",
        "Which records give an address as their source or page; scheme, www and a final slash do not count.",
        ("url",),
        api.lookup,
        _lookup_examples,
        required=("url",),
        columns=columns.LOOKUP,
    ),
)


def record(house: House, request: Request) -> Response:
    """`/api/records/{kind}/{slug}` and `/api/concepts/{kind}/{slug}`."""
    visit = Visit(house, request)
    parameters.only(visit, ())
    endpoint.kind_of(visit, (formats.JSON,))
    return visit.answer(formats.JSON, lambda: api.record_text(visit), {"Link": link_header([(LICENCE, "license", "")])})


def description(house: House, request: Request) -> Response:
    """`/openapi.json`."""
    visit = Visit(house, request)
    parameters.only(visit, ())
    return visit.answer(formats.JSON, lambda: openapi.document(visit, ENDPOINTS, others(visit)))


def others(visit: Visit) -> dict[str, Any]:
    """Return the addresses that give no table, as OpenAPI writes them."""
    first = next(iter(visit.snapshot.cards), "")
    known = [iri for iri in visit.snapshot.concepts if "/stage/" in iri]
    found = {
        "/api/records/{kind}/{slug}": _single("One record, whole", f"/api/records/practice/{grids.code(first)}"),
        "/api/concepts/{kind}/{slug}": _single(
            "One concept, whole; the kind is its scheme", f"/api/concepts/stage/{grids.code(known[0])}" if known else ""
        ),
        "/health": _single("Version, age and counts", "/health", "#/components/schemas/Health"),
    }
    found["/practices.atom"] = _file(
        "Any view of the directory as an Atom feed, last changed first",
        "/practices.atom",
        formats.ATOM.media_type,
        ("where", "rung", "norm", "relation", "exclude", "q", "cursor", "limit"),
    )
    found["/download/mappings.sssom.tsv"] = _file(
        "Mappings to other vocabularies, as SSSOM", "/download/mappings.sssom.tsv", formats.TSV.media_type
    )
    found["/reconcile"] = _file(
        "W3C Reconciliation Service API 0.2: the manifest; `queries` and `extend` by GET and POST",
        "/reconcile",
        formats.JSON.media_type,
    )
    return {path: {"get": operation} for path, operation in found.items()}


def _file(summary: str, path: str, kind: str, takes: tuple[str, ...] = ()) -> dict[str, Any]:
    schema = {"type": "object"} if kind == formats.JSON.media_type else {"type": "string"}
    return {
        "summary": summary,
        "operationId": path.strip("/").replace("/", "_").replace(".", "_"),
        "parameters": [p for p in parameters.described(takes) if p["name"] in takes],
        "responses": {"200": {"description": summary, "content": {kind: {"schema": schema}}}, **openapi.errors()},
        "x-examples": [path],
    }


def _single(summary: str, example: str, schema: str = "#/components/schemas/Record") -> dict[str, Any]:
    parts = [] if example == "/health" else [*openapi.path_parameters("/{kind}/{slug}")]
    body = {formats.JSON.media_type: {"schema": {"$ref": schema}}}
    return {
        "summary": summary,
        "operationId": "_".join(example.split("/")[1:3]) or "one",
        "parameters": parts,
        "responses": {"200": {"description": summary, "content": body}, **openapi.errors()},
        "x-examples": [example] if example else [],
    }


def router(house: House) -> APIRouter:
    """Return the routes for programs, bound to a house."""
    routes = endpoint.router(house, ENDPOINTS)

    def described(request: Request) -> Response:
        return description(house, request)

    def one(request: Request) -> Response:
        return record(house, request)

    for path, call in (
        ("/openapi.json", described),
        ("/api/records/{kind}/{slug}", one),
        ("/api/concepts/{kind}/{slug}", one),
    ):
        routes.add_api_route(path, call, methods=["GET"], include_in_schema=False)
    return routes
