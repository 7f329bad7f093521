"""Which rows of a source are in: so that a table fed twice changes nothing, and a mended row mends its record.

`data/sources/<id>/rows.csv` has a line a row: its key, the record that it became, and what row and record were then.
While an import runs, the lines are kept in a database on disk, so that memory stays flat.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dgekg.errors import InputError

NAME = "rows.csv"
COLUMNS = ("key", "record", "row", "document")


class Line(NamedTuple):
    """What is known of a row.

    Attributes:
        key: of the row.
        record: `practice/slug`.
        row: digest of its content.
        document: digest of the file that it became.
    """

    key: str
    record: str
    row: str
    document: str


class Register:
    """The rows of one source.

    Args:
        file: `rows.csv` of the source; it need not be there.
        base: of the database; it is made anew.

    Raises:
        InputError: the file is broken.
    """

    def __init__(self, file: Path, base: Path) -> None:
        self._file = file
        self._base = sqlite3.connect(base, isolation_level=None)
        for line in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "BEGIN"):
            self._base.execute(line)
        self._base.execute("CREATE TABLE line (key TEXT PRIMARY KEY, record TEXT, row TEXT, document TEXT, seen INT)")
        if file.is_file():
            self._base.executemany("INSERT OR REPLACE INTO line VALUES (?,?,?,?,0)", self._lines())

    def close(self) -> None:
        """Let go of the database."""
        self._base.close()

    def get(self, key: str) -> Line | None:
        """Return what is known of a row."""
        row = self._base.execute("SELECT key, record, row, document FROM line WHERE key = ?", (key,)).fetchone()
        return Line(*row) if row else None

    def seen(self, key: str) -> bool:
        """Say whether a row of this key was met before in this import, and remember that it is."""
        row = self._base.execute("SELECT 1 FROM met WHERE key = ?", (key,)).fetchone() if self._met else None
        if not self._met:
            self._base.execute("CREATE TABLE met (key TEXT PRIMARY KEY)")
            self._met = True
        self._base.execute("INSERT OR IGNORE INTO met VALUES (?)", (key,))
        return row is not None

    def put(self, line: Line) -> None:
        """Remember what a row became."""
        self._base.execute("INSERT OR REPLACE INTO line VALUES (?,?,?,?,1)", line)

    def write(self) -> None:
        """Write the file, sorted by key, in one step; nothing where there are no lines."""
        if self._base.execute("SELECT 1 FROM line LIMIT 1").fetchone() is None:
            return
        fresh = self._file.with_name(f".{self._file.name}.new")
        with fresh.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(self._base.execute("SELECT key, record, row, document FROM line ORDER BY key"))
        fresh.replace(self._file)

    _met = False

    def _lines(self) -> Iterator[tuple[str, ...]]:
        try:
            with self._file.open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                if tuple(next(rows, ())) != COLUMNS:
                    raise InputError(f"{self._file}, row 1: expected {','.join(COLUMNS)}.")
                for number, row in enumerate(rows, 2):
                    if len(row) != len(COLUMNS):
                        raise InputError(
                            f"{self._file}, row {number}: expected {len(COLUMNS)} values, found {len(row)}."
                        )
                    yield tuple(row)
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{self._file}: cannot be read ({error}).") from None
