"""Several shapes of one property, read as one question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, XSD

from dgekg.vocabulary import SHAPES

Node = rdflib.term.Node
_HOLDS_PART = rdflib.URIRef(SHAPES + "holdsPart")
_TYPES = (
    (RDF.langString, "language-text"),
    (XSD.dateTime, "datetime"),
    (XSD.date, "date"),
    (XSD.gYearMonth, "month"),
    (XSD.gYear, "year"),
    (XSD.decimal, "decimal"),
    (XSD.integer, "integer"),
    (XSD.boolean, "boolean"),
    (XSD.string, "text"),
)


@dataclass
class Said:
    """What the shapes of one property say together."""

    path: str
    classes: dict[str, None] = field(default_factory=dict)
    datatypes: set[Node] = field(default_factory=set)
    node_kinds: set[Node] = field(default_factory=set)
    listed: list[Node] = field(default_factory=list)
    holds_part: bool = False
    limits: dict[str, Any] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Which sort of answer it takes, if it is neither a concept nor a record."""
        for datatype, name in _TYPES:
            if datatype in self.datatypes:
                return name
        if SH.Literal in self.node_kinds:
            return "language-text"
        return "text" if SH.IRIOrLiteral in self.node_kinds or self.listed else "iri"


class Merged:
    """The shapes of one property in a class.

    Args:
        first: the shape whose words are used.
        only_with: the classes beneath, by their last part, of which a record must be for this to be asked.
    """

    def __init__(self, first: Node, only_with: tuple[str, ...]) -> None:
        self.first, self.only_with = first, only_with
        self.shapes: list[Node] = []

    def take(self, shape: Node, *, beyond: bool) -> None:
        """Take in another shape; what only a class beneath asks (`beyond`) leaves the question as it is."""
        if not beyond:
            self.shapes.append(shape)

    def read(self, graph: rdflib.Graph) -> Said:
        """Return what they say."""
        said = Said(str(graph.value(self.first, SH.path)))
        least, most = [0], []
        for shape in self.shapes or [self.first]:
            for node in _alternatives(graph, shape):
                said.classes.update(dict.fromkeys(sorted(str(c) for c in graph.objects(node, SH["class"]))))
                said.datatypes |= set(graph.objects(node, SH.datatype))
                said.node_kinds |= set(graph.objects(node, SH.nodeKind))
            for values in graph.objects(shape, SH["in"]):
                said.listed += list(Collection(graph, values))
            said.holds_part |= (shape, _HOLDS_PART, rdflib.Literal(True)) in graph
            warns = graph.value(shape, SH.severity) in (SH.Warning, SH.Info)
            count = _number(graph, shape, SH.minCount) or _number(graph, shape, SH.qualifiedMinCount)
            if count and warns:
                said.limits["advised"] = True
            elif count:
                least.append(count)
            most += [n for n in [_number(graph, shape, SH.maxCount)] if n is not None]
            _limit(graph, shape, said)
        kinds, literal = said.node_kinds, bool(said.datatypes)
        texts = {RDF.langString, XSD.string} & said.datatypes
        said.limits.update(
            least=max(least),
            most=min(most) if most else None,
            years={XSD.date, XSD.gYear} <= said.datatypes,
            addresses=SH.IRIOrLiteral in kinds or (bool(texts) and SH.IRI in kinds),
            plain=SH.Literal in kinds and not literal,
        )
        return said


def _limit(graph: rdflib.Graph, shape: Node, said: Said) -> None:
    pattern, default = graph.value(shape, SH.pattern), graph.value(shape, SH.defaultValue)
    smallest = _number(graph, shape, SH.minInclusive)
    if pattern is not None:
        said.limits["pattern"] = str(pattern)
    if default is not None:
        said.limits["default"] = str(default)
    if smallest is not None:
        said.limits["smallest"] = smallest
    if graph.value(shape, SH.uniqueLang) is not None:
        said.limits["each_language"] = True
    for node in (shape, graph.value(shape, SH.qualifiedValueShape)):
        languages = graph.value(node, SH.languageIn) if node is not None else None
        if languages is not None:
            said.limits["languages"] = tuple(str(one) for one in Collection(graph, languages))


def _alternatives(graph: rdflib.Graph, shape: Node) -> Iterator[Node]:
    yield shape
    for either in graph.objects(shape, SH["or"]):
        yield from Collection(graph, either)


def _number(graph: rdflib.Graph, shape: Node, word: Node) -> int | None:
    value = graph.value(shape, word)
    return int(str(value)) if value is not None else None
