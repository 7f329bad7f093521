"""The six states and the four marks as a drawing has them: the same shapes as `cells.css`.

A state is a pattern, an outline and a sign before it is a colour, so that it can be told without seeing colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from dgekg.charts.colours import ink

_SWATCH, _TALL, _LINE = 34, 22, 30
_LETTER, _SIZE = 7.1, 14


@dataclass(frozen=True, slots=True)
class Paint:
    """How an area is drawn: fill and outline (`colours.ink`, or a pattern), its width and dashes, and the ink on it."""

    fill: str
    stroke: str
    wide: float = 1
    dash: tuple[float, ...] = ()
    ink: str = "ink"


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the key: a state with its step, or a mark, its sign and its words."""

    name: str
    sign: str
    words: str
    step: int = 2


_STATES = {
    "thin": Paint("url(#hatch)", ink("hatch")),
    "searched-none-found": Paint("url(#rings)", ink("ink"), 2),
    "not-searched": Paint(ink("paper"), ink("dots"), 1.5, (1.5, 2.5), "soft"),
    "not-applicable": Paint("url(#dashes)", ink("rule"), 1, (), "soft"),
    "present-filtered-out": Paint(ink("paper"), ink("strong"), 1, (5, 3), "soft"),
    "not-published": Paint("url(#lid)", ink("strong"), 1.5),
}
MARKS = ("effect-shown", "harm-or-mixed", "from-afar", "stale")
MARK_SIGNS = dict(zip(MARKS, "+!~†", strict=True))
STEPS = (1, 4, 12, 40)
# Within a cell a sign is written; on a map, where there is no room for one, the pattern stands for it.
_WITHOUT_SIGN = {"url(#rings)": ink("paper"), "url(#dashes)": ink("paper"), "url(#lid)": ink("paper")}


def step(number: int) -> int:
    """Return how dark a number is, 0 to 4; the same everywhere, so that pictures can be compared.

    >>> [step(n) for n in (0, 1, 3, 4, 12, 39, 40, 644)]
    [0, 1, 1, 2, 3, 3, 4, 4]
    """
    return sum(number >= least for least in STEPS)


def paint(state: str, step: int, area: bool = False) -> Paint:
    """Return how a state is drawn.

    Args:
        state: its name.
        step: 0 to 4, how much of it, for what is documented.
        area: whether it is an area without room for a sign.
    """
    if state == "documented":
        n = min(max(step, 1), 4)
        return Paint(ink(f"c{n}"), ink(f"c{n}"), 1, (), f"on{n}")
    found = _STATES[state]
    if area:
        return found
    return Paint(_WITHOUT_SIGN.get(found.fill, found.fill), found.stroke, found.wide, found.dash, found.ink)


def named(drawing: str, name: str) -> str:
    """Return a drawing that names its patterns as `patterns(name)` has them."""
    return drawing.replace("url(#", f"url(#{name}-")


def patterns(name: str) -> str:
    """Return the patterns of a picture; their ids begin with its name."""

    def pattern(of: str, size: int, inside: str, turned: str = "") -> str:
        ground = f'<rect width="{size}" height="{size}" fill="{ink("paper")}"/>'
        return (
            f'<pattern id="{name}-{of}" width="{size}" height="{size}" patternUnits="userSpaceOnUse"{turned}>'
            f"{ground}{inside}</pattern>"
        )

    hatch = f'<rect width="2" height="6" fill="{ink("hatch")}"/>'
    rings = f'<circle cx="4" cy="4" r="2" fill="none" stroke="{ink("ink")}" stroke-width=".8"/>'
    dashes = f'<rect x="1" y="3" width="5" height="1" fill="{ink("strong")}"/>'
    lid = f'<rect width="8" height="4" fill="{ink("strong")}"/>'
    return (
        "<defs>"
        + pattern("hatch", 6, hatch, ' patternTransform="rotate(45)"')
        + pattern("rings", 8, rings)
        + pattern("dashes", 8, dashes)
        + pattern("lid", 8, lid)
        + "</defs>"
    )


def mark(name: str, sign: str, x: float, y: float) -> str:
    """Return a mark drawn around a point."""
    harm = name == "harm-or-mixed"
    fill, line = (ink("warn"), ink("paper")) if harm else (ink("paper"), ink("ink"))
    shape = (
        f'<circle cx="{x:g}" cy="{y:g}" r="6.5"'
        if name == "effect-shown"
        else f'<rect x="{x - 6:g}" y="{y - 6:g}" width="12" height="12" rx="2"'
    )
    return (
        f'{shape} fill="{fill}" stroke="{line}"/><text x="{x:g}" y="{y + 4:g}" font-size="11" font-weight="600" '
        f'text-anchor="middle" fill="{line}">{escape(sign)}</text>'
    )


def swatch(one: Key, area: bool = False, name: str = "p") -> str:
    """Return what stands before a line of the key, from the origin, 34 by 22; `name` is that of its patterns."""
    if one.name in MARKS:
        return mark(one.name, one.sign, _SWATCH / 2, _TALL / 2)
    found = paint(one.name, one.step, area)
    dash = f' stroke-dasharray="{",".join(map(str, found.dash))}"' if found.dash else ""
    sign = "" if area and one.name != "documented" else escape(one.sign)
    size = 9 if len(one.sign) > 3 else 12
    lid = one.name == "not-published" and not area
    return (
        f'<rect x="1" y="1" width="{_SWATCH - 2}" height="{_TALL - 2}" fill="{named(found.fill, name)}" '
        f'stroke="{found.stroke}" stroke-width="{found.wide:g}"{dash}/>'
        + (f'<rect x="1" y="1" width="{_SWATCH - 2}" height="6" fill="{ink("strong")}"/>' if lid else "")
        + f'<text x="{_SWATCH / 2:g}" y="{_TALL / 2 + (7 if lid else 4):g}" font-size="{size}" text-anchor="middle" '
        f'fill="{ink(found.ink)}">{sign}</text>'
    )


def key(keys: Sequence[Key], width: float, name: str = "p") -> tuple[str, float]:
    """Return the key of a picture in lines no wider than `width`, and its height; `name` is that of its patterns."""
    if not keys:
        return "", 0
    area = any(one.sign == "" for one in keys)
    found, x, y = [], 0.0, 0.0
    for one in keys:
        needs = _SWATCH + 8 + len(one.words) * _LETTER + 16
        if x and x + needs > width:
            x, y = 0.0, y + _LINE
        found.append(
            f'<g transform="translate({x:g},{y:g})">{swatch(one, area, name)}'
            f'<text x="{_SWATCH + 7}" y="{_TALL / 2 + 5:g}" '
            f'font-size="{_SIZE}" fill="{ink("ink")}">{escape(one.words)}</text></g>'
        )
        x += needs
    return "".join(found), y + _LINE
