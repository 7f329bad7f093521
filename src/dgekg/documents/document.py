"""A document: one Turtle file, with its place in the project and the lines of what it says.

It keeps the bytes of its file and a digest, and parses again where its triples are wanted: a hundred thousand
documents held as triples would need several times the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from dgekg.identifiers import compact, document_graph
from dgekg.vocabulary import BASE, RDF_TYPE

_NOTHING: frozenset[str] = frozenset()
Classes = Mapping[str, frozenset[str]]
Value = str | Literal
Said = Mapping[str, Mapping[str, list[Value]]]


class Content(NamedTuple):
    """What a document says, in one pass over its triples.

    Attributes:
        said: the values of each property of each subject; an address is a `str`, other values are `Literal`.
        addresses: all IRIs that are values, classes included.
        plain: whether there are only addresses and literals, no blank nodes and the like.
    """

    said: Said
    addresses: set[str]
    plain: bool


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file as it was read.

    Attributes:
        file: path below the project's folder, with forward slashes.
        folder: name of its folder below data/ or ontology/, such as `practices`.
        slug: file name without its ending.
        data: the bytes of the file.
        digest: SHA-256 of its triples as sorted N-Triples lines, the same however they are laid out; "" where it does
            not parse.
        classes: each IRI that it describes, with the classes that it gives it.
    """

    file: str
    folder: str
    slug: str
    data: bytes = field(repr=False)
    digest: str = ""
    classes: Classes = field(repr=False, default_factory=lambda: MappingProxyType({}))

    @property
    def text(self) -> str:
        """The text of the file; where it is not UTF-8, with signs in the place of what cannot be read."""
        return self.data.decode("utf-8", "replace")

    @property
    def triples(self) -> tuple[Triple, ...]:
        """What it says, parsed anew; empty where it does not parse."""
        return tuple(q.triple for q in parsed(self.data)) if self.digest else ()

    @property
    def content(self) -> Content:
        """What it says, by subject and property, parsed anew."""
        said: dict[str, dict[str, list[Value]]] = {}
        addresses: set[str] = set()
        plain = True
        for quad in parsed(self.data) if self.digest else ():
            subject, value = quad.subject, quad.object
            if not isinstance(subject, NamedNode):
                plain = False
                continue
            values = said.setdefault(subject.value, {}).setdefault(quad.predicate.value, [])
            if isinstance(value, NamedNode):
                address = value.value
                addresses.add(address)
                values.append(address)
            elif isinstance(value, Literal):
                values.append(value)
            else:
                plain = False
        return Content(said, addresses, plain)

    @property
    def subjects(self) -> frozenset[str]:
        """The IRIs that this document describes."""
        return frozenset(self.classes)

    @property
    def references(self) -> frozenset[str]:
        """The IRIs that it mentions as values, without classes."""
        return frozenset(
            t.object.value for t in self.triples if isinstance(t.object, NamedNode) and t.predicate.value != RDF_TYPE
        )

    @property
    def kinds(self) -> frozenset[str]:
        """The classes of what it describes."""
        return _NOTHING.union(*self.classes.values())

    @property
    def graph(self) -> str:
        """Name of the graph that holds it."""
        return document_graph(self.folder, self.slug)

    @property
    def likely(self) -> frozenset[str]:
        """The IRIs of ours that a file which does not parse seems to describe, so that nothing else is blamed."""
        if self.digest:
            return _NOTHING
        return frozenset(BASE + name for name in re.findall(rf"^<(?:{BASE})?([^>\s]+)>", self.text, re.MULTILINE))

    def line_of(self, record: str, prop: str = "", found: str = "") -> int:
        """Return the line that speaks of a record, its property or a value; 0 if it cannot be told.

        A reading of the text, not of the grammar: good enough to lead an eye to the place.
        """
        lines = self.text.splitlines()
        start = _block(lines, record)
        if start < 0:
            return 0
        end = next((i for i in range(start + 1, len(lines)) if re.match(r"<[^>]*>(?:\s|$)", lines[i])), len(lines))
        local = re.split(r"[/#:]", prop)[-1] if prop else ""
        wanted = found.removeprefix(BASE) if local or ":" in found else ""  # a bare number stands anywhere
        hits = [i for i in range(start, end) if local and re.search(rf"[:#/]{re.escape(local)}\b", lines[i])]
        if wanted:
            exact = [i for i in range(start, end) if wanted in lines[i]]
            hits = [i for i in hits if i in exact] or exact or hits
        return (hits[0] if hits else start) + 1


def _block(lines: Sequence[str], record: str) -> int:
    names = (f"<{record}>", f"<{record.removeprefix(BASE)}>", compact(record))
    for number, line in enumerate(lines):
        if line.startswith(names):
            return number
    return next((n for n, line in enumerate(lines) if any(name in line for name in names)), -1)


def parsed(data: bytes) -> Iterable[Quad]:
    """Yield what a file says.

    Raises:
        SyntaxError: it is not Turtle.
    """
    return parse(data, format=RdfFormat.TURTLE, base_iri=BASE)
