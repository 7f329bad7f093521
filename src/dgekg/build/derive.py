"""Derivation: `queries/derive/*.rq`, in the order of their names, each seeing what those before it made."""

from __future__ import annotations

import datetime as dt

from pyoxigraph import NamedNode, Quad

from dgekg import identifiers, template
from dgekg.build import ledger
from dgekg.build.sources import Sources
from dgekg.build.status import status_quads
from dgekg.errors import QueryError, SourceError
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
    queries = sources.project.queries
    store = LocalStore()
    for document in sources.vocabulary:
        store.load_text(document.text, VOCABULARY)
    for document in sources.records:
        store.load_text(document.text, document.graph)
    store.engine.extend(ledger.quads(sources.data / "changes", sources.project.root))
    target = NamedNode(DERIVED)
    for file in sorted((queries / "derive").glob("*.rq")):
        try:
            triples = store.construct(template.read(file))
        except QueryError as error:
            raise SourceError(f"{file}: {error}") from error
        store.engine.extend(Quad(t.subject, t.predicate, t.object, target) for t in triples)
    store.engine.extend(status_quads(store, queries, sources.data / "criteria", target, as_of))
    return store
