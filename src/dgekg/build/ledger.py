"""The ledger `data/changes/*.csv`: what happened to each record, append-only, checked against the records.

Columns: `date,kind,record,replaced_by,note`. Kinds: create, update, rename, deprecate, merge, withdraw. A record
is a document, named `{folder}/{slug}`.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from dgekg import identifiers
from dgekg.documents import MAIN_KIND, Document
from dgekg.findings import Finding, violation
from dgekg.store.base import value_of
from dgekg.vocabulary import PREFIXES, RDF_TYPE

COLUMNS = ("date", "kind", "record", "replaced_by", "note")
KINDS = ("create", "update", "rename", "deprecate", "merge", "withdraw")
_GONE = ("rename", "merge", "withdraw")
_RULE = "ledger"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    date: str
    kind: str
    record: str
    replaced_by: str
    note: str
    file: str
    line: int


def read(folder: Path, root: Path) -> tuple[list[Entry], list[Finding]]:
    """Read all ledger files in the order of their names."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    for path in sorted(folder.glob("*.csv")):
        file = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        try:
            data = path.read_bytes()
        except OSError as error:
            findings.append(violation(_RULE, "ledger.unreadable", file, values={"reason": str(error)}))
            continue
        found, wrong = of_text(file, data)
        entries += found
        findings += wrong
    return entries, findings


def names(folder: Path) -> Iterator[str]:
    """Yield the record of each line of all ledger files, without holding them; what cannot be read is left out."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file, contextlib.suppress(csv.Error):
            rows = csv.reader(file)
            next(rows, None)
            yield from (row[2] for row in rows if len(row) == len(COLUMNS))


def of_text(file: str, data: bytes) -> tuple[list[Entry], list[Finding]]:
    """Read what a ledger file says, or is to say.

    Args:
        file: its path below the project's folder, with forward slashes.
        data: its bytes.
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error) as error:
        return [], [violation(_RULE, "ledger.unreadable", file, values={"reason": str(error)})]
    if not rows or tuple(rows[0]) != COLUMNS:
        return [], [violation(_RULE, "ledger.head", file, 1, values={"head": ",".join(COLUMNS)})]
    return of_rows(file, rows[1:])


def of_rows(file: str, rows: Iterable[Sequence[str]], first: int = 2) -> tuple[list[Entry], list[Finding]]:
    """Read rows of a ledger file.

    Args:
        file: its path below the project's folder, with forward slashes.
        rows: below the head, or the last ones of them.
        first: number of the first row that is given; the head is 1.
    """
    entries: list[Entry] = []
    findings: list[Finding] = []
    for number, row in enumerate(rows, first):
        if len(row) != len(COLUMNS):
            width = {"expected": str(len(COLUMNS)), "count": str(len(row))}
            findings.append(violation(_RULE, "ledger.width", file, number, values=width))
            continue
        date, kind, record, replaced_by, note = row
        entries.append(Entry(date, kind, record, replaced_by, note, file, number))
        findings += _well_formed(entries[-1])
    return entries, findings


def check(folder: Path, records: Iterable[Document], root: Path, as_of: dt.date = dt.date.max) -> list[Finding]:
    """Compare the ledger with the records, as of a day."""
    entries, findings = read(folder, root)
    findings += ahead(entries, as_of)
    present = {name_of(d): d for d in records}
    book = Book(entries)
    for name in {*present, *book.names}:
        findings += book.check(name, present)
    return findings


def ahead(entries: Iterable[Entry], as_of: dt.date) -> list[Finding]:
    """Find the lines that are dated after a day."""
    return [_at(e, "future", value=e.date) for e in entries if (_date(e) or as_of) > as_of]


def name_of(document: Document) -> str:
    """Return the name under which the ledger knows a document."""
    return f"{document.folder}/{document.slug}"


