"""The measures on graphs: what falls apart, passage, groups. They know no records and no rules of naming."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import numpy.typing as npt
from networkx.classes.graph import Graph

from dgekg.network.graph import Sets

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Pairs = Sequence[tuple[str, str]]
Floats = npt.NDArray[np.float64]
_AT_ONCE = 32  # beginnings of ways that are followed together; each takes a number for every actor


def parted(graph: Graph[str], held: Collection[str]) -> dict[str, dict[str, int]]:
    """Return what falls apart without a node: node -> what is held in its piece -> number of the part it then lies in.

    Nodes without which all that is held stays together are left out. One pass over the graph, for all nodes at once:
    of a walk that goes as deep as it can, what lies below a node and has no tie past it is a part (Hopcroft, Tarjan).

    Args:
        graph: at least all that is held.
        held: nodes whose parts are wanted.
    """
    begun: dict[str, int] = {}
    reach: dict[str, int] = {}  # the earliest node that is tied to what lies below
    below: dict[str, list[tuple[int, int]]] = {}
    roots: list[int] = []
    for node, other, step in nx.dfs_labeled_edges(graph):
        if step == "forward":
            begun[other] = reach[other] = len(begun)
            if node == other:
                roots.append(begun[node])
        elif step == "nontree":
            reach[node] = min(reach[node], begun[other])
        elif node != other:
            reach[node] = min(reach[node], reach[other])
            if reach[other] >= begun[node]:
                below.setdefault(node, []).append((begun[other], len(begun)))
    placed = sorted((begun[one], one) for one in held)
    at, found = [place for place, _ in placed], {}
    for node, parts in below.items():
        n = bisect_right(roots, begun[node])
        piece = roots[n - 1], roots[n] if n < len(roots) else len(begun)
        sides = {one: 0 for _, one in placed[bisect_left(at, piece[0]) : bisect_left(at, piece[1])] if one != node}
        for number, (first, end) in enumerate(parts, 1):
            sides.update((one, number) for _, one in placed[bisect_left(at, first) : bisect_left(at, end)])
        if len(set(sides.values())) > 1:
            found[node] = sides
    return found


def passage(
    touched: Sets, nodes: Sequence[str], sides: Sequence[tuple[Sequence[str], Sequence[str]]]
) -> dict[str, float]:
    """Return actor -> share of the shortest ways between two sides that lead through it, 0 to 1.

    A way goes from an instrument to an actor that touches it, to another instrument that the actor touches, and so
    on. Each pair of instruments that any way ties counts once; ways of the same length share it equally.

    Args:
        touched: actor -> instruments.
        nodes: all instruments.
        sides: sources and targets; the two of one entry have nothing in common, and no pair stands in two entries.
    """
    actors, ties = sorted(touched), _ties(touched, nodes)
    number = {node: n for n, node in enumerate(nodes)}
    tied, total = 0, np.zeros(len(actors))
    for sources, targets in sides:
        ends = np.zeros((len(nodes), 1))
        ends[[number[target] for target in targets]] = 1
        for start in range(0, len(sources), _AT_ONCE):
            there, through = _ways(ties, [number[one] for one in sources[start : start + _AT_ONCE]], ends)
            tied, total = tied + there, total + through
    return {actor: round(float(total[n]) / tied, 6) if tied else 0.0 for n, actor in enumerate(actors)}


def _ties(touched: Sets, nodes: Sequence[str]) -> csr_array:
    """Return who touches what: a row an actor, in order, a column an instrument."""
    from scipy.sparse import csr_array  # takes a while to load; only who looks for passage needs it

    column = {node: n for n, node in enumerate(nodes)}
    pairs = [(row, column[node]) for row, actor in enumerate(sorted(touched)) for node in touched[actor]]
    rows, columns = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(touched), len(nodes)))


def _ways(ties: csr_array, sources: Sequence[int], ends: Floats) -> tuple[int, Floats]:
    """Follow the shortest ways from some instruments to all ends, all at once and step by step (Brandes).

    Args:
        ties: a row an actor, a column an instrument.
        sources: columns.
        ends: a row an instrument: 1 where ways end.

    Returns:
        How many pairs are tied, and how many of them lead through each actor, in parts.
    """
    across: tuple[Any, Any] = (ties, ties.T.tocsr())
    front = np.zeros((ties.shape[1], len(sources)))
    front[list(sources), range(len(sources))] = 1
    seen, steps = [front > 0, np.zeros((ties.shape[0], len(sources)), dtype=bool)], [front]
    while front.any():  # instruments and actors by turns; a step holds how many shortest ways lead to each
        side = len(steps) % 2
        front = across[1 - side] @ front
        front[seen[side]] = 0
        seen[side] |= front > 0
        steps.append(front)
    found, onward = np.zeros(ties.shape[0]), np.zeros_like(steps[-1])
    for at in range(len(steps) - 1, 0, -1):
        here, side = steps[at], at % 2
        if side:
            found += onward.sum(axis=1)
        ending = onward if side else onward + ends * (here > 0)
        share = np.divide(ending, here, out=np.zeros_like(here), where=here > 0)
        onward = steps[at - 1] * (across[side] @ share)
    return int((ends * (seen[0] & (steps[0] == 0))).sum()), found


def groups(edges: Pairs, seed: int) -> tuple[list[frozenset[str]], float]:
    """Return groups of nodes with more ties inside than out (Louvain), and their modularity rounded to 6 digits.

    The same edges, in any order, and the same seed give the same groups.
    """
    order = sorted({node for edge in edges for node in edge})
    number = {node: n for n, node in enumerate(order)}
    graph: Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(order)))  # a set of numbers keeps its order, one of words does not
    both = ((number[one], number[other]) for one, other in edges)
    graph.add_edges_from(sorted((min(pair), max(pair)) for pair in both))
    if not edges:
        return [], 0.0
    found = nx.community.louvain_communities(graph, seed=seed)
    return [frozenset(order[n] for n in members) for members in found], round(nx.community.modularity(graph, found), 6)


def evenness(near: int, far: int) -> float:
    """Return how evenly a number lies on two sides: 0 all on one, 1 as many on each.

    >>> evenness(3, 0), evenness(2, 2), evenness(3, 1), evenness(0, 0)
    (0.0, 1.0, 0.75, 0.0)
    """
    return round(4 * near * far / (near + far) ** 2, 6) if near + far else 0.0


def reverse(sets: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return value -> keys under which it stands.

    >>> reverse({"a": frozenset({"x"}), "b": frozenset({"x"})}) == {"x": frozenset({"a", "b"})}
    True
    """
    found: dict[str, set[str]] = {}
    for key, values in sets.items():
        for value in values:
            found.setdefault(value, set()).add(key)
    return {value: frozenset(keys) for value, keys in found.items()}
