"""What the shipped data promises: enough of each, honest links, nothing written out, nobody endangered."""

from __future__ import annotations

from collections import Counter

import pytest

from conftest import SHIPPED
from dgekg.build import Sources, validate
from dgekg.findings import violations
from dgekg.observatory import Observatory
from dgekg.store.base import value_of

ID = "https://w3id.org/dgekg/id/"
SCHEME = "https://w3id.org/dgekg/scheme/"
PREFIXES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX dgekg: <https://w3id.org/dgekg/ontology#>
PREFIX dimension: <https://w3id.org/dgekg/dimension/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


def rows(observatory: Observatory, query: str) -> list[tuple[str, ...]]:
    table = observatory.store.select(PREFIXES + query)
    return [tuple("" if t is None else value_of(t) for t in row) for row in table.rows]


def test_the_shipped_data_conforms(real_sources: Sources) -> None:
    found, _store = validate(real_sources, SHIPPED)
    assert [f.text() for f in violations(found) if f.rule != "date-in-future"] == []


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("Practice", 75),
        ("Instrument", 50),
        ("Provision", 320),
        ("ProvisionMapping", 40),
        ("AdoptionRecord", 500),
        ("Criterion", 14),
        ("Right", 40),
        ("AffectedGroup", 80),
        ("Lever", 12),
        ("Region", 240),
        ("ExposureContext", 100),
        ("CollectionActivity", 1),
    ],
)
def test_there_is_enough_of_each(real_observatory: Observatory, kind: str, least: int) -> None:
    assert real_observatory.meta["classes"][kind] >= least


def test_grounds_and_intersections(real_observatory: Observatory) -> None:
    root = f"<{SCHEME}group/everyone>"
    grounds = rows(real_observatory, f"SELECT ?g WHERE {{ ?g skos:broader {root} }}")
    made_of = Counter(g for g, _part in rows(real_observatory, "SELECT ?g ?p WHERE { ?g dgekg:combinesGroup ?p }"))
    assert len(grounds) >= 12
    assert len([g for g, parts in made_of.items() if parts >= 2]) >= 20


def test_every_right_is_guaranteed_by_a_provision(real_observatory: Observatory) -> None:
    missing = rows(
        real_observatory,
        "SELECT ?r WHERE { ?r a dgekg:Right ; skos:broader ?head . ?head skos:broader ?root "
        "MINUS { ?p dgekg:guaranteesRight ?r } }",
    )
    assert missing == []


def test_mappings_join_human_rights_and_ai_governance(real_observatory: Observatory) -> None:
    families = rows(
        real_observatory,
        "SELECT ?m ?a ?b WHERE { ?m dgekg:fromProvision/dgekg:within ?i ; dgekg:toProvision/dgekg:within ?j . "
        "?i dgekg:instrumentFamily ?a . ?j dgekg:instrumentFamily ?b }",
    )
    assert len({m for m, _a, _b in families}) >= 40
    assert all(a != SCHEME + "family/human-rights" and b != SCHEME + "family/ai-governance" for _m, a, b in families)


def test_a_claim_to_all_stages_sits_at_the_root(real_observatory: Observatory) -> None:
    stages = Counter(
        p for p, _s in rows(real_observatory, "SELECT DISTINCT ?p ?s WHERE { ?p dgekg:appliesToStage ?s }")
    )
    assert max(stages.values()) < 8


def test_decisions_tools_and_databases_are_no_redress_mechanisms(real_observatory: Observatory) -> None:
    identifiers = '"P012" "P055" "P056" "P076" "P093"'
    kinds = rows(
        real_observatory,
        f"SELECT ?i ?k WHERE {{ VALUES ?i {{ {identifiers} }} ?p dct:identifier ?i ; dgekg:practiceType ?k }}",
    )
    assert {i for i, _k in kinds} == {"P012", "P055", "P056", "P076", "P093"}
    assert all(not k.endswith("/redress-mechanism") for _i, k in kinds)


def test_what_software_coded_says_so(real_observatory: Observatory) -> None:
    coders = rows(
        real_observatory,
        "SELECT DISTINCT ?who ?software WHERE { ?a a dgekg:SupportAssertion ; prov:wasAttributedTo ?who "
        "OPTIONAL { ?who a prov:SoftwareAgent BIND(true AS ?software) } }",
    )
    assert coders == [(ID + "actor/dgekg-software-coder", "true")]


