"""Triples about things that stand in no graph, in few words."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from dgekg.vocabulary import LANGUAGES, PREFIXES, RDF_TYPE
from dgekg.web import words

_INTEGER = NamedNode(PREFIXES["xsd"] + "integer")


def said(subject: str, *pairs: tuple[str, object]) -> Iterator[Triple]:
    """Yield triples of a subject; texts and numbers become literals."""
    for name, value in pairs:
        if isinstance(value, NamedNode | Literal):
            term: NamedNode | Literal = value
        elif isinstance(value, int) and not isinstance(value, bool):
            term = Literal(str(value), datatype=_INTEGER)
        else:
            term = Literal(str(value))
        yield Triple(NamedNode(subject), NamedNode(name), term)


def spoken(subject: str, name: str, key: str, /, **values: object) -> Iterator[Triple]:
    """Yield interface words as literals in every language."""
    for language in LANGUAGES:
        text = words.say(language, key, **values)
        yield Triple(NamedNode(subject), NamedNode(name), Literal(text, language=language))


def a(subject: str, *classes: str) -> Iterator[Triple]:
    """Yield the classes of a subject."""
    yield from said(subject, *((RDF_TYPE, NamedNode(c)) for c in classes))
