"""Rows that did not go in: a table of their own, with why, that can be mended and fed again."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from dgekg.importers.convert import OURS
from dgekg.importers.reading.row import Row
from dgekg.importers.trouble import Trouble
from dgekg.tables import harmless

WHY, FROM = OURS + "why", OURS + "row"


class Rejected:
    """Writes rows as they come; the file is there only if there were any.

    Args:
        path: of the file, without its ending.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._columns: Sequence[str] = ()
        self.written: Path | None = None
        self.count = 0

    def add(self, row: Row, columns: Sequence[str], troubles: Sequence[Trouble]) -> None:
        """Write a row with what is to be mended in it.

        Args:
            row: as it was read.
            columns: of its table; none for objects, entries and subjects, which are written as JSON lines.
            troubles: in the language of the person.
        """
        if self._file is None:
            self._open(columns)
        assert self._file is not None
        why = " / ".join(f"{t.place.column}: {t.message}" if t.place.column else t.message for t in troubles)
        self.count += 1
        if self._columns:
            values = [harmless(" ".join(row.cells.get(name, ()))) for name in self._columns]
            csv.writer(self._file, lineterminator="\r\n").writerow([*values, harmless(why), str(row.place.row)])
        else:
            told = {name: list(values) for name, values in row.cells.items()}
            self._file.write(json.dumps({**told, WHY: why, FROM: row.place.row}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the file, and put it in its place."""
        if self._file is not None and self.written is not None:
            self._file.close()
            self._file = None
            self._path.with_name(f".{self.written.name}.new").replace(self.written)

    def _open(self, columns: Sequence[str]) -> None:
        self._columns = [c for c in columns if not c.startswith(OURS)]
        self.written = self._path.with_name(self._path.name + (".csv" if columns else ".jsonl"))
        fresh = self._path.with_name(f".{self.written.name}.new")
        self._file = fresh.open("w", encoding="utf-8", newline="")
        if self._columns:
            csv.writer(self._file, lineterminator="\r\n").writerow([*self._columns, WHY, FROM])
