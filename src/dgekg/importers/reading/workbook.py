"""Workbooks (XLSX), row by row; formulas are not computed and not believed."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dgekg import zips
from dgekg.importers import guards
from dgekg.importers.guards import Limits
from dgekg.importers.reading.row import Row, named
from dgekg.importers.trouble import Place, Refused, Trouble, refused, violation

_EMPTY = 1_000  # so many empty rows in a row are the end
_CHUNK = 1 << 16
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")


def read(path: Path, sheet: str, head: int, limits: Limits) -> tuple[Sequence[str], Iterator[Row]]:
    """Read one sheet of a workbook; its head at once, the rest as it is asked for."""
    guards.size(path, limits.whole_bytes)
    _unpackable(path, limits)
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # a broken workbook fails in many ways
            raise refused("file.xlsx", Place(path.name), reason=_reason(error)) from None
    names = [one.title for one in book.worksheets]
    shown = [one.title for one in book.worksheets if one.sheet_state == "visible"] or names
    if sheet and sheet not in names:
        raise refused("file.sheet", Place(path.name), sheet, known=", ".join(names))
    if not shown:
        raise refused("file.empty", Place(path.name))
    title = sheet or shown[0]
    rows = _rows(book[title], Place(path.name, title), limits)
    first: list[Any] = []
    for number, cells in rows:
        if number >= head:
            first = cells
            break
    columns = named(str(getattr(cell, "value", "") or "") for cell in _trimmed(first))
    if not columns:
        raise refused("file.empty", Place(path.name, title))
    return columns, _read(rows, columns, Place(path.name, title))


def _rows(sheet: Any, place: Place, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    empty = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, cells in enumerate(sheet.iter_rows(max_col=limits.columns + 1), 1):
                kept = _trimmed(cells)
                empty = 0 if kept else empty + 1
                if empty > _EMPTY:
                    return
                if len(kept) > limits.columns:
                    raise refused("file.columns", place, str(len(kept)), limit=limits.columns)
                yield number, kept
    except Refused:
        raise
    except Exception as error:  # a broken sheet fails in many ways, and only when it is reached
        raise refused("file.xlsx", place, reason=_reason(error)) from None


def _read(rows: Iterator[tuple[int, list[Any]]], columns: Sequence[str], place: Place) -> Iterator[Row]:
    for number, cells in rows:
        if not cells:
            continue
        at = Place(place.file, place.sheet, number)
        troubles: list[Trouble] = []
        found: dict[str, tuple[str, ...]] = {}
        if len(cells) > len(columns):
            troubles.append(violation("row.width", at, values={"expected": len(columns), "count": len(cells)}))
        for column, cell in zip(columns, cells, strict=False):
            kind = getattr(cell, "data_type", "n")
            text = _text(getattr(cell, "value", None))
            if kind == "f":
                troubles.append(violation("cell.formula", Place(at.file, at.sheet, number, column), text))
            elif kind == "e":
                troubles.append(violation("cell.error", Place(at.file, at.sheet, number, column), text))
            elif text.strip():
                found[column] = (text,)
        if found or troubles:
            yield Row(at, found, troubles)


def _trimmed(cells: Sequence[Any]) -> list[Any]:
    kept = list(cells)
    while kept and getattr(kept[-1], "value", None) in (None, ""):
        kept.pop()
    return kept


def _text(value: Any) -> str:
    """Return a value as a CSV file would hold it: dates in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _unpackable(path: Path, limits: Limits) -> None:
    """Unpack a workbook once without keeping anything: a bomb shows by its size, an entity by its declaration.

    Raises:
        Refused: it is no workbook, unpacks to more than is read, or declares entities.
    """
    place = Place(path.name)
    packed = max(path.stat().st_size, 1)
    most = min(limits.unpacked_bytes, max(packed * limits.ratio, 5_000_000))
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > 5_000:
                raise refused("file.bomb", place, limit="5,000 parts")
            for part in archive.infolist():
                tail = b""
                with archive.open(part) as file:
                    while chunk := file.read(_CHUNK):
                        total += len(chunk)
                        if total > most:
                            raise refused("file.bomb", place, limit=f"{most:,} bytes")
                        seen = (tail + chunk).replace(b"\x00", b"")
                        if part.filename.endswith((".xml", ".rels", ".vml")) and any(w in seen for w in _FORBIDDEN):
                            raise refused("file.entities", place, part.filename)
                        tail = chunk[-32:]
    except zips.FAULTS as error:
        raise refused("file.xlsx", place, reason=_reason(error)) from None


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
