"""Derivation: `queries/derive/*.rq`, in the order of their names, each seeing what those before it made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.build import ledger
from dgekg.build.sources import Sources
from dgekg.build.status import status_quads
from dgekg.errors import QueryError, SourceError
from dgekg.identifiers import document_graph
from dgekg.settings import Project
from dgekg.store.local import LocalStore

DERIVED = identifiers.named_graph("derived")
VOCABULARY = identifiers.named_graph("vocabulary")


def assemble(sources: Sources, as_of: dt.date) -> LocalStore:
    """Return a store in memory with the records, the vocabulary, the ledger and everything that follows from them.

    Args:
        sources: the parsed project; each record document gets a graph of its own.
        as_of: the day to reckon from.

    Raises:
        SourceError: a derivation or the status rule is broken.
    """
    store = LocalStore()
    for document in sources.vocabulary:
        store.load_text(document.data, VOCABULARY)
    for document in sources.records:
        store.load_text(document.data, document.graph)
    store.engine.extend(ledger.quads(sources.data / "changes", sources.project.root))
    return _derived(store, sources.project, sources.data, as_of)


def assemble_texts(project: Project, vocabulary: Iterable[Path], records: Iterable[Path], as_of: dt.date) -> LocalStore:
    """Do the same from files that were not parsed before, without the ledger and words: all that checks read.

    Raises:
        SyntaxError: a file does not parse.
        SourceError: a derivation or the status rule is broken.
    """
    store = LocalStore()
    for path in vocabulary:
        store.load_text(path.read_bytes(), VOCABULARY)
    for path in records:
        store.load_text(path.read_bytes(), document_graph(path.parent.name, path.stem))
    return _derived(store, project, project.data, as_of, words=False)


def _derived(store: LocalStore, project: Project, data: Path, as_of: dt.date, *, words: bool = True) -> LocalStore:
    queries = project.queries
    for file in sorted((queries / "derive").glob("*.rq")):
        if file.name.startswith("9") and not words:
            continue  # from 90 on, derivations only make words
        try:
            store.derive(template.read(file), DERIVED)
        except QueryError as error:
            raise SourceError(f"{file}: {error}") from error
    store.engine.extend(status_quads(store, queries, data / "criteria", NamedNode(DERIVED), as_of))
    return store
