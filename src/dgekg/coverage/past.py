"""An older version, as it may be shown today.

What has been withdrawn or erased since is gone from every version that is shown: a practice of the older version that
the current one no longer publishes, under its own name or the one that the ledger says it became, counts on neither
side and is named nowhere. It is taken out before anything is counted, so that no state, sum or mark can tell of it;
and so is a practice of which the current version does not know (an older build may be current again). That some were
withdrawn is public in the ledger; how many, is said for the whole collection and never for a view.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyoxigraph import Triple

from dgekg import template
from dgekg.errors import StoreError
from dgekg.index import Bits, Index
from dgekg.store.base import Store, Table, Term

_BECAME = ("rename", "merge")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger about a practice: its kind, the practice, and what it became (or "")."""

    kind: str
    practice: str
    became: str


@dataclass(frozen=True, slots=True)
class Past:
    """An older version beside the current one.

    Attributes:
        index: the older version's arrays, without what may no longer be shown.
        became: practice of the older version -> the same in the current one.
        was: the same the other way round; several where practices were merged.
        numbers: for each practice of the older version, by number, its number in the current one.
        ledger: kind of change -> lines about practices that the current ledger has and the older one had not.
    """

    index: Index
    became: Mapping[str, str]
    was: Mapping[str, tuple[str, ...]]
    numbers: npt.NDArray[np.int64] = field(repr=False)
    ledger: Mapping[str, int]

    def today(self, bits: Bits, current: Index) -> tuple[Bits, Bits]:
        """Return a set of the older version as one of the current version, and those of it that were several."""
        mapped = self.numbers[np.flatnonzero(self.index.flags(bits))]
        found, times = np.unique(mapped, return_counts=True)
        return current.bits(found), current.bits(found[times > 1])


def past(whole: Index, older: Store, newer: Store, queries: Path, current: Index) -> Past:
    """Read an older version beside the current one.

    Args:
        whole: the older version's arrays, with all that it published.
        older: its store.
        newer: the store of the current version.
        queries: folder with `views/`.
        current: the current version's arrays.
    """
    lines = _ledger(newer, queries)
    became = what_became(whole.practices, frozenset(current.practices), lines.values())
    gone = frozenset(whole.practices) - became.keys()
    before = _ledger(older, queries)
    since = Counter(line.kind for entry, line in sorted(lines.items()) if entry not in before)
    was: dict[str, tuple[str, ...]] = {}
    for old, new in sorted(became.items()):
        was[new] = (*was.get(new, ()), old)
    index = Index(Without(older, gone), queries) if gone else whole
    numbers = np.array([current.position[became[practice]] for practice in index.practices], dtype=np.int64)
    return Past(index, became, was, numbers, dict(sorted(since.items())))


def what_became(older: Iterable[str], current: frozenset[str], ledger: Iterable[Line]) -> dict[str, str]:
    """Return for each older practice what it is now; those that are no more are absent.

    >>> what_became(["a", "b", "c"], frozenset({"b", "d"}), [Line("rename", "a", "x"), Line("merge", "x", "d")])
    {'a': 'd', 'b': 'b'}
    """
    moved = {line.practice: line.became for line in ledger if line.kind in _BECAME and line.became}
    found = {}
    for practice in older:
        seen, now = {practice}, practice
        while now not in current and moved.get(now, now) not in seen:
            now = moved[now]
            seen.add(now)
        if now in current:
            found[practice] = now
    return found


def _ledger(store: Store, queries: Path) -> dict[str, Line]:
    """Return the lines about practices by their address."""
    return {
        row["entry"]: Line(row["kind"].rsplit("/", 1)[-1], row["record"], row.get("replacedBy", ""))
        for row in store.select(template.read(queries / "views" / "changes.rq")).dicts()
    }


class Without(Store):
    """A store without some things: nothing that it answers mentions them.

    Args:
        store: what is asked.
        things: IRIs that are left out.
    """

    def __init__(self, store: Store, things: Set[str]) -> None:
        self._store, self._things = store, things

    def select(self, query: str) -> Table:
        """Answer a SELECT without the rows that mention what is left out."""
        table = self._store.select(query)
        return Table(table.columns, [row for row in table.rows if self._may(row)])

    def rows(self, query: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield rows (see `Store.rows`) without those that mention what is left out."""
        return (row for row in self._store.rows(query) if self._may(row))

    def ask(self, query: str) -> bool:
        """Refuse: whether something is there at all cannot be answered row by row."""
        raise StoreError(f"an older version without what was withdrawn answers no ASK: {query[:80]}")

    def construct(self, query: str) -> list[Triple]:
        """Answer a CONSTRUCT without the triples that mention what is left out."""
        return [t for t in self._store.construct(query) if self._may((t.subject, t.object))]

    def describe(self, iri: str) -> list[Triple]:
        """Return the triples of a subject; none of one that is left out."""
        return [] if iri in self._things else self._store.describe(iri)

    def graphs(self) -> list[str]:
        """Refuse: the names of graphs are names of records."""
        raise StoreError("an older version without what was withdrawn lists no graphs.")

    def load(self, dump: Path) -> int:
        """Refuse: an older version is never changed."""
        raise StoreError(f"{dump}: an older version is never changed.")

    def _may(self, terms: Iterable[object]) -> bool:
        return not any(getattr(term, "value", "") in self._things for term in terms)
