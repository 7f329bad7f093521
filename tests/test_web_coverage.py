"""`/coverage`: rows that open in place, pictures that say what the table says, files, and frames."""

from __future__ import annotations

import html
import re
import threading
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient

from dgekg import render
from dgekg.charts import bars, colours, heat, signs, world
from dgekg.charts.picture import Picture
from dgekg.coverage import State, View
from dgekg.identifiers import concept
from dgekg.observatory import Observatory
from dgekg.vocabulary import LANGUAGES
from dgekg.web.charts import answering
from dgekg.web.people import covered
from markup import alien

BROWSER = {"accept": "text/html"}
GRID = "/coverage?rows=group&cols=stage&depth=group%3D1"
SVG = "{http://www.w3.org/2000/svg}"


def page_of(client: TestClient, path: str) -> str:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == 200, answer.text[:1500]
    assert not alien(answer.text)
    return answer.text


def rows_of(page: str) -> list[str]:
    """The codes of the rows of the table, in order."""
    table = re.findall(r"<table.*?</table>", page, re.DOTALL)[0]
    return re.findall(r'<tr class="d\d[^"]*" id="row-([\w-]+)"', table)


def drawing(client: TestClient, path: str) -> ElementTree.Element:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:1500]
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "var(--" not in answer.text
    return ElementTree.fromstring(answer.text)


def texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def test_few_pictures_are_drawn_at_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, go, begun = covered._picture, threading.Event(), threading.Semaphore(0)

    def slow(sheet: covered.Sheet) -> Picture:
        begun.release()
        assert go.wait(60)
        return drawn(sheet)

    monkeypatch.setattr(covered, "_picture", slow)
    addresses = [f"/coverage.svg?rows={name}&empty=no" for name in ("stage", "lever", "kind", "right")]
    assert len(addresses) == answering.AT_ONCE + 1
    with ThreadPoolExecutor(answering.AT_ONCE) as pool:
        waiting = [pool.submit(client.get, address) for address in addresses[:-1]]
        try:
            assert all(begun.acquire(timeout=60) for _ in waiting)
            refused = client.get(addresses[-1])
            page = client.get("/coverage/cell?rows=stage&at=data", headers=BROWSER)
        finally:
            go.set()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert "3 other pictures" in refused.text
    assert page.status_code == 200
    assert [one.result().status_code for one in waiting] == [200] * answering.AT_ONCE
    assert client.get(addresses[-1]).status_code == 200


def test_a_row_opens_in_its_place_and_closes_again(client: TestClient, world_observatory: Observatory) -> None:
    index = world_observatory.index
    page = page_of(client, GRID)
    before = rows_of(page)
    links = dict(
        re.findall(r'<a class="opener" href="([^"]+)#row-([\w-]+)" aria-expanded="false"', page.split("</table>")[0])
    )
    path, code = next((html.unescape(p), c) for p, c in links.items())
    opened = page_of(client, path)
    after = rows_of(opened)
    narrower = {c.code for c in index.concepts("group").values() if concept("group", code) in c.broader}
    at = after.index(code)
    assert set(after[at + 1 : at + 1 + len(narrower)]) == narrower
    assert [row for row in after if row not in narrower] == [row for row in before if row not in narrower]
    assert f'#row-{code}" aria-expanded="true"' in opened
    closing = re.search(rf'href="([^"]+)#row-{code}" aria-expanded="true"', opened)
    assert closing is not None
    assert rows_of(page_of(client, html.unescape(closing[1]))) == before


