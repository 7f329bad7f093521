"""Public queries over a store that is not on this machine: by its own protocol, under our limits on the answer."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat

from dgekg.errors import QueryError
from dgekg.formats import GRAPHS, NTRIPLES, RESULTS, RESULTS_JSON, Format
from dgekg.store.base import Store, Table, Term
from dgekg.store.remote import RemoteStore
from dgekg.vocabulary import PREFIXES
from dgekg.web.sparql.answering import longest, more_rows

_BY_SUFFIX: dict[str, Format] = {f.suffix: f for f in (*RESULTS, *GRAPHS)}


def answer(store: Store, request: dict[str, Any], form: str, rows: int) -> bytes:
    """Answer a worker's request through a store elsewhere; `check` asks nothing of it.

    Raises:
        QueryError: it is refused there, or its answer is larger than this service gives.
        StoreError: the store cannot be reached.
    """
    if request.get("check"):
        return b""
    query, kind = request["query"], _BY_SUFFIX[request["format"]]
    if isinstance(store, RemoteStore):
        return _passed_on(store, request, form, kind, rows)
    if request["default_graphs"] or request["named_graphs"]:
        raise QueryError("default-graph-uri and named-graph-uri are not supported over this store; write FROM.")
    if form in ("CONSTRUCT", "DESCRIBE"):
        triples = store.construct(query)
        if len(triples) > rows:
            raise too_large(rows)
        return ox.serialize(triples, format=kind.rdf, prefixes=PREFIXES) or b""
    if form == "ASK":
        document = json.dumps({"head": {}, "boolean": store.ask(query)})
    else:
        table = store.select(query)
        if len(table) > rows:
            raise too_large(rows)
        document = results_json(table)
    return _table(document.encode(), kind)


def _passed_on(store: RemoteStore, request: dict[str, Any], form: str, kind: Format, rows: int) -> bytes:
    graph = form in ("CONSTRUCT", "DESCRIBE")
    body = store.answer(
        request["query"],
        NTRIPLES if graph else RESULTS_JSON,
        request["default_graphs"],
        request["named_graphs"],
        longest(rows),
    )
    if body is None:
        raise too_large(rows)
    if not graph:
        if form == "SELECT" and more_rows(body, RESULTS_JSON, rows):
            raise too_large(rows)
        return _table(body, kind)
    try:
        triples = {quad.triple: None for quad in ox.parse(body, format=NTRIPLES.rdf)}
    except SyntaxError as error:
        raise QueryError(f"{store.url}: expected N-Triples for a graph: {error.msg}.") from error
    if len(triples) > rows:
        raise too_large(rows)
    return ox.serialize(triples, format=kind.rdf, prefixes=PREFIXES) or b""


def _table(document: bytes, kind: Format) -> bytes:
    try:
        parsed = ox.parse_query_results(document, format=QueryResultsFormat.JSON)
        return parsed.serialize(format=kind.results) or b""
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"The store's answer cannot be read: {error}.") from error


def too_large(rows: int) -> QueryError:
    """Return the error for an answer that is larger than this service gives."""
    return QueryError(
        f"The answer has more than {rows:,} rows or triples, or is too long; this service "
        "gives no partial answers. Add LIMIT, or download the data."
    )


def results_json(table: Table) -> str:
    """Return a table as SPARQL 1.1 Query Results JSON."""
    bindings = [
        {column: _json(term) for column, term in zip(table.columns, row, strict=True) if term is not None}
        for row in table.rows
    ]
    return json.dumps({"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}})


def _json(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if isinstance(term, Literal) and term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != PREFIXES["xsd"] + "string":
        found["datatype"] = term.datatype.value
    return found
