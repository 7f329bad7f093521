"""Comparisons and intersections on the command line, on the built small world."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import pytest

from conftest import Ran
from dgekg.settings import Project
from dgekg.vocabulary import LANGUAGES

Run = Callable[..., Ran]
SIDES = ("coverage", "--rows", "stage", "--where", "region=Americas", "--against", "region=Africa")


@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_in_every_language(built: Project, dgekg: Run, form: str, language: str) -> None:
    for command in (SIDES, ("coverage", "--intersections"), ("coverage", "--of", "women,people-on-low-incomes")):
        ran = dgekg(built, *command, "--format", form, "--lang", language)
        assert ran.code == 0, ran.err
        assert ran.out.strip()
        assert ran.err.strip()
        assert "{" not in ran.err


def test_a_comparison_is_the_same_as_table_csv_and_json(built: Project, dgekg: Run) -> None:
    document = json.loads(dgekg(built, *SIDES, "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(dgekg(built, *SIDES, "--format", "csv").out)))
    assert [row["difference"] for row in rows] == [str(row["difference"]) for row in document["rows"]]
    assert [document[side]["practices"] for side in ("first", "second")] == [5, 2]
    assert document["certainty"] == {
        "refused": None,
        "level": 0.05,
        "tested": 0,
        "differing": 0,
        "practices_entering_first": 4,
        "practices_entering_second": 1,
    }
    table = dgekg(built, *SIDES).out
    assert "+3 more" in table
    assert "= as many" in table


def test_each_side_counts_what_its_view_counts(built: Project, dgekg: Run) -> None:
    document = json.loads(dgekg(built, *SIDES, "--format", "json").out)
    for side, region in (("first", "Americas"), ("second", "Africa")):
        view = json.loads(
            dgekg(built, "coverage", "--rows", "stage", "--where", f"region={region}", "--format", "json").out
        )
        assert [r[f"{side}_practices"] for r in document["rows"]] == [r["practices"] for r in view["rows"]]
        assert [r[f"{side}_state"] for r in document["rows"]] == [r["state"] for r in view["rows"]]
        assert document[side]["query"] == view["view"]


def test_intersections_add_up(built: Project, dgekg: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(dgekg(built, "coverage", "--intersections", "--format", "csv").out)))
    assert len(rows) > 40
    for row in rows:
        assert int(row["all"]) + int(row["some"]) == int(row["any"])
        assert int(row["made"] or 0) <= int(row["all"])
        first, *rest = (int(n) for n in row["named"].split())
        assert int(row["any"]) <= first + sum(rest)
    one = json.loads(dgekg(built, "coverage", "--of", "women", "--of", "people on low incomes", "--format", "json").out)
    assert (one["total"], one["query"]) == (1, "of=people-on-low-incomes&of=women")


@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_say_how_cells_overlap(built: Project, dgekg: Run, form: str, language: str) -> None:
    ran = dgekg(built, "coverage", "--cols", "region", "--depth", "region=1", "--format", form, "--lang", language)
    assert "12" in ran.err
    assert "47" in ran.err
    if form == "json":
        document = json.loads(ran.out)
        assert (document["practices"], document["placed"]) == (12, 47)
        assert document["note"] in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--against", "region=Afrika"), "Africa"),
        (("--against", "region"), "against"),
        (("--against-version", "abcdef"), "No other version is kept"),
        (("--against", "region=Africa", "--against-version", "abcdef"), "against-version"),
        (("--intersections", "--cols", "region"), "--cols"),
        (("--of", "women,migrants", "--against", "region=Africa"), "--against"),
        (("--of", "women"), "two or three"),
        (("--of", "women,roma-women"), "roma-women"),
        (("--intersections", "--at", "data"), "--at"),
    ],
)
def test_refusals_end_with_two_and_say_what_to_do(
    built: Project, dgekg: Run, arguments: tuple[str, ...], says: str
) -> None:
    ran = dgekg(built, "coverage", *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert ran.out == ""


def test_what_is_not_published_stays_closed(built: Project, dgekg: Run) -> None:
    closed = ("--where", "group=lgbtiq-people", "--where", "region=010", "--against", "region=019")
    for form in ("table", "csv", "json", "md"):
        ran = dgekg(built, "coverage", "--rows", "stage", *closed, "--format", form)
        assert ran.code == 0, ran.err
        assert "Nothing is published" in ran.err
        assert not re.search(r"\d+ practice", ran.err)
    rows = csv.DictReader(
        io.StringIO(dgekg(built, "coverage", "--intersections", "--where", "region=010", "--format", "csv").out)
    )
    hidden = [row for row in rows if row["state"] == "not-published"]
    assert hidden
    assert {row[name] for row in hidden for name in ("made", "all", "some", "any", "named", "expected", "lag")} == {""}
