"""A command: what pages cost: until their first byte, until they are drawn, and in bytes, beside an empty page.

    python -m benchmarks.pages [--root FOLDER] [--page PATH] [--all] [--times 5] [--write]

The project at `--root` is built. Its service is started and left until it has read ahead; then each page is asked for
the first time, again and again, and drawn by a headless Chromium with nothing kept. One line of FastAPI and an empty
static page are asked and drawn in the same run. `--all` asks every kind of page once, to find the heaviest; `--write`
puts the table into docs/benchmarks.md. How the picture of /network moves: `benchmarks.frames`.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.client
import http.server
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from benchmarks import chromium, screens
from benchmarks.run import put_into
from benchmarks.service.served import HELLO, OURS, Served, served
from dgekg.settings import Project, Settings

# Of all kinds, those that cost the service or the network most on the shipped data (`--all`).
HEAVIEST = ("/", "/network", "/coverage", "/scheme/region/002.html", "/id/instrument/{instrument}.html")
_AGAIN = 20
_READ_AHEAD = 1_800  # seconds
_HTML = "text/html"
_DRAWN = """() => new Promise((done) => {
  const [page] = performance.getEntriesByType("navigation");
  const bytes = [page, ...performance.getEntriesByType("resource")].reduce((sum, one) => sum + one.transferSize, 0);
  new PerformanceObserver((list) => {
    const largest = list.getEntries().at(-1).startTime;
    done({ load: page.loadEventEnd, largest, bytes });
  }).observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => done({ load: page.loadEventEnd, largest: page.loadEventEnd, bytes }), 1000);
})"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer: seconds until its first byte, until its last, processor seconds of the service, bytes, status."""

    first: float
    last: float
    worked: float
    size: int
    status: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page in a browser: milliseconds until it was loaded, until its largest part was painted; bytes of all of it."""

    load: float
    largest: float
    size: int


def main(arguments: Sequence[str]) -> int:
    """Print the table; return 1 where a page is not answered with 200."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--root", type=Path, help="folder of a built project; else the settings'")
    parser.add_argument("--page", action="append", help=f"path; default {' '.join(HEAVIEST)}")
    parser.add_argument("--all", action="store_true", help="ask every kind of page once and draw none")
    parser.add_argument("--times", type=int, default=5, help="how often each page is drawn")
    parser.add_argument("--write", metavar="NAME", help="part of docs/benchmarks.md to put the table into")
    chosen = parser.parse_args(arguments)
    project = Project.at(chosen.root) if chosen.root else Settings.read().project()
    with tempfile.TemporaryDirectory(prefix="dgekg-pages-") as folder:
        with served(HELLO, project, Path(folder)) as peer:
            line = statistics.median(asked(peer, "/").first for _ in range(_AGAIN))
        with served(OURS, project, Path(folder)) as service:
            ready(service)
            if chosen.all:
                return every(service)
            paths = [screens.filled(service.address, path) for path in chosen.page or HEAVIEST]
            found = table(service, paths, chosen.times, line, Path(folder))
    print(found)
    if chosen.write:
        put_into(Path("docs/benchmarks.md"), found, f"pages, {chosen.write}")
    return 0


def ready(service: Served) -> None:
    """Wait until a service has read ahead: the network comes last.

    Raises:
        TimeoutError: it has not after half an hour.
    """
    begun = time.monotonic()
    while asked(service, "/network?format=csv").status != 200:
        if time.monotonic() - begun > _READ_AHEAD:
            raise TimeoutError(f"{service.address}/network: still not worked out")
        time.sleep(5)
    service.rest()


def every(service: Served) -> int:
    """Print what each kind of page costs the first time, the dearest first."""
    rows = []
    for name, path in screens.PAGES.items():
        answer = asked(service, screens.filled(service.address, path))
        rows.append((answer.worked, f"{name}: {_milli(answer.worked)} of processor, {answer.size / 1000:.0f} kB"))
    print("\n".join(row for _, row in sorted(rows, reverse=True)))
    return 0


def table(service: Served, paths: Sequence[str], times: int, line: float, folder: Path) -> str:
    """Ask and draw pages; return the table."""
    firsts = {path: asked(service, path) for path in paths}
    agains = {path: [asked(service, path) for _ in range(_AGAIN)] for path in paths}
    with sync_playwright() as playwright, empty(folder) as address:
        browser = chromium.launch(playwright)
        drawn(browser, address)  # the browser's own beginning
        nothing = median([drawn(browser, address) for _ in range(times)])
        shown = {path: median([drawn(browser, service.address + path) for _ in range(times)]) for path in paths}
        browser.close()
    head = "page | first byte, first time | of it processor | first byte, again | x one line of FastAPI | "
    head += "loaded | x an empty page | largest part painted | page alone | everything"
    rows = [f"| {head} |", "| --- " * (head.count("|") + 1) + "|"]
    for path in paths:
        again, one = statistics.median(a.first for a in agains[path]), shown[path]
        cells = [f"`{path}`", _milli(firsts[path].first), _milli(firsts[path].worked), _milli(again)]
        cells += [
            f"{again / line:.1f}",
            f"{one.load:.0f} ms",
            f"{one.load / nothing.load:.1f}",
            f"{one.largest:.0f} ms",
        ]
        rows.append("| " + " | ".join([*cells, _kilo(firsts[path].size), _kilo(one.size)]) + " |")
    rows.append(f"| *one line of FastAPI* | | | {_milli(line)} | 1 | | | | | |")
    rows.append(f"| *an empty static page* | | | | | {nothing.load:.0f} ms | 1 | {nothing.largest:.0f} ms | | |")
    return "\n".join(rows) + "\n"


def asked(service: Served, path: str) -> Asked:
    """Ask for a page as a browser does that has nothing kept."""
    parts = urlsplit(service.address)
    before = service.worked()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Accept": _HTML, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    first = time.perf_counter() - begun
    body = answer.read()
    last = time.perf_counter() - begun
    connection.close()
    return Asked(first, last, service.worked() - before, len(body), answer.status)


def drawn(browser: Browser, address: str) -> Drawn:
    """Draw a page with nothing kept from before."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address, wait_until="load", timeout=120_000)
    found = page.evaluate(_DRAWN)
    context.close()
    return Drawn(found["load"], found["largest"], int(found["bytes"]))


def median(all_: Sequence[Drawn]) -> Drawn:
    """Return the median of each figure."""
    middle = statistics.median
    return Drawn(middle(d.load for d in all_), middle(d.largest for d in all_), int(middle(d.size for d in all_)))


@contextlib.contextmanager
def empty(folder: Path) -> Iterator[str]:
    """Serve an empty page; yield its address."""
    (folder / "empty").mkdir()
    page = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Empty</title><p>Empty.</p></html>'
    (folder / "empty" / "index.html").write_text(page, "utf-8")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, folder / "empty")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, folder: Path, *arguments: Any) -> None:
        super().__init__(*arguments, directory=str(folder))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _milli(seconds: float) -> str:
    """Return milliseconds as people read them.

    >>> _milli(0.0042), _milli(1.5)
    ('4.2 ms', '1,500 ms')
    """
    return f"{1000 * seconds:.1f} ms" if seconds < 0.1 else f"{1000 * seconds:,.0f} ms"


def _kilo(size: int) -> str:
    return f"{size / 1000:.0f} kB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
