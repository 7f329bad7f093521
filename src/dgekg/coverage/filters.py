"""What the filters of a view leave: coordinates and qualities kept apart."""

from __future__ import annotations

from collections.abc import Sequence

from dgekg.coverage.view import View
from dgekg.index import Bits, Index


def coordinates_left(index: Index, view: View, *, but: str = "") -> Bits:
    """Return the practices that the filters on coordinates leave, one dimension left out."""
    kept = index.everything.copy()
    for one in view.filters:
        if index.dimension(one.dimension).coordinate and one.dimension != but:
            kept &= _kept(index, view, one.dimension, one.values, one.negated)
    return kept


def qualities_left(index: Index, view: View) -> Bits:
    """Return the practices that the filters on qualities and the exclusions leave."""
    kept = index.everything.copy()
    for one in view.filters:
        if not index.dimension(one.dimension).coordinate:
            kept &= _kept(index, view, one.dimension, one.values, one.negated)
    return kept & ~index.bits(index.position[iri] for iri in view.exclude if iri in index.position)


def _kept(index: Index, view: View, dimension: str, values: Sequence[str], negated: bool) -> Bits:
    members = index.members(view.source(index.dimension(dimension)))
    hit = index.none.copy()
    for value in values:
        hit |= members.get(value, index.none)
    return index.everything & ~hit if negated else hit
