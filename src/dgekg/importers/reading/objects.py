"""JSON: a list of objects, or one object a line; what stands within an object becomes columns such as `a.b`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dgekg.importers import guards
from dgekg.importers.guards import Limits
from dgekg.importers.reading.row import Row
from dgekg.importers.trouble import Place, refused, violation


def read(path: Path, encoding: str, records: str, limits: Limits) -> tuple[Sequence[str], Iterator[Row]]:
    """Read a JSON document that holds a list of objects."""
    guards.size(path, limits.whole_bytes)
    place = Place(path.name)
    data = path.read_bytes()
    text = guards.decoded(data, place, encoding)
    guards.depth(text.encode(), place, limits.depth)
    found = parsed(text, place)
    for part in [p for p in records.split(".") if p]:
        found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, dict) and not records:  # the only list of objects in it
        lists = [v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        found = lists[0] if len(lists) == 1 else found
    if not isinstance(found, list):
        raise refused("file.records", place, records)
    return (), _rows(found, path)


def read_lines(path: Path, encoding: str, limits: Limits) -> tuple[Sequence[str], Iterator[Row]]:
    """Read one JSON object a line."""

    def rows() -> Iterator[Row]:
        for number, line in enumerate(guards.lines(path, encoding, limits), 1):
            if line.strip():
                place = Place(path.name, "", number)
                guards.depth(line.encode(), place, limits.depth)
                yield _row(parsed(line, place), place)

    return (), rows()


def parsed(text: str, place: Place) -> Any:
    """Return what a JSON text says.

    Raises:
        Refused: it is no JSON, with the line.
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise refused("file.json", place, reason=error.msg, line=error.lineno) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, a word that is no number
        raise refused("file.json", place, reason=str(error)[:120], line=1) from None


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _rows(found: Sequence[Any], path: Path) -> Iterator[Row]:
    for number, one in enumerate(found, 1):
        yield _row(one, Place(path.name, "", number))


def _row(one: Any, place: Place) -> Row:
    if not isinstance(one, dict):
        return Row(place, {}, (violation("row.object", place, str(one)[:80]),))
    cells: dict[str, tuple[str, ...]] = {}
    _flat(one, "", cells)
    return Row(place, cells)


def _flat(value: Any, name: str, cells: dict[str, tuple[str, ...]]) -> None:
    """Put what stands within an object into columns: `a.b` for an object, `a[1].b` for a list of objects."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _flat(inner, f"{name}.{key}" if name else str(key), cells)
    elif isinstance(value, list):
        plain = tuple(_text(v) for v in value if not isinstance(v, dict | list) and v is not None)
        if any(text.strip() for text in plain):
            cells[name] = plain
        for number, inner in enumerate((v for v in value if isinstance(v, dict | list)), 1):
            _flat(inner, f"{name}[{number}]", cells)
    elif value is not None and _text(value).strip():
        cells[name] = (_text(value),)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
