"""What the network is made of, read from any store, and the rule of who and what may be named in it.

Everything here holds *all* records, the unnamed too. It stays inside this package: what is handed out is only what
`dgekg.network.Network` returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
from networkx.classes.graph import Graph

from dgekg import template
from dgekg.lookup import Names
from dgekg.store.base import Store, value_of

Sets = Mapping[str, frozenset[str]]
RIGHTS, GOVERNANCE, BOTH = "human-rights", "ai-governance", "both"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Relation:
    """What the text of one instrument has to do with another's.

    Attributes:
        ends: the two instruments.
        type: code of the mapping type, such as "overlaps".
        mapping: IRI of the mapping between their provisions; "" where one text itself interprets the other.
    """

    ends: frozenset[str]
    type: str
    mapping: str


@dataclass(frozen=True, slots=True)
class Material:
    """The records that the network is drawn from.

    Attributes:
        family: instrument -> code of its family.
        carriers: practice -> actors that take part in it, in whatever role; empty for none.
        norms: practice -> instruments that it concerns; empty for none.
        issuers: instrument -> actors that issued it.
        relations: what texts have to do with each other.
        rights: instrument -> rights that its provisions guarantee; absent where no provision is recorded.
        traits: "right", "lever" or "region" -> practice -> concepts.
        named: actors that may be named.
        nameable: practices that may be named.
    """

    family: Mapping[str, str]
    carriers: Sets
    norms: Sets
    issuers: Sets
    relations: tuple[Relation, ...]
    rights: Sets
    traits: Mapping[str, Sets]
    named: frozenset[str]
    nameable: frozenset[str]

    def side(self, *families: str) -> tuple[str, ...]:
        """Return the instruments of some families, in order."""
        return tuple(sorted(i for i, family in self.family.items() if family in families))


def read(store: Store, queries: Path, names: Names) -> Material:
    """Read the network's records.

    Args:
        store: any store that holds a built version.
        queries: the folder of queries; `network/` is read.
        names: the names of the same version, so that no title gives away a name that is to be left out.

    Raises:
        SourceError: a query file is missing.
        QueryError, StoreError: as `Store.select`.
    """

    once: dict[str, str] = {}  # a name that stands in a thousand rows is held once

    def rows(view: str) -> Iterator[tuple[str, ...]]:
        for row in store.rows(template.read(queries / "network" / f"{view}.rq")):
            texts = ("" if term is None else value_of(term) for term in row)
            yield tuple(once.setdefault(text, text) for text in texts)

    family = {row[0]: _code(row[1]) for row in sorted(rows("instruments"))}
    exposure = {row[0]: _code(row[1]) for row in sorted(rows("practices"))}
    carriers = _sets(((row[0], row[1]) for row in rows("carriers")), exposure)
    norms = _sets(((row[0], row[1]) for row in rows("norms") if row[1] in family), exposure)
    named = frozenset(row[0] for row in rows("nameable"))
    relations = [Relation(frozenset((one, other)), _code(t), m) for one, other, t, m in rows("relations")]
    traits: dict[str, list[tuple[str, str]]] = {"right": [], "lever": [], "region": []}
    for practice, trait, concept in rows("traits"):
        traits[trait].append((practice, concept))
    return Material(
        family,
        carriers,
        norms,
        _sets(((row[0], row[1]) for row in rows("issuers") if row[0] in family), family),
        tuple(sorted(set(relations), key=lambda r: (sorted(r.ends), r.type, r.mapping))),
        _sets((row[0], row[1]) for row in rows("rights")),
        {trait: _sets(pairs, exposure) for trait, pairs in traits.items()},
        named,
        _nameable(exposure, carriers, named, names),
    )


def work_graph(material: Material, folded: bool = False) -> Graph[str]:
    """Return actors, practices and instruments, tied by taking part and by concerning.

    Every instrument is in it, tied or not, and every practice that concerns one. Having issued a text is no tie of
    this graph: the text stays, whatever becomes of its author, and whoever issues many would seem to bridge
    everything. Nor is a relation between two texts: it is a coder's reading, not somebody's work.

    Args:
        material: the records.
        folded: a practice in which only one actor takes part is one with that actor, so that they go together.
    """
    graph: Graph[str] = nx.Graph()
    graph.add_nodes_from(sorted(material.family))
    for practice, actors in sorted(material.carriers.items()):
        norms = material.norms[practice]
        if not norms:
            continue
        node, others = (min(actors), ()) if folded and len(actors) == 1 else (practice, sorted(actors))
        graph.add_node(node)
        graph.add_edges_from((node, other) for other in (*others, *sorted(norms)))
    return graph


def touched(material: Material) -> Sets:
    """Return actor -> instruments that its practices concern; with nothing for who only issued instruments."""
    issuing = {actor for actors in material.issuers.values() for actor in actors}
    practising = {actor for actors in material.carriers.values() for actor in actors}
    pairs = ((a, i) for practice, actors in material.carriers.items() for a in actors for i in material.norms[practice])
    return _sets(pairs, issuing | practising)


def _nameable(exposure: Mapping[str, str], carriers: Sets, named: frozenset[str], names: Names) -> frozenset[str]:
    """Return the practices that may be named.

    An open one may, one shown with care only if all who take part may be named. Neither may if its title or address
    holds the name of an actor that is left out.
    """
    hidden = {actor for actors in carriers.values() for actor in actors} - named
    told = _Told()
    for actor in hidden:
        for name in (*names.labels(actor).values(), *names.alternatives.get(actor, ()), _code(actor)):
            told.add(_words(name))
    found = set()
    for practice, how in exposure.items():
        if how == "open" or (carriers[practice] and carriers[practice] <= named and how != "protected"):
            titles = (*names.labels(practice).values(), *names.alternatives.get(practice, ()), _code(practice))
            if not any(told.within(_words(title)) for title in titles):
                found.add(practice)
    return frozenset(found)


class _Told:
    """Names that a title must not hold, found without comparing it with each: many may begin with the same word."""

    def __init__(self) -> None:
        self._names: set[tuple[str, ...]] = set()
        self._lengths: dict[str, set[int]] = {}  # by the first word

    def add(self, words: tuple[str, ...]) -> None:
        if words:
            self._names.add(words)
            self._lengths.setdefault(words[0], set()).add(len(words))

    def within(self, words: tuple[str, ...]) -> bool:
        return any(
            words[n : n + length] in self._names
            for n, word in enumerate(words)
            for length in self._lengths.get(word, ())
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _sets(pairs: Iterable[tuple[str, str]], keys: Iterable[str] = ()) -> Sets:
    """Group pairs by their first part; `keys` are there even with nothing, and "" says that there is nothing."""
    found: dict[str, set[str]] = {key: set() for key in keys}
    for key, value in pairs:
        found.setdefault(key, set()).update([value] if value else [])
    return {key: frozenset(values) for key, values in found.items()}


def _code(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
