"""Gaps: cells where something is missing, what kind of something, and in which order to look at them.

Kinds and weights are data: `queries/gaps.yaml`. A gap that a broader gap of the same kind explains is folded
under it, so that the list stays short. Nothing lowers a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from dgekg import identifiers, template
from dgekg.coverage.cells import Cell, Grid, State, popcount
from dgekg.errors import SourceError
from dgekg.index import Index

KINDS = ("knowledge", "practice", "evidence", "implementation", "remedy", "participation", "protection", "reach")


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap.

    Attributes:
        kind: of `KINDS`; the first that the cell shows, in the order of `queries/gaps.yaml`.
        cell: the cell.
        priority: sum of `parts`; higher is looked at first.
        parts: name of each weight that counted, and its value.
        elsewhere: practices for the same group at other places or stages: what could be learnt from.
        folded: how many narrower gaps of the same kind this one explains.
    """

    kind: str
    cell: Cell
    priority: float
    parts: Mapping[str, float]
    elsewhere: int
    folded: int


def find_gaps(index: Index, grid: Grid, queries: Path) -> list[Gap]:
    """Return the gaps of a computed view, highest priority first, narrower ones folded.

    Raises:
        SourceError: `queries/gaps.yaml` is broken.
    """
    weights = _weights(queries / "gaps.yaml")
    found = [gap for cell in grid.cells.values() if (gap := _gap(index, grid, cell, weights)) is not None]
    return sorted(_folded(index, found), key=lambda g: (-g.priority, g.kind, g.cell.concepts))


def _gap(index: Index, grid: Grid, cell: Cell, weights: Mapping[str, Any]) -> Gap | None:
    if "" in cell.concepts or _at_root(index, grid, cell):
        return None
    kind = _kind(index, grid, cell)
    if not kind:
        return None
    parts = {kind: float(weights["kinds"][kind])}
    if "harm-or-mixed" in cell.marks:
        parts["harm-or-mixed"] = float(weights["marks"]["harm-or-mixed"])
    if "from-afar" in cell.marks:
        parts["from-afar"] = float(weights["marks"]["from-afar"])
    depth = sum(_depth(index, iri) for iri in cell.concepts)
    parts["breadth"] = float(weights["breadth"]) / (1 + depth)
    elsewhere = _elsewhere(index, grid, cell)
    return Gap(kind, cell, round(sum(parts.values()), 3), parts, elsewhere, 0)


def _kind(index: Index, grid: Grid, cell: Cell) -> str:
    """Return what is missing here, "" for nothing that this view can tell."""
    if cell.state is State.NOT_SEARCHED:
        return "reach" if "region" in grid.view.dimensions and _elsewhere(index, grid, cell) else "knowledge"
    if cell.state is State.SEARCHED:
        return "practice"
    if cell.state is State.THIN:
        return "evidence"
    if cell.state is State.DOCUMENTED:
        if cell.measures["harm_or_mixed"] and not cell.measures["effect_shown"]:
            return "protection"
        if not _has(index, cell, "participation", ("led-by", "decided-with")):
            return "participation"
        if not cell.measures["effect_shown"]:
            return "evidence"
    return ""


def _has(index: Index, cell: Cell, dimension: str, codes: Sequence[str]) -> bool:
    scheme = {"participation": "participation-mode"}[dimension]
    members = index.members(dimension)
    hit = index.none.copy()
    for code in codes:
        hit |= members.get(identifiers.concept(scheme, code), index.none)
    return bool(popcount(hit & index.bits(index.position[p] for p in cell.members)))


def _elsewhere(index: Index, grid: Grid, cell: Cell) -> int:
    """Count the practices for the same group outside this cell."""
    if "group" not in grid.view.dimensions:
        return 0
    group = cell.concepts[grid.view.dimensions.index("group")]
    return popcount(index.members("group").get(group, index.none)) - len(cell.members)


def _at_root(index: Index, grid: Grid, cell: Cell) -> bool:
    roots = [index.roots.get(d) for d in grid.view.dimensions]
    return any(concept == root for concept, root in zip(cell.concepts, roots, strict=True))


def _depth(index: Index, iri: str) -> int:
    return len(index.within.get(iri, ())) - 1


def _folded(index: Index, gaps: Iterable[Gap]) -> list[Gap]:
    gaps = list(gaps)
    known = {(g.kind, g.cell.concepts): g for g in gaps}
    under: dict[tuple[str, tuple[str, ...]], int] = {}
    kept = []
    for gap in gaps:
        broader = _explained_by(index, gap, known)
        if broader is None:
            kept.append(gap)
        else:
            under[broader] = under.get(broader, 0) + 1
    return [replace(g, folded=under.get((g.kind, g.cell.concepts), 0)) for g in kept]


def _explained_by(
    index: Index, gap: Gap, known: Mapping[tuple[str, tuple[str, ...]], Gap]
) -> tuple[str, tuple[str, ...]] | None:
    """Return the broadest gap of the same kind that differs in one coordinate, or None."""
    best: tuple[int, tuple[str, tuple[str, ...]]] | None = None
    for position, concept in enumerate(gap.cell.concepts):
        for broader in index.within.get(concept, frozenset()) - {concept}:
            concepts = (*gap.cell.concepts[:position], broader, *gap.cell.concepts[position + 1 :])
            key = (gap.kind, concepts)
            rank = _depth(index, broader)
            if key in known and (best is None or (rank, key) < best):
                best = (rank, key)
    return best[1] if best else None


def _weights(path: Path) -> Mapping[str, Any]:
    try:
        weights = yaml.safe_load(template.read(path))
        if set(weights["kinds"]) != set(KINDS):
            raise KeyError(f"kinds must be exactly {', '.join(KINDS)}")
        return {"kinds": weights["kinds"], "marks": weights["marks"], "breadth": weights["breadth"]}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise SourceError(f"{path}: expected kinds, marks and breadth with a weight each: {error}") from error
