"""Home, gaps, standards, actors, concepts, and the pages that tell how: what they say is what the data says."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from dgekg import forms
from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import popcount
from dgekg.coverage.gaps import KINDS
from dgekg.identifiers import concept
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.vocabulary import LANGUAGES
from dgekg.web.app import create_app
from dgekg.web.words import messages, say
from markup import alien

BROWSER = {"accept": "text/html"}
PAGES = ("/", "/gaps", "/standards", "/actors", "/data", "/about", "/method", "/contribute")
IRI = "https://w3id.org/dgekg/"


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, Settings())
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


def page(client: TestClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=BROWSER)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.text


def plain(text: str) -> str:
    """Return the words of a page's content, without its markup."""
    inside = text[text.index("<main") : text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inside)).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_pages_speak_three_languages_and_bring_nothing_alien(client: TestClient, address: str, language: str) -> None:
    text = page(client, f"{address}?lang={language}")
    assert f'<html lang="{language}">' in text
    assert not alien(text)


def test_home_says_how_much_there_is_and_every_number_leads_on(
    client: TestClient, world_observatory: Observatory
) -> None:
    text = page(client, "/")
    total = len(world_observatory.index.practices)
    assert f'<a href="/practices">{say("en", "home.practices", n=total)}</a>' in text
    documented = world_observatory.coverage(View(("stage",))).cells[(concept("stage", "whole-lifecycle"),)]
    said = say("en", "home.documented", n=int(documented.measures["documented"]))
    assert said in plain(text)
    listed = plain(page(client, "/practices?where=level%3D2,3,4"))
    assert say("en", "practices.count", n=int(documented.measures["documented"])) in listed


def test_home_shows_three_gaps_of_three_kinds_with_reasons(client: TestClient) -> None:
    text = page(client, "/")
    kinds = re.findall(r'<article class="gap k-([a-z]+)"', text)
    assert len(kinds) == 3
    assert len(set(kinds)) == 3
    assert set(kinds) <= set(KINDS)
    assert plain(text).count("How sure this is:") == 3


def test_searched_and_not_searched_have_other_words_and_other_ways(client: TestClient) -> None:
    """The two are never one sentence: one leads to the search, the other asks for one."""
    nobody = page(client, "/gaps?kind=knowledge&rows=region&cols=group")
    looked = page(client, "/gaps?kind=practice&rows=region&cols=group")
    words = messages("en")
    assert words["gaps.next_knowledge"] in html.unescape(nobody)
    assert words["gaps.next_practice"] not in html.unescape(nobody)
    assert words["gaps.next_practice"] in html.unescape(looked)
    assert words["gaps.next_knowledge"] not in html.unescape(looked)
    assert "/contribute#look" in nobody
    assert "/contribute#look" not in looked[looked.index('<ol class="gaps"') : looked.index("</main>")]
    assert "/coverage/cell?" in looked


def test_gaps_are_listed_by_what_is_not_narrowed(client: TestClient) -> None:
    text = page(client, "/gaps?where=group%3Dwomen&where=stage%3Ddata")
    assert 'href="/coverage?rows=region' in text
    assert '<option value="group=women" selected>' in text
    assert '<option value="stage=data" selected>' in text
    one = page(client, "/gaps?where=group%3Dwomen&where=stage%3Ddata&where=region%3D002")
    assert re.search(r'href="/coverage\?rows=lever&amp;where', one)


def test_pages_of_gaps_hold_each_gap_once(client: TestClient) -> None:
    first = page(client, "/gaps")
    total = int(re.search(r"1 to \d+ of (\d+)", plain(first))[1])  # type: ignore[index]
    cards: list[str] = []
    address: str | None = "/gaps"
    while address:
        text = page(client, address)
        listed = text[text.index('<section class="run') :]
        cards += re.findall(r'href="(/gaps/card\?[^"]+)"', listed)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        address = html.unescape(found[1]) if found else None
    assert len(cards) == total
    assert len(set(cards)) == total


def test_a_place_past_the_end_is_the_last_page(client: TestClient) -> None:
    assert 'class="gaps"' in page(client, "/gaps?from=99999")


