"""A command, not a test: pictures of the pages at several widths, light and dark, from a running service.

    python tests/screenshots.py http://127.0.0.1:8000 build/screenshots [--width 390 --width 1280] [--only practices]

Needs Playwright (a development dependency) and a Chromium (Debian's package `chromium`, or Playwright's own).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PAGES = {
    "home": "/",
    "practices": "/practices",
    "practices-women": "/practices?where=group%3Dwomen",
    "practice": "/id/practice/gender-shades.html",
    "coverage": "/coverage",
    "cell": "/coverage/cell?rows=group&cols=stage&at=women-with-disabilities&at=retirement",
    "compare": "/coverage?rows=stage&where=region%3DAmericas&against=region%3DEurope",
    "intersections": "/coverage/intersections",
    "intersection": "/coverage/intersections?of=women,migrants",
    "gaps": "/gaps",
    "gap-card": "/gaps/card?rows=group&cols=stage&at=sex-and-gender&at=whole-lifecycle&kind=participation",
    "questions": "/questions",
    "standards": "/standards",
    "actors": "/actors",
    "network": "/network",
    "data": "/data",
    "about": "/about",
    "contribute": "/contribute",
    "concept": "/scheme/group/women.html",
    "scheme": "/scheme/stage.html",
    "ontology": "/ontology.html",
    "sparql": "/sparql",
    "missing": "/id/practice/gender-shade.html",
    "accueil": "/?lang=fr",
    "inicio": "/?lang=es",
}
HEIGHTS = {390: 844, 1280: 900, 1920: 1080}


def main(arguments: list[str]) -> int:
    """Write the pictures; return 1 where a page does not answer or scrolls sideways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="of a running service")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--width", type=int, action="append")
    parser.add_argument("--only", action="append", help="name of a page")
    parser.add_argument("--question", action="append", default=[], help="slug of a question to take a picture of")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    pages = PAGES | {f"question-{slug}": f"/questions/{slug}" for slug in options.question}
    wanted = {name: path for name, path in pages.items() if not options.only or name in options.only}
    faults = 0
    with sync_playwright() as playwright:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for scheme in ("light", "dark"):
            for width in options.width or sorted(HEIGHTS):
                faults += shoot(browser, options.address.rstrip("/"), options.folder, wanted, width, scheme)
        browser.close()
    return 1 if faults else 0


def shoot(browser: Browser, address: str, folder: Path, pages: dict[str, str], width: int, scheme: str) -> int:
    """Take one picture of each page at a width in a colour scheme; return how many have a fault."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en",
    )
    faults = 0
    page = context.new_page()
    for name, path in pages.items():
        response = page.goto(address + path)
        sideways = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        if response is None or response.status >= 500 or sideways:
            faults += 1
            print(f"{path} at {width}: {'scrolls sideways' if sideways else 'does not answer'}", file=sys.stderr)
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
    context.close()
    return faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
