"""A questionnaire for an interview, as a Word document: questions with help, boxes to tick, lines to write on."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.shared import Pt

from dgekg.forms.model import Field, Form, Option, Section
from dgekg.forms.still import still
from dgekg.forms.words import say, spoken

_BOX = "☐ "
_LINE = "_" * 72


class Questionnaire:
    """A questionnaire that is being written.

    Args:
        form: what is asked.
        language: of everything in it.
    """

    def __init__(self, form: Form, language: str) -> None:
        self._form, self._language = form, language
        self._document: Any = Document()
        self._lists: dict[tuple[str, ...], tuple[int, Field]] = {}

    def write(self) -> bytes:
        """Return the document."""
        self._start()
        for section in self._form.sections:
            self._section(section)
        self._appendix()
        target = io.BytesIO()
        self._document.save(target)
        return still(target.getvalue())

    def _say(self, key: str, **values: object) -> str:
        return say(key, self._language, **values)

    def _start(self) -> None:
        properties = self._document.core_properties
        properties.title = f"{self._say('interview.for')}: {spoken(self._form.label, self._language)}"
        properties.author, properties.language = "dgekg", self._language
        self._document.styles["Normal"].font.size = Pt(11)
        self._document.add_heading(properties.title, level=0)
        for text in (spoken(self._form.help, self._language), self._say("start.care"), self._say("start.age")):
            self._document.add_paragraph(text)
        for key in ("interview.date", "interview.by", "survey.language"):
            self._document.add_paragraph(f"{self._say(key)} {_LINE[:40]}")

    def _section(self, section: Section) -> None:
        self._document.add_heading(spoken(section.label, self._language), level=1)
        ids = [field.id for field in section.fields]
        for requirement in self._form.requirements:
            if requirement.fields[0] in ids:
                labels = [spoken(f.label, self._language) for f in section.fields if f.id in requirement.fields]
                self._document.add_paragraph(f"{self._say('interview.any')} {', '.join(labels)}")
        for field in section.fields:
            if field.part is not None:
                self._part(field)
            else:
                self._question(field, 2)

    def _part(self, holder: Field) -> None:
        assert holder.part is not None
        self._document.add_heading(spoken(holder.label, self._language) + _star(holder), level=2)
        self._document.add_paragraph(spoken(holder.help, self._language), style="Intense Quote")
        for field in holder.part.fields:
            self._question(field, 3)
        if holder.many:
            self._document.add_paragraph(self._say("interview.again"))

    def _question(self, field: Field, level: int) -> None:
        self._document.add_heading(spoken(field.label, self._language) + _star(field), level=level)
        how = [spoken(field.help, self._language)]
        how += [self._say("interview.needed")] if field.required else []
        if field.only_with:
            types = self._form.field("type")
            options = [types.option(code) for code in field.only_with] if types else []
            kinds = ", ".join(spoken(option.label, self._language) for option in options if option)
            how.append(self._say("help.only-with", kinds=kinds))
        if field.options:
            how.append(self._say("interview.several" if field.many else "interview.one"))
        self._document.add_paragraph(" ".join(how))
        if field.options and field.searchable:
            self._document.add_paragraph(self._say("interview.list", number=self._listed(field)))
        elif field.options:
            for option in field.options:
                self._document.add_paragraph(_BOX + spoken(option.label, self._language))
            return
        elif field.type == "boolean":
            self._document.add_paragraph(f"{_BOX}{self._say('answer.yes')}    {_BOX}{self._say('answer.no')}")
            return
        for _line in range(3 if field.type == "language-text" else 1):
            self._document.add_paragraph(_LINE)

    def _listed(self, field: Field) -> int:
        key = tuple(option.iri for option in field.options)
        number, _field = self._lists.setdefault(key, (len(self._lists) + 1, field))
        return number

    def _appendix(self) -> None:
        if not self._lists:
            return
        self._document.add_page_break()
        self._document.add_heading(self._say("interview.appendix"), level=1)
        for number, field in self._lists.values():
            self._document.add_heading(f"{number}. {spoken(field.label, self._language)}", level=2)
            for option in field.options:
                self._document.add_paragraph(_indent(option) + spoken(option.label, self._language))


def _star(field: Field) -> str:
    return " *" if field.required else ""


def _indent(option: Option) -> str:
    return "    " * max(0, option.depth - 1)
