"""One answer as a term of RDF, and back: nothing that a document says is lost on the way.

A value in the answers is plain where its field leaves no doubt: the code of a concept, `kind/slug` of a record, text, a
date, a number, `{"value": ..., "language": ...}` for a text with its language. What does not fit its field is written
out instead: `{"iri": ...}` or `{"value": ..., "datatype": ...}`, so that it comes back as it was.
"""

from __future__ import annotations

import re
from typing import Any

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers
from dgekg.forms.model import Field
from dgekg.identifiers import SLUG
from dgekg.vocabulary import BASE, PREFIXES

Term = NamedNode | Literal
Value = Any
"""A value in the answers: str, int, float, bool or an object with string values."""

_XSD = PREFIXES["xsd"]
_STRING = _XSD + "string"
_DATATYPES = {"integer": "integer", "decimal": "decimal", "boolean": "boolean", "datetime": "dateTime", "year": "gYear",
              "month": "gYearMonth", "date": "date"}  # fmt: skip
_WRITTEN = {"year": re.compile(r"-?\d{4,}"), "month": re.compile(r"-?\d{4,}-\d\d")}
_YEAR = re.compile(r"-?\d{4,}")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_INTEGER = re.compile(r"0|-?[1-9]\d{0,15}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def to_term(field: Field, value: Value, language: str = "") -> Term:
    """Return the term that an answer means; what makes no sense becomes a term that the shapes refuse in words.

    Args:
        field: the question.
        value: the answer.
        language: of texts that do not say theirs.
    """
    if isinstance(value, dict):
        return _written_out(value, language)
    if isinstance(value, bool):
        return _literal(str(value).lower(), "boolean")
    if isinstance(value, int | float):
        sort = "integer" if isinstance(value, int) else "decimal"
        return _literal(format(value, "f") if isinstance(value, float) and "e" in repr(value) else repr(value), sort)
    text = str(value)
    if field.type in ("concept", "record", "part"):
        return _ours(field, text.strip())
    if field.type == "iri":
        return _node(text.strip()) or Literal(text)
    if field.type in _DATATYPES:
        return _dated(field, text.strip())
    if field.addresses and _WEB.match(text) and (node := _node(text)):
        return node
    if field.type == "language-text" and not field.plain:
        return Literal(text, language=language) if _LANGUAGE.fullmatch(language) else Literal(text)
    return Literal(text)


def to_value(field: Field, term: Term) -> Value:
    """Return the answer that a term is; the way back of `to_term`, exact for every term."""
    value = _shortest(field, term)
    if value is not None and to_term(field, value) == term:
        return value
    if isinstance(term, NamedNode):
        return {"iri": term.value}
    if term.language:
        return {"value": term.value, "language": term.language}
    datatype = term.datatype.value
    return {"value": term.value, "datatype": datatype.removeprefix(_XSD)}


def _shortest(field: Field, term: Term) -> Value | None:
    if isinstance(term, NamedNode):
        local = identifiers.parse(term.value)
        if field.type in ("concept", "record", "part"):
            option = field.option_of(term.value)
            if option is not None:
                return option.code
            if local is None or not local.slug:
                return None
            return f"{local.scheme or local.kind}/{local.slug}"
        return term.value
    kind = term.datatype.value.removeprefix(_XSD)
    if term.language:
        return None
    if kind == "integer" and _INTEGER.fullmatch(term.value):
        return int(term.value)
    if kind == "decimal":
        return _number(term.value)
    if kind == "boolean" and term.value in ("true", "false"):
        return term.value == "true"
    return term.value


def _number(text: str) -> Value | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if repr(number) == text else None


def _written_out(value: dict[str, Any], language: str) -> Term:
    if "iri" in value:
        text = str(value["iri"])
        return _node(text) or Literal(text)
    text, spoken = str(value.get("value", "")), str(value.get("language") or "")
    if spoken or "datatype" not in value:
        tag = spoken or language
        return Literal(text, language=tag) if _LANGUAGE.fullmatch(tag) else Literal(text)
    name = str(value["datatype"])
    node = _node(name if ":" in name else _XSD + name)
    return Literal(text, datatype=node) if node is not None else Literal(text)


def _ours(field: Field, text: str) -> Term:
    """Return a concept, a class or a record by its code, its short form or its address."""
    option = field.option(text)
    if option is not None:
        return _node(option.iri) or Literal(option.iri)
    if _WEB.match(text):
        return _node(text) or Literal(text)
    home, slash, name = text.removeprefix("scheme/").removeprefix("id/").rpartition("/")
    if not slash:
        home = (field.schemes or field.kinds or ("",))[0]
    if not (SLUG.fullmatch(home) and SLUG.fullmatch(name)):
        return Literal(text)
    known = home in field.schemes or (home not in field.kinds and text.startswith("scheme/"))
    return NamedNode(identifiers.concept(home, name) if known else identifiers.record(home, name))


def _dated(field: Field, text: str) -> Literal:
    if field.type == "date" and field.years and _YEAR.fullmatch(text):
        return _literal(text, "gYear")
    if field.type == "decimal" and _INTEGER.fullmatch(text):
        return _literal(text, "integer")
    if field.type in _WRITTEN and not _WRITTEN[field.type].fullmatch(text):
        return Literal(text)  # engines do not look at how a year is written, but they do at its datatype
    return _literal(text, _DATATYPES[field.type])


def _literal(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(_XSD + datatype))


def _node(text: str) -> NamedNode | None:
    """Return an address, None where it is none that can stand in a document."""
    if re.search(r"[\x00-\x20<>\"{}|^`\\]", text) or ":" not in text:
        return None
    try:
        return NamedNode(text)
    except ValueError:
        return None


def path_of(iri: str) -> str:
    """Return an address as documents write it: ours short, others whole.

    >>> path_of("https://w3id.org/dgekg/id/actor/mila")
    'id/actor/mila'
    """
    return iri.removeprefix(BASE) if iri.startswith((BASE + "id/", BASE + "scheme/")) else iri
