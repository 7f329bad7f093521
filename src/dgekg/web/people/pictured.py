"""A view of one or two dimensions as a picture: a heat map, bars, or a map of the world."""

from __future__ import annotations

from collections.abc import Sequence

from dgekg.charts import bars, heat, world
from dgekg.charts.drawing import Drawn
from dgekg.charts.picture import Picture
from dgekg.charts.signs import Key
from dgekg.coverage import Cell, Grid, State
from dgekg.errors import ViewError
from dgekg.web import words
from dgekg.web.house import Visit
from dgekg.web.people import grids, viewform
from dgekg.web.people.opening import Line

_MOST = 2_500
_MARKS = ("effect-shown", "harm-or-mixed")  # that a map has room for


def picture(
    visit: Visit, grid: Grid, lines: Sequence[Line], columns: Sequence[tuple[str, int]], measure: str, says: str
) -> Picture:
    """Return a view as a picture.

    Args:
        visit: the request.
        grid: what is counted, with all rows of `lines`.
        lines: the rows to show.
        columns: the columns to show with their depths; none for a view of one dimension.
        measure: which number.
        says: what it shows, in a sentence.

    Raises:
        ViewError: more than two dimensions, or more cells than a picture has room for.
    """
    if len(grid.axes) > 2:
        raise ViewError(f"A picture has one or two dimensions; this view has {len(grid.axes)}. Leave out some cols.")
    if len(lines) * max(1, len(columns)) > _MOST:
        raise ViewError(
            f"A picture of {len(lines)} by {len(columns)} cells cannot be read; at most {_MOST:,} are drawn. "
            f"Show fewer levels (depth={grid.axes[0].dimension}=1), or take the table as CSV."
        )
    on_map = is_map(visit, grid)
    under = [shown for _text, shown in viewform.filters(visit, grid.view.filters)]
    return Picture(
        drawn=_world(visit, grid, measure) if on_map else _flat(visit, grid, lines, columns, measure),
        title=caption(visit, grid, measure),
        says=says,
        under=[says, *([f"{visit.t('practices.filtered')} {'; '.join(under)}."] if under else [])],
        keys=keys(visit, on_map),
        source=source(visit, grid, on_map),
        linked=on_map,
    )


def is_map(visit: Visit, grid: Grid) -> bool:
    """Whether a view is shown as a map: its one dimension is regions, and nothing else was asked for."""
    return grid.view.dimensions == ("region",) and visit.request.query_params.get("shape", "map") == "map"


def caption(visit: Visit, grid: Grid, measure: str) -> str:
    """Return what a picture or table of a view is called."""
    names = [visit.dimension_words(name) for name in grid.view.dimensions[:2]]
    key = "coverage.caption" if len(names) > 1 else "coverage.caption_one"
    text = visit.t(key, rows=names[0], cols=names[-1], measure=visit.t(f"measure.{measure}"))
    return text[:1].upper() + text[1:]


def keys(visit: Visit, on_map: bool = False) -> list[Key]:
    """Return what signs mean, for a picture that stands alone; on a map, patterns stand for the signs of states."""
    states, marks = grids.legend(visit)
    steps = [Key("documented", label, words_, n) for n, label, words_ in grids.scale(visit)]
    shown = [Key(name, "" if on_map else sign, said) for name, sign, said in states if name != "documented"]
    return [*steps, *shown, *(Key(*mark) for mark in marks if not on_map or mark[0] in _MARKS)]


def source(visit: Visit, grid: Grid, on_map: bool) -> list[str]:
    """Return where a picture comes from: name, version, date, licence, address; and whose outlines a map has."""
    observatory = visit.observatory
    said = visit.t("picture.source", version=observatory.version[:16], date=observatory.as_of.isoformat())
    address = visit.absolute(f"/coverage?{grid.view.query_string()}")
    return [f"{said} {address}", *([visit.t("picture.borders")] if on_map else [])]


def beside(visit: Visit, grid: Grid, measure: str) -> list[tuple[str, grids.Shown]]:
    """Return the places without narrower ones that a map cannot show, with their cells."""
    narrower = visit.observatory.index.narrower
    found = [iri for iri in grid.axes[0].rows if iri and not narrower.get(iri, frozenset()) - {iri} and not _drawn(iri)]
    return [(iri, grids.drawn(visit, grid, grid.cells[(iri,)], measure)) for iri in found]


def _drawn(iri: str) -> bool:
    return "/region/" in iri and world.shown(grids.code(iri))


def _world(visit: Visit, grid: Grid, measure: str) -> Drawn:
    places = {}
    for iri in grid.axes[0].rows:
        if not iri or not _drawn(iri):
            continue
        cell = grid.cells[(iri,)]
        shown = grids.drawn(visit, grid, cell, measure)
        marks = [(name, sign) for name, sign, _words in shown.marks if name in _MARKS]
        told = _told(visit, iri, shown, cell)
        places[grids.code(iri)] = world.Place(shown.state, shown.step, told, shown.href, marks)
    return world.drawn(places)


def _told(visit: Visit, iri: str, shown: grids.Shown, cell: Cell) -> str:
    """Return a country's name and state in words."""
    number = cell.measures["practices"]
    parts = [shown.words, visit.t("practices.n", n=number)] if number else [shown.words]
    parts += [said for _name, _sign, said in shown.marks]
    return f"{visit.label(iri)}: {', '.join(parts)}"


def _flat(visit: Visit, grid: Grid, lines: Sequence[Line], columns: Sequence[tuple[str, int]], measure: str) -> Drawn:
    index = visit.observatory.index
    roots = [index.roots.get(axis.dimension) for axis in grid.axes]
    if len(grid.axes) == 1:
        shown = [line for line in lines if line.iri and line.iri != roots[0]]
        return bars.drawn([_bar(visit, grid, line, measure) for line in shown])

    def name(position: int, iri: str) -> str:
        if not iri:
            return visit.t("grid.not_stated")
        if iri == roots[position]:
            return visit.t("grid.any", what=visit.dimension_words(grid.axes[position].dimension))
        return visit.label(iri)

    rows = []
    for line in lines:
        cells = [grids.drawn(visit, grid, grid.cells[(line.iri, column)], measure) for column, _depth in columns]
        boxes = [heat.Box(one.state, one.sign, one.step, [mark[:2] for mark in one.marks]) for one in cells]
        rows.append(heat.Row(name(0, line.iri), line.depth, boxes))
    return heat.drawn(rows, [name(1, column) for column, _depth in columns])


def _bar(visit: Visit, grid: Grid, line: Line, measure: str) -> bars.Bar:
    cell = grid.cells[(line.iri,)]
    shown = grids.drawn(visit, grid, cell, measure)
    number = cell.measures[measure]
    sign = words.number(number, visit.language) if cell.state in (State.DOCUMENTED, State.THIN) else shown.sign
    marks = " ".join(mark_sign for _name, mark_sign, _words in shown.marks)
    full = min(number, cell.measures["documented"]) if measure == "practices" else number
    return bars.Bar(visit.label(line.iri), full, number - full, f"{sign} {marks}".strip(), line.depth)
