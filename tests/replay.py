"""A harvester of the change feed, by docs/harvesting.md: walks the pages, replays the members, gives the quads."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from fastapi.testclient import TestClient
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from dgekg import identifiers

AS, LDES, TREE = "https://www.w3.org/ns/activitystreams#", "https://w3id.org/ldes#", "https://w3id.org/tree#"
DCT, SCHEMA = "http://purl.org/dc/terms/", "https://schema.org/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
CHANGES = NamedNode(identifiers.named_graph("changes"))
CHANGE = identifiers.records("change")


@dataclass
class Member:
    """One member: what is said of it, by property, and the triples of its own graph."""

    iri: str
    said: dict[str, list[str]] = field(default_factory=dict)
    payload: set[Quad] = field(default_factory=set)

    def one(self, name: str) -> str:
        return self.said[name][0] if self.said.get(name) else ""

    @property
    def activity(self) -> str:
        return next(t.removeprefix(AS) for t in self.said[TYPE] if t.startswith(AS))


@dataclass
class Harvest:
    """What was found: members by IRI, pages with their quads, those that are immutable."""

    members: dict[str, Member] = field(default_factory=dict)
    pages: dict[str, list[Quad]] = field(default_factory=dict)
    immutable: set[str] = field(default_factory=set)

    def quads(self) -> set[Quad]:
        """Replay the members in order: the last one about a thing says what it is."""
        state: dict[str, set[Quad]] = {}
        for member in sorted(
            self.members.values(), key=lambda m: (m.one(AS + "published"), m.one(SCHEMA + "position"))
        ):
            about = member.one(DCT + "isVersionOf")
            if about:
                state[about] = {q for q in member.payload if member.activity != "Delete" or q.graph_name == CHANGES}
        return set().union(*state.values())


def harvest(client: TestClient, start: str = "/feed", accept: str = "application/trig") -> Harvest:
    """Walk a feed from its root."""
    found = Harvest()
    waiting = deque([start])
    while waiting:
        address = waiting.popleft()
        if address in found.pages:
            continue
        answer = client.get(address, headers={"accept": accept})
        assert answer.status_code == 200, (address, answer.text)
        form = RdfFormat.from_media_type(answer.headers["content-type"])
        assert form is not None
        quads = list(parse(answer.content, format=form))
        here = str(client.base_url.join(address))
        nodes = {str(getattr(q.subject, "value", "")) for q in quads if _value(q) == TREE + "Node"}
        assert nodes == {here}, "a page names itself by the address that it was asked for at"
        found.pages[address] = quads
        _read(quads, found)
        if "immutable" in answer.headers.get("cache-control", ""):
            found.immutable.add(address)
        waiting.extend(_value(q) for q in quads if q.predicate.value == TREE + "node")
    return found


def _read(quads: list[Quad], found: Harvest) -> None:
    names = [_value(q) for q in quads if q.predicate.value == TREE + "member"]
    own = {name: found.members.setdefault(name, Member(name)) for name in names}
    for quad in quads:
        member = own.get(getattr(quad.subject, "value", ""))
        if member is not None and isinstance(quad.graph_name, DefaultGraph):
            values = member.said.setdefault(quad.predicate.value, [])
            if _value(quad) not in values:
                values.append(_value(quad))
    for quad in quads:
        member = own.get(getattr(quad.graph_name, "value", ""))
        if member is not None:
            ledger = getattr(quad.subject, "value", "").startswith(CHANGE)
            graph = CHANGES if ledger else NamedNode(member.one(AS + "target"))
            member.payload.add(Quad(quad.subject, quad.predicate, quad.object, graph))


def _value(quad: Quad) -> str:
    return str(getattr(quad.object, "value", ""))
