"""Taking a record out of the files: its documents, what is about it and says nothing without it, and every mention."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat

from dgekg import identifiers, withdrawal
from dgekg.build import ledger
from dgekg.documents import Document
from dgekg.errors import Conflict
from dgekg.store.local import LocalStore
from dgekg.suppression import Entry, Suppressed
from dgekg.vocabulary import BASE, PREFIXES
from dgekg.writer.changes import Line
from dgekg.writer.writer import Writer

_NOTE = "Withdrawn."


def removal(writer: Writer, record: str, note: str = _NOTE) -> tuple[dict[Path, str | None], list[Line]]:
    """Return what the files are to say without a record, and the lines of the ledger that tell of it.

    Args:
        writer: holds the record.
        record: its IRI.
        note: for the ledger; public.

    Raises:
        Conflict: no file describes it.
    """
    home = next((d for d in writer.documents.values() if record in d.classes), None)
    if home is None:
        raise Conflict(f"{identifiers.compact(record)}: no file describes it.")
    gone = taken(writer, record)
    texts: dict[Path, str | None] = {}
    lines: list[Line] = []
    for document in concerned(writer.documents.values(), gone):
        text = without(document, gone)
        texts[Path(document.file)] = text
        kind = "update" if text is not None else "withdraw"
        lines.append(Line(kind, ledger.name_of(document), note=note if document is home else ""))
    return texts, lines


def unwritten(writer: Writer, texts: Mapping[Path, str | None]) -> dict[Path, str | None]:
    """Return the files of the ledger without the lines about records whose files go, as if they had never been."""
    names = {f"{path.parent.name}/{path.stem}" for path, text in texts.items() if text is None}
    found: dict[Path, str | None] = {}
    for file, data in writer.ledger.items():
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"))))
        kept = [row for row in rows if names.isdisjoint(row[2:4])]
        if len(kept) < len(rows):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(kept)
            found[Path(file)] = text.getvalue()
    return found


def taken(writer: Writer, record: str) -> frozenset[str]:
    """Return all that goes with a record, as a service leaves it out: itself, its parts, what is about it."""
    copy = LocalStore()
    copy.engine.extend(writer.store.engine)
    listed = Suppressed([Entry(record, "withdrawn", writer.as_of.isoformat())])
    return withdrawal.take(copy, listed, writer.project.queries).gone


def concerned(documents: Iterable[Document], gone: frozenset[str]) -> list[Document]:
    """Return the documents of records that describe or mention something that is gone, in the order of their names."""
    short = tuple(iri.removeprefix(BASE).encode() for iri in gone if iri.startswith(f"{BASE}id/"))
    found = []
    for document in documents:
        likely = document.file.startswith("data/") and any(name in document.data for name in short)
        if likely and not gone.isdisjoint(document.subjects | document.references):
            found.append(document)
    return sorted(found, key=lambda one: one.file)


def without(document: Document, gone: frozenset[str]) -> str | None:
    """Return what a document says without what is gone, laid out as it was where that can be done; None for nothing.

    The result is read again: whatever its layout, it says what the document said without what is gone.
    """
    wanted = {t for t in document.triples if not _about(t, gone)}
    if not wanted or document.subjects <= gone:
        return None
    text = _cut(document.text, gone)
    return text if _says(text, wanted) else _anew(wanted)


def _cut(text: str, gone: frozenset[str]) -> str:
    """Return a text without the blocks and lines that speak of something gone."""
    names = {f"<{iri.removeprefix(BASE)}>" for iri in gone} | {f"<{iri}>" for iri in gone}
    kept: list[str] = []
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.strip():
            block.append(line)
            continue
        kept += [*_lines(block, names), ""] if block else []
        block = []
    return "\n".join(kept).rstrip("\n") + "\n"


def _lines(block: list[str], names: set[str]) -> list[str]:
    if any(block[0].startswith(f"{name} ") or block[0] == name for name in names):
        return []
    kept = [line for line in block if not (line.startswith(" ") and any(name in line for name in names))]
    if kept and len(kept) < len(block) and not kept[-1].rstrip().endswith("."):
        kept[-1] = kept[-1].rstrip().removesuffix(";").rstrip() + " ."
    return kept


def _says(text: str, wanted: set[ox.Triple]) -> bool:
    try:
        return {q.triple for q in ox.parse(text.encode(), format=RdfFormat.TURTLE, base_iri=BASE)} == wanted
    except SyntaxError:
        return False


def _anew(wanted: set[ox.Triple]) -> str:
    made = ox.serialize(sorted(wanted, key=str), format=RdfFormat.TURTLE, prefixes=dict(PREFIXES), base_iri=BASE)
    return (made or b"").decode()


def _about(triple: ox.Triple, gone: frozenset[str]) -> bool:
    ends = (triple.subject, triple.object)
    return any(isinstance(one, NamedNode) and one.value in gone for one in ends)
