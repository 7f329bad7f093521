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
from dgekg.findings import Finding, violation
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
            findings.append(violation(_RULE, "ledger.unreadable", file, values={"reason": str(error)}))
            continue
        if not rows or tuple(rows[0]) != COLUMNS:
            findings.append(violation(_RULE, "ledger.head", file, 1, values={"head": ",".join(COLUMNS)}))
            continue
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(COLUMNS):
                findings.append(
                    violation(
                        _RULE,
                        "ledger.width",
                        file,
                        number,
                        values={"expected": str(len(COLUMNS)), "count": str(len(row))},
                    )
                )
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
                findings.append(_at(entry, "twice"))
            created.add(entry.record)
        elif entry.record not in created:
            findings.append(_at(entry, "not-created"))
        last[entry.record] = entry
        if entry.replaced_by and entry.replaced_by not in present and entry.replaced_by not in last:
            findings.append(_at(entry, "replacement", replacement=entry.replaced_by))
    for name, document in present.items():
        line = line_for(name, _issued(document) or "YYYY-MM-DD")
        if name not in last:
            findings.append(violation(_RULE, "ledger.missing", document.file, values={"entry": line}))
        elif last[name].kind in _GONE:
            findings.append(_at(last[name], "still-there", kind=last[name].kind, there=document.file))
    for name, entry in last.items():
        if name not in present and entry.kind not in _GONE:
            findings.append(_at(entry, "gone"))
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
        found.append(_at(entry, "date", value=entry.date))
    if entry.kind not in KINDS:
        found.append(_at(entry, "kind", value=entry.kind, kinds=", ".join(KINDS)))
    if entry.kind in ("rename", "merge") and not entry.replaced_by:
        found.append(_at(entry, "replaced-by", kind=entry.kind))
    return found


def _at(entry: Entry, key: str, **values: str) -> Finding:
    return violation(_RULE, f"ledger.{key}", entry.file, entry.line, values={"name": entry.record, **values})
