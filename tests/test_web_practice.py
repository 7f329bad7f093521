"""The page of a practice: what is known of it and on whose word; how it is cited; what is like it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from fastapi.testclient import TestClient
from starlette.requests import Request

from dgekg import identifiers
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web.app import create_app
from dgekg.web.house import House, Visit
from dgekg.web.linked import citing, practice_page, ratings, similar
from markup import alien

BROWSER = {"accept": "text/html"}
AUDIT, SCORER, TRUST = (
    identifiers.record("practice", slug) for slug in ("bias-audit-b", "welfare-scorer-rollout", "data-trust-a")
)


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, Settings(contact="mailto:desk@example.org"))
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def visit(world_observatory: Observatory) -> Visit:
    house = House(lambda: world_observatory, Settings())
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    return Visit(house, Request({**scope, "scheme": "http", "server": ("testserver", 80), "root_path": ""}))


def page(client: TestClient, slug: str, language: str = "en") -> str:
    answer = client.get(f"/id/practice/{slug}.html", headers={**BROWSER, "accept-language": language})
    assert answer.status_code == 200, answer.text[:3000]
    return answer.text


def section(text: str, name: str) -> str:
    """Return the words of a section of a page."""
    found = re.search(rf'<section aria-labelledby="{name}".*?(?=<section aria-labelledby="[a-z]+"|</main>)', text, re.S)
    assert found, name
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_all_that_is_asked_is_on_the_page(client: TestClient) -> None:
    text = page(client, "welfare-scorer-rollout")
    assert not alien(text)
    for words in ("For whom", "Where", "When", "By whom", "since 2021", "Brazil", "Company E", "Ministry C"):
        assert words in text, words
    evidence = section(text, "evidence")
    assert evidence.index("Harm") < evidence.index("Levels:")
    assert "10 months ago" in evidence
    assert "evaluated by Union H" in evidence
    criteria = section(text, "criteria")
    assert "Harmful for People receiving social protection . Desk-assessed: no organisation" in criteria
    assert "Desk-assessed" not in section(page(client, "bias-audit-b"), "criteria")  # it is not assessed at all
    assert "found that it violates a right" in criteria
    assert "What it lacks to be called promising" not in criteria
    assert "software" in criteria
    norms = section(text, "norms")
    assert norms.index("Found to violate") < norms.index("May interfere with")
    assert "confirmed by a court, treaty body or auditor" in norms
    assert "Nobody is treated worse because of sex" in norms
    remedy = section(text, "remedy")
    assert "Welfare scorer" in remedy
    assert "Claim about the welfare scorer" in remedy
    assert "Welfare impact assessment" in remedy
    assert "confirmed, corrected or answered" in section(text, "reply")
    history = section(text, "history")
    assert "Desk review of the test world" in history
    assert "2026-01-31 Create" in history
    assert "mailto:desk@example.org" in text
    assert "Pay the speakers first" in section(page(client, "data-trust-a"), "lessons")


@pytest.mark.parametrize("language", ["fr", "es"])
@pytest.mark.parametrize("slug", ["bias-audit-b", "welfare-scorer-rollout", "charter-everywhere"])
def test_it_speaks_the_other_languages(client: TestClient, slug: str, language: str) -> None:
    text = page(client, slug, language)
    assert f'<html lang="{language}">' in text
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for anchor in re.findall(r'href="#([^"]+)"', text):
        assert anchor in ids, anchor


def test_disagreement_is_shown_and_the_lower_counts(client: TestClient, visit: Visit) -> None:
    criteria = section(page(client, "bias-audit-b"), "criteria")
    assert "C5 Effect No Assessments differ Partly . One product got better." in criteria
    assert "Another got worse. Equality Office D , 2026-02-03" in criteria
    assert "Another got worse. Equality Office D software" not in criteria
    for said in ("Two years of complaints about such systems.", "The office itself.", "to the practice: None."):
        assert said in criteria
    (rated,) = ratings.of(visit, AUDIT, [(2, "2021-03-15"), (3, "2026-01-20")])
    effect = next(row for row in rated.rows if row.code == "C5")
    assert (effect.rating, effect.given, effect.disagree) == ("no", ("no", "partly"), True)
    assert not rated.reviewed
    assert not rated.only_software
    assert [row.code for row in rated.rows] == sorted((r.code for r in rated.rows), key=_natural)
    assert any(reason.startswith("C4 Participation") and "“no”" in reason for reason in rated.wants)
    assert rated.because == ("Criteria answered: 6; 7 are asked before anything can be said.",)


def _natural(code: str) -> tuple[int, str]:
    number = re.sub(r"\D", "", code)
    return int(number), code


def test_the_page_wants_what_the_rule_wants(world_observatory: Observatory, visit: Visit) -> None:
    """What is said to be missing is what the question "why not promising" says, for every practice that was rated."""
    told = world_observatory.ask("why-not-promising", {}).table.dicts()
    rows: dict[tuple[str, str], set[str]] = {}
    for row in told:
        if row["reason"] in ("rated-too-low", "not-rated"):
            rows.setdefault((row["practice"], row["group"]), set()).add(row["criterion"])
    seen = 0
    for practice in (AUDIT, SCORER, TRUST):
        values = practice_page.of(visit, practice)
        for rated in values["rated"]:
            titles = {f"{row.code} {visit.label(row.criterion)}": row.criterion for row in rated.rows}
            named = {iri for name, iri in titles.items() if any(w.startswith(f"{name}:") for w in rated.wants)}
            if rated.status != "harmful":
                assert named == rows.get((practice, rated.group), set()), practice
                seen += 1
    assert seen


def test_evidence_is_numbered_and_referred_to(client: TestClient, visit: Visit) -> None:
    pieces = practice_page.of(visit, AUDIT)["evidence"]
    assert [(p.number, p.adverse, p.stale) for p in pieces] == [(1, True, False), (2, False, True)]
    text = page(client, "bias-audit-b")
    assert {"#e1", "#e2"} <= set(re.findall(r'href="(#e\d)"', text))


def test_months() -> None:
    assert ratings.months(dt.date(2026, 3, 1), "2026-02-28") == 0
    assert ratings.months(dt.date(2026, 3, 28), "2026-02-28") == 1


def test_similar_practices_share_two_things_at_least(visit: Visit) -> None:
    index = visit.observatory.index
    found = 0
    for iri in index.practices:
        alike = similar.of(visit, iri)
        found += len(alike)
        assert iri not in {one.iri for one in alike}
        for one in alike:
            shared = [
                name
                for name in similar.DIMENSIONS
                if any(_in(visit, name, c, iri) and _in(visit, name, c, one.iri) for c in one.shared)
            ]
            assert shared, one
            dimensions = [
                n for n in ("group", "stage", "kind", "provision", "instrument") if _share(visit, n, iri, one.iri)
            ]
            assert len(dimensions) >= 2
    assert found
    assert SCORER in {one.iri for one in similar.of(visit, identifiers.record("practice", "welfare-impact-assessment"))}


def _in(visit: Visit, dimension: str, concept: str, practice: str) -> bool:
    index = visit.observatory.index
    members = index.members(dimension)
    return concept in members and practice in index.unpack(members[concept])


def _share(visit: Visit, dimension: str, one: str, other: str) -> bool:
    index = visit.observatory.index
    root = index.roots.get(dimension, "")
    return any(
        _in(visit, dimension, c, one) and _in(visit, dimension, c, other) for c in index.members(dimension) if c != root
    )


def test_citations_are_read_by_those_who_read_them(client: TestClient, world_observatory: Observatory) -> None:
    here = "/id/practice/bias-audit-b"
    answer = client.get(f"{here}.bib")
    assert answer.headers["content-type"].startswith("application/x-bibtex")
    assert 'filename="dgekg-bias-audit-b.bib"' in answer.headers["content-disposition"]
    library = parse_string(answer.text)
    assert not library.failed_blocks
    (entry,) = library.entries
    assert entry.entry_type == "misc"
    assert entry["title"].strip("{}") == "Bias audit B"
    assert entry["url"] == AUDIT
    assert entry["version"] == world_observatory.version[:16]
    (reference,) = rispy.loads(client.get(f"{here}.ris").text)
    assert (reference["title"], reference["urls"], reference["year"]) == ("Bias audit B", [AUDIT], "2026")
    (item,) = json.loads(client.get(f"{here}.csl.json").text)
    assert (item["title"], item["URL"]) == ("Bias audit B", AUDIT)
    assert item["issued"]["date-parts"][0][:1] == [2026]
    assert client.get("/id/practice/no-such-thing.bib").status_code == 404


def test_a_title_with_signs_stays_one_title() -> None:
    title = r"50% of {A} & B_C \ $1 #2 ~ ^"
    cited = citing.Citation("x", title, "en", "A & B", "dgekg", "0", "2026-11-21", "https://example.org/a_b")
    library = parse_string(citing._bibtex(cited))
    assert not library.failed_blocks
    assert library.entries[0]["title"].count("{") == library.entries[0]["title"].count("}")
    assert r"50\% of \{A\} \& B\_C" in library.entries[0]["title"]
    assert library.entries[0]["url"] == "https://example.org/a_b"
