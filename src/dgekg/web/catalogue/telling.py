"""Triples about the service itself, in short names, and the answer that carries them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Triple
from starlette.responses import Response

from dgekg import formats
from dgekg.errors import NotAcceptable
from dgekg.formats import Format
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import LICENCE, Visit, link_header

NAMES: Mapping[str, str] = {
    **PREFIXES,
    "adms": "http://www.w3.org/ns/adms#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "spdx": "http://spdx.org/rdf/terms#",
    "tree": "https://w3id.org/tree#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
}
Value = NamedNode | Literal | str | int


def full(short: str) -> str:
    """Return the IRI of a short name.

    >>> full("dct:title")
    'http://purl.org/dc/terms/title'
    """
    prefix, _, name = short.partition(":")
    return NAMES[prefix] + name


def tell(subject: str, *pairs: tuple[str, Value]) -> Iterator[Triple]:
    """Yield triples of a subject: the names are short, a value that is a `str` is plain text."""
    for name, value in pairs:
        term = value if isinstance(value, NamedNode | Literal) else Literal(value)
        yield Triple(NamedNode(subject), NamedNode(full(name)), term)


def a(short: str) -> tuple[str, NamedNode]:
    """Return what says that something is of a class."""
    return "rdf:type", node(full(short))


def node(iri: str) -> NamedNode:
    """Return an IRI as a term."""
    return NamedNode(iri)


def typed(value: object, datatype: str) -> Literal:
    """Return a literal of a datatype of XML Schema."""
    return Literal(str(value), datatype=NamedNode(PREFIXES["xsd"] + datatype))


def spoken(name: str, texts: Mapping[str, str]) -> Iterator[tuple[str, Literal]]:
    """Yield a text in each of its languages."""
    for language, text in texts.items():
        yield name, Literal(text, language=language)


def chosen(visit: Visit, suffix: str, offers: tuple[Format, ...], path: str) -> Format:
    """Return the format that a request asks for, by its suffix or its Accept header.

    Raises:
        NotAcceptable: there is none that the client takes.
    """
    by_suffix = next((f for f in offers if f.suffix == suffix), None)
    found = by_suffix or formats.negotiate(visit.request.headers.get("accept", ""), offers)
    if found is None:
        known = ", ".join(f.media_type for f in offers)
        raise NotAcceptable(f"{path} cannot be given as any type that the client accepts. Accept one of {known}.")
    return found


def graph(
    visit: Visit, kind: Format, triples: Callable[[], Iterable[Triple]], links: Iterable[tuple[str, str, str]] = ()
) -> Response:
    """Answer with triples."""

    def body() -> bytes:
        return ox.serialize(dict.fromkeys(triples()), format=kind.rdf, prefixes=dict(NAMES)) or b""

    return visit.answer(kind, body, {"Link": link_header([*links, (LICENCE, "license", "")])})
