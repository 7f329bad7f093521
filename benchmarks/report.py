"""The measurements as one table in Markdown and as JSON: medians and spread, ratios first, and how cost grows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.measure import Timing
from benchmarks.results import Line
from benchmarks.suite import BYTES, DUCK, ENGINES, OURS, SPARQL

_HEAD = (
    "practices",
    "what",
    "dgekg",
    "x best SPARQL",
    "x DuckDB",
    "of reading the bytes",
    *SPARQL,
    "DuckDB",
    "bytes once",
    "remarks",
)


def table(lines: Sequence[Line]) -> str:
    """Return the table; a ratio says how many times longer the other takes, or how many readings we take."""
    rows = [_HEAD, tuple("---" for _ in _HEAD), *(_row(line) for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def growth(lines: Sequence[Line]) -> str:
    """Return how each measure grows with the number of practices: the exponent fitted to the medians; 1 is linear."""
    names = dict.fromkeys((line.part, line.name) for line in lines)
    sizes = sorted({line.size for line in lines})
    rows: list[tuple[str, ...]] = [
        ("what", *(f"{size:,}" for size in sizes), "exponent"),
        tuple("---" for _ in range(len(sizes) + 2)),
    ]
    for part, name in names:
        found = {line.size: line.times[OURS].median for line in lines if line.name == name and OURS in line.times}
        points = [(size, seconds) for size, seconds in found.items() if seconds]
        if part in ("build", "index", "views", "gaps", "files", "search", "writer") and len(points) > 1:
            shown = (seconds_text(found.get(size)) if size in found else "" for size in sizes)
            rows.append((name, *shown, f"{exponent(points):.2f}"))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) if len(rows) > 2 else ""


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of log(cost) over log(size), fitted by least squares.

    >>> round(exponent([(10, 3.0), (100, 30.0), (1000, 300.0)]), 6)
    1.0
    """
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    across = sum((x - mean_x) ** 2 for x, _ in logs)
    slope: float = sum((x - mean_x) * (y - mean_y) for x, y in logs) / across
    return slope


def as_json(lines: Iterable[Line], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that was measured."""
    return {
        "about": dict(about),
        "lines": [
            {
                "practices": line.size,
                "part": line.part,
                "what": line.name,
                "note": line.note,
                "memory": line.memory,
                "times": {
                    column: {
                        "median": timing.median,
                        "spread": timing.spread,
                        "runs": len(timing.seconds),
                        "seconds": timing.seconds,
                        "note": timing.note,
                    }
                    for column, timing in line.times.items()
                },
            }
            for line in lines
        ],
    }


def of_json(document: Mapping[str, Any]) -> list[Line]:
    """Return the lines of what `as_json` gave."""
    return [
        Line(
            line["practices"],
            line["part"],
            line["what"],
            {column: Timing(tuple(one["seconds"]), one["note"]) for column, one in line["times"].items()},
            line["memory"],
            line["note"],
        )
        for line in document["lines"]
    ]


def seconds_text(seconds: float | None) -> str:
    """Return seconds for a reader.

    >>> seconds_text(0.0001234), seconds_text(0.0456), seconds_text(12.345)
    ('0.12 ms', '46 ms', '12 s')
    """
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{_two(seconds * 1000)} ms"
    return f"{_two(seconds)} s"


def _row(line: Line) -> tuple[str, ...]:
    ours = line.times.get(OURS)
    sparql = [t for name in SPARQL if (t := line.times.get(name)) and t.median]
    best = min(sparql, key=lambda t: t.median or math.inf, default=None)
    views = line.part == "views"
    return (
        f"{line.size:,}",
        line.name,
        _cell(line, OURS),
        _ratio(best, ours) if views else "",
        _ratio(line.times.get(DUCK), ours) if views else "",
        _ratio(ours, line.times.get(BYTES)) if views else "",
        *(_cell(line, name) for name in ENGINES),
        _cell(line, BYTES) if views else "",
        "; ".join(part for part in (line.note, *_more(line)) if part),
    )


def _more(line: Line) -> Iterable[str]:
    for column, words in (("first", "first time in a process"), ("whole", "with states and all measures")):
        if column in line.times:
            yield f"{words} {seconds_text(line.times[column].median)}"


def _cell(line: Line, column: str) -> str:
    parts = []
    timing = line.times.get(column)
    if timing:
        spread = f" ± {timing.spread:.0%}" if len(timing.seconds) > 1 else ""
        parts.append(f"{seconds_text(timing.median)}{spread}" if timing.median is not None else timing.note)
        if timing.median is not None and timing.note:
            parts.append(timing.note)
    if line.memory.get(column):
        parts.append(f"{_two(line.memory[column] / 2**20)} MiB")
    return ", ".join(parts)


def _ratio(longer: Timing | None, shorter: Timing | None) -> str:
    if longer is None or shorter is None or not longer.median or not shorter.median:
        return ""
    return f"**{_two(longer.median / shorter.median)}**"


def _two(value: float) -> str:
    """Return a number with two digits that count."""
    if value >= 100:
        digits = 1 - math.floor(math.log10(value))
        return f"{round(value, digits):,.0f}"
    return f"{value:.1f}" if 1 <= value < 10 else f"{value:.2f}" if value < 1 else f"{value:.0f}"
