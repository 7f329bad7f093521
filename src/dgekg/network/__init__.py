"""Bridges: who and what connects instruments of human rights with instruments of AI governance.

Actors, practices and instruments are a graph. Safety rule 4 binds everything here: centralities, communities and what
would fall apart are told of institutions only, and of actors that asked for it; everybody else is a nameless
tie, counted for the collection as a whole (`queries/network/nameable.rq` decides). The method, with an example to
redo by hand: `docs/how-bridges-are-found.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import networkx as nx
from networkx.classes.graph import Graph

from dgekg.errors import UnknownValue
from dgekg.lookup import Names
from dgekg.network import graph, layout, measures
from dgekg.network.graph import BOTH, GOVERNANCE, RIGHTS
from dgekg.network.records import Bridge, Common, Communities, Community, Extent, Pair, Removal
from dgekg.store.base import Store

__all__ = ["Bridge", "Common", "Communities", "Community", "Extent", "Network", "Pair", "Removal"]

SEED = 20
DRAWN = 2000
"""More nodes than these no picture shows: nobody could tell them apart, and a laptop would no longer move them."""
FEW = 5
"""A number of unnamed actors below this is not given."""


class Network:
    """The network of one version of the graph. Every answer is the same for the same version.

    Args:
        store: any store that holds a built version.
        queries: the folder of queries.
        names: the names of the same version.

    Raises:
        SourceError: a query file is missing.
        QueryError, StoreError: as `Store.select`.
    """

    def __init__(self, store: Store, queries: Path, names: Names) -> None:
        self._all = graph.read(store, queries, names)
        self._names = names
        self._touched = graph.touched(self._all)
        self.institutions = tuple(sorted(self._all.named & self._touched.keys()))

    def extent(self) -> Extent:
        """Return how much there is to say anything from."""
        norms = self._all.norms
        others = len(self._touched.keys() - self._all.named)
        return Extent(
            practices=len(norms),
            linked=sum(1 for instruments in norms.values() if instruments),
            unnamed_practices=len(norms.keys() - self._all.nameable),
            instruments=len(self._all.family),
            reached=len(frozenset().union(*norms.values())),
            institutions=len(self.institutions),
            unnamed_actors=others if others >= FEW else None,
            pairs=len(self._pairs),
            connected=sum(pair.connected for pair in self._pairs),
        )

    def bridges(self) -> list[Bridge]:
        """Return every institution with work in the graph, the greatest passage first."""

        def place(bridge: Bridge) -> tuple[float, int, int, str]:
            return -bridge.passage, -bridge.joins, -len(bridge.issued_families), bridge.actor

        return sorted(self._bridges.values(), key=place)

    def bridge(self, actor: str) -> Bridge:
        """Return one institution's place between the families.

        Raises:
            UnknownValue: not an institution of this network; nobody else's place is told.
        """
        return self._bridges[self._checked(actor)]

    def connected_pairs(self) -> list[Pair]:
        """Return the pairs that something connects, the most connections first."""
        found = [pair for pair in self._pairs if pair.connected]

        def ties(pair: Pair) -> int:
            return len(pair.practices) + pair.unnamed_practices + len(pair.mappings)

        return sorted(found, key=lambda p: (-ties(p), p.rights, p.governance))

    def unconnected_pairs(self) -> list[Pair]:
        """Return the pairs that nothing here connects yet, those first whose texts guarantee most rights in common."""
        found = [pair for pair in self._pairs if not pair.connected]
        return sorted(found, key=lambda p: (-len(p.shared_rights), len(p.unread), p.rights, p.governance))

    def removal(self, actor: str) -> Removal:
        """Return what falls apart without an institution; for the first one, one pass over the whole graph.

        Raises:
            UnknownValue: not an institution of this network; nobody else is looked at so.
        """
        self._checked(actor)
        after = self._parted.get(actor, {})
        return Removal(
            actor=actor,
            practices=self._alone[actor],
            pieces=len(set(after.values()) or {0}) - 1,
            separated=tuple((r, g) for r, g in self._ends if r in after and g in after and after[r] != after[g])
            if after
            else (),
            unlinked=tuple(self._unlinked.get(actor, ())),
        )

    def removals(self) -> list[Removal]:
        """Return what falls apart without each institution; those first without which most pairs are lost."""
        found = [self.removal(actor) for actor in self.institutions]
        return sorted(found, key=lambda r: (-len(r.separated), -len(r.unlinked), -r.pieces, r.actor))

    def communities(self, seed: int = SEED) -> Communities:
        """Return who belongs together, by Louvain's method on the ties of work that may be shown.

        Practices in which no institution takes part are left out: they belong to somebody who is not placed here.

        Args:
            seed: of the method's random order; the same seed always gives the same groups.
        """
        drawn, actors = self.published(), set(self.institutions)
        homeless = {practice for practice in self._all.nameable if actors.isdisjoint(drawn.adj[practice])}
        work = [ends for ends in drawn.edges if drawn.edges[ends]["tie"] == "work" and homeless.isdisjoint(ends)]
        found, modularity = measures.groups(work, seed)
        groups = [self._community(members) for members in found]
        kept = [group for group in groups if len(group.institutions) > 1]
        kept.sort(key=lambda g: (-len(g.institutions), g.institutions))
        inside = sum(len(group.institutions) for group in kept)
        return Communities(tuple(kept), modularity, len(self.institutions) - inside)

    def published(self) -> Graph[str]:
        """Return the graph of all that may be named, for drawing: nodes are IRIs; it is not to be changed.

        A node's `kind` is "actor", "practice" or "instrument"; an edge's `tie` is "work" or "issued".
        """
        return self._published

    @cached_property
    def _published(self) -> Graph[str]:
        kinds = {**dict.fromkeys(self._all.family, "instrument"), **dict.fromkeys(self._all.nameable, "practice")}
        kinds |= dict.fromkeys(self.institutions, "actor")
        drawn: Graph[str] = nx.Graph()
        drawn.add_nodes_from((node, {"kind": kinds[node]}) for node in sorted(kinds))
        issuing = ((i, actor) for i, actors in sorted(self._all.issuers.items()) for actor in sorted(actors))
        for tie, ends in (("work", graph.work_graph(self._all).edges), ("issued", issuing)):
            drawn.add_edges_from((a, b, {"tie": tie}) for a, b in ends if a in kinds and b in kinds)
        return drawn

    def placed(self, seed: int = SEED, most: int = DRAWN) -> dict[str, tuple[int, int]]:
        """Return node -> place in a picture of what may be named and is tied (see `layout.places`).

        Args:
            seed: of the first scatter.
            most: nodes that there is room for: all instruments first, then those with most ties.
        """
        whole, family = self.published(), self._all.family
        tied = [node for node in whole if whole.adj[node]]
        tied.sort(key=lambda node: (node not in family, -len(whole.adj[node]), node))
        part = whole.subgraph(tied[:most])
        drawn = part.subgraph([node for node in part if part.adj[node]])
        return layout.places(drawn, {i: family for i, family in family.items() if i in drawn}, seed)

    @cached_property
    def _ends(self) -> tuple[tuple[str, str], ...]:
        """Every pair: human rights with AI governance, and either with what was made for both."""
        rights, governance, both = (self._all.side(family) for family in (RIGHTS, GOVERNANCE, BOTH))
        return (
            *((r, g) for r in rights for g in sorted((*governance, *both))),
            *((b, g) for b in both for g in governance),
        )

    @cached_property
    def _practices_of_pairs(self) -> dict[tuple[str, str], frozenset[str]]:
        about, nothing = measures.reverse(self._all.norms), frozenset[str]()
        found = {(r, g): about.get(r, nothing) & about.get(g, nothing) for r, g in self._ends}
        return {ends: practices for ends, practices in found.items() if practices}

    @cached_property
    def _related(self) -> dict[frozenset[str], list[graph.Relation]]:
        found: dict[frozenset[str], list[graph.Relation]] = {}
        for relation in self._all.relations:
            found.setdefault(relation.ends, []).append(relation)
        return found

    @cached_property
    def _pairs(self) -> tuple[Pair, ...]:
        rights, pairs = self._all.rights, []
        for ends in self._ends:
            practices = self._practices_of_pairs.get(ends, frozenset())
            related = self._related.get(frozenset(ends), [])
            named = practices & self._all.nameable
            pairs.append(
                Pair(
                    *ends,
                    practices=tuple(sorted(named)),
                    unnamed_practices=len(practices - named),
                    mappings=tuple(sorted({r.mapping for r in related} - {""})),
                    relations=tuple(sorted({r.type for r in related})),
                    shared_rights=tuple(sorted(frozenset.intersection(*(rights.get(e, frozenset()) for e in ends)))),
                    unread=tuple(e for e in ends if e not in rights),
                )
            )
        return tuple(pairs)

    @cached_property
    def _parted(self) -> dict[str, dict[str, int]]:
        """Return of actors without which instruments fall apart: instrument -> number of the part it then lies in."""
        return measures.parted(graph.work_graph(self._all, folded=True), self._all.family.keys())

    @cached_property
    def _alone(self) -> Counter[str]:
        """Return how many practices each actor alone takes part in."""
        return Counter(actor for actors in self._all.carriers.values() if len(actors) == 1 for actor in actors)

    @cached_property
    def _unlinked(self) -> dict[str, list[tuple[str, str]]]:
        """Return of actors the pairs that nothing else connects than practices in which they alone take part."""
        found: dict[str, list[tuple[str, str]]] = {}
        for ends, practices in self._practices_of_pairs.items():
            carriers = {self._all.carriers[practice] for practice in practices}
            if len(carriers) == 1 and frozenset(ends) not in self._related:
                only = next(iter(carriers))
                if len(only) == 1:
                    found.setdefault(min(only), []).append(ends)
        return found

    @cached_property
    def _bridges(self) -> dict[str, Bridge]:
        reached: Counter[tuple[str, str]] = Counter()
        joined: dict[str, list[tuple[str, str]]] = {}
        sides = (frozenset(self._all.side(RIGHTS, BOTH)), frozenset(self._all.side(GOVERNANCE, BOTH)))
        pairs = frozenset(self._ends)
        for actor, norms in self._touched.items():
            joined[actor] = [(r, g) for r in norms & sides[0] for g in norms & sides[1] if (r, g) in pairs]
            reached.update(joined[actor])
        rights, governance, both = (self._all.side(family) for family in (RIGHTS, GOVERNANCE, BOTH))
        ways = ((rights, governance + both), (both, governance))
        passage = measures.passage(self._touched, sorted(self._all.family), ways)
        taken, issued = measures.reverse(self._all.carriers), measures.reverse(self._all.issuers)
        found = {}
        for actor in self.institutions:
            norms, practices = self._touched[actor], taken.get(actor, frozenset())
            texts = issued.get(actor, frozenset())
            counts = Counter(self._all.family[i] for i in norms)
            near, far = counts[RIGHTS] + counts[BOTH], counts[GOVERNANCE] + counts[BOTH]
            found[actor] = Bridge(
                actor=actor,
                passage=passage[actor],
                balance=measures.evenness(near, far),
                joins=len(joined[actor]),
                alone=sum(reached[ends] == 1 for ends in joined[actor]),
                practices=len(practices),
                joining=sum(all(self._all.norms[p] & side for side in sides) for p in practices),
                rights_instruments=counts[RIGHTS],
                governance_instruments=counts[GOVERNANCE],
                both_instruments=counts[BOTH],
                families=tuple(code for code, n in ((GOVERNANCE, far), (RIGHTS, near)) if n),
                issued=len(texts),
                issued_families=tuple(c for c, side in ((GOVERNANCE, sides[1]), (RIGHTS, sides[0])) if texts & side),
            )
        return found

    def _checked(self, actor: str) -> str:
        if actor not in self.institutions:
            known = [self._names.label(one) for one in self.institutions]
            raise UnknownValue(
                "institution", actor, known, "Only institutions are looked at here, or by their own wish."
            )
        return actor

    def _community(self, members: frozenset[str]) -> Community:
        practices = tuple(sorted(members & self._all.nameable))
        return Community(
            institutions=tuple(sorted(members & set(self.institutions))),
            practices=practices,
            instruments=tuple(sorted(members & self._all.family.keys())),
            **{trait: _most_common(by[p] for p in practices) for trait, by in self._all.traits.items()},
        )


def _most_common(said: Iterable[frozenset[str]]) -> Common | None:
    counts = Counter(concept for concepts in said for concept in concepts)
    concept, count = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return Common(concept, count) if count > 1 else None
