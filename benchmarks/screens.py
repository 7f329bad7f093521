"""A command: pictures of every page at three widths, light and dark, and a list of what does not fit or was not served.

    python -m benchmarks.screens --out DIR [ADDRESS] [--width 390] [--scheme dark] [--only practices] [--paper]

Without ADDRESS the current build is served for it. `--paper` writes each page as a PDF, too. Exit code 1 where a page
does not answer, scrolls sideways, asks for something that is not there or outside, or a script of it fails.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Request, Response, sync_playwright

from benchmarks import chromium

# {practice} and the like are filled from the service: the first record of that kind, the first gap, that it names.
PAGES = {
    "home": "/",
    "practices": "/practices",
    "practices-filtered": "/practices?where=group%3Dwomen&where=stage%3Ddata",
    "practices-search": "/practices?q=audit",
    "practices-empty": "/practices?q=nothing-has-this-name",
    "practice": "/id/practice/{practice}.html",
    "actor": "/id/actor/{actor}.html",
    "instrument": "/id/instrument/{instrument}.html",
    "coverage": "/coverage",
    "coverage-regions": "/coverage?rows=region&cols=kind&depth=region%3D1",
    "cell": "/coverage/cell?rows=group&cols=stage&at=women-with-disabilities&at=retirement",
    "cell-documented": "/coverage/cell?rows=stage&at=data",
    "compare": "/coverage?rows=stage&where=region%3DAmericas&against=region%3DEurope",
    "intersections": "/coverage/intersections",
    "intersection": "/coverage/intersections?of=women,migrants",
    "gaps": "/gaps",
    "gap-card": "{card}",
    "questions": "/questions",
    "question": "/questions/practices-of-a-group",
    "answer": "/questions/practices-of-a-group?group=women",
    "standards": "/standards",
    "actors": "/actors",
    "network": "/network",
    "sparql": "/sparql",
    "data": "/data",
    "about": "/about",
    "contribute": "/contribute",
    "group": "/scheme/group/women.html",
    "region": "/scheme/region/002.html",
    "scheme": "/scheme/stage.html",
    "ontology": "/ontology.html",
    "missing": "/id/practice/no-such-practice-here.html",
    "unknown-filter": "/practices?where=group%3Dwemen",
    "bad-cursor": "/practices?after=nonsense",
    "accueil": "/?lang=fr",
    "inicio": "/?lang=es",
    "practicas": "/practices?lang=es",
    "lacunes": "/gaps?lang=fr",
}
_HEIGHTS = {390: 844, 1280: 900, 1920: 1080}
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_TALLEST = 16_000  # pixels; beyond, a picture is cut


def main(arguments: list[str]) -> int:
    """Write the pictures; return 1 where something is wrong with a page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screens", description=__doc__)
    parser.add_argument(
        "address", nargs="?", default="", help="of a running service; none: the current build is served"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--width", type=int, action="append", help="in pixels; default 390, 1280 and 1920")
    parser.add_argument("--scheme", choices=_SCHEMES, action="append", help="default both")
    parser.add_argument("--only", action="append", help=f"name of a page: {', '.join(PAGES)}")
    parser.add_argument("--page", action="append", default=[], metavar="NAME=PATH", help="one more page")
    parser.add_argument("--paper", action="store_true", help="a PDF of each page, too")
    options = parser.parse_args(arguments)
    unknown = set(options.only or ()) - set(PAGES)
    if unknown:
        parser.error(f"no page is called {', '.join(sorted(unknown))}; there are {', '.join(PAGES)}")
    options.out.mkdir(parents=True, exist_ok=True)
    more = dict(one.partition("=")[::2] for one in options.page)
    chosen = {n: p for n, p in PAGES.items() if n in options.only} if options.only else {} if more else PAGES
    with served(options.address) as address, sync_playwright() as playwright:
        pages = {name: filled(address, path) for name, path in {**chosen, **more}.items()}
        browser = chromium.launch(playwright)
        faults = []
        for scheme in options.scheme or _SCHEMES:
            for width in options.width or sorted(_HEIGHTS):
                faults += shoot(browser, address, options.out, pages, width, scheme)
        if options.paper:
            printed(browser, address, options.out, pages)
        browser.close()
    for line in sorted(set(faults)):
        print(line, file=sys.stderr)
    print(f"{len(pages)} pages in {options.out}; {len(set(faults))} faults")
    return 1 if faults else 0


@contextlib.contextmanager
def served(address: str) -> Iterator[str]:
    """Yield the address of a service, started for it where none is given."""
    if address:
        yield address.rstrip("/")
        return
    command = [sys.executable, "-c", "from dgekg.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ) as run:
        said = run.stdout.readline() if run.stdout else ""
        try:
            if "http://" not in said:
                raise SystemExit("the service did not start; see what `dgekg serve` says (is there a build?)")
            yield said[said.index("http://") :].strip().rstrip("/")
        finally:
            run.terminate()


def filled(address: str, path: str) -> str:
    """Return a path with {kind} replaced by the slug of such a record, {card} by the address of a gap's card."""
    if path == "{card}":
        return html.unescape("/gaps/card?" + _page(address, "gaps").partition("/gaps/card?")[2].partition('"')[0])
    for kind, asked in {"practice": "practices", "actor": "actors", "instrument": "standards"}.items():
        if f"{{{kind}}}" in path:
            after = _page(address, asked).partition(f"/id/{kind}/")[2]
            path = path.replace(f"{{{kind}}}", re.split(r"[^\w-]", after)[0])
    return path


def _page(address: str, path: str) -> str:
    request = urllib.request.Request(f"{address}/{path}?lang=en", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return str(answer.read(), "utf-8")


def shoot(
    browser: Browser, address: str, folder: Path, pages: dict[str, str], width: int, scheme: Literal["light", "dark"]
) -> list[str]:
    """Take one picture of each page at a width in a colour scheme; return what is wrong."""
    context = browser.new_context(
        viewport={"width": width, "height": _HEIGHTS.get(width, 900)}, color_scheme=scheme, locale="en"
    )
    faults: list[str] = []
    page = context.new_page()
    context.set_default_timeout(180_000)  # milliseconds: the network of a new version may take long
    context.new_page().goto(address)  # so that fonts are there for the first picture
    for name, path in pages.items():
        with watched(context, address, f"{path} at {width}, {scheme}", faults):
            answer = page.goto(address + path)
            if answer is None or answer.status >= 500:
                faults.append(f"{path}: does not answer ({answer.status if answer else 'nothing'})")
                continue
            page.evaluate("document.fonts.ready.then(() => true)")
            beyond = page.evaluate(_BEYOND)
            if beyond:
                faults.append(f"{path} at {width}: scrolls sideways; too wide: {json.dumps(beyond)}")
            size: dict[str, Any] = page.evaluate("({width: innerWidth, height: document.documentElement.scrollHeight})")
            clip: FloatRect = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], _TALLEST)}
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True, clip=clip)
    context.close()
    return faults


