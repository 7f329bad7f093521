"""Comparisons: `/coverage` with a second side, as a page and as rows for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dgekg import comparing, comparison_rows, render_comparison
from dgekg.coverage import Cell, Grid
from dgekg.coverage.compare import Compared, Difference
from dgekg.coverage.comparison import OWN_KEYS, Comparison
from dgekg.web.house import House, Visit
from dgekg.web.people import covered, explore, grids, viewform
from dgekg.web.people.grids import Shown

_LINES = 60
_FEW, _NAMES = 3, 20


@dataclass(frozen=True)
class Names:
    """A sentence, the records or searches that it speaks of (the first few), and how many more there are."""

    sentence: str
    links: Sequence[tuple[str, str]]
    more: int

    @property
    def few(self) -> bool:
        """Whether they are so few that they need not be opened."""
        return len(self.links) <= _FEW


@dataclass(frozen=True)
class Line:
    """A cell of both sides as drawn; a box is None where a version has no such row."""

    place: str
    boxes: Sequence[tuple[Shown | None, str]]
    sign: str
    sentences: Sequence[str]
    lists: Sequence[Names]


def wanted(request: Request) -> bool:
    """Whether an address asks for a second side."""
    return any(request.query_params.get(key) for key in OWN_KEYS)


def coverage(house: House, request: Request) -> Response:
    """`/coverage`: one view, or two sides of it where the address asks for that."""
    if not wanted(request):
        return covered.coverage(house, request)
    visit = Visit(house, request)
    return visit.page("compare.html", lambda: _page(visit))


def asked(visit: Visit, *own: str, start: str = "rows=stage") -> Comparison:
    """Read the comparison that the address asks for; what a form leaves blank is left out.

    Raises:
        InputError: a key or value that cannot be understood; the nearest is suggested.
    """
    pairs = [
        (key, value)
        for key, value in visit.request.query_params.multi_items()
        if key not in ("lang", "format", "safe", *own) and value and not (key == "depth" and value.endswith("="))
    ]
    query = urlencode(pairs) if any(key == "rows" for key, _ in pairs) else f"{start}&{urlencode(pairs)}"
    observatory = visit.observatory
    return Comparison.from_query(query, observatory.index, observatory.names, comparing.kept(observatory))


def rows(visit: Visit) -> tuple[list[str], list[list[Any]], dict[str, Any]]:
    """Return a comparison as columns, rows and what it is about, for programs."""
    compared = comparing.compare(visit.observatory, asked(visit))
    columns, found = comparison_rows.compared_rows(visit.observatory, compared, visit.language)
    about = comparison_rows.about(visit.observatory, compared, visit.language)
    return columns, found, {**about, "page": f"/coverage?{compared.comparison.query_string()}"}


def _page(visit: Visit) -> dict[str, Any]:
    comparison = asked(visit, *covered.OWN, "by", "is", start=explore.START)
    compared = comparing.compare(visit.observatory, comparison)
    observatory, language = visit.observatory, visit.language
    ranked = compared.ranked()
    names = render_comparison.side_names(observatory, compared, language)
    between = compared.between
    across = " \u00d7 ".join(visit.dimension_words(name) for name in comparison.view.dimensions)
    return {
        **viewform.of(visit, comparison.view, comparison),
        "compared": compared,
        "answer": render_comparison.answer_sentence(observatory, compared, language),
        "cells": render_comparison.cells_sentence(compared, language),
        "certainty": render_comparison.certainty_sentence(observatory, compared, language),
        "between": render_comparison.between_sentences(observatory, between, language) if between else [],
        "sides": names,
        "across": across[:1].upper() + across[1:],
        "lines": [_line(visit, compared, one) for one in ranked[:_LINES]],
        "total": len(ranked),
        "comparison": comparison,
        "links": _links(visit, compared, names),
        "query": comparison.query_string(),
    }


def _line(visit: Visit, compared: Compared, one: Difference) -> Line:
    observatory, language = visit.observatory, visit.language
    boxes = [
        (
            _box(visit, grid, cell, linked=side == 0 or compared.between is None),
            render_comparison.side_words(cell, one.published, language),
        )
        for side, (grid, cell) in enumerate(zip(compared.grids, (one.first, one.second), strict=True))
    ]
    return Line(
        render_comparison.where(observatory, compared, one, language),
        boxes,
        render_comparison.sign(one, language),
        render_comparison.notes(observatory, compared, one, language),
        [
            Names(sentence, [(iri, visit.to(iri)) for iri in things[:_NAMES]], max(0, len(things) - _NAMES))
            for sentence, things in render_comparison.listed(observatory, compared, one, language)
        ],
    )


def _box(visit: Visit, grid: Grid, cell: Cell | None, *, linked: bool) -> Shown | None:
    """Return a side as drawn; an older version's cells lead nowhere, for its records are not served."""
    if cell is None:
        return None
    shown = grids.drawn(visit, grid, cell)
    if not linked:
        return replace(shown, href="")
    if cell.members:
        return shown
    # With its depths: without them, a view of three dimensions may have too many cells to be explained.
    at = [("at", grids.code(iri) if iri else grids.NOT_STATED) for iri in cell.concepts]
    return replace(shown, href=visit.url(f"/coverage/cell?{grid.view.query_string()}", at))


def _links(visit: Visit, compared: Compared, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return each side by itself: its name and the link to its view."""
    views = [grid.view for grid in compared.grids] if compared.between is None else [compared.grids[0].view]
    return [(name, visit.url(f"/coverage?{view.query_string()}")) for name, view in zip(names, views, strict=False)]
