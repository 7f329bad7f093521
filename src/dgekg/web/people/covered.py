"""`/coverage`: any view as a sentence, a picture, a table and how it is known; as a page, as a file, framed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import explain, render
from dgekg.charts.colours import THEMES
from dgekg.charts.picture import Picture
from dgekg.coverage import Cell, Filter, Grid, State, View
from dgekg.coverage.reading import once
from dgekg.errors import UnknownValue, ViewError
from dgekg.web.charts import answering
from dgekg.web.house import House, Visit
from dgekg.web.people import directory, empty, explore, grids, opening, pictured, viewform

OWN = ("measure", "theme", "beside", "shape")
_MOST_CELLS = 8_000
_FRAMED = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors *"
_SHAPES = ("map", "table")
_FIGURES = ("practices", "documented", "effect_shown", "harm_or_mixed", "promising", "direct", "above", "actors")
_USUAL = (("measure", "practices"), ("shape", "map"))
_FRAME = '<iframe src="{}" width="100%" height="640" title="{}" loading="lazy"></iframe>'
_OTHERS = (State.THIN, State.SEARCHED, State.NOT_APPLICABLE, State.NOT_PUBLISHED, State.FILTERED)


@dataclass(frozen=True)
class Sheet:
    """What is shown of a view: what was asked and counted, its rows and columns, and the number shown."""

    visit: Visit
    view: View
    grid: Grid
    measure: str
    shown: opening.Shown
    columns: Sequence[tuple[str, int]]
    fewer_columns: int | None

    @property
    def cells(self) -> int:
        """How many cells are shown."""
        return len(self.shown.lines) * max(1, len(self.columns))

    @property
    def large(self) -> bool:
        """Whether it is more than a page can show."""
        return self.cells > _MOST_CELLS or len(self.grid.axes) > 2


def coverage(house: House, request: Request) -> Response:
    """`/coverage`, `/coverage.svg`, `/coverage.png`: one view."""
    visit = Visit(house, request)
    suffix = str(request.path_params.get("suffix", ""))
    kind = answering.kind_of(visit, suffix)
    if suffix and kind is None:
        raise UnknownValue("ending", suffix, [one.suffix for one in answering.KINDS])
    if kind is not None:
        return answering.answer(visit, kind, lambda: _picture(_sheet(visit)), "coverage")
    added = _added(visit)
    return added or visit.page("coverage.html", lambda: _page(visit))


def embedded(house: House, request: Request) -> Response:
    """`/embed/coverage`: a view without the rest of a page; other sites may show it in a frame."""
    visit = Visit(house, request)
    return visit.page("embed.html", lambda: _embed(visit), **{"Content-Security-Policy": _FRAMED})


def _added(visit: Visit) -> Response | None:
    """Return the plain address of what a form asks for, with the filter that it adds; None where no form asks."""
    params = visit.request.query_params
    if "by" not in params:
        return None
    once("by", params.getlist("by"), "")
    value = once("is", params.getlist("is"), "").strip()
    view = explore.view_of(visit, *OWN, "by", "is", lists=(opening.KEY,))
    if value:
        added = urlencode({"where": f"{params['by']}={value}"})
        pairs = f"{view.query_string()}&{added}"
        view = View.from_query(pairs, visit.observatory.index, visit.observatory.names)
    all_levels = [("depth", text) for text in params.getlist("depth") if text.endswith("=")]
    return RedirectResponse(_address(visit, view, all_levels), 303)


def _sheet(visit: Visit) -> Sheet:
    params = visit.request.query_params
    shape = params.get("shape", "map")
    if shape not in _SHAPES:
        raise UnknownValue("shape", shape, _SHAPES, f"Use one of {', '.join(_SHAPES)}.")
    view = explore.view_of(visit, *OWN, "by", "is", lists=(opening.KEY,))
    measure = viewform.measure_of(visit)
    grid = visit.snapshot.grid(view)
    if len(grid.axes) > 2:
        return Sheet(visit, view, grid, measure, opening.Shown(grid, (), None), (), None)
    columns, fewer = opening.columns(visit, grid)
    return Sheet(visit, view, grid, measure, opening.lines(visit, grid), columns, fewer)


def _picture(sheet: Sheet) -> Picture:
    if sheet.large:
        raise ViewError(
            f"A picture has one or two dimensions and at most {_MOST_CELLS:,} cells. Leave out some cols, or show "
            f"fewer levels (depth={sheet.view.dimensions[0]}=1)."
        )
    says = " ".join(_answer(sheet)[:1])
    return pictured.picture(sheet.visit, sheet.shown.grid, sheet.shown.lines, sheet.columns, sheet.measure, says)


def _answer(sheet: Sheet) -> list[str]:
    """Return the view in a sentence, and a second for what is neither documented nor unsearched."""
    visit, cells = sheet.visit, _counted(sheet.visit, sheet.grid)
    states = Counter(cell.state for cell in cells)
    key = "coverage.answer_all" if not states[State.NOT_SEARCHED] else "coverage.answer"
    counts = {"documented": states[State.DOCUMENTED], "cells": len(cells), "unsearched": states[State.NOT_SEARCHED]}
    rest = [visit.t(f"coverage.also.{state.value}", n=states[state]) for state in _OTHERS if states[state]]
    found = [visit.t(key, **counts)]
    return [*found, visit.t("coverage.also.all", parts="; ".join(rest))] if rest else found


def _counted(visit: Visit, grid: Grid) -> list[Cell]:
    """Return the cells that are places: neither "any" nor "not stated"."""
    roots = [visit.observatory.index.roots.get(axis.dimension) for axis in grid.axes]
    return [
        cell
        for key, cell in grid.cells.items()
        if all(iri and iri != root for iri, root in zip(key, roots, strict=True))
    ]


def _table(sheet: Sheet) -> dict[str, Any]:
    """Return what the table of a page shows, and the picture that stands before it where there is one."""
    visit = sheet.visit
    if sheet.large:
        return {"sheet": None, "picture": None, "lines": [], "figures": [], "beside_map": []}
    table = grids.table(visit, sheet.shown.grid, sheet.shown.rows, sheet.measure, sheet.columns)
    flat = len(sheet.grid.axes) == 1 and any(cell.measures["practices"] for cell in sheet.grid.cells.values())
    on_map = pictured.is_map(visit, sheet.grid)
    return {
        "sheet": table,
        "lines": [
            (line, row, opening.toggle(visit, line) if line.narrower else "", _figures(sheet, line.iri))
            for line, row in zip(sheet.shown.lines, table.rows, strict=True)
        ],
        "figures": [name for name in _FIGURES if name != sheet.measure] if len(sheet.grid.axes) == 1 else [],
        "picture": _picture(sheet) if flat else None,
        "beside_map": pictured.beside(visit, sheet.grid, sheet.measure) if flat and on_map else [],
    }


def _figures(sheet: Sheet, iri: str) -> list[int | None]:
    """Return the other numbers of a row of a view of one dimension; None where nothing is published."""
    if len(sheet.grid.axes) > 1:
        return []
    cell = sheet.shown.grid.cells[(iri,)]
    closed = cell.state is State.NOT_PUBLISHED
    return [None if closed else cell.measures[name] for name in _FIGURES if name != sheet.measure]


def _page(visit: Visit) -> dict[str, Any]:
    sheet = _sheet(visit)
    view, grid, measure = sheet.view, sheet.grid, sheet.measure
    more = {} if measure == "practices" else {"measure": measure}
    return {
        **viewform.of(visit, view),
        **_table(sheet),
        "grid": grid,
        "answer": _answer(sheet),
        "caption": pictured.caption(visit, grid, measure),
        "legend": grids.legend(visit),
        "scale": grids.scale(visit),
        "totals": render.totals(grid, visit.language),
        "query": view.query_string(),
        "own": list(more.items()),
        "folded": sheet.shown.folded,
        "fewer_columns": sheet.fewer_columns,
        "with_beside": visit.request.query_params.get("beside", "") == "yes",
        "chips": [(shown, _without(visit, one)) for one, (_t, shown) in _filters(visit, view)],
        "ways": _ways(visit, sheet),
        "beyond": _beyond(visit, grid),
        "partly": any(c.partly_withheld for c in grid.cells.values()),
        "nothing": empty.of_coverage(visit, grid, **more),
        "doubts": explain.doubt_sentences(visit.observatory, view, visit.language),
        "embed": _FRAME.format(
            escape(visit.absolute(f"/embed/coverage?{view.query_string()}", more.items())),
            escape(pictured.caption(visit, grid, measure)),
        ),
    }


def _embed(visit: Visit) -> dict[str, Any]:
    sheet = _sheet(visit)
    theme = visit.request.query_params.get("theme", "")
    if theme and theme not in THEMES:
        raise UnknownValue("theme", theme, THEMES)
    return {
        **_table(sheet),
        "theme": theme,
        "view": sheet.view,
        "answer": _answer(sheet),
        "caption": pictured.caption(visit, sheet.grid, sheet.measure),
        "filters": viewform.filters(visit, sheet.view.filters),
        "legend": grids.legend(visit),
        "scale": grids.scale(visit),
        "with_beside": False,
        "whole": visit.url(f"/coverage?{sheet.view.query_string()}"),
    }


def _filters(visit: Visit, view: View) -> list[tuple[Filter, tuple[str, str]]]:
    return list(zip(view.filters, viewform.filters(visit, view.filters), strict=True))


def _address(visit: Visit, view: View, more: Sequence[tuple[str, str]] = ()) -> str:
    """Return the address of another view with what the page alone adds to it."""
    kept = [(k, v) for k, v in visit.request.query_params.multi_items() if k in OWN and v and (k, v) not in _USUAL]
    shown = [(k, v) for k, v in more if v.rstrip("=") in view.dimensions]
    return visit.url(f"/coverage?{view.query_string()}", [*kept, *shown])


def _without(visit: Visit, one: Filter) -> str:
    view = explore.view_of(visit, *OWN, "by", "is", lists=(opening.KEY,))
    return _address(visit, replace(view, filters=tuple(f for f in view.filters if f != one)))


def _ways(visit: Visit, sheet: Sheet) -> list[tuple[str, str]]:
    """Return other ways to see the same: words and link."""
    view = sheet.view
    found: list[tuple[str, str]] = []
    if len(view.dimensions) == 2:
        swapped = replace(view, dimensions=view.dimensions[::-1])
        found.append((visit.t("coverage.swap"), _address(visit, swapped)))
        on = visit.request.query_params.get("beside", "") == "yes"
        key = "coverage.beside_off" if on else "coverage.beside_on"
        found.append((visit.t(key), visit.here(beside="" if on else "yes")))
    if view.dimensions == ("region",):
        table = visit.request.query_params.get("shape", "map") == "table"
        key, shape = ("coverage.as_map", "") if table else ("coverage.as_bars", "table")
        found.append((visit.t(key), visit.here(shape=shape)))
    else:
        kept = tuple(f for f in view.filters if f.dimension != "region")
        by_region = replace(view, dimensions=("region",), filters=kept, depths=())
        found.append((visit.t("coverage.as_map"), _address(visit, by_region)))
    if sheet.shown.folded is not None:
        pairs = [*visit.request.query_params.multi_items(), ("depth", f"{view.dimensions[0]}=")]
        if not any(key == "rows" for key, _value in pairs):
            pairs.insert(0, ("rows", view.dimensions[0]))
        found.append((visit.t("coverage.unfold", n=len(sheet.grid.axes[0].rows)), visit.url("/coverage", pairs)))
    return found


def _beyond(visit: Visit, grid: Grid) -> dict[str, Any] | None:
    """Return what completeness and surprise say of a view; None where nothing is published about its filters."""
    if directory.withheld(visit, grid.view):
        return None
    complete = visit.observatory.completeness(grid.view)
    one = complete.estimate
    counts = {} if one is None else {"least": round(one.least), "low": round(one.low), "high": round(one.high)}
    return {
        "least": visit.t("coverage.least", **counts, percent=round(100 * one.confidence)) if one else "",
        "completeness": render.completeness_sentence(complete, visit.language),
        "rounds": render.round_sentences(visit.observatory, complete, visit.language),
        "surprise": render.surprise_sentence(visit.observatory.surprise(grid), visit.language),
    }
