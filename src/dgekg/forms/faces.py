"""The faces of a form: spreadsheet, survey, schema, questionnaire, page; and what comes back in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dgekg.errors import InputError
from dgekg.forms.answers import Answers
from dgekg.forms.cells import Records
from dgekg.forms.core import Core
from dgekg.forms.filled import Reading
from dgekg.forms.model import Form

_NEW = "actor"  # what people name that a collection may lack; everything else they find in it, or leave to a reviewer


class Forms(Core):
    """All forms of a project, read once from its shapes and schemes, with their faces.

    The libraries that write and read a face are loaded when it is first wanted.
    """

    def xlsx(
        self,
        kind: str,
        *,
        language: str = "en",
        answers: Sequence[Answers] = (),
        records: Records | None = None,
        asked: bool = True,
        notes: Sequence[str] = (),
    ) -> bytes:
        """Return the spreadsheet of a kind: an empty template, or filled with answers.

        Args:
            kind: of the records.
            language: of labels and help: en, fr or es.
            answers: what stands in it already.
            records: names of the records that can be referred to, for the lists: kind -> slug -> name.
            asked: whether only what a contributor is asked is in it.
            notes: what is to be mended in each of the answers, in lines.
        """
        from dgekg.forms.spreadsheet import Book

        form = self.form(kind)
        shown = form.only_asked() if asked else form
        return Book(shown, language, records or {}, self._news(shown)).write(answers, notes)

    def read_xlsx(self, data: bytes, kind: str, name: str = "answers.xlsx") -> Reading:
        """Return the answers in a filled spreadsheet, with the place of each; columns may be moved or left out.

        Raises:
            TooLong: it is too large, or unpacks to too much.
            InputError: it is no workbook, or no template of this kind.
        """
        from dgekg.forms.spreadsheet_reading import Reader as SpreadsheetReader

        return SpreadsheetReader(self.form(kind), self.by_kind, name).read(data)

    def xlsform(self, kind: str, *, records: Records | None = None) -> bytes:
        """Return the XLSForm of a kind for ODK and KoBoToolbox, in all three languages.

        Args:
            kind: of the records.
            records: names of the records that can be referred to, for lists: kind -> slug -> name.
        """
        from dgekg.forms.survey import Survey

        return Survey(self.form(kind).only_asked(), records or {}, self.shapes.digest[:12]).write()

    def read_survey(self, data: bytes, kind: str, name: str = "export") -> Reading:
        """Return the answers in an export of a survey: JSON, CSV, a zip of CSV files, or XLSX.

        Raises:
            TooLong: it is too large, or unpacks to too much.
            InputError: it is none of these, or of another survey.
        """
        from dgekg.forms import exports

        return exports.read(data, self.form(kind), name)

    def read(self, data: bytes, kind: str, name: str = "answers") -> Reading:
        """Return the answers in a filled spreadsheet or in an export of a survey, whichever it is.

        Raises:
            TooLong: it is too large, or unpacks to too much.
            InputError: it is neither.
        """
        from dgekg.forms import exports

        if not data.strip():
            raise InputError(f"{name}: the file is empty. Was it saved, and sent whole?")
        if exports.is_survey(data, name):
            return self.read_survey(data, kind, name)
        return self.read_xlsx(data, kind, name)

    def to_submission(self, answers: Answers) -> dict[str, Any]:
        """Return answers as a submission of the survey of their kind, as it stands in a JSON export."""
        from dgekg.forms import submissions

        return submissions.to_submission(answers, self.form(answers["kind"]))

    def json_schema(self, kind: str, *, language: str = "en", asked: bool = True) -> dict[str, Any]:
        """Return the JSON schema (2020-12) of the answers of a kind.

        Args:
            kind: of the records.
            language: of titles and descriptions.
            asked: whether only what a contributor is asked is in it.
        """
        from dgekg.forms import schema

        form = self.form(kind).only_asked() if asked else self.form(kind)
        return schema.of(form, {one.kind: one for one in self._news(form)}, language)

    def docx(self, kind: str, *, language: str = "en") -> bytes:
        """Return the questionnaire of a kind for an interview, as a Word document."""
        from dgekg.forms.interview import Questionnaire

        return Questionnaire(self.form(kind).only_asked(), language).write()

    def html(self, kind: str, *, language: str = "en") -> str:
        """Return the form of a kind as one plain page that sends nothing."""
        from dgekg.forms import page

        return page.of(self.form(kind).only_asked(), language)

    def folders_named(self, kind: str) -> dict[str, str]:
        """Return the kinds of records that a form of a kind may refer to, each with the folder that holds them."""
        form = self.form(kind).only_asked()
        folders = {one.kind: one.folder for one in self.by_kind.values() if one.folder}
        for one in list(self.by_kind.values()):
            folders |= {holder.kinds[0]: one.folder for holder in one.parts if holder.inverse and one.folder}
        inside = {holder.kinds[0] for holder in form.parts}
        return {one: folders[one] for one in _all_kinds(form) if one in folders and one not in inside}

    def _news(self, form: Form) -> list[Form]:
        """Return the forms of records that a contributor may have to describe first: organisations."""
        kinds = _all_kinds(form)
        return [self.form(kind).only_asked() for kind in kinds if kind == _NEW and kind != form.kind]


def _all_kinds(form: Form) -> list[str]:
    """Return the kinds of records that a form and its parts may refer to."""
    found = [kind for one in form.fields for kind in (one.kinds if one.part is None else _all_kinds(one.part))]
    return list(dict.fromkeys(found))
