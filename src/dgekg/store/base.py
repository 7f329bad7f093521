"""The interface that both engines keep; one contract test runs on both (`tests/test_store.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Term = NamedNode | BlankNode | Literal


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of a SELECT: column names, and rows of terms (None where unbound)."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Term | None, ...]]

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> Iterable[dict[str, str]]:
        """Yield each row as column -> lexical value, unbound columns left out."""
        for row in self.rows:
            yield {c: value_of(t) for c, t in zip(self.columns, row, strict=True) if t is not None}


class Store(Protocol):
    """A graph that can be asked; its default graph is the union of its named graphs."""

    def select(self, query: str) -> Table:
        """Answer a SELECT.

        Raises:
            QueryError: the query does not parse or is not a SELECT.
            StoreError: the store cannot be reached or read.
        """

    def rows(self, query: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the rows of a SELECT without its own ORDER BY or LIMIT, however many there are; errors as `select`."""

    def ask(self, query: str) -> bool:
        """Answer an ASK; errors as for `select`."""

    def construct(self, query: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE; errors as for `select`."""

    def describe(self, iri: str) -> list[Triple]:
        """Return the triples that have `iri` as subject."""

    def graphs(self) -> list[str]:
        """Return the names of the named graphs, sorted."""

    def load(self, dump: Path) -> int:
        """Replace what is there by a whole version (an N-Quads file); return the number of quads.

        Raises:
            StoreError: the store is read-only, locked or cannot be reached.
        """


def value_of(term: Term | Triple) -> str:
    """Return the lexical value of a term: an IRI, a literal's text, a blank node's label; of a triple what it says."""
    return str(term) if isinstance(term, Triple) else term.value
