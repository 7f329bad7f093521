"""Files from outside, opened with care: sizes are known before anything is read, and nothing in them can run.

A file that is too large, a zip that unpacks to too much, XML with a document type, JSON that nests too deep and text
that is not UTF-8 are refused with words that say what to do.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from dgekg import zips
from dgekg.errors import InputError, TooLong, shown

MOST_BYTES = 10_000_000
MOST_UNPACKED = 60_000_000
MOST_FILES = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 600
DEEPEST = 40
_EMPTY_ROWS = 200
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# The files of a workbook that are read; macros, pictures and links to other workbooks are not even unpacked.
_READ = re.compile(r"(?:\[Content_Types\]\.xml|_rels/\.rels|docProps/.*\.xml|xl/.*\.(?:xml|rels))")


def sized(data: bytes, name: str, most: int = MOST_BYTES) -> bytes:
    """Return a file's bytes, if there are not too many.

    Raises:
        TooLong: there are.
    """
    if len(data) > most:
        raise TooLong(
            f"{shown(name)}: found {len(data):,} bytes, expected at most {most:,}. Send it in smaller parts.",
            expected=f"at most {most:,} bytes",
        )
    return data


def text(data: bytes, name: str) -> str:
    """Return a file's text.

    Raises:
        TooLong: it is too large.
        InputError: it is not UTF-8; says where.
    """
    try:
        decoded = sized(data, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{shown(name)}: line {line} is not UTF-8 text. Save the file as UTF-8.") from None
    if "\x00" in decoded:
        raise InputError(f"{shown(name)}: found signs that are no text. Save the file as UTF-8.")
    return decoded


def parsed_json(data: bytes, name: str) -> Any:
    """Return what a JSON file says.

    Raises:
        TooLong: it is too large.
        InputError: it is not UTF-8, does not parse, or nests deeper than anything here needs.
    """
    said = text(data, name)
    if _depth(said) > DEEPEST:
        raise InputError(f"{shown(name)}: brackets nest deeper than {DEEPEST} levels, which no answer needs.")
    try:
        return json.loads(said, parse_constant=_no_number)
    except ValueError as error:
        raise InputError(f"{shown(name)}: the JSON does not parse: {shown(str(error))}.") from None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _depth(said: str) -> int:
    """Return how deep brackets nest, without parsing: strings are skipped."""
    deepest = depth = 0
    for sign in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', said):
        mark = sign[0]
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest


def unpacked(data: bytes, name: str, wanted: re.Pattern[str] = re.compile(".*")) -> dict[str, bytes]:
    """Return the files in a zip by their names.

    Raises:
        TooLong: it is too large, or unpacks to too much.
        InputError: it is no zip, or a broken or encrypted one.
    """
    sized(data, name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [entry for entry in packed.infolist() if wanted.fullmatch(entry.filename)]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _bomb(name)
            # no more is unpacked than an entry declares; one that holds more fails its checksum
            return {entry.filename: packed.read(entry) for entry in entries}
    except zips.FAULTS as error:
        raise InputError(f"{shown(name)}: it cannot be unpacked ({shown(str(error))}). Save it again.") from None


def _bomb(name: str) -> TooLong:
    return TooLong(f"{shown(name)}: it unpacks to more than {MOST_UNPACKED:,} bytes. Send it in smaller parts.")


def workbook(data: bytes, name: str) -> Any:
    """Return an openpyxl workbook, opened for reading only.

    Raises:
        TooLong: it is too large, or unpacks to too much.
        InputError: it is no workbook, or holds XML with a document type.
    """
    files = unpacked(data, name, _READ)
    for part, content in files.items():
        if content[:4].startswith((b"\xff\xfe", b"\xfe\xff", b"\x00")) or b"\x00" in content[:4]:
            raise InputError(f"{shown(name)}: {shown(part)} is not UTF-8. Save the workbook again as .xlsx.")
        if _DOCTYPE.search(content):
            raise InputError(f"{shown(name)}: {shown(part)} holds a document type, which no workbook needs.")
    from openpyxl import load_workbook

    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w") as packed:
        for part, content in files.items():
            packed.writestr(part, content)
    clean.seek(0)
    try:
        return load_workbook(clean, read_only=True, keep_links=False)
    except Exception as error:  # the library raises whatever its XML gives it
        raise InputError(f"{shown(name)}: it is no workbook that can be read ({shown(str(error))}).") from None


def rows(sheet: Any, name: str) -> Iterator[tuple[int, list[tuple[object, bool]]]]:
    """Yield the rows of a sheet that say anything: number, then (value, whether it is a formula) by column.

    Raises:
        TooLong: there are too many rows.
        InputError: the sheet cannot be read.
    """
    empty = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            found = [(cell.value, cell.data_type == "f") for cell in cells]
            if all(value is None for value, _formula in found):
                empty += 1
                if empty > _EMPTY_ROWS:
                    return
                continue
            empty = 0
            if number > MOST_ROWS:
                raise TooLong(f"{shown(name)}: more than {MOST_ROWS:,} rows. Send them in smaller parts.")
            yield number, found
    except InputError:
        raise
    except Exception as error:  # see `workbook`
        raise InputError(f"{shown(name)}: a sheet cannot be read ({shown(str(error))}). Save it again.") from None


def table(data: bytes, name: str) -> list[list[str]]:
    """Return the rows of a CSV file, whichever of , ; and tab stands between its values.

    Raises:
        TooLong: it is too large or has too many rows.
        InputError: it is not UTF-8, or its quotes do not close.
    """
    said = text(data, name)
    head = said.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(MOST_BYTES)
    found: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(said, newline=""), delimiter=delimiter, strict=True):
            if len(found) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise TooLong(f"{shown(name)}: more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns.")
            found.append(row)
    except csv.Error as error:
        raise InputError(f"{shown(name)}: row {len(found) + 1} does not parse: {error}. Mend its quotes.") from None
    return found