def test_assertions_are_modest(real_observatory: Observatory) -> None:
    """Most links are `concerns`, assigned; none claims a confirmed violation from desk research."""
    counted = rows(
        real_observatory,
        "SELECT ?r ?b (COUNT(?a) AS ?n) WHERE { ?a dgekg:relation ?r ; dgekg:basis ?b } GROUP BY ?r ?b",
    )
    by = {(r.rsplit("/", 1)[-1], b.rsplit("/", 1)[-1]): int(n) for r, b, n in counted}
    assert by["concerns", "assigned"] > sum(by.values()) / 2
    assert not [key for key in by if key[0] == "found-to-violate"]


def test_level_three_is_independent(real_observatory: Observatory) -> None:
    own = rows(
        real_observatory,
        "SELECT ?e WHERE { VALUES ?l { <https://w3id.org/dgekg/scheme/evidence-level/3> } ?p dgekg:hasEvidence ?e . "
        "?e dgekg:evidenceLevel ?l ; dgekg:evaluator ?who . ?p prov:qualifiedAttribution/prov:agent ?who }",
    )
    assert own == []


def test_the_round_adds_up(real_observatory: Observatory) -> None:
    rounds = rows(
        real_observatory,
        "SELECT ?c ?s ?i WHERE { ?c a dgekg:CollectionActivity ; dgekg:screened ?s ; dgekg:included ?i }",
    )
    left_out = rows(real_observatory, "SELECT ?c ?x ?n WHERE { ?c dgekg:exclusion ?x . ?x dgekg:count ?n }")
    found = Counter(
        c for _p, c in rows(real_observatory, "SELECT ?p ?c WHERE { ?p a dgekg:Practice ; dgekg:foundInRound ?c }")
    )
    assert len(rounds) == 19
    for one, screened, included in rounds:
        assert int(included) == found[one], one
        out = sum(int(n) for c, _x, n in left_out if c == one)
        assert 0 < out <= int(screened), one
    (seed,) = [r for r in rounds if r[0].endswith("seed-desk-review-2026")]
    assert int(seed[1]) == int(seed[2]) + sum(int(n) for c, _x, n in left_out if c == seed[0])  # counted, not estimated


def test_withheld_domains_read_not_published_whether_or_not_anything_is_known(real_observatory: Observatory) -> None:
    from dgekg.coverage import State, View

    index, names = real_observatory.index, real_observatory.names
    view = View.parse(index, names, rows="group", cols=["region"])
    grid = real_observatory.coverage(view)
    lgbtiq, uganda, africa = SCHEME + "group/lgbtiq-people", SCHEME + "region/800", SCHEME + "region/002"
    closed = grid.cells[lgbtiq, uganda]
    assert closed.state is State.NOT_PUBLISHED
    assert closed.members == ()
    assert not any(closed.measures.values())
    assert grid.cells[lgbtiq, africa].state is not State.NOT_PUBLISHED
    assert grid.cells[lgbtiq, africa].partly_withheld


def test_no_total_tells_what_a_closed_cell_does_not(real_observatory: Observatory) -> None:
    from dgekg.coverage import View

    index, names = real_observatory.index, real_observatory.names
    for group, country in (("women-human-rights-defenders", "764"), ("lgbtiq-people", "800")):
        where = [f"group={group}", f"region={country}"]
        grid = real_observatory.coverage(View.parse(index, names, rows="kind", where=where))
        assert grid.total == 0
        assert {cell.state.value for cell in grid.cells.values()} == {"not-published"}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_what_reports_say_of_records_is_said_in_each_language(real_observatory: Observatory, language: str) -> None:
    missing = rows(
        real_observatory,
        f"""SELECT ?thing ?said {{
          VALUES (?class ?said) {{
            (dgekg:Provision dgekg:subjectMatter) (dgekg:Instrument dct:description) (dgekg:Exclusion dgekg:rationale)
            (dgekg:ProvisionMapping dgekg:rationale) (dgekg:CoverageStatement dgekg:rationale)
            (dgekg:Lesson dct:description) (dgekg:Lesson dgekg:theme)
          }}
          ?thing a ?class ; ?said ?english FILTER(LANG(?english) = "en")
          FILTER NOT EXISTS {{ ?thing ?said ?other FILTER(LANG(?other) = "{language}") }}
        }}""",
    )
    assert missing == []
