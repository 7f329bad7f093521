"""Any SPARQL 1.1 service, through SPARQLWrapper; its default graph must be the union of its graphs."""

from __future__ import annotations

import itertools
import json
import socket
import urllib.error
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from SPARQLWrapper import INSERT, JSON, POST, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import EndPointInternalError, QueryBadFormed, SPARQLWrapperException

from dgekg import packaged, template
from dgekg.errors import QueryError, StoreError, StoreTimeout
from dgekg.formats import NTRIPLES, RESULTS_JSON, Format
from dgekg.store.base import Table, Term
from dgekg.vocabulary import BASE

CHUNK = 2_000
PAGE = 10_000


class RemoteStore:
    """A SPARQL 1.1 service.

    Args:
        url: address of its query endpoint.
        update_url: address of its update endpoint; by default `url` with its last part replaced by `update`.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, update_url: str = "", timeout: float = 30.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise StoreError(f'store: found "{url}", expected an address that begins with http:// or https://.')
        self.url = url
        self.update_url = update_url or url.rstrip("/").rsplit("/", 1)[0] + "/update"
        self.timeout = timeout

    def select(self, query: str) -> Table:
        """Answer a SELECT (see `Store.select`)."""
        document = self._json(query)
        if "results" not in document:
            raise QueryError("expected a SELECT query.")
        columns = tuple(document["head"]["vars"])
        bindings = document["results"]["bindings"]
        return Table(columns, [tuple(_term(b.get(c)) for c in columns) for b in bindings])

    def rows(self, query: str) -> Iterator[tuple[Term | None, ...]]:
        """Yield the rows of a SELECT (see `Store.rows`), a page a request, to the first page that is empty.

        A service may answer with fewer rows than were asked for, so that a short page is not yet the last.
        """
        ordered, done = f"{query}\nORDER BY {' '.join(template.columns(query))}", 0
        while page := self.select(f"{ordered} LIMIT {PAGE} OFFSET {done}").rows:
            yield from page
            done += len(page)

    def ask(self, query: str) -> bool:
        """Answer an ASK (see `Store.ask`)."""
        document = self._json(query)
        if "boolean" not in document:
            raise QueryError("expected an ASK query.")
        return bool(document["boolean"])

    def construct(self, query: str) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE (see `Store.construct`)."""
        body = self._call(self.url, query, NTRIPLES.media_type)
        try:
            return [q.triple for q in parse(body, format=RdfFormat.N_TRIPLES)]
        except SyntaxError as error:
            raise QueryError(
                f"{self.url}: expected N-Triples for a CONSTRUCT or DESCRIBE query: {error.msg}."
            ) from error

    def answer(
        self, query: str, kind: Format, default_graphs: Sequence[str], named_graphs: Sequence[str], limit: int
    ) -> bytes | None:
        """Answer any query as the service's own bytes in a format; None where there are more of them than the limit.

        Args:
            query: SELECT, ASK, CONSTRUCT or DESCRIBE.
            kind: the format that is asked for.
            default_graphs: with `named_graphs` the dataset; both empty: that of the service.
            named_graphs: see `default_graphs`.
            limit: bytes.

        Raises:
            QueryError: the query is refused there.
            StoreError: the service cannot be reached.
        """
        body = self._call(self.url, query, kind.media_type, default_graphs, named_graphs, limit + 1)
        return body if len(body) <= limit else None

    def describe(self, iri: str) -> list[Triple]:
        """Return the triples with `iri` as subject."""
        query = template.bind(_query("describe"), {"subject": [NamedNode(iri)]})
        return sorted(self.construct(query), key=str)

    def graphs(self) -> list[str]:
        """Return the names of the named graphs, sorted."""
        table = self.select(_query("graphs"))
        return sorted(row[0].value for row in table.rows if row[0] is not None)

    def load(self, dump: Path) -> int:
        """Replace our graphs there by those of an N-Quads file, through SPARQL Update.

        Graphs that are not ours are left alone. The service is not atomic over several requests: a load that
        breaks off is said, and is mended by running it again.
        """
        for graph in self.graphs():
            if graph.startswith(BASE):
                self._update(f"DROP SILENT GRAPH {NamedNode(graph)}")
        loaded = 0
        with dump.open("rb") as source:
            for chunk in _batched(parse(source, format=RdfFormat.N_QUADS), CHUNK):
                self._update(f"INSERT DATA {{ {' '.join(_inserted(chunk))} }}")
                loaded += len(chunk)
        return loaded

    def _update(self, text: str) -> None:
        self._call(self.update_url, text, "*/*")

    def _json(self, query: str) -> Any:
        body = self._call(self.url, query, RESULTS_JSON.media_type)
        try:
            return json.loads(body)
        except ValueError as error:
            raise StoreError(f"{self.url}: expected SPARQL results as JSON, found something else: {error}.") from error

    def _call(
        self,
        url: str,
        text: str,
        accept: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        most: int = -1,
    ) -> bytes:
        wrapper = SPARQLWrapper(url)
        for name, graphs in (("default-graph-uri", default_graphs), ("named-graph-uri", named_graphs)):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        wrapper.setTimeout(max(1, round(self.timeout)))
        wrapper.setMethod(POST)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a query of no known form: the service will say so
            wrapper.setQuery(text)
        # It guesses from the words of the text, comments included, and would send a query about an "addressee" as ADD.
        wrapper.queryType = INSERT if url == self.update_url else SELECT
        wrapper.setReturnFormat(JSON)
        wrapper.addCustomHttpHeader("Accept", accept)
        try:
            response = wrapper.query().response
            # read(-1) would take the heads of the chunks in as well.
            return bytes(response.read() if most < 0 else response.read(most))
        except QueryBadFormed as error:
            raise QueryError(f"{url}: the query is refused: {_first_line(error)}") from error
        except TimeoutError as error:
            raise self._slow(url) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError | socket.timeout):
                raise self._slow(url) from error
            raise StoreError(
                f"{url}: no SPARQL service answers ({error.reason}). Is it running, and is the address right?"
            ) from error
        except (EndPointInternalError, SPARQLWrapperException, OSError) as error:
            raise StoreError(f"{url}: the SPARQL service failed: {_first_line(error)}") from error

    def _slow(self, url: str) -> StoreTimeout:
        return StoreTimeout(
            f"{url}: no answer within {self.timeout:g} seconds. Ask less, or set DGEKG_STORE_TIMEOUT higher."
        )


def _query(name: str) -> str:
    return packaged.text(f"store/{name}.rq")


def _inserted(quads: Iterable[Quad]) -> Iterator[str]:
    for quad in quads:
        triple = f"{quad.subject} {quad.predicate} {quad.object} ."
        yield f"GRAPH {quad.graph_name} {{ {triple} }}" if isinstance(quad.graph_name, NamedNode) else triple


def _batched(items: Iterable[Quad], size: int) -> Iterator[tuple[Quad, ...]]:
    iterator = iter(items)
    while chunk := tuple(itertools.islice(iterator, size)):
        yield chunk


def _term(binding: dict[str, str] | None) -> Term | None:
    if binding is None:
        return None
    kind, value = binding["type"], binding["value"]
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        return BlankNode(value)
    if "xml:lang" in binding:
        return Literal(value, language=binding["xml:lang"])
    return Literal(value, datatype=NamedNode(binding["datatype"])) if "datatype" in binding else Literal(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:300]
