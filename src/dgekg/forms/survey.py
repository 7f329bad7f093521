"""The XLSForm of a form: a survey for ODK and KoBoToolbox, in three languages, that works without a connection.

A text is asked in the language that the contributor writes in, then again in others if wanted (a repeat). Parts are
repeats. What the house fills in is left out; what a pre-filled submission needs to come back whole is in `dgekg_rest`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from dgekg.forms.cells import Records
from dgekg.forms.model import Field, Form, Option, Words
from dgekg.forms.still import still
from dgekg.forms.words import three

LANGUAGE_NAMES = {"en": "English (en)", "fr": "Français (fr)", "es": "Español (es)"}
REST, ADULT, LANGUAGE = "dgekg_rest", "dgekg_adult", "dgekg_language"
MORE, MORE_LANGUAGE, MORE_TEXT, NEW = "_more", "_more_language", "_more_text", "_new"
NOT_LISTED = "not-in-this-list"
_TYPES = {"date": "date", "datetime": "dateTime", "integer": "integer", "decimal": "decimal"}
_SHEETS = ("label", "hint", "constraint_message", "required_message")

Row = dict[str, Any]


class Survey:
    """An XLSForm that is being written.

    Args:
        form: what is asked.
        records: names of the records that can be referred to.
        version: of the shapes, so that a phone knows which survey it has.
    """

    def __init__(self, form: Form, records: Records, version: str) -> None:
        self._form, self._records, self._version = form, records, version
        self._choices: dict[str, list[tuple[str, Words]]] = {}
        self._named: dict[tuple[str, ...], str] = {}

    def write(self) -> bytes:
        """Return the workbook with its sheets survey, choices and settings."""
        survey = list(self._survey())
        book = Workbook()
        book.remove(book.worksheets[0])
        words = [f"{sort}::{name}" for sort in _SHEETS for name in LANGUAGE_NAMES.values()]
        heads = ["type", "name", *words, "required", "relevant", "constraint", "appearance", "calculation"]
        _table(book, "survey", heads, survey)
        labels = [f"label::{name}" for name in LANGUAGE_NAMES.values()]
        choices = [
            {"list_name": name, "name": code, **_said("label", label)}
            for name, entries in self._choices.items()
            for code, label in entries
        ]
        _table(book, "choices", ["list_name", "name", *labels], choices)
        title = " / ".join(dict.fromkeys(self._form.label.values()))
        settings = {"form_title": title, "form_id": f"dgekg-{self._form.kind}", "version": self._version}
        settings |= {"default_language": LANGUAGE_NAMES["en"], "style": "pages"}
        _table(book, "settings", list(settings), [settings])
        target = io.BytesIO()
        book.save(target)
        return still(target.getvalue())

    def _survey(self) -> Iterator[Row]:
        for note in ("care", "age"):
            yield {"type": "note", "name": f"dgekg_note_{note}", **_said("label", three(f"start.{note}"))}
        yes_no = self._list("yes_no", [("yes", three("answer.yes")), ("no", three("answer.no"))])
        yield {
            "type": f"select_one {yes_no}",
            "name": ADULT,
            **_said("label", three("survey.age")),
            **_said("constraint_message", three("survey.age-needed")),
            "required": "yes",
            "constraint": ". = 'yes'",
        }
        languages = [(code, {"en": name, "fr": name, "es": name}) for code, name in LANGUAGE_NAMES.items()]
        yield {
            "type": f"select_one {self._list('languages', languages)}",
            "name": LANGUAGE,
            **_said("label", three("survey.language")),
            "required": "yes",
        }
        for section in self._form.sections:
            yield {"type": "begin_group", "name": f"section_{_safe(section.id)}", **_said("label", section.label)}
            for field in section.fields:
                yield from self._part(field) if field.part else self._question(field, self._form, "")
            yield {"type": "end_group"}
        yield {"type": "calculate", "name": REST, "calculation": "''"}

    def _part(self, holder: Field) -> Iterator[Row]:
        assert holder.part is not None
        yield {"type": "begin_repeat", "name": holder.id, **_words(holder)}
        for field in holder.part.fields:
            yield from self._question(field, holder.part, prefix(holder))
        yield {"type": "calculate", "name": prefix(holder) + REST, "calculation": "''"}
        yield {"type": "end_repeat"}

    def _question(self, field: Field, form: Form, before: str) -> Iterator[Row]:
        """Yield the rows of one question; a text in several languages and a record to name take more than one."""
        name = before + field.id
        row: Row = {"type": "text", "name": name, **_words(field), "required": self._required(field, form, before)}
        if field.only_with:
            row["relevant"] = " or ".join(f"selected(${{{before}type}}, '{code}')" for code in field.only_with)
        if field.type == "boolean":
            yes_no = [("true", three("answer.yes")), ("false", three("answer.no"))]
            yield {**row, "type": f"select_one {self._list('true_false', yes_no)}"}
        elif field.options and not field.kinds:
            yield {**row, **self._select(field)}
        elif field.type == "record" and self._listed(field) and not field.many:
            yield from self._record(field, row)
        elif field.type == "language-text":
            yield {**row, "appearance": "multiline"}
            yield from self._more(field, row)
        elif field.many:
            yield {**row, **_said("hint", _both(field.help, three("survey.lines"))), "appearance": "multiline"}
        elif field.type in _TYPES and not field.years:
            yield {**row, "type": _TYPES[field.type], **self._limits(field)}
        else:
            yield {**row, **self._limits(field)}

    def _select(self, field: Field) -> Row:
        options = [(safe_code(o.code), _indented(o, field.hierarchical)) for o in field.options]
        name = self._list("_".join(field.schemes) or field.id, options)
        appearance = "minimal autocomplete" if field.searchable else "minimal" if len(options) > 8 else ""
        sort = "select_multiple" if field.many else "select_one"
        return {"type": f"{sort} {name}", "appearance": appearance}

    def _listed(self, field: Field) -> bool:
        return any(self._records.get(kind) for kind in field.kinds)

    def _record(self, field: Field, row: Row) -> Iterator[Row]:
        known = [
            (safe_code(f"{kind}/{slug}"), {"en": name, "fr": name, "es": name})
            for kind in field.kinds
            for slug, name in sorted(self._records.get(kind, {}).items(), key=lambda pair: pair[1].casefold())
        ]
        entries = [(NOT_LISTED, three("survey.new-choice")), *known]
        name = self._list("records_" + "_".join(field.kinds), entries)
        yield {**row, "type": f"select_one {name}", "appearance": "minimal autocomplete"}
        chosen = f"selected(${{{row['name']}}}, '{NOT_LISTED}')"
        yield {"type": "text", "name": row["name"] + NEW, **_said("label", three("survey.new")), "relevant": chosen}

    def _more(self, field: Field, row: Row) -> Iterator[Row]:
        name = row["name"]
        relevant = {"relevant": row["relevant"]} if "relevant" in row else {}
        label = {lang: f"{text} - {three('survey.more')[lang]}" for lang, text in field.label.items()}
        yield {"type": "begin_repeat", "name": name + MORE, **_said("label", label), **relevant}
        language = {"type": "text", "name": name + MORE_LANGUAGE, **_said("label", three("survey.more-language"))}
        yield language
        more = {"type": "text", "name": name + MORE_TEXT, **_said("label", three("survey.more-text"))}
        yield {**more, "appearance": "multiline"}
        yield {"type": "end_repeat"}

    def _limits(self, field: Field) -> Row:
        condition = ""
        if field.smallest is not None:
            condition = f". >= {field.smallest}"
        elif field.type == "year":
            condition = "regex(., '^[0-9]{4}$')"
        elif field.type == "date":
            condition = "regex(., '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$')"
        elif field.pattern and "'" not in field.pattern:
            whole = field.pattern if field.pattern.endswith("$") else field.pattern + ".*"
            condition = f"regex(., '{whole}')"
        return {"constraint": condition} if condition else {}

    def _required(self, field: Field, form: Form, before: str) -> str:
        """Return whether an answer is needed; of several of which one is, the last, where the others are empty."""
        if field.required:
            return "yes"
        for requirement in form.requirements:
            if requirement.fields[-1] == field.id:
                return " and ".join(f"${{{before}{name}}} = ''" for name in requirement.fields[:-1])
        return ""

    def _list(self, name: str, entries: Sequence[tuple[str, Words]]) -> str:
        """Return the name of a list of choices; the same choices share one list."""
        key = tuple(code for code, _label in entries)
        if key not in self._named:
            bare = _safe(name)
            while bare in self._choices:
                bare += "_"
            self._named[key], self._choices[bare] = bare, list(entries)
        return self._named[key]


def prefix(holder: Field) -> str:
    """Return what the names of the questions of a part begin with, so that no two in a survey are the same."""
    return f"{_safe(holder.id)}_"


def safe_code(code: str) -> str:
    """Return a code as a choice may be named.

    >>> safe_code("actor/mila")
    'actor__mila'
    """
    return code.replace("/", "__")


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _indented(option: Option, tree: bool) -> Words:
    return {lang: "· " * (option.depth - 1 if tree else 0) + text for lang, text in option.label.items()}


def _words(field: Field) -> Row:
    needed = _said("required_message", field.message) if field.required else {}
    return {
        **_said("label", field.label),
        **_said("hint", field.help),
        **_said("constraint_message", field.message),
        **needed,
    }


def _said(column: str, words: Words) -> Row:
    return {f"{column}::{LANGUAGE_NAMES[language]}": text for language, text in words.items()}


def _both(first: Words, second: Words) -> Words:
    return {language: f"{first.get(language, '')} {text}".strip() for language, text in second.items()}


def _table(book: Workbook, name: str, heads: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.create_sheet(name)
    sheet.append(list(heads))
    for number, row in enumerate(rows, 2):
        for column, head in enumerate(heads, 1):
            value = row.get(head)
            if value not in (None, ""):
                cell = sheet.cell(number, column, str(value))
                cell.data_type = "s"
