"""Documents to answers: the way back, from which nothing is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers
from dgekg.documents import Document
from dgekg.errors import InputError
from dgekg.forms.model import Field, Form
from dgekg.forms.terms import Term, Value, to_value
from dgekg.vocabulary import RDF_TYPE

Said = Mapping[str, Sequence[Term]]
_ANYTHING = Field("", "", {}, {}, {}, "text")


class Extractor:
    """Reads the records of one document.

    Args:
        document: the parsed file.
        forms: by kind.
    """

    def __init__(self, document: Document, forms: Mapping[str, Form]) -> None:
        self._forms = forms
        self._said: dict[str, dict[str, list[Term]]] = {
            subject: {
                prop: [NamedNode(v) if isinstance(v, str) else v for v in values] for prop, values in said.items()
            }
            for subject, said in document.content.said.items()
        }
        self._parts: dict[str, list[str]] = {}
        for subject in self._said:
            self._parts.setdefault(_kind(subject), []).append(subject)

    def records(self) -> list[str]:
        """Return the IRIs of the records of the document that are parts of no other record in it."""
        held: set[str] = set()
        for subject in self._said:
            form = self._form(subject)
            for field in form.parts if form else ():
                held.update(self._held(subject, field))
        return [s for s in self._said if s not in held and self._form(s)]

    def answers(self, iri: str) -> dict[str, Any]:
        """Return the answers that a record of the document gives.

        Raises:
            InputError: the document does not describe it, or it is of no kind that has a form.
        """
        form = self._form(iri)
        if iri not in self._said or form is None:
            raise InputError(f"{iri}: the document does not describe a record of this name that has a form.")
        return {"kind": form.kind, **self._one(iri, form)}

    def _form(self, iri: str) -> Form | None:
        return self._forms.get(_kind(iri))

    def _one(self, iri: str, form: Form, through: str = "", whole: str = "") -> dict[str, Any]:
        said = self._said[iri]
        fields: dict[str, list[Value]] = {}
        seen = {RDF_TYPE}
        for field in form.fields:
            seen |= {field.path} if not field.inverse else set()
            terms = said.get(field.path, [])
            if field.path == RDF_TYPE:
                terms = [t for t in terms if not (isinstance(t, NamedNode) and t.value == form.iri)]
            if field.path == through and terms == [NamedNode(whole)]:
                continue
            values = self._held_parts(iri, field) if field.part is not None else _values(field, terms)
            if values:
                fields[field.id] = values
        other = {name: _values(_ANYTHING, terms) for name, terms in said.items() if name not in seen}
        if form.field("type") is None:
            more = [t for t in said.get(RDF_TYPE, ()) if not (isinstance(t, NamedNode) and t.value == form.iri)]
            other |= {RDF_TYPE: _values(_ANYTHING, more)} if more else {}
        local = identifiers.parse(iri)
        answers: dict[str, Any] = {"slug": local.slug if local else None, "fields": fields}
        return {**answers, "other": other} if other else answers

    def _held(self, iri: str, field: Field) -> list[str]:
        """Return the IRIs of the parts of a record that are described in the document, by their number."""
        assert field.part is not None
        if field.inverse:
            parts = self._parts.get(field.part.kind, ())
            alone = len(self._parts.get(_kind(iri), ())) == 1  # then all parts in the document are its own
            return sorted((part for part in parts if alone or self._belongs(part, iri, field.path)), key=_n)
        named = (t.value for t in self._said[iri].get(field.path, ()) if isinstance(t, NamedNode))
        return [part for part in named if part in self._said and _kind(part) == field.part.kind]

    def _held_parts(self, iri: str, field: Field) -> list[Value]:
        assert field.part is not None
        held = self._held(iri, field)
        through = field.path if field.inverse else ""
        if field.inverse:
            return [self._one(part, field.part, through, iri) for part in held]
        values: list[Value] = []
        for term in self._said[iri].get(field.path, ()):
            inside = isinstance(term, NamedNode) and term.value in held
            values.append(self._one(term.value, field.part) if inside else to_value(field, term))
        return values

    def _belongs(self, part: str, record: str, path: str) -> bool:
        """Say whether a part names a record, at once or through other parts, as a paragraph its treaty."""
        seen: set[str] = set()
        while part not in seen:
            seen.add(part)
            above = next((t.value for t in self._said.get(part, {}).get(path, ()) if isinstance(t, NamedNode)), "")
            if above == record:
                return True
            part = above
        return False


def _values(field: Field, terms: Iterable[Term]) -> list[Value]:
    return [to_value(field, term) for term in terms if isinstance(term, NamedNode | Literal)]


def _kind(iri: str) -> str:
    local = identifiers.parse(iri)
    return local.kind if local else ""


def _n(iri: str) -> tuple[str, int, str]:
    """Order parts by their record and number, 2 before 10."""
    match = re.fullmatch(r"(.*?)-([0-9]{1,9})", iri)
    return (match[1], int(match[2]), iri) if match else (iri, 0, iri)
