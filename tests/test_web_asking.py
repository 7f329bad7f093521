"""Pages of questions and the editor without scripts: subjects in words, charts, examples, errors at their place."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient

from dgekg.observatory import Observatory
from dgekg.vocabulary import LANGUAGES
from dgekg.web.words import messages
from markup import alien

BROWSER = {"accept": "text/html"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_stands_once_under_a_subject_in_words(
    client: TestClient, world_observatory: Observatory, language: str
) -> None:
    page = client.get(f"/questions?lang={language}", headers=BROWSER).text
    every = world_observatory.questions.all
    assert sorted(re.findall(r'<h3><a href="/questions/([\w-]+)\?', page)) == sorted(every)
    for tag in {tag for question in every.values() for tag in question.tags}:
        assert messages(language).get(f"questions.tag.{tag}"), tag
        assert html.escape(messages(language)[f"questions.tag.{tag}"], quote=False).replace("'", "&#39;") in page


def test_a_subject_shows_its_questions_and_a_wrong_one_the_nearest(client: TestClient) -> None:
    page = client.get("/questions?tag=remedy", headers=BROWSER).text
    assert "/questions/remedy-cases" in page
    assert "/questions/actors-by-sector" not in page
    wrong = client.get("/questions?tag=remedi", headers=BROWSER)
    assert wrong.status_code == 404
    assert "remedy" in wrong.text


def test_a_chart_has_a_bar_for_each_row(client: TestClient, world_observatory: Observatory) -> None:
    page = client.get("/questions/approach-by-stage", headers=BROWSER).text
    table = world_observatory.ask("approach-by-stage", {}).table
    assert len(table) > 1
    picture = re.search(r'<figure class="picture">.*?</figure>', page, re.DOTALL)
    assert picture is not None
    for row in table.dicts():
        assert html.escape(f"{row['stageLabel']} · {row['approachLabel']}") in html.unescape(picture[0]).replace(
            "'", "&#39;"
        )
    assert not alien(page)
    assert '<figure class="picture">' not in client.get("/questions/lessons", headers=BROWSER).text


def test_an_example_is_a_query_to_change(client: TestClient, world_observatory: Observatory) -> None:
    page = client.get("/sparql?example=missing-groups&lang=fr", headers=BROWSER)
    assert page.status_code == 200
    query = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[1])  # type: ignore[index]
    assert query.startswith(f"# {world_observatory.questions.get('missing-groups').title['fr']}\n")
    assert "#+" not in query
    assert client.post("/sparql", data={"query": query}).status_code == 200
    wrong = client.get("/sparql?example=mising-groups", headers=BROWSER)
    assert wrong.status_code == 404
    assert "missing-groups" in wrong.text
    for slug in world_observatory.questions.all:
        assert f'href="/sparql?example={slug}&amp;lang=fr"' in page.text


def test_a_form_that_is_posted_shows_its_answer_and_an_address(client: TestClient) -> None:
    page = client.post("/sparql", data={"query": "SELECT ?s\r\nWHERE { ?s ?p ?o } LIMIT 2"}, headers=BROWSER)
    assert page.status_code == 200
    assert page.text.count("<tr>") == 3
    assert "/sparql?query=SELECT+%3Fs%0AWHERE" in page.text
    assert not alien(page.text)


def test_an_error_is_shown_where_it_is(client: TestClient) -> None:
    page = client.post("/sparql", data={"query": "SELECT *\r\nWHERE { ?s ?p }"}, headers=BROWSER)
    assert page.status_code == 400
    assert "<code>WHERE { ?s ?p <mark>}</mark></code>" in page.text
    assert 'data-line="2"' in page.text
