"""Tables of the records: one a kind, one of its links, the codes of all schemes; as CSV and as Parquet."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode

from dgekg import distributions, identifiers
from dgekg.distributions import codebook, fields, parquet, records
from dgekg.distributions.codebook import SEPARATOR, Tables
from dgekg.distributions.fields import Column
from dgekg.distributions.records import Record, Value
from dgekg.tables import harmless
from dgekg.vocabulary import LABEL_PROPERTIES, LANGUAGES, ONTOLOGY, PREFIXES, RDF_TYPE

_SKOS = PREFIXES["skos"]
_BAR = "¦"  # what a bar within a value of a list is written as, so that lists can be taken apart again
_EPOCH = (1980, 1, 1, 0, 0, 0)


def make(dump: Path, root: Path, folder: Path, version: str) -> None:
    """Write all tables, their codebook and the three archives (see `distributions.make`)."""
    work = folder / ".tables"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        tables = write(dump, root / "shapes", work)
        metadata = codebook.metadata(tables, version)
        (work / codebook.METADATA).write_text(metadata, encoding="utf-8")
        parquet.write(work, tables)
        _archives(work, tables)
        for made in sorted(work.iterdir()):
            made.rename(folder / made.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write(dump: Path, shapes: Path, folder: Path) -> Tables:
    """Write the CSV files; return the columns of each table.

    Args:
        dump: all quads, as sorted lines of N-Quads.
        shapes: folder of the shapes, which name and explain the columns.
        folder: where the files go.
    """
    labels: dict[str, str] = {}
    seen = fields.foreseen(shapes)
    kinds = fields.gather(_labelled(records.read(dump), labels), seen)
    for _ in _labelled(records.read(dump, concepts=True), labels):
        pass
    tables: dict[str, Sequence[Column]] = {kind: fields.columns(seen[kind]) for kind in sorted(kinds)}
    tables |= {f"{kind}-links": codebook.LINKS for kind in sorted(kinds)}
    tables["codes"] = codebook.CODES
    with contextlib.ExitStack() as stack:
        files = {name: stack.enter_context(_opened(folder, name)) for name in tables}
        writers = {name: csv.writer(file, lineterminator="\r\n") for name, file in files.items()}
        for name, columns in tables.items():
            writers[name].writerow([c.name for c in columns])
        places = {kind: _places(tables[kind]) for kind in kinds}
        for record in records.read(dump):
            writers[record.kind].writerow(_row(record, places[record.kind], len(tables[record.kind]), labels))
            writers[f"{record.kind}-links"].writerows(_links(record, labels))
        writers["codes"].writerows(_code(c) for c in records.read(dump, concepts=True))
    with _opened(folder, "codebook") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow(codebook.COLUMNS)
        writer.writerows(codebook.rows(tables))
    return tables


@contextlib.contextmanager
def _opened(folder: Path, name: str) -> Iterator[Any]:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        yield file


def _labelled(found: Iterable[Record], labels: dict[str, str]) -> Iterator[Record]:
    """Keep the English label of each record that passes, else the first that it has."""
    for record in found:
        for name in LABEL_PROPERTIES:
            texts = [v for v in record.said.get(name, ()) if isinstance(v, Literal)]
            if texts:
                labels[record.iri] = next((t.value for t in texts if t.language == "en"), texts[0].value)
                break
        yield record


def _places(columns: Sequence[Column]) -> dict[str, list[tuple[int, Column]]]:
    """Return the columns of each property with their numbers: a record fills few of them."""
    found: dict[str, list[tuple[int, Column]]] = {}
    for number, column in enumerate(columns):
        found.setdefault(column.property, []).append((number, column))
    return found


def _row(
    record: Record, places: Mapping[str, Sequence[tuple[int, Column]]], width: int, labels: Mapping[str, str]
) -> list[str]:
    row = [""] * width
    for number, column in places[""]:
        row[number] = record.slug if column.form == "id" else record.iri
    for name, values in record.said.items():
        for number, column in places.get(name, ()):
            row[number] = _cell(values, column, labels)
    return row


def _cell(given: Iterable[Value], column: Column, labels: Mapping[str, str]) -> str:
    chosen = [v for v in given if _fits(v, column)]
    chosen.sort(key=lambda v: short(v.value))  # so that labels stand in the order of their codes
    if column.form == "label":
        values = [labels.get(v.value, "") for v in chosen]
    else:
        values = [short(v.value) if isinstance(v, NamedNode) else v.value for v in chosen]
    if not column.many:
        return values[0] if values else ""
    return SEPARATOR.join(value.replace(SEPARATOR, _BAR) for value in values)


def _fits(value: Value, column: Column) -> bool:
    if isinstance(value, NamedNode):
        if column.form == "class":
            return value.value.startswith(ONTOLOGY)
        return column.form in ("code", "label")
    if value.language:
        return column.form == "text" and value.language == column.language
    return column.form == "value"


@lru_cache(maxsize=1 << 16)
def short(iri: str) -> str:
    """Return how a cell names what an address leads to: a code, `kind/slug`, a class, or the address as it is.

    >>> short("https://w3id.org/dgekg/scheme/stage/data"), short("https://w3id.org/dgekg/id/actor/x"), short("x:y")
    ('data', 'actor/x', 'x:y')
    """
    local = identifiers.parse(iri)
    if local is None:
        return iri.removeprefix(ONTOLOGY)
    return (local.slug or local.scheme) if local.kind == "scheme" else f"{local.kind}/{local.slug}"


def _links(record: Record, labels: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for iri, values in sorted(record.said.items()):
        if iri == RDF_TYPE:
            continue
        for value in sorted(v.value for v in values if isinstance(v, NamedNode)):
            name = re.split(r"[#/]", iri)[-1]
            yield record.slug, name, iri, fields.target(value), short(value), value, labels.get(value, "")


def _code(concept: Record) -> list[str]:
    def text(name: str, language: str = "") -> str:
        values = [v for v in concept.said.get(_SKOS + name, ()) if isinstance(v, Literal)]
        return next((v.value for v in values if (v.language or "") == language), "")

    broader = sorted(short(v.value) for v in concept.said.get(_SKOS + "broader", ()))
    return [
        concept.kind,
        concept.slug,
        concept.iri,
        text("notation"),
        SEPARATOR.join(broader),
        *(text("prefLabel", code) for code in LANGUAGES),
        *(text("definition", code) for code in LANGUAGES),
    ]


def _archives(folder: Path, tables: Tables) -> None:
    plain, safe, packed = distributions.ARCHIVES
    names = [*tables, "codebook"]
    with _zip(folder / plain) as target:
        for name in (codebook.METADATA, *(f"{n}.csv" for n in names)):
            _add(target, name, _pieces(folder / name))
    with _zip(folder / safe) as target:
        for name in names:
            _add(target, f"{name}.csv", _harmless(folder / f"{name}.csv"))
    with _zip(folder / packed) as target:
        for name in names:
            _add(target, f"{name}.parquet", _pieces(folder / f"{name}.parquet"))


def _zip(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)


def _add(target: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    """Add a file as it is read; the same bytes whenever it is made."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    with target.open(info, "w") as out:
        for piece in pieces:
            out.write(piece)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            yield piece


def _harmless(path: Path) -> Iterator[bytes]:
    """Yield a CSV file as a spreadsheet may open it: marked as UTF-8, and nothing in it a formula."""
    yield b"\xef\xbb\xbf"
    with path.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        while some := list(islice(rows, 2000)):
            out = io.StringIO()
            csv.writer(out, lineterminator="\r\n").writerows([harmless(value) for value in row] for row in some)
            yield out.getvalue().encode()
