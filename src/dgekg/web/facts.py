"""What pages are told of one thing, and of the network: read once a version, by the snapshot."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from networkx.classes.graph import Graph
from pyoxigraph import Literal

from dgekg.network import Bridge, Communities, Extent, Pair
from dgekg.store.base import Term

Values = dict[str, list[Term]]


@dataclass(frozen=True)
class Facts:
    """What a list shows of one thing: values by what they are."""

    iri: str
    values: Values = field(repr=False)

    def all(self, what: str) -> list[str]:
        """Return the values as text."""
        return [term.value for term in self.values.get(what, ())]

    def one(self, what: str) -> str:
        """Return the first value, or ""."""
        found = self.values.get(what)
        return found[0].value if found else ""

    def text(self, what: str, language: str) -> tuple[str, str]:
        """Return the text in a language (else English, else any), and the language it is in."""
        literals = [t for t in self.values.get(what, ()) if isinstance(t, Literal)]
        for wanted in (language, "en"):
            for literal in literals:
                if literal.language == wanted:
                    return literal.value, wanted
        return (literals[0].value, literals[0].language or "") if literals else ("", "")

    def by(self, prefix: str) -> dict[str, list[str]]:
        """Return the values whose name begins with a word, by the rest of the name (`actor lead`)."""
        start = prefix + " "
        return {k[len(start) :]: self.all(k) for k in sorted(self.values) if k.startswith(start)}


@dataclass(frozen=True)
class Links:
    """What the network's page shows: how much there is, institutions, pairs of instruments, groups, and the picture."""

    extent: Extent
    bridges: list[Bridge]
    connected: list[Pair]
    unconnected: list[Pair]
    communities: Communities
    drawn: Graph[str]
    places: Mapping[str, tuple[int, int]]

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Everything that may be drawn, with its kind."""
        return {node: sys.intern(str(kind)) for node, kind in self.drawn.nodes(data="kind")}

    @cached_property
    def tied(self) -> frozenset[str]:
        """What has a tie."""
        return frozenset(node for node in self.drawn if self.drawn.adj[node])

    @cached_property
    def ties(self) -> Sequence[tuple[str, str, str]]:
        """The ties between what has a place in the picture, in order: one end, the other, what ties them."""
        part = self.drawn.subgraph(self.places)
        return sorted((min(ends), max(ends), sys.intern(str(part.edges[ends]["tie"]))) for ends in part.edges)

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """Institution -> its place in the order of bridges."""
        return {bridge.actor: n for n, bridge in enumerate(self.bridges)}
