"""Recommendations: who is asked to do what, at which stage, because of which gap, and whether that gap stands today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import identifiers, render
from dgekg.coverage.kinds import KINDS
from dgekg.coverage.named import Standing
from dgekg.errors import UnknownValue
from dgekg.folding import fold
from dgekg.web.facts import Facts
from dgekg.web.house import House, Visit
from dgekg.web.people import grids
from dgekg.web.people.pages import known

ASKED = {"sector": "sector", "role": "value-chain-role"}
_OPEN = ("draft-for-consultation", "endorsed")
Said = tuple[str, str]


@dataclass(frozen=True)
class Place:
    """A cell that a recommendation names: words, link, state, and what is missing there today.

    Attributes:
        words: the place in words.
        href: the page of the cell.
        now: kind of gap today, in words; "" where none is, or where nothing is published.
        same: whether it is the kind that the recommendation names.
        closed: whether nothing is published of the cell.
    """

    words: str
    href: str
    now: str
    same: bool
    closed: bool


@dataclass(frozen=True)
class Advice:
    """A recommendation as the page shows it; a text comes with its language where that is not the page's."""

    iri: str
    title: Said
    text: Said
    facts: Facts
    gap: str
    places: Sequence[Place]
    said: Sequence[tuple[str, Said]]
    norms: Sequence[str]
    others: Sequence[tuple[str, str]]
    positions: Sequence[tuple[Facts, Said]]


def recommendations(house: House, request: Request) -> Response:
    """`/recommendations`: proposed steps, by addressee and stage."""
    visit = Visit(house, request)
    known(visit, *ASKED, "stage", "gap")
    return visit.page("recommendations.html", lambda: _recommendations(visit))


def _recommendations(visit: Visit) -> dict[str, Any]:
    every = [f for f in visit.snapshot.recommendations.values() if grids.code(f.one("status")) in _OPEN]
    asked = {key: _wanted(visit, key, scheme) for key, scheme in ASKED.items()}
    stage, gap = _wanted(visit, "stage", "stage"), _kind(visit)
    kept = [
        f
        for f in every
        if all(_within(visit, one, f.all("to")) for one in asked.values() if one)
        and (not stage or _within(visit, stage, f.all("at")))
        and (not gap or grids.code(f.one("gap")) == gap)
    ]
    positions = visit.snapshot.facts("positions")
    order = {kind: n for n, kind in enumerate(KINDS)}
    shown = [_advice(visit, facts, positions.values()) for facts in kept]
    shown.sort(key=lambda one: (order.get(one.gap, len(order)), fold(one.title[0])))
    return {
        "total": len(every),
        "drafts": sum(grids.code(f.one("status")) == _OPEN[0] for f in every),
        "runs": [
            (render.gap_words(kind, visit.language), [one for one in shown if one.gap == kind])
            for kind in KINDS
            if any(one.gap == kind for one in shown)
        ],
        "kept": len(shown),
        "narrowed": bool(stage or gap or any(asked.values())),
        "choices": [
            *((key, _addressees(visit, every, ASKED[key]), one) for key, one in asked.items()),
            ("stage", sorted({v for f in every for v in f.all("at")}, key=lambda v: _place(visit, v)), stage),
        ],
        "kinds": [
            (kind, render.gap_words(kind, visit.language))
            for kind in KINDS
            if any(grids.code(f.one("gap")) == kind for f in every)
        ],
        "gap": gap,
    }


def _advice(visit: Visit, facts: Facts, positions: Any) -> Advice:
    gap = grids.code(facts.one("gap"))
    cells = visit.snapshot.named.standing(facts.by("cell"))
    based = facts.all("based")
    norms = [iri for iri in based if identifiers.path_of(iri).startswith(("/id/provision/", "/id/instrument/"))]
    texts = [(what, _own(visit, facts, what)) for what in ("why", "precondition", "indicator", "risk")]
    return Advice(
        iri=facts.iri,
        title=_own(visit, facts, "title"),
        text=_own(visit, facts, "description"),
        facts=facts,
        gap=gap,
        places=[_placed(visit, one, gap) for one in cells],
        said=[(what, text) for what, text in texts if text[0]],
        norms=norms,
        others=[(iri, _called(visit, iri)) for iri in based if iri not in norms],
        positions=[(p, _own(visit, p, "description")) for p in positions if facts.iri in p.all("on")],
    )


def _called(visit: Visit, iri: str) -> str:
    """Return what a record is called; what has no title of its own, by its kind."""
    local = identifiers.parse(iri)
    return visit.t("kind.coverage") if local is not None and local.kind == "coverage" else visit.named(iri)


def _placed(visit: Visit, one: Standing, gap: str) -> Place:
    return Place(
        words=render.place(visit.observatory, one.grid, one.cell, visit.language),
        href=grids.explanation(visit, one.grid, one.cell),
        now="" if one.closed or not one.kind else render.gap_words(one.kind, visit.language),
        same=one.kind == gap,
        closed=one.closed,
    )


def _wanted(visit: Visit, key: str, scheme: str) -> str:
    """Return the concept that a parameter names, or "".

    Raises:
        UnknownValue: there is none of that name; the nearest are suggested.
    """
    said = visit.request.query_params.get(key, "")
    return visit.observatory.names.resolve(said, [identifiers.scheme(scheme) + "/"], key) if said else ""


def _kind(visit: Visit) -> str:
    said = visit.request.query_params.get("gap", "")
    if said and said not in KINDS:
        raise UnknownValue("gap", said, KINDS)
    return said


def _within(visit: Visit, wanted: str, values: Sequence[str]) -> bool:
    within = visit.observatory.index.within
    return any(wanted in within.get(value, {value}) for value in values)


def _addressees(visit: Visit, every: Sequence[Facts], scheme: str) -> list[str]:
    home = identifiers.scheme(scheme) + "/"
    found = {value for facts in every for value in facts.all("to") if value.startswith(home)}
    return sorted(found, key=lambda iri: fold(visit.label(iri)))


def _place(visit: Visit, iri: str) -> tuple[str, str]:
    """Return what puts stages in their order: their notation."""
    return visit.snapshot.concepts.get(iri, Facts(iri, {})).one("notation"), iri


def _own(visit: Visit, facts: Facts, what: str) -> Said:
    """Return a text and its language where that is not the page's."""
    text, tongue = facts.text(what, visit.language)
    return text, "" if tongue == visit.language else tongue
