"""A map of the world by country: each in its state. Outlines: Natural Earth, by way of `world-atlas`; ids are M49.

Vega-Lite projects outlines and points once; a map is that, painted. Countries too small to draw are a dot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import escape

from dgekg.charts import drawing, files, signs
from dgekg.charts.colours import ink
from dgekg.charts.drawing import Drawn

WIDTH, HEIGHT = 960, 412
_SCALE, _EQUATOR = 176, 231  # so that all but Antarctica fits
_ANTARCTICA = "010"
_OUTLINE = re.compile(r'<path aria-label="([^"]*)"[^>]*? d="([^"]*)"')
_POINT = re.compile(r'<path aria-label="(\d{3}) ([01])"[^>]*?transform="translate\(([-\d.]+),([-\d.]+)\)"')
_PAIR = re.compile(r"([ML])(-?[\d.]+),(-?[\d.]+)|Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A country: its state, how much of it (0-4), its name and state in words, a link or "", marks with signs."""

    state: str
    step: int
    words: str
    href: str = ""
    marks: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Outlines:
    """The world as drawn: M49 code ("" where M49 has none) -> outlines; code -> middle, whether it is too small."""

    paths: Mapping[str, Sequence[str]]
    points: Mapping[str, tuple[float, float, bool]]


def drawn(places: Mapping[str, Place]) -> Drawn:
    """Draw a map; a country without a place is left in the colour of the paper.

    Args:
        places: M49 code of three digits -> what is known of it.
    """
    world = outlines()
    shapes, dots, marks = [], [], []
    for code, paths in world.paths.items():
        place = places.get(code)
        for path in paths:
            shapes.append((_weight(place), _linked(place, f'<path d="{path}"{_painted(place)}/>')))
    for code, (x, y, small) in world.points.items():
        place = places.get(code)
        if place is None:
            continue
        if small:
            dots.append((_weight(place), _linked(place, f'<circle cx="{x:g}" cy="{y:g}" r="3.6"{_painted(place)}/>')))
        for n, (name, sign) in enumerate(place.marks):
            at = f'transform="translate({x + 11 * (n - (len(place.marks) - 1) / 2):g},{y:g}) scale(.8)"'
            marks.append(f'<g {at} pointer-events="none">{signs.mark(name, sign, 0, 0)}</g>')
    # Outlines that say much lie above those of their neighbours that say little.
    inside = [markup for _weight_, markup in sorted(shapes, key=lambda s: s[0])]
    inside += [markup for _weight_, markup in sorted(dots, key=lambda s: s[0])]
    return Drawn(f'<g stroke-linejoin="round">{"".join(inside)}</g>{"".join(marks)}', WIDTH, HEIGHT)


def shown(code: str) -> bool:
    """Whether a map has a country, as an outline or as a dot."""
    world = outlines()
    return code in world.paths or (code in world.points and world.points[code][2])


def _weight(place: Place | None) -> int:
    return 0 if place is None else 2 if place.state == "searched-none-found" else 1


def _painted(place: Place | None) -> str:
    if place is None:
        return f' fill="{ink("raised")}" stroke="{ink("rule")}" stroke-width=".5"'
    paint = signs.paint(place.state, place.step, area=True)
    # Among filled neighbours an outline in the colour of the paper tells them apart.
    line, wide = (ink("paper"), 0.6) if place.state == "documented" else (paint.stroke, min(paint.wide * 0.6, 1))
    dash = f' stroke-dasharray="{",".join(map(str, paint.dash))}"' if paint.dash else ""
    return f' fill="{paint.fill}" stroke="{line}" stroke-width="{wide:g}"{dash}'


def _linked(place: Place | None, shape: str) -> str:
    if place is None:
        return shape
    named = shape.replace("/>", f"><title>{escape(place.words)}</title></{shape[1:].split(' ', 1)[0]}>")
    if not place.href:
        return named
    words = escape(place.words)
    return f'<a href="{escape(place.href)}" aria-label="{words}" tabindex="-1">{named}</a>'


@cache
def outlines() -> Outlines:
    """Return the world as Vega-Lite projects it (Equal Earth), Antarctica left out; made once."""
    world = json.loads(files.place("world.json").read_text("utf-8"))
    points = [{"id": code, "x": x, "y": y, "small": 1 - big} for code, (x, y, big) in world["points"].items()]
    spec = {
        "width": WIDTH,
        "height": HEIGHT,
        "projection": {"type": "equalEarth", "scale": _SCALE, "translate": [WIDTH / 2, _EQUATOR]},
        "layer": [
            {
                "data": {"values": world["topology"], "format": {"type": "topojson", "feature": "countries"}},
                "mark": "geoshape",
                "encoding": {"description": {"field": "id"}},
            },
            {
                "data": {"values": points},
                "mark": "point",
                "transform": [{"calculate": "datum.id + ' ' + datum.small", "as": "name"}],
                "encoding": {
                    "longitude": {"field": "x", "type": "quantitative"},
                    "latitude": {"field": "y", "type": "quantitative"},
                    "description": {"field": "name"},
                },
            },
        ],
    }
    svg = drawing.raw(spec)
    paths: dict[str, list[str]] = {}
    for label, path in _OUTLINE.findall(svg):
        code = label if re.fullmatch(r"\d{3}", label) else ""
        if code != _ANTARCTICA and "L" in path and " " not in label:
            paths.setdefault(code, []).append(_short(path))
    found = {code: (round(float(x), 1), round(float(y), 1), small == "1") for code, small, x, y in _POINT.findall(svg)}
    return Outlines(paths, {code: point for code, point in found.items() if code != _ANTARCTICA})


def _short(path: str) -> str:
    """Return an outline with steps of a tenth of a pixel in place of long coordinates.

    >>> _short("M10.04,20.06L11.06,20.06L11.06,22Z")
    'M10,20.1l1.1,0l0,1.9z'
    """
    parts, x, y = [], 0.0, 0.0
    for match in _PAIR.finditer(path):
        if match[1] is None:
            parts.append("z")
            continue
        nx, ny = round(float(match[2]), 1), round(float(match[3]), 1)
        if match[1] == "M":
            parts.append(f"M{nx:g},{ny:g}")
        elif (nx, ny) != (x, y):
            parts.append(f"l{round(nx - x, 1):g},{round(ny - y, 1):g}")
        x, y = nx, ny
    return "".join(parts)
