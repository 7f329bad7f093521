"""Which reader reads a file: by its ending, or as the mapping says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dgekg.importers.guards import USUAL, Limits
from dgekg.importers.reading import bibliography, delimited, objects, triples, workbook
from dgekg.importers.reading.row import Row
from dgekg.importers.trouble import Place, refused

__all__ = ["Reading", "Row", "Table", "open_table"]
FORMS: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".geojson": "json",
    ".bib": "bibtex",
    ".ris": "ris",
    ".ttl": "rdf",
    ".nt": "rdf",
    ".nq": "rdf",
    ".trig": "rdf",
    ".rdf": "rdf",
    ".owl": "rdf",
    ".jsonld": "rdf",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are to be read.

    Attributes:
        form: csv, xlsx, json, jsonl, bibtex, ris or rdf; "" by the file's ending.
        encoding: of text, where no mark at its beginning says.
        delimiter: between the values of a line; "" finds it in the first line.
        sheet: of a workbook; "" takes the only one, or the first that is shown.
        head: number of the row that names the columns.
        records: where the objects of a JSON document stand, as `results.items`; of RDF, the class of the subjects.
        prefixes: short forms by which the properties of RDF are named.
        paths: properties of RDF that lead on to another subject, as `dct:publisher/foaf:name`.
        last: sign after whose last occurrence the name of a column begins, as "/" in `group/question`; "" for none.
    """

    form: str = ""
    encoding: str = "utf-8"
    delimiter: str = ""
    sheet: str = ""
    head: int = 1
    records: str = ""
    prefixes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    paths: Sequence[str] = ()
    last: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """An outside table.

    Attributes:
        columns: their names, where the file has a head; empty where each row has its own.
        rows: one by one.
    """

    columns: Sequence[str]
    rows: Iterator[Row]


def open_table(path: Path, reading: Reading, limits: Limits = USUAL) -> Table:
    """Open an outside table.

    Raises:
        Refused: the file is none that is read, too large, too deep, broken, or in another encoding; also while its
            rows are read.
    """
    form = reading.form or FORMS.get(path.suffix.lower(), "")
    if form not in _READERS:
        known = ", ".join(sorted(set(FORMS)))
        raise refused("file.form", Place(path.name), path.suffix or path.name, known=known)
    columns, rows = _READERS[form](path, reading, limits)
    if len(columns) > limits.columns:
        raise refused("file.columns", Place(path.name), str(len(columns)), limit=limits.columns)
    if reading.last:
        rows = _shortened(rows, reading.last)
        columns = [_tail(name, reading.last) for name in columns]
    return Table(columns, _counted(rows, limits))


def _counted(rows: Iterator[Row], limits: Limits) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number > limits.rows:
            raise refused("file.rows", Place(row.place.file, row.place.sheet), limit=f"{limits.rows:,}")
        yield row


def _shortened(rows: Iterator[Row], sign: str) -> Iterator[Row]:
    for row in rows:
        yield Row(row.place, {_tail(name, sign): values for name, values in row.cells.items()}, row.troubles)


def _tail(name: str, sign: str) -> str:
    return name.rpartition(sign)[2]


_Reader = Callable[[Path, Reading, Limits], tuple[Sequence[str], Iterator[Row]]]
_READERS: Mapping[str, _Reader] = {
    "csv": lambda path, how, limits: delimited.read(path, how.encoding, how.delimiter, how.head, limits),
    "xlsx": lambda path, how, limits: workbook.read(path, how.sheet, how.head, limits),
    "json": lambda path, how, limits: objects.read(path, how.encoding, how.records, limits),
    "jsonl": lambda path, how, limits: objects.read_lines(path, how.encoding, limits),
    "bibtex": lambda path, how, limits: bibliography.read_bibtex(path, how.encoding, limits),
    "ris": lambda path, how, limits: bibliography.read_ris(path, how.encoding, limits),
    "rdf": lambda path, how, limits: triples.read(path, how.records, how.prefixes, how.paths, limits),
}
