"""Views that cannot be computed as asked: each is refused with what is wrong and a way out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dgekg.errors import UnknownValue, ViewError
from dgekg.index import NORMS as NORM_DIMENSIONS
from dgekg.index import Index

if TYPE_CHECKING:
    from dgekg.coverage.view import Filter, View

NORMS = ("concerns", "supports")
# Of these a practice has one value at most: its shape says so (`sh:maxCount 1`), or the value is derived (level).
SINGLE = ("approach", "exposure", "level", "participation", "policy-phase", "status")
_MOST_FILTERS = 40
_MOST_PLACES = 3_000_000
_AT_LEAST = 1_000  # what a place costs even where there are few cells


def refuse(view: View, index: Index) -> None:
    """Refuse a view that cannot be computed.

    Raises:
        UnknownValue: a dimension, value, norm link or relation that is not known.
        ViewError: see `View.check`.
    """
    _dimensions(view, index)
    if view.norm not in NORMS:
        raise UnknownValue("norm", view.norm, NORMS, f"Use one of {', '.join(NORMS)}.")
    relations = index.dimension("stage").relations
    if view.relation and view.relation not in relations:
        raise UnknownValue("relation", view.relation, relations, f"Use one of {', '.join(relations)}.")
    if not 0 <= view.rung <= 4:
        raise ViewError(f"rung: found {view.rung}, expected an evidence level from 0 to 4.")
    for name, depth in view.depths:
        if name not in view.dimensions or depth < 0:
            raise ViewError(f"depth: {name}={depth} is not a depth of {', '.join(view.dimensions)}.")
    _filters(view, index)
    _excluded(view, index)
    _apart(view, index)
    _places(view, index)


def _dimensions(view: View, index: Index) -> None:
    if not 1 <= len(view.dimensions) <= 4:
        raise ViewError(f"A view has one to four dimensions; found {len(view.dimensions)}.")
    if len(set(view.dimensions)) < len(view.dimensions):
        raise ViewError(f"A view has each dimension once; found {', '.join(view.dimensions)}.")
    for name in (*view.dimensions, *(f.dimension for f in view.filters)):
        index.dimension(name)
    for name in view.dimensions:
        clash = index.dimension(name).excludes & set(view.dimensions)
        if clash:
            other = sorted(clash)[0]
            raise ViewError(f"{name} and {other} determine each other: use one as a row and the other as a filter.")


def _filters(view: View, index: Index) -> None:
    if len(view.filters) > _MOST_FILTERS:
        raise ViewError(f"where: found {len(view.filters)} conditions; at most {_MOST_FILTERS} are read.")
    for one in view.filters:
        known = index.concepts(one.dimension)
        for value in one.values:
            if value not in known:
                raise UnknownValue(one.dimension, value, (*known, *(c.code for c in known.values())))
        if not one.values:
            raise ViewError(f"{one.dimension}: a filter needs at least one value.")


def _places(view: View, index: Index) -> None:
    """Refuse a view whose conditions name so many places at once that asking each who searched it takes too long."""
    asked = [f for f in view.filters if not f.negated and index.dimension(f.dimension).coordinate]
    points = math.prod(len(one.values) for one in asked)
    if points == 1 or not index.statements:
        return
    cells = math.prod(_rows(index, name, dict(view.depths).get(name)) for name in view.dimensions)
    if points * max(cells, _AT_LEAST) > _MOST_PLACES:
        raise ViewError(
            f"The conditions name {points:,} places at once, for each of {cells:,} cells, and each must be asked "
            f"whether it was searched; at most {_MOST_PLACES // max(cells, _AT_LEAST):,} can be. Give fewer values, "
            f"one broader value in place of several, or fewer rows (depth={view.dimensions[-1]}=1)."
        )


def _rows(index: Index, name: str, depth: int | None) -> int:
    from dgekg.coverage.rows import walk  # which reads views

    return sum(depth is None or level <= depth for _iri, level in walk(index.concepts(name)))


def _excluded(view: View, index: Index) -> None:
    """Refuse a condition all of whose values lie within one that is excluded: nothing could be in both."""
    for asked in (f for f in view.filters if not f.negated):
        barred = [f for f in view.filters if f.negated and _akin(f.dimension, asked.dimension)]
        clashes = [_clash(value, barred, index) for value in asked.values]
        if not asked.values or not all(clashes):
            continue
        value, clash = asked.values[0], clashes[0]
        if len(clashes) > 1:
            listed = ", ".join(_short(v) for v in asked.values)
            raise ViewError(f"{asked.dimension}: {listed} are asked for, but each is excluded or lies in what is.")
        if value == clash:
            raise ViewError(f"{asked.dimension}: {_short(value)} is both asked for and excluded.")
        raise ViewError(
            f"{asked.dimension}: {_short(value)} is asked for, but it lies in {_short(clash)}, which is excluded."
        )


def _clash(value: str, barred: list[Filter], index: Index) -> str:
    """Return what is excluded and holds the value, itself first; "" where nothing does."""
    above = index.within.get(value, frozenset({value}))
    held = sorted({v for f in barred for v in f.values} & above)
    return value if value in held else held[0] if held else ""


def _apart(view: View, index: Index) -> None:
    """Refuse two conditions that no practice can meet: one dimension, one value a practice, nothing in common."""
    asked = [f for f in view.filters if not f.negated and f.dimension in SINGLE]
    for n, one in enumerate(asked):
        for other in (f for f in asked[n + 1 :] if f.dimension == one.dimension):
            if not _below(one, index) & _below(other, index):
                codes = [_short(v) for v in (*one.values, *other.values)]
                raise ViewError(
                    f"{one.dimension}: {' and '.join(codes)} are asked for at once, but a practice has one at most. "
                    f"For any of them write {one.dimension}={','.join(codes)}."
                )


def _below(one: Filter, index: Index) -> frozenset[str]:
    return frozenset(b for v in one.values for b in index.narrower.get(v, frozenset({v})))


def _akin(one: str, other: str) -> bool:
    """Whether two dimensions share their values, or hold each other's: provisions lie in instruments."""
    return one == other or (one in NORM_DIMENSIONS and other in NORM_DIMENSIONS)


def _short(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
