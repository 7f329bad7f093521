"""The tools: each asks the service one thing and says what the answer is worth. They read, and change nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode

from dgekg import template
from dgekg.assistant import inputs, places, records
from dgekg.assistant.answer import Answer
from dgekg.assistant.desk import Desk, Found
from dgekg.assistant.words import query, say
from dgekg.client import Table
from dgekg.errors import InputError, UnknownValue

_OWN_NAMES = frozenset({"self", "question", "exclude"})


def questions(desk: Desk, given: inputs.Listing) -> Answer:
    """List the questions."""
    table = desk.service.questions()
    found = Found(table.about, list(table), table.total, no_query="questions", not_known=[say("not_known.questions")])
    return desk.answer("questions", given, found)


def ask(desk: Desk, given: inputs.Ask) -> Answer:
    """Answer a question; the state is that of the place its values name, where they name one.

    Raises:
        UnknownValue: a parameter that no question has.
    """
    wrong = _OWN_NAMES & set(given.values)
    if wrong:
        raise UnknownValue("values", min(wrong), ())
    table = desk.service.ask(given.question, exclude=given.exclude, **given.values)
    found = _table(table, "ask")
    found.state = _state(desk, given.values)
    found.notes = [str(table.about.get("title", ""))]
    found.not_known = [*_why(table.about), say("not_known.questions")]
    if not table.total:
        found.not_known.insert(0, str(table.about.get("note") or say("not_known.none_of_it")))
    return desk.answer("ask", given, found)


def search(desk: Desk, given: inputs.Search) -> Answer:
    """Find by words; the score, which compares within one answer only, is told by the order."""
    table = desk.service.search(given.q, kind=given.kind, exclude=given.exclude, limit=_page(given))
    rows = [{k: v for k, v in row.items() if k != "score"} for row in table[: given.start + given.limit]]
    about = table.about
    notes = [str(n) for key in ("respelt", "notes", "suggestions") for n in about.get(key, ())]
    unknown = [say("not_known.hits"), *([] if table.total else [say("not_known.none_of_it")])]
    found = Found(about, rows, table.total, no_query="search", notes=notes, not_known=unknown)
    return desk.answer("search", given, found)


def lookup(desk: Desk, given: inputs.Lookup) -> Answer:
    """Tell whether a page is in."""
    table = desk.service.lookup(given.url)
    found = _table(table, "lookup")
    if not table.total:
        found.not_known = [say("not_known.lookup")]
    return desk.answer("lookup", given, found)


def standards(desk: Desk, given: inputs.Standards) -> Answer:
    """List norms with their practices counted, and the query that counts those of the rows shown."""
    table = desk.service.standards(
        given.q,
        kind=given.kind,
        family=given.family,
        instrument=given.instrument,
        right=given.right,
        exclude=given.exclude,
        limit=_page(given),
    )
    shown = table[given.start : given.start + given.limit]
    found = _table(table, "standards", table[: given.start + given.limit])
    norms = [NamedNode(row["iri"]) for row in shown]
    # Who leaves practices out changes the counts: the query, which leaves none out, would give others.
    left_out = any(name.startswith("practice/") for name in given.exclude)
    if left_out:
        found.rows = [{k: v for k, v in row.items() if k != "practices"} for row in found.rows]
    elif norms:
        found.queries.append(("norms", template.bind(query("norm-counts"), {"norm": norms})))
    found.not_known = [say("not_known.practices"), *([] if table.total else [say("not_known.none_of_it")])]
    return desk.answer("standards", given, found)


def _table(table: Table, gives: str, rows: Sequence[dict[str, Any]] | None = None) -> Found:
    return Found(table.about, list(table) if rows is None else rows, table.total, queries=[(gives, table.sparql)])


def _page(given: inputs.Listing) -> int:
    return min(500, given.start + given.limit)


def _why(about: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in (about.get("why") or {}).get("sentences", ())]


def _state(desk: Desk, values: Mapping[str, str | list[str]]) -> Mapping[str, Any] | None:
    """Return the state of the place that a question's values name; None where they are no filters of places."""
    where = [f"{name}={','.join([value] if isinstance(value, str) else value)}" for name, value in values.items()]
    if where:
        with contextlib.suppress(InputError):
            found: Mapping[str, Any] | None = desk.service.practices(where=where, limit=1).about.get("state")
            return found
    return None


@dataclass(frozen=True)
class Tool:
    """A tool: its name, what it takes, what it does."""

    name: str
    takes: type[inputs.Arguments]
    make: Callable[[Desk, Any], Answer]


TOOLS: Mapping[str, Tool] = {
    one.name: one
    for one in (
        Tool("questions", inputs.Listing, questions),
        Tool("ask", inputs.Ask, ask),
        Tool("coverage", inputs.Coverage, places.coverage),
        Tool("gaps", inputs.Gaps, places.gaps),
        Tool("record", inputs.Record, records.record),
        Tool("search", inputs.Search, search),
        Tool("lookup", inputs.Lookup, lookup),
        Tool("standards", inputs.Standards, standards),
    )
}
