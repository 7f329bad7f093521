"""The nearest practices: how far up the hierarchy one must go from a cell until a practice is inside.

In each dimension that a cell speaks of (its rows, and filters with a single value) the distance is the fewest steps up
from the cell's concept to one that holds the practice; 0 if it lies in the concept itself. The sum counts. Somewhere
the two must meet below the root, or the practice must itself claim everyone, everywhere, all stages, whatever the cell
speaks of: what has nothing in common with the cell is not near. Among equals the better documented comes first, then
the address.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dgekg.coverage import View
from dgekg.index import Bits, Index

_HIGHEST = 4
Point = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ring:
    """The practices that are reached by so many steps up in one dimension."""

    steps: int
    bits: Bits
    whole: bool


def point_of(index: Index, view: View, concepts: Sequence[str]) -> dict[str, str]:
    """Return what a cell speaks of: dimension -> concept, for coordinates that have a hierarchy."""
    found = {
        one.dimension: one.values[0]
        for one in view.filters
        if not one.negated and len(one.values) == 1 and index.dimension(one.dimension).coordinate
    }
    rows = zip(view.dimensions, concepts, strict=True)
    return found | {name: concept for name, concept in rows if concept and index.dimension(name).coordinate}


def nearest(index: Index, view: View, at: Point, candidates: Bits) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    """Yield practices, the nearest first, with the steps by dimension.

    Args:
        index: of the version.
        view: what the cell belongs to; tells which link to norms and stages counts.
        at: what the cell speaks of (see `point_of`).
        candidates: the practices to choose from.
    """
    names = [name for name, concept in at.items() if concept != index.roots.get(name)]
    rings = [_rings(index, view, name, at[name]) for name in names]
    claims = [_claims(index, view, name) for name in names]
    levels = [index.bits(np.flatnonzero(index.rung == level)) for level in range(_HIGHEST, -2, -1)]
    left = candidates.copy()
    for way in sorted(itertools.product(*rings), key=lambda w: (sum(r.steps for r in w), [r.steps for r in w])):
        if not left.any():
            return
        hit = left.copy()
        for ring in way:
            hit &= ring.bits
        if way and all(ring.whole for ring in way):
            for claimed in claims:
                hit &= claimed
        left &= ~hit
        apart = tuple((name, ring.steps) for name, ring in zip(names, way, strict=True))
        for level in levels:
            for practice in index.unpack(hit & level) if hit.any() else ():
                yield practice, apart


def _rings(index: Index, view: View, dimension: str, concept: str) -> list[Ring]:
    names = (dimension, "instrument") if dimension == "provision" else (dimension,)
    parents = {c.iri: c.broader for name in names for c in index.concepts(name).values()}
    members = [index.members(view.source(index.dimension(name))) for name in names]
    root = index.roots.get(dimension)
    found: list[Ring] = []
    bits, wave, seen = index.none.copy(), [concept], {concept}
    while wave:
        for one in wave:
            for held in members:
                bits = bits | held.get(one, index.none)
        found.append(Ring(len(found), bits, root in wave))
        wave = [b for one in wave for b in parents.get(one, ()) if b not in seen]
        wave = list(dict.fromkeys(wave))
        seen.update(wave)
    return found


def _claims(index: Index, view: View, dimension: str) -> Bits:
    """Return the practices that say the root of a dimension and nothing narrower."""
    members = index.members(view.source(index.dimension(dimension)))
    root = index.roots.get(dimension, "")
    said = members.get(root, index.none).copy()
    for narrower in index.children.get(root, frozenset()):
        said &= ~members.get(narrower, index.none)
    return said
