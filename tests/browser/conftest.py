"""Which fixture do I take?

- `site`: address of a service on loopback with the small test world; one for all tests of this folder in a process.
- `browser`: a Chromium, started once; without one the tests are skipped, and the end of the run says so loudly. Under
  DGEKG_CI they fail instead. Both are gone before other tests begin: a browser's event loop is in their way.
- `open_page`: opens a path of the site at any width, theme, language, with scripts or without; afterwards nothing may
  have been asked for that was not there, or of anybody else, and no script may have failed. A window is used again
  by the next test that wants the same language and scripts (a new one costs a second), without what it remembers;
  what else is asked for (`reduced_motion`, `permissions`, `service_workers`, `fresh`) gives a window of its own.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from benchmarks import chromium, screens
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from browser.pages import GONE, Opener
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.suppression import Entry, Suppressed
from dgekg.vocabulary import BASE
from dgekg.web.app import create_app
from live import threaded


class Windows:
    """Windows of a browser that are used again, by language and whether scripts run."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[tuple[str, bool], Page] = {}

    def kept(self, language: str, scripts: bool) -> Page:
        """Return the window of a language, with or without scripts; it remembers nothing."""
        if (language, scripts) not in self._kept:
            self._kept[language, scripts] = self.new(language, scripts)
        page = self._kept[language, scripts]
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
        return page

    def new(self, language: str, scripts: bool, **more: Any) -> Page:
        """Return a new window."""
        # What one test has a browser keep would answer the next one.
        asked = {"service_workers": "block", **more}
        context = self._browser.new_context(locale=language, java_script_enabled=scripts, **asked)
        context.set_default_timeout(60_000)
        return context.new_page()


@pytest.fixture(scope="package")
def app(world_observatory: Observatory, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    o = world_observatory
    gone = Suppressed((Entry(f"{BASE}id/practice/{GONE}", "withdrawn", "2026-11-21"),), b"a key")
    shown = Observatory(o.project, o.store, o.version, o.as_of, o.meta, o.settings, o.folder, gone)
    return create_app(lambda: shown, Settings(private=tmp_path_factory.mktemp("private")))


@pytest.fixture(scope="package")
def site(app: FastAPI) -> Iterator[str]:
    with threaded(app) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        if not chromium.find(playwright):
            assert not os.environ.get("DGEKG_CI"), chromium.MISSING
            pytest.skip(chromium.MISSING)
        found = chromium.launch(playwright)
        yield found
        found.close()


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def open_page(site: str, windows: Windows) -> Iterator[Opener]:
    with contextlib.ExitStack() as stack:
        faults: list[str] = []

        def opened(
            path: str,
            width: int = 1280,
            scheme: Literal["light", "dark"] = "light",
            language: str = "en",
            scripts: bool = True,
            **more: Any,
        ) -> Page:
            if more:
                page = windows.new(language, scripts, **{k: v for k, v in more.items() if k != "fresh"})
                stack.callback(page.context.close)
            else:
                page = windows.kept(language, scripts)
            page.set_viewport_size({"width": width, "height": 850})
            page.emulate_media(media="null", color_scheme=scheme)
            stack.enter_context(screens.watched(page.context, site, path, faults))
            page.goto(site + path)
            return page

        yield opened
        assert not faults, "\n".join(faults)
