"""A round of collection on its page and in JSON: what it searched with, by language, short also where it is much."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from conftest import AS_OF
from dgekg.build import Sources
from dgekg.build.derive import assemble
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.vocabulary import BASE, LANGUAGES
from dgekg.web.app import create_app

DESK = "/id/collection/world-desk"
HEADINGS = {"en": "Searches it made", "fr": "Recherches faites", "es": "Búsquedas hechas"}
NAMES = {"en": ["English", "French"], "fr": ["anglais", "français"], "es": ["inglés", "francés"]}


def section(client: TestClient, path: str, language: str = "en") -> str:
    answer = client.get(f"{path}.html", params={"lang": language})
    assert answer.status_code == 200
    found = re.search(r'<section aria-labelledby="searches">.*?</section>', answer.text, re.DOTALL)
    return unescape(found[0]) if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_round_shows_what_it_searched_with(client: TestClient, language: str) -> None:
    shown = section(client, DESK, language)
    assert HEADINGS[language] in shown
    assert re.findall(r"<summary>(\S+) <span class=\"tally\">1</span>", shown) == NAMES[language]
    assert shown.count("<li>") == 2
    assert "retired systems women Kenya</a>" in shown
    assert 'href="/scheme/lever/procurement' in shown
    assert (' lang="fr">commande publique' in shown) == (language != "fr")
    page = client.get(f"{DESK}.html", params={"lang": language}).text
    assert 'href="/id/search/world-desk-1' in page.partition('<section aria-labelledby="searches">')[2]
    assert page.count("retired systems women Kenya") == 1, "a part stands in one place"
    assert "exclusion/world-desk-1" in page


def test_where_a_round_looked_is_a_field(client: TestClient) -> None:
    assert "Made-up index of pages." in client.get(f"{DESK}.html").text
    assert "Index de pages inventé." in client.get(f"{DESK}.html", params={"lang": "fr"}).text


def test_a_record_without_searches_has_no_heading(client: TestClient) -> None:
    assert section(client, "/id/practice/bias-audit-b") == ""


def test_a_search_has_a_page_that_leads_to_its_round(client: TestClient) -> None:
    page = client.get("/id/search/world-interviews-1.html").text
    assert re.search(r'<h1 lang="sw">mafunzo ya wasichana wa vijijini</h1>', page)
    assert re.search(r'<p class="kind">search · <a href="/id/collection/world-interviews[^"]*"', page)


def test_searches_stand_whole_in_the_json_of_their_round(client: TestClient) -> None:
    body: dict[str, Any] = client.get(f"{DESK}.json").json()
    one = next(part for part in body["hasSearch"] if part["id"] == BASE + "id/search/world-desk-2")
    assert one["type"] == ["Search"]
    assert one["searchText"] == {"fr": "commande publique femmes Canada Kenya"}
    assert [place["id"] for place in one["cellRegion"]] == [BASE + f"scheme/region/{code}" for code in ("124", "404")]
    assert body["searchedIn"] == {"en": ["Made-up index of pages."], "fr": ["Index de pages inventé."]}
    assert [stage["id"] for stage in body["cellStage"]] == [BASE + "scheme/stage/retirement"]
    assert "terms" not in one


def test_the_sitemap_leaves_searches_to_their_round(client: TestClient) -> None:
    text = client.get("/sitemap-1.xml").text
    assert "/id/collection/world-desk.html" in text
    assert "/id/search/" not in text


@pytest.fixture(scope="module")
def busy(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The small world, of which one round searched with 112 texts in two languages."""
    data = shutil.copytree(Path(__file__).parent / "world" / "data", tmp_path_factory.mktemp("busy") / "data")
    file = data / "scan" / "rounds.ttl"
    text = file.read_text("utf-8")
    link = "    dgekg:hasSearch <id/search/world-interviews-1> ;\n"
    assert text.count(link) == 1
    more = range(2, 113)
    text = text.replace(link, link + "".join(link.replace("-1>", f"-{n}>") for n in more))
    text += "".join(
        f'\n<id/search/world-interviews-{n}> a dgekg:Search ;\n    dgekg:searchText "words {n}"@en .\n' for n in more
    )
    file.write_text(text, "utf-8")
    store = assemble(Sources(project, data), AS_OF)
    observatory = Observatory(project, store, "test", AS_OF, {}, Settings())
    with TestClient(create_app(lambda: observatory, Settings()), follow_redirects=False) as found:
        yield found


def test_a_hundred_searches_are_folded_and_in_their_order(busy: TestClient) -> None:
    shown = section(busy, "/id/collection/world-interviews")
    assert re.findall(r"<details( open)?><summary>(\w+) <span class=\"tally\">(\d+)<", shown) == [
        ("", "English", "111"),
        (" open", "Swahili", "1"),
    ]
    assert [int(n) for n in re.findall(r">words (\d+)</a>", shown)] == list(range(2, 113))
    assert len(busy.get("/id/collection/world-interviews.json").json()["hasSearch"]) == 112
