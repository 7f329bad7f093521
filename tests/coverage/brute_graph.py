"""Brute force: the graph by plain loops, with its own closure and its own reading of what practices say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

BASE = "https://w3id.org/dgekg/"
D = BASE + "ontology#"
S = BASE + "scheme/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
AGENT = "http://www.w3.org/ns/prov#agent"
PART = "http://www.w3.org/ns/prov#qualifiedAttribution"
DCT = "http://purl.org/dc/terms/"

SCHEMES = {"sector": "application-sector", "participation": "participation-mode", "level": "evidence-level"}
CLASSES = {"provision": "Provision", "instrument": "Instrument"}
COORDINATES = ("stage", "group", "region", "provision", "instrument", "right", "kind", "lever", "sector")
PARTITIONS = ("stage", "region", "lever")
SAYS = {
    "group": "addressesGroup",
    "region": "inRegion",
    "kind": "practiceType",
    "lever": "lever",
    "sector": "applicationSector",
    "approach": "approach",
    "participation": "participationMode",
    "status": "operationalStatus",
}
STAGE = {"acts-at": "actsAtStage", "governs": "governsStage", "enables": "enablesStage"}
CONCERNS = ("cites", "concerns", "gives-effect-to", "monitors", "provides-remedy-under", "contributes-to")
SUPPORTS = ("gives-effect-to", "monitors", "provides-remedy-under", "contributes-to")

COUNTS = ("practices", "direct", "above", "documented", "effect_shown", "harm_or_mixed")
MEASURES = (*COUNTS, "focused", "promising", "actors", "countries")

Conditions = list[tuple[str, frozenset[str]]]
Point = tuple[tuple[str, str], ...]


@dataclass
class Asked:
    """A view in the oracle's own words; a filter is (dimension, values, negated)."""

    dimensions: tuple[str, ...]
    filters: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)
    rung: int = 2
    norm: str = "concerns"
    relation: str = ""
    depths: dict[str, int] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()


