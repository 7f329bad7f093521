"""One query on one engine, within limits on rows and bytes: what a worker does, and nothing of how it is run."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import IO, Any, cast

import pyoxigraph as ox

from dgekg.formats import CSV, GRAPHS, RESULTS, TSV, Format
from dgekg.vocabulary import PREFIXES

_BY_SUFFIX: dict[str, Format] = {f.suffix: f for f in (*RESULTS, *GRAPHS)}
_BYTES_A_ROW = 1024
_FEWEST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use."""

    seconds: float
    memory_mb: int
    rows: int

    @property
    def bytes(self) -> int:
        """The longest answer: in proportion to the rows."""
        return longest(self.rows)


def longest(rows: int) -> int:
    """Return the bytes of the longest answer where an answer may have so many rows.

    >>> longest(10), longest(100_000)
    (1048576, 102400000)
    """
    return max(_FEWEST_BYTES, rows * _BYTES_A_ROW)


class TooMuch(Exception):
    """The answer is larger than the limits."""


class _Bounded(io.RawIOBase):
    """A file in memory that refuses to grow past a size."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.content, self.limit = bytearray(), limit

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes.

        Raises:
            TooMuch: there is no room for them.
        """
        if len(self.content) + len(data) > self.limit:
            raise TooMuch
        self.content += data
        return len(data)


def run(engine: ox.Store, request: dict[str, Any], limits: Limits) -> bytes:
    """Answer a query as bytes in the format that the request names.

    Args:
        engine: the store.
        request: `query`; `format`, a suffix; `default_graphs` and `named_graphs`, lists; `base`, an IRI or "";
            `union`, whether the default graph is the union of all; `check`, to parse only.
        limits: what the answer may have.

    Raises:
        SyntaxError: the query does not parse.
        ValueError: its form does not fit the format.
        TooMuch: the answer is larger than the limits.
    """
    if request.get("check"):
        ox.Store().query(request["query"], base_iri=request.get("base") or None)
        return b""
    kind = _BY_SUFFIX[request["format"]]
    result = _result(engine, request)
    out = _Bounded(limits.bytes)
    if isinstance(result, ox.QueryTriples):
        if kind.rdf is None:
            raise ValueError("a graph cannot be written as a table")
        triples: dict[ox.Triple, None] = {}
        for triple in result:
            triples[triple] = None
            if len(triples) > limits.rows:
                raise TooMuch
        ox.serialize(triples, cast(IO[bytes], out), format=kind.rdf, prefixes=PREFIXES)
        return bytes(out.content)
    if kind.results is None:
        raise ValueError("a table cannot be written as a graph")
    result.serialize(cast(IO[bytes], out), format=kind.results)
    content = bytes(out.content)
    if isinstance(result, ox.QuerySolutions) and more_rows(content, kind, limits.rows):
        raise TooMuch
    return content


def more_rows(content: bytes, kind: Format, limit: int) -> bool:
    """Whether a table as bytes has more rows than a limit."""
    return len(content) > 2 * limit and _rows(content, kind) > limit  # a row has two bytes at least


def _result(engine: ox.Store, request: dict[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    query, base = request["query"], request.get("base") or None
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = list(map(ox.NamedNode, request["default_graphs"]))
    named: list[ox.NamedNode | ox.BlankNode] = list(map(ox.NamedNode, request["named_graphs"]))
    if default or named:  # then these are the whole dataset, whatever FROM says
        return engine.query(query, base_iri=base, default_graph=default, named_graphs=named)
    return engine.query(query, base_iri=base, use_default_graph_as_union=bool(request.get("union", True)))


class Lines(csv.excel_tab):
    """TSV as SPARQL writes it: a line is a row, whatever quotes stand in it."""

    quoting = csv.QUOTE_NONE


def _rows(content: bytes, kind: Format) -> int:
    if kind in (CSV, TSV):
        return sum(1 for _ in csv.reader(io.StringIO(content.decode()), dialect="excel" if kind is CSV else Lines)) - 1
    parsed = ox.parse_query_results(content, format=kind.results)
    return sum(1 for _ in parsed) if isinstance(parsed, ox.QuerySolutions) else 0
