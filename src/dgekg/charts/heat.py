"""A heat map: rows by columns, each cell with its state, its number and its marks."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dgekg.charts import signs
from dgekg.charts.colours import ink
from dgekg.charts.drawing import LETTER, SIZE, Drawn, draw

CELL, TALL = 68, 30
_HEAD, _LINE = 12.5, 15
_STEEP = 11.0  # a size below which headings lie aslant instead: on paper they would be too small to read
_ROW = 34  # letters of a row's label in one line
_MARK = 11
_WIDEST = 0.54  # of the size: what a letter of a long word is wide
_CORNERS = {"effect-shown": (1, -1), "harm-or-mixed": (-1, -1), "from-afar": (1, 1), "stale": (-1, 1)}
_ONCE = "\u00a0"  # leading blanks that a drawing keeps


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: state, the sign or number in it, how much of it (0-4), and its marks with their signs."""

    state: str
    sign: str
    step: int = 0
    marks: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its label, how far it lies below the first, its cells."""

    label: str
    depth: int
    boxes: Sequence[Box]


def drawn(rows: Sequence[Row], columns: Sequence[str]) -> Drawn:
    """Draw a heat map.

    Args:
        rows: in order; each has a box for each column.
        columns: their labels, in order.
    """
    return draw(spec(rows, columns))


def spec(rows: Sequence[Row], columns: Sequence[str]) -> dict[str, Any]:
    """Return the Vega-Lite specification of a heat map."""
    heads = [textwrap.wrap(column, 12, break_long_words=False) or [""] for column in columns]
    longest = max((len(word) for lines in heads for line in lines for word in line.split()), default=1)
    size = min(_HEAD, CELL / (_WIDEST * longest))
    aslant = size < _STEEP
    if aslant:
        size, heads = _HEAD, [textwrap.wrap(column, 18, break_long_words=False) or [""] for column in columns]
    most = max(map(len, heads), default=1)
    names = [_named(row) for row in rows]
    values = []
    for n, row in enumerate(rows):
        for m, box in enumerate(row.boxes):
            paint = signs.paint(box.state, box.step)
            values.append(
                {
                    "row": _key(n, names[n]),
                    "column": _key(m, "\n".join([" "] * (most - len(heads[m])) + heads[m])),
                    "sign": box.sign,
                    "state": box.state,
                    "fill": paint.fill,
                    "stroke": paint.stroke,
                    "ink": ink(paint.ink),
                    "marks": dict(box.marks),
                }
            )
    axis = {"labelExpr": "split(substring(datum.label, 5), '\\n')", "title": None}
    top = {"orient": "top", "labelAngle": 0, "labelFontSize": size, "labelLineHeight": _LINE, "labelAlign": "center"}
    if aslant:
        top |= {"labelAngle": -40, "labelAlign": "left", "labelBaseline": "bottom"}
    two = {"condition": {"test": "indexof(datum.label, '\\n') > 0", "value": "bottom"}, "value": "middle"}
    side = {"labelAlign": "left", "labelBaseline": two, "labelLineHeight": SIZE}
    wide = max((len(line) for name in names for line in name.split("\n")), default=0) * LETTER * SIZE + 6
    return {
        "data": {"values": values},
        "width": {"step": CELL},
        "height": {"step": TALL},
        "encoding": {
            "y": {"field": "row", "type": "ordinal", "axis": {**axis, **side, "labelPadding": wide}},
            "x": {
                "field": "column",
                "type": "ordinal",
                "axis": {**axis, **top, "labelPadding": _LINE * (most - 1) + 4, "labelOverlap": False},
            },
        },
        "layer": [*_areas(), *_signs(), *_marks()],
    }


def _named(row: Row) -> str:
    """Return a row's label in at most two lines."""
    indent = _ONCE * 4 * max(row.depth - 1, 0)
    lines = textwrap.wrap(textwrap.shorten(row.label, 66, placeholder=" …"), _ROW, max_lines=2, placeholder=" …")
    return "\n".join(indent + line for line in lines or [""])


def _key(place: int, label: str) -> str:
    """Return what orders and tells apart rows whose labels may be the same."""
    return f"{place:04d} {label}"


def _areas() -> list[dict[str, Any]]:
    size: dict[str, Any] = {"width": CELL - 5, "height": TALL - 5}
    paint: dict[str, Any] = {
        "fill": {"field": "fill", "type": "nominal", "scale": None},
        "stroke": {"field": "stroke", "type": "nominal", "scale": None},
    }
    plain: dict[str, Any] = {"type": "rect", **size, "strokeWidth": 1.2}
    states: dict[str, dict[str, Any]] = {
        "searched-none-found": {"strokeWidth": 2},
        "not-searched": {"strokeDash": [1.5, 2.5]},
        "present-filtered-out": {"strokeDash": [5, 3]},
    }
    apart = " || ".join(f"datum.state === '{name}'" for name in states)
    areas: list[dict[str, Any]] = [
        {"transform": [{"filter": f"!({apart})"}], "mark": plain, "encoding": paint},
    ]
    for name, more in states.items():
        here = [{"filter": f"datum.state === '{name}'"}]
        areas.append({"transform": here, "mark": {**plain, **more}, "encoding": paint})
    lid: dict[str, Any] = {**size, "type": "rect", "height": 8, "yOffset": -(TALL - 13) / 2, "fill": ink("strong")}
    return [*areas, {"transform": [{"filter": "datum.state === 'not-published'"}], "mark": lid}]


def _signs() -> list[dict[str, Any]]:
    colour = {"text": {"field": "sign"}, "color": {"field": "ink", "type": "nominal", "scale": None}}
    thin = {"type": "rect", "width": 24, "height": 17, "fill": ink("paper")}
    return [
        {"transform": [{"filter": "datum.state === 'thin'"}], "mark": thin},
        {
            "transform": [{"filter": "datum.state !== 'not-published'"}],
            "mark": {"type": "text", "fontSize": SIZE},
            "encoding": colour,
        },
        {
            "transform": [{"filter": "datum.state === 'not-published'"}],
            "mark": {"type": "text", "fontSize": 10, "yOffset": 4},
            "encoding": colour,
        },
    ]


def _marks() -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    for name, (right, down) in _CORNERS.items():
        offset = {"xOffset": right * (CELL / 2 - 10), "yOffset": down * (TALL / 2 - 9)}
        harm = name == "harm-or-mixed"
        fill, line = (ink("warn"), ink("paper")) if harm else (ink("paper"), ink("ink"))
        shape = "circle" if name == "effect-shown" else "square"
        here = [{"filter": f"datum.marks['{name}']"}, {"calculate": f"datum.marks['{name}']", "as": "mark"}]
        point = {"type": "point", "shape": shape, "size": 130, "filled": True, "fill": fill, "opacity": 1}
        layers += [
            {"transform": here, "mark": {**point, **offset, "stroke": line, "strokeWidth": 0.8}},
            {
                "transform": here,
                "mark": {"type": "text", "fontSize": _MARK, "fontWeight": 600, "color": line, **offset},
                "encoding": {"text": {"field": "mark"}},
            },
        ]
    return layers
