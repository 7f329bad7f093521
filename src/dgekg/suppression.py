"""The list of what may no longer be shown: outside every version, read at each request, older and newer builds alike.

It is a small CSV file in the private root, to which lines are only ever added: `record,kind,date,replaced_by`.

- `withdrawn`: gone from now on; the record is named, and so is the day.
- `erased`: gone from everywhere; the line names it only by a keyed digest, and the month. The key lies beside it.
- `merged`: gone, because another record stands in its place (`replaced_by`).
- `restored`: the line before it about a withdrawn or merged record no longer holds. Nothing erased is restored.

How many lines there are is the list's counter: it never falls, is the same in all processes, and is part of ETags.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dgekg import identifiers
from dgekg.errors import InputError, RecordGone, StoreError
from dgekg.vocabulary import BASE

COLUMNS = ("record", "kind", "date", "replaced_by")
KINDS = ("withdrawn", "erased", "merged")
FILE, KEY = "suppressed.csv", "suppressed.key"
RESTORED = "restored"
_OPAQUE = "opaque:"
_OWNERS = ("practice", "instrument", "actor", "system", "case", "mapping", "adoption", "finding")
_PART = re.compile(r"(.+)-\d+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    Attributes:
        record: IRI; of what is erased an opaque name.
        kind: withdrawn, erased, merged or restored.
        date: day, YYYY-MM-DD; of what is erased the month, YYYY-MM.
        replaced_by: IRI of the record that stands in its place, or "".
    """

    record: str
    kind: str
    date: str
    replaced_by: str = ""


class Suppressed:
    """What may not be shown, as it stood when the list was read.

    Args:
        entries: all lines, in order.
        key: what opaque names are made with.

    >>> iri = identifiers.record("practice", "x")
    >>> iri in Suppressed([Entry(iri, "withdrawn", "2026-11-22")]), iri in Suppressed()
    (True, False)
    """

    def __init__(self, entries: Iterable[Entry] = (), key: bytes = b"") -> None:
        lines = tuple(entries)
        self.counter, self._key = len(lines), key
        active: dict[str, Entry] = {}
        restored: dict[str, Entry] = {}
        for line in lines:
            active.pop(line.record, None)
            restored.pop(line.record, None)
            (restored if line.kind == RESTORED else active)[line.record] = line
        self.active: Mapping[str, Entry] = active
        self.restored: Mapping[str, Entry] = restored
        self._opaque = any(record.startswith(_OPAQUE) for record in active)

    def __contains__(self, iri: object) -> bool:
        """Whether a record is on the list."""
        return isinstance(iri, str) and self.entry(iri) is not None

    def __len__(self) -> int:
        """Return how many records are on the list."""
        return len(self.active)

    def entry(self, iri: str) -> Entry | None:
        """Return the line about a record; None where there is none."""
        found = self.active.get(iri)
        if found is None and self._opaque:
            found = self.active.get(opaque(iri, self._key))
        return found

    def covering(self, iri: str) -> Entry | None:
        """Return the line about a record or about the record that it is a part of, by the rule of their names.

        A part is `id/{kind}/{slug of its record}-{number}`. Ask only for what the graph does not hold: `x-2` may be a
        part of `x` as well as a record of its own.
        """
        found = self.entry(iri)
        local = identifiers.parse(iri)
        if found is not None or local is None or local.kind == "scheme" or not self.active:
            return found
        slug = local.slug
        while found is None and (match := _PART.fullmatch(slug)):
            slug = match[1]
            found = next((e for e in (self.entry(f"{BASE}id/{k}/{slug}") for k in _OWNERS) if e is not None), None)
        return found

    @cached_property
    def digest(self) -> str:
        """A digest of what is on the list now: builds and reduced versions that know the same need no new one."""
        lines = sorted(f"{e.record}|{e.kind}" for e in self.active.values())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] if lines else ""


NOTHING = Suppressed()


def opaque(iri: str, key: bytes) -> str:
    """Return the opaque name of an erased record; without the key nobody can find out, or try, what it stands for."""
    return _OPAQUE + hmac.new(key, iri.encode(), hashlib.sha256).hexdigest()[:32]


def gone(entry: Entry) -> RecordGone:
    """Return the error that says what became of a record; of an erased one it names neither the record nor the day."""
    name = entry.record if entry.kind == "erased" else identifiers.compact(entry.record)
    said = f"{name}: was {entry.kind}, {entry.date}, and is not shown any more."
    if entry.replaced_by:
        said = f"{name}: was merged into {identifiers.compact(entry.replaced_by)}, {entry.date}."
    return RecordGone(said, entry.kind, entry.date, entry.record, entry.replaced_by)


class Watched:
    """The list, looked at as often as anybody likes: one `stat` where nothing has changed.

    Args:
        folder: the private root; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[int, int, int] | None = None
        self._last = NOTHING

    def __call__(self) -> Suppressed:
        """Return what is on the list now.

        Raises:
            StoreError: it cannot be read, or lines that were there are gone; then nothing may be shown at all.
        """
        try:
            found = (self.folder / FILE).stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        except FileNotFoundError:
            if self._last.counter:
                raise _broken(self.folder / FILE, "it was there, and is gone") from None
            return self._last
        except OSError as error:
            raise _broken(self.folder / FILE, str(error.strerror)) from error
        if seen != self._seen:
            last = _parsed(contents(self.folder / FILE), self.folder)
            if last.counter < self._last.counter:
                raise _broken(self.folder / FILE, "lines that were there are gone")
            self._last, self._seen = last, seen
        return self._last


def read(folder: Path) -> Suppressed:
    """Return the list in a private root; an empty one where there is none. Errors as for `Watched`."""
    return Watched(folder)()


def named(text: str) -> str:
    """Return the IRI of a record from an IRI, a path or a short form.

    Raises:
        InputError: it is none of these.

    >>> named("practice/x") == named("/id/practice/x") == named("https://w3id.org/dgekg/id/practice/x")
    True
    """
    short = text.strip().removeprefix(BASE).strip("/").removeprefix("id/")
    kind, _, slug = short.partition("/")
    try:
        return checked(identifiers.record(kind, slug))
    except InputError:
        raise InputError(f'record: found "{text}", expected kind and slug, such as practice/some-name.', text) from None


def checked(iri: str) -> str:
    """Return the IRI of a record as it is.

    Raises:
        InputError: it is something else.
    """
    local = identifiers.parse(iri)
    if local is None or local.kind == "scheme":
        raise InputError(f"{iri}: is not the address of a record; concepts are retired in ontology/deprecated.ttl.")
    return iri


def _parsed(data: bytes, folder: Path) -> Suppressed:
    path = folder / FILE
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _broken(path, str(error)) from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise _broken(path, f"its first line is not {','.join(COLUMNS)}")
    lines = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS) or row[1] not in (*KINDS, RESTORED):
            raise _broken(path, f"line {number} is not a record, a kind, a date and a replacement")
        if (row[1] == "erased") != row[0].startswith(_OPAQUE):
            raise _broken(path, f"line {number}: what is erased, and nothing else, has an opaque name")
        if not row[0].startswith(_OPAQUE) and identifiers.parse(row[0]) is None:
            raise _broken(path, f"line {number} does not begin with the address of a record")
        lines.append(Entry(*row))
    key = b""
    if any(line.kind == "erased" for line in lines):
        key = contents(folder / KEY)
    return Suppressed(lines, key)


def contents(path: Path) -> bytes:
    """Return the bytes of a file of the list."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _broken(path, str(error.strerror)) from error


def _broken(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path}: the list of what may not be shown cannot be used: {why}. Nothing is shown until it is whole again."
    )
