"""Queries as files: read one, and put terms in the place of its `VALUES` lines, never text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode

from dgekg.errors import InputError, QueryError, SourceError

_SLOT = re.compile(
    r"^(?P<indent>[ \t]*)VALUES \?(?P<name>[A-Za-z_]\w*) \{ ?(?P<default>[^\n]*?) ?\}[ \t]*$", re.MULTILINE
)

Value = NamedNode | Literal

# So many values are bound at once where each concerns little: of three or more the engine expects so much that it reads
# whole properties instead of looking the values up, which takes a thousand times as long.
PORTION = 2


def slots(text: str) -> dict[str, str]:
    """Return the parameters of a query: the name of each `VALUES ?name { default }` line and its default.

    >>> slots("SELECT * {\\n  VALUES ?stage { UNDEF }\\n ?p ?q ?stage }")
    {'stage': 'UNDEF'}
    """
    return {m["name"]: m["default"] for m in _SLOT.finditer(text)}


def bind(text: str, values: Mapping[str, Sequence[Value]]) -> str:
    """Put terms in the place of every line `VALUES ?name { ... }`.

    Terms are written by the RDF library, so that nothing in a value can become part of the query.

    Raises:
        InputError: a name that the query has no line for, or a blank node.
        QueryError: the query names a parameter within a line, too.

    >>> bind("VALUES ?p { UNDEF }", {"p": [Literal('a" } DROP ALL')]})
    'VALUES ?p { "a\\\\" } DROP ALL" }'
    """
    known = slots(text)
    for name, terms in values.items():
        if name not in known:
            raise InputError(f'?{name}: the query has no line "VALUES ?{name} {{ ... }}" to bind.')
        if not terms or any(isinstance(t, BlankNode) for t in terms):
            raise InputError(f"?{name}: expected at least one address or literal.")

    def replacement(match: re.Match[str]) -> str:
        terms = values.get(match["name"])
        if terms is None:
            return match[0]
        return f"{match['indent']}VALUES ?{match['name']} {{ {' '.join(str(t) for t in terms)} }}"

    for name in values:
        if re.search(rf"\S[ \t]*VALUES[ \t]+\?{name}\b", text):  # it would stay as it is, and the whole graph be read
            raise QueryError(f'the query has "VALUES ?{name}" within a line; bound is only what has a line of its own.')
    return _SLOT.sub(replacement, text)


def portions(iris: Iterable[str], size: int = PORTION) -> Iterator[list[NamedNode]]:
    """Yield addresses in order, as many at once as a parameter is best given.

    >>> [len(portion) for portion in portions(["x:1", "x:3", "x:2"])]
    [2, 1]
    """
    ordered = sorted(set(iris))
    for start in range(0, len(ordered), size):
        yield [NamedNode(iri) for iri in ordered[start : start + size]]


def columns(text: str) -> list[str]:
    """Return the variables of a SELECT that names them, in order.

    >>> columns("# SELECT what\\nSELECT DISTINCT ?thing ?concept WHERE { ?thing a ?concept }")
    ['?thing', '?concept']
    """
    head = re.search(r"^SELECT (?:DISTINCT )?((?:\?\w+ ?)+)", text, re.MULTILINE)
    if head is None:
        raise QueryError("expected a SELECT query that names its variables.")
    return head[1].split()


def read(path: Path) -> str:
    """Return the text of a query file.

    Raises:
        SourceError: it is missing or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read: {error}.") from error
