"""Derivation: `queries/derive/*.rq`, in the order of their names, each seeing what those before it made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from dgekg import identifiers, template
from dgekg.build.status import status_quads
from dgekg.documents import Document
from dgekg.errors import QueryError, SourceError
from dgekg.store.local import LocalStore

DERIVED = identifiers.named_graph("derived")
VOCABULARY = identifiers.named_graph("vocabulary")


def assemble(
    records: Iterable[Document],
    vocabulary: Iterable[Document],
    queries: Path,
    criteria: Path,
    as_of: dt.date,
) -> LocalStore:
    """Return a store in memory with the records, the vocabulary and everything that follows from them.

    Args:
        records: documents, each in its own graph.
        vocabulary: ontology, schemes and alignments, in one graph.
        queries: folder with `derive/`.
        criteria: folder with the status rule.
        as_of: the day to reckon from.

    Raises:
        SourceError: a derivation does not parse.
    """
    store = LocalStore()
    for document in vocabulary:
        store.load_text(document.text, VOCABULARY)
    for document in records:
        store.load_text(document.text, document.graph)
    target = NamedNode(DERIVED)
    for file in sorted((queries / "derive").glob("*.rq")):
        try:
            triples = store.construct(template.read(file))
        except QueryError as error:
            raise SourceError(f"{file}: {error}") from error
        store.engine.extend(Quad(t.subject, t.predicate, t.object, target) for t in triples)
    store.engine.extend(status_quads(store, queries, criteria, target, as_of))
    return store
