"""The commands as a person uses them, on the built small world."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from conftest import Ran
from dgekg.settings import Project

Run = Callable[..., Ran]
COLUMNS = (
    "stage_iri,stage_code,stage_label,group_iri,group_code,group_label,state,marks,practices,direct,above,"
    "documented,effect_shown,harm_or_mixed,focused,promising,actors,countries"
)


def test_coverage_as_csv_has_the_published_columns(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "coverage", "--rows", "stage", "--cols", "group", "--format", "csv")
    assert ran.code == 0
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert ran.out.splitlines()[0] == COLUMNS
    whole = next(r for r in rows if r["stage_code"] == "whole-lifecycle" and r["group_code"] == "everyone")
    assert int(whole["practices"]) == len(list((built.data / "practices").glob("*.ttl")))
    assert {r["state"] for r in rows} >= {"documented", "thin", "not-searched"}


def test_a_filter_counts_what_a_question_counts(built: Project, dgekg: Run) -> None:
    coverage = json.loads(
        dgekg(built, "coverage", "--rows", "stage", "--where", "region=Africa", "--format", "json").out
    )
    whole = next(r for r in coverage["rows"] if r["stage_code"] == "whole-lifecycle")
    query = (
        "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?p a <https://w3id.org/dgekg/ontology#Practice> ; "
        "<https://w3id.org/dgekg/dimension/region> <https://w3id.org/dgekg/scheme/region/002> }"
    )
    counted = json.loads(dgekg(built, "query", query, "--format", "json").out)
    assert str(whole["practices"]) == counted["rows"][0]["n"]
    assert int(whole["practices"]) > 0


@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_format_in_every_language(built: Project, dgekg: Run, form: str, language: str) -> None:
    for command in (
        ("coverage", "--cols", "group", "--depth", "group=1"),
        ("gaps", "--limit", "5"),
        ("ask",),
        ("ask", "practices-of-a-group", "group=women"),
    ):
        ran = dgekg(built, *command, "--format", form, "--lang", language)
        assert ran.code == 0, ran.err
        assert ran.out.strip()
    if form == "table":
        said = dgekg(built, "gaps", "--lang", language).out
        assert {"en": "Nobody has searched", "fr": "Personne n'a cherché", "es": "Nadie ha buscado"}[language] in said


def test_a_group_may_be_named_by_label_code_or_address(built: Project, dgekg: Run) -> None:
    names = ("Women", "femmes", "women", "https://w3id.org/dgekg/scheme/group/women")
    answers = {dgekg(built, "ask", "practices-of-a-group", f"group={n}", "--format", "csv").out for n in names}
    assert len(answers) == 1
    assert len(answers.pop().splitlines()) > 1


def test_an_answer_that_is_empty_says_why(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "ask", "practices-of-a-group", "group=hijra", "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["rows"] == []
    assert json.loads(ran.out)["note"]
    assert ran.err.strip() == json.loads(ran.out)["note"]


def test_a_remote_store_gives_the_same_answers(built: Project, dgekg: Run, server: str) -> None:
    loaded = dgekg(built, "build", "--as-of", "2026-11-21", "--store", server)
    assert loaded.code == 0, loaded.err
    assert "Loaded" in loaded.out
    for command in (
        ("coverage", "--rows", "region", "--cols", "lever", "--no-empty", "--format", "csv"),
        ("ask", "participation", "--format", "csv"),
    ):
        here = dgekg(built, *command)
        there = dgekg(built, *command, "--store", server)
        assert here.code == there.code == 0, there.err
        assert here.out == there.out
        assert len(here.out.splitlines()) > 2


def test_gaps_are_ranked_and_their_parts_add_up(built: Project, dgekg: Run) -> None:
    document = json.loads(dgekg(built, "gaps", "--over", "stage,group", "--limit", "200", "--format", "json").out)
    priorities = [row["priority"] for row in document["rows"]]
    assert priorities == sorted(priorities, reverse=True)
    for row in document["rows"]:
        parts = [float(part.split("=")[1]) for part in row["priority_parts"].split()]
        assert row["priority"] == pytest.approx(sum(parts), abs=0.01)


def test_spreadsheet_formulas_are_disarmed(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "query", 'SELECT ("=1+1" AS ?x) WHERE {}', "--format", "csv")
    assert ran.out.splitlines()[1] == "'=1+1"


def test_validate_of_one_clean_file(built: Project, dgekg: Run) -> None:
    ran = dgekg(built, "validate", str(built.data / "practices" / "data-trust-a.ttl"))
    assert ran.code == 0
    assert "0 violations" in ran.err
