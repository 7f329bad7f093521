"""Bibliographies: BibTeX and RIS, one row an entry."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dgekg.importers import guards
from dgekg.importers.guards import Limits
from dgekg.importers.reading.row import Row
from dgekg.importers.trouble import Place, refused, violation

_LARGEST = 10_000_000


def read_bibtex(path: Path, encoding: str, limits: Limits) -> tuple[Sequence[str], Iterator[Row]]:
    """Read BibTeX; the type of an entry is column `type`, its key `key`; braces around words are taken away."""
    text = _text(path, encoding, limits)
    guards.depth(text.encode(), Place(path.name), limits.depth)
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    try:
        library = parse_string(text)
    except Exception as error:  # a parser of a loose format fails in many ways
        raise refused("file.bibliography", Place(path.name), reason=str(error)[:160]) from None

    def rows() -> Iterator[Row]:
        blocks: list[Any] = [*library.entries, *library.failed_blocks]
        for entry in sorted(blocks, key=lambda one: one.start_line or 0):
            place = Place(path.name, "", (entry.start_line or 0) + 1)
            if not hasattr(entry, "fields_dict"):
                yield Row(place, {}, (violation("row.entry", place, str(entry.error)[:120]),))
                continue
            cells: dict[str, tuple[str, ...]] = {"type": (entry.entry_type,), "key": (entry.key,)}
            for name, one in entry.fields_dict.items():
                value = _plain(str(one.value))
                if value:
                    parts = value.split(" and ") if name.lower() in ("author", "editor") else [value]
                    cells[name.lower()] = tuple(p.strip() for p in parts)
            yield Row(place, cells)

    return (), rows()


def read_ris(path: Path, encoding: str, limits: Limits) -> tuple[Sequence[str], Iterator[Row]]:
    """Read RIS; columns are named as the library names the tags (title, authors, urls, year ...)."""
    text = _text(path, encoding, limits)
    import rispy

    try:
        entries: list[dict[str, Any]] = rispy.loads(text)
    except Exception as error:  # as above
        raise refused("file.bibliography", Place(path.name), reason=str(error)[:160]) from None

    def rows() -> Iterator[Row]:
        for number, entry in enumerate(entries, 1):
            cells: dict[str, tuple[str, ...]] = {}
            for name, value in entry.items():
                if isinstance(value, dict):
                    cells.update({f"{name}.{tag}": tuple(map(str, values)) for tag, values in value.items()})
                else:
                    values = value if isinstance(value, list) else [value]
                    cells[name] = tuple(str(v) for v in values if str(v).strip())
            yield Row(Place(path.name, "", number), {k: v for k, v in cells.items() if v})

    return (), rows()


def _text(path: Path, encoding: str, limits: Limits) -> str:
    guards.size(path, min(_LARGEST, limits.whole_bytes))
    return guards.decoded(path.read_bytes(), Place(path.name), encoding)


def _plain(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())
