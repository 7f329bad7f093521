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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
import yaml

from dgekg import template
from dgekg.coverage.cells import Cell, Grid
from dgekg.coverage.kinds import KINDS, Missing
from dgekg.coverage.ranking import Raise, Ranked, breadth, ranked
from dgekg.errors import SourceError
from dgekg.index import Index

__all__ = ["KINDS", "RAISES", "Gap", "Gaps", "Raise", "find_gaps", "raise_weights"]
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


def find_gaps(index: Index, grid: Grid, queries: Path, raises: Sequence[Raise] = ()) -> Gaps:
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
    weights, missing = _weights(queries / "gaps.yaml"), Missing(index, grid)
    return Gaps(ranked(missing, weights, raises), missing, weights, raises)


def raise_weights(queries: Path) -> Mapping[str, float]:
    """Return what each of `RAISES` adds to a priority.

    Raises:
        SourceError: `gaps.yaml` is broken.
    """
    weights: Mapping[str, float] = _weights(queries / "gaps.yaml")["raises"]
    return weights


class Gaps(Sequence[Gap]):
    """Gaps in their order; each is made when it is asked for."""

    def __init__(self, ranked: Ranked, missing: Missing, weights: Mapping[str, Any], raises: Sequence[Raise]) -> None:
        self._ranked, self._missing, self._weights, self._raises = ranked, missing, weights, raises
        self._made: dict[int, Gap] = {}

    def __len__(self) -> int:
        """Return how many gaps there are."""
        return len(self._ranked.places)

    @overload
    def __getitem__(self, at: int) -> Gap: ...
    @overload
    def __getitem__(self, at: slice) -> list[Gap]: ...
    def __getitem__(self, at: int | slice) -> Gap | list[Gap]:
        """Return a gap, or some."""
        if isinstance(at, slice):
            return [self._gap(n) for n in range(*at.indices(len(self)))]
        return self._gap(range(len(self))[at])

    def of(self, cell: Cell) -> list[Gap]:
        """Return the gaps of a cell of the view."""
        place = [axis.at[row] for axis, row in zip(self._missing.grid.axes, cell.concepts, strict=True)]
        return [self._gap(int(n)) for n in np.flatnonzero((self._ranked.places == place).all(axis=1))]

    def position(self, gap: Gap) -> int:
        """Return the place of a gap of the same kind in the same cell, from 1; 0 where it is told of another cell."""
        place = [axis.at[row] for axis, row in zip(self._missing.grid.axes, gap.cell.concepts, strict=True)]
        there = (self._ranked.places == place).all(axis=1)
        hits = [int(n) for n in np.flatnonzero(there) if KINDS[self._missing.kinds[tuple(place)]] == gap.kind]
        return hits[0] + 1 if hits else 0

    def _gap(self, n: int) -> Gap:
        if n not in self._made:
            self._made[n] = self._make(n)
        return self._made[n]

    def _make(self, n: int) -> Gap:
        grid, place = self._missing.grid, tuple(self._ranked.places[n].tolist())
        cell = grid.cells[tuple(axis.rows[m] for axis, m in zip(grid.axes, place, strict=True))]
        kind = KINDS[self._missing.kinds[place]]
        parts = {kind: float(self._weights["kinds"][kind])}
        parts.update((m, float(w)) for m, w in self._weights["marks"].items() if m in cell.marks)
        depth = sum(axis.depths[m] for axis, m in zip(grid.axes, place, strict=True))
        parts["breadth"] = breadth(float(self._weights["breadth"]), depth)
        for one in self._raises:
            parts.update((name, weight) for name, weight in one(cell.concepts).items() if weight > 0)
        priority, folded = float(self._ranked.priorities[n]), int(self._ranked.folded[n])
        return Gap(kind, cell, priority, parts, int(self._missing.elsewhere[place]), folded)


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
