"""The tools about places: coverage, one cell of it, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dgekg.assistant import cutting, inputs
from dgekg.assistant.answer import Answer
from dgekg.assistant.desk import MOST_SOURCES, Desk, Found
from dgekg.assistant.words import say
from dgekg.client import Pages
from dgekg.errors import InputError

# The measures of a cell that its query gives; the others are left to the pages, for nothing here stands unproved.
_PROVED = ("practices", "documented")
_WITHHELD = "not-published"
_UNKNOWN = {"not-searched": "unsearched", _WITHHELD: "withheld"}
_DROPPED = ("direct", "above", "effect_shown", "harm_or_mixed", "focused", "promising", "actors", "countries")


def coverage(desk: Desk, given: inputs.Coverage) -> Answer:
    """Count practices by place, or explain one cell."""
    if given.at:
        return _cell(desk, given)
    table = desk.service.coverage(
        given.rows, given.cols, where=given.where, rung=given.rung, exclude=given.exclude, empty=True
    )
    practices = _behind(desk, given, given.where)
    about = table.about
    found = Found(
        about,
        [_row(row) for row in table],
        len(table),
        state=practices.about.get("state"),
        queries=[("coverage", table.sparql), ("place", practices.sparql)],
        no_query="withheld",
        notes=[str(about.get("note", ""))] if practices.sparql else [],
        not_known=[*_unknown(about), *map(str, about.get("doubts", ()))],
        searched=dict(about["states"]),
        behind=[row["iri"] for row in practices[:MOST_SOURCES]],
    )
    return desk.answer("coverage", given, found)


def _cell(desk: Desk, given: inputs.Coverage) -> Answer:
    if given.rung is not None:
        raise InputError("rung: one cell is explained at level 2; leave rung out, or leave at out.", field="rung")
    table = desk.service.cell(given.at, given.rows, given.cols, where=given.where, exclude=given.exclude)
    about = table.about
    told: dict[str, Any] = cutting.english(about["cell"])
    state: Mapping[str, Any] = about["state"]
    place = [f"{name}={value}" for name, value in zip([given.rows, *given.cols], given.at, strict=False)]
    practices = _behind(desk, given, [*given.where, *place])
    cut, left = cutting.shortened(told)
    withheld = state["state"] == _WITHHELD
    found = Found(
        about,
        [_row(row) for row in table],
        len(table),
        record=cut,
        state=state,
        queries=[] if withheld else [("coverage", table.sparql), ("place", practices.sparql)],
        no_query="withheld",
        notes=[str(sentence) for sentence in told.get("sentences", ())],
        not_known=[] if told.get("searches") or withheld else [say("not_known.no_search")],
        behind=[] if withheld else [row["iri"] for row in practices[:MOST_SOURCES]],
        left_out=[say("cut_row", where=f"record.{path}", left=n) for path, n in left.items()],
    )
    return desk.answer("coverage", given, found)


def gaps(desk: Desk, given: inputs.Gaps) -> Answer:
    """List what is missing.

    Raises:
        InputError: more cards than can be read at once.
    """
    if given.card and given.limit > inputs.MOST_CARDS:
        if "limit" in given.model_fields_set:
            wanted = f"at most {inputs.MOST_CARDS} with card"
            raise InputError(f"limit: found {given.limit}, expected {wanted}.", str(given.limit), field="limit")
        given = given.model_copy(update={"limit": inputs.MOST_CARDS})
    end = given.start + given.limit
    table = desk.service.gaps(
        given.rows,
        given.cols,
        where=given.where,
        kind=given.kind,
        cards=given.card,
        rung=given.rung,
        exclude=given.exclude,
        limit=min(100, end) if given.card else end,
    )
    practices = _behind(desk, given, given.where)
    about = table.about
    found = Found(
        about,
        [_row(row) for row in table[:end]],
        table.total,
        state=practices.about.get("state"),
        queries=[("gaps", table.sparql)],
        no_query="withheld",
        not_known=_unknown(about),
        searched=dict(about["states"]),
        behind=[] if given.card else [row["iri"] for row in practices[:MOST_SOURCES]],
    )
    return desk.answer("gaps", given, found)


def _behind(desk: Desk, given: inputs.Placed, where: Iterable[str]) -> Pages:
    """Return the practices under filters, with the state of their place and the query that lists them."""
    return desk.service.practices(where=list(where), rung=given.rung, exclude=given.exclude, limit=MOST_SOURCES)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the measures that its query gives; of what is not published, none."""
    found = {name: value for name, value in row.items() if name not in _DROPPED}
    if row["state"] == _WITHHELD:
        found |= {name: None for name in _PROVED if name in found}
    return found


def _unknown(about: Mapping[str, Any]) -> list[str]:
    states: Mapping[str, int] = about["states"]
    total = sum(states.values())
    said = [
        say(f"not_known.{key}", count=states[name], all=total) for name, key in _UNKNOWN.items() if states.get(name)
    ]
    return said + [str(one) for one in (about.get("why") or {}).get("sentences", ())]
