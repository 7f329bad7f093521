"""Faults of the data that a view may count wrongly by: a store that nobody validated, or one that is broken.

A build refuses all of these. A store of somebody else may hold them; then a view is computed as well as it can be
(a circle ends, what is not there holds nothing), and the faults are named beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dgekg.coverage.searches import NOT_APPLICABLE, SEARCHED
from dgekg.index import NORMS, Index


@dataclass(frozen=True, slots=True)
class Doubt:
    """One fault.

    Attributes:
        kind: "circle", "dangling", "no-root", "same-notation", "unknown-coordinate" or "unknown-status".
        dimension: where it is; "norm" for provisions and instruments, "" for the status of a statement.
        things: the concepts or statements at fault, in order.
    """

    kind: str
    dimension: str
    things: tuple[str, ...]


def doubts(index: Index) -> tuple[Doubt, ...]:
    """Return the faults of the hierarchies and statements of an index, by dimension."""
    found: list[Doubt] = []
    for name, dimension in index.dimensions.items():
        if dimension.coordinate:
            found += _hierarchy(index, name)
    return (*found, *_statements(index))


def concerning(found: Iterable[Doubt], dimensions: Iterable[str]) -> list[Doubt]:
    """Return the faults that a view of these dimensions (rows and filters) may count wrongly by."""
    asked = {name for one in dimensions for name in ((one, "norm") if one in NORMS else (one,))}
    return [doubt for doubt in found if doubt.dimension in asked or not doubt.dimension]


def _hierarchy(index: Index, name: str) -> list[Doubt]:
    concepts = index.concepts(name)
    found = []
    circle = [iri for iri, c in concepts.items() if any(iri in index.within.get(b, ()) for b in c.broader)]
    if circle:
        found.append(Doubt("circle", name, tuple(sorted(circle))))
    every = {iri for members in index.hierarchy.values() for iri in members}
    dangling = [iri for iri, concept in concepts.items() if set(concept.broader) - every]
    if dangling:
        found.append(Doubt("dangling", name, tuple(sorted(dangling))))
    if concepts and name not in index.roots and "#" not in index.dimension(name).home:
        found.append(Doubt("no-root", name, ()))
    if "#" not in index.dimension(name).home:
        by_number: dict[tuple[str, str], list[str]] = {}
        for iri, concept in concepts.items():
            if concept.notation:
                by_number.setdefault((iri.rpartition("/")[0], concept.notation), []).append(iri)
        found += [Doubt("same-notation", name, tuple(sorted(i))) for i in by_number.values() if len(i) > 1]
    return found


def _statements(index: Index) -> list[Doubt]:
    known = {name: set(index.concepts(name)) for name, d in index.dimensions.items() if d.coordinate}
    known["norm"] = set().union(*(known.get(name, set()) for name in NORMS))
    astray: dict[str, set[str]] = {}
    for statement in index.statements:
        for name, concepts in statement.cell.items():
            if concepts - known.get(name, set()):
                astray.setdefault(name, set()).add(statement.iri)
        if statement.status not in (SEARCHED, NOT_APPLICABLE):
            astray.setdefault("", set()).add(statement.iri)
    return [
        Doubt("unknown-coordinate" if name else "unknown-status", name, tuple(sorted(iris)))
        for name, iris in sorted(astray.items())
    ]
