"""Nothing moves while a page loads: what scripts bring has its place before they have come."""

from __future__ import annotations

import time
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Request, Route

from browser.pages import Opener

MOVED = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(moved), 200);
})"""
PATHS = ("/contribute/practice", "/contribute/feedback", "/sparql", "/practices", "/gaps", "/coverage", "/network")
LATE = 0.5  # seconds: longer than the first paint takes
SEEN = 0.0035  # share of the window times share of the way: a line of a form that comes late is 0.07 of a wide one


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_when_scripts_come_late(open_page: Opener, width: int) -> None:
    page = open_page("/about", width=width, fresh=True)

    def late(route: Route, request: Request) -> None:
        if "/theme-" not in request.url:  # it stands before the first paint
            time.sleep(LATE)
        route.continue_()

    page.route("**/*.js", late)
    for path in (
        "/contribute/practice",
        "/contribute/feedback",
        "/sparql",
        "/practices",
        "/gaps",
        "/coverage",
        "/network",
    ):
        page.goto(urljoin(page.url, path))
        moved = page.evaluate(MOVED)
        assert moved < SEEN, f"{path}: {moved}"
