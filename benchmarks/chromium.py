"""Where a Chromium is, and how it is started: for pictures of the pages and for tests that look at them."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)
MISSING = (
    "No Chromium was found (looked for: " + ", ".join(NAMES) + "). Install one (Debian: apt-get install chromium), "
    "or let Playwright bring its own: .venv/bin/playwright install chromium"
)


def find(playwright: Playwright | None = None) -> str:
    """Return the path of a Chromium on this machine, else of Playwright's own, else ""."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    own = playwright.chromium.executable_path if playwright is not None else ""
    return own if own and Path(own).is_file() else ""


def launch(playwright: Playwright) -> Browser:
    """Start it.

    Raises:
        FileNotFoundError: there is none; says how to get one.
    """
    found = find(playwright)
    if not found:
        raise FileNotFoundError(MISSING)
    return playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