@pytest.mark.parametrize(
    ("address", "status", "way"),
    [
        ("/gaps?from=x&kind=knowledge", 400, "/gaps?kind=knowledge"),
        ("/practices?cursor=zzz&q=audit", 400, "/practices?q=audit"),
        ("/practices?where=group%3Dwmoen&where=stage%3Ddata", 404, "/practices?where=stage%3Ddata"),
        ("/standards?family=x", 404, "/standards"),
        ("/actors?sector=nothing&q=union", 404, "/actors?q=union"),
    ],
)
def test_a_bad_address_offers_the_nearest_page(client: TestClient, address: str, status: int, way: str) -> None:
    for language in LANGUAGES:
        text = page(client, f"{address}&lang={language}", status)
        words = messages(language)
        links = {html.unescape(a): w for a, w in re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', text)}
        target = f"{way}{'&' if '?' in way else '?'}lang={language}"
        assert links.get(target) in (words["error.begin"], words["error.without"]), links
        assert client.get(target, headers=BROWSER).status_code == 200


def test_standards_hold_every_instrument_once_with_its_practices(
    client: TestClient, world_observatory: Observatory
) -> None:
    text = page(client, "/standards")
    for iri in world_observatory.index.concepts("instrument"):
        path = iri.removeprefix(IRI.rstrip("/"))
        assert text.count(f'<li><a href="{path}">') == 1, iri
    index = world_observatory.index
    silent = sum(1 for iri in index.concepts("instrument") if iri not in index.members("instrument"))
    assert say("en", "standards.answer", n=len(index.concepts("instrument")), silent=silent) in plain(text)


def test_a_norm_says_its_practices_provisions_and_states(client: TestClient, world_observatory: Observatory) -> None:
    iri = f"{IRI}id/instrument/equality-convention"
    text = page(client, "/id/instrument/equality-convention.html")
    index = world_observatory.index
    assert say("en", "norm.concern", n=popcount(index.members("instrument")[iri])) in plain(text)
    rows = text[text.index('class="list provisions"') : text.index('id="bridges"')]
    provisions = index.narrower[iri] - {iri}
    assert len(re.findall(r'<th scope="row"><a href="/id/provision/', rows)) == len(provisions)
    acts = world_observatory.duties.adoptions[iri]
    bound = text[text.index('id="bound"') :]
    for act in acts.values():
        assert f'href="{act.place.removeprefix(IRI.rstrip("/"))}"' in bound
    assert say("en", "norm.parties", n=world_observatory.duties.parties(iri)) in plain(text)


def test_actors_are_narrowed_by_sector_and_country(client: TestClient, world_observatory: Observatory) -> None:
    text = page(client, "/actors")
    country = re.search(r'<select id="country".*?</select>', text, re.S)
    assert country is not None
    codes = [code for code in re.findall(r'value="([^"]+)"', country[0]) if code]
    assert codes
    for code in codes:
        shown = page(client, f"/actors?country={code}")
        label = world_observatory.names.label(concept("region", code), "en")
        rows = re.findall(r'<tr><th scope="row">.*?</tr>', shown, re.S)
        assert rows
        assert all(label in html.unescape(row) for row in rows)


def test_an_actor_says_its_roles(client: TestClient) -> None:
    said = plain(page(client, "/id/actor/ministry-c.html"))
    assert re.search(r"It takes part in \d+ practices? of this collection", said)
    assert "changed record" not in said


def test_a_concept_says_what_the_index_counts(client: TestClient, world_observatory: Observatory) -> None:
    women = concept("group", "women")
    text = page(client, "/scheme/group/women.html")
    view = View(("stage",), (Filter("group", (women,)),))
    whole = world_observatory.coverage(view).cells[(concept("stage", "whole-lifecycle"),)]
    said = plain(text)
    assert say("en", "concept.known", n=popcount(world_observatory.index.members("group")[women])) in said
    assert say("en", "concept.documented", n=int(whole.measures["documented"])) in said
    for name in ("stage", "region", "lever"):
        assert say("en", "concept.by", what=world_observatory.index.dimension(name).label["en"]) in said
    assert not alien(text)


def test_a_country_says_what_binds_it(client: TestClient, world_observatory: Observatory) -> None:
    place, instrument = next(
        (act.place, act.instrument) for acts in world_observatory.duties.adoptions.values() for act in acts.values()
    )
    text = page(client, f"{place.removeprefix(IRI.rstrip('/'))}.html")
    bound = text[text.index('id="bound"') :]
    assert f'href="{instrument.removeprefix(IRI.rstrip("/"))}"' in bound


def test_our_own_assessment_is_counted_from_the_data(client: TestClient, world_observatory: Observatory) -> None:
    ask = (
        "PREFIX dgekg: <https://w3id.org/dgekg/ontology#> SELECT (COUNT(DISTINCT ?p) AS ?n) "
        "{ ?p a dgekg:Practice ; dgekg:ledByGroup ?g }"
    )
    led = int(world_observatory.store.select(ask).rows[0][0].value)  # type: ignore[union-attr]
    total = len(world_observatory.index.practices)
    said = plain(page(client, "/about"))
    assert say("en", "ours.group_n", n=led, total=total) in said
    assert said.count("by software") >= 3
    assert "GROUP BY ?what ?value" in said


def test_the_worked_example_holds_by_hand(client: TestClient) -> None:
    text = page(client, "/method")
    part = text[text.index('id="worked"') : text.index('id="evidence"')]
    rows = re.findall(r'<tr><th scope="row"><a href="(/id/practice/[^"]+)">', part)
    number = re.search(r'class="sign">(\d+)<', part)
    assert number is not None
    assert len(rows) == int(number[1]) == len(set(rows))
    link = re.search(r'<li><a href="(/practices\?[^"]+)">', part)
    assert link is not None
    behind = page(client, html.unescape(link[1]))
    assert all(path in behind for path in rows)
    assert say("en", "practices.count", n=len(rows)) in plain(behind)


def test_templates_are_those_of_the_shapes_and_old_sheets_lead_to_them(
    client: TestClient, world_observatory: Observatory
) -> None:
    offered = re.findall(r'href="(/contribute/\w+\.xlsx)[^"]*"', page(client, "/contribute?lang=fr"))
    assert offered == ["/contribute/coverage.xlsx", "/contribute/practice.xlsx"]
    old = client.get("/contribute/search.csv?lang=fr", follow_redirects=False)
    assert (old.status_code, old.headers["location"]) == (301, "/contribute/coverage.xlsx?lang=fr")
    assert client.get("/contribute/practice.csv", follow_redirects=False).headers["location"] == offered[1]
    assert "practice" in page(client, "/contribute/practise.csv", 404)
    assert "practice" in page(client, "/contribute/practise.xlsx", 404)
    answer = client.get(old.headers["location"])
    assert 'filename="dgekg-coverage-fr.xlsx"' in answer.headers["content-disposition"]
    made = forms.of(world_observatory.project).xlsx("coverage", language="fr")
    assert parts(answer.content) == parts(made), "as `dgekg form` makes it"


def parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name != "docProps/core.xml"}


