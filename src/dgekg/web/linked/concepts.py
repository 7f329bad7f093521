"""Pages of schemes and concepts: definition, place in the hierarchy, coverage, gaps, practices; what binds a place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dgekg import identifiers
from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import popcount
from dgekg.coverage.rows import walk
from dgekg.folding import fold
from dgekg.index import Index
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import Visit
from dgekg.web.linked import pointing as links
from dgekg.web.linked import records
from dgekg.web.people import directory, gaplist, grids, norms, paged

_NARROWER = (PREFIXES["skos"] + "broader",)
AT_ONCE = 12
_GAPS = 5
_ALONG = (("stage", 0), ("group", 1), ("region", 1), ("lever", 0), ("kind", 1))
_MEASURES = ("documented", "effect_shown", "harm_or_mixed", "promising", "actors", "countries")
_FINDINGS = 12


def dimension_of(visit: Visit, scheme: str) -> str:
    """Return the first dimension whose rows are the concepts of a scheme, or ""."""
    dimensions = visit.observatory.index.dimensions.items()
    return next((n for n, d in dimensions if scheme in (d.home, *d.beside)), "")


def concept(visit: Visit, iri: str) -> dict[str, Any]:
    """Return what the page of a concept shows."""
    index = visit.observatory.index
    local = identifiers.parse(iri)
    scheme_iri = identifiers.scheme(local.scheme) if local else ""
    dimension = dimension_of(visit, scheme_iri)
    record = records.read(visit, iri)
    shown: dict[str, Any] = {
        "record": record,
        "scheme": scheme_iri,
        "dimension": dimension,
        "code": local.slug if local else "",
        "ways": ways_up(index, iri),
        "combined": [t.value for t in record.get("combinesGroup")],
        "narrower": _narrower(visit, iri, dimension),
        "leads": directory.leads,
        "place": None,
        "inverse": [],
        "page": None,
        "members": [],
        "measures": {},
        "strips": [],
        "whole": None,
    }
    if not dimension:
        return shown | {"inverse": records.pointing(visit, links.every(visit, iri, _NARROWER))}
    found = index.members(dimension).get(iri)
    members = [] if found is None else index.unpack(found)
    page = paged.of(visit, members, AT_ONCE)
    shown |= {"page": page, "members": list(visit.snapshot.cards.of(page.items))}
    if index.dimension(dimension).coordinate and iri in index.concepts(dimension):
        shown |= _coverage(visit, dimension, iri)
    return shown | {"place": _place(visit, iri) if dimension == "region" else None}


def ways_up(index: Index, iri: str) -> list[list[str]]:
    """Return each way from a concept up to its root, the root first; in a polyhierarchy there are several."""
    above = [b for b in index.within.get(iri, frozenset()) - {iri} if iri in index.children.get(b, ())]
    ways = [[*way, broader] for broader in sorted(above) for way in ways_up(index, broader)]
    return ways or [[]]


def _narrower(visit: Visit, iri: str, dimension: str) -> list[tuple[str, int]]:
    """Return the narrower concepts by name, with practices of each where they are counted."""
    index = visit.observatory.index
    members = index.members(dimension) if dimension else {}
    found = sorted(index.children.get(iri, frozenset()), key=lambda i: fold(visit.label(i)))
    return [(one, popcount(members[one]) if one in members else 0) for one in found]


def _coverage(visit: Visit, dimension: str, iri: str) -> dict[str, Any]:
    """Return a concept's measures, the state of all of it, its coverage along other dimensions, and its gaps."""
    index = visit.observatory.index
    only = (Filter(dimension, (iri,)),)
    barred = {dimension, *index.dimension(dimension).excludes}
    along = [(name, depth) for name, depth in _ALONG if name not in barred]
    strips = []
    measures: dict[str, int] = {}
    drawn: grids.Shown | None = None
    for name, depth in along:
        grid = visit.snapshot.grid(View((name,), only, depths=((name, depth),) if depth else ()))
        strips.append((name, grids.strip(visit, grid)))
        whole = grid.cells.get((index.roots.get(name, ""),))
        if whole is not None and not measures:
            measures = {what: int(whole.measures[what]) for what in _MEASURES}
            drawn = replace(grids.drawn(visit, grid, whole), href=grids.explanation(visit, grid, whole))
    first, second = (name for name, _ in along[:2])
    depths = tuple((name, 2) for name in (first, second) if name == "region")
    view = View((first, second), only, depths=depths)
    grid, gaps = visit.snapshot.grid(view), visit.snapshot.gaps(view)
    return {
        "strips": strips,
        "measures": measures,
        "whole": drawn,
        "gaps": gaplist.runs([gaplist.gap_card(visit, grid, gap) for gap in gaps[:_GAPS]]),
        "gap_count": len(gaps),
        "gap_query": view.query_string(),
    }


def _place(visit: Visit, iri: str) -> dict[str, Any]:
    """Return what binds a country, what was found on it or a region, and how many actors have their seat there."""
    duties = visit.observatory.duties
    within = visit.observatory.index.within
    acts = [act for by in duties.adoptions.values() for place, act in by.items() if place == iri]
    acts.sort(key=lambda act: (not act.bound, fold(visit.label(act.instrument))))
    found = norms.findings(visit, place=iri)
    seats = visit.snapshot.actors.values()
    return {
        "acts": acts,
        "country": iri in duties.countries,
        "findings": found[:_FINDINGS],
        "all_findings": len(found),
        "actors": sum(1 for facts in seats if any(iri in within.get(c, {c}) for c in facts.all("country"))),
    }


def scheme(visit: Visit, iri: str) -> dict[str, Any]:
    """Return what the page of a scheme shows: its concepts as a tree, with practices where they are counted."""
    index = visit.observatory.index
    dimension = dimension_of(visit, iri)
    members = index.members(dimension) if dimension else {}
    found = index.hierarchy.get(iri, {})
    rows = [
        (concept_, depth, popcount(members[concept_]) if concept_ in members else 0) for concept_, depth in walk(found)
    ]
    if not rows:
        flat = visit.snapshot.classes.under(iri + "/")
        rows = [(i, 0, 0) for i in sorted(flat, key=lambda i: visit.label(i).casefold())]
    return {"record": records.read(visit, iri), "rows": rows, "dimension": dimension}
