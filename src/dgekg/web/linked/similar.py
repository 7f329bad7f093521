"""Practices that share much with one: for whom, at which stage, which kind, which norm; the rare weighs more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

import numpy as np

from dgekg.index import Index
from dgekg.web.house import Visit

DIMENSIONS = ("group", "stage", "kind", "provision", "instrument")
_AT_LEAST = 2  # dimensions that must be shared: one alone makes half of a collection similar


@dataclass(frozen=True, slots=True)
class Similar:
    """A practice like another, and the concepts and norms that both say, the rarest first."""

    iri: str
    shared: tuple[str, ...]


def of(visit: Visit, practice: str, most: int = 6, named: int = 4) -> list[Similar]:
    """Return the practices that share most with one.

    Args:
        visit: the request.
        practice: its IRI.
        most: how many.
        named: how many of the shared concepts are named.
    """
    index = visit.observatory.index
    if practice not in index.position:
        return []
    me = index.position[practice]
    scores = np.zeros(len(index.practices))
    dimensions = np.zeros(len(index.practices), dtype=np.int64)
    weights: list[tuple[float, str, np.ndarray]] = []
    for name in DIMENSIONS:
        hit = np.zeros(len(index.practices), dtype=bool)
        for concept in _own(index, name, me):
            flags = index.flags(index.members(name)[concept])
            weight = log(len(flags) / int(flags.sum()))
            weights.append((weight, concept, flags))
            scores += weight * flags
            hit |= flags
        if name != "instrument":  # a shared provision is a shared instrument: it counts once
            dimensions += hit
    scores[me] = 0.0
    scores[dimensions < _AT_LEAST] = 0.0
    weights.sort(key=lambda w: (-w[0], w[1]))
    order = sorted(np.flatnonzero(scores > 0).tolist(), key=lambda n: (-scores[n], index.practices[n]))[:most]
    return [
        Similar(index.practices[n], _named(index, (c for _w, c, flags in weights if flags[n]), named)) for n in order
    ]


def _own(index: Index, dimension: str, practice: int) -> list[str]:
    """Return the lowest concepts of a dimension in which a practice lies, without the root."""
    members = index.members(dimension)
    if not len(members):
        return []
    held = np.any(members.matrix & index.bits([practice]), axis=1)
    inside = {iri for iri, yes in zip(members.rows, held.tolist(), strict=True) if yes}
    inside.discard(index.roots.get(dimension, ""))
    return sorted(iri for iri in inside if not (index.narrower.get(iri, frozenset({iri})) - {iri}) & inside)


def _named(index: Index, concepts: Iterable[str], most: int) -> tuple[str, ...]:
    """Return the first of some concepts, none of which holds another."""
    found: list[str] = []
    for concept in concepts:
        if not any(concept in index.within.get(known, frozenset()) for known in found):
            found.append(concept)
    return tuple(found[:most])
