"""Adding to the list of what may no longer be shown (see `suppression`): whole lines, on disk before anyone is told."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import secrets
from collections.abc import Iterator
from pathlib import Path

from dgekg import disk, identifiers
from dgekg.errors import InputError, StoreError
from dgekg.suppression import COLUMNS, FILE, KEY, KINDS, RESTORED, Entry, checked, contents, opaque, read

LOCK = ".suppressed.lock"


def add(folder: Path, iri: str, kind: str, date: dt.date, replaced_by: str = "") -> Entry:
    """Add a record to the list; on disk when this returns.

    Args:
        folder: the private root; made, readable by its owner alone, where it is not there.
        iri: of the record.
        kind: withdrawn, erased or merged.
        date: of the act.
        replaced_by: IRI of the record that stands in its place.

    Raises:
        InputError: no such kind, not a record of ours, or it is on the list so already.
        StoreError: the list cannot be read or written.
    """
    if kind not in KINDS:
        raise InputError(f'kind: found "{kind}", expected one of {", ".join(KINDS)}.', kind)
    checked(iri)
    with locked(folder):
        known = read(folder)
        present = known.entry(iri)
        if present is not None and (present.kind == kind or present.kind == "erased"):
            raise InputError(f"{identifiers.compact(iri)}: is on the list already, {present.kind} on {present.date}.")
        line = Entry(iri, kind, date.isoformat(), replaced_by)
        if kind == "erased":  # also hides lines about it from when it was only withdrawn
            line = Entry(opaque(iri, key(folder)), kind, f"{date:%Y-%m}")
        _write(folder, line, forget=iri if kind == "erased" else "")
    return line


def restore(folder: Path, iri: str, date: dt.date) -> Entry:
    """Take a withdrawn or merged record off the list, by one more line.

    Raises:
        InputError: it is not on the list, or it is erased.
        StoreError: the list cannot be read or written.
    """
    checked(iri)
    with locked(folder):
        present = read(folder).entry(iri)
        if present is None:
            raise InputError(f"{identifiers.compact(iri)}: is not on the list; there is nothing to undo.")
        if present.kind == "erased":
            raise InputError(f"{identifiers.compact(iri)}: is erased, which cannot be undone.")
        line = Entry(iri, RESTORED, date.isoformat())
        _write(folder, line)
    return line


def _write(folder: Path, line: Entry, forget: str = "") -> None:
    """Add a line: a new file in the place of the old one, so that nobody reads half a line.

    Where something is erased, what earlier lines said of it becomes opaque too; the counter does not fall by that.
    """
    path = folder / FILE
    rows = [list(COLUMNS)]
    if path.exists():
        rows = list(csv.reader(io.StringIO(contents(path).decode("utf-8"), newline="")))
    name = line.record
    rows = [[name, "erased", row[2][:7], ""] if forget and row[0] == forget else row for row in rows]
    rows.append([line.record, line.kind, line.date, line.replaced_by])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    replace(path, text.getvalue().encode())


def key(folder: Path) -> bytes:
    """Return what opaque names are made with, made at first use; for whoever holds the lock."""
    path = folder / KEY
    if not path.exists():
        replace(path, secrets.token_hex(32).encode())
    return contents(path)


def replace(path: Path, data: bytes) -> None:
    """Put a file of the private root in its place in one step; on disk when this returns."""
    try:
        disk.put(path, data, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}).") from error


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others from changing the lists of a private root; makes it where there is none.

    Raises:
        StoreError: it cannot be used.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = disk.held(folder / LOCK)
    except OSError as error:
        raise StoreError(f"{folder}: the private root cannot be used ({error.strerror}).") from error
    with handle:
        yield
