"""The spreadsheet template: a sheet for the record, one for each sort of part, drop-downs, help, codes and labels."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from dgekg.forms import cells, columns
from dgekg.forms.cells import Records
from dgekg.forms.columns import Column
from dgekg.forms.model import Field, Form, Option
from dgekg.forms.still import still
from dgekg.forms.words import say, spoken
from dgekg.vocabulary import LANGUAGES

LABELS, HELP, IDS = 1, 2, 3
"""Rows of a sheet that come before the answers."""
FIRST = 4
BESIDE = ("other", "reference")
"""What the column of the slug holds beside it, where there is any: statements outside the form, a part of another."""
RECORD, OF, NEW, SLUG = "@record:", "@of:", "@new:", "@slug"
_ROWS = 400
_HEAD = PatternFill("solid", fgColor="E8EEF4")
_MEND = PatternFill("solid", fgColor="F6DCC4")
_QUIET = Font(color="595959", size=9)


class Book:
    """A workbook that is being written.

    Args:
        form: what is asked.
        language: of labels and help.
        records: names of the records that can be referred to.
        news: forms of records that may be new, such as organisations.
    """

    def __init__(self, form: Form, language: str, records: Records, news: Sequence[Form]) -> None:
        self._form, self._language, self._records, self._news = form, language, records, news
        self._book = Workbook()
        self._lists: dict[tuple[str, ...], str] = {}
        self._list_sheet = self._book.create_sheet("lists")
        self._list_sheet.sheet_state = "hidden"

    def write(self, answers: Sequence[Mapping[str, Any]] = (), notes: Sequence[str] = ()) -> bytes:
        """Return the workbook, empty or with answers in it, and with what is to be mended in each of them."""
        start = self._book.worksheets[0]
        self._read_me(start, notes)
        self._records_sheet(answers)
        for row, text in enumerate(notes, FIRST):
            cell = self._book.worksheets[-1].cell(row, 1)
            cell.comment, cell.fill = Comment(text[:1500], "dgekg", height=160, width=420), _MEND
        for part in self._form.parts:
            self._part_sheet(part, answers)
        for form in self._news:
            self._sheet(form, NEW + form.kind, say("sheet.new", self._language, kind=self._label(form)), [])
        self._codes()
        self._book.move_sheet(self._list_sheet, len(self._book.worksheets))
        self._book.active = 1
        target = io.BytesIO()
        self._book.save(target)
        return still(target.getvalue())

    def _label(self, form: Form) -> str:
        return spoken(form.label, self._language)

    def _read_me(self, sheet: Worksheet, notes: Sequence[str]) -> None:
        sheet.title = say("sheet.start", self._language)[:31]
        sheet.column_dimensions["A"].width = 100
        lines = [self._label(self._form), spoken(self._form.help, self._language), ""]
        lines += [say(f"start.{name}", self._language) for name in ("care", "age", "fill", "parts", "new", "send")]
        if notes:
            lines += ["", say("start.mend", self._language), *(f"{n}. {text}" for n, text in enumerate(notes, 1))]
        for number, line in enumerate(lines, 1):
            cell = sheet.cell(number, 1)
            _put(cell, line)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(1, 1).font = Font(bold=True, size=14)

    def _records_sheet(self, answers: Sequence[Mapping[str, Any]]) -> None:
        filled = [(str(number), one) for number, one in enumerate(answers, 1)]
        self._sheet(self._form, RECORD + self._form.kind, self._label(self._form), filled)

    def _part_sheet(self, holder: Field, answers: Sequence[Mapping[str, Any]]) -> None:
        assert holder.part is not None
        filled = [
            (str(number), part if isinstance(part, dict) and "fields" in part else {"reference": part})
            for number, one in enumerate(answers, 1)
            for part in one.get("fields", {}).get(holder.id, ())
        ]
        self._sheet(holder.part, OF + holder.id, spoken(holder.label, self._language), filled)

    def _sheet(self, form: Form, mark: str, title: str, filled: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        sheet = self._book.create_sheet(_title(title, self._book.sheetnames))
        found = columns.of(form, self._language, [one.get("fields", {}) for _number, one in filled])
        first = say("column.of" if mark.startswith(OF) else "column.record", self._language)
        heads: list[tuple[str, str, str]] = [(first, say("help.record", self._language), mark)]
        heads += [(self._head(c), self._help(c), c.id) for c in found]
        heads.append((say("column.slug", self._language), say("help.slug", self._language), SLUG))
        for number, head in enumerate(heads, 1):
            self._column(sheet, number, head)
        sheet.column_dimensions[get_column_letter(len(heads))].hidden = not filled
        for number, column in enumerate(found, 2):
            self._choices(sheet, number, column.field)
        for row, (record, one) in enumerate(filled, FIRST):
            _put(sheet.cell(row, 1), int(record))
            said = columns.spread(found, one.get("fields", {}))
            for number, column in enumerate(found, 2):
                if column.id in said:
                    _put(sheet.cell(row, number), self._text(column, said[column.id]))
            rest = {key: one[key] for key in ("slug", *BESIDE) if one.get(key)}
            bare = not set(rest) & set(BESIDE)
            _put(sheet.cell(row, len(heads)), rest.get("slug") if bare else cells.JSON + json.dumps(rest))
        if not filled and mark.startswith(RECORD):
            for row in range(FIRST, FIRST + 20):
                sheet.cell(row, 1, row - FIRST + 1)
        sheet.freeze_panes = sheet.cell(FIRST, 2)

    def _text(self, column: Column, value: Any) -> Any:
        if column.language and column.language != columns.OTHER:
            return cells.plain(value["value"])
        if column.field.type == "integer" and isinstance(value, int) and not isinstance(value, bool):
            return value
        return cells.to_text(column.field, value, self._language, self._records)

    def _column(self, sheet: Worksheet, number: int, head: tuple[str, str, str]) -> None:
        label, help_, id_ = head
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 12 if number == 1 else 34
        for row, text, font in ((LABELS, label, Font(bold=True)), (HELP, help_, _QUIET), (IDS, id_, _QUIET)):
            cell = sheet.cell(row, number)
            _put(cell, text)
            cell.font, cell.fill = font, _HEAD
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(LABELS, number).comment = Comment(help_[:1500], "dgekg", height=160, width=320)
        sheet.row_dimensions[HELP].height = 120

    def _head(self, column: Column) -> str:
        label = spoken(column.field.label, self._language)
        if column.language == columns.OTHER:
            label += f" ({say('column.other-language', self._language)})"
        elif column.language:
            label += f" ({column.language})"
        elif column.number > 1:
            label += f" ({column.number})"
        needed = column.field.required and column.number < 2 and column.language in ("", self._language)
        return label + (" *" if needed else "")

    def _help(self, column: Column) -> str:
        if column.language == columns.OTHER:
            return say("help.other-language", self._language)
        help_ = spoken(column.field.help, self._language)
        if column.field.only_with:
            help_ += " " + say("help.only-with", self._language, kinds=", ".join(self._kinds(column.field)))
        if column.field.kinds and not column.field.options:
            help_ += " " + say("help.records", self._language)
        return help_

    def _kinds(self, field: Field) -> Iterator[str]:
        types = self._form.field("type")
        for code in field.only_with:
            option = types.option(code) if types else None
            yield spoken(option.label, self._language) if option else code

    def _choices(self, sheet: Worksheet, number: int, field: Field) -> None:
        """Give a column its drop-down: of concepts, of known records, of yes and no."""
        entries = [cells.choice(o, self._language, tree=field.hierarchical) for o in field.options]
        if field.type == "boolean":
            entries = [say("answer.yes", self._language), say("answer.no", self._language)]
        for kind in field.kinds:
            named = sorted(self._records.get(kind, {}).items(), key=lambda pair: pair[1].casefold())
            entries += [f"{name} [{kind}/{slug}]" for slug, name in named]
        if not entries:
            return
        rule = DataValidation("list", formula1=self._list(entries), allow_blank=True)
        rule.showErrorMessage = not field.kinds  # a record may be new
        rule.errorTitle = spoken(field.label, self._language)[:32]
        rule.error = spoken(field.message, self._language)[:250]
        letter = get_column_letter(number)
        rule.add(f"{letter}{FIRST}:{letter}{FIRST + _ROWS}")
        sheet.add_data_validation(rule)

    def _list(self, entries: Sequence[str]) -> str:
        """Return the name of the list that holds these entries, written once."""
        key = tuple(entries)
        if key not in self._lists:
            number = len(self._lists) + 1
            letter = get_column_letter(number)
            for row, entry in enumerate(entries, 1):
                _put(self._list_sheet.cell(row, number), entry)
            name = f"list_{number}"
            place = f"'{self._list_sheet.title}'!${letter}$1:${letter}${len(entries)}"
            self._book.defined_names[name] = DefinedName(name, attr_text=place)
            self._lists[key] = name
        return f"={self._lists[key]}"

    def _codes(self) -> None:
        """Write every option with its code, its labels and its definition."""
        sheet = self._book.create_sheet(_title(say("sheet.codes", self._language), self._book.sheetnames))
        heads = [say("column.scheme", self._language), say("column.code", self._language), *LANGUAGES]
        heads += [say("column.definition", self._language), say("column.broader", self._language)]
        for number, head in enumerate(heads, 1):
            sheet.cell(1, number, head).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(number)].width = 30
        row = 1
        for option in _options(self._form, *self._news):
            row += 1
            texts = [option.scheme, option.code, *(option.label.get(one, "") for one in LANGUAGES)]
            texts += [spoken(option.help, self._language), ", ".join(option.broader)]
            for number, text in enumerate(texts, 1):
                _put(sheet.cell(row, number), text)
        sheet.freeze_panes = "C2"


def _options(*forms: Form) -> list[Option]:
    found: dict[str, Option] = {}
    for form in forms:
        for field in form.fields:
            options = _options(field.part) if field.part else field.options
            found.update({option.iri: option for option in options})
    return sorted(found.values(), key=lambda option: option.scheme)


def _title(text: str, taken: Sequence[str]) -> str:
    """Return a name that a sheet may have, and that no other has."""
    bare = re.sub(r"[\[\]:*?/\\']", " ", text)[:28].strip() or "sheet"
    number, name = 1, bare
    while name.casefold() in (one.casefold() for one in taken):
        number += 1
        name = f"{bare} {number}"
    return name


def _put(cell: Any, value: object) -> None:
    """Write a value; a text stays a text, even where it looks like a formula."""
    if value is None:
        return
    assert isinstance(cell, Cell)
    cell.value = value  # type: ignore[assignment]  # its types leave out what it takes
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
