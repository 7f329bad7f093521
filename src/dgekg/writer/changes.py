"""What a writer is told: which files are to say what. Read, and put beside what they say now."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from dgekg import documents
from dgekg.build import ledger
from dgekg.build.ledger import Entry
from dgekg.build.sources import is_vocabulary
from dgekg.documents import Document
from dgekg.errors import InputError
from dgekg.findings import Finding
from dgekg.settings import Project

Texts = Mapping[Path, str | bytes | None]
_BOOK = "data/changes"
_HIDDEN = (".", "#", "~")


class Line(NamedTuple):
    """A line of the ledger, as it is handed in.

    Attributes:
        kind: create, update, rename, deprecate, merge or withdraw.
        record: `{folder}/{slug}`.
        replaced_by: the record that takes its place; needed for rename and merge.
        note: why, in English.
        date: `YYYY-MM-DD`; by default the day that the writer reckons from.
    """

    kind: str
    record: str
    replaced_by: str = ""
    note: str = ""
    date: str = ""


@dataclass
class Plan:
    """The change that was asked for.

    Attributes:
        documents: by file, what it says now and what it is to say; None where there is none.
        files: the bytes of every file that is to be written; None where it is to be removed.
        findings: what reading them alone found.
        entered: lines that the ledger gains.
        struck: lines that it loses, where a ledger file itself is given.
        book_findings: what reading the ledger alone found.
        lines: the new lines, as they are written.
    """

    documents: dict[str, tuple[Document | None, Document | None]] = field(default_factory=dict)
    files: dict[str, bytes | None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    entered: list[Entry] = field(default_factory=list)
    struck: list[Entry] = field(default_factory=list)
    book_findings: list[Finding] = field(default_factory=list)
    lines: tuple[Line, ...] = ()


def normal(project: Project, path: Path) -> str:
    """Return a file's path below the project's folder, with forward slashes.

    Raises:
        InputError: it is no file that a writer takes.
    """
    full = Path(os.path.normpath(path if path.is_absolute() else project.root / path))
    if not full.is_relative_to(project.root):
        raise InputError(f"{path}: expected a file below {project.root}.")
    file = PurePosixPath(full.relative_to(project.root).as_posix())
    top = file.parts[0] if len(file.parts) > 1 else ""
    if top == "data" and file.suffix == ".csv" and file.parent.as_posix() == _BOOK:
        return file.as_posix()
    if (top == "data" or is_vocabulary(file)) and file.suffix == ".ttl" and not file.name.startswith(_HIDDEN):
        return file.as_posix()
    raise InputError(
        f"{file}: a writer takes Turtle files below data/, those of the vocabulary below ontology/, and {_BOOK}/*.csv. "
        "After a change of shapes, queries or the rules of criteria, start the writer anew."
    )


def books(project: Project) -> dict[str, bytes]:
    """Return the files of the ledger, by their path below the project's folder."""
    found = sorted((project.root / _BOOK).glob("*.csv"))
    return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in found}


def is_book(file: str) -> bool:
    """Say whether a file belongs to the ledger."""
    return file.endswith(".csv")


def read(
    project: Project,
    texts: Texts,
    now: Mapping[str, Document],
    books: Mapping[str, bytes],
    rows: Mapping[str, int],
    lines: Sequence[Line] | None,
    as_of: dt.date,
) -> Plan:
    """Read what is to change.

    Args:
        project: the folders.
        texts: by file, what it is to say; None removes it.
        now: the documents that are there, by file.
        books: the ledger's files that are there.
        rows: how many lines each of them has, without its head.
        lines: lines for the ledger; None lets them follow from what changes, unless a ledger file is given.
        as_of: the date of the lines that follow.

    Raises:
        InputError: a file that a writer does not take, or one to be removed that is not there.
    """
    plan = Plan()
    given = {normal(project, path): _bytes(text) for path, text in texts.items()}
    for file, data in sorted(given.items()):
        there = books.get(file) if is_book(file) else now[file].data if file in now else None
        if data is None and there is None:
            raise InputError(f"{file}: is to be removed, but is not there.")
        if data == there:
            continue
        plan.files[file] = data
        if not is_book(file):
            plan.documents[file] = (now.get(file), _document(plan, file, data))
    if lines is None:
        follow = not any(map(is_book, given))
        lines = [_line(old, new, as_of) for old, new in plan.documents.values() if _says(old, new)] if follow else []
    dated = [line._replace(date=line.date or as_of.isoformat()) for line in lines]
    _enter(plan, books, rows.get(f"{_BOOK}/{as_of.year}.csv", 0), dated, as_of)
    return plan


def _document(plan: Plan, file: str, data: bytes | None) -> Document | None:
    if data is None:
        return None
    document, found = documents.of_text(file, data)
    plan.findings += found
    return document


def _says(old: Document | None, new: Document | None) -> bool:
    """Say whether the ledger has something to tell: a record that says something else than before."""
    file = old or new
    assert file is not None
    return file.file.startswith("data/") and (old is None or new is None or old.digest != new.digest)


def _line(old: Document | None, new: Document | None, as_of: dt.date) -> Line:
    if new is None:
        assert old is not None
        return Line("withdraw", ledger.name_of(old))
    if old is None:
        return Line("create", ledger.name_of(new), date=ledger.issued(new) or as_of.isoformat())
    return Line("update", ledger.name_of(new))


def _enter(plan: Plan, books: Mapping[str, bytes], ahead: int, lines: Iterable[Line], as_of: dt.date) -> None:
    """Add lines to the ledger of the year, and compare what its files say with what they said."""
    plan.lines = tuple(lines)
    book = f"{_BOOK}/{as_of.year}.csv"
    given = [file for file in plan.files if is_book(file)]
    for file in given:
        data, before = plan.files[file], books.get(file)
        was = set(ledger.of_text(file, before)[0]) if before else set()
        entries, found = ledger.of_text(file, data) if data is not None else ([], [])
        plan.entered += [entry for entry in entries if entry not in was]
        plan.struck += sorted(was - set(entries), key=lambda entry: entry.line)
        plan.book_findings += found
        if file == book:
            ahead = len(entries)
    if plan.lines:
        rows = [(line.date, line.kind, line.record, line.replaced_by, line.note) for line in plan.lines]
        now = (plan.files[book] if book in given else books.get(book)) or _csv([ledger.COLUMNS])
        plan.files[book] = now + (b"" if now.endswith(b"\n") else b"\n") + _csv(rows)
        entries, found = ledger.of_rows(book, rows, ahead + 2)  # of a long ledger, only the end is read
        plan.entered += entries
        plan.book_findings += found


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _bytes(text: str | bytes | None) -> bytes | None:
    return text.encode() if isinstance(text, str) else text
