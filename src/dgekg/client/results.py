"""SPARQL results as tables: numbers as numbers, all else as text, what is unbound as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg.client.table import Row, Table
from dgekg.vocabulary import PREFIXES

_WHOLE = tuple(PREFIXES["xsd"] + name for name in ("integer", "int", "long", "nonNegativeInteger"))
_BROKEN = tuple(PREFIXES["xsd"] + name for name in ("decimal", "double", "float"))


def of_json(body: Mapping[str, Any], version: str, query: str) -> Table:
    """Return what a service answered in SPARQL's JSON.

    >>> of_json({"head": {}, "boolean": True}, "x", "ASK {}")[0]
    {'answer': True}
    """
    if "boolean" in body:
        return table(["answer"], [{"answer": bool(body["boolean"])}], version, query)
    names = list(body["head"]["vars"])
    lines = body["results"]["bindings"]
    return table(names, [{n: _term(line.get(n)) for n in names} for line in lines], version, query)


def _term(term: Mapping[str, str] | None) -> Any:
    return None if term is None else plain(term["value"], term.get("datatype", ""))


def plain(text: str, datatype: str) -> Any:
    """Return a value for a table.

    >>> plain("2", "http://www.w3.org/2001/XMLSchema#integer"), plain("2026-11-21", "")
    (2, '2026-11-21')
    """
    try:
        return int(text) if datatype in _WHOLE else float(text) if datatype in _BROKEN else text
    except ValueError:
        return text


def table(columns: list[str], rows: list[Row], version: str, query: str) -> Table:
    """Return rows with the query that gave them."""
    about = {"version": version, "sparql": query, "query": query, "total": len(rows), "columns": columns}
    return Table(rows, about)
