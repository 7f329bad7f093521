"""The measures on graphs: pieces, passage between two sides, groups. They know no records and no rules of naming."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import networkx as nx
from networkx.classes.graph import Graph

from dgekg.network.graph import Sets

Pairs = Sequence[tuple[str, str]]


def pieces(graph: Graph[str]) -> dict[str, int]:
    """Return node -> number of the connected piece that it lies in."""
    return {node: n for n, piece in enumerate(nx.connected_components(graph)) for node in piece}


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
    ties: Graph[str] = nx.Graph()
    ties.add_nodes_from(nodes)
    ties.add_edges_from((actor, i) for actor, instruments in sorted(touched.items()) for i in sorted(instruments))
    of = pieces(ties)
    tied, total = 0, Counter[str]()
    for sources, targets in sides:
        there = Counter(of[target] for target in targets)
        tied += sum(there[of[source]] for source in sources)
        halves = nx.betweenness_centrality_subset(ties, sources=list(sources), targets=list(targets))
        total.update({node: 2 * value for node, value in halves.items()})  # undirected: networkx halves
    return {actor: round(total[actor] / tied, 6) if tied else 0.0 for actor in touched}


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
