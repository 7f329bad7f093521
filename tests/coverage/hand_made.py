"""Worlds made by hand: three small trees, and what a test puts into them."""

from __future__ import annotations

from pathlib import Path

from random_worlds import AS_OF, BASE, DCT, QUERIES, A, D, S, Triple, derived

from dgekg.coverage import Cell, Gap, View, compute, find_gaps
from dgekg.index import Index

SKOS = "http://www.w3.org/2004/02/skos/core#"
STAGES = {"all": [], "data": ["all"], "use": ["all"]}
GROUPS = {"all": [], "women": ["all"], "roma": ["all"], "roma-women": ["women", "roma"], "girls": ["all"]}
REGIONS = {"001": [], "002": ["001"], "404": ["002"], "150": ["001"]}


class Made:
    """A world by hand: three small trees, and practices with what the kinds of gap ask."""

    def __init__(self) -> None:
        self.triples: list[Triple] = []
        for scheme, tree in (("stage", STAGES), ("group", GROUPS), ("region", REGIONS)):
            for code, broader in tree.items():
                self.concept(scheme, code, *broader)
        for scheme, code in (
            ("participation-mode", "for-only"),
            ("participation-mode", "led-by"),
            ("policy-phase", "adopted"),
            ("policy-phase", "implemented"),
            ("lever", "redress-access-to-justice"),
            ("status", "planned"),
            *(("evidence-level", str(n)) for n in range(5)),
        ):
            self.concept(scheme, code)

    def concept(self, scheme: str, code: str, *broader: str) -> None:
        iri = S + f"{scheme}/{code}"
        self.triples += [(iri, A, SKOS + "Concept"), (iri, SKOS + "inScheme", S + scheme)]
        self.triples += [(iri, SKOS + "broader", S + f"{scheme}/{b}") for b in broader]
        self.triples += [(iri, SKOS + "notation", '"' + code)]
        self.triples += [] if broader else [(S + scheme, SKOS + "hasTopConcept", iri)]

    def practice(self, name: str, stage: str, group: str, region: str = "150", **more: str) -> None:
        iri, evidence = BASE + f"id/practice/{name}", BASE + f"id/evidence/{name}"
        level = more.pop("level", "2")
        direction, about = more.pop("direction", "not-applicable"), more.pop("about", "")
        says = {
            A: D + "Practice",
            D + "actsAtStage": S + f"stage/{stage}",
            D + "addressesGroup": S + f"group/{group}",
            D + "inRegion": S + f"region/{region}",
            D + "hasEvidence": evidence,
            **{D + prop: S + value for prop, value in more.items()},
        }
        self.triples += [(iri, p, o) for p, o in says.items()]
        shown = {
            A: D + "Evidence",
            D + "evidenceLevel": S + f"evidence-level/{level}",
            D + "speaksTo": S + "speaks-to/effect",
            D + "indicatorKind": S + "indicator-kind/outcome",
            D + "direction": S + f"direction/{direction}",
            D + "accessedOn": '"2026-01-01',
        }
        self.triples += [(evidence, p, o) for p, o in shown.items()]
        self.triples += [(evidence, D + "aboutGroup", S + f"group/{about}")] if about else []

    def search(self, name: str, language: str = "", date: str = "2026-01-01", **cell: str) -> None:
        iri, activity = BASE + f"id/coverage/{name}", BASE + f"id/collection/{name}"
        self.triples += [
            (iri, A, D + "CoverageStatement"),
            (iri, D + "coverageStatus", S + "coverage-status/searched-none-found"),
            (iri, DCT + "date", '"' + date),
            (iri, D + "fromActivity", activity),
            (activity, A, D + "CollectionActivity"),
        ]
        self.triples += [(activity, DCT + "language", '"' + language)] if language else []
        self.triples += [(iri, D + prop, S + value) for prop, value in cell.items()]

    def grid(self, view: View) -> dict[tuple[str, ...], Cell]:
        """The cells by their codes."""
        grid = compute(Index(derived(self.triples), QUERIES), view, AS_OF)
        return {tuple(c.rsplit("/", 1)[-1] for c in concepts): cell for concepts, cell in grid.cells.items()}

    def speaks(self, country: str, language: str) -> None:
        self.triples.append((S + f"region/{country}", D + "officialLanguage", '"' + language))

    def gaps(self, *dimensions: str, queries: Path = QUERIES) -> dict[tuple[str, ...], Gap]:
        """The list by the codes of the cell, in its order."""
        index = Index(derived(self.triples), queries)
        grid = compute(index, View(dimensions), AS_OF)
        found = find_gaps(index, grid, queries)
        return {tuple(c.rsplit("/", 1)[-1] for c in gap.cell.concepts): gap for gap in found}
