"""Records out of a sorted dump, one after the other: all that is said of a subject stands together there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

from dgekg import identifiers
from dgekg.vocabulary import BASE, DIMENSION, ONTOLOGY

Value = NamedNode | Literal
_ID, _SCHEME = f"<{BASE}id/".encode(), f"<{BASE}scheme/".encode()
# What only says once more, closed upward, what the records themselves say.
_REPEATED = (f" <{DIMENSION}".encode(), f" <{ONTOLOGY}within>".encode())
_LINES = 4000


class Record(NamedTuple):
    """What the dump says of one subject, its derived dimensions left out."""

    iri: str
    kind: str
    slug: str
    said: dict[str, list[Value]]


def read(dump: Path, *, concepts: bool = False) -> Iterator[Record]:
    """Yield the records of a dump in the order of their addresses; of concepts, `kind` is their scheme.

    Args:
        dump: all quads, as sorted lines of N-Quads.
        concepts: concepts in place of records.
    """
    for iri, quads in groupby(
        _quads(dump, _SCHEME if concepts else _ID), lambda q: str(getattr(q.subject, "value", ""))
    ):
        local = identifiers.parse(iri)
        if local is None or (concepts and not local.slug):
            continue
        said: dict[str, list[Value]] = {}
        for quad in quads:
            value = quad.object
            if isinstance(value, NamedNode | Literal):
                values = said.setdefault(quad.predicate.value, [])
                if value not in values:
                    values.append(value)
        yield Record(iri, local.scheme if concepts else local.kind, local.slug, said)


def _quads(dump: Path, start: bytes) -> Iterator[Quad]:
    with dump.open("rb") as source:
        wanted: list[bytes] = []
        for line in source:
            if not line.startswith(start):
                continue
            end = line.index(b" ")
            if line.startswith(_REPEATED, end):
                continue
            wanted.append(line)
            if len(wanted) >= _LINES:
                yield from ox.parse(b"".join(wanted), format=RdfFormat.N_QUADS)
                wanted = []
        yield from ox.parse(b"".join(wanted), format=RdfFormat.N_QUADS)
