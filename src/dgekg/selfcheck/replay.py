"""The change feed, harvested from nothing and replayed as `docs/harvesting.md` says; and versions that stay."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, NamedNode, Quad

from dgekg import formats, identifiers
from dgekg.selfcheck.counting import dump
from dgekg.selfcheck.outcome import NotChecked, Unusable
from dgekg.selfcheck.walk import CATALOG, DCT, FEED, RECORDS, TREE, Walk
from dgekg.vocabulary import RDF_TYPE

_AS, _LDES, _SCHEMA = "https://www.w3.org/ns/activitystreams#", "https://w3id.org/ldes#", "https://schema.org/"
_CHANGES, _CHANGE = NamedNode(identifiers.named_graph("changes")), identifiers.records("change")
_DERIVED = NamedNode(identifiers.named_graph("derived"))
_PAGES = 2000
_MEND = "Render the feed from the ledger of the version that is served, a line for every record."


@dataclass(slots=True)
class _Member:
    said: dict[str, list[str]] = field(default_factory=dict)
    payload: list[Quad] = field(default_factory=list)

    def one(self, name: str) -> str:
        return next(iter(self.said.get(name, ())), "")


def feed(walk: Walk) -> None:
    """Walk the feed, replay it, and compare it with the dump (all but what is derived)."""
    members = _harvest(walk)
    got = _replayed(members)
    walk.out.expect(bool(members), walk.ask.at(FEED), "no member", "a member for every record", _MEND)
    quads = dump(walk)
    if quads is None:
        return
    wanted = {q for q in quads if q.graph_name != _DERIVED}
    few, many = wanted - got, got - wanted
    first = next(iter(sorted(map(str, few or many))), "")
    walk.out.expect(
        not few and not many,
        walk.ask.at(FEED),
        f"{len(few)} statements missing, {len(many)} too many; for one {first}",
        f"the {len(wanted)} statements of the dump without {_DERIVED.value}",
        _MEND,
    )


def _replayed(members: dict[str, _Member]) -> set[Quad]:
    state: dict[str, list[Quad]] = {}
    for member in sorted(members.values(), key=lambda m: (m.one(_AS + "published"), m.one(_SCHEMA + "position"))):
        about, gone = member.one(DCT + "isVersionOf"), _AS + "Delete" in member.said.get(RDF_TYPE, ())
        if about:
            state[about] = _placed(member, gone)
    return {quad for quads in state.values() for quad in quads}


def _placed(member: _Member, gone: bool) -> list[Quad]:
    target = member.one(_AS + "target")
    found = []
    for quad in member.payload:
        ledger = str(getattr(quad.subject, "value", "")).startswith(_CHANGE)
        if ledger or (target and not gone):
            found.append(Quad(quad.subject, quad.predicate, quad.object, _CHANGES if ledger else NamedNode(target)))
    return found


def _harvest(walk: Walk) -> dict[str, _Member]:
    members: dict[str, _Member] = {}
    seen: set[str] = set()
    waiting = [walk.ask.at(FEED)]
    while waiting:
        address = waiting.pop(0)
        if address in seen:
            continue
        if len(seen) == _PAGES:
            raise NotChecked(walk.ask.at(FEED), f"not checked, more than {_PAGES} pages")
        seen.add(address)
        try:
            quads = walk.ask.get(address, formats.TRIG.media_type).quads()
        except Unusable as error:
            walk.out.expect(False, error.address, error.found, error.expected, error.mend)
            continue
        _read(quads, members)
        waiting.extend(str(getattr(q.object, "value", "")) for q in quads if q.predicate.value == TREE + "node")
    return members


def _read(quads: list[Quad], members: dict[str, _Member]) -> None:
    names = {str(getattr(q.object, "value", "")) for q in quads if q.predicate.value == TREE + "member"}
    own = {name: members.setdefault(name, _Member()) for name in names}
    for quad in quads:
        if isinstance(quad.graph_name, DefaultGraph):
            member = own.get(str(getattr(quad.subject, "value", "")))
            if member is not None:
                value = str(getattr(quad.object, "value", ""))
                member.said.setdefault(quad.predicate.value, []).append(value)
        else:
            member = own.get(str(getattr(quad.graph_name, "value", "")))
            if member is not None:
                member.payload.append(quad)


def versions(walk: Walk) -> None:
    """Ask below `/version/{version}`: the same list and records as without it, and all versions that are listed."""
    kept = walk.got("/version", formats.JSON.media_type).json()
    current = str(kept.get("current", "")) if isinstance(kept, dict) else ""
    named = walk.got(CATALOG, formats.TURTLE.media_type).headers.get("x-dgekg-version", "")
    walk.out.expect(
        bool(current) and current == named,
        walk.ask.at("/version"),
        f"current {current or 'none'}",
        f"{named or 'X-DGEKG-Version'}, which answers",
        "Name the version that answers.",
    )
    for version in (v.get("version", "") for v in kept.get("versions", [])):
        found = walk.ask.get(f"/version/{version}{RECORDS}", formats.JSON.media_type)
        walk.out.expect(
            found.status == 200 and found.headers.get("x-dgekg-version", "").startswith(version),
            found.address,
            f"{found.status}, X-DGEKG-Version {found.headers.get('x-dgekg-version', 'none')}",
            f"200 from {version}",
            "Answer below /version/ from the version named, or list it no more.",
        )
    for thing in walk.samples(1) if current else []:
        _as_now(walk, thing, current)


def _as_now(walk: Walk, thing: str, version: str) -> None:
    path = walk.ask.at(thing).removeprefix(walk.ask.url)
    found = walk.ask.get(f"/version/{version}{path}", formats.NTRIPLES.media_type)
    walk.out.expect(
        found.status == walk.got(thing, formats.NTRIPLES.media_type).status,
        found.address,
        f"{found.status}",
        f"{walk.got(thing, formats.NTRIPLES.media_type).status}, as without /version/",
        "Serve every read path below /version/ too.",
    )
