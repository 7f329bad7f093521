"""Tests of one value, or of the values of one property, as SHACL Core asks them; yes only where there is no doubt.

Where SHACL would have to be asked twice (a number written with zeros in front, a date that may not exist, a class
known only by inference), the answer is no. An address is a `str` here, another value is a `Literal`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dgekg.documents import Said, Value
from dgekg.vocabulary import PREFIXES, RDF_TYPE

_SH, _RDF, _XSD = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["xsd"]
_INTEGER = re.compile(r"0|-?[1-9]\d*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# How a value of each datatype is written when nobody can take it for anything else.
_WRITTEN = {
    "integer": _INTEGER,
    "decimal": re.compile(r"-?(?:0|[1-9]\d*)\.\d+"),
    "boolean": re.compile(r"true|false"),
    "gYear": re.compile(r"[1-9]\d{3}"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "dateTime": _MOMENT,
}
_TEXTS = (NamedNode(_XSD + "string"), NamedNode(_RDF + "langString"))
_AS_WRITTEN = (*_TEXTS, NamedNode(_XSD + "gYear"))  # engines compare these as they stand

Term = NamedNode | BlankNode | Literal | Triple


class Unknown(Exception):
    """A shape says something that is not known here."""


class Facts(NamedTuple):
    """What a document says, and the classes of what it may refer to."""

    said: Said
    context: Mapping[str, frozenset[str]]


Test = Callable[[Value, Facts], bool]


def texts(values: Sequence[Value]) -> set[tuple[str, str]]:
    """Return the texts among values, each with its language in small letters."""
    return {(v.value, v.language.lower()) for v in values if isinstance(v, Literal) and v.language}


def distinct(values: Sequence[Value]) -> bool:
    """Say whether no language is used twice."""
    found = texts(values)
    return len(found) == len({language for _text, language in found})


def disjoint(values: Sequence[Value], others: Sequence[Value]) -> bool:
    """Say whether two properties certainly share no value."""
    return all(isinstance(value, str) for value in values) and set(values).isdisjoint(others)


def in_order(values: Sequence[Value], later: Sequence[Value]) -> bool:
    """Say whether every value of the one certainly comes before those of the other, or with them."""
    return all(_not_after(one, two) for one in values for two in later)


def _not_after(one: Value, two: Value) -> bool:
    if isinstance(one, str) or isinstance(two, str) or one.datatype != two.datatype:
        return False
    kind = one.datatype.value.removeprefix(_XSD)
    form = {"integer": _INTEGER, "dateTime": _MOMENT}.get(kind)
    if form is None or not (form.fullmatch(one.value) and form.fullmatch(two.value)):
        return False
    return int(one.value) <= int(two.value) if kind == "integer" else one.value <= two.value


def _kind(value: Term) -> Test:
    name = iri(value).removeprefix(_SH)
    kinds: dict[str, type | tuple[type, ...]] = {"IRI": str, "Literal": Literal, "IRIOrLiteral": (str, Literal)}
    if name not in kinds:
        raise Unknown(f"sh:nodeKind sh:{name}")
    wanted = kinds[name]
    return lambda term, _facts: isinstance(term, wanted)


def _class(value: Term) -> Test:
    wanted = iri(value)

    def test(term: Value, facts: Facts) -> bool:
        if not isinstance(term, str):
            return False
        own = facts.said.get(term)  # the class of what the document itself describes has to stand there
        return wanted in (facts.context.get(term, ()) if own is None else own.get(RDF_TYPE, ()))

    return test


def _datatype(value: Term) -> Test:
    wanted = NamedNode(iri(value))
    name = wanted.value.removeprefix(_XSD)
    if wanted.value == _RDF + "langString":
        return lambda term, _facts: isinstance(term, Literal) and bool(term.language)
    if name == "string":
        return lambda term, _facts: isinstance(term, Literal) and term.datatype == wanted
    if name not in _WRITTEN:
        raise Unknown(f"sh:datatype {wanted}")
    return lambda term, _facts: isinstance(term, Literal) and term.datatype == wanted and _written(name, term.value)


@cache
def _written(name: str, text: str) -> bool:
    """Say whether a value of a datatype is written in the one way that leaves no doubt."""
    if not _WRITTEN[name].fullmatch(text):
        return False
    if name in ("date", "dateTime"):
        try:
            dt.datetime.fromisoformat(text)
        except ValueError:
            return False
    return True


def _pattern(value: Term) -> Test:
    if not isinstance(value, Literal) or len(value.value) < 2:
        raise Unknown("sh:pattern")
    matches = re.compile(value.value).search

    def test(term: Value, _facts: Facts) -> bool:
        if isinstance(term, str):
            return matches(term) is not None
        return term.datatype in _AS_WRITTEN and matches(term.value) is not None

    return test


def _at_least(value: Term) -> Test:
    least = number(value)
    integer = _datatype(NamedNode(_XSD + "integer"))
    return lambda term, facts: not isinstance(term, str) and integer(term, facts) and int(term.value) >= least


SIMPLE: Mapping[str, Callable[[Term], Test]] = {
    "nodeKind": _kind,
    "class": _class,
    "datatype": _datatype,
    "pattern": _pattern,
    "minInclusive": _at_least,
}


def iri(term: Term) -> str:
    """Return an address; raise Unknown for anything else."""
    if not isinstance(term, NamedNode):
        raise Unknown(str(term))
    return term.value


def text(term: Term) -> str:
    """Return the text of a literal; raise Unknown for anything else."""
    if not isinstance(term, Literal):
        raise Unknown(str(term))
    return term.value


def plain(term: Term) -> Value:
    """Return an address or a plain text; raise Unknown for anything else."""
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, Literal) and term.datatype == _TEXTS[0]:
        return term
    raise Unknown(str(term))


def number(term: Term) -> int:
    """Return a whole number; raise Unknown for anything else."""
    if not _INTEGER.fullmatch(text(term)):
        raise Unknown(str(term))
    return int(text(term))
