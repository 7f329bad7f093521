"""Pages of schemes and concepts: definition, place in the hierarchy, practices, coverage by stage or group."""

from __future__ import annotations

from typing import Any

from dgekg import identifiers
from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import popcount
from dgekg.coverage.rows import walk
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import Visit
from dgekg.web.linked import pointing as links
from dgekg.web.linked import records
from dgekg.web.people import grids

_NARROWER = (PREFIXES["skos"] + "broader",)


def dimension_of(visit: Visit, scheme: str) -> str:
    """Return the first dimension whose rows are the concepts of a scheme, or ""."""
    return next((n for n, d in visit.observatory.index.dimensions.items() if d.home == scheme), "")


def concept(visit: Visit, iri: str) -> dict[str, Any]:
    """Return what the page of a concept shows."""
    index = visit.observatory.index
    local = identifiers.parse(iri)
    scheme_iri = identifiers.scheme(local.scheme) if local else ""
    dimension = dimension_of(visit, scheme_iri)
    record = records.read(visit, iri)
    members: list[str] = []
    strip = None
    other = "stage" if dimension != "stage" else "group"
    if dimension:
        found = index.members(dimension).get(iri)
        members = [] if found is None else index.unpack(found)
        if index.dimension(dimension).coordinate and other not in index.dimension(dimension).excludes:
            depths = (("group", 1),) if other == "group" else ()
            view = View((other,), (Filter(dimension, (iri,)),), depths=depths)
            strip = grids.strip(visit, visit.snapshot.grid(view))
    narrower = index.children.get(iri, frozenset())
    return {
        "record": record,
        "scheme": scheme_iri,
        "dimension": dimension,
        "code": local.slug if local else "",
        "broader": [t.value for t in record.facts.get(PREFIXES["skos"] + "broader", [])],
        "narrower": sorted(narrower, key=lambda i: visit.label(i).casefold()),
        "members": list(visit.snapshot.cards.of(members)),
        "strip": strip,
        "other": other,
        "inverse": [] if dimension else records.pointing(visit, links.every(visit, iri, _NARROWER)),
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
