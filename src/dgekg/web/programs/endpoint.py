"""What every address for programs has: rows and what they are about, in JSON, CSV or Markdown, with its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, render
from dgekg.errors import InputError, NotAcceptable, UnknownValue
from dgekg.formats import Format
from dgekg.tables import csv_text
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.programs import parameters

TABLES = (formats.JSON, formats.CSV)
VIEWS = (formats.JSON, formats.CSV, formats.MARKDOWN)


@dataclass(frozen=True)
class Answer:
    """A table and what it is about.

    Attributes:
        columns: names, stable.
        rows: a value for each column; text or numbers, objects only where the column says so.
        about: `query` (canonical), `total`, `sparql` and whatever else belongs to it.
        page: the same for people: a path, or "".
        cursor: of the next page, or "".
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    about: Mapping[str, Any]
    page: str = ""
    cursor: str = ""


Make = Callable[[Visit], Answer]


@dataclass(frozen=True)
class Endpoint:
    """An address for programs.

    Attributes:
        path: with `{name}` for parts.
        summary: a line.
        description: what it answers, for OpenAPI.
        takes: names of its query parameters.
        make: gives the answer.
        examples: gives addresses that can be asked of the version at hand, with what each shows.
        required: parameters that must be given.
        offers: formats; the first is given to who accepts anything.
        columns: words for its columns.
        keep: whether answers may be asked for again.
    """

    path: str
    summary: str
    description: str
    takes: tuple[str, ...]
    make: Make
    examples: Callable[[Visit], Iterable[tuple[str, str]]]
    required: tuple[str, ...] = ()
    offers: tuple[Format, ...] = TABLES
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: bool = True


def router(house: House, endpoints: Iterable[Endpoint]) -> APIRouter:
    """Return the routes of some endpoints, bound to a house."""
    routes = APIRouter()
    for one in endpoints:
        routes.add_api_route(one.path, _bound(house, one), methods=["GET"], include_in_schema=False)
    return routes


def _bound(house: House, one: Endpoint) -> Callable[[Request], Response]:
    def call(request: Request) -> Response:
        return reply(Visit(house, request), one)

    return call


def reply(visit: Visit, one: Endpoint) -> Response:
    """Answer with rows as `?format=` or Accept asks.

    Raises:
        InputError: a parameter that there is not, or a value that cannot be understood.
        NotAcceptable: no format that the client accepts.
    """
    if "*" not in one.takes:
        parameters.only(visit, one.takes)
    kind = kind_of(visit, one.offers)
    safe = _safe(visit, kind)

    def body() -> str:
        found = one.make(visit)
        if kind is formats.CSV:
            return csv_text(found.columns, found.rows, safe=safe)
        if kind is formats.MARKDOWN:
            return render.markdown(found.columns, found.rows)
        return render.json_text(found.columns, found.rows, document(visit, found))

    links = [(LICENCE, "license", "")]
    headers = {}
    if kind is not formats.JSON:
        links.append((again(visit, "format", "safe", format="json"), "describedby", formats.JSON.media_type))
        name = visit.request.url.path.strip("/").replace("/", "-")
        ending = f"{'-safe' if safe else ''}.{kind.suffix}"
        headers["Content-Disposition"] = f'inline; filename="dgekg-{name}-{visit.observatory.version[:12]}{ending}"'
    return visit.answer(kind, body, {"Link": link_header(links), **headers}, one.keep)


def document(visit: Visit, found: Answer) -> dict[str, Any]:
    """Return what stands before the rows in JSON: where from, which version, whose licence, the filter, the SPARQL."""
    about = {"query": "", "total": len(found.rows), "state": None, "sparql": None, **found.about}
    following = again(visit, "cursor", cursor=found.cursor) if found.cursor else None
    return {
        **source(visit),
        "page": visit.absolute(found.page, _tongue(visit)) if found.page else None,
        **about,
        "sparql_endpoint": visit.absolute("/sparql"),
        "cursor": found.cursor or None,
        "next": following,
    }


def source(visit: Visit) -> dict[str, Any]:
    """Return what every answer says of where it comes from."""
    return {
        "version": visit.observatory.version,
        "as_of": visit.observatory.as_of.isoformat(),
        "withdrawn_since_built": visit.observatory.suppressed_since,
        "language": visit.language,
        "license": LICENCE,
        "self": again(visit),
    }


def again(visit: Visit, *without: str, **more: str) -> str:
    """Return this very address, whole, with some parameters changed."""
    pairs = [(k, v) for k, v in visit.request.query_params.multi_items() if k not in without and v]
    return visit.absolute(visit.request.url.path, [*pairs, *more.items()])


def _tongue(visit: Visit) -> list[tuple[str, str]]:
    return [("lang", visit.language)] if visit.explicit else []


def is_csv(visit: Visit, offers: tuple[Format, ...] = TABLES) -> bool:
    """Whether a request asks for CSV."""
    return kind_of(visit, offers) is formats.CSV


def whole(visit: Visit) -> bool:
    """Whether a request asks for everything at once: CSV without a limit."""
    return is_csv(visit) and not visit.request.query_params.get("limit")


def kind_of(visit: Visit, offers: tuple[Format, ...]) -> Format:
    """Return the format that a request asks for; a browser that accepts none of them gets the first.

    Raises:
        UnknownValue: a `format` that there is not.
        NotAcceptable: none that the client accepts.
    """
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


def _safe(visit: Visit, kind: Format) -> bool:
    text = visit.request.query_params.get("safe", "") or "no"
    if text not in ("yes", "no"):
        raise UnknownValue("safe", text, ("yes", "no"))
    if text == "yes" and kind is not formats.CSV:
        raise InputError(
            "safe: it concerns CSV for spreadsheets; ask for format=csv, or leave it out.", "yes", field="safe"
        )
    return text == "yes"


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a query string without what is blank."""
    return urlencode([(key, value) for key, value in pairs if value])
