"""Answers for programs: practices, coverage, gaps, questions, look-up, records (see `endpoints`)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from pyoxigraph import NamedNode

from dgekg import demand, equivalent, explain, identifiers, questions, render, template
from dgekg.coverage import Grid, View
from dgekg.coverage.gaps import KINDS
from dgekg.errors import InputError, RecordNotFound, UnknownValue, shown
from dgekg.web.house import Visit
from dgekg.web.linked import frame
from dgekg.web.people import asking, directory, empty, explore, gapcards, grids, sides
from dgekg.web.programs import columns, endpoint, lists, paging
from dgekg.web.programs.endpoint import Answer
from dgekg.web.snapshot import bare, query
from dgekg.why.place import own_cell

_MOST_GAPS = 1_000_000
_COUNTS = re.compile(r"\b(COUNT|SUM|AVG)\s*\(", re.IGNORECASE)


def practices(visit: Visit) -> Answer:
    """List practices; the same filters as a coverage view, so that a count there and a list here agree."""
    listed = directory.listing(visit, endpoint.whole(visit))
    names, rows = directory.rows(visit, listed.page)
    nothing = empty.of_listing(visit, listed)
    closed = directory.withheld(visit, listed.view)
    among = listed.found if listed.text else None
    about = {
        "query": listed.query(),
        "total": len(listed.found),
        "state": state_of(visit, listed.view),
        "why": nothing.document if nothing else None,
        "sparql": None if closed else equivalent.listed(visit.observatory, listed.view, among),
    }
    return Answer(names, rows, about, f"/practices?{listed.query()}", listed.cursor)


def state_of(visit: Visit, view: View) -> dict[str, Any] | None:
    """Return the state of the place that filters name, as a coverage view says it; words of a search do not count."""
    grid, cell = own_cell(visit.observatory, view)
    if cell is None:
        whole = replace(view, dimensions=("stage",), depths=(("stage", 0),), empty=True)
        grid = visit.snapshot.grid(whole)
        cell = grid.cells.get((visit.observatory.index.roots.get("stage", ""),))
    if cell is None or grid is None:
        return None
    words = render.state_words(cell.state.value, visit.language)
    return {
        "state": cell.state.value,
        "words": words,
        "marks": list(cell.marks),
        "practices": cell.measures["practices"],
    }


def coverage(visit: Visit) -> Answer:
    """Count practices by cell; every cell has a state, also the empty ones. With a second side, compare."""
    if sides.wanted(visit.request):
        return _comparison(visit)
    view = explore.view_of(visit, "safe", start="rows=stage")
    grid = visit.snapshot.grid(view)
    names, found = render.grid_rows(visit.observatory, grid, visit.language)
    nothing = empty.of_coverage(visit, grid)
    about = {
        **_view(visit, grid),
        "total": grid.total,
        "placed": grid.placed,
        "note": render.totals(grid, visit.language),
        "why": nothing.document if nothing else None,
        "doubts": list(explain.doubt_sentences(visit.observatory, view, visit.language)),
    }
    return Answer(names, found, about, f"/coverage?{view.query_string()}")


def _comparison(visit: Visit) -> Answer:
    names, found, about = sides.rows(visit)
    comparison = sides.asked(visit)
    queries: dict[str, str | None] = {"sparql": None, "sparql_second": None}
    if about["published"]:
        queries["sparql"] = equivalent.cells(visit.observatory, comparison.view)
        second = comparison.view if comparison.version else comparison.other
        queries["sparql_second"] = equivalent.cells(visit.observatory, second)
    page = str(about.pop("page"))
    return Answer(names, found, {**about, "total": len(found), **queries}, page)


def _view(visit: Visit, grid: Grid) -> dict[str, Any]:
    """Return what every answer about a view says: its query, how many cells of which state, and what gives its rows."""
    states: dict[str, int] = {}
    for one in grid.cells.values():
        states[one.state.value] = states.get(one.state.value, 0) + 1
    view = grid.view
    closed = directory.withheld(visit, view)
    conditions = endpoint.query(p for p in grids.conditions(view))
    places = "&".join(f"where={n}={{{n.replace('-', '_')}_code}}" for n in view.dimensions)
    at = "&".join(f"at={{{n.replace('-', '_')}_code}}" for n in view.dimensions)
    return {
        "query": view.query_string(),
        "states": dict(sorted(states.items())),
        "sparql": None if closed else equivalent.cells(visit.observatory, view),
        "records": f"{visit.absolute('/api/practices')}?{places}{'&' if conditions else ''}{conditions}",
        "explained": f"{visit.absolute('/api/coverage/cell')}?{view.query_string()}&{at}",
    }


def cell(visit: Visit) -> Answer:
    """Explain one cell in words, with the practices and statements that decide it."""
    grid, found = explore.one_cell(visit)
    names, rows = render.grid_rows(visit.observatory, replace(grid, cells={found.concepts: found}), visit.language)
    told = explain.explain_cell(visit.observatory, grid, found, visit.language)
    about = {**_view(visit, grid), "total": found.measures["practices"], "cell": explain.cell_json(told)}
    about["state"] = {"state": told.state, "words": told.state_words, "marks": [name for name, _words in told.marks]}
    del about["states"]
    return Answer(names, rows, about, f"/coverage/cell?{visit.query('safe')}")


def gaps(visit: Visit) -> Answer:
    """List what is missing, with what kind of missing it is and the parts of its priority."""
    params = visit.request.query_params
    kind = params.get("kind", "")
    if kind and kind not in KINDS:
        raise UnknownValue("kind", kind, KINDS)
    limit = paging.number(visit, 0, _MOST_GAPS)
    cards = gapcards.asked(visit, endpoint.is_csv(visit), limit or None)
    view = explore.view_of(visit, "kind", "demand", "limit", "cards", "cursor", "safe", start=gapcards.START)
    grid = visit.snapshot.grid(view)
    sort = params.get("demand", "")
    demanded = visit.snapshot.demanded(view, sort) if sort else None
    every = demanded.gaps if demanded else visit.snapshot.gaps(view)
    found = [g for g in every if not kind or g.kind == kind]
    canonical = view.query_string() + "".join(f"&{k}={v}" for k, v in (("kind", kind), ("demand", sort)) if v)
    keys = [f"{g.kind} {' '.join(g.cell.concepts)}" for g in found]
    cut = paging.page(visit, f"gaps?{canonical}", keys, usual=cards or max(1, len(found)), most=_MOST_GAPS)
    page = found[cut.start : cut.stop]
    names, rows = render.gap_rows(visit.observatory, grid, page, visit.language)
    if demanded:
        names, rows = demand.columns(demanded, page, names, rows)
    if cards:
        names, rows = gapcards.added(visit, grid, page, names, rows)
    nothing = empty.of_gaps(visit, grid, every, kind)
    about = {**_view(visit, grid), "query": canonical, "total": len(found)}
    if demanded:
        about["demand"] = demand.about(demanded, visit.observatory.names, visit.language)
    about["why"] = nothing.document if nothing else None
    return Answer(names, rows, about, f"/gaps?{canonical}", cut.cursor)


def asked(visit: Visit) -> Answer:
    """List the questions with their parameters."""
    rows = [
        [
            one.slug,
            questions.words(one.title, visit.language),
            questions.words(one.description, visit.language),
            " ".join(one.tags),
            " ".join(f"{p.name}:{p.within or p.type}{'!' if p.required else ''}" for p in one.parameters),
        ]
        for one in visit.observatory.questions.all.values()
    ]
    return Answer(list(columns.QUESTIONS), rows, {}, "/questions")


def question(visit: Visit) -> Answer:
    """Answer a question, with the SPARQL that gives the same rows."""
    one = visit.observatory.questions.get(visit.request.path_params["slug"])
    values = asking.given(visit, one, "safe", "exclude")
    answer = visit.observatory.ask(one.slug, values, visit.language)
    names, rows = render.table_rows(answer)
    out = lists.excluded(visit, _KINDS)
    if out and _COUNTS.search(answer.query):
        raise InputError(
            f"exclude: {one.slug} counts, and a record cannot be taken out of its counts afterwards. Ask "
            "/api/coverage with exclude, or leave it out.",
            field="exclude",
        )
    rows = [row for row in rows if not out & {value for value in row if isinstance(value, str)}]
    nothing = empty.of_answer(visit, answer, values)
    about = {
        "query": endpoint.query((k, v) for k, vs in values.items() for v in vs),
        "question": one.slug,
        "title": questions.words(one.title, visit.language),
        "parameters": values,
        "excluded": sorted(out),
        "note": "\n".join((*nothing.head, *nothing.place)) if nothing else "",
        "sparql": answer.query,
        "why": nothing.document if nothing else None,
        "total": len(rows),
    }
    return Answer(names, rows, about, f"/questions/{one.slug}?{about['query']}".rstrip("?"))


_KINDS = ("practice", "actor", "instrument", "provision")


def record(visit: Visit) -> dict[str, Any]:
    """Return one record: what is said of it, with its parts, what points at it, and words for all that occurs."""
    params = visit.request.path_params
    parts = params["kind"], params["slug"]
    try:
        iri = identifiers.concept(*parts) if "/concepts/" in visit.request.url.path else identifiers.record(*parts)
    except InputError as error:
        raise RecordNotFound(f"{'/'.join(parts)}: there is no such record here.") from error
    visit.snapshot.must_have(iri)
    return {
        **endpoint.source(visit),
        "page": visit.absolute(identifiers.path_of(iri)),
        "query": endpoint.query(visit.request.path_params.items()),
        "state": None,
        "sparql": template.bind(query("describe"), {"record": [NamedNode(iri)]}),
        "sparql_endpoint": visit.absolute("/sparql"),
        "record": frame.document(visit, iri),
    }


def record_text(visit: Visit) -> str:
    """Return one record as JSON text."""
    return json.dumps(record(visit), ensure_ascii=False, indent=1) + "\n"


def lookup(visit: Visit) -> Answer:
    """Tell which records give an address as their source or page; scheme, www and a final slash do not count."""
    url = visit.request.query_params.get("url", "")
    if not url.startswith(("http://", "https://")):
        wanted = "an address that begins with https://"
        raise InputError(f'url: found "{shown(url, 200)}", expected {wanted}.', url, field="url", expected=wanted)
    found = sorted(visit.snapshot.sources.get(bare(url), ()))
    rows = [[iri, _kind_of(iri), visit.label(iri)] for iri in found]
    about = {"query": endpoint.query([("url", url)]), "url": url, "known": bool(rows), "sparql": _lookup_query(url)}
    return Answer(list(columns.LOOKUP), rows, about)


def _lookup_query(url: str) -> str | None:
    """Return the query over the ways in which an address may be written; None for what is no address at all."""
    rest = bare(url)
    try:
        spelt = [NamedNode(f"{s}://{w}{rest}{t}") for s in ("https", "http") for w in ("", "www.") for t in ("", "/")]
    except ValueError:
        return None
    return template.bind(query("lookup"), {"address": spelt})


def _kind_of(iri: str) -> str:
    local = identifiers.parse(iri)
    return local.kind if local else ""
