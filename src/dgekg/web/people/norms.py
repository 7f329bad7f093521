"""Instruments and provisions: the two families side by side, what bridges them, who is bound, what was found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import identifiers
from dgekg.coverage.arrays import popcount
from dgekg.folding import fold
from dgekg.web.facts import Facts
from dgekg.web.house import House, Visit
from dgekg.web.people.pages import known

FAMILIES = ("human-rights", "ai-governance")
BOTH = "both"
_MAPPINGS, _FINDINGS = 20, 8
AT_FIRST = 18


@dataclass(frozen=True)
class Link:
    """A mapping between two provisions.

    Attributes:
        iri: the record.
        start: the provision that it is from.
        end: the provision that it leads to.
        type: IRI of what the one does with the other.
        why: the reasoning, and its language where that is not the page's.
        basis: IRIs of what it rests on.
        by: who drew it.
    """

    iri: str
    start: str
    end: str
    type: str
    why: tuple[str, str]
    basis: Sequence[str]
    by: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """What a supervising body found or asked of a State; texts come with their language where it is not the page's."""

    iri: str
    day: str
    places: Sequence[str]
    issuers: Sequence[str]
    norms: Sequence[str]
    title: tuple[str, str]
    text: tuple[str, str]


@dataclass(frozen=True)
class Line:
    """An instrument in the list: its facts, practices that concern it, provisions, jurisdictions bound."""

    facts: Facts
    practices: int
    provisions: int
    bound: int


def standards(house: House, request: Request) -> Response:
    """`/standards`: the two families side by side, and what joins them."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("standards.html", lambda: _standards(visit))


def _standards(visit: Visit) -> dict[str, Any]:
    index, duties = visit.observatory.index, visit.observatory.duties
    by: dict[str, list[Line]] = {}
    for iri in index.concepts("instrument"):
        line = _line(visit, iri)
        by.setdefault(line.facts.one("family").rsplit("/", 1)[-1], []).append(line)
    for lines in by.values():
        lines.sort(key=lambda one: (-one.practices, fold(visit.label(one.facts.iri))))
    every = [line for lines in by.values() for line in lines]
    links, found = mappings(visit), findings(visit)
    types: dict[str, int] = {}
    for link in links:
        types[link.type] = types.get(link.type, 0) + 1
    places = {act.place for acts in duties.adoptions.values() for act in acts.values()}
    return {
        "families": [(identifiers.concept("family", family), by.get(family, [])) for family in FAMILIES],
        "both": (identifiers.concept("family", BOTH), by.get(BOTH, [])),
        "others": [line for family, lines in by.items() if family not in (*FAMILIES, BOTH) for line in lines],
        "first": AT_FIRST,
        "total": len(every),
        "silent": sum(1 for line in every if not line.practices),
        "links": links[:_MAPPINGS],
        "all_links": len(links),
        "types": sorted(types.items(), key=lambda one: (-one[1], one[0])),
        "findings": found[:_FINDINGS],
        "all_findings": len(found),
        "countries": sorted(places, key=lambda iri: fold(visit.label(iri))),
    }


def _line(visit: Visit, iri: str) -> Line:
    index = visit.observatory.index
    members = index.members("instrument").get(iri)
    provisions = index.narrower.get(iri, frozenset()) - {iri}
    facts = visit.snapshot.norms.get(iri, Facts(iri, {}))
    count = 0 if members is None else popcount(members)
    return Line(facts, count, len(provisions), visit.observatory.duties.parties(iri))


def mappings(visit: Visit, of: Collection[str] = ()) -> list[Link]:
    """Return the accepted mappings between provisions, those of some norms or all, by what they join."""
    found = []
    for iri, facts in visit.snapshot.facts("norm-links").items():
        start, end = facts.one("from"), facts.one("to")
        if not of or start in of or end in of:
            said, basis = _own(visit, facts, "why"), facts.all("basis")
            found.append(Link(iri, start, end, facts.one("type"), said, basis, facts.all("by")))
    return sorted(found, key=lambda one: (natural(one.start), natural(one.end), one.iri))


def findings(visit: Visit, of: Collection[str] = (), place: str = "") -> list[Finding]:
    """Return what supervising bodies found, the newest first: on some norms, in a place, or all."""
    found = []
    within = visit.observatory.index.within
    for iri, facts in visit.snapshot.facts("findings").items():
        places = facts.all("place")
        if of and not set(of) & set(facts.all("norm")):
            continue
        if place and not any(place in within.get(one, {one}) for one in places):
            continue
        texts = _own(visit, facts, "title"), _own(visit, facts, "description")
        day = facts.one("date")[:10]
        found.append(Finding(iri, day, places, facts.all("issuer"), facts.all("norm"), *texts))
    return sorted(found, key=lambda one: (one.day, one.iri), reverse=True)


def _own(visit: Visit, facts: Facts, what: str) -> tuple[str, str]:
    """Return a text and its language where that is not the page's."""
    text, tongue = facts.text(what, visit.language)
    return text, "" if tongue == visit.language else tongue


def natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts 4-1 before 4-10.

    >>> sorted(["a-10", "a-9"], key=natural)
    ['a-9', 'a-10']
    """
    parts = text.rsplit("/", 1)[-1].replace(".", "-").replace(" ", "-").split("-")
    return [(int(p), "") if p.isascii() and p.isdigit() else (1_000_000, p) for p in parts]
