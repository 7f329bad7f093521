"""Pages for people: the first page, lists, data, and what the collection is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import finding, identifiers, render
from dgekg.coverage import Gap, Grid, State
from dgekg.coverage.arrays import popcount
from dgekg.errors import UnknownValue
from dgekg.textsearch import MOST_LETTERS
from dgekg.web.catalogue import downloads
from dgekg.web.house import House, Visit
from dgekg.web.people import directory, empty, grids
from dgekg.web.snapshot import FIRST_GAPS, HOME, Facts

# Groups of the second level that the first page shows beside the grounds: the peoples and the persons that most
# instruments speak of. The full list is one link away.
HOME_GROUPS = (
    "women-and-girls",
    "lgbtiq-people",
    "people-of-african-descent",
    "persons-with-disabilities",
    "speakers-of-under-resourced-languages",
    "older-people",
    "children",
)
_FAMILIES = ("human-rights", "ai-governance", "both")


def known(visit: Visit, *allowed: str) -> None:
    """Refuse query parameters that a page does not have.

    Raises:
        UnknownValue: one that it does not; the nearest is suggested.
    """
    keys = (*allowed, "lang")
    for key in visit.request.query_params:
        if key not in keys:
            raise UnknownValue("parameter", key, keys)


def home(house: House, request: Request) -> Response:
    """`/`: an answer, the table behind it, the first gaps, how we know."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("home.html", lambda: _home(visit))


def _home(visit: Visit) -> dict[str, Any]:
    grid = visit.snapshot.grid(HOME)
    rows = home_rows(visit, grid)
    table = grids.table(visit, grid, rows)
    roots = {visit.observatory.index.roots.get(d) for d in grid.view.dimensions} | {""}
    inside = [c for c in grid.cells.values() if c.concepts[0] in {r for r, _ in rows} and not roots & set(c.concepts)]
    states = {s.value: sum(c.state is s for c in inside) for s in State}
    gaps = visit.snapshot.gaps(FIRST_GAPS)
    return {
        "table": table,
        "legend": grids.legend(visit),
        "practices": len(visit.observatory.index.practices),
        "cells": len(inside),
        "states": states,
        "effects": sum(bool(c.measures["effect_shown"]) for c in inside),
        "gaps": [gap_card(visit, visit.snapshot.grid(FIRST_GAPS), g) for g in first_of_each(gaps)],
        "gap_count": len(gaps),
        "counts": visit.snapshot.counts,
        "withheld": len(visit.observatory.index.withheld),
        "searches": len(visit.observatory.index.statements),
    }


def home_rows(visit: Visit, grid: Grid) -> list[tuple[str, int]]:
    """Return the rows of the first page: root, grounds by name with the groups shown under them, not stated."""
    axis = grid.axes[0]
    depth = dict(zip(axis.rows, axis.depths, strict=True))
    wanted = {identifiers.concept("group", code) for code in HOME_GROUPS}
    root = visit.observatory.index.roots.get("group", "")
    tops = sorted((r for r in axis.rows if depth[r] == 1 and r), key=lambda r: directory.plain(visit.label(r)))
    rows = [(root, 0)] if root in depth else []
    for top in tops:
        rows.append((top, 1))
        children = visit.observatory.index.children.get(top, frozenset()) & wanted
        placed = {r for r, _ in rows}
        rows += [
            (c, 2)
            for c in sorted(children, key=lambda c: directory.plain(visit.label(c)))
            if c in depth and c not in placed
        ]
    return [*rows, *([("", 0)] if "" in depth else [])]


def first_of_each(gaps: Sequence[Gap], limit: int = 5) -> list[Gap]:
    """Return the first gap of each kind, then the next ones: different actions side by side."""
    kinds: dict[str, Gap] = {}
    for gap in gaps:
        kinds.setdefault(gap.kind, gap)
    chosen = list(kinds.values())[:limit]
    chosen += [g for g in gaps if g not in chosen][: limit - len(chosen)]
    return sorted(chosen, key=lambda g: -g.priority)


def gap_card(visit: Visit, grid: Grid, gap: Gap) -> dict[str, Any]:
    """Return a gap as a list shows it."""
    return {
        "kind": gap.kind,
        "words": render.gap_words(gap.kind, visit.language),
        "sentence": render.gap_sentence(visit.observatory, grid, gap, visit.language),
        "cell": grids.drawn(visit, grid, gap.cell),
        "href": grids.explanation(visit, grid, gap.cell),
        "card": grids.card(visit, grid, gap),
        "place": [c for c in gap.cell.concepts if c],
        "priority": gap.priority,
        "parts": gap.parts,
    }


