"""The order of gaps, and which of them are told: a priority for each, narrower and like ones folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dgekg.coverage.folding import broadest
from dgekg.coverage.kinds import KINDS, Missing
from dgekg.coverage.states import MARKS, STATES, State

Raise = Callable[[tuple[str, ...]], Mapping[str, float]]
Places = npt.NDArray[np.intp]
_COUNTED = {"effect-shown": "effect_shown", "harm-or-mixed": "harm_or_mixed"}


@dataclass(frozen=True, slots=True)
class Ranked:
    """Gaps in their order.

    Attributes:
        places: a line a gap: the place of its row in each dimension.
        priorities: of each.
        folded: how many other gaps each stands for.
    """

    places: Places
    priorities: npt.NDArray[np.float64]
    folded: npt.NDArray[np.int64]


def ranked(missing: Missing, weights: Mapping[str, Any], raises: Sequence[Raise]) -> Ranked:
    """Return the gaps of a view, the highest priority first; equals by kind, then in the order of the view."""
    kinds = missing.kinds
    best = broadest(missing.index, missing.grid.axes, kinds)
    flat = np.arange(kinds.size).reshape(kinds.shape)
    folded = np.bincount(best[kinds >= 0], minlength=kinds.size) - 1
    places = np.argwhere((kinds >= 0) & (best == flat))
    at = flat[tuple(places.T)]
    priorities = _priorities(missing, places, weights, raises)
    names = np.argsort(np.argsort(KINDS))[kinds.reshape(-1)[at]]
    order = np.lexsort((at, names, -priorities))
    return _alike(missing, Ranked(places[order], priorities[order], folded[at][order]))


def breadth(weight: float, depth: int) -> float:
    """Return what the breadth of a cell adds: less, the further its rows are below their roots."""
    return round(weight / (1 + depth), 3)


def _priorities(
    missing: Missing, places: Places, weights: Mapping[str, Any], raises: Sequence[Raise]
) -> npt.NDArray[np.float64]:
    axes, at = missing.grid.axes, tuple(places.T)
    found = np.array([float(weights["kinds"][kind]) for kind in KINDS])[missing.kinds[at]]
    for mark, weight in weights["marks"].items():
        found += float(weight) * _marked(missing, places, mark)
    depth = sum((np.array(axis.depths, dtype=np.int64)[n] for axis, n in zip(axes, at, strict=True)), np.int64(0))
    by_depth = [breadth(float(weights["breadth"]), n) for n in range(int(np.max(depth, initial=0)) + 1)]
    found += np.array(by_depth)[depth] if len(places) else 0.0
    if raises:
        rows = [axis.rows for axis in axes]
        for n, place in enumerate(places.tolist()):
            concepts = tuple(row[m] for row, m in zip(rows, place, strict=True))
            parts: dict[str, float] = {}
            for one in raises:
                parts.update(one(concepts))
            found[n] += sum(weight for weight in parts.values() if weight > 0)
    priorities: npt.NDArray[np.float64] = np.round(found, 3)
    return priorities


def _marked(missing: Missing, places: Places, mark: str) -> npt.NDArray[np.bool_]:
    """Return which cells carry a mark; what searches say of a cell is asked one by one."""
    table, at = missing.table, tuple(places.T)
    states = table.states[at]
    there = np.isin(states, [STATES.index(State.DOCUMENTED), STATES.index(State.THIN)])
    if mark in _COUNTED:
        found: npt.NDArray[np.bool_] = there & (table.count(_COUNTED[mark])[at] > 0)
        return found
    found = np.zeros(len(places), dtype=np.bool_)
    if mark not in MARKS:
        return found
    if mark == "stale":
        found = there & (table.count("dated")[at] > 0) & (table.count("fresh")[at] == 0)
    for n in np.flatnonzero(states == STATES.index(State.SEARCHED)):
        cell = missing.grid.cells[tuple(a.rows[m] for a, m in zip(missing.grid.axes, places[n], strict=True))]
        found[n] = mark in cell.marks
    return found


def _alike(missing: Missing, gaps: Ranked) -> Ranked:
    """Keep the first of the gaps of one kind that rest on the very same practices."""
    table, at = missing.table, tuple(gaps.places.T)
    held = table.count("practices")[at]
    # What rests on the same practices is counted alike; only those are compared practice by practice.
    counted = np.stack([missing.kinds[at], held, *(table.count(name)[at] for name in ("documented", "fresh"))], axis=1)
    _, group, sizes = np.unique(counted, axis=0, return_inverse=True, return_counts=True)
    doubtful = (held > 0) & (sizes[group.reshape(-1)] > 1)
    sums = np.random.default_rng(0).integers(2**63, size=missing.index.words, dtype=np.uint64)
    first: dict[tuple[int, int], list[int]] = {}
    kept, folded = np.ones(len(held), dtype=bool), gaps.folded.copy()
    for n in np.flatnonzero(doubtful):
        bits = table.bits(tuple(gaps.places[n].tolist()))
        same = first.setdefault((int(counted[n, 0]), int(np.dot(bits, sums))), [])
        one = next((m for m in same if np.array_equal(table.bits(tuple(gaps.places[m].tolist())), bits)), -1)
        if one < 0:
            same.append(int(n))
        else:
            kept[n] = False
            folded[one] += 1 + folded[n]
    return Ranked(gaps.places[kept], gaps.priorities[kept], folded[kept])
