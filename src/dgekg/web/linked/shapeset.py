"""The shapes as linked data: all in one document, and each with what it asks of a property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Triple, parse

from dgekg.errors import SourceError
from dgekg.observatory import Observatory
from dgekg.vocabulary import BASE, PREFIXES, RDF_TYPE, SHAPES
from dgekg.web.house import LICENCE, Visit
from dgekg.web.linked.saying import a, said, spoken

_SH, _DCT = PREFIXES["sh"], PREFIXES["dct"]
_TARGET, _PATH, _PROPERTY = _SH + "targetClass", _SH + "path", _SH + "property"
_Node = NamedNode | BlankNode
_Facts = Mapping[_Node, tuple[Triple, ...]]


def names(observatory: Observatory) -> frozenset[str]:
    """Return the IRIs of all shapes, and of the groups that they stand in."""
    found = _read(observatory.project.shapes, observatory.version)
    return frozenset(s.value for s in found if isinstance(s, NamedNode) and s.value.startswith(SHAPES))


def whole(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield all shapes as one document."""
    facts = _facts(visit)
    yield from a(iri, PREFIXES["owl"] + "Ontology")
    yield from spoken(iri, _DCT + "title", "linked.shapes_title")
    yield from spoken(iri, _DCT + "description", "linked.shapes_what")
    yield from said(iri, (_DCT + "license", NamedNode(LICENCE)))
    for subject, triples in facts.items():
        yield from triples
        if isinstance(subject, NamedNode) and _is(triples, _SH + "NodeShape"):
            yield from said(iri, (_DCT + "hasPart", subject))


def one(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield one shape with the shapes of its properties."""
    facts = _facts(visit)
    todo: list[_Node] = [NamedNode(iri)]
    seen: set[_Node] = set()
    while todo:
        subject = todo.pop()
        if subject in seen:
            continue
        seen.add(subject)
        for triple in facts.get(subject, ()):
            yield triple
            value = triple.object
            if isinstance(value, BlankNode) or (triple.predicate.value == _PROPERTY and isinstance(value, NamedNode)):
                todo.append(value)


def about(visit: Visit, iri: str) -> list[str]:
    """Return the shapes that speak of a class or property of ours."""
    return list(_speaking(visit.observatory.project.shapes, visit.observatory.version).get(iri, ()))


def targeting(visit: Visit, classes: Iterable[str]) -> list[str]:
    """Return the shapes that are meant for records of some classes."""
    found = _speaking(visit.observatory.project.shapes, visit.observatory.version)
    return sorted({shape for class_ in classes for shape in found.get(class_, ())})


def _facts(visit: Visit) -> _Facts:
    return _read(visit.observatory.project.shapes, visit.observatory.version)


def _is(triples: tuple[Triple, ...], class_: str) -> bool:
    return any(t.predicate.value == RDF_TYPE and t.object == NamedNode(class_) for t in triples)


@lru_cache(maxsize=4)
def _read(folder: Path, _version: str) -> _Facts:
    """Return what the shapes say, by subject, in order; their blank nodes are named by what they say."""
    found: dict[_Node, list[Triple]] = {}
    for file in sorted(folder.glob("*.ttl")):
        try:
            held = Dataset(Quad(*q.triple) for q in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE))
        except (SyntaxError, OSError) as error:
            raise SourceError(f"{file}: the shapes do not parse: {error}") from error
        held.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        for quad in held:
            subject, value = _named(quad.subject, file.stem), _named(quad.object, file.stem)
            found.setdefault(subject, []).append(Triple(subject, quad.predicate, value))
    ordered = sorted(found.items(), key=lambda item: str(item[0]))
    return {subject: tuple(sorted(triples, key=str)) for subject, triples in ordered}


@lru_cache(maxsize=4)
def _speaking(folder: Path, version: str) -> Mapping[str, tuple[str, ...]]:
    """Return class or property -> the shapes that have it as their target or path."""
    found: dict[str, set[str]] = {}
    for subject, triples in _read(folder, version).items():
        for triple in triples:
            told = triple.predicate.value in (_TARGET, _PATH) and isinstance(subject, NamedNode)
            if told and isinstance(triple.object, NamedNode):
                found.setdefault(triple.object.value, set()).add(str(subject.value))
    return {iri: tuple(sorted(shapes)) for iri, shapes in found.items()}


def _named(term: Any, stem: str) -> Any:
    """Keep the blank nodes of two files apart."""
    return BlankNode(f"{stem}{term.value}") if isinstance(term, BlankNode) else term