class Graph:
    def __init__(self, triples: Iterable[tuple[str, str, str]], oldest: str) -> None:
        self.triples = set(triples)
        self.oldest = oldest
        self.practices = sorted(s for s, p, o in self.triples if p == A and o == D + "Practice")
        self.index: dict[tuple[str, str], list[str]] = {}
        for s, p, o in sorted(self.triples):
            self.index.setdefault((s, p), []).append(o)
        self.statements = sorted(s for s, p, o in self.triples if p == A and o == D + "CoverageStatement")
        self._ups: dict[str, set[str]] = {}
        self._down: dict[str, set[str]] = {}
        self._subjects: dict[tuple[str, str], list[str]] = {}
        for s, p, o in sorted(self.triples):
            self._subjects.setdefault((p, o), []).append(s)

    def objects(self, subject: str, predicate: str) -> list[str]:
        return self.index.get((subject, predicate), [])

    def subjects(self, predicate: str, value: str) -> list[str]:
        return self._subjects.get((predicate, value), [])

    def typed(self, name: str) -> list[str]:
        return self.subjects(A, D + name)

    # The closure

    def up(self, concept: str) -> set[str]:
        if concept not in self._ups:
            found, before = {concept}, set[str]()
            while found != before:
                before = set(found)
                for one in before:
                    found |= {*self.objects(one, SKOS + "broader"), *self.objects(one, D + "provisionOf")}
            self._ups[concept] = found
        return self._ups[concept]

    def scheme(self, dimension: str) -> str:
        return S + SCHEMES.get(dimension, dimension)

    def concepts(self, dimension: str) -> list[str]:
        if dimension in CLASSES:
            return self.typed(CLASSES[dimension])
        return self.subjects(SKOS + "inScheme", self.scheme(dimension))

    def down(self, concept: str) -> set[str]:
        if concept not in self._down:
            everything = {s for s, p, _ in self.triples if p in (SKOS + "inScheme", A)}
            self._down[concept] = {one for one in everything if concept in self.up(one)}
        return self._down[concept]

    def root(self, dimension: str) -> str:
        return next(iter(self.objects(self.scheme(dimension), SKOS + "hasTopConcept")), "")

    def depth(self, dimension: str, concept: str) -> int:
        """Count the steps of the shortest way from a top row down to this one."""
        rows = set(self.concepts(dimension))
        above = rows & {*self.objects(concept, SKOS + "broader"), *self.objects(concept, D + "provisionOf")}
        return 1 + min(self.depth(dimension, b) for b in above) if above else 0

    # What practices say

    def norms(self, practice: str, relations: Sequence[str]) -> set[str]:
        found = set()
        for one in self.typed("SupportAssertion"):
            relation = self.objects(one, D + "relation")[0].rsplit("/", 1)[-1]
            accepted = self.objects(one, D + "reviewStatus") == [S + "review-status/accepted"]
            if practice in self.objects(one, D + "supportingPractice") and relation in relations and accepted:
                found |= set(self.objects(one, D + "supportedNorm"))
        return found

    def level(self, practice: str) -> int | None:
        levels = [e[0] for e in self.evidence(practice)]
        return max(levels) if levels else None

    def at_rung(self, practice: str, rung: int) -> bool:
        level = self.level(practice)
        return level is not None and level >= rung

    def stated(self, practice: str, dimension: str, asked: Asked) -> set[str]:
        if dimension == "stage":
            links = [STAGE[asked.relation]] if asked.relation else list(STAGE.values())
            return {o for link in links for o in self.objects(practice, D + link)}
        relations = SUPPORTS if asked.norm == "supports" else CONCERNS
        if dimension in ("provision", "instrument"):
            return self.norms(practice, relations)
        if dimension == "right":
            own = {r for n in self.norms(practice, relations) for r in self.objects(n, D + "guaranteesRight")}
            return own if asked.norm == "supports" else own | set(self.objects(practice, D + "considersRight"))
        if dimension == "level":
            level = self.level(practice)
            return set() if level is None else {S + f"evidence-level/{level}"}
        return set(self.objects(practice, D + SAYS[dimension]))

    def lies(self, practice: str, dimension: str, concept: str, asked: Asked) -> bool:
        stated = self.stated(practice, dimension, asked)
        closed = {c for one in stated for c in self.up(one)}
        if concept == "":
            return not closed & set(self.concepts(dimension))
        return concept in closed

    def evidence(self, practice: str) -> list[tuple[int, str, str, str, set[str], str]]:
        found = []
        for one in self.objects(practice, D + "hasEvidence"):
            code = {
                p: next(iter(self.objects(one, D + p)), "").rsplit("/", 1)[-1]
                for p in ("evidenceLevel", "speaksTo", "direction", "indicatorKind")
            }
            groups = set(self.objects(one, D + "aboutGroup"))
            day = self.objects(one, D + "accessedOn")[0][1:]
            found.append(
                (int(code["evidenceLevel"]), code["speaksTo"], code["direction"], code["indicatorKind"], groups, day)
            )
        return found

    # Rows

    def rows(self, dimension: str, asked: Asked) -> list[str]:
        most = asked.depths.get(dimension, 99)
        rows = [c for c in self.concepts(dimension) if self.depth(dimension, c) <= most]
        return rows + ([""] if any(self.lies(p, dimension, "", asked) for p in self.practices) else [])

    def focused(self, practice: str, asked: Asked) -> bool:
        dimension = asked.dimensions[0]
        root = self.root(dimension)
        reached = {
            row
            for row in self.rows(dimension, asked)
            if row not in ("", root) and self.lies(practice, dimension, row, asked)
        }
        lowest = {row for row in reached if not any(other != row and row in self.up(other) for other in reached)}
        return 1 <= len(lowest) <= 3 and root not in self.stated(practice, dimension, asked)
