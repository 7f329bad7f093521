"""Our own faces filled in by people: the spreadsheet, and answers of the survey; they need no mapping of columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dgekg.errors import InputError, TooLong
from dgekg.forms import Field, Form, Forms
from dgekg.forms.filled import Cell, Filled, Unread
from dgekg.importers import guards
from dgekg.importers.convert import Converted
from dgekg.importers.guards import Limits
from dgekg.importers.trouble import Place, Trouble, refused, violation


def rows(path: Path, forms: Forms, kind: str, language: str, limits: Limits) -> Iterator[Converted]:
    """Yield the records in a filled spreadsheet, or in an export of the survey.

    Args:
        path: of the file.
        forms: all forms.
        kind: of the records.
        language: of what is said of a cell that makes no answer.
        limits: on what is read.

    Raises:
        Refused: the file is too large, broken, or none of ours.
    """
    guards.size(path, limits.whole_bytes)
    try:
        read = forms.read(path.read_bytes(), kind, path.name)
    except (InputError, TooLong) as error:
        raise refused("file.template", Place(path.name), reason=str(error)) from None
    unread = list(read.unread)
    for one in read.filled:
        yield _converted(one, path, [u for u in unread if _of(u.cell, one)], language)
    homeless = [u for u in unread if not any(_of(u.cell, one) for one in read.filled)]
    if homeless:
        troubles = [_trouble(u, language) for u in homeless]
        yield Converted(troubles[0].place, f"unread {path.name}", "", troubles=troubles)


def filled_by(answers: Mapping[str, Any], form: Form, known: Callable[[str], str]) -> dict[str, Any]:
    """Return answers with references in the place of actors whose name is known: typed alone, or described anew."""

    def settled(value: Any, field: Field | None) -> Any:
        if isinstance(value, str) and field is not None and "actor" in field.kinds and "/" not in value:
            return known(value) or value
        if not isinstance(value, dict) or not isinstance(value.get("fields"), dict):
            return value
        names = [n["value"] for n in value["fields"].get("name", ()) if isinstance(n, dict) and "value" in n]
        found = next((one for name in names if (one := known(str(name)))), "")
        return found or {**value, "fields": each(value["fields"], field.part if field is not None else None)}

    def each(fields: Mapping[str, Sequence[Any]], asked: Form | None) -> dict[str, list[Any]]:
        of = {field.id: field for field in asked.fields} if asked is not None else {}
        return {name: [settled(value, of.get(name)) for value in values] for name, values in fields.items()}

    return {**answers, "fields": each(answers["fields"], form)}


def mended(path: Path, forms: Forms, kind: str, language: str, left: Sequence[tuple[Mapping[str, Any], str]]) -> Path:
    """Write records that did not go in, each with why, as a spreadsheet that can be mended and fed again."""
    target = path.with_name(path.name + ".xlsx")
    fresh = path.with_name(f".{path.name}.new")
    answers, notes = [one for one, _why in left], [why for _one, why in left]
    fresh.write_bytes(forms.xlsx(kind, language=language, answers=answers, asked=False, notes=notes))
    fresh.replace(target)
    return target


def _converted(one: Filled, path: Path, unread: Sequence[Unread], language: str) -> Converted:
    text = json.dumps(one.answers, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    home = one.cell(())

    def place_of(place: tuple[str | int, ...]) -> Place:
        found = one.cell(place) or home
        return _place(found) if found else Place(path.name)

    troubles = [_trouble(u, language) for u in unread]
    key = str(one.answers.get("slug") or digest[:20])
    at = place_of(())
    return Converted(at, key, digest, troubles=troubles, answers=dict(one.answers), place_of=place_of)


def _of(cell: Cell, one: Filled) -> bool:
    """Say whether a cell stands in a row of a record."""
    return any((c.sheet, c.row) == (cell.sheet, cell.row) for c in one.cells.values())


def _trouble(unread: Unread, language: str) -> Trouble:
    made = violation("cell.template", _place(unread.cell), unread.found, {"message": unread.message(language)})
    return made.spoken(language)


def _place(cell: Cell) -> Place:
    return Place(cell.file, cell.sheet, cell.row, cell.column)
