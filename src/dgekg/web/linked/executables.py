"""The questions as linked data: each a `sh:SPARQLExecutable` with its parameters and the columns of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from dgekg import identifiers
from dgekg.context import NAMESPACES
from dgekg.questions import Parameter
from dgekg.vocabulary import PREFIXES, RDFS_LABEL
from dgekg.web.house import LICENCE, Visit
from dgekg.web.linked.saying import a, said, spoken

_SH, _DCT, _RDFS, _XSD = PREFIXES["sh"], PREFIXES["dct"], PREFIXES["rdfs"], PREFIXES["xsd"]
_CSVW = NAMESPACES["csvw"]
_DATATYPES = {"text": "string", "integer": "integer", "date": "date"}


def every(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield the list of questions."""
    yield from a(iri, PREFIXES["dcat"] + "Resource")
    yield from spoken(iri, _DCT + "title", "linked.questions_title")
    yield from said(iri, (_DCT + "license", NamedNode(LICENCE)))
    for slug, question in visit.observatory.questions.all.items():
        one_ = identifiers.question(slug)
        yield from said(iri, (_DCT + "hasPart", NamedNode(one_)))
        yield from _words(one_, RDFS_LABEL, question.title)


def one(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield one question: its words, its SPARQL, what is to be filled in and what comes back."""
    slug = iri.rsplit("/", 1)[-1]
    question = visit.observatory.questions.get(slug)
    yield from a(iri, _SH + "SPARQLExecutable", _SH + "SPARQLSelectExecutable")
    yield from _words(iri, RDFS_LABEL, question.title)
    yield from _words(iri, _RDFS + "comment", question.description)
    yield from said(iri, (_SH + "select", question.body), (_DCT + "license", NamedNode(LICENCE)))
    yield from said(iri, (_DCT + "isPartOf", NamedNode(identifiers.of_path("/questions"))))
    yield from said(iri, *((PREFIXES["schema"] + "keywords", tag) for tag in question.tags))
    yield from said(iri, *((_DCT + "requires", NamedNode(_class(need))) for need in question.needs))
    for position, parameter in enumerate(question.parameters, 1):
        yield from _parameter(iri, position, parameter)
    for position, (name, label) in enumerate(question.columns.items(), 1):
        column = f"{iri}#column-{name}"
        yield from said(iri, (_CSVW + "column", NamedNode(column)))
        yield from a(column, _CSVW + "Column")
        yield from said(column, (_CSVW + "name", name), (PREFIXES["schema"] + "position", position))
        yield from _words(column, RDFS_LABEL, label)


def _parameter(iri: str, position: int, parameter: Parameter) -> Iterator[Triple]:
    this = f"{iri}#parameter-{parameter.name}"
    yield from said(iri, (_SH + "parameter", NamedNode(this)))
    yield from a(this, _SH + "Parameter")
    yield from said(
        this,
        (_SH + "path", NamedNode(f"{iri}#{parameter.name}")),
        (_SH + "order", position),
        (_SH + "optional", Literal(str(not parameter.required).lower(), datatype=NamedNode(_XSD + "boolean"))),
        (_DCT + "type", parameter.type),
    )
    yield from _words(this, _SH + "name", parameter.label)
    if parameter.default != "UNDEF":
        yield from said(this, (PREFIXES["schema"] + "defaultValue", parameter.default))
    if parameter.type in _DATATYPES:
        yield from said(this, (_SH + "datatype", NamedNode(_XSD + _DATATYPES[parameter.type])))
    else:
        yield from said(this, (_SH + "nodeKind", NamedNode(_SH + "IRI")))
    if parameter.type == "concept":
        yield from said(this, (_RDFS + "seeAlso", NamedNode(identifiers.scheme(parameter.within))))
    elif parameter.type == "record":
        yield from said(this, (_SH + "pattern", f"^{identifiers.records(parameter.within)}"))


def _class(need: str) -> str:
    return identifiers.term(need.removeprefix("dgekg:"))


def _words(subject: str, name: str, by_language: Mapping[str, str]) -> Iterator[Triple]:
    yield from said(subject, *((name, Literal(text, language=tag)) for tag, text in sorted(by_language.items())))