def practices(house: House, request: Request) -> Response:
    """`/practices`: the list under filters."""
    visit = Visit(house, request)

    def build() -> dict[str, Any]:
        shown = directory.listing(visit)
        return {
            "shown": shown,
            "closed": directory.withheld(visit, shown.view),
            "nothing": empty.of_listing(visit, shown),
            "notes": finding.notes(shown.searched, visit.language),
            "meant": [(text, visit.here(q=text, cursor="")) for text in shown.searched.suggestions],
            "chips": directory.chips(visit, shown),
            "facets": directory.facets(visit, shown),
            "leads": directory.leads,
            "sorts": directory.SORTS if shown.text else directory.SORTS[1:],
            "dimensions": dimensions(visit),
        }

    return visit.page("practices.html", build)


def dimensions(visit: Visit) -> list[tuple[str, str]]:
    """Return the dimensions with their words, as a form offers them."""
    return [(n, visit.dimension_words(n)) for n in visit.observatory.index.dimensions]


def standards(house: House, request: Request) -> Response:
    """`/standards`: instruments and their provisions with the practices that concern them."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("standards.html", lambda: _standards(visit))


def _standards(visit: Visit) -> dict[str, Any]:
    index = visit.observatory.index
    instruments, provisions = index.members("instrument"), index.members("provision")
    below: dict[str, list[tuple[Facts, int]]] = {}
    for iri in index.concepts("provision"):
        owner = next((w for w in index.within.get(iri, ()) if w in index.concepts("instrument")), "")
        count = popcount(provisions[iri]) if iri in provisions else 0
        below.setdefault(owner, []).append((visit.snapshot.norms.get(iri, Facts(iri, {})), count))
    families = []
    for family in _FAMILIES:
        found = []
        for iri in index.concepts("instrument"):
            facts = visit.snapshot.norms.get(iri, Facts(iri, {}))
            if not facts.one("family").endswith("/" + family):
                continue
            count = popcount(instruments[iri]) if iri in instruments else 0
            inside = sorted(below.get(iri, []), key=lambda p: _natural(p[0].one("number") or p[0].iri))
            found.append((facts, count, inside))
        found.sort(key=lambda f: (-f[1], directory.plain(visit.label(f[0].iri))))
        families.append((identifiers.concept("family", family), found))
    silent = sum(1 for _f, rows in families for _i, count, _p in rows if not count)
    return {"families": families, "silent": silent, "total": len(index.concepts("instrument"))}


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts 4-1 before 4-10."""
    parts = text.replace(".", "-").replace(" ", "-").split("-")
    return [(int(p), "") if p.isascii() and p.isdigit() else (1_000_000, p) for p in parts]


def actors(house: House, request: Request) -> Response:
    """`/actors`: who leads, funds, evaluates or takes part."""
    visit = Visit(house, request)
    known(visit, "q", "sector")
    return visit.page("actors.html", lambda: _actors(visit))


def _actors(visit: Visit) -> dict[str, Any]:
    text = " ".join(visit.request.query_params.get("q", "").split())
    searched = directory.search(visit, text, "actor")
    hits = {hit.iri for hit in searched.hits}
    sector = visit.request.query_params.get("sector", "")
    wanted = visit.observatory.names.resolve(sector, [identifiers.scheme("sector") + "/"], "sector") if sector else ""
    found = []
    for iri, facts in visit.snapshot.actors.items():
        if text and iri not in hits:
            continue
        if wanted and not any(wanted in visit.observatory.index.within.get(s, {s}) for s in facts.all("sector")):
            continue
        roles = facts.by("practice")
        found.append((facts, sum(len(p) for p in roles.values()), roles))
    found.sort(key=lambda f: (-f[1], directory.plain(visit.label(f[0].iri))))
    sectors = sorted({s for f in visit.snapshot.actors.values() for s in f.all("sector")}, key=visit.label)
    return {
        "actors": found,
        "text": text[:MOST_LETTERS],
        "notes": finding.notes(searched, visit.language),
        "meant": [(other, visit.here(q=other)) for other in searched.suggestions],
        "sector": wanted,
        "sectors": sectors,
        "total": len(visit.snapshot.actors),
    }


def data(house: House, request: Request) -> Response:
    """`/data`: downloads, licence, how to cite."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("data.html", lambda: {"counts": visit.snapshot.counts, "files": downloads.listed(visit.snapshot)})


def about(house: House, request: Request) -> Response:
    """`/about`: what this is, how it is made, what it cannot say."""
    visit = Visit(house, request)
    known(visit)

    def build() -> dict[str, Any]:
        return {
            "counts": visit.snapshot.counts,
            "legend": grids.legend(visit),
            "practices": len(visit.observatory.index.practices),
            "settings": visit.house.settings,
            "rounds": list(visit.snapshot.classes.under(identifiers.records("collection"))),
        }

    return visit.page("about.html", build)


def contribute(house: House, request: Request) -> Response:
    """`/contribute`: how to propose, correct, reply or withdraw."""
    visit = Visit(house, request)
    known(visit)
    return visit.page("contribute.html", dict)
