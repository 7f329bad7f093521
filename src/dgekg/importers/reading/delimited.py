"""CSV and its relatives, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from dgekg.importers import guards
from dgekg.importers.guards import Limits
from dgekg.importers.reading.row import Row, named
from dgekg.importers.trouble import Place, refused, violation

_SIGNS = ",;\t|"


def read(path: Path, encoding: str, delimiter: str, head: int, limits: Limits) -> tuple[Sequence[str], Iterator[Row]]:
    """Read a table of values between delimiters; its head at once, the rest as it is asked for."""
    text = guards.lines(path, encoding, limits)
    first = next(text, "")
    for _ in range(head - 1):
        first = next(text, "")
    if not first.strip():
        raise refused("file.empty", Place(path.name))
    sign = delimiter or max(_SIGNS, key=first.count)
    rows = _rows(_again(first, text), path, sign)
    columns = named(next(rows))
    return columns, _read(rows, columns, path, head)


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _rows(lines: Iterator[str], path: Path, sign: str) -> Iterator[list[str]]:
    before = csv.field_size_limit(1_000_000)
    reader = csv.reader(lines, delimiter=sign, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        reason = str(error)
        raise refused("file.csv", Place(path.name), reason=reason, line=reader.line_num) from None
    finally:
        csv.field_size_limit(before)


def _read(rows: Iterator[list[str]], columns: Sequence[str], path: Path, head: int) -> Iterator[Row]:
    for number, values in enumerate(rows, head + 1):
        if not any(value.strip() for value in values):
            continue
        place = Place(path.name, "", number)
        troubles = []
        if len(values) != len(columns) and (
            len(values) < len(columns) or any(v.strip() for v in values[len(columns) :])
        ):
            width = {"expected": len(columns), "count": len(values)}
            troubles.append(violation("row.width", place, values=width))
        cells = {name: (_plain(value),) for name, value in zip(columns, values, strict=False) if value.strip()}
        yield Row(place, cells, troubles)


def _plain(value: str) -> str:
    """Take away the sign that keeps a spreadsheet from reading a value as a formula; we write it ourselves."""
    return value[1:] if len(value) > 1 and value[0] == "'" and value[1] in "=+-@\t\r" else value
