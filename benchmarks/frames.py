"""A command: how smoothly the picture of /network moves in a headless Chromium: times between frames, in milliseconds.

    python -m benchmarks.frames [ADDRESS] [--path /network]

Without ADDRESS the current build is served for it. Chromium draws WebGL in software here, without a graphics processor:
what is measured is an upper bound for a laptop, which has one. Each gesture lasts three seconds; a frame that takes
longer than 50 ms is seen as a halt. On a machine that does other things, too, the times between frames say how busy it
is; the processor time that the page's own thread takes for a frame depends less on that (16 ms make 60 a second).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks import chromium, screens

_SECONDS, _STEP, _HALT = 3.0, 0.016, 50
_SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
_SLOW = 180_000  # milliseconds
_READY = ".net-frame[data-ready]"
_BEGIN = """() => {
  window.frames_ = [];
  let last = performance.now();
  const next = (now) => { window.frames_.push(now - last); last = now; window.going_ = requestAnimationFrame(next); };
  window.going_ = requestAnimationFrame(next);
}"""
_END = "() => { cancelAnimationFrame(window.going_); return window.frames_.slice(1); }"
_SIZE = """async () => {
  const data = await (await fetch(document.querySelector(".net-frame").dataset.graph)).json();
  return [data.nodes.length, data.ties.length];
}"""
_BYTES = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def main(arguments: Sequence[str]) -> int:
    """Print a line for each gesture; return 1 where the picture cannot be moved."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.frames", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("address", nargs="?", default="", help="of a running service; none: the current build")
    parser.add_argument("--path", default="/network")
    chosen = parser.parse_args(arguments)
    with screens.served(chosen.address) as address, sync_playwright() as playwright:
        options = [*(one for one in chromium.ARGUMENTS if one != "--disable-gpu"), *_SOFTWARE]
        browser = playwright.chromium.launch(executable_path=chromium.find(playwright), args=options)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address + chosen.path, timeout=_SLOW)
        if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
            print("This Chromium has no WebGL; the picture stays a drawing that does not move.", file=sys.stderr)
            return 1
        page.wait_for_selector(_READY, timeout=_SLOW)
        ready = page.evaluate("performance.now()")
        nodes, ties = page.evaluate(_SIZE)
        print(
            f"{nodes:,} nodes, {ties:,} ties; {page.evaluate(_BYTES) / 1000:.0f} kB; to be moved after {ready:.0f} ms"
        )
        print("| gesture | page's thread, a frame | frames a second | median | 95 of 100 below | longest | halts |")
        print("| --- " * 7 + "|")
        inside = page.context.new_cdp_session(page)
        inside.send("Performance.enable", {"timeDomain": "threadTicks"})
        for name, gesture in {"nothing": _nothing, "pan": _pan, "zoom": _zoom, "point": _point, "find": _find}.items():
            before = worked(inside)
            frames = during(page, gesture)
            print(told(name, frames, worked(inside) - before), flush=True)
        browser.close()
    return 0


def during(page: Page, gesture: Callable[[Page, int], None]) -> list[float]:
    """Repeat a gesture for some seconds; return the milliseconds between the frames meanwhile."""
    page.locator(".net-canvas").scroll_into_view_if_needed()
    page.evaluate(_BEGIN)
    begun, step = time.monotonic(), 0
    while time.monotonic() - begun < _SECONDS:
        gesture(page, step)
        step += 1
        time.sleep(_STEP)
    page.mouse.up()
    found: list[float] = page.evaluate(_END)
    return found


def worked(inside: CDPSession) -> float:
    """Return the seconds of processor time that the page's own thread has taken for its tasks."""
    found = {one["name"]: one["value"] for one in inside.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def told(name: str, frames: Sequence[float], seconds: float) -> str:
    """Return a line of the table.

    >>> told("pan", [16.0] * 19 + [60.0], 0.1)
    '| pan | 5.0 ms | 55 | 16 ms | 16 ms | 60 ms | 1 |'
    """
    ordered = sorted(frames)
    share = ordered[max(0, int(0.95 * len(ordered)) - 1)]
    a_second = 1000 * len(frames) / sum(frames)
    middle = statistics.median(frames)
    halts = sum(one > _HALT for one in frames)
    own = f"{1000 * seconds / len(frames):.1f} ms"
    return f"| {name} | {own} | {a_second:.0f} | {middle:.0f} ms | {share:.0f} ms | {ordered[-1]:.0f} ms | {halts} |"


def _middle(page: Page) -> tuple[float, float]:
    box = page.locator(".net-canvas").bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _nothing(_page: Page, _step: int) -> None:
    pass


def _pan(page: Page, step: int) -> None:
    x, y = _middle(page)
    if not step:
        page.mouse.move(x, y)
        page.mouse.down()
    page.mouse.move(x + 120 * ((step % 40) / 20 - 1), y + 60 * ((step % 30) / 15 - 1))


def _zoom(page: Page, step: int) -> None:
    if not step:
        page.mouse.move(*_middle(page))
        page.keyboard.down("Control")
    page.mouse.wheel(0, -120 if step % 40 < 20 else 120)


def _point(page: Page, step: int) -> None:
    if not step:
        page.keyboard.up("Control")
    x, y = _middle(page)
    page.mouse.move(x + 300 * ((step % 60) / 30 - 1), y + 5 * (step % 7))


def _find(page: Page, step: int) -> None:
    if step % 10 == 0:
        page.evaluate(
            """(n) => { const all = document.querySelectorAll("#net-names option");
            const input = document.querySelector("#net-find");
            input.value = all[(n * 37) % all.length].value; input.dispatchEvent(new Event("change")); }""",
            step,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
