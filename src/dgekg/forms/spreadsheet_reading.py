"""A filled spreadsheet template, read back: answers, and the sheet, row and column of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter

from dgekg.errors import InputError, shown
from dgekg.forms import bounded, cells, columns
from dgekg.forms.columns import Column
from dgekg.forms.composing import Place
from dgekg.forms.filled import Cell, Filled, Reading, Unread
from dgekg.forms.model import Field, Form
from dgekg.forms.spreadsheet import BESIDE, IDS, NEW, OF, RECORD, SLUG
from dgekg.identifiers import SLUG as SLUGS
from dgekg.nearness import nearest


@dataclass
class _Row:
    """One row: which record it belongs to, its answers, and where they stood."""

    record: str
    cell: Cell
    answers: dict[str, Any]
    cells: dict[tuple[str, int], Cell]


class Reader:
    """Reads one workbook.

    Args:
        form: of its records.
        forms: by kind, for new records.
        name: of the file, for places.
    """

    def __init__(self, form: Form, forms: Mapping[str, Form], name: str) -> None:
        self._form, self._forms, self._name = form, forms, name
        self._reading = Reading()

    def read(self, data: bytes) -> Reading:
        """Return its records.

        Raises:
            TooLong: it is too large.
            InputError: it is no workbook, or none of ours; says what was expected.
        """
        book = bounded.workbook(data, self._name)
        sheets: dict[str, list[_Row]] = {}
        for sheet in book.worksheets:
            found = self._sheet(sheet)
            if found is not None:
                sheets[found[0]] = found[1]
        main = sheets.get(RECORD + self._form.kind)
        if main is None:
            others = [mark.removeprefix(RECORD) for mark in sheets if mark.startswith(RECORD)]
            said = f" It is a template for {', '.join(others)}." if others else ""
            raise InputError(
                f"{shown(self._name)}: found no sheet whose row {IDS} begins with {RECORD}{self._form.kind}.{said} "
                f"Fill in the template that `dgekg form {self._form.kind} --format xlsx` makes, and leave row {IDS}."
            )
        filled = {row.record: self._record(row) for row in main if self._single(row, main)}
        for holder in self._form.parts:
            for row in sheets.get(OF + holder.id, ()):
                self._part(row, holder, filled)
        news = {mark.removeprefix(NEW): rows for mark, rows in sheets.items() if mark.startswith(NEW)}
        for one in filled.values():
            self._name_new(one.answers, self._form, news)
            self._reading.filled.append(one)
        return self._reading

    def _single(self, row: _Row, rows: list[_Row]) -> bool:
        first = next(other for other in rows if other.record == row.record)
        if first is not row:
            self._unread(row.cell, "twice", row.record)
        return first is row

    def _unread(self, cell: Cell, key: str, found: str = "", **values: str) -> None:
        self._reading.unread.append(Unread(cell, key, found, values))

    def _sheet(self, sheet: Any) -> tuple[str, list[_Row]] | None:
        """Return the mark and the rows of a sheet of ours, None for another."""
        mark, form, heads = "", self._form, dict[int, Column | str]()
        found: list[_Row] = []
        for number, values in bounded.rows(sheet, self._name):
            if not mark:
                mark = next((str(v).strip() for v, _f in values[:1] if isinstance(v, str)), "")
                form_ = self._form_of(mark)
                if form_ is None:
                    mark = ""
                    if number > 10:
                        return None
                    continue
                form = form_
                heads = dict(self._heads(values, form, Cell(self._name, sheet.title, number, "")))
                continue
            row = self._row(values, heads, Cell(self._name, sheet.title, number, ""))
            if row is not None:
                found.append(row)
        return (mark, found) if mark else None

    def _form_of(self, mark: str) -> Form | None:
        if mark.startswith(RECORD) or mark.startswith(NEW):
            return self._forms.get(mark.partition(":")[2])
        holder = self._form.field(mark.removeprefix(OF)) if mark.startswith(OF) else None
        return holder.part if holder else None

    def _heads(self, values: list[tuple[object, bool]], form: Form, cell: Cell) -> Iterator[tuple[int, Column | str]]:
        for index, (value, _formula) in enumerate(values):
            name = str(value or "").strip()
            column = columns.parse(name, form)
            if name == SLUG or column is not None:
                yield index, column or SLUG
            elif name and index:
                close = ", ".join(nearest(name, [f.id for f in form.fields]))
                self._unread(cell._replace(column=get_column_letter(index + 1)), "column", name, near=close or "-")

    def _row(self, values: list[tuple[object, bool]], heads: Mapping[int, Column | str], cell: Cell) -> _Row | None:
        row = _Row(_record(values[0][0] if values else None), cell, {"slug": None, "fields": {}}, {})
        said = False
        for index, (value, formula) in enumerate(values):
            here = cell._replace(column=get_column_letter(index + 1))
            if formula:
                self._unread(here, "formula", str(value)[:80])
                said = True
                continue
            head = heads.get(index)
            if value is None or head is None:
                continue
            said = True
            if isinstance(head, str):
                self._slug(row, value, here)
            else:
                self._take(row, head, value, here)
        return row if said else None

    def _take(self, row: _Row, column: Column, value: object, here: Cell) -> None:
        field, language = column.field, column.language
        if language == columns.OTHER:
            language, value = cells.other_language(str(value))
            if not language:
                self._unread(here, "language", str(value)[:80])
                return
        for one in _split(field, value):
            read = cells.to_value(field, one, language)
            if read is None:
                continue
            values = row.answers["fields"].setdefault(field.id, [])
            row.cells[field.id, len(values)] = here
            values.append(read)

    def _slug(self, row: _Row, value: object, here: Cell) -> None:
        said: Any = {"slug": str(value).strip()}
        if said["slug"].startswith(cells.JSON):
            try:
                said = json.loads(said["slug"].removeprefix(cells.JSON))
            except (ValueError, RecursionError):
                said = None
        slug = said.get("slug") if isinstance(said, dict) else ""
        if slug is not None and not (isinstance(slug, str) and SLUGS.fullmatch(slug)):
            self._unread(here, "slug", shown(str(value)))
            return
        row.answers["slug"] = slug
        row.answers |= {key: said[key] for key in BESIDE if key in said}

    def _record(self, row: _Row) -> Filled:
        row.answers.pop("reference", None)
        places: dict[Place, Cell] = {(name, number): cell for (name, number), cell in row.cells.items()}
        return Filled({"kind": self._form.kind, **row.answers}, {(): row.cell, **places})

    def _part(self, row: _Row, holder: Field, filled: Mapping[str, Filled]) -> None:
        owner = filled.get(row.record or (next(iter(filled)) if len(filled) == 1 else ""))
        if owner is None:
            self._unread(row.cell, "owner", row.record)
            return
        values = owner.answers["fields"].setdefault(holder.id, [])
        place = (holder.id, len(values))
        reference = row.answers.pop("reference", None)
        values.append(row.answers if reference is None else reference)
        owner.cells[place] = row.cell
        owner.cells |= {(*place, name, number): cell for (name, number), cell in row.cells.items()}

    def _name_new(self, answers: dict[str, Any], form: Form, news: Mapping[str, list[_Row]]) -> None:
        """Put the new records that are described on sheets of their own where they are named."""
        for field in form.fields:
            values = answers["fields"].get(field.id, [])
            for number, value in enumerate(values):
                if field.part is not None and isinstance(value, dict) and "fields" in value:
                    self._name_new(value, field.part, news)
                elif field.type == "record" and isinstance(value, str) and "/" not in value:
                    values[number] = self._new(field, value, news)

    def _new(self, field: Field, name: str, news: Mapping[str, list[_Row]]) -> Any:
        for kind in field.kinds:
            for row in news.get(kind, ()):
                for values in row.answers["fields"].values():
                    texts = (v.get("value") if isinstance(v, dict) else v for v in values)
                    if name.casefold() in (str(text).casefold() for text in texts):
                        return {"kind": kind, **row.answers}
        return name


def _record(value: object) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")
    return text.strip()


def _split(field: Field, value: object) -> list[object]:
    """Return the answers in one cell: several codes or labels may stand in it, with semicolons between."""
    if not isinstance(value, str) or value.startswith(cells.JSON) or ";" not in value:
        return [value]
    if field.type not in ("concept", "record") or not isinstance(cells.to_value(field, value), str):
        return [value]
    if field.option(str(cells.to_value(field, value))):
        return [value]
    return [part for part in value.split(";") if part.strip()]
