"""What the network tells: plain values, in which nobody is named who may not be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bridge:
    """An institution between the two families. An instrument made for both counts on both sides.

    Attributes:
        actor: IRI.
        passage: 0 to 1: the share of the shortest ways between instruments of the two families that lead through
            it (betweenness between the families).
        balance: 0 to 1: how evenly the instruments that its practices concern lie on the two sides (participation
            coefficient, doubled).
        joins: pairs of instruments, one of each family, both of which its practices concern.
        alone: those of them that no other actor joins.
        practices: practices that it takes part in, in whatever role.
        joining: those of them that concern instruments of both families.
        rights_instruments: instruments of human rights that its practices concern.
        governance_instruments: the same, of AI governance.
        both_instruments: the same, made for both.
        families: codes of the families that its practices bridge, in order: none, one or two.
        issued: instruments that it issued.
        issued_families: codes of the families of those, in order.
    """

    actor: str
    passage: float
    balance: float
    joins: int
    alone: int
    practices: int
    joining: int
    rights_instruments: int
    governance_instruments: int
    both_instruments: int
    families: tuple[str, ...]
    issued: int
    issued_families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two instruments, one of each family.

    Attributes:
        rights: IRI of the one of human rights (or of both families, if the other is not).
        governance: IRI of the one of AI governance (or of both families, if the other is not).
        practices: practices concerning both that may be named, in order.
        unnamed_practices: how many more concern both.
        mappings: mappings between their provisions, in order.
        relations: codes of what the texts have to do with each other, in order, such as "overlaps".
        shared_rights: rights that provisions of both guarantee by the same concept, in order.
        unread: those of the two of which no provision is recorded, so that no mapping can be expected.
    """

    rights: str
    governance: str
    practices: tuple[str, ...]
    unnamed_practices: int
    mappings: tuple[str, ...]
    relations: tuple[str, ...]
    shared_rights: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def connected(self) -> bool:
        """Whether anything in the collection connects them."""
        return bool(self.practices or self.unnamed_practices or self.relations)


@dataclass(frozen=True, slots=True)
class Removal:
    """What falls apart in the collection's graph without an institution and the practices that it alone carries.

    Attributes:
        actor: IRI.
        practices: how many practices nobody else takes part in; they go with it.
        pieces: how many more separate pieces the graph has; a piece holds an instrument, which stays in any case.
        separated: pairs of instruments between which no way of any length is left.
        unlinked: pairs that were connected (see `Pair.connected`) and are no more.
    """

    actor: str
    practices: int
    pieces: int
    separated: tuple[tuple[str, str], ...]
    unlinked: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Common:
    """What a community's practices have most in common.

    Attributes:
        concept: IRI.
        practices: how many practices say it; at least two.
    """

    concept: str
    practices: int


@dataclass(frozen=True, slots=True)
class Community:
    """Institutions, practices and instruments with more ties among each other than to the rest; all may be named.

    Attributes:
        institutions: IRIs, in order; at least two.
        practices: IRIs, in order.
        instruments: IRIs, in order.
        right: the right most often concerned; None if no two practices share one.
        lever: the lever most often used; None likewise.
        region: the place most often named; None likewise.
    """

    institutions: tuple[str, ...]
    practices: tuple[str, ...]
    instruments: tuple[str, ...]
    right: Common | None
    lever: Common | None
    region: Common | None


@dataclass(frozen=True, slots=True)
class Communities:
    """The communities of the collection.

    Attributes:
        groups: the most institutions first.
        modularity: -0.5 to 1: how much denser ties are within groups than chance would have it; below about 0.3 the
            groups say little.
        apart: how many institutions are in no group of two or more.
    """

    groups: tuple[Community, ...]
    modularity: float
    apart: int


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to say anything from.

    Attributes:
        practices: practices in the collection.
        linked: those that concern an instrument.
        unnamed_practices: those that are counted and never named here.
        instruments: instruments in the collection.
        reached: those that some practice concerns.
        institutions: actors with work in the graph that may be named.
        unnamed_actors: the other actors with work in the graph; None for fewer than five.
        pairs: pairs of instruments, one of each family.
        connected: those that something connects.
    """

    practices: int
    linked: int
    unnamed_practices: int
    instruments: int
    reached: int
    institutions: int
    unnamed_actors: int | None
    pairs: int
    connected: int
