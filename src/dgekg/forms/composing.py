"""Answers to documents: one for the record, one for each new record that it brings along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode

from dgekg import identifiers
from dgekg.forms import slugs, turtle
from dgekg.forms.answers import Answers, name_of
from dgekg.forms.model import Field, Form
from dgekg.forms.terms import Term, Value, to_term
from dgekg.forms.turtle import Block, Statement
from dgekg.vocabulary import RDF_TYPE

House = Mapping[str, Mapping[str, list[Value]]]
Step = str | int
Place = tuple[Step, ...]


@dataclass
class Written:
    """One document that answers make.

    Attributes:
        kind, slug, iri: of its record.
        folder: below data/.
        blocks: what it says, subject by subject.
        places: where in the answers a subject's property stands: (IRI, property) -> place of the field, and the term
            of each answer.
        homes: where in the answers a subject stands, and its form.
    """

    kind: str
    slug: str
    iri: str
    folder: str
    blocks: list[Block] = field(default_factory=list)
    places: dict[tuple[str, str], tuple[Place, list[Term]]] = field(default_factory=dict)
    homes: dict[str, tuple[Place, Form]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """Path below the project's folder."""
        return f"data/{self.folder}/{self.slug}.ttl"

    @property
    def text(self) -> str:
        """The document in Turtle."""
        return turtle.document(self.blocks)


@dataclass(frozen=True)
class _Record:
    """The record that is being written: its parts name it, and each other by number."""

    written: Written
    named: Mapping[str, list[str]]
    numbered: Mapping[str, list[str]]


class Composer:
    """Makes documents of answers.

    Args:
        forms: by kind.
        today: date of what the house dates.
        house: by kind and field, what the house says where the answers say nothing.
        taken: `kind/slug` of what is there already, for new slugs.
    """

    def __init__(self, forms: Mapping[str, Form], today: dt.date, house: House, taken: Container[str]) -> None:
        self._forms, self._today, self._house, self._taken = forms, today, house, taken
        self._written: dict[str, Written] = {}
        self._brought: list[tuple[Answers, str]] = []

    def compose(self, answers: Answers, form: Form) -> list[Written]:
        """Return the document of a record, then those of the new records that it brings along."""
        first = self._record(answers, form, ())
        return [first, *(written for written in self._written.values() if written is not first)]

    def _record(self, answers: Answers, form: Form, place: Place) -> Written:
        used = _Used(form.kind, self._taken, self._written)
        fields = answers.get("fields", {})
        slug = answers.get("slug") or slugs.of_record(form.kind, name_of(answers, form), fields, used)
        iri = identifiers.record(form.kind, slug)
        written = self._written[iri] = Written(form.kind, slug, iri, form.folder)
        named = {part.id: list(_part_slugs(slug, fields.get(part.id, ()))) for part in form.parts}
        numbered = {part.kinds[0]: named[part.id] for part in form.parts}
        record = _Record(written, named, numbered)
        written.blocks.insert(0, (iri, self._said(answers, form, iri, place, record)))
        return written

    def _said(
        self, answers: Answers, form: Form, iri: str, place: Place, record: _Record, through: str = ""
    ) -> list[Statement]:
        """Return what answers say of a record or part; its own parts are written as blocks of their own.

        Args:
            answers: of the record or part.
            form: of the record or part.
            iri: of the record or part.
            place: where the answers stand in the whole.
            record: that is being written.
            through: of a part, the property by which it names its record.
        """
        written = record.written
        written.homes[iri] = (place, form)
        statements: list[Statement] = [(RDF_TYPE, NamedNode(form.iri))]
        language = str(answers.get("language") or "")
        for one in form.fields:
            terms: list[Term] = []
            for number, value in enumerate(self._values(one, form.kind, answers)):
                here = (*place, one.id, number)
                if isinstance(value, dict) and (one.part is not None or "fields" in value):
                    inside = {**value, "language": value.get("language") or language}
                    terms.append(NamedNode(self._described(inside, one, here, record)))
                else:
                    terms.append(to_term(one, _numbered(value, record.numbered), language))
            if one.path == through and not terms:
                terms = [NamedNode(written.iri)]
            if terms:
                written.places[iri, one.path] = ((*place, one.id), terms)
            if not one.inverse:
                statements += [(one.path, term) for term in dict.fromkeys(terms)]
        return [*statements, *_others(answers)]

    def _described(self, answers: Answers, one: Field, place: Place, record: _Record) -> str:
        """Return the IRI of a part, or of a new record, that stands in the place of a reference."""
        if one.part is None:
            return self._new(answers, self._forms[str(answers.get("kind") or one.kinds[0])], place)
        iri = identifiers.record(one.part.kind, record.named[one.id][int(place[-1])])
        through = one.path if one.inverse else ""
        record.written.blocks.append((iri, self._said(answers, one.part, iri, place, record, through)))
        return iri

    def _new(self, answers: Answers, form: Form, place: Place) -> str:
        """Return the IRI of a new record; described twice alike, it is one record."""
        before = next((iri for said, iri in self._brought if said == answers), None)
        if before is not None:
            return before
        written = self._record(answers, form, place)
        self._brought.append((answers, written.iri))
        return written.iri

    def _values(self, one: Field, kind: str, answers: Answers) -> list[Value]:
        values: list[Value] = [v for v in answers.get("fields", {}).get(one.id, ()) if v != ""]
        if values or one.asked:
            return values
        given = self._house.get(kind, {}).get(one.id)
        if given is not None:
            return given
        if one.default and one.required:
            return [{"iri": one.default}]
        if one.type == "date" and one.required:  # the days that the house writes down: first and last change
            return [self._today.isoformat()]
        return []


class _Used:
    """The slugs of a kind that are in use."""

    def __init__(self, kind: str, taken: Container[str], written: Mapping[str, Written]) -> None:
        self._kind, self._taken, self._written = kind, taken, written

    def __contains__(self, slug: object) -> bool:
        return f"{self._kind}/{slug}" in self._taken or identifiers.record(self._kind, str(slug)) in self._written


def _part_slugs(record: str, values: Iterable[Value]) -> Iterator[str]:
    slugs_ = [value.get("slug") if isinstance(value, dict) else None for value in values]
    numbers = slugs.Parts(record, [slug for slug in slugs_ if slug])
    return (slug or numbers.next() for slug in slugs_)


def _numbered(value: Value, numbered: Mapping[str, list[str]]) -> Value:
    """Return the slug of a part of this record that is named by its number: `evidence/#2`."""
    if not isinstance(value, str) or "/#" not in value:
        return value
    kind, _slash, number = value.partition("/#")
    parts = numbered.get(kind, [])
    inside = number.isascii() and number.isdecimal() and 0 < int(number[:6]) <= len(parts)
    return f"{kind}/{parts[int(number) - 1]}" if inside else value


def _others(answers: Answers) -> list[Statement]:
    anything = Field("", "", {}, {}, {}, "text")
    other: Mapping[str, list[Any]] = answers.get("other", {})
    return [(name, to_term(anything, value)) for name, values in other.items() for value in values]
