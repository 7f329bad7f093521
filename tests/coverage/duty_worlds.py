"""Worlds with duties: instruments, acts of adoption, findings and what people asked for, beside `Made`'s practices."""

from __future__ import annotations

from pathlib import Path

from hand_made import Made
from random_worlds import AS_OF, BASE, DCT, PROV, QUERIES, A, D, S, derived

from dgekg.coverage import Gap, Grid, View
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings

ORG = "http://www.w3.org/ns/org#"
RIGHTS = {"all": [], "equality": ["all"], "work": ["all"], "pay": ["work"]}
COUNTRIES = ("404", "250")


class DutyWorld(Made):
    """`Made` with rights, two countries (404 within 002, 250 within 150), and norms."""

    def __init__(self) -> None:
        super().__init__()
        for code, broader in RIGHTS.items():
            self.concept("right", code, *broader)
        self.concept("region", "250", "150")
        for country in COUNTRIES:
            self.say(S + f"region/{country}", D + "iso3", f'"X{country}')
        for code in ("open", "with-care", "protected"):
            self.concept("exposure", code)

    def say(self, subject: str, predicate: str, value: str) -> None:
        self.triples.append((subject, predicate, value))

    def instrument(
        self,
        name: str,
        group: str = "",
        force: str = "binding-on-states",
        since: str = "1981-09-01",
        place: str = "001",
    ) -> str:
        iri = BASE + f"id/instrument/{name}"
        self.say(iri, A, D + "Instrument")
        self.say(iri, D + "bindingness", S + f"bindingness/{force}")
        self.say(iri, D + "inJurisdiction", S + f"region/{place}")
        if since:
            self.say(iri, D + "inForceSince", f'"{since}')
        if group:
            self.say(iri, D + "addressesGroup", S + f"group/{group}")
        return iri

    def provision(self, instrument: str, number: str, *rights: str, stage: str = "") -> str:
        iri = instrument.replace("/instrument/", "/provision/") + f"-{number}"
        self.say(iri, A, D + "Provision")
        self.say(iri, D + "provisionOf", instrument)
        self.say(iri, DCT + "identifier", f'"{number}')
        for right in rights:
            self.say(iri, D + "guaranteesRight", S + f"right/{right}")
        if stage:
            self.say(iri, D + "governsStage", S + f"stage/{stage}")
        return iri

    def act(self, instrument: str, place: str, status: str, date: str = "1984-01-01", reserves: str = "") -> str:
        iri = BASE + f"id/adoption/{place}-{status}-{date}-{instrument.rsplit('/', 1)[-1]}"
        self.say(iri, A, D + "AdoptionRecord")
        self.say(iri, D + "ofInstrument", instrument)
        self.say(iri, D + "inJurisdiction", S + f"region/{place}")
        self.say(iri, D + "adoptionStatus", S + f"adoption-status/{status}")
        self.say(iri, D + "statusDate", f'"{date}')
        if reserves:
            self.say(iri, D + "reservesProvision", reserves)
        return iri

    def finding(self, name: str, norm: str, group: str = "", place: str = "") -> str:
        iri = BASE + f"id/finding/{name}"
        self.say(iri, A, D + "SupervisoryFinding")
        self.say(iri, D + ("onProvision" if "/provision/" in norm else "ofInstrument"), norm)
        self.say(iri, DCT + "date", '"2025-03-08')
        if group:
            self.say(iri, D + "aboutGroup", S + f"group/{group}")
        if place:
            self.say(iri, D + "inJurisdiction", S + f"region/{place}")
        return iri

    def led(self, practice: str, actor: str, group: str, exposure: str = "open") -> str:
        """Let an organisation of a group lead a practice."""
        iri, part = BASE + f"id/actor/{actor}", BASE + f"id/attribution/{practice}-1"
        self.say(BASE + f"id/practice/{practice}", D + "ledByGroup", S + f"group/{group}")
        self.say(BASE + f"id/practice/{practice}", D + "exposure", S + f"exposure/{exposure}")
        self.say(BASE + f"id/practice/{practice}", PROV + "qualifiedAttribution", part)
        self.say(part, PROV + "hadRole", S + "role/lead")
        self.say(part, PROV + "agent", iri)
        self.say(iri, A, D + "Actor")
        self.say(iri, A, ORG + "Organization")
        return iri

    def observatory(self, queries: Path = QUERIES) -> Observatory:
        project = Project.at(QUERIES.parent)
        project.queries = queries
        return Observatory(project, derived(self.triples), "made", AS_OF, {}, Settings())

    def told(self, *dimensions: str, queries: Path = QUERIES) -> dict[tuple[str, ...], Gap]:
        """The list of gaps by the codes of the cell, in its order."""
        observatory = self.observatory(queries)
        found = observatory.gaps_of(observatory.coverage(View(dimensions)))
        return {codes(gap.cell.concepts): gap for gap in found}

    def weighed(self, *dimensions: str, queries: Path = QUERIES) -> dict[tuple[str, ...], dict[str, float]]:
        """What raises each cell of a view, gap or not."""
        observatory = self.observatory(queries)
        view = View(dimensions)
        weights = {"binding-duty": 2.0, "supervisory-finding": 3.0, "demand": 1.0}
        raises = observatory.duties.raises(view, weights)
        return {codes(concepts): dict(raises(concepts)) for concepts in observatory.coverage(view).cells}


def codes(concepts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(concept.rsplit("/", 1)[-1] for concept in concepts)


def gap_at(observatory: Observatory, view: View, *at: str) -> tuple[Grid, Gap]:
    """The gap of a view at a place given by codes; one made up, where it is folded under another."""
    grid = observatory.coverage(view)
    listed = [gap for gap in observatory.gaps_of(grid) if codes(gap.cell.concepts) == at]
    cell = next(cell for cell in grid.cells.values() if codes(cell.concepts) == at)
    return grid, listed[0] if listed else Gap("knowledge", cell, 1.0, {"knowledge": 1.0}, 0, 0)
