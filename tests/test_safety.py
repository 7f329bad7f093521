"""The eight rules of docs/safety.md: each has tests, and these are there; those that stand nowhere else."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from conftest import ROOT
from dgekg.build.sources import Sources
from dgekg.documents import of_text
from dgekg.shapes import Shapes

LICENCE = "http://purl.org/dc/terms/license"
RULES = [
    (row[1], re.findall(r"`(test_\w+)`", row[2]))
    for line in (ROOT / "docs" / "threats.md").read_text("utf-8").splitlines()
    if (row := line.split("|")) and len(row) == 4 and re.match(r" [1-8] ", row[1])
]


def test_there_are_eight_rules() -> None:
    assert [name.split()[0] for name, _tests in RULES] == list("12345678")
    assert all(tests for _name, tests in RULES)


@pytest.mark.parametrize(("rule", "tests"), RULES)
def test_its_tests_are_there(rule: str, tests: list[str]) -> None:
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in tests if f"def {name}(" not in text] == [], rule


def test_every_record_says_its_licence(real_sources: Sources) -> None:
    lacking = [
        d.file
        for d in real_sources.records
        if d.folder in ("practices", "actors", "standards") and not any(t.predicate.value == LICENCE for t in d.triples)
    ]
    assert lacking == []


def test_a_form_asks_for_age_and_warns(client: TestClient) -> None:
    for path in ("/contribute/practice", "/contribute/feedback"):
        page = client.get(path).text
        assert "do not describe violence" in page
        assert 'name="adult"' in page
        assert "data-leave" in page
        assert "data-keep checked" not in page
        assert client.post(path, data={"note": "x", "publish": "yes"}).status_code == 400


@pytest.mark.parametrize(("number", "refused"), [(4, True), (5, False)])
def test_a_finding_of_fewer_than_five_is_refused(number: int, refused: bool) -> None:
    example = next((ROOT / "tests" / "shapes" / "ConsultationFinding" / "valid").glob("*.ttl"))
    text = re.sub(r"(dgekg:respondents)\s+\d+", rf"\g<1> {number}", example.read_text("utf-8"))
    assert f"dgekg:respondents {number}" in text
    document, _ = of_text("x.ttl", text.encode())
    found = Shapes(ROOT / "shapes").validate(document, {})
    assert any(finding.field == "dgekg:respondents" for finding in found) == refused
