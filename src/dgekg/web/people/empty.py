"""Empty answers on pages: why nothing came, each way out as a link, and what is known of the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dgekg import explain, why
from dgekg.coverage import Gap, Grid, View
from dgekg.coverage.cells import Cell
from dgekg.questions import Answer
from dgekg.web.house import Visit
from dgekg.web.people import directory, grids
from dgekg.web.people.directory import Listing
from dgekg.why import Condition, Why

Link = tuple[str, str]


@dataclass(frozen=True)
class Empty:
    """What a page says where there is nothing.

    Attributes:
        head: why, a sentence each.
        ways: words and link of each way out.
        place: what is known of the place that was asked for, a sentence each.
        cell: link to the page of that place, or "".
        closed: whether nothing is published about it; then only `place` is said.
        document: the same for programs.
    """

    head: tuple[str, ...]
    ways: tuple[Link, ...]
    place: tuple[str, ...]
    cell: str
    closed: bool
    document: Mapping[str, Any]


def of_answer(visit: Visit, answer: Answer, given: Mapping[str, Sequence[str]]) -> Empty | None:
    """Return what is said of a question's answer without rows; None where it has some."""
    found = why.of_answer(visit.observatory, answer, given)
    if found is None:
        return None
    path = f"/questions/{answer.question.slug}"

    def without(removed: Sequence[Condition]) -> str:
        gone = {condition.key for condition in removed}
        return visit.url(path, [(k, v) for k, values in given.items() if k not in gone for v in values])

    def instead(condition: Condition, value: str) -> str:
        kept = [(k, v) for k, values in given.items() if k != condition.key for v in values]
        return visit.url(path, [*kept, (condition.key, grids.code(value))])

    made = _empty(visit, found, without, instead)
    return made if made.closed else replace(made, head=(answer.note, *made.head))


def of_listing(visit: Visit, shown: Listing) -> Empty | None:
    """Return what is said of a list of practices without any; None where it has some."""
    if shown.found:
        return None
    fitting = directory.fitting(visit, shown.text) if shown.text else None
    found = why.of_view(visit.observatory, shown.view, shown.text, fitting)
    if found is None:
        return None

    def link(view: View, text: str) -> str:
        return visit.url(f"/practices?{replace(shown, view=view, text=text).query()}")

    def without(removed: Sequence[Condition]) -> str:
        kept = "" if any(c.key == "text" and not c.label for c in removed) else shown.text
        return link(why.remaining(shown.view, removed), kept)

    return _empty(visit, found, without, lambda c, v: link(why.with_value(shown.view, c, v), shown.text))


def of_coverage(visit: Visit, grid: Grid, path: str = "/coverage", **more: str) -> Empty | None:
    """Return what is said of a view whose filters leave nothing; None where they leave something."""
    found = None if grid.total else why.of_view(visit.observatory, grid.view)
    return None if found is None else _of_view(visit, grid.view, found, path, more)


def of_gaps(visit: Visit, grid: Grid, found: Sequence[Gap], kind: str) -> Empty | None:
    """Return what is said where no gap is listed; None where one is."""
    none = why.of_gaps(visit.observatory, grid, found, kind)
    if none is None:
        return None
    document = explain.no_gaps_json(visit.observatory, none, visit.language)
    if none.view is not None:
        return replace(_of_view(visit, grid.view, none.view, "/gaps", {}), document=document)
    query = grid.view.query_string()
    ways: list[Link] = []
    if none.others:
        ways.append((visit.t("gaps.all"), visit.url(f"/gaps?{query}")))
    elif not none.states:
        deeper = replace(grid.view, depths=())
        ways.append((visit.t("empty.deeper"), visit.url(f"/gaps?{deeper.query_string()}")))
    return Empty(tuple(document["sentences"]), tuple(ways), (), "", False, document)


def _of_view(visit: Visit, view: View, found: Why, path: str, more: Mapping[str, str]) -> Empty:
    def link(other: View) -> str:
        return visit.url(f"{path}?{other.query_string()}", more.items())

    return _empty(
        visit,
        found,
        lambda removed: link(why.remaining(view, removed)),
        lambda condition, value: link(why.with_value(view, condition, value)),
    )


def _empty(
    visit: Visit,
    found: Why,
    without: Callable[[Sequence[Condition]], str],
    instead: Callable[[Condition, str], str],
) -> Empty:
    observatory, language = visit.observatory, visit.language
    ways = [
        (explain.without_words(observatory, found, n, language), without(one.conditions))
        for n, one in enumerate(found.without)
    ]
    ways += [
        (explain.broader_words(observatory, found, n, language), instead(one.condition, one.value))
        for n, one in enumerate(found.broader)
    ]
    return Empty(
        tuple(explain.why_head(observatory, found, language)),
        tuple(ways),
        tuple(explain.why_place(observatory, found, language)),
        _cell(visit, found.grid, found.cell),
        found.reason == "not-published",
        explain.why_json(observatory, found, language),
    )


def _cell(visit: Visit, grid: Grid | None, cell: Cell | None) -> str:
    return "" if grid is None or cell is None else grids.explanation(visit, grid, cell)
