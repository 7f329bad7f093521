"""What an import tells a person: file, sheet, row and column, what was found, what was expected, how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from dgekg import packaged
from dgekg.errors import InputError, shown
from dgekg.findings import Severity

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in an outside table.

    Attributes:
        file: name of the file, as it was given.
        sheet: sheet of a workbook, or subject of an RDF graph; "" where there is none.
        row: number of the row as a spreadsheet shows it, the head being 1; of an entry or object, its number; 0 for
            the whole file.
        column: name of the column; "" for the whole row.
    """

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def text(self) -> str:
        """Return the place for a terminal.

        >>> Place("table.xlsx", "Practices", 12, "Kind").text()
        'table.xlsx, sheet Practices, row 12, column Kind'
        """
        parts = [self.file, self.sheet and f"sheet {self.sheet}", self.row and f"row {self.row}"]
        return ", ".join(str(p) for p in [*parts, self.column and f"column {shown(self.column, 60)}"] if p)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing to mend in an outside table.

    Attributes:
        severity: a violation keeps the row out, a warning is reported.
        key: of the message in `words/imports.*.yaml`; "" where a shape brought its own words.
        place: where.
        found: what was found; "" where something is missing.
        values: what is filled into the message.
        message: what is expected and how to mend it, in the language that was asked for last.
    """

    severity: Severity
    key: str
    place: Place
    found: str = ""
    values: tuple[tuple[str, str], ...] = ()
    message: str = ""

    def spoken(self, language: str) -> Trouble:
        """Return it with its message in a language."""
        if not self.key:
            return self
        return replace(self, message=say(self.key, language, dict(self.values)))

    def text(self) -> str:
        """Return it as one line for a terminal."""
        found = f' Found: "{shown(self.found, _LONGEST)}".' if self.found else ""
        rule = f" [{self.key}]" if self.key else ""
        return f"{self.place.text()}: {self.severity}: {self.message}{found}{rule}"


class Refused(InputError):
    """A whole file that is not read, with where and why."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble.spoken("en")
        super().__init__(self.trouble.text(), trouble.found, field=trouble.place.column)


def violation(key: str, place: Place, found: str = "", values: Mapping[str, object] = MappingProxyType({})) -> Trouble:
    """Return what keeps a row out."""
    return _trouble(Severity.VIOLATION, key, place, found, values)


def warning(key: str, place: Place, found: str = "", values: Mapping[str, object] = MappingProxyType({})) -> Trouble:
    """Return what is reported and keeps nothing out."""
    return _trouble(Severity.WARNING, key, place, found, values)


def refused(key: str, place: Place, found: str = "", **values: object) -> Refused:
    """Return the error that refuses a whole file."""
    return Refused(violation(key, place, found, values))


def stops(troubles: Sequence[Trouble]) -> bool:
    """Say whether one of them keeps the row out."""
    return any(one.severity is Severity.VIOLATION for one in troubles)


def as_json(troubles: Sequence[Trouble], about: Mapping[str, object]) -> str:
    """Return findings as a JSON document."""
    rows = [
        {
            "severity": str(one.severity),
            "file": one.place.file,
            "sheet": one.place.sheet,
            "row": one.place.row,
            "column": one.place.column,
            "found": one.found,
            "message": one.message,
            "rule": one.key,
        }
        for one in troubles
    ]
    return json.dumps({**about, "findings": rows}, ensure_ascii=False, indent=2)


def say(key: str, language: str, values: Mapping[str, object] = MappingProxyType({})) -> str:
    """Return a message of `words/imports.*.yaml` with its values filled in."""
    return words(language)[key].format_map(dict(values))


def words(language: str) -> Mapping[str, str]:
    """Return all messages of a language."""
    found: Mapping[str, str] = packaged.table(f"words/imports.{language}.yaml")
    return found


def _trouble(severity: Severity, key: str, place: Place, found: str, values: Mapping[str, object]) -> Trouble:
    filled = tuple(sorted((name, str(value)) for name, value in values.items()))
    return Trouble(severity, key, place, found, filled, say(key, "en", dict(filled)))
