"""The forms of a project: questions, answers to documents and back, what the shapes say of answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Mapping
from functools import cached_property
from typing import Any

from dgekg import documents, settings
from dgekg.documents import Document
from dgekg.errors import InputError
from dgekg.examining.quick import Quick
from dgekg.forms.answers import Answers, AnswersError, look_over
from dgekg.forms.checking import Checker, Classes, Placed
from dgekg.forms.composing import Composer, House, Written
from dgekg.forms.extracting import Extractor
from dgekg.forms.model import Field, Form
from dgekg.forms.options import Concepts
from dgekg.forms.reading import Reader
from dgekg.settings import Project
from dgekg.shapes import Shapes


class Core:
    """All forms of a project, read once from its shapes and schemes.

    Args:
        project: the folders.
        shapes: the shapes, where they have been read already.
    """

    def __init__(self, project: Project, shapes: Shapes | None = None) -> None:
        self.project = project
        self.shapes = shapes or Shapes(project.shapes)
        self.concepts = Concepts(project.ontology)
        self._reader = Reader(self.shapes, self.concepts)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that have documents of their own, and so a form for people."""
        return tuple(kind for kind in self._reader.kinds if self.form(kind).folder)

    def form(self, kind: str) -> Form:
        """Return the form of a kind of record or part, with what the house fills in; see `Form.only_asked`.

        Raises:
            UnknownValue: there is no such kind; the nearest is suggested.
        """
        return self._reader.form(kind)

    @cached_property
    def by_kind(self) -> dict[str, Form]:
        """Every form, by its kind."""
        return {kind: self.form(kind) for kind in self._reader.kinds}

    @cached_property
    def _quick(self) -> Quick:
        return Quick(self.shapes)

    def look_over(self, answers: object) -> Answers:
        """Return answers, if they have the shape of answers.

        Raises:
            AnswersError: they have not.
            UnknownValue: no such kind or field; the nearest is suggested.
        """
        if not isinstance(answers, dict) or not isinstance(answers.get("kind"), str):
            raise AnswersError('answers: expected an object with "kind", such as "practice", and "fields".')
        return look_over(answers, self.form(answers["kind"]), self.by_kind)

    def to_documents(
        self,
        answers: Answers,
        *,
        today: dt.date | None = None,
        house: House | None = None,
        taken: Container[str] = (),
    ) -> list[Written]:
        """Return the documents that answers make: of the record, then of new records that it brings along.

        Args:
            answers: the answers.
            today: date of what the house dates (issued, modified); by default today.
            house: by kind and field, what the house says where the answers say nothing, such as
                `{"practice": {"exposure": ["open"], "foundInRound": ["collection/x"]}}`; needs no dates or licence.
            taken: `kind/slug` of what is there already, so that new slugs differ; for what keeps its slug, no matter.

        Raises:
            AnswersError: their shape is not that of answers.
        """
        self.look_over(answers)
        composer = Composer(self.by_kind, today or settings.today(), house or {}, taken)
        return composer.compose(answers, self.form(answers["kind"]))

    def to_document(
        self,
        answers: Answers,
        *,
        today: dt.date | None = None,
        house: House | None = None,
        taken: Container[str] = (),
    ) -> str:
        """Return the Turtle of the record alone; as `to_documents`, which see."""
        return self.to_documents(answers, today=today, house=house, taken=taken)[0].text

    def from_document(self, document: Document | str | bytes, record: str = "") -> dict[str, Any]:
        """Return the answers that a document gives.

        Args:
            document: read, or its Turtle.
            record: IRI of the record, where the document has several; by default its only or first.

        Raises:
            InputError: it does not parse, or has no record that has a form.
        """
        extractor = self._extractor(document)
        records = extractor.records()
        if not record and not records:
            raise InputError("The document describes no record that has a form.")
        return extractor.answers(record or records[0])

    def records(self, document: Document | str | bytes) -> list[str]:
        """Return the IRIs of the records in a document, without their parts.

        Raises:
            InputError: it does not parse.
        """
        return self._extractor(document).records()

    def _extractor(self, document: Document | str | bytes) -> Extractor:
        if not isinstance(document, Document):
            data = document.encode() if isinstance(document, str) else document
            document, found = documents.of_text("data/given.ttl", data)
            if not document.digest:
                raise InputError(found[0].text() if found else "The document does not parse.")
        return Extractor(document, self.by_kind)

    def check(
        self,
        answers: Answers,
        *,
        language: str = "en",
        records: Classes | None = None,
        house: House | None = None,
        whole: bool = False,
        today: dt.date | None = None,
        taken: Container[str] = (),
    ) -> list[Placed]:
        """Return what is to be mended in answers, each finding at its place.

        Args:
            answers: the answers.
            language: of the messages.
            records: the classes of the records that may be referred to, by IRI; None takes every record that is
                named to be there.
            house: as for `to_documents`.
            whole: whether what the house or a reviewer fills in is looked at too.
            today: as for `to_documents`.
            taken: as for `to_documents`.

        Raises:
            AnswersError: their shape is not that of answers.
        """
        written = self.to_documents(answers, today=today, house=house, taken=taken)
        labels = self._reader.labels.get(language, {})
        return Checker(self._quick, self.concepts, records, language, labels).check(written, whole)

    def contributed(self, answers: Answers) -> dict[str, Any]:
        """Return answers without what a contributor is not asked: the house's fields, and anything beside the form.

        Raises:
            AnswersError: their shape is not that of answers.
        """
        self.look_over(answers)
        return {"kind": answers["kind"], **_contributed(answers, self.form(answers["kind"]), self.by_kind)}


def _contributed(answers: Answers, form: Form, forms: Mapping[str, Form]) -> dict[str, Any]:
    fields: dict[str, list[Any]] = {}
    for one in form.fields:
        values = answers.get("fields", {}).get(one.id)
        if not values or not one.asked:
            continue
        fields[one.id] = [
            {**{k: v[k] for k in ("kind",) if k in v}, **_contributed(v, _form_of(v, one, forms), forms)}
            if isinstance(v, dict) and "fields" in v
            else v
            for v in values
        ]
    language = {"language": answers["language"]} if answers.get("language") else {}
    return {"slug": answers.get("slug"), **language, "fields": fields}


def _form_of(answers: Answers, holder: Field, forms: Mapping[str, Form]) -> Form:
    return holder.part or forms[str(answers.get("kind") or holder.kinds[0])]
