"""The list of actors: by name, sector and country, those with most practices first."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import finding, identifiers
from dgekg.folding import fold
from dgekg.textsearch import MOST_LETTERS
from dgekg.web.facts import Facts
from dgekg.web.house import House, Visit
from dgekg.web.people import directory, paged
from dgekg.web.people.pages import known

AT_ONCE = 50


def actors(house: House, request: Request) -> Response:
    """`/actors`: who leads, funds, evaluates or takes part."""
    visit = Visit(house, request)
    known(visit, "q", "sector", "country", paged.KEY)
    return visit.page("actors.html", lambda: _actors(visit))


def _actors(visit: Visit) -> dict[str, Any]:
    params = visit.request.query_params
    text = " ".join(params.get("q", "").split())
    searched = directory.search(visit, text, "actor")
    hits = {hit.iri for hit in searched.hits}
    sector, country = _wanted(visit, "sector", "sector"), _wanted(visit, "country", "region")
    within = visit.observatory.index.within
    found: list[tuple[Facts, int, dict[str, list[str]]]] = []
    for iri, facts in visit.snapshot.actors.items():
        if text and iri not in hits:
            continue
        if sector and not any(sector in within.get(s, {s}) for s in facts.all("sector")):
            continue
        if country and not any(country in within.get(c, {c}) for c in facts.all("country")):
            continue
        roles = facts.by("practice")
        found.append((facts, len({p for some in roles.values() for p in some}), roles))
    found.sort(key=lambda f: (-f[1], fold(visit.label(f[0].iri))))
    everyone = visit.snapshot.actors.values()
    return {
        "page": paged.of(visit, found, AT_ONCE),
        "text": text[:MOST_LETTERS],
        "notes": finding.notes(searched, visit.language),
        "meant": [(other, visit.here(q=other, **{paged.KEY: ""})) for other in searched.suggestions],
        "sector": sector,
        "sectors": sorted({s for f in everyone for s in f.all("sector")}, key=visit.label),
        "country": country,
        "countries": _by_name(visit, {c for f in everyone for c in f.all("country")}),
        "narrowed": bool(text or sector or country),
        "total": len(visit.snapshot.actors),
    }


def _wanted(visit: Visit, key: str, scheme: str) -> str:
    """Return the concept that a parameter names, or "".

    Raises:
        UnknownValue: there is none of that name; the nearest are suggested.
    """
    said = visit.request.query_params.get(key, "")
    return visit.observatory.names.resolve(said, [identifiers.scheme(scheme) + "/"], key) if said else ""


def _by_name(visit: Visit, iris: set[str]) -> list[str]:
    return sorted(iris, key=lambda iri: fold(visit.label(iri)))