class Book:
    """The ledger by record: what is wrong with one record's lines is found without a look at all the others.

    Args:
        entries: all lines, in order.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._lines: dict[str, list[Entry]] = {}
        self._replacing: dict[str, list[Entry]] = {}
        for entry in entries:
            self.add(entry)

    @property
    def names(self) -> Iterable[str]:
        """The records that have lines."""
        return self._lines.keys()

    def add(self, entry: Entry) -> None:
        """Take in a line, wherever it stands."""
        insort(self._lines.setdefault(entry.record, []), entry, key=_place)
        if entry.replaced_by:
            self._replacing.setdefault(entry.replaced_by, []).append(entry)

    def remove(self, entry: Entry) -> None:
        """Take a line out again."""
        for lines, name in ((self._lines, entry.record), (self._replacing, entry.replaced_by)):
            if name in lines:
                lines[name].remove(entry)
                if not lines[name]:
                    del lines[name]

    def about(self, names: Iterable[str]) -> set[str]:
        """Return some records and those of which the lines say that they were replaced by them."""
        wanted = set(names)
        return wanted | {entry.record for name in wanted for entry in self._replacing.get(name, ())}

    def check(self, name: str, present: Mapping[str, Document]) -> Iterator[Finding]:
        """Find what is wrong with the lines of one record.

        Args:
            name: of the record.
            present: all records that are there, by name.
        """
        last: Entry | None = None
        created = False
        for entry in self._lines.get(name, ()):
            if entry.kind == "create":
                if created and last is not None and last.kind not in _GONE:
                    yield _at(entry, "twice")
                created = True
            elif not created:
                yield _at(entry, "not-created")
            last = entry
            if entry.replaced_by and entry.replaced_by not in present and not self._known(entry.replaced_by, entry):
                yield _at(entry, "replacement", replacement=entry.replaced_by)
        document = present.get(name)
        if last is None:
            if document is not None:
                line = line_for(name, issued(document) or "YYYY-MM-DD")
                yield violation(_RULE, "ledger.missing", document.file, values={"entry": line})
        elif document is not None and last.kind in _GONE:
            yield _at(last, "still-there", kind=last.kind, there=document.file)
        elif document is None and last.kind not in _GONE:
            yield _at(last, "gone")

    def _known(self, name: str, entry: Entry) -> bool:
        """Say whether a record had a line by then."""
        lines = self._lines.get(name)
        return lines is not None and _place(lines[0]) <= _place(entry)


def _place(entry: Entry) -> tuple[str, int]:
    return entry.file, entry.line


def quads(folder: Path, root: Path) -> Iterator[Quad]:
    """Yield the ledger as `dgekg:Change` records in a graph of its own, for questions and the change feed."""
    return quads_of(read(folder, root)[0])


def quads_of(entries: Iterable[Entry]) -> Iterator[Quad]:
    """Yield some lines of the ledger as `dgekg:Change` records."""
    graph = NamedNode(identifiers.named_graph("changes"))
    date = NamedNode(PREFIXES["xsd"] + "date")
    for entry in entries:
        subject = NamedNode(identifiers.record("change", f"{Path(entry.file).stem}-{entry.line}"))
        values: list[tuple[str, NamedNode | Literal]] = [
            (RDF_TYPE, NamedNode(identifiers.term("Change"))),
            (identifiers.term("changeKind"), NamedNode(identifiers.concept("change-kind", entry.kind))),
            (identifiers.term("changedRecord"), NamedNode(_iri(entry.record))),
            (PREFIXES["dct"] + "date", Literal(entry.date, datatype=date)),
        ]
        if entry.replaced_by:
            values.append((PREFIXES["dct"] + "isReplacedBy", NamedNode(_iri(entry.replaced_by))))
        if entry.note:
            values.append((identifiers.term("rationale"), Literal(entry.note, language="en")))
        for prop, value in values:
            yield Quad(subject, NamedNode(prop), value, graph)


def _iri(name: str) -> str:
    """Return the record that a document is about, or the document's graph where it holds several."""
    folder, _, slug = name.partition("/")
    kind = MAIN_KIND.get(folder)
    return identifiers.record(kind, slug) if kind else identifiers.document_graph(folder, slug)


def record_new(folder: Path, records: Sequence[Document], root: Path, date: dt.date) -> int:
    """Append a create line for each document that the ledger lacks; return how many."""
    entries, _ = read(folder, root)
    known = {e.record for e in entries}
    new = [d for d in records if f"{d.folder}/{d.slug}" not in known]
    if not new:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{date.year}.csv"
    fresh = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        if fresh:
            writer.writerow(COLUMNS)
        for document in new:
            writer.writerow(
                (issued(document) or date.isoformat(), "create", f"{document.folder}/{document.slug}", "", "")
            )
    return len(new)


def line_for(record: str, date: str) -> str:
    """Return the create line of a record.

    >>> line_for("practices/x", "2026-11-21")
    '2026-11-21,create,practices/x,,'
    """
    return f"{date},create,{record},,"


def issued(document: Document) -> str:
    """Return the day on which what a document describes was first recorded; "" where it does not say."""
    dates = [value_of(t.object) for t in document.triples if t.predicate.value.endswith("/terms/issued")]
    return min(dates, default="")


def _well_formed(entry: Entry) -> list[Finding]:
    found = []
    if _date(entry) is None:
        found.append(_at(entry, "date", value=entry.date))
    if entry.kind not in KINDS:
        found.append(_at(entry, "kind", value=entry.kind, kinds=", ".join(KINDS)))
    if entry.kind in ("rename", "merge") and not entry.replaced_by:
        found.append(_at(entry, "replaced-by", kind=entry.kind))
    return found


def _date(entry: Entry) -> dt.date | None:
    try:
        date = dt.date.fromisoformat(entry.date)
    except ValueError:
        return None
    return date if date.isoformat() == entry.date else None


def _at(entry: Entry, key: str, **values: str) -> Finding:
    return violation(_RULE, f"ledger.{key}", entry.file, entry.line, values={"name": entry.record, **values})
