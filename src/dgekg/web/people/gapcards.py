"""Gap cards: one gap on a page that can be printed, and in the list of gaps for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import explain, render
from dgekg.cards import faces
from dgekg.cards.speech import CardWords, Item
from dgekg.cards.words import card_words
from dgekg.coverage import Cell, Gap, Grid, State, View
from dgekg.coverage.kinds import KINDS
from dgekg.errors import InputError, UnknownValue
from dgekg.web.house import House, Visit
from dgekg.web.people import explore, grids

START = "rows=group&cols=stage"
MOST = 100
_FEW = 25


def card(house: House, request: Request) -> Response:
    """`/gaps/card`: what somebody needs who wants to fill a gap."""
    visit = Visit(house, request)
    return visit.page("card.html", lambda: _card(visit))


def _card(visit: Visit) -> dict[str, Any]:
    kind = visit.request.query_params.get("kind", "")
    if kind and kind not in KINDS:
        raise UnknownValue("kind", kind, KINDS)
    view = explore.view_of(visit, "at", "kind", start=START)
    _, cell = explain.cell_at(visit.observatory, view, visit.request.query_params.getlist("at"))
    grid = visit.snapshot.grid(view)
    shown: dict[str, Any] = {
        "place": render.place(visit.observatory, grid, cell, visit.language),
        "closed": cell.state is State.NOT_PUBLISHED,
        "query": view.query_string(),
        "cell": grids.explanation(visit, grid, cell),
        "said": None,
        "broader": [],
    }
    if cell.state is State.NOT_PUBLISHED:
        return shown
    gaps = visit.snapshot.gaps(view)
    here = [gap for gap in gaps.of(cell) if kind in ("", gap.kind)]
    if here:
        words = card_words(visit.observatory, grid, visit.snapshot.gap_cards.card(grid, here[0]), visit.language)
        return shown | {"said": words, "sections": _sections(visit, words), "json": _json(view, here[0])}
    alike = [gap for gap in gaps if kind in ("", gap.kind)]
    return shown | {"broader": _broader(visit, grid, cell, alike)}


def _sections(visit: Visit, words: CardWords) -> list[dict[str, Any]]:
    return [
        {"key": s.key, "title": s.title, "help": s.help, "items": [_item(visit, item) for item in s.items]}
        for s in words.sections
    ]


def _item(visit: Visit, item: Item) -> dict[str, Any]:
    """Return a line as drawn: a label is marked with its language."""
    labelled = bool(item.iri) and item.name == visit.label(item.iri)
    name = visit.named(item.iri) if labelled else item.name
    return {"name": name, "href": visit.to(item.iri) if item.iri else "", "said": item.said}


def _json(view: View, gap: Gap) -> str:
    return f"{view.query_string()}&kind={gap.kind}&cards=yes"


def _broader(visit: Visit, grid: Grid, cell: Cell, gaps: Sequence[Gap]) -> list[tuple[str, str, str]]:
    """Return the gaps of the list under which a place lies: kind in words, sentence, link to the card."""
    within = visit.observatory.index.within
    found = []
    for gap in gaps:
        pairs = zip(gap.cell.concepts, cell.concepts, strict=True)
        if all(broad in within.get(narrow, frozenset({narrow})) for broad, narrow in pairs):
            words = render.gap_words(gap.kind, visit.language)
            sentence = render.gap_sentence(visit.observatory, grid, gap, visit.language)
            found.append((words, sentence, grids.card(visit, grid, gap)))
    return found


def asked(visit: Visit, csv: bool, limit: int | None) -> int | None:
    """Return how many cards the list of gaps is to hold; None where none are asked for.

    Raises:
        UnknownValue: `cards` is neither yes nor no.
        InputError: cards as CSV, or more than 100.
    """
    wanted = visit.request.query_params.get("cards", "") or "no"
    if wanted not in ("yes", "no"):
        raise UnknownValue("cards", wanted, ("yes", "no"))
    if wanted == "no":
        return None
    if csv:
        raise InputError("cards: a card is no table; ask for cards=yes as JSON, with format=json.")
    if limit is not None and limit > MOST:
        raise InputError(f"limit: found {limit}, expected at most {MOST} with cards=yes.")
    return limit or _FEW


def added(
    visit: Visit, grid: Grid, gaps: Sequence[Gap], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[list[str], list[list[Any]]]:
    """Return the list of gaps with a last column that holds each gap's card as a JSON object."""
    table = []
    for gap, row in zip(gaps, rows, strict=True):
        made = visit.snapshot.gap_cards.card(grid, gap)
        table.append([*row, faces.as_json(made, card_words(visit.observatory, grid, made, visit.language))])
    return [*columns, "card"], table
