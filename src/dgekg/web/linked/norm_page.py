"""The page of an instrument or a provision: its parts with practices, who is bound, findings, mappings, practices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dgekg import identifiers
from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import popcount
from dgekg.duties.records import Adoption
from dgekg.folding import fold
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.linked import pointing as links
from dgekg.web.linked import records
from dgekg.web.people import directory, grids, norms, paged

AT_ONCE = 12
_MEASURES = ("documented", "effect_shown", "harm_or_mixed")
# What the page tells in its own sections; the rest of what points here stands at its end.
_TOLD = (
    "provisionOf",
    "fromProvision",
    "toProvision",
    "ofInstrument",
    "onProvision",
    "supportedNorm",
    "concernsNorm",
    "supports",
    "reservesProvision",
    "changedRecord",
)


def norm(visit: Visit, iri: str) -> Mapping[str, Any]:
    """Return what the page of an instrument or provision shows."""
    index, duties = visit.observatory.index, visit.observatory.duties
    record = records.read(visit, iri)
    dimension = record.kind
    found = index.members(dimension).get(iri)
    members = [] if found is None else index.unpack(found)
    below = index.narrower.get(iri, frozenset({iri}))
    view = View(("stage",), (Filter(dimension, (iri,)),))
    grid = visit.snapshot.grid(view)
    whole = grid.cells.get((index.roots.get("stage", ""),))
    page = paged.of(visit, members, AT_ONCE)
    owners = sorted(index.within.get(iri, frozenset()) - {iri}, key=lambda o: -len(index.narrower.get(o, ())))
    instrument = iri if dimension == "instrument" else next((o for o in owners if "/instrument/" in o), "")
    acts = list(duties.adoptions.get(instrument, {}).values())
    if dimension == "provision":
        acts = [act for act in acts if act.reserved & {iri, *owners}]
    facts = visit.snapshot.norms.get(iri, Facts(iri, {}))
    return {
        "record": record,
        "dimension": dimension,
        "code": grids.code(iri),
        "facts": facts,
        "owners": owners,
        "instrument": instrument,
        "parts": _parts(visit, iri),
        "measures": {name: int(whole.measures[name]) if whole else 0 for name in _MEASURES},
        "strip": grids.strip(visit, grid) if members else None,
        "page": page,
        "members": list(visit.snapshot.cards.of(page.items)),
        "leads": directory.leads,
        "standing": _standing(visit, acts),
        "parties": duties.parties(instrument) if instrument else 0,
        "mappings": norms.mappings(visit, below),
        "findings": norms.findings(visit, below),
        "inverse": records.pointing(visit, links.every(visit, iri), tuple(map(identifiers.term, _TOLD))),
    }


def _parts(visit: Visit, iri: str) -> list[tuple[Facts, int, int]]:
    """Return the parts of a norm in their order: facts, how deep they lie, practices that concern each."""
    index = visit.observatory.index
    members = index.members("provision")
    rows: list[tuple[Facts, int, int]] = []

    def add(owner: str, depth: int) -> None:
        inside = [p for p in index.children.get(owner, frozenset()) if "/provision/" in p]
        for part in sorted(inside, key=norms.natural):
            found = members.get(part)
            facts = visit.snapshot.norms.get(part, Facts(part, {}))
            rows.append((facts, depth, 0 if found is None else popcount(found)))
            add(part, depth + 1)

    add(iri, 0)
    return rows


def _standing(visit: Visit, acts: Iterable[Adoption]) -> list[tuple[str, bool, list[Adoption]]]:
    """Return the acts of States by status, those that bind first; each by the name of the State."""
    by: dict[str, list[Adoption]] = {}
    for act in acts:
        by.setdefault(act.status, []).append(act)
    found = []
    for status, some in by.items():
        some.sort(key=lambda act: fold(visit.label(act.place)))
        found.append((status, some[0].bound, some))
    return sorted(found, key=lambda one: (not one[1], -len(one[2]), one[0]))