def test_a_group_of_two_parents_opens_under_both(client: TestClient, world_observatory: Observatory) -> None:
    concepts = world_observatory.index.concepts("group")
    both = next(c for c in concepts.values() if len(c.broader) > 1 and c.code == "women-with-disabilities")
    opens = "".join(f"&open={iri.rsplit('/')[-1]}" for iri in world_observatory.index.within[both.iri])
    table = page_of(client, GRID + opens).split("</table>")[0]
    heads = re.findall(r'<th scope="row"><a href="/scheme/group/([\w-]+)"', table)
    assert heads.count(both.code) == len(both.broader)
    assert table.count('id="row-women-with-disabilities"') == 1


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (GRID + "&open=womn", 404, "women"),
        ("/coverage?rows=region&shape=globe", 404, "map"),
        ("/coverage.svg?rows=stage&theme=drak", 404, "dark"),
        ("/coverage.svg?rows=stage&cols=group&cols=region&depth=region=1&depth=group=1", 400, "dimensions"),
        ("/coverage.pdf?rows=stage", 404, "svg"),
        ("/coverage?rows=stage&by=region&is=Afirca", 404, "Africa"),
        ("/embed/coverage?theme=drak", 404, "dark"),
    ],
)
def test_refusals_name_the_nearest(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == status, answer.text[:500]
    assert says in answer.text


def test_a_heat_map_has_the_cells_of_the_view(client: TestClient, world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("group", "stage"), depths=(("group", 1),)))
    svg = drawing(client, GRID.replace("/coverage", "/coverage.svg"))
    found = texts(svg)
    numbers = sorted(str(c.measures["practices"]) for c in grid.cells.values() if c.measures["practices"])
    closed = sum(c.state is State.NOT_PUBLISHED for c in grid.cells.values())
    drawn = found[: len(found) - len(grid.axes)]
    assert [n for n in numbers if drawn.count(n) < numbers.count(n)] == []
    assert drawn.count("?") >= sum(c.state is State.NOT_SEARCHED for c in grid.cells.values())
    assert drawn.count("closed") >= closed
    harm = sum("harm-or-mixed" in c.marks for c in grid.cells.values())
    assert drawn.count("!") == harm + 1  # and once in the key
    title, said = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert said is not None
    assert title.text
    assert re.match(r"\d+ of \d+ places", said.text or "")
    assert any(world_observatory.version[:16] in text for text in found)


def test_a_row_that_is_folded_up_keeps_its_marks_of_effect(client: TestClient) -> None:
    """A cell that is known for a failure is never just dark, on a phone either."""
    for path in (GRID, "/"):
        page = page_of(client, path)
        rows = re.findall(r'<summary><span class="what">.*?</summary>', page, re.DOTALL)
        marked = [row for row in rows if "m-harm-or-mixed" in row]
        assert marked
        for row in rows:
            told = re.search(r'<span class="vh">[^<]*harm or mixed: (\d+)', row)
            assert (int(told[1]) if told else 0) == row.count("m-harm-or-mixed")


def test_the_sentence_counts_places_alone(client: TestClient, world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("group", "stage"), depths=(("group", 1),)))
    roots = {world_observatory.index.roots["group"], world_observatory.index.roots["stage"], ""}
    places = [cell for key, cell in grid.cells.items() if not roots & set(key)]
    documented = sum(cell.state is State.DOCUMENTED for cell in places)
    assert f">{documented} of {len(places)} places" in page_of(client, GRID)


def test_png_in_both_themes(client: TestClient) -> None:
    light = client.get("/coverage.png?rows=stage")
    dark = client.get("/coverage?rows=stage&format=png&theme=dark")
    for answer in (light, dark):
        assert answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")
    assert light.content != dark.content
    assert client.get("/coverage.png?rows=stage", headers={"if-none-match": light.headers["etag"]}).status_code == 304
    assert client.get("/coverage.png?rows=stage").content == light.content


def test_bars_are_as_long_as_their_numbers() -> None:
    spec = bars.spec([bars.Bar("Data", 3, 2, "5"), bars.Bar("Data", 0, 1, "1"), bars.Bar("Design", 0, 0, "?")])
    lengths: dict[str, float] = {}
    for value in spec["data"]["values"]:
        lengths[value["row"]] = lengths.get(value["row"], 0) + value["to"] - value["from"]
    assert list(lengths.values()) == [5, 1, 0]


def test_the_map_says_what_the_view_says(client: TestClient, world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("region",)))
    page = page_of(client, "/coverage?rows=region")
    svg = re.findall(r'<svg[^>]*class="drawn".*?</svg>', page, re.DOTALL)[0]
    told = {html.unescape(words) for words in re.findall(r"<title>([^<]*)</title>", svg)}
    held = [
        key[0] for key, cell in grid.cells.items() if cell.measures["practices"] and world.shown(key[0].rsplit("/")[-1])
    ]
    assert held
    for iri in held:
        number = grid.cells[(iri,)].measures["practices"]
        start = f"{world_observatory.names.label(iri)}: "
        assert any(words.startswith(start) and f" {number} practice" in words for words in told), iri
    assert "var(--c1)" in svg
    assert not re.search(r'="#[0-9a-fA-F]{3}', svg)  # no colour of its own
    for link in re.findall(r'<a href="([^"]+)"', svg)[:12]:
        assert client.get(html.unescape(link), headers=BROWSER).status_code == 200


