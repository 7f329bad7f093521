"""Open the site of the documents from the disk as a reader does: it asks no network, can be searched, and heard."""

from __future__ import annotations

import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import chromium

# Pages with what differs between pages: lists, outputs, wide tables, much code, a file that comes along.
PAGES = (
    "index",
    "tour",
    "reference/model",
    "reference/http",
    "reference/python",
    "decisions/README",
    "files/queries/checks/raw-answer.rq",
)
HEAVY = ("reference/model", "reference/http", "files/queries/checks/raw-answer.rq")  # axe takes minutes for their cells
WORD, FOUND = "tombstone", "operating.html"


def main(site: Path) -> None:
    """Look at every page at two widths in both themes, then search."""
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for width in (390, 1280):
            for theme in ("light", "dark"):
                wrong += [f"{width} {theme}: {fault}" for fault in _walked(browser, site, width, theme)]
        browser.close()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(PAGES)} pages at two widths in both themes, and the search: all from the disk")


def _walked(browser: Browser, site: Path, width: int, theme: str) -> list[str]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else wrong.append(f"asks {r.url}"))
    page.on("console", lambda m: wrong.append(f"{page.url}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        wrong += _looked(page, name)
    wrong += _searched(page, site, width)
    context.close()
    return wrong


def _looked(page: Page, name: str) -> list[str]:
    found = []
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{name}: is wider than the window")
    if name not in HEAVY:
        violations = Axe().run(page, options={"preload": False}).response["violations"]
        found += [f"{name}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
    return found


def _searched(page: Page, site: Path, width: int) -> list[str]:
    page.goto((site / "index.html").as_uri())
    if width < 1000:
        page.locator(".mobile-header label[for=__navigation]").click()
        page.locator("input[name=q]").first.click()
    else:
        page.keyboard.press("/")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    hit = page.locator(f"#search-results li:has(a[href*='{FOUND}'])")
    hit.wait_for(timeout=20_000)
    hit.locator(".context").wait_for(timeout=5_000)
    said = hit.locator(".context").inner_text()
    found = [] if WORD in said else [f'search: expected an excerpt with "{WORD}", found "{said}"']
    return found + _looked(page, "search")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
