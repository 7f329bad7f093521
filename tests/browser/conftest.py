"""Which fixture do I take?

- `site`: address of a service on loopback with the small test world; one for all tests of a process.
- `browser`: a Chromium, started once; without one the tests are skipped, and the end of the run says so loudly. Under
  DGEKG_CI they fail instead.
- `open_page`: opens a path of the site in a new window of any width, theme, language, with scripts or without;
  afterwards nothing may have been asked for that was not there, or of anybody else, and no script may have failed.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import uvicorn
from benchmarks import chromium, screens
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from browser.pages import GONE, Opener
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.suppression import Entry, Suppressed
from dgekg.vocabulary import BASE
from dgekg.web.app import create_app


@pytest.fixture(scope="module")
def app(world_observatory: Observatory) -> FastAPI:
    o = world_observatory
    gone = Suppressed((Entry(f"{BASE}id/practice/{GONE}", "withdrawn", "2026-11-21"),), b"a key")
    shown = Observatory(o.project, o.store, o.version, o.as_of, o.meta, o.settings, o.folder, gone)
    return create_app(lambda: shown, Settings())


@pytest.fixture(scope="module")
def site(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        if not chromium.find(playwright):
            assert not os.environ.get("DGEKG_CI"), chromium.MISSING
            pytest.skip(chromium.MISSING)
        found = chromium.launch(playwright)
        yield found
        found.close()


@pytest.fixture
def open_page(site: str, browser: Browser) -> Iterator[Opener]:
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
            context = browser.new_context(
                viewport={"width": width, "height": 850},
                color_scheme=scheme,
                locale=language,
                java_script_enabled=scripts,
                **more,
            )
            context.set_default_timeout(60_000)
            stack.callback(context.close)
            stack.enter_context(screens.watched(context, site, path, faults))
            page = context.new_page()
            page.goto(site + path)
            return page

        yield opened
        assert not faults, "\n".join(faults)
