"""Pages that tell how: the data and its citation, what this is, how it is counted, how to contribute."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, forms, identifiers, render
from dgekg.errors import UnknownValue
from dgekg.web.catalogue import downloads
from dgekg.web.house import House, Visit
from dgekg.web.people import front, grids, ourselves, worked
from dgekg.web.people.pages import known

_DAYS = 6
TEMPLATES = ("practice", "actor", "coverage")
_FORMER = {"practice": "practice", "search": "coverage"}


def data(house: House, request: Request) -> Response:
    """`/data`: downloads, codebook, licence, how to cite, what changed."""
    visit = Visit(house, request)
    known(visit)

    def build() -> dict[str, Any]:
        return {
            "counts": visit.snapshot.counts,
            "files": downloads.listed(visit.snapshot),
            "lately": front.lately(visit, _DAYS),
        }

    return visit.page("data.html", build)


def about(house: House, request: Request) -> Response:
    """`/about`: what this is, its assessment of itself, safety, and the rights of those described."""
    visit = Visit(house, request)
    known(visit)

    def build() -> dict[str, Any]:
        return {
            "ours": ourselves.assessment(visit),
            "practices": len(visit.observatory.index.practices),
            "rounds": len(visit.observatory.rounds),
            "searches": len(visit.observatory.index.statements),
            "withheld": len(visit.observatory.index.withheld),
            "contact": visit.house.settings.contact,
        }

    return visit.page("about.html", build)


def method(house: House, request: Request) -> Response:
    """`/method`: how the collection was made and is counted, with examples to check by hand."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("method.html", lambda: _method(visit))


def _method(visit: Visit) -> dict[str, Any]:
    complete = visit.observatory.completeness(front.WHOLE)
    scheme = visit.observatory.index.hierarchy.get(identifiers.scheme("evidence-level"), {})
    return {
        "legend": grids.legend(visit),
        "rounds": ourselves.rounds(visit),
        "worked": worked.cell(visit),
        "missed": worked.missed(complete),
        "complete": render.completeness_sentence(complete, visit.language),
        "qualify": render.round_sentences(visit.observatory, complete, visit.language),
        "levels": sorted(scheme),
        "concepts": visit.snapshot.concepts,
        "settings": visit.house.settings,
        "practices": len(visit.observatory.index.practices),
    }


def contribute(house: House, request: Request) -> Response:
    """`/contribute`: how to propose, correct, reply or withdraw; what is kept of it; templates to fill in."""
    visit = Visit(house, request)
    known(visit)
    settings = visit.house.settings
    values = {"contact": settings.contact, "settings": settings}
    return visit.page("contribute.html", lambda: values)


def blank(house: House, request: Request) -> Response:
    """`/contribute/{name}.xlsx`: a template to fill in, made from the shapes as `dgekg form` makes it."""
    visit = Visit(house, request)
    known(visit)
    name = request.path_params["name"]
    if name not in TEMPLATES:
        raise UnknownValue("template", name, TEMPLATES)
    headers = {"Content-Disposition": f'attachment; filename="dgekg-{name}-{visit.language}.xlsx"'}

    def made() -> bytes:
        return forms.of(visit.observatory.project).xlsx(name, language=visit.language)

    return visit.answer(formats.XLSX, made, headers)


def former(house: House, request: Request) -> Response:
    """`/contribute/{name}.csv`: where sheets were that asked less; leads to the template."""
    visit = Visit(house, request)
    name = request.path_params["name"]
    if name not in _FORMER:
        raise UnknownValue("template", name, TEMPLATES)
    return RedirectResponse(visit.url(f"/contribute/{_FORMER[name]}.xlsx", request.query_params.multi_items()), 301)
