"""Random small worlds for the property tests: a list of plain triples, and a store derived from them.

A term is a string: an address as it stands, a literal with a leading quotation mark (a date or a number too).
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from random import Random

from pyoxigraph import Literal, NamedNode, Quad

from dgekg.store.local import LocalStore

ROOT = Path(__file__).parent.parent.parent
QUERIES = ROOT / "queries"
BASE = "https://w3id.org/dgekg/"
D = BASE + "ontology#"
S = BASE + "scheme/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
PROV = "http://www.w3.org/ns/prov#"
A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
AS_OF = dt.date(2026, 11, 21)

Triple = tuple[str, str, str]
TREES = ("stage", "group", "region", "right", "kind", "lever", "application-sector")
FLAT = {
    "approach": ("empowerment", "mainstreaming"),
    "participation-mode": ("led-by", "decided-with", "consulted", "for-only"),
    "status": ("planned", "running"),
}
LANGUAGES = ("en", "fr-CA", "sw", "pt")
DAYS = ("2022-05-01", "2023-11-20", "2023-11-21", "2023-11-22", "2026-01-05", "2026-06-30")
RELATIONS = (
    "cites",
    "concerns",
    "gives-effect-to",
    "monitors",
    "provides-remedy-under",
    "contributes-to",
    "may-interfere-with",
    "found-to-violate",
)


class World:
    """A drawn world; `triples` is all there is of it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.triples: list[Triple] = []
        self.members: dict[str, list[str]] = {}
        for name in TREES:
            self._tree(name, {"group": 6, "region": 5}.get(name, 3))
        for name, codes in FLAT.items():
            self.members[name] = [S + f"{name}/{code}" for code in codes]
            for concept in self.members[name]:
                self._concept(name, concept)
        for level in range(5):
            self._concept("evidence-level", S + f"evidence-level/{level}")
            self.say(S + f"evidence-level/{level}", SKOS + "notation", f'"{level}')
        self._regions()
        self._norms()
        self.practices = [BASE + f"id/practice/p{n}" for n in range(random.randint(0, 7))]
        for practice in self.practices:
            self._practice(practice)
        for n in range(random.choice((0, 1, 2, 4, 7))):
            self._statement(n)
        self._exposure()

    def say(self, subject: str, predicate: str, value: str) -> None:
        self.triples.append((subject, predicate, value))

    def some(self, of: list[str], most: int = 2, least: int = 0) -> list[str]:
        return self.random.sample(of, min(len(of), self.random.randint(least, most)))

    def _concept(self, scheme: str, concept: str) -> None:
        self.say(concept, A, SKOS + "Concept")
        self.say(concept, SKOS + "inScheme", S + scheme)

    def _tree(self, name: str, most: int) -> None:
        """Draw a root and concepts beneath it, some of them beneath several (an intersectional one, say)."""
        root = S + f"{name}/all"
        self.say(S + name, SKOS + "hasTopConcept", root)
        self._concept(name, root)
        placed = [root]
        for n in range(self.random.randint(1, most)):
            concept = S + f"{name}/c{n}"
            self._concept(name, concept)
            for broader in self.some(placed, 2 if name in ("group", "region", "right") else 1, 1):
                self.say(concept, SKOS + "broader", broader)
            placed.append(concept)
        self.members[name] = placed

    def _regions(self) -> None:
        broader = {o for s, p, o in self.triples if p == SKOS + "broader"}
        self.countries = [r for r in self.members["region"] if r not in broader]
        for country in self.countries:
            self.say(country, D + "iso3", '"' + country[-2:].upper() + "X")
            for language in self.some(list(LANGUAGES)):
                self.say(country, D + "officialLanguage", '"' + language)

    def _norms(self) -> None:
        self.norms: list[str] = []
        for n in range(self.random.randint(1, 2)):
            instrument = BASE + f"id/instrument/i{n}"
            self.say(instrument, A, D + "Instrument")
            parents = [instrument]
            for m in range(self.random.randint(0, 2)):
                provision = BASE + f"id/provision/i{n}-{m}"
                self.say(provision, A, D + "Provision")
                self.say(provision, D + "provisionOf", self.random.choice(parents))
                for right in self.some(self.members["right"], 1):
                    self.say(provision, D + "guaranteesRight", right)
                parents.append(provision)
            self.norms += parents

    def _practice(self, practice: str) -> None:
        self.say(practice, A, D + "Practice")
        for prop, scheme in (
            ("actsAtStage", "stage"),
            ("governsStage", "stage"),
            ("enablesStage", "stage"),
            ("addressesGroup", "group"),
            ("inRegion", "region"),
            ("practiceType", "kind"),
            ("lever", "lever"),
            ("applicationSector", "application-sector"),
            ("considersRight", "right"),
            ("approach", "approach"),
            ("participationMode", "participation-mode"),
            ("operationalStatus", "status"),
        ):
            most = 1 if prop.endswith("Stage") else self.random.choice((2, 2, 5)) if scheme == "group" else 2
            for concept in self.some(self.members[scheme], most):
                self.say(practice, D + prop, concept)
        for n in range(self.random.randint(0, 2)):
            self._evidence(practice, f"{practice.replace('practice', 'evidence')}-{n}")
        for n in range(self.random.randint(0, 2)):
            assertion = f"{practice.replace('practice', 'support')}-{n}"
            status = self.random.choice(("accepted", "accepted", "accepted", "proposed"))
            self.say(assertion, A, D + "SupportAssertion")
            self.say(assertion, D + "supportingPractice", practice)
            self.say(assertion, D + "supportedNorm", self.random.choice(self.norms))
            self.say(assertion, D + "relation", S + f"relation/{self.random.choice(RELATIONS)}")
            self.say(assertion, D + "reviewStatus", S + f"review-status/{status}")
        for actor in self.some(["a", "b", "c"]):
            part = f"{practice.replace('practice', 'attribution')}-{actor}"
            self.say(practice, PROV + "qualifiedAttribution", part)
            self.say(part, PROV + "agent", BASE + f"id/actor/{actor}")
        for group in self.some(self.members["group"], 1):
            record = f"{practice.replace('practice', 'status')}-{group[-2:]}"
            status = self.random.choice(("promising", "leading", "emerging", "harmful"))
            self.say(record, A, D + "PracticeStatusRecord")
            self.say(record, D + "assesses", practice)
            self.say(record, D + "forGroup", group)
            self.say(record, D + "computedStatus", S + f"practice-status/{status}")

    def _evidence(self, practice: str, evidence: str) -> None:
        draw = self.random.choice
        self.say(practice, D + "hasEvidence", evidence)
        self.say(evidence, A, D + "Evidence")
        self.say(evidence, D + "evidenceLevel", S + f"evidence-level/{self.random.randint(0, 4)}")
        self.say(evidence, D + "speaksTo", S + f"speaks-to/{draw(('effect', 'effect', 'works', 'exists'))}")
        direction = draw(("improvement", "improvement", "harm", "mixed", "none"))
        self.say(evidence, D + "direction", S + f"direction/{direction}")
        kind = draw(("outcome", "outcome", "output", ""))
        if kind:
            self.say(evidence, D + "indicatorKind", S + f"indicator-kind/{kind}")
        for group in self.some(self.members["group"]):
            self.say(evidence, D + "aboutGroup", group)
        self.say(evidence, D + "accessedOn", '"' + draw(DAYS))

    def _statement(self, n: int) -> None:
        """Draw a search or a not-applicable; often broad, so that it says something of many cells."""
        statement, activity = BASE + f"id/coverage/s{n}", BASE + f"id/collection/r{n}"
        status = self.random.choice(("searched-none-found",) * 4 + ("not-applicable",))
        self.say(statement, A, D + "CoverageStatement")
        self.say(statement, D + "coverageStatus", S + f"coverage-status/{status}")
        self.say(statement, DCT + "date", '"' + self.random.choice(DAYS))
        asked = self.some(["cellStage", "cellGroup", "cellRegion", "cellRight", "cellKind", "cellLever"], 2)
        asked += self.some(["cellSector", "cellNorm"], 1) if self.random.random() < 0.2 else []
        for prop in asked:
            scheme = prop.removeprefix("cell").lower()
            values = self.norms if scheme == "norm" else self.members.get(scheme) or self.members["application-sector"]
            for concept in self.some(values, 3, 1):
                self.say(statement, D + prop, concept)
        if self.random.random() < 0.9:
            self.say(statement, D + "fromActivity", activity)
            self.say(activity, A, D + "CollectionActivity")
            for language in self.some(list(LANGUAGES)):
                self.say(activity, DCT + "language", '"' + language)

    def _exposure(self) -> None:
        for n, country in enumerate(self.some(self.countries, 2)):
            context = BASE + f"id/exposure-context/x{n}"
            self.say(context, A, D + "ExposureContext")
            self.say(context, D + "inRegion", country)
            space = self.random.choice(("open", "narrowed", "repressed", "closed"))
            self.say(context, D + "civicSpace", S + f"civic-space/{space}")
            for group in self.some(self.members["group"][1:], 1):
                self.say(context, D + "criminalises", group)
        rule = BASE + "id/protected-domain/default"
        for group in self.some(self.members["group"][1:], 1):
            self.say(rule, A, D + "ProtectedDomain")
            self.say(rule, D + "aboutGroup", group)

    def store(self) -> LocalStore:
        """Return the world in memory, with what the real `queries/derive` make of it."""
        return derived(self.triples)


def derived(triples: list[Triple]) -> LocalStore:
    store = LocalStore()
    graph, target = NamedNode(BASE + "graph/world"), NamedNode(BASE + "graph/derived")
    store.engine.extend(Quad(NamedNode(s), NamedNode(p), term(o), graph) for s, p, o in triples)
    for _name, query in DERIVE:
        found = store.construct(query)
        store.engine.extend(Quad(t.subject, t.predicate, t.object, target) for t in found)
    return store


def term(text: str) -> NamedNode | Literal:
    if not text.startswith('"'):
        return NamedNode(text)
    kind = "date" if re.fullmatch(r"\d{4}-\d\d-\d\d", text[1:]) else "string"
    return Literal(text[1:], datatype=NamedNode(XSD + kind))


DERIVE = [(file.name, file.read_text("utf-8")) for file in sorted((QUERIES / "derive").glob("*.rq"))]
