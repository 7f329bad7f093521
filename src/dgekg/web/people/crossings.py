"""Intersections: `/coverage/intersections`, groups at their crossing, as a page and as rows for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dgekg import comparing, equivalent, render_intersections
from dgekg.coverage.crossing import Crossing
from dgekg.coverage.intersections import NONE, OWN, Combination, Crossed
from dgekg.index import Bits
from dgekg.render_comparison import number
from dgekg.web.facts import Facts
from dgekg.web.house import House, Visit
from dgekg.web.people import crosspicture, directory, grids, viewform
from dgekg.web.people.grids import Shown
from dgekg.web.programs import endpoint
from dgekg.web.programs.endpoint import Answer, Endpoint

_PAGE = "/coverage/intersections"
_CARDS = 100


@dataclass(frozen=True)
class Row:
    """A combination as drawn.

    Attributes:
        one: the combination.
        parts: its groups: IRI, how many practices name it, and the link to them.
        group: the group at the crossing as drawn; None where there are several, or none.
        href: link to the page of the combination.
        made: link to what is made for it; "" where nothing is.
        all: link to what names all parts; "" likewise.
        expected: in digits of the language.
        lag: likewise; "" where it cannot be said.
        says: how far it lags, in words.
    """

    one: Combination
    parts: Sequence[tuple[str, int, str]]
    group: Shown | None
    href: str
    made: str
    all: str
    expected: str
    lag: str
    says: str


def crossed(visit: Visit) -> Answer:
    """Cross two or three groups, or all that the vocabulary or a practice puts together; ranked."""
    found = comparing.cross(visit.observatory, asked(visit))
    columns, rows = render_intersections.crossed_rows(visit.observatory, found, visit.language)
    about = render_intersections.about(visit.observatory, found, visit.language)
    sparql = equivalent.cells(visit.observatory, found.asked.view) if found.published else None
    page = f"{_PAGE}?{found.asked.query_string()}".rstrip("?")
    return Answer(columns, rows, {**about, "total": len(rows), "sparql": sparql}, page)


def _examples(visit: Visit) -> list[tuple[str, str]]:
    parts = next(iter(comparing.cross(visit.observatory, asked(visit)).combinations), None)
    return [("&".join(f"of={grids.code(p)}" for p in parts.parts), "Groups at their crossing")] if parts else []


ENDPOINT = Endpoint(
    "/api/coverage/intersections",
    "Groups at their crossing: made for it, names all parts, names some",
    "Two or three groups, or all that the vocabulary or a practice puts together; ranked by how far they lag. The "
    "SPARQL counts what is made for each group; `all` is the list of practices under a filter for each part.",
    ("of", "where", "rung", "norm", "relation", "exclude"),
    crossed,
    _examples,
    offers=endpoint.VIEWS,
)


def asked(visit: Visit) -> Crossing:
    """Read what the address asks for; what a form leaves blank is left out.

    Raises:
        InputError: a key or value that cannot be understood; the nearest is suggested.
    """
    pairs = [(k, v) for k, v in visit.request.query_params.multi_items() if k not in ("lang", "format", "safe") and v]
    return Crossing.from_query(urlencode(pairs), visit.observatory.index, visit.observatory.names)


def intersections(house: House, request: Request) -> Response:
    """`/coverage/intersections`: all combinations ranked, or one with the practices behind its counts."""
    visit = Visit(house, request)
    return visit.page("intersections.html", lambda: _page(visit))


def _page(visit: Visit) -> dict[str, Any]:
    crossed = comparing.cross(visit.observatory, asked(visit))
    own = [one for one in crossed.combinations if one.kind == OWN or crossed.asked.of]
    rows = [_row(visit, crossed, one) for one in own] if crossed.published else []
    query = crossed.asked.query_string()
    others = sum(one.kind != OWN for one in crossed.combinations)
    ranked = [row for row in rows if row.one.published and not row.one.small]
    return {
        "crossed": crossed,
        "answer": render_intersections.answer_sentence(visit.observatory, crossed, visit.language),
        "detail": _detail(visit, crossed) if crossed.asked.of and crossed.published else None,
        "ranked": ranked,
        "picture": crosspicture.picture(visit, [row.one for row in ranked]) if ranked else None,
        "small": [row for row in rows if row.one.small],
        "closed": [row for row in rows if not row.one.published],
        "others": 0 if crossed.asked.of else others,
        "query": query,
        "filters": viewform.filters(visit, crossed.asked.view.filters),
        "conditions": grids.conditions(crossed.asked.view),
        "of": [grids.code(iri) for iri in crossed.asked.of],
        "leads": directory.leads,
        "all_href": visit.url(_PAGE, grids.conditions(crossed.asked.view)),
        "none": NONE,
    }


def _row(visit: Visit, crossed: Crossed, one: Combination) -> Row:
    view, language = crossed.asked.view, visit.language
    href = visit.url(_PAGE, [*(("of", grids.code(p)) for p in one.parts), *grids.conditions(view)])
    says = render_intersections.lag_sentence(visit.observatory, crossed, one, language)
    if not one.published:
        return Row(one, [(part, 0, "") for part in one.parts], None, href, "", "", "", "", says)
    cells = crossed.grid.cells
    group = grids.drawn(visit, crossed.grid, cells[(one.groups[0],)]) if len(one.groups) == 1 else None
    every = [f"group={grids.code(part)}" for part in one.parts]
    return Row(
        one,
        [
            (part, named, _practices(visit, crossed, f"group={grids.code(part)}") if named else "")
            for part, named in zip(one.parts, one.named, strict=True)
        ],
        group,
        href,
        _practices(visit, crossed, f"group={','.join(map(grids.code, one.groups))}") if one.made.any() else "",
        _practices(visit, crossed, *every) if one.all.any() else "",
        number(one.expected, language),
        "" if one.lag is None else number(one.lag, language),
        says,
    )


def _practices(visit: Visit, crossed: Crossed, *conditions: str) -> str:
    """Return the link to the practices under conditions and the filters."""
    pairs = [("where", condition) for condition in conditions]
    return visit.url("/practices", [*pairs, *grids.conditions(crossed.asked.view)])


def _detail(visit: Visit, crossed: Crossed) -> dict[str, Any]:
    one = crossed.combinations[0]
    lists = []
    if one.published:
        sets = (("made", one.made), ("all", one.all & ~one.made), ("some", one.some))
        lists = [(name, *_cards(visit, bits)) for name, bits in sets]
    return {
        "row": _row(visit, crossed, one),
        "parts": render_intersections.parts_words(visit.observatory, one, visit.language),
        "answer": render_intersections.one_sentence(visit.observatory, one, visit.language),
        "lists": lists,
    }


def _cards(visit: Visit, bits: Bits) -> tuple[list[Facts], int]:
    """Return the first practices of a set as a list shows them, and how many there are."""
    members = visit.observatory.index.unpack(bits)
    return list(visit.snapshot.cards.of(members[:_CARDS])), len(members)