def test_places_without_outlines_stand_beside_the_map(client: TestClient, world_observatory: Observatory) -> None:
    page = page_of(client, "/coverage?rows=region")
    beside = re.findall(r'<details class="beside">.*?</details>', page, re.DOTALL)[0]
    index, rows = world_observatory.index, world_observatory.coverage(View(("region",))).axes[0].rows
    lowest = [iri for iri in rows if iri and not index.narrower.get(iri, frozenset()) - {iri}]
    missing = [iri for iri in lowest if "/place/" in iri or not world.shown(iri.rsplit("/")[-1])]
    assert missing
    assert [iri for iri in missing if world_observatory.names.label(iri) not in html.unescape(beside)] == []
    assert beside.count("<li>") == len(missing)


def test_only_what_is_meant_for_frames_may_be_framed(client: TestClient) -> None:
    framed = client.get("/embed/coverage", headers=BROWSER)
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "default-src 'self'" in framed.headers["content-security-policy"]
    assert not alien(framed.text)
    assert "<nav" not in framed.text
    assert "<script" not in framed.text
    for path in (GRID, "/coverage.svg?rows=stage", "/"):
        assert "frame-ancestors 'none'" in client.get(path, headers=BROWSER).headers["content-security-policy"]
    address = re.search(r"/embed/coverage\?[^\"&]*(?:&amp;amp;[^\"&]*)*", page_of(client, GRID))
    assert address is not None
    whole = html.unescape(html.unescape(address[0]))
    assert re.findall(r'class="cell s-[^"]*"', client.get(whole, headers=BROWSER).text)


def test_a_form_leads_to_a_plain_address(client: TestClient) -> None:
    answer = client.get(f"{GRID}&measure=practices&rung=2&norm=concerns&relation=&empty=yes&by=region&is=Africa&where=")
    assert answer.status_code == 303
    assert html.unescape(answer.headers["location"]) == (
        "/coverage?rows=group&cols=stage&where=region%3D002&depth=group%3D1"
    )
    other = client.get("/coverage?rows=stage&cols=region&depth=group=1&depth=stage=&by=region&is=").headers["location"]
    assert other == "/coverage?rows=stage&cols=region&depth=stage%3D"
    assert client.get(other, headers=BROWSER).status_code == 200


def test_a_filter_is_taken_away_by_its_chip(client: TestClient) -> None:
    page = page_of(client, "/coverage?rows=stage&where=region%3D002&where=group%3Dwomen&measure=actors")
    chips = re.findall(r'<ul class="chips".*?</ul>', page, re.DOTALL)[0]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', chips)]
    assert sorted("region" in link for link in links) == [False, True]
    assert all("measure=actors" in link for link in links)


def test_what_says_something_broader_is_shown_beside(client: TestClient, world_observatory: Observatory) -> None:
    grid = world_observatory.coverage(View(("group", "stage"), depths=(("group", 1),)))
    table = page_of(client, GRID + "&beside=yes").split("</table>")[0]
    told = re.findall(r'<span class="told"><span aria-hidden="true">([^<]*)</span>', table)
    wanted = []
    for cell in grid.cells.values():
        direct, above = cell.measures["direct"], cell.measures["above"]
        if cell.state in (State.DOCUMENTED, State.THIN):
            wanted.append(f"{direct} + {above}" if above else str(direct))
        elif above:
            wanted.append(f"+ {above}")
    assert told == wanted
    assert "told" not in page_of(client, GRID).split("</table>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_in_three_languages(client: TestClient, language: str) -> None:
    svg = drawing(client, f"/coverage.svg?rows=stage&lang={language}")
    assert render.state_words("thin", language) in texts(svg)
    assert render.state_words("thin", language) in page_of(client, f"{GRID}&lang={language}")


def test_colours_have_the_same_names_in_both_themes() -> None:
    names = [set(of) for of in colours.table().values()]
    assert all(one == other for one, other in pairwise(names))
    assert colours.settled(colours.ink("paper"), "dark") == colours.table()["dark"]["paper"]
    with pytest.raises(KeyError):
        colours.ink("teal")


def test_states_differ_without_colour() -> None:
    """By pattern, outline or dashes, where no sign is written; by sign elsewhere."""
    paints = [signs.paint(state, 2, area=True) for state in map(str, State)]
    shapes = {
        (p.fill if p.fill.startswith("url") else p.fill == colours.ink("paper"), p.stroke, p.dash) for p in paints
    }
    assert len(shapes) == len(State)


def test_labels_that_are_the_same_stay_two_rows() -> None:
    box = heat.Box("documented", "1", 1)
    values = heat.spec([heat.Row("A", 1, [box]), heat.Row("A", 1, [box])], ["B"])["data"]["values"]
    assert len({value["row"] for value in values}) == 2