def test_contribute_names_the_address_that_is_set(world_observatory: Observatory) -> None:
    app = create_app(lambda: world_observatory, Settings(contact="mailto:somebody@example.org"))
    with TestClient(app) as found:
        assert 'href="mailto:somebody@example.org"' in found.get("/contribute", headers=BROWSER).text


def test_home_counts_the_ledger(client: TestClient, world_observatory: Observatory) -> None:
    ask = (
        "PREFIX dgekg: <https://w3id.org/dgekg/ontology#> PREFIX dct: <http://purl.org/dc/terms/> "
        "SELECT ?d (COUNT(DISTINCT ?r) AS ?n) { ?e a dgekg:Change ; dct:date ?d ; dgekg:changedRecord ?r "
        'FILTER(STRSTARTS(STR(?r), "https://w3id.org/dgekg/id/practice/")) } GROUP BY ?d ORDER BY DESC(?d)'
    )
    rows = world_observatory.store.select(ask).rows
    said = plain(page(client, "/"))
    lately = said[said.index("What changed lately") :]
    if not rows:
        assert messages("en")["home.no_change"] in lately
        return
    assert f"{rows[0][0].value} " in lately  # type: ignore[union-attr]
    assert re.search(rf"\b{rows[0][1].value} practices", lately)  # type: ignore[union-attr]


def test_no_words_of_these_pages_are_unused() -> None:
    """A word that nothing shows is a word that nobody keeps right."""
    folder = Path(__file__).parent.parent / "src" / "dgekg" / "web"
    templates = folder.joinpath("templates").glob("*.html")
    code = "".join(p.read_text("utf-8") for p in [*templates, *folder.rglob("people/*.py"), *folder.glob("*.py")])
    made = re.compile(
        r"(gaps\.(next|step|demand)_|ours\.(by|coded|languages)_|contribute\.step|method\.|norm\.|contribute\.)"
    )
    for key in messages("en"):
        top = key.partition(".")[0]
        short = re.sub(r"\.(one|other)$", "", key)
        if top in ("home", "gaps", "standards", "actors", "actor", "concept", "norm", "ours", "pages", "contribute"):
            shown = any(f"{mark}{one}{mark}" in code for mark in "'\"" for one in (key, short))
            assert shown or made.match(key), key
