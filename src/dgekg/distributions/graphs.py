"""All graphs of a version as one file, written while the dump is read."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Quad, RdfFormat, Triple

from dgekg.formats import NQUADS, TRIG, TURTLE, Format
from dgekg.vocabulary import PREFIXES


def make(dump: Path, folder: Path, form: Format) -> None:
    """Write `dump.{suffix}` and `dump.{suffix}.gz` into a folder (see `distributions.make`)."""
    plain = folder / f"dump.{form.suffix}"
    partial = folder / f".{plain.name}.part"
    write(dump, partial, form)
    packed = folder / f".{plain.name}.gz.part"
    with (
        partial.open("rb") as source,
        packed.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
    partial.rename(plain)
    packed.rename(folder / f"{plain.name}.gz")


def write(dump: Path, file: Path, form: Format) -> int:
    """Write a dump in another format; return the number of statements.

    Turtle has no named graphs: there the graphs are merged.

    Raises:
        OSError: the file cannot be written.
    """
    counted = _Counted()
    if form is NQUADS:
        shutil.copyfile(dump, file)
        with dump.open("rb") as source:
            return sum(1 for _ in source)
    if form is TURTLE:
        triples = counted.triples(ox.parse(path=str(dump), format=RdfFormat.N_QUADS))
        ox.serialize(triples, output=str(file), format=form.rdf, prefixes=PREFIXES)
    else:
        quads = counted.quads(ox.parse(path=str(dump), format=RdfFormat.N_QUADS))
        ox.serialize(quads, output=str(file), format=form.rdf, prefixes=PREFIXES if form is TRIG else None)
    return counted.number


class _Counted:
    """A stream that counts what passes; the same triple in several graphs stands side by side in a sorted dump."""

    def __init__(self) -> None:
        self.number = 0

    def quads(self, quads: Iterator[Quad]) -> Iterator[Quad]:
        for quad in quads:
            self.number += 1
            yield quad

    def triples(self, quads: Iterator[Quad]) -> Iterator[Triple]:
        last = None
        for quad in quads:
            triple = quad.triple
            if triple != last:
                self.number += 1
                yield triple
            last = triple
