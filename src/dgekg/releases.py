"""The list of releases, `data/releases.csv`: what was released under which name, as which version of the graph.

Lines are only ever added, so that a name never comes to mean something else. It is no part of a version: a release is
made of one. The change feed announces what stands here.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import os
import re
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from dgekg.errors import InputError, SourceError

NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One release.

    Attributes:
        name: such as 2026.1.
        version: id of the version of the graph.
        as_of: the day that the version reckons from.
        sums: SHA-256 of its file of checksums.
    """

    name: str
    version: str
    as_of: str
    sums: str


_COLUMNS = tuple(field.name for field in fields(Entry))


def read(file: Path) -> list[Entry]:
    """Return all releases in the order in which they were made; none where there is no list.

    Raises:
        SourceError: the list is broken; says in which line.
    """
    if not file.is_file():
        return []
    try:
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{file}: cannot be read ({error}).") from error
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise SourceError(f"{file}:1: expected the head {','.join(_COLUMNS)}.")
    found = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_COLUMNS) or not NAME.fullmatch(row[0]) or not _day(row[2]):
            raise SourceError(f"{file}:{number}: expected a name, a version, a day such as 2026-11-22 and a checksum.")
        found.append(Entry(*row))
    return found


def digest(file: Path) -> str:
    """Return a short digest of the list: another one whenever a line is added; "" where there is none."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else ""


def free(file: Path, name: str, version: str) -> None:
    """Refuse a name that already stands for another version, or that is none.

    Raises:
        InputError: it is so.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f'--name: found "{name}", expected lower-case letters and digits with single points or hyphens between, '
            "such as 2026.1.",
            name,
        )
    for one in read(file):
        if one.name == name and one.version != version:
            raise InputError(
                f'--name: "{name}" is the release of version {one.version} ({one.as_of}) already, and a name that was '
                "cited keeps its meaning. Choose another one.",
                name,
            )


def add(file: Path, entry: Entry) -> bool:
    """Add a line unless it is there; return whether it was added.

    Raises:
        InputError: the name stands for something else, or the list cannot be written.
    """
    free(file, entry.name, entry.version)
    if entry in read(file):
        return False
    lines = [] if file.is_file() else [_COLUMNS]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*lines, astuple(entry)])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(text.getvalue())
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise InputError(f"{file}: the release cannot be written down there ({error.strerror}).") from error
    return True


def _day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
