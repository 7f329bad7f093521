"""The ledger of a version in the order in which it was written, cut into pages that never move.

A line's page follows from its file and number alone, so that nothing shifts when a record vanishes.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.documents import MAIN_KIND
from dgekg.store.base import Store, Term
from dgekg.web.kept import kept_with
from dgekg.web.snapshot import Snapshot, query

SIZE = 100  # lines of the ledger a page; a practice has about 60 statements
VOCABULARY = identifiers.named_graph("vocabulary")
Said = tuple[NamedNode, NamedNode, Term]
_FIRST_LINE = 2
_FOLDER = {kind: folder for folder, kind in MAIN_KIND.items()}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger.

    Attributes:
        iri: of the change.
        file: name of the ledger's file, without its ending.
        line: number in that file.
        kind: create, update, rename, deprecate, merge or withdraw.
        record: the record, or the graph of a document that holds several.
        date: day that the ledger gives.
        published: that day, or a later one that stands in a line before: no line is older than the one before it.
        replaced_by: the record that stands in its place, or "".
    """

    iri: str
    file: str
    line: int
    kind: str
    record: str
    date: str
    published: str
    replaced_by: str

    @property
    def place(self) -> str:
        """Its place in the log; sorts as text."""
        return f"{self.file}-{self.line:08d}"

    @property
    def page(self) -> str:
        """Name of its page."""
        return f"{self.file}-{(self.line - _FIRST_LINE) // SIZE + 1}"

    @property
    def gone(self) -> bool:
        """Whether the record is no longer there after it."""
        return self.kind in ("rename", "merge", "withdraw")

    @property
    def graph(self) -> str:
        """Name of the graph that holds the record's document."""
        return graph_of(self.record)


class Log:
    """All events of a version.

    Args:
        snapshot: the version.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        observatory = snapshot.observatory
        self._store = observatory.store
        rows = observatory.store.select(query("feed-changes")).dicts()
        found = sorted(filter(None, map(_read, rows)), key=lambda e: (e.file, e.line))
        latest = ""
        self.pages: dict[str, list[Event]] = {}
        self._last: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        for event in found:
            latest = max(latest, event.published)
            self._lines[event.page] = max(event.line, self._lines.get(event.page, 0))
            self._last[event.record] = event.iri
            if event.record not in observatory.suppressed:
                self.pages.setdefault(event.page, []).append(_dated(event, latest))
        self.until = latest or observatory.as_of.isoformat()

    def members(self, page: str) -> list[Event]:
        """Return the events of a page that are the last ones about their records."""
        return [e for e in self.pages[page] if self._last[e.record] == e.iri]

    @cached_property
    def vocabulary(self) -> str:
        """A digest of the vocabulary and of the day of the last line: another one whenever it is published anew."""
        total = hashlib.sha256(self.until.encode())
        for triple in said(self._store, "feed-graphs", "graph", [VOCABULARY]).get(VOCABULARY, ()):
            total.update(" ".join(map(str, triple)).encode())
        return total.hexdigest()[:16]

    def full(self, page: str) -> bool:
        """Whether no line can be added to a page any more."""
        return (self._lines[page] - _FIRST_LINE) % SIZE == SIZE - 1


def said(store: Store, name: str, variable: str, iris: Iterable[str]) -> dict[str, list[Said]]:
    """Ask one of the web's queries for triples of many things at once: thing -> triples, sorted.

    Args:
        store: the graph.
        name: of the query; its columns are the thing, subject, predicate and object.
        variable: its parameter.
        iris: the things.
    """
    wanted = [NamedNode(iri) for iri in sorted(set(iris))]
    found: dict[str, list[Said]] = {}
    if wanted:
        for of, s, p, o in sorted(store.rows(template.bind(query(name), {variable: wanted})), key=str):
            if of is not None and isinstance(s, NamedNode) and isinstance(p, NamedNode) and o is not None:
                found.setdefault(of.value, []).append((s, p, o))
    return found


def graph_of(record: str) -> str:
    """Return the name of the graph that holds a record's document.

    >>> graph_of("https://w3id.org/dgekg/id/practice/x")
    'https://w3id.org/dgekg/graph/practices/x'
    """
    local = identifiers.parse(record)
    if local is None or local.kind not in _FOLDER:
        return record  # the ledger names the graph of a document that holds several records
    return identifiers.document_graph(_FOLDER[local.kind], local.slug)


def _read(row: dict[str, str]) -> Event | None:
    local = identifiers.parse(row["change"])
    file, _, line = local.slug.rpartition("-") if local else ("", "", "")
    if not line.isdigit():
        return None
    kind, date = row["kind"].rpartition("/")[2], row["date"]
    return Event(row["change"], file, int(line), kind, row["record"], date, date, row.get("replaced", ""))


def _dated(event: Event, published: str) -> Event:
    if event.published == published:
        return event
    return dataclasses.replace(event, published=published)


@kept_with
def log(snapshot: Snapshot) -> Log:
    """Return the log of a version, read once."""
    return Log(snapshot)
