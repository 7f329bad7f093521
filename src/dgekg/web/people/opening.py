"""Which rows of a view a page shows: not all of a long hierarchy, but those that the reader opened, in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dgekg.coverage import Grid
from dgekg.errors import UnknownValue
from dgekg.web.house import Visit
from dgekg.web.people import grids

MOST_ROWS, MOST_COLUMNS = 48, 26
KEY = "open"


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is shown.

    Attributes:
        iri: its concept; "" for what is not stated.
        depth: how far it lies below the first.
        narrower: how many rows lie directly beneath it and are not shown anyway.
        opened: whether the reader opened it.
        again: whether the same concept stands further up too, for it has several broader ones.
    """

    iri: str
    depth: int
    narrower: int = 0
    opened: bool = False
    again: bool = False


@dataclass(frozen=True)
class Shown:
    """The rows of a page, with the view they are counted in (deeper than what was asked, where rows were opened).

    Attributes:
        grid: what the rows are of.
        lines: in order.
        folded: how many levels are shown of a view that asked for all; None where all that was asked for is shown.
    """

    grid: Grid
    lines: Sequence[Line]
    folded: int | None

    @property
    def rows(self) -> list[tuple[str, int]]:
        """The rows with their depths."""
        return [(line.iri, line.depth) for line in self.lines]


def lines(visit: Visit, grid: Grid) -> Shown:
    """Return the rows of a view that a page shows.

    Raises:
        UnknownValue: the address opens a row that there is not; the nearest is suggested.
    """
    view, axis = grid.view, grid.axes[0]
    concepts = visit.observatory.index.concepts(axis.dimension)
    by_code = {grids.code(iri): iri for iri in concepts}
    codes = list(dict.fromkeys(visit.request.query_params.getlist(KEY)))
    for code in codes:
        if code not in by_code:
            raise UnknownValue(KEY, code, sorted(by_code))
    folded = _fold(visit, grid, 0, MOST_ROWS)
    base = [(r, d) for r, d in zip(axis.rows, axis.depths, strict=True) if not r or folded is None or d <= folded]
    deep = grid
    if codes and dict(view.depths).get(axis.dimension) is not None:
        deep = visit.snapshot.grid(
            replace(view, depths=tuple(pair for pair in view.depths if pair[0] != axis.dimension))
        )
    beneath: dict[str, list[str]] = {}
    known = deep.axes[0].at if codes else concepts
    for iri, concept in concepts.items():
        for broader in concept.broader if iri in known else ():
            beneath.setdefault(broader, []).append(iri)
    if codes:
        for narrower in beneath.values():
            narrower.sort(key=deep.axes[0].at.__getitem__)
    opened = {by_code[code] for code in codes}
    found: list[Line] = []
    seen: set[str] = set()

    def place(iri: str, depth: int, shown: set[str], above: tuple[str, ...]) -> None:
        below = [] if iri in above else [one for one in beneath.get(iri, ()) if one not in shown]
        found.append(Line(iri, depth, len(below), iri in opened and bool(below), iri in seen))
        seen.add(iri)
        if iri in opened:
            for one in below:
                place(one, depth + 1, set(), (*above, iri))

    for n, (iri, depth) in enumerate(base):
        under = {r for r, d in _under(base[n + 1 :], depth)}
        place(iri, depth, under, ())
    return Shown(deep, found, folded)


def toggle(visit: Visit, line: Line) -> str:
    """Return the address of this page with a row opened, or closed again."""
    code = grids.code(line.iri)
    codes = [one for one in visit.request.query_params.getlist(KEY) if one != code]
    pairs = [(k, v) for k, v in visit.request.query_params.multi_items() if k != KEY]
    pairs += [(KEY, one) for one in (codes if line.opened else [*codes, code])]
    return visit.url(f"{visit.request.url.path}#row-{code}", pairs)


def _under(rows: Sequence[tuple[str, int]], depth: int) -> list[tuple[str, int]]:
    found = []
    for iri, below in rows:
        if below <= depth:
            break
        found.append((iri, below))
    return found


def columns(visit: Visit, grid: Grid) -> tuple[list[tuple[str, int]], int | None]:
    """Return the columns that a page shows with their depths, and how many levels that is, where it is not all."""
    if len(grid.axes) < 2:
        return [], None
    axis = grid.axes[1]
    fold = _fold(visit, grid, 1, MOST_COLUMNS)
    pairs = zip(axis.rows, axis.depths, strict=True)
    return [(row, depth) for row, depth in pairs if not row or fold is None or depth <= fold], fold


def _fold(visit: Visit, grid: Grid, position: int, most: int) -> int | None:
    """Return how many levels a page shows of a view that does not say, where all are too many."""
    axis = grid.axes[position]
    asked = any(text == f"{axis.dimension}=" for text in visit.request.query_params.getlist("depth"))
    if asked or axis.dimension in dict(grid.view.depths) or len(axis.rows) <= most:
        return None
    depths = sorted({depth for row, depth in zip(axis.rows, axis.depths, strict=True) if row})
    fitting = [depth for depth in depths if sum(below <= depth for below in axis.depths) <= most]
    fold = max([1 if axis.dimension in visit.observatory.index.roots else 0, *fitting])
    return fold if fold < depths[-1] else None