_BEYOND = """() => document.documentElement.scrollWidth <= innerWidth ? null :
  [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.scroll, pre')).slice(0, 3).map(e => e.tagName.toLowerCase() + '.' + e.className)"""


@contextlib.contextmanager
def watched(context: BrowserContext, address: str, where: str, faults: list[str]) -> Iterator[None]:
    """Note what a page asks for and does not get, or from elsewhere, and what its scripts complain of."""
    host = urlsplit(address).netloc

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in (host, "") or request.url.startswith("data:"):
            faults.append(f"{where}: asks for {request.url[:200]}")

    def got(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            faults.append(f"{where}: {response.status} for {response.url[:200]}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(f"{where}: {message.text[:300]}")

    context.on("request", asked)
    context.on("response", got)
    context.on("console", said)
    context.on("weberror", lambda error: faults.append(f"{where}: {str(error.error)[:300]}"))
    try:
        yield
    finally:
        context.remove_listener("request", asked)
        context.remove_listener("response", got)
        context.remove_listener("console", said)


def printed(browser: Browser, address: str, folder: Path, pages: dict[str, str]) -> None:
    """Write each page as it would come out of a printer, A4."""
    page = browser.new_page()
    for name, path in pages.items():
        page.goto(address + path)
        page.pdf(path=folder / f"{name}.pdf", format="A4", prefer_css_page_size=True)
    page.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
