"""The ledger `data/changes/*.csv`: what happened to each record, append-only, checked against the records.

Columns: `date,kind,record,replaced_by,note`. Kinds: create, update, rename, deprecate, merge, withdraw. A record
is a document, named `{folder}/{slug}`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from dgekg import identifiers
from dgekg.documents import MAIN_KIND, Document
from dgekg.findings import Finding, Severity
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
            rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            findings.append(_finding(file, 0, f"The ledger cannot be read: {error}."))
            continue
        if not rows or tuple(rows[0]) != COLUMNS:
            findings.append(_finding(file, 1, f"The first line must be: {','.join(COLUMNS)}"))
            continue
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(COLUMNS):
                findings.append(_finding(file, number, f"Expected {len(COLUMNS)} values, found {len(row)}."))
                continue
            date, kind, record, replaced_by, note = row
            entry = Entry(date, kind, record, replaced_by, note, file, number)
            entries.append(entry)
            findings += _well_formed(entry)
    return entries, findings


def check(folder: Path, records: Iterable[Document], root: Path) -> list[Finding]:
    """Compare the ledger with the records."""
    entries, findings = read(folder, root)
    present = {f"{d.folder}/{d.slug}": d for d in records}
    last: dict[str, Entry] = {}
    created: set[str] = set()
    for entry in entries:
        if entry.kind == "create":
            if entry.record in created and last[entry.record].kind not in _GONE:
                findings.append(_at(entry, "This record was created before; write update instead."))
            created.add(entry.record)
        elif entry.record not in created:
            findings.append(_at(entry, "No line above creates this record. Add its create line first."))
        last[entry.record] = entry
        if entry.replaced_by and entry.replaced_by not in present and entry.replaced_by not in last:
            findings.append(_at(entry, f"The record that replaces it, {entry.replaced_by}, does not exist."))
    for name, document in present.items():
        line = line_for(name, _issued(document) or "YYYY-MM-DD")
        if name not in last:
            message = (
                f"The ledger has no line for this record. Add to data/changes/: {line} (dgekg build --record does it)."
            )
            findings.append(Finding(Severity.VIOLATION, _RULE, message, document.file))
        elif last[name].kind in _GONE:
            findings.append(_at(last[name], f"The ledger says {last[name].kind}, but {document.file} is still there."))
    for name, entry in last.items():
        if name not in present and entry.kind not in _GONE:
            message = "The record is gone, but the ledger does not say how: add a rename, merge or withdraw line."
            findings.append(_at(entry, message))
    return findings


def quads(folder: Path, root: Path) -> Iterator[Quad]:
    """Yield the ledger as `dgekg:Change` records in a graph of its own, for questions and the change feed."""
    graph = NamedNode(identifiers.named_graph("changes"))
    date = NamedNode(PREFIXES["xsd"] + "date")
    for entry in read(folder, root)[0]:
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
                (_issued(document) or date.isoformat(), "create", f"{document.folder}/{document.slug}", "", "")
            )
    return len(new)


def line_for(record: str, date: str) -> str:
    """Return the create line of a record.

    >>> line_for("practices/x", "2026-11-21")
    '2026-11-21,create,practices/x,,'
    """
    return f"{date},create,{record},,"


def _issued(document: Document) -> str:
    dates = [t.object.value for t in document.triples if t.predicate.value.endswith("/terms/issued")]  # type: ignore[union-attr]
    return min(dates, default="")


def _well_formed(entry: Entry) -> list[Finding]:
    found = []
    try:
        dt.date.fromisoformat(entry.date)
    except ValueError:
        found.append(_at(entry, f'date: found "{entry.date}", expected a date such as 2026-11-21.'))
    if entry.kind not in KINDS:
        found.append(_at(entry, f'kind: found "{entry.kind}", expected one of {", ".join(KINDS)}.'))
    if entry.kind in ("rename", "merge") and not entry.replaced_by:
        found.append(_at(entry, f"A {entry.kind} must say in replaced_by what the record is now."))
    return found


def _at(entry: Entry, message: str) -> Finding:
    return _finding(entry.file, entry.line, f"{entry.record}: {message}")


def _finding(file: str, line: int, message: str) -> Finding:
    return Finding(Severity.VIOLATION, _RULE, message, file, line)
