"""From a row of an outside table to answers: what its columns say, in the words of the form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dgekg.errors import InputError
from dgekg.importers import guards
from dgekg.importers.fields import Fields, Holds, Words
from dgekg.importers.mapped import MappingFile, TableMap, Target
from dgekg.importers.mapping import word
from dgekg.importers.reading.row import Row
from dgekg.importers.trouble import Place, Trouble, refused, violation
from dgekg.nearness import nearest

_NUMBERED = re.compile(r"\[([0-9]+)\]")
OURS = "dgekg: "
_SHORT = 3
Said = dict[str, list[object]]


@dataclass(slots=True)
class Converted:
    """What a row says.

    Attributes:
        place: of the row.
        key: tells it apart from others of its source.
        digest: of its content, for a second feeding.
        said: field path -> values as answers hold them.
        rows: paths that the row itself said, without constants.
        columns: field path -> the columns that said it.
        troubles: what is wrong.
        answers: what a filled template says, instead of `said`.
        place_of: from a place in these answers to the cell.
    """

    place: Place
    key: str
    digest: str
    said: Said = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)
    columns: dict[str, list[str]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    answers: dict[str, Any] | None = None
    place_of: Callable[[tuple[str | int, ...]], Place] | None = None


class Converter:
    """Reads rows by a mapping.

    Args:
        mapping: the mapping.
        fields: of the kind of record.
        words: from words to values.

    Raises:
        InputError: the mapping names a field that there is not.
    """

    def __init__(self, mapping: MappingFile, fields: Fields, words: Words) -> None:
        self.mapping, self._fields, self._words = mapping, fields, words
        self._remembered: dict[str, Holds] = {}
        for table in mapping.tables:
            for column, targets in table.columns.items():
                for target in targets:
                    self._known(target.to, f"columns.{column}")
            for path in (*table.constants, *table.defaults):
                self._known(path, "constants")

    def table_for(self, columns: Sequence[str], file: str) -> TableMap:
        """Return the table whose columns a file has.

        Raises:
            Refused: a column that no table names, or one that is missing.
        """
        given = [c for c in columns if not c.startswith(OURS)]
        scores = [
            (len(_unknown(one, given)) + len(_missing(one, given)), n) for n, one in enumerate(self.mapping.tables)
        ]
        table = self.mapping.tables[min(scores)[1]]
        for column in _unknown(table, given):
            raise refused("column.unknown", Place(file, "", 0, column), column, mapping=self.mapping.file)
        for column in _missing(table, given):
            raise refused("column.missing", Place(file, "", 0, column), mapping=self.mapping.file)
        return table

    def row(self, table: TableMap, row: Row) -> Converted | None:
        """Return what a row says; None for one that the mapping leaves out."""
        cells = {name: values for name, values in row.cells.items() if not name.startswith(OURS)}
        if not row.troubles and not all(kept & set(map(str.strip, cells.get(n, ()))) for n, kept in table.only.items()):
            return None
        found = Converted(row.place, _key(table, cells), _digest(cells), troubles=list(row.troubles))
        for column, values in cells.items():
            name, numbers = _starred(column, table)
            if name not in table.columns:
                found.troubles.append(
                    violation("column.unknown", row.at(column), column, {"mapping": self.mapping.file})
                )
                continue
            for target in table.columns[name]:
                self._say(found, _numbered(target, numbers), column, values, row)
        if not found.troubles and not found.said:
            found.troubles.append(violation("row.nothing", row.place))
        for column, targets in table.columns.items():
            if any(t.required and t.to not in found.rows for t in targets) and not any(
                t.place.column == column for t in found.troubles
            ):
                found.troubles.append(violation("cell.required", row.at(column)))
        for path, constants in (*table.constants.items(), *table.defaults.items()):
            if path not in found.said:
                self._constant(found, path, constants)
        return found

    def _say(self, found: Converted, target: Target, column: str, values: Iterable[str], row: Row) -> None:
        holds = self._holds(target.to)
        place = row.at(column)
        for raw in values:
            for text in self._split(raw, target):
                trouble = guards.text(text, place)
                if trouble is not None:
                    found.troubles.append(trouble)
                    continue
                for one in self._looked_up(text, target, place, found.troubles):
                    self._put(found, target, column, holds, one, place)

    def _put(self, found: Converted, target: Target, column: str, holds: Holds, text: str, place: Place) -> None:
        full = target.text.replace("{value}", text) if target.text else text
        value = self._words.read(full, holds, target.date, place)
        if isinstance(value, Trouble):
            found.troubles.append(value)
            return
        told: object = value
        if holds.type == "language-text":
            told = {"value": value, "language": target.language or "en"}
        elif holds.type == "boolean":
            told = value == "true"
        elif isinstance(value, dict):
            told = {**value, "language": target.language or "en"}
        kept = found.said.setdefault(target.to, [])
        if told not in kept:
            kept.append(told)
        found.rows.add(target.to)
        found.columns.setdefault(target.to, []).append(column)

    def _split(self, raw: str, target: Target) -> list[str]:
        whole = raw.strip()
        parts = [whole]
        if target.split:
            parts = [p.strip() for p in whole.split("\n" if target.split == "\\n" else target.split)]
            if target.lookup is not None:
                parts = _joined(parts, target)
        return [p for p in parts if p and p.casefold() not in self.mapping.blank]

    def _looked_up(self, text: str, target: Target, place: Place, troubles: list[Trouble]) -> Sequence[str]:
        if target.lookup is None:
            return (text,)
        found = target.lookup.get(word(text))
        if found is None and target.otherwise is None:
            close = nearest(text, target.lookup) if len(text) > _SHORT else []
            said = {"near": ", ".join(close), "mapping": self.mapping.file}
            troubles.append(violation("cell.lookup" + ("-near" if close else ""), place, text, said))
            return ()
        return found if found is not None else target.otherwise or ()

    def _constant(self, found: Converted, path: str, values: Sequence[str]) -> None:
        holds = self._holds(path)
        place = Place(self.mapping.file, "", 0, path)
        for text in values:
            value = self._words.read(text, holds, "", place)
            if isinstance(value, Trouble):
                found.troubles.append(value)
                continue
            told: object = {"value": value, "language": "en"} if holds.type == "language-text" else value
            if holds.type == "boolean":
                told = value == "true"
            found.said.setdefault(path, []).append(told)

    def _holds(self, path: str) -> Holds:
        if path not in self._remembered:
            self._remembered[path] = self._fields.holds(path)
        return self._remembered[path]

    def _known(self, path: str, at: str) -> None:
        try:
            self._holds(path.replace("[*]", "[1]"))
        except InputError as error:
            raise InputError(f"{self.mapping.file}: {at}: {error}") from None


def _unknown(table: TableMap, columns: Iterable[str]) -> list[str]:
    return [c for c in columns if _starred(c, table)[0] not in table.columns]


def _missing(table: TableMap, columns: Sequence[str]) -> list[str]:
    return (
        []
        if not columns
        else [c for c in table.columns if c not in columns and c not in table.optional and "*" not in c]
    )


def _starred(column: str, table: TableMap) -> tuple[str, list[str]]:
    """Return the name under which a mapping has a column: `a[2].b` may stand there as `a[*].b`."""
    if column in table.columns or "[" not in column:
        return column, []
    return _NUMBERED.sub("[*]", column), _NUMBERED.findall(column)


def _numbered(target: Target, numbers: Sequence[str]) -> Target:
    if not numbers or "[*]" not in target.to:
        return target
    to = target.to
    for number in numbers:
        to = to.replace("[*]", f"[{number}]", 1)
    return Target(to, target.language, target.split, target.lookup, target.otherwise, target.text, target.date)


def _joined(parts: Sequence[str], target: Target) -> list[str]:
    """Put together again what the sign between values stands in too: the longest word that the lookup knows."""
    found: list[str] = []
    sign = target.split.strip() or " "
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + 6), at, -1):
            whole = f"{sign} ".join(parts[at:end])
            if end == at + 1 or (target.lookup is not None and word(whole) in target.lookup):
                found.append(whole)
                at = end
                break
    return found


def _key(table: TableMap, cells: Mapping[str, Sequence[str]]) -> str:
    if table.key:
        return " | ".join(" ".join(cells.get(name, ())).strip() for name in table.key)
    return _digest(cells)[:20]


def _digest(cells: Mapping[str, Sequence[str]]) -> str:
    lines = sorted(f"{name}\x1f{chr(31).join(v.strip() for v in values)}" for name, values in cells.items())
    return hashlib.sha256("\x1e".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
