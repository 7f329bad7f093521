"""Why a view, a list under filters or a list of gaps is empty; counted in bits, so that each try is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dgekg.coverage import Filter, Gap, Grid, State, View
from dgekg.coverage.arrays import popcount
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.index import Bits, Index
from dgekg.observatory import Observatory
from dgekg.why.place import own_cell, withheld
from dgekg.why.removals import Condition, NoGaps, Why, climbed, removals


def of_view(observatory: Observatory, view: View, text: str = "", fitting: Bits | None = None) -> Why | None:
    """Return why the filters of a view leave no practice; None where they leave some.

    Args:
        observatory: what was asked.
        view: the filters; its dimensions do not matter.
        text: words that were searched for beside the filters, or "".
        fitting: the practices that those words fit, whatever the filters; None without words.
    """
    index = observatory.index

    def count(left: View, searched: bool = True) -> int:
        bits = coordinates_left(index, left) & qualities_left(index, left)
        return popcount(bits & fitting if searched and fitting is not None else bits)

    closed = withheld(index, view.filters)
    if not closed and count(view):
        return None
    asked = [_filter(index, one) for one in view.filters]
    conditions = (*asked, *_others(index, view, text))
    grid, cell = own_cell(observatory, view)
    if closed:
        return Why("not-published", "practices", conditions, grid=grid, cell=cell)

    def left_out(removed: Sequence[Condition]) -> int:
        return count(remaining(view, removed), all(c.key != "text" for c in removed))

    without, _tried = removals(conditions, left_out)
    if not without:
        return Why("nothing", "practices", conditions, grid=grid, cell=cell)
    climbs = [c for c in asked if len(c.values) == 1 and not c.negated]
    broader = tuple(climbed(index, climbs, lambda c, value: count(with_value(view, c, value))))
    return Why("conditions", "practices", conditions, without, broader, (), True, grid, cell)


def remaining(view: View, removed: Sequence[Condition]) -> View:
    """Return a view without some of its conditions; words that were searched for are no part of a view."""
    gone = {condition.key for condition in removed if not condition.label}
    return replace(
        view,
        filters=tuple(f for f in view.filters if not any(_same(f, c) for c in removed)),
        relation="" if "relation" in gone else view.relation,
        norm="concerns" if "norm" in gone else view.norm,
        exclude=() if "exclude" in gone else view.exclude,
    )


def with_value(view: View, condition: Condition, value: str) -> View:
    """Return a view with another value in place of those of one of its filters."""
    kept = tuple(f for f in view.filters if not _same(f, condition))
    return replace(view, filters=(*kept, Filter(condition.key, (value,))))


def of_gaps(observatory: Observatory, grid: Grid, found: Sequence[Gap], kind: str = "") -> NoGaps | None:
    """Return why no gap (of a kind) is listed for a computed view; None where one is.

    Args:
        observatory: what was asked.
        grid: the computed view.
        found: all its gaps.
        kind: the kind that was asked for, or "".
    """
    if any(not kind or gap.kind == kind for gap in found):
        return None
    roots = [observatory.index.roots.get(axis.dimension) for axis in grid.axes]
    states: dict[str, int] = {}
    for cell in grid.cells.values():
        if "" not in cell.concepts and any(c != r for c, r in zip(cell.concepts, roots, strict=True)):
            states[cell.state.value] = states.get(cell.state.value, 0) + 1
    order = {state.value: n for n, state in enumerate(State)}
    ranked = dict(sorted(states.items(), key=lambda item: order[item[0]]))
    return NoGaps(kind, len(found), ranked, None if grid.total else of_view(observatory, grid.view))


def _filter(index: Index, one: Filter) -> Condition:
    return Condition(one.dimension, index.dimension(one.dimension).label, one.values, one.negated)


def _same(one: Filter, condition: Condition) -> bool:
    return (one.dimension, one.values, one.negated) == (condition.key, condition.values, condition.negated)


def _others(index: Index, view: View, text: str) -> list[Condition]:
    """Return what narrows a view beside its filters, where it can take something away."""
    asked = [index.dimension(f.dimension) for f in view.filters]
    found = []
    if view.relation and any(d.relations for d in asked):
        found.append(Condition("relation", {}, (view.relation,)))
    if view.norm != "concerns" and any(d.supported for d in asked):
        found.append(Condition("norm", {}, (view.norm,)))
    if view.exclude:
        found.append(Condition("exclude", {}, view.exclude, negated=True))
    return [*found, *([Condition("text", {}, (text,))] if text else [])]
