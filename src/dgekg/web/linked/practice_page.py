"""What the page of a practice shows: what it does, for whom, what is known of it and on whose word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import Visit
from dgekg.web.linked import citing, ratings, records, similar
from dgekg.web.linked import pointing as links
from dgekg.web.linked.records import Record, Value
from dgekg.web.people.grids import code
from dgekg.web.snapshot import query

DCT, PROV, FOAF = PREFIXES["dct"], PREFIXES["prov"], PREFIXES["foaf"]
ADVERSE = ("harm", "mixed", "none")
_STALE_MONTHS = 36
_RELATIONS = (  # what speaks against it comes first
    "found-to-violate",
    "may-interfere-with",
    "gives-effect-to",
    "provides-remedy-under",
    "monitors",
    "contributes-to",
    "concerns",
    "cites",
)
_ROLES = ("lead", "issuer", "partner", "funder", "evaluator")
_FIRST = ("addressesGroup", "inRegion", "actsAtStage", "governsStage", "enablesStage", "practiceType", "yearStarted")
_TOLD = frozenset(
    {
        *map(identifiers.term, _FIRST),
        *map(
            identifiers.term,
            ("appliesToStage", "foundInRound", "concernsSystem", "operationalStatus", "fundedBy", "ledByGroup"),
        ),
        *map(identifiers.term, ("concernsNorm", "supports", "supportsRight", "rung")),
        FOAF + "page",
    }
)
_ELSEWHERE = frozenset(
    {records.SUPPORTING, *map(identifiers.term, ("assesses", "aboutPractice", "forum", "changedRecord", "repliesTo"))}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as the page shows it; `number` is what other parts of the page call it."""

    number: int
    record: Record
    level: str
    direction: str
    adverse: bool
    months: int | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm that the practice is linked to."""

    record: Record
    norm: str
    subject: tuple[str, str]
    basis: str
    by: str
    software: bool
    rationale: tuple[Value, ...]
    evidence: tuple[str, ...]


def of(visit: Visit, iri: str) -> Mapping[str, Any]:
    """Return the values of the page of a practice."""
    found = records.read(visit, iri)
    parts = records.parts(visit, found)
    lists = links.every(visit, iri)
    by = {one.property: one.subjects for one in lists}
    pieces = evidence(visit, [p for p in parts if p.kind == "evidence"])
    dated = [(int(p.level), day) for p in pieces if p.level.isdecimal() and (day := _one(p.record, "accessedOn"))]
    systems = [t.value for t in found.get("concernsSystem")]
    cases, fellows = _of_systems(visit, systems)
    forum = by.get(identifiers.term("forum"), ())
    return {
        "record": found,
        "others": _other_names(visit, found),
        "pages": [v for v in (records.shown(visit, t) for t in found.facts.get(FOAF + "page", [])) if v.href],
        "who": who(parts, found),
        "stages": [(n, found.shown(n)) for n in ("actsAtStage", "governsStage", "enablesStage") if found.shown(n)],
        "evidence": pieces,
        "numbers": {p.record.iri: p.number for p in pieces},
        "adverse": sum(p.adverse for p in pieces),
        "best": max((p.level for p in pieces), default=""),
        "relations": norms(visit, by.get(records.SUPPORTING, ())),
        "rated": ratings.of(visit, iri, dated),
        "concept": identifiers.concept,
        "lessons": [records.read(visit, s) for s in by.get(identifiers.term("aboutPractice"), ())],
        "replies": [records.read(visit, s) for s in by.get(identifiers.term("repliesTo"), ())],
        "systems": [records.read(visit, s) for s in systems],
        "cases": [records.read(visit, s) for s in dict.fromkeys((*cases, *forum))],
        "fellows": [p for p in fellows if p != iri],
        "forum": forum,
        "similar": _similar(visit, iri),
        "rounds": [records.read(visit, t.value) for t in found.get("foundInRound")],
        "history": history(visit, iri),
        "fields": [f for f in found.fields if f.property not in _TOLD],
        "inverse": records.pointing(visit, [one for one in lists if one.property not in _ELSEWHERE], records.PARTS),
        "cited": citing.text(visit, citing.of(visit, iri)),
        "cites": [(k.suffix, k.media_type, words) for k, words in zip(citing.FORMATS, _CITED, strict=True)],
        "contact": visit.house.settings.contact,
    }


_CITED = ("BibTeX", "RIS", "CSL-JSON")


def who(parts: Iterable[Record], practice: Record) -> list[tuple[str, list[str]]]:
    """Return the actors with their roles: who leads it first, each once."""
    found: dict[str, list[str]] = {}
    for part in parts:
        if part.kind == "attribution":
            for agent in part.facts.get(PROV + "agent", []):
                found.setdefault(agent.value, []).extend(t.value for t in part.facts.get(PROV + "hadRole", []))
    funder = identifiers.concept("role", "funder")
    for term in practice.get("fundedBy"):
        found.setdefault(term.value, []).append(funder)
    rank = {identifiers.concept("role", role): n for n, role in enumerate(_ROLES)}

    def place(role: str) -> tuple[int, str]:
        return rank.get(role, len(rank)), role

    ordered = [(agent, sorted(set(roles), key=place)) for agent, roles in found.items()]
    return sorted(ordered, key=lambda pair: (place(pair[1][0]) if pair[1] else (99, ""), pair[0]))


def evidence(visit: Visit, parts: Sequence[Record]) -> list[Piece]:
    """Return the evidence: what speaks against it first, then the strongest; numbered in that order."""
    pieces = []
    for part in parts:
        day, direction = _one(part, "accessedOn"), code(_one(part, "direction"))
        age = ratings.months(visit.observatory.as_of, day) if day else None
        level = code(_one(part, "evidenceLevel"))
        adverse, stale = direction in ADVERSE, age is not None and age > _STALE_MONTHS
        pieces.append(Piece(0, part, level, direction, adverse, age, stale))
    pieces.sort(key=lambda p: (not p.adverse, -int(p.level) if p.level.isdecimal() else 1, p.record.iri))
    return [Piece(n, p.record, p.level, p.direction, p.adverse, p.months, p.stale) for n, p in enumerate(pieces, 1)]


def norms(visit: Visit, assertions: Iterable[str]) -> list[tuple[str, list[Norm]]]:
    """Return what links the practice to norms, by relation; what speaks against it first."""
    found: dict[str, list[Norm]] = {}
    for iri in assertions:
        part = records.read(visit, iri)
        norm = _one(part, "supportedNorm")
        facts = visit.snapshot.norms.get(norm)
        by = next((t.value for t in part.facts.get(PROV + "wasAttributedTo", [])), "")
        found.setdefault(_one(part, "relation"), []).append(
            Norm(
                part,
                norm,
                facts.text("subject", visit.language) if facts else ("", ""),
                code(_one(part, "basis")),
                by,
                PROV + "SoftwareAgent" in visit.snapshot.classes.get(by, frozenset()),
                part.shown("rationale"),
                tuple(t.value for t in part.get("hasEvidence")),
            )
        )
    rank = {relation: n for n, relation in enumerate(_RELATIONS)}
    for linked in found.values():
        linked.sort(key=lambda n: visit.label(n.norm).casefold())
    return sorted(found.items(), key=lambda pair: rank.get(code(pair[0]), len(rank)))


def history(visit: Visit, iri: str) -> list[tuple[str, str, str, str]]:
    """Return what the ledger says of a record: date, address of the entry, kind of change, what replaced it."""
    rows = visit.observatory.store.select(template.bind(query("changes"), {"record": [NamedNode(iri)]})).dicts()
    found = {(r["date"], r["change"], r["kind"], r.get("replacement", "")) for r in rows}
    return sorted(found, reverse=True)


def _of_systems(visit: Visit, systems: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the cases about some systems, and the practices that concern them."""
    if not systems:
        return [], []
    told = visit.snapshot.told("cases-of", system=systems)
    return [i for i, f in told.items() if f.all("case")], [i for i, f in told.items() if f.all("practice")]


def _similar(visit: Visit, iri: str) -> list[tuple[similar.Similar, tuple[str, str]]]:
    """Return similar practices, each with the beginning of what it is and the language of that."""
    alike = similar.of(visit, iri)
    cards = visit.snapshot.cards.of([one.iri for one in alike])
    return [(one, card.text("description", visit.language)) for one, card in zip(alike, cards, strict=True)]


def _other_names(visit: Visit, record: Record) -> list[Value]:
    terms = record.facts.get(PREFIXES["skos"] + "altLabel", [])
    return sorted({records.shown(visit, t) for t in terms}, key=lambda v: v.text.casefold())


def _one(record: Record, name: str) -> str:
    return next((t.value for t in record.get(name)), "")
