"""Oxigraph embedded: a folder on disk opened read-only, or a store in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat, Triple

from dgekg.errors import QueryError, StoreError
from dgekg.store.base import Table, Term
from dgekg.vocabulary import BASE


class LocalStore:
    """The default engine.

    Args:
        path: folder of a built store, opened read-only; None for an empty store in memory.

    Raises:
        StoreError: the folder is missing, locked or not a store.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        if path is None:
            self.engine = ox.Store()
            return
        if not path.is_dir():
            raise StoreError(f'{path}: expected the folder of a store, found none. Run "dgekg build".')
        try:
            self.engine = ox.Store.read_only(str(path))
        except (OSError, ValueError, RuntimeError) as error:
            raise StoreError(
                f'{path}: the store cannot be opened ({error}). If it is damaged, delete it and run "dgekg build".'
            ) from error

    @classmethod
    def of_file(cls, dump: Path) -> LocalStore:
        """Return a store in memory with the quads of an N-Quads file."""
        store = cls()
        store.load(dump)
        return store

    def select(self, query: str) -> Table:
        """Answer a SELECT (see `Store.select`)."""
        result = self._run(query)
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("expected a SELECT query.")
        columns = tuple(v.value for v in result.variables)
        rows: list[tuple[Term | None, ...]] = [
            tuple(_plain(solution[i]) for i in range(len(columns))) for solution in result
        ]
        return Table(columns, rows)

    def rows(self, query: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the rows of a SELECT (see `Store.rows`)."""
        result = self._run(query)
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("expected a SELECT query.")
        for solution in result:
            yield cast("tuple[Term | None, ...]", tuple(solution))

    def ask(self, query: str) -> bool:
        """Answer an ASK (see `Store.ask`)."""
        result = self._run(query)
        if not isinstance(result, ox.QueryBoolean):
            raise QueryError("expected an ASK query.")
        return bool(result)

    def construct(self, query: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE (see `Store.construct`)."""
        result = self._run(query)
        if not isinstance(result, ox.QueryTriples):
            raise QueryError("expected a CONSTRUCT or DESCRIBE query.")
        return list(result)

    def describe(self, iri: str) -> list[Triple]:
        """Return the triples with `iri` as subject."""
        quads = self.engine.quads_for_pattern(NamedNode(iri), None, None, None)
        return sorted({q.triple for q in quads}, key=str)

    def graphs(self) -> list[str]:
        """Return the names of the named graphs, sorted."""
        return sorted(g.value for g in self.engine.named_graphs())

    def load(self, dump: Path) -> int:
        """Replace everything by the quads of an N-Quads file."""
        if self.path is not None:
            raise StoreError(f"{self.path}: a built store is never changed. Run dgekg build to make a new one.")
        self.engine.clear()
        self.engine.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
        return len(self.engine)

    def load_text(self, turtle: bytes | str, graph: str) -> None:
        """Add a Turtle document of ours to a graph of a store in memory."""
        self.engine.load(turtle, RdfFormat.TURTLE, base_iri=BASE, to_graph=NamedNode(graph))

    def derive(self, query: str, graph: str) -> None:
        """Add what a CONSTRUCT gives to a graph of a store in memory, without a detour through Python's objects.

        Raises:
            QueryError: the query does not parse or is not a CONSTRUCT.
        """
        result = self._run(query)
        if not isinstance(result, ox.QueryTriples):
            raise QueryError("expected a CONSTRUCT query.")
        lines = result.serialize(format=RdfFormat.N_TRIPLES) or b""
        self.engine.load(lines, RdfFormat.N_TRIPLES, to_graph=NamedNode(graph))

    def _run(self, query: str) -> object:
        try:
            return self.engine.query(query, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise QueryError(f"the query does not parse: {error}") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query cannot be answered: {error}") from error


def write_store(dump: Path, folder: Path) -> int:
    """Make a store on disk from an N-Quads file; return the number of quads.

    Raises:
        StoreError: the folder cannot be written.
    """
    try:
        engine = ox.Store(str(folder))
        engine.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
        engine.optimize()
        engine.flush()
        return len(engine)
    except OSError as error:
        raise StoreError(f"{folder}: the store cannot be written ({error}).") from error


def _plain(term: object) -> Term | None:
    if term is None or isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal):
        return term
    raise QueryError("the answer holds a quoted triple, which SPARQL 1.1 results cannot carry.")
