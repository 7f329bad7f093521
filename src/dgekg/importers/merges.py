"""Proposed merges: a table that a person fills in (`same` or `different`) and hands back with the same rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dgekg.errors import InputError
from dgekg.importers.duplicates import Match
from dgekg.importers.trouble import Place
from dgekg.tables import csv_text

COLUMNS = ("decision", "key", "record", "why", "score", "its title", "title of the row", "file", "sheet", "row")
SAME, DIFFERENT = "same", "different"


@dataclass
class Merges:
    """What was decided, and what is to be.

    Attributes:
        decided: (key of the row, record) -> `same`, `different` or "".
        proposed: rows of the table to be written.
    """

    decided: dict[tuple[str, str], str] = field(default_factory=dict)
    proposed: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def same(self, key: str, matches: Iterable[Match]) -> str:
        """Return the record that a row was decided to be, or ""."""
        return next((m.record for m in matches if self.decided.get((key, m.record)) == SAME), "")

    def open(self, key: str, matches: Iterable[Match]) -> list[Match]:
        """Return the matches on which nothing was decided."""
        return [m for m in matches if m.why != "hint" and not self.decided.get((key, m.record))]

    def propose(self, key: str, title: str, match: Match, place: Place) -> None:
        """Put a merge before a person."""
        row = ("", key, match.record, match.why, f"{match.score:g}", match.title, title)
        self.proposed[key, match.record] = (*row, place.file, place.sheet, str(place.row or ""))

    def write(self, path: Path) -> None:
        """Write what is to be decided after what was; the file is replaced in one step."""
        kept = {at: row for at, row in self.proposed.items() if not self.decided.get(at)}
        rows = [*self._kept.values(), *kept.values()]
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(csv_text(COLUMNS, [list(row) for row in rows]), "utf-8", newline="")
        fresh.replace(path)

    _kept: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


def read(path: Path | None) -> Merges:
    """Read decisions; none where there is no file.

    Raises:
        InputError: a row that cannot be understood, with its number.
    """
    found = Merges()
    if path is None or not path.is_file():
        return found
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: the file of merges cannot be read ({error}). Save it as CSV in UTF-8.") from None
    for number, row in enumerate(rows, 2):
        decision = (row.get("decision") or "").strip().casefold()
        key, record = (row.get("key") or "").strip(), (row.get("record") or "").strip()
        if decision not in ("", SAME, DIFFERENT) or not key or not record:
            raise InputError(
                f'{path}, row {number}: found decision "{decision[:40]}", expected {SAME}, {DIFFERENT} or nothing, '
                "beside the key and record that were proposed."
            )
        at = (_plain(key), record)
        found.decided[at] = decision
        if decision:
            found._kept[at] = tuple(_plain(row.get(name) or "") for name in COLUMNS)
    return found


def merged(old: Mapping[str, list[object]], new: Mapping[str, list[object]]) -> dict[str, list[object]]:
    """Return the fields of a record with what a row adds: nothing that is there is changed or lost.

    A field that the record has not is taken over; of several values those that are new are added, of parts those
    whose source or agent is new. A field that may have one value only keeps it, as the caller sees to.
    """
    found = {name: list(values) for name, values in old.items()}
    for name, values in new.items():
        if name not in found:
            found[name] = list(values)
            continue
        known = {_identity(v) for v in found[name]}
        languages = {v["language"] for v in found[name] if isinstance(v, dict) and "language" in v}
        for value in values:
            text = isinstance(value, dict) and value.get("language") in languages
            if _identity(value) not in known and not text:
                found[name].append(value)
                known.add(_identity(value))
    return found


def _identity(value: object) -> str:
    if isinstance(value, dict) and isinstance(value.get("fields"), dict):
        inner = value["fields"]
        told = next((inner[k] for k in ("source", "agent") if inner.get(k)), inner)
        return repr(told)
    return repr(value)


def _plain(value: str) -> str:
    return value[1:] if len(value) > 1 and value[0] == "'" and value[1] in "=+-@" else value
