"""Making answers: rows cut to size, and beside them state, sources, queries, version, filter and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.assistant import cutting
from dgekg.assistant.answer import Answer, More, Query, Source, State
from dgekg.assistant.inputs import Listing
from dgekg.assistant.words import known, query, say
from dgekg.client import Service
from dgekg.errors import InputError

MOST_SOURCES, MOST_ADDRESSES = 40, 10
# Concepts are words, and parts of records are named with the record that they belong to.
_NO_SOURCES = frozenset({"scheme", "attribution", "change", "evidence", "exclusion", "search", "support"})
_ON_THIS_MACHINE = 'the command "dgekg query", on this machine'


@dataclass
class Found:
    """What a tool found, before it is made an answer.

    Attributes:
        about: what the service says of it: version, as_of, query ...
        rows: all rows, or those from the start of the list on.
        total: rows in all; None for one record.
        state: as the service says it, or None where the answer is about no place.
        queries: which numbers (a key of `gives`) and the SPARQL, or None where there is none.
        no_query: key of `no_query`: why there is none.
        behind: addresses of records that stand behind it beside those in it; None takes those in it alone.
        only_behind: whether those in it are no sources of it.
    """

    about: Mapping[str, Any]
    rows: Sequence[dict[str, Any]] = ()
    total: int | None = None
    record: dict[str, Any] | None = None
    state: Mapping[str, Any] | None = None
    queries: list[tuple[str, str | None]] = field(default_factory=list)
    no_query: str = "none"
    notes: list[str] = field(default_factory=list)
    not_known: list[str] = field(default_factory=list)
    searched: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    behind: Iterable[str] = ()
    only_behind: bool = False


class Desk:
    """Answers for an assistant.

    Args:
        service: whom to ask.
        address: of the service; "" where it is on this machine and has none.
    """

    def __init__(self, service: Service, address: str = "") -> None:
        self.service, self._address = service, address

    def answer(self, tool: str, given: Listing, found: Found) -> Answer:
        """Return an answer of what was found, cut to size.

        Raises:
            InputError: what is continued was of another version.
        """
        about = found.about
        version = str(about["version"])
        if given.version and given.version != version:
            raise InputError(say("changed", found=given.version, version=version), given.version, field="version")
        rows, left_out = self._rows(found, given)
        states = {s: say(f"states.{s}") for row in rows if (s := row.get("state")) and s in known()["states"]}
        sources, note = self._sources(found, rows, version)
        queries = [self._query(*pair) for pair in found.queries if pair[1]]
        unlisted = (found.total or 0) - given.start - len(rows)
        more = None
        if unlisted > 0:
            start = given.start + len(rows)
            more = More(left=unlisted, start=start, how=say("more", left=unlisted, start=start, version=version))
        return Answer(
            tool=tool,
            notes=[n for n in found.notes if n],
            total=found.total,
            rows=rows,
            record=found.record,
            state=state(found.state),
            states=states,
            searched=found.searched,
            not_known=[*found.not_known, say("not_known.collection", as_of=about["as_of"])],
            sources=sources,
            sources_note=note,
            queries=[q for q in queries if q is not None],
            no_query="" if queries else say(f"no_query.{found.no_query}"),
            version=version,
            as_of=str(about["as_of"]),
            withdrawn_since_built=int(about.get("withdrawn_since_built", 0)),
            filter=str(about.get("query", "")),
            licence=str(about["license"]),
            page=self.page(about),
            more=more,
            left_out=[*found.left_out, *left_out],
        )

    def page(self, about: Mapping[str, Any]) -> str | None:
        """Return the address of the same for people, where the service has addresses."""
        return about.get("page") if self._address else None

    def _rows(self, found: Found, given: Listing) -> tuple[list[dict[str, Any]], list[str]]:
        some = found.rows[given.start : given.start + given.limit]
        cut = [cutting.shortened(cutting.english(dict(row))) for row in some]
        rows = cutting.fitting([row for row, _left in cut])
        left_out = [
            say("cut_row", where=f"rows[{number}].{path}", left=n)
            for number, (_row, left) in enumerate(cut[: len(rows)])
            for path, n in left.items()
        ]
        return rows, left_out

    def _query(self, gives: str, text: str | None) -> Query | None:
        if not text:
            return None
        at = f"{self._address}/sparql" if self._address else _ON_THIS_MACHINE
        return Query(gives=say(f"gives.{gives}"), sparql=text, ask_at=at)

    def _sources(self, found: Found, rows: object, version: str) -> tuple[list[Source], str]:
        within = () if found.only_behind else addresses(rows)
        named = list(dict.fromkeys([*addresses(list(found.behind)), *within]))
        shown = named[:MOST_SOURCES]
        if not shown:
            return [], say("no_sources")
        text = template.bind(query("sources"), {"record": [NamedNode(iri) for iri in shown]})
        table = self.service.sparql(text)
        if table.version != version:
            raise InputError(say("mixed"))
        by: dict[str, list[str]] = {iri: [] for iri in shown}
        for row in table:
            by[row["record"]].append(row["address"])
        left = len(named) - len(shown)
        notes = [say("sources_left", left=left)] if left else []
        if any(len(found) > MOST_ADDRESSES for found in by.values()):
            notes.append(say("addresses_left", most=MOST_ADDRESSES))
        return [Source(record=i, addresses=found[:MOST_ADDRESSES]) for i, found in by.items()], " ".join(notes)


def state(said: Mapping[str, Any] | None) -> State:
    """Return a state with how it is to be read; without one, what that means."""
    if not said:
        return State(state=None, words=say("no_state.words"), reads=say("no_state.reads"))
    name = str(said["state"])
    return State(state=name, words=str(said["words"]), reads=say(f"states.{name}"), marks=list(said.get("marks", ())))


def addresses(value: object) -> Iterator[str]:
    """Yield the addresses of records in a value, in order, with repetitions."""
    if isinstance(value, str):
        local = identifiers.parse(value) if value.startswith("https://") else None
        if local is not None and local.kind not in _NO_SOURCES:
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from addresses(one)
    elif isinstance(value, list):
        for one in value:
            yield from addresses(one)
