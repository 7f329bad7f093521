"""The list of gaps: ranked, by kind, each with what comes next; filters by group, stage and place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from dgekg import demand, render
from dgekg.coverage import Gap, Grid, View
from dgekg.coverage.gaps import KINDS
from dgekg.coverage.reading import once
from dgekg.coverage.rows import walk
from dgekg.demand import SORTS, Ordered
from dgekg.errors import UnknownValue
from dgekg.web.house import House, Visit
from dgekg.web.people import empty, grids, paged, pages, viewform

CHOSEN = ("group", "stage", "region")
_ORDER = (*CHOSEN, "lever", "kind")
AT_ONCE = 30
# What comes next lies behind the cell where something is there; else on the page that says who searched.
_BEHIND = ("evidence", "implementation", "participation", "protection", "remedy")
_NOBODY = ("knowledge", "reach")


def gaps(house: House, request: Request) -> Response:
    """`/gaps`: what is missing, by kind, the broadest and gravest first."""
    visit = Visit(house, request)
    return visit.page("gaps.html", lambda: _gaps(visit))


def _gaps(visit: Visit) -> dict[str, Any]:
    kind = visit.request.query_params.get("kind", "")
    if kind and kind not in KINDS:
        raise UnknownValue("kind", kind, KINDS)
    view = view_of(visit)
    grid = visit.snapshot.grid(view)
    sort = visit.request.query_params.get("demand", "")
    demanded = visit.snapshot.demanded(view, sort) if sort else None
    found = demanded.gaps if demanded else visit.snapshot.gaps(view)
    chosen = [g for g in found if g.kind == kind] if kind else found
    page = paged.of(visit, chosen, AT_ONCE)
    tally = {k: sum(g.kind == k for g in found) for k in KINDS}
    texts = [viewform.text(one) for one in view.filters]
    simple = {one.partition("=")[0]: one for one in texts if one.count("=") == 1 and "!" not in one and "," not in one}
    return {
        "view": view,
        "kind": kind,
        "kinds": [(k, tally[k], render.gap_words(k, visit.language)) for k in KINDS if tally[k] or k == kind],
        "all": len(found),
        "page": page,
        "runs": runs([gap_card(visit, grid, g) | told(demanded, g) for g in page.items]),
        "demand": sort,
        "sorts": SORTS,
        "demand_notes": demand.about(demanded, visit.observatory.names, visit.language)["notes"] if demanded else [],
        "tally": tally,
        "filters": [(words, without(visit, texts, text)) for text, words in viewform.filters(visit, view.filters)],
        "choices": [(name, choices(visit, name), simple.get(name, "")) for name in CHOSEN],
        "kept": [text for text in texts if not (text in simple.values() and text.partition("=")[0] in CHOSEN)],
        "finer": [(k, v) for k, v in parse_qsl(view.query_string()) if k not in ("rows", "cols", "where", "depth")],
        "chosen_rows": "rows" in visit.request.query_params,
        "query": view.query_string() + (f"&demand={sort}" if sort else ""),
        "dimensions": pages.dimensions(visit),
        "place": _place(visit, grid) if view.filters else None,
        "nothing": empty.of_gaps(visit, grid, found, kind),
    }


def view_of(visit: Visit) -> View:
    """Return the view whose gaps are asked for.

    Where the address names no rows, they are what is not narrowed already: gaps for women with disabilities are
    listed by stage and place, and not by all groups that a practice may name beside them.

    Raises:
        InputError: a key or value that cannot be understood; the nearest is suggested.
    """
    params = visit.request.query_params
    own = ("kind", "demand", paged.KEY, "lang", "format", "safe")
    for key in own:
        once(key, params.getlist(key), "")
    pairs = [(k, v) for k, v in params.multi_items() if k not in own and v]
    if not any(key == "rows" for key, _ in pairs):
        narrowed = {v.partition("=")[0] for k, v in pairs if k == "where" and "!" not in v.partition("=")[0]}
        free = [name for name in _ORDER if name not in narrowed]
        free = (
            free[:1] if len(free) == len(_ORDER) - len(CHOSEN) else free[:2]
        )  # one place: what is done there, by lever
        columned = any(k == "cols" for k, _ in pairs)
        pairs += [("rows", free[0]), *(("cols", name) for name in free[1:] if not columned)]
        if "region" in free and not any(k == "depth" for k, _ in pairs):
            pairs.append(("depth", "region=2"))
    return View.from_query(urlencode(pairs), visit.observatory.index, visit.observatory.names)


def _place(visit: Visit, grid: Grid) -> dict[str, Any] | None:
    """Return what is known of the place that the filters name, whatever the rows and columns."""
    roots = tuple(visit.observatory.index.roots.get(axis.dimension, "") for axis in grid.axes)
    found = grid.cells.get(roots)
    if found is None:
        return None
    return {"cell": grids.drawn(visit, grid, found), "href": grids.explanation(visit, grid, found)}


def without(visit: Visit, conditions: Sequence[str], one: str) -> str:
    """Return this very address without one of its conditions."""
    pairs = [(k, v) for k, v in visit.request.query_params.multi_items() if k not in ("where", paged.KEY, "lang") and v]
    return visit.url("/gaps", [*pairs, *(("where", text) for text in conditions if text != one)])


def choices(visit: Visit, name: str) -> list[tuple[str, str, int]]:
    """Return what a dimension can be narrowed to: the condition as an address has it, words, depth."""
    index = visit.observatory.index
    rows = walk(index.hierarchy.get(index.dimension(name).home, {}))
    root = index.roots.get(name)
    return [(f"{name}={grids.code(iri)}", visit.label(iri), depth) for iri, depth in rows if iri != root]


def runs(gaps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return gaps as runs of one kind, in their order: the gaps of each, and how many lie before it."""
    found: list[dict[str, Any]] = []
    for number, gap in enumerate(gaps):
        if not found or found[-1]["gaps"][0]["kind"] != gap["kind"]:
            found.append({"gaps": [], "before": number})
        found[-1]["gaps"].append(gap)
    return found


def told(demanded: Ordered | None, gap: Gap) -> dict[str, int]:
    """Return how much demand is on record of a gap, and the place that it had without; nothing where none is asked."""
    return {"recorded": demanded.records(gap), "was": demanded.was(gap)} if demanded else {}


def gap_card(visit: Visit, grid: Grid, gap: Gap) -> dict[str, Any]:
    """Return a gap as a list shows it: its kind, what is missing, what comes next, its card."""
    looked = grids.explanation(visit, grid, gap.cell)
    if gap.kind in _NOBODY:
        step = visit.url("/contribute#look")
    else:
        step = grids.behind(visit, grid, gap.cell) if gap.kind in _BEHIND else looked
    return {
        "kind": gap.kind,
        "words": render.gap_words(gap.kind, visit.language),
        "sentence": render.gap_sentence(visit.observatory, grid, gap, visit.language),
        "cell": grids.drawn(visit, grid, gap.cell),
        "href": looked,
        "step": step,
        "card": grids.card(visit, grid, gap),
    }
