"""The network's picture and the editor of /sparql in a real browser: nothing leaves the site, and Stop stops."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.pages import Opener

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SLOW = 60_000  # milliseconds: the first query starts the workers
WRITE = "text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)"


def test_the_editor_answers_and_the_address_gives_the_same_again(open_page: Opener) -> None:
    page = open_page("/sparql")
    page.evaluate(WRITE, "SELECT *\nWHERE { ?s a ?c } LIMIT 3")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#out tbody tr")).to_have_count(3, timeout=SLOW)
    assert "query=SELECT" in page.url
    page.reload()
    expect(page.locator("#out tbody tr")).to_have_count(3, timeout=SLOW)
    page.get_by_role("button", name="Run").focus()
    page.evaluate(WRITE, "ASK { }")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#out .lead")).to_be_visible(timeout=SLOW)


def test_stop_ends_the_query_and_the_next_is_answered(open_page: Opener) -> None:
    page = open_page("/sparql")
    page.evaluate(WRITE, ENDLESS)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".status")).to_contain_text("Stopped", timeout=SLOW)
    page.evaluate(WRITE, "ASK { }")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#out .lead")).to_be_visible(timeout=SLOW)


def test_classes_of_this_graph_are_completed_and_tab_leads_on(open_page: Opener) -> None:
    page = open_page("/sparql")
    page.evaluate(WRITE, "SELECT * WHERE { ?s a ")
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("dgekg:Prac", delay=30)
    expect(page.locator(".CodeMirror-hint").first).to_have_text("dgekg:Practice", timeout=SLOW)
    page.keyboard.press("Escape")
    assert "PREFIX dgekg:" in page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    page.locator(".CodeMirror").click()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


def test_the_network_without_scripts_is_a_drawing_with_its_tables(open_page: Opener) -> None:
    page = open_page("/network", scripts=False)
    drawing = page.locator("svg.net")
    expect(drawing).to_be_visible()
    assert re.search(
        r"\d+ institutions?, \d+ practices? and \d+ instruments?", drawing.get_attribute("aria-label") or ""
    )
    assert page.locator("tr.bridge").count() > 1
    page.locator("#f-sector").select_option("government")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "sector=government" in page.url
    expect(page.locator("svg.net")).to_be_visible()


def test_the_network_with_scripts_finds_and_tells(open_page: Opener) -> None:
    page = open_page("/network")
    page.wait_for_load_state("networkidle")
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
        expect(page.locator("svg.net")).to_be_visible()  # the drawing stays
        return
    expect(page.locator(".net-frame[data-ready]")).to_be_visible(timeout=SLOW)
    expect(page.locator("svg.net")).to_be_hidden()
    name = page.locator("#net-names option").first.get_attribute("value") or ""
    page.locator("#net-find").fill(name)
    page.locator("#net-find").dispatch_event("change")
    expect(page.locator(".net-said strong")).to_have_text(name)
