"""Comparisons and intersections on the web: pages in three languages, links behind the numbers, rows, refusals."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dgekg import comparing, comparison_rows, render, render_comparison, render_intersections
from dgekg.coverage import View
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.crossing import Crossing
from dgekg.coverage.intersections import OWN
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.vocabulary import LANGUAGES
from dgekg.web.app import create_app
from dgekg.web.service.current import Current
from markup import alien

BROWSER = {"accept": "text/html"}
SIDES = "/coverage?rows=stage&where=region%3DAmericas&against=region%3DAfrica"
CLOSED = (
    "/coverage?rows=stage&where=region%3D010&where=group%3Dlgbtiq-people&against=region%3D019",
    "/coverage?rows=stage&where=region%3D019&where=group%3Dlgbtiq-people&against=region%3D010",
)
PAGES = (
    SIDES,
    "/coverage?rows=group&cols=stage&depth=group%3D1&where=region%3D010&against=region%3D019",
    "/coverage?rows=stage&against=region!%3DAfrica&measure=actors",
    "/coverage?against=group%3Dwomen",
    "/coverage?rows=stage&cols=group&cols=region&depth=region%3D1&depth=group%3D1&against=region%3DAfrica&empty=no",
    *CLOSED,
    "/coverage/intersections",
    "/coverage/intersections?where=region%3DBrazil",
    "/coverage/intersections?where=region%3D010",
    "/coverage/intersections?of=women&of=people-on-low-incomes",
    "/coverage/intersections?of=women,girls",
    "/coverage/intersections?of=lgbtiq-people,young-people&where=region%3D010",
    "/coverage/intersections?where=region%3D010&where=group%3Dlgbtiq-people&of=&rung=0",
)


def page_of(client: TestClient, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={**BROWSER, "accept-language": language})
    assert answer.status_code == 200, answer.text[:2000]
    return html.unescape(answer.text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_three_languages(client: TestClient, path: str, language: str) -> None:
    text = page_of(client, path, language)
    assert f'<html lang="{language}">' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert not alien(text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert "<caption" in table
        assert "scope=" in table
    seen: set[str] = set()
    for link in dict.fromkeys(re.findall(r'href="(/[^"#]*)', text)):
        if "/static" not in link and link.count("where") < 4 and len(seen) < 60:
            seen.add(link)
            status = client.get(link, headers=BROWSER).status_code
            assert status in (200, 303), link


def test_a_comparison_says_its_differences_with_signs(client: TestClient, world_observatory: Observatory) -> None:
    asked = Comparison.from_query(SIDES.split("?")[1], world_observatory.index, world_observatory.names)
    compared = comparing.compare(world_observatory, asked)
    for language in LANGUAGES:
        text = page_of(client, f"{SIDES}&lang={language}")
        assert render_comparison.answer_sentence(world_observatory, compared, language) in text
        assert render_comparison.certainty_sentence(world_observatory, compared, language) in text
        signs = [render_comparison.sign(one, language) for one in compared.ranked()]
        table = re.findall(r'<table class="list sides">.*?</table>', text, re.DOTALL)[0]
        assert re.findall(r'<td class="diff">([^<]*)</td>', table) == signs
        narrow = text.split('<div class="only-narrow">')[1]
        assert re.findall(r'<span class="diff">([^<]*)</span>', narrow) == signs
        assert any(sign.startswith("+") for sign in signs)


def test_numbers_of_both_sides_lead_to_their_practices(client: TestClient) -> None:
    table = re.findall(r'<table class="list sides">.*?</table>', page_of(client, SIDES), re.DOTALL)[0]
    links = re.findall(r'<a class="cell s-(documented|thin)[^"]*" href="([^"]+)"[^>]*><span[^>]*>(\d+)<', table)
    assert len(links) >= 5
    for _state, link, sign in links:
        assert str(client.get(link.replace("/practices", "/api/practices")).json()["total"]) == sign


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_closed_sides_show_only_that(client: TestClient, path: str, language: str) -> None:
    text = page_of(client, path, language)
    assert render.say("compare.closed", language) in text
    assert "<table" not in text
    assert 'class="row"' not in text
    assert not re.search(r"\bq = ", text)
    body = client.get(f"/api{path}&lang={language}").json()
    assert [body[side]["practices"] for side in ("first", "second")] == [None, None]
    assert (body["published"], body["shared"], body["certainty"]) == (False, None, {"refused": "not-published"})
    numbers = ("first_practices", "second_practices", "difference", "shared", "only_first", "first_alone", "p", "q")
    assert {row[name] for row in body["rows"] for name in numbers} == {""}
    assert {row[f"{side}_state"] for row in body["rows"] for side in ("first", "second")} == {"not-published"}


def test_a_comparison_as_rows(client: TestClient, world_observatory: Observatory) -> None:
    body = client.get(f"/api{SIDES}").json()
    assert body["query"] == "rows=stage&where=region%3D019&against=region%3D002"
    assert (body["first"]["practices"], body["second"]["practices"], body["shared"]) == (5, 2, 0)
    assert body["first"]["query"] == "rows=stage&where=region%3D019"
    again = client.get(f"/api/coverage?{body['query']}").json()
    assert again["rows"] == body["rows"]
    deployment = next(row for row in body["rows"] if row["stage_code"] == "deployment")
    assert (deployment["first_practices"], deployment["second_practices"], deployment["difference"]) == (3, 0, 3)
    assert (deployment["only_first"], len(deployment["first_alone"].split())) == (3, 3)
    text = client.get(f"/api{SIDES}&format=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    asked = Comparison.from_query(body["query"], world_observatory.index, world_observatory.names)
    columns, _rows = comparison_rows.compared_rows(world_observatory, comparing.compare(world_observatory, asked))
    assert list(rows[0]) == columns
    assert [row["difference"] for row in rows] == [str(row["difference"]) for row in body["rows"]]


def test_the_form_keeps_the_other_side(client: TestClient) -> None:
    text = page_of(client, SIDES)
    assert '<input id="against" name="against" value="region=002"' in text
    assert '<input type="hidden" name="against" value="region=002">' in text
    assert '<input type="hidden" name="where" value="region=019">' in text
    assert 'name="against"' in page_of(client, "/coverage")
    assert page_of(client, "/coverage?rows=stage&against=").count('class="list sides"') == 0


def test_totals_are_said_on_every_face(client: TestClient, world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("stage", "region"), depths=(("region", 1),)))
    query = "rows=stage&cols=region&depth=region%3D1"
    assert grid.placed > grid.total == 12
    for language in LANGUAGES:
        note = render.totals(grid, language)
        assert str(grid.placed) in note
        assert str(grid.total) in note
        assert note in page_of(client, f"/coverage?{query}&lang={language}")
        body = client.get(f"/api/coverage?{query}&lang={language}").json()
        assert (body["total"], body["placed"], body["note"]) == (grid.total, grid.placed, note)
        assert body["placed"] == sum(row["practices"] for row in body["rows"])


# Intersections


def test_intersections_lead_to_as_many_practices_as_they_say(
    client: TestClient, world_observatory: Observatory
) -> None:
    crossed = comparing.cross(world_observatory, Crossing())
    own = [one for one in crossed.combinations if one.kind == OWN and one.published]
    assert any(one.counts["made"] for one in own)
    for one in own:
        if not one.counts["all"]:
            continue
        query = "&".join(f"of={part.rsplit('/', 1)[-1]}" for part in one.parts)
        text = page_of(client, f"/coverage/intersections?{query}")
        for name, size in (
            ("made", one.counts["made"]),
            ("all", one.counts["all"] - one.counts["made"]),
            ("some", one.counts["some"]),
        ):
            section = text.split(f'<section aria-labelledby="{name}">')[1].split("</section>")[0]
            assert f"({size})" in section
            links = set(re.findall(r'<a href="(/id/practice/[^"]+)"', section))
            assert len(links) == size
        counted = re.findall(r'<a href="(/practices\?[^"]+)">(\d+)</a>', text)
        for link, number in counted:
            assert str(client.get(link.replace("/practices", "/api/practices")).json()["total"]) == number
        assert [number for _link, number in counted][-1:] == [str(one.counts["all"])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_ranked(client: TestClient, world_observatory: Observatory, language: str) -> None:
    crossed = comparing.cross(world_observatory, Crossing())
    text = page_of(client, f"/coverage/intersections?lang={language}")
    assert render_intersections.answer_sentence(world_observatory, crossed, language) in text
    shown = re.findall(r'<tr><th scope="row"><a href="/scheme/group/([a-z-]+)', text)
    own = [one for one in crossed.combinations if one.kind == OWN and one.published]
    assert shown == [one.groups[0].rsplit("/", 1)[-1] for one in own]


def test_intersections_as_rows(client: TestClient, world_observatory: Observatory) -> None:
    body = client.get("/api/coverage/intersections").json()
    crossed = comparing.cross(world_observatory, Crossing())
    assert (body["total"], body["practices"]) == (len(crossed.combinations), crossed.practices)
    assert len(body["rows"]) == body["total"]
    for row in body["rows"]:
        assert row["all"] + row["some"] == row["any"]
        assert row["made"] == "" or row["made"] <= row["all"]
    one = client.get("/api/coverage/intersections?of=women,people-on-low-incomes&lang=fr").json()
    assert one["total"] == 1
    assert one["query"] == "of=people-on-low-incomes&of=women"
    text = client.get("/api/coverage/intersections?format=csv").text
    assert list(next(csv.DictReader(io.StringIO(text)))) == list(render_intersections.COLUMNS)
    assert client.get("/api/coverage/intersections?format=md").text.startswith("| parts |")
    assert "/api/coverage/intersections" in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/coverage?rows=stage&against=region=Afrika", 404, "Africa"),
        ("/coverage?rows=stage&against=Africa", 400, "against"),
        ("/coverage?rows=stage&against-version=0123456789abcdef", 404, "No other version"),
        ("/coverage?rows=stage&against-version=../../etc", 404, "against-version"),
        ("/coverage?rows=stage&where=region=002&against=region=002", 400, "same view"),
        ("/coverage?rows=provision&cols=instrument&against=region=002", 400, "determine"),
        ("/coverage?rows=stage&against=region=002&measure=practises", 404, "practices"),
        ("/api/coverage?rows=stage&against=region=Afrika", 404, "Africa"),
        ("/api/coverage?rows=stage&against=region=002&format=xml", 404, "csv"),
        ("/coverage/intersections?of=women", 400, "two or three"),
        ("/coverage/intersections?of=women,roma-women", 400, "roma-women"),
        ("/coverage/intersections?of=women,wommen", 404, "women"),
        ("/coverage/intersections?off=women", 404, "of"),
        ("/api/coverage/intersections?of=women,everyone", 400, "everyone"),
        ("/api/coverage/intersections?rows=stage", 404, "where"),
    ],
)
def test_bad_addresses_say_what_was_meant(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == status, answer.text[:500]
    assert says in answer.text
    assert "Traceback" not in answer.text


# Two versions


def test_versions_are_compared_on_the_page(versions_apart: tuple[Project, str]) -> None:
    project, older = versions_apart
    with TestClient(create_app(Current(Settings(root=project.root)), Settings(root=project.root))) as client:
        listed = page_of(client, "/coverage")
        assert f'<option value="{older}">' in listed
        for language in LANGUAGES:
            text = page_of(client, f"/coverage?rows=stage&against-version={older[:6]}&lang={language}")
            assert older in text
            assert render.say("between.withdrawn", language) in text
            assert render.say("compare-refused.versions", language) in text
            assert "sign-language-benchmark" in text
            assert "hiring-filter" not in text
            assert "Hiring filter" not in text
        body = client.get(f"/api/coverage?rows=stage&against-version={older}").json()
        assert [body[side]["practices"] for side in ("first", "second")] == [11, 11]
        assert "hiring" not in str(body)
        row = next(r for r in body["rows"] if r["stage_code"] == "data")
        assert (row["difference"], row["reasons"]) == (1, "restated-in(stage): sign-language-benchmark")


def test_no_path_of_the_machine_is_shown(versions_apart: tuple[Project, str]) -> None:
    project, older = versions_apart
    with TestClient(create_app(Current(Settings(root=project.root)), Settings(root=project.root))) as client:
        for path in (f"/coverage?rows=stage&against-version={older}", "/coverage?rows=stage&against-version=ffff0000"):
            assert str(Path(project.root)) not in client.get(path, headers=BROWSER).text
