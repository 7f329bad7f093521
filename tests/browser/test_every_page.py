"""Every kind of page in a real browser: axe finds nothing in either theme, nothing sticks out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from browser.pages import PAGES, Opener, templates

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")
_AXE = Axe().axe_script
_RUN = "async options => (await axe.run(document, options)).violations"


def found_by_axe(page: Page, rules: Sequence[str] = (), without: Sequence[str] = ()) -> list[str]:
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(RULES)}
    off = {name: {"enabled": False} for name in without}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    violations = page.evaluate(_RUN, {"runOnly": only, "rules": off, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {one['help']}: {node['html'][:300]} {node.get('failureSummary', '')}"
        for one in violations
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_either_theme(path: str, open_page: Opener) -> None:
    page = open_page(path)
    assert not found_by_axe(page)
    page.emulate_media(color_scheme="dark")
    assert not found_by_axe(page, COLOURS)
    page.set_viewport_size({"width": 360, "height": 780})
    assert not found_by_axe(page, without=COLOURS)  # the slowest, and the same colours as above
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 390, "height": 850})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "letters of twice the size fit on a phone"


def test_axe_would_find_something(open_page: Opener) -> None:
    page = open_page("/about")
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    assert any("color-contrast" in one for one in found_by_axe(page, COLOURS))


def test_every_template_is_looked_at(app: FastAPI) -> None:
    with TestClient(app, "http://localhost", follow_redirects=False, raise_server_exceptions=False) as client:
        for path in PAGES:
            answer = client.get(path, headers={"accept": "text/html"})
            assert answer.headers["content-type"].startswith("text/html"), path
            assert answer.status_code in (200, 404, 410), (path, answer.status_code)
    rendered = {name for _, name in app.state.house.templates.cache}
    assert templates() - rendered == set(), "add an address of each to browser.pages.PAGES"
