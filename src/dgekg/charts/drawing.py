"""Vega-Lite made into SVG, and SVG into PNG, in this process: no browser, no network, letters of our own.

The program is `vl-convert`, which carries Vega-Lite and an engine for it. It draws one picture at a time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dgekg.charts import files
from dgekg.charts.colours import ink

FACE = "'Source Serif 4', Georgia, 'Liberation Serif', serif"
SIZE = 14
LETTER = 0.5  # of the size: what a letter is wide, on average
_VERSION = "6.4"  # of Vega-Lite, of those that the program carries
_LOCK = threading.Lock()
_OUTER = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"[^>]*>(.*)</svg>', re.DOTALL)
# What tells a program how Vega made it: of no use to those who hear, for whom there are a name and a table.
_TOLD = re.compile(r' (?:aria-\w+|role|class)="[^"]*"')
_LONG = re.compile(r"-?\d+\.\d{2,}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What Vega-Lite drew: markup without its outer element, width and height in pixels."""

    inside: str
    width: float
    height: float


def config() -> dict[str, Any]:
    """Return what all pictures share: letters, colours, no frame."""
    quiet = {"domain": False, "ticks": False, "grid": False, "labelColor": ink("ink"), "titleColor": ink("soft")}
    label = {"labelFontSize": SIZE, "labelLimit": 0, "titleFontSize": SIZE, "titleFontWeight": "normal"}
    return {
        "background": None,
        "font": FACE,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {**quiet, **label},
        "text": {"color": ink("ink"), "fontSize": SIZE},
        "bar": {"color": ink("c3")},
    }


def draw(spec: Mapping[str, Any]) -> Drawn:
    """Draw a Vega-Lite specification whose data stand in it and whose colours are `colours.ink`."""
    svg = raw(spec)
    found = _OUTER.fullmatch(svg.strip())
    if found is None:
        raise ValueError(f"vl-convert drew something else than one SVG: {svg[:80]}")
    inside = _LONG.sub(lambda number: f"{float(number[0]):.1f}", _TOLD.sub("", found[3]))
    return Drawn(inside, float(found[1]), float(found[2]))


def raw(spec: Mapping[str, Any]) -> str:
    """Return the whole SVG that Vega-Lite draws, with what tells its parts apart."""
    program = _program()
    with _LOCK:
        found: str = program.vegalite_to_svg({**spec, "config": config()}, vl_version=_VERSION, allowed_base_urls=[])
    return found


def png(svg: str, scale: float = 2) -> bytes:
    """Return an SVG, its colours settled, as PNG; `scale` is pixels of the one for each of the other."""
    program = _program()
    with _LOCK:
        found: bytes = program.svg_to_png(svg, scale=scale)
    return found


def warm() -> threading.Thread:
    """Load the engine beside other work, for the first picture takes seconds; returns the thread that does."""
    thread = threading.Thread(target=raw, args=({"data": {"values": [{}]}, "mark": "text"},), daemon=True)
    thread.start()
    return thread


@cache
def _program() -> Any:
    """Return the drawing program; it takes a while to load, so only when something is drawn."""
    import vl_convert  # type: ignore[import-untyped, unused-ignore]  # untyped in some releases

    vl_convert.register_font_directory(str(files.folder()))
    return vl_convert
