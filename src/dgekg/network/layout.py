"""Where everything of the network's picture stands: left human rights, right AI governance, between what joins them.

The place from left to right says something: it is the mean of the sides that a thing is tied to. The place from top
to bottom only keeps tied things near each other. The same graph and seed give the same places on every machine that
adds numbers alike; they are computed once a version, so nothing moves when a filter changes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from networkx.classes.graph import Graph

from dgekg.network.graph import BOTH, GOVERNANCE, RIGHTS

Floats = npt.NDArray[np.float64]
WIDTH, HEIGHT = 1000, 640
_SIDE = {RIGHTS: 0.08, BOTH: 0.5, GOVERNANCE: 0.92}
_ROUNDS = 60
_CELL = 0.02  # closer than this, two things push each other away
_PULL, _PUSH = 0.5, 0.006


def places(graph: Graph[str], family: Mapping[str, str], seed: int = 20) -> dict[str, tuple[int, int]]:
    """Return node -> place in a picture of `WIDTH` x `HEIGHT`, in whole numbers.

    Args:
        graph: nodes and ties.
        family: instrument -> code of its family; instruments stand on three lines and everything else between them.
        seed: of the first scatter.
    """
    nodes = sorted(graph)
    if not nodes:
        return {}
    number = {node: n for n, node in enumerate(nodes)}
    chance = np.random.default_rng(seed)
    at = chance.uniform(0.3, 0.7, (len(nodes), 2))
    held = np.array([node in family for node in nodes])
    at[held, 0] = [_SIDE.get(family[node], 0.5) for node in nodes if node in family]
    ends = np.array(sorted((number[a], number[b]) for a, b in graph.edges), dtype=np.intp).reshape(-1, 2)
    degree = np.maximum(np.bincount(ends.ravel(), minlength=len(nodes)), 1)[:, None]
    for round_ in range(_ROUNDS):
        near = np.zeros_like(at)
        np.add.at(near, ends[:, 0], at[ends[:, 1]])
        np.add.at(near, ends[:, 1], at[ends[:, 0]])
        tied = np.bincount(ends.ravel(), minlength=len(nodes)) > 0
        moved = at + _PULL * np.where(tied[:, None], near / degree - at, 0)
        moved += _pushed(moved) * (1 - round_ / _ROUNDS / 2)
        moved[held, 0] = at[held, 0]
        at = np.clip(moved, 0.01, 0.99)
        at[held, 1] = _spread(at[held], [family[node] for node in nodes if node in family])
        loose = ~held
        at[loose, 1] = _stretched(at[loose, 1])
    return {node: (round(float(at[n, 0]) * WIDTH), round(float(at[n, 1]) * HEIGHT)) for node, n in number.items()}


def _pushed(at: Floats) -> Floats:
    """Return how far each is pushed by those that are too near; only they are looked at, found by a tree of places."""
    from scipy.spatial import cKDTree  # takes a while to load; only who draws needs it

    flat = at * (1.0, HEIGHT / WIDTH)
    pairs = cKDTree(flat).query_pairs(3 * _CELL, output_type="ndarray")
    one, other = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].T
    apart = flat[one] - flat[other]
    square = (apart**2).sum(axis=1)
    way = apart / np.sqrt(square + 1e-9)[:, None] / (1 + square / _CELL**2)[:, None]
    found = np.zeros_like(at)
    np.add.at(found, one, way)
    np.subtract.at(found, other, way)
    pushed: Floats = np.clip(found, -6, 6) * _PUSH
    return pushed


def _spread(at: Floats, families: list[str]) -> Floats:
    """Return heights that are even on each line, in the order in which they are wanted."""
    found: Floats = at[:, 1].copy()
    for family in sorted(set(families)):
        mine = np.array([n for n, one in enumerate(families) if one == family])
        order = mine[np.argsort(at[mine, 1], kind="stable")]
        found[order] = (np.arange(len(order)) + 0.5) / len(order)
    return found


def _stretched(heights: Floats) -> Floats:
    """Return heights half way to filling the picture evenly, in the same order."""
    if not len(heights):
        return heights
    even = np.empty_like(heights)
    even[np.argsort(heights, kind="stable")] = (np.arange(len(heights)) + 0.5) / len(heights)
    between: Floats = (heights + even) / 2
    return between
