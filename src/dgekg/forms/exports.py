"""Exports of a survey, as KoBoToolbox and ODK write them: JSON, CSV, a zip of CSV files, XLSX.

Tables keep repeats apart and link them to what they belong to by `_index` and `_parent_index` (KoBoToolbox) or `KEY`
and `PARENT_KEY` (ODK). Here they are put together again, into the nesting that JSON has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dgekg.errors import InputError, shown
from dgekg.forms import bounded
from dgekg.forms.filled import Cell, Reading, Unread
from dgekg.forms.model import Form
from dgekg.forms.submissions import Reader, names
from dgekg.forms.survey import ADULT, LANGUAGE, MORE

_ZIP = b"PK\x03\x04"
_OWN = ("_index", "KEY", "_id", "__id")
_PARENT = ("_parent_index", "PARENT_KEY")
Table = list[tuple[int, dict[str, Any]]]


def read(data: bytes, form: Form, name: str) -> Reading:
    """Return the records of an export of the survey of a form.

    Args:
        data: the file.
        form: that the survey was made from.
        name: of the file, for places; its ending does not matter.

    Raises:
        TooLong: it is too large, or unpacks to too much.
        InputError: it is none of these, or of another survey; says what was expected.
    """
    bounded.sized(data, name)
    if data[:1] in (b"{", b"[") or data[:4] == b"\xef\xbb\xbf{" or data[:4] == b"\xef\xbb\xbf[":
        found = _listed(bounded.parsed_json(data, name), name)
        return _read([(number, one) for number, one in enumerate(found, 1)], form, name, "")
    if data.startswith(_ZIP):
        files = bounded.unpacked(data, name, re.compile(r"(?:\[Content_Types\]\.xml|[^/]+\.csv)"))
        if "[Content_Types].xml" in files:
            return _tables(_sheets(data, name), form, name)
        return _tables({file: _csv(content, file) for file, content in sorted(files.items())}, form, name)
    return _tables({name: _csv(data, name)}, form, name)


def is_survey(data: bytes, name: str) -> bool:
    """Say whether a file may be an export of a survey: no workbook, or one whose first row has the survey's names.

    Raises:
        TooLong: it is too large, or unpacks to too much.
        InputError: it looks like a workbook and is none.
    """
    bounded.sized(data, name)
    if not data.startswith(_ZIP):
        return True
    if b"[Content_Types].xml" not in data:
        return True
    for sheet in bounded.workbook(data, name).worksheets:
        for _number, cells in bounded.rows(sheet, name):
            if {_last(str(value)) for value, _formula in cells} & {ADULT, LANGUAGE}:
                return True
            break
    return False


def _listed(said: Any, name: str) -> list[Any]:
    """Return the submissions of a JSON export: a list, or under `results` (KoBoToolbox) or `value` (ODK)."""
    for key in ("results", "value"):
        if isinstance(said, dict) and isinstance(said.get(key), list):
            said = said[key]
    if isinstance(said, dict):
        said = [said]
    if not isinstance(said, list) or len(said) > bounded.MOST_ROWS or not all(isinstance(one, dict) for one in said):
        raise InputError(
            f"{shown(name)}: expected a list of at most {bounded.MOST_ROWS:,} submissions, or an object with results "
            "(KoBoToolbox) or value (ODK). Send the export as it was made."
        )
    return said


def _csv(data: bytes, name: str) -> Table:
    rows = bounded.table(data, name)
    heads = rows[0] if rows else []
    return [(number, dict(zip(heads, row, strict=False))) for number, row in enumerate(rows[1:], 2) if any(row)]


def _sheets(data: bytes, name: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for sheet in bounded.workbook(data, name).worksheets:
        heads: list[str] | None = None
        table: Table = []
        for number, cells in bounded.rows(sheet, name):
            if any(formula for _value, formula in cells):
                raise InputError(f"{shown(name)}: {sheet.title} row {number}: a formula. Put its value in its place.")
            values = [value for value, _formula in cells]
            if heads is None:
                heads = [str(value or "") for value in values]
            else:
                table.append((number, {h: v for h, v in zip(heads, values, strict=False) if h and v is not None}))
        found[sheet.title] = table
    return found


def _tables(tables: Mapping[str, Table], form: Form, name: str) -> Reading:
    """Put the tables of an export together: the one with the submissions, and one for each repeat."""
    known = names(form)
    main: tuple[str, Table] | None = None
    repeats: dict[str, Table] = {}
    for title, table in tables.items():
        heads = {_last(head) for _number, row in table[:1] for head in row}
        if ADULT in heads or LANGUAGE in heads:
            main = (title, table)
        else:
            repeats[_repeat(title, heads, known)] = table
    if main is None:
        raise InputError(
            f"{shown(name)}: found no column {ADULT}. Export the survey of a {form.kind} with names instead of labels "
            '("XML values and headers" in KoBoToolbox).'
        )
    _attach(main[1], repeats, known)
    return _read(main[1], form, name, main[0] if len(tables) > 1 else "")


def _repeat(title: str, heads: set[str], known: Mapping[str, Any]) -> str:
    """Return which repeat a table holds: by its columns, for names of sheets and files are cut short."""
    for head in sorted(heads, key=len, reverse=True):
        if MORE + "_" in head:
            return head.partition(MORE + "_")[0] + MORE
    for head in heads:
        for name, field in known.items():
            if field.part is not None and head.startswith(f"{name}_"):
                return name
    return title


def _attach(table: Table, repeats: Mapping[str, Table], known: Mapping[str, Any]) -> None:
    """Hang the rows of repeats on what they belong to: first on the submissions, then on parts."""
    inner = {name for name in repeats if name.endswith(MORE) and known.get(name.removesuffix(MORE)) is not None}
    parts = {name: rows for name, rows in repeats.items() if name not in inner}
    for name, rows in parts.items():
        _hang(table, name, rows)
    for name in inner:
        holder = next((part for part in parts if name.startswith(f"{part}_")), None)
        _hang(parts[holder] if holder is not None else table, name, repeats[name])


def _hang(owners: Table, name: str, rows: Table) -> None:
    by_key: dict[str, dict[str, Any]] = {}
    for _number, owner in owners:
        for key in _OWN:
            if owner.get(key) not in (None, ""):
                by_key.setdefault(_key(owner[key]), owner)
    for _number, row in rows:
        parent = next((row[key] for key in _PARENT if row.get(key) not in (None, "")), None)
        whole = by_key.get(_key(parent)) if parent is not None else None
        if whole is not None:
            held = whole.get(name)
            whole[name] = [*held, row] if isinstance(held, list) else [row]


def _key(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _last(head: str) -> str:
    return re.split(r"[/\-.:]", head)[-1] if not head.startswith("_") else head


def _read(rows: Table, form: Form, name: str, sheet: str) -> Reading:
    reading = Reading()
    for number, row in rows:
        cell = Cell(name, sheet, number, "")
        filled = Reader(form).read(_bare(row), cell)
        if filled is None:
            reading.unread.append(Unread(cell, "age"))
        else:
            reading.filled.append(filled)
    return reading


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without the groups in its names, which ODK joins with hyphens."""
    return {_last(head) if "-" in head and "/" not in head else head: value for head, value in row.items()}
