"""Bars: one line a row, as long as its number; what is only thin is hatched, what is empty says so by its sign."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dgekg.charts.colours import ink
from dgekg.charts.drawing import LETTER, SIZE, Drawn, draw

TALL = 26
_ONCE = "\u00a0"
_WIDE = 460


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, how much of it is full and how much hatched, what stands at its end, its depth."""

    label: str
    full: float
    hatched: float = 0
    sign: str = ""
    depth: int = 0


def drawn(bars: Sequence[Bar], width: float = _WIDE) -> Drawn:
    """Draw bars in their order; the longest is `width` pixels."""
    return draw(spec(bars, width))


def spec(bars: Sequence[Bar], width: float = _WIDE) -> dict[str, Any]:
    """Return the Vega-Lite specification of bars."""
    values = []
    for n, bar in enumerate(bars):
        label = textwrap.shorten(bar.label, 60, placeholder=" …")
        row = {"row": f"{n:04d} {_ONCE * 4 * max(bar.depth - 1, 0)}{label}", "sign": bar.sign}
        values += [
            {**row, "part": 0, "from": 0, "to": bar.full, "fill": ink("c3")},
            {**row, "part": 1, "from": bar.full, "to": bar.full + bar.hatched, "fill": "url(#hatch)"},
        ]
    labels = [str(value["row"]) for value in values]
    left = {"labelAlign": "left", "labelPadding": (max(map(len, labels), default=5) - 5) * LETTER * SIZE + 8}
    most = max([1.0, *(bar.full + bar.hatched for bar in bars)])
    x = {"field": "from", "type": "quantitative", "axis": None, "scale": {"domain": [0, most], "nice": False}}
    end = {"field": "to", "type": "quantitative", "axis": None}
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": TALL},
        "encoding": {
            "y": {
                "field": "row",
                "type": "ordinal",
                "axis": {**left, "labelExpr": "substring(datum.label, 5)", "title": None, "labelOverlap": False},
            }
        },
        "layer": [
            {
                "transform": [{"filter": "datum.to > datum.from"}],
                "mark": {"type": "bar", "height": TALL - 8, "stroke": ink("c3"), "strokeWidth": 1},
                "encoding": {
                    "x": x,
                    "x2": {"field": "to"},
                    "fill": {"field": "fill", "type": "nominal", "scale": None},
                },
            },
            {
                "transform": [{"filter": "datum.part == 1"}],
                "mark": {"type": "text", "align": "left", "dx": 7, "fontSize": SIZE},
                "encoding": {"x": end, "text": {"field": "sign"}},
            },
        ],
    }
