"""Gaps: cells where something is missing, what kind of something, and in which order to look at them.

Weights are data: `queries/gaps.yaml`. A priority is the sum of its parts, each of which is shown and none of
which is below zero: nothing lowers a gap. What a gap is:

- *protection*: harm or mixed results are on record, and no improvement; whatever the rung.
- *practice*: looked for, none found. *Remedy*: the same, where a route to remedy was looked for; or harm is on
  record beside an improvement, and nothing in the cell or above it is a route to remedy.
- *reach*: nobody looked here, but the same exists elsewhere. *Knowledge*: nobody looked, and there is none.
- *implementation*: everything here is only planned, or a rule of which no use is known.
- *participation*: something here was made for people or merely consulted them, and nothing was led or decided by
  them. Where nothing says how people took part, nobody is blamed: unknown is not no.
- *evidence*: there is something, and what it changes for people is unknown or said only below the rung.

The list is kept short. A gap is folded under one of the same kind that is at or above it in every dimension;
and gaps of one kind that rest on the very same practices are one gap, told where it comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from dgekg import template
from dgekg.coverage.cells import Cell, Grid
from dgekg.coverage.folding import broadest
from dgekg.coverage.kinds import KINDS, Missing
from dgekg.errors import SourceError
from dgekg.index import Index

_Rank = tuple[float, str, tuple[int, ...]]
Raise = Callable[[tuple[str, ...]], Mapping[str, float]]
RAISES = ("binding-duty", "supervisory-finding", "surprise", "demand")


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap.

    Attributes:
        kind: of `KINDS`.
        cell: the cell.
        priority: sum of `parts`; higher is looked at first.
        parts: name of each weight that counted, and its value.
        elsewhere: practices that could be learnt from: where the view has regions, those of the same cell in
            other regions; else those for the same group outside the cell.
        folded: how many other gaps of the same kind this one stands for.
    """

    kind: str
    cell: Cell
    priority: float
    parts: Mapping[str, float]
    elsewhere: int
    folded: int


def find_gaps(index: Index, grid: Grid, queries: Path, raises: Sequence[Raise] = ()) -> list[Gap]:
    """Return the gaps of a computed view, highest priority first, narrower ones folded.

    Args:
        index: what the view was computed from.
        grid: the view.
        queries: folder with `gaps.yaml`.
        raises: each is told the concepts of a gap's cell and names what raises its priority, by how much; a part
            that is not above zero counts for nothing, so that nothing lowers a gap.

    Raises:
        SourceError: `queries/gaps.yaml` is broken.
    """
    return _Finder(index, grid, _weights(queries / "gaps.yaml"), raises).gaps()


def raise_weights(queries: Path) -> Mapping[str, float]:
    """Return what each of `RAISES` adds to a priority.

    Raises:
        SourceError: `gaps.yaml` is broken.
    """
    weights: Mapping[str, float] = _weights(queries / "gaps.yaml")["raises"]
    return weights


class _Finder:
    def __init__(self, index: Index, grid: Grid, weights: Mapping[str, Any], raises: Sequence[Raise]) -> None:
        self.index, self.grid, self.weights, self.raises = index, grid, weights, raises
        self.missing = Missing(index, grid)

    def gaps(self) -> list[Gap]:
        """Return the gaps in their order."""
        kinds = self.missing.kinds
        best = broadest(self.index, self.grid.axes, kinds)
        places = np.arange(kinds.size).reshape(kinds.shape)
        folded = np.bincount(best[kinds >= 0], minlength=kinds.size).reshape(kinds.shape) - 1
        kept = np.argwhere((kinds >= 0) & (best == places))
        found = [self._gap(tuple(place), KINDS[kinds[tuple(place)]], int(folded[tuple(place)])) for place in kept]
        return self._alike([gap for _, gap in sorted(found, key=lambda one: one[0])])

    def _gap(self, place: tuple[int, ...], kind: str, folded: int) -> tuple[_Rank, Gap]:
        axes = self.grid.axes
        cell = self.grid.cells[tuple(axis.rows[n] for axis, n in zip(axes, place, strict=True))]
        parts = {kind: float(self.weights["kinds"][kind])}
        parts.update((m, float(w)) for m, w in self.weights["marks"].items() if m in cell.marks)
        depth = sum(axis.depths[n] for axis, n in zip(axes, place, strict=True))
        parts["breadth"] = round(float(self.weights["breadth"]) / (1 + depth), 3)
        for one in self.raises:
            parts.update((name, weight) for name, weight in one(cell.concepts).items() if weight > 0)
        priority = round(sum(parts.values()), 3)
        elsewhere = int(self.missing.elsewhere[place])
        return (-priority, kind, place), Gap(kind, cell, priority, parts, elsewhere, folded)

    def _alike(self, gaps: Sequence[Gap]) -> list[Gap]:
        """Keep the first of the gaps of one kind that rest on the very same practices."""
        first: dict[object, Gap] = {}
        for gap in gaps:
            held = gap.cell.measures["practices"]
            key = (gap.kind, gap.cell.bits.tobytes()) if held else (gap.kind, gap.cell.concepts)
            if key in first:
                first[key] = replace(first[key], folded=first[key].folded + 1 + gap.folded)
            else:
                first[key] = gap
        return list(first.values())


def _weights(path: Path) -> Mapping[str, Any]:
    try:
        weights = yaml.safe_load(template.read(path))
        if set(weights["kinds"]) != set(KINDS):
            raise KeyError(f"kinds must be exactly {', '.join(KINDS)}")
        raises = weights.get("raises") or {}
        if set(raises) - set(RAISES):
            raise KeyError(f"raises may be {', '.join(RAISES)}")
        flat = {**weights["kinds"], **weights["marks"], **raises, "breadth": weights["breadth"]}
        low = sorted(name for name, weight in flat.items() if float(weight) < 0)
        if low:
            raise ValueError(f"nothing lowers a gap, but {', '.join(low)} is below zero")
        kept = {name: weights[name] for name in ("kinds", "marks", "breadth")}
        return {**kept, "raises": {name: float(raises.get(name, 0)) for name in RAISES}}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path}: expected kinds, marks and breadth with a weight each: {error}") from error
