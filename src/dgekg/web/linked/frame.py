"""The JSON shape of a document: fixed by the context (`dgekg.context`), the same for `.json`, `.jsonld` and `/api/`.

`document(visit, iri)` gives it. What may be several is always a list, texts stand by language, what a record refers to
is `{"id", "label"}`, its parts stand in their place, what points at it stands under `inverse`, and words for the
properties and classes that occur under `terms`. docs/linked-data.md shows an example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dgekg import context as contexts
from dgekg import identifiers
from dgekg.context import NAMESPACES, Context, short
from dgekg.vocabulary import PREFIXES, RDF_TYPE, RDFS_LABEL
from dgekg.web.house import Visit
from dgekg.web.linked import assembled

Object = NamedNode | BlankNode | Literal
Facts = dict[str, list[Object]]
_RDF, _XSD = PREFIXES["rdf"], PREFIXES["xsd"]
_FIRST, _REST, _NIL = _RDF + "first", _RDF + "rest", _RDF + "nil"
_STRING = _XSD + "string"
# What stands whole where it is referred to: parts, and what documents are made of.
EMBEDDED = frozenset(
    {
        PREFIXES["prov"] + "qualifiedAttribution",
        identifiers.term("hasEvidence"),
        identifiers.term("exclusion"),
        identifiers.term("hasSearch"),
        PREFIXES["dct"] + "hasPart",
        PREFIXES["sh"] + "property",
        PREFIXES["sh"] + "parameter",
        NAMESPACES["csvw"] + "column",
        NAMESPACES["void"] + "classPartition",
        PREFIXES["prov"] + "wasGeneratedBy",
        PREFIXES["prov"] + "used",
        NAMESPACES["altr"] + "hasRepresentation",
        contexts.DOCUMENT,
        contexts.COLLECTION,
        contexts.VIEW,
    }
)
_LAST = ("inverse", "document", "terms")


def document(visit: Visit, iri: str, profile: str = "full", inverse: bool = True) -> dict[str, Any]:
    """Return the document about an IRI of ours, without `@context`.

    Args:
        visit: the request, which says of which version.
        iri: of a record, concept, scheme, term, shape, question ...
        profile: full, card or labels.
        inverse: whether to say what points at it; lists of many records go without.

    Raises:
        RecordNotFound: this version has nothing of that address.
        RecordGone: it was withdrawn, erased or merged with another.
    """
    triples = assembled.triples(visit, iri, profile, inverse=inverse)
    return framed(iri, triples, contexts.newest(visit.observatory.project))


def with_context(found: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return a framed document as JSON-LD."""
    return {"@context": context.address, **found}


def framed(iri: str, triples: Iterable[Triple], context: Context) -> dict[str, Any]:
    """Return triples about an IRI as JSON of the shape that a context fixes; the same triples give the same."""
    return _Framing(iri, triples, context).whole()


class _Framing:
    """One document on its way into JSON."""

    def __init__(self, iri: str, triples: Iterable[Triple], context: Context) -> None:
        self.root, self.context = NamedNode(iri), context
        self.facts: dict[Any, Facts] = {}
        self.labels: dict[Any, list[Object]] = {}
        self.placed: set[Any] = set()
        self.named: set[Any] = set()
        pointing: dict[Any, list[Triple]] = {}
        for triple in sorted(set(triples), key=str):
            subject, name, value = triple.subject, triple.predicate.value, triple.object
            if isinstance(value, Triple):  # JSON-LD has no place for what is said of triples
                continue
            if name == RDFS_LABEL:
                self.labels.setdefault(subject, []).append(value)
            elif value == self.root and subject != self.root:
                pointing.setdefault(subject, []).append(triple)
            else:
                self.facts.setdefault(subject, {}).setdefault(name, []).append(value)
        self.inverse: dict[str, list[Any]] = {}
        for subject, found in pointing.items():
            for triple in found:
                name = triple.predicate.value
                if subject in self.facts and name not in context.reverse:
                    self.facts[subject].setdefault(name, []).append(self.root)
                else:
                    self.inverse.setdefault(name, []).append(subject)
        self.shared = _shared(self.facts)

    def whole(self) -> dict[str, Any]:
        """Return the document."""
        found = self._node(self.root)
        for name, subjects in sorted(self.inverse.items()):
            embedded = [s for s in subjects if s in self.facts and s not in self.placed]
            if embedded:
                found[self.context.reverse[name]] = [self._node(s) for s in embedded]
            referred = [s for s in subjects if s not in embedded]
            if referred:
                key = self._key(name)
                ordered = sorted(referred, key=lambda s: str(s.value))
                found.setdefault("inverse", {})[key] = [self._reference(s) for s in ordered]
        left = [self._node(s) for s in self.facts if s not in self.placed]
        left += [self._reference(s) for s in self.labels if s not in self.named]
        if left:
            found["terms"] = sorted(left, key=lambda n: str(n.get("id", "")))
        return _ordered(found)

    def _node(self, subject: Any) -> dict[str, Any]:
        """Return a subject with all that is said of it."""
        self.placed.add(subject)
        found = self._reference(subject) if isinstance(subject, NamedNode) or subject in self.shared else {}
        for name, values in self.facts.get(subject, {}).items():
            if name == RDF_TYPE:
                found["type"] = sorted(self._class(v.value) for v in values)
            else:
                self._put(found, name, values)
        return _ordered(found)

    def _put(self, found: dict[str, Any], name: str, values: list[Object]) -> None:
        term = self.context.properties.get(name)
        if term is not None and term.language:
            spoken = [v for v in values if isinstance(v, Literal) and v.language]
            if spoken:
                found[term.name] = _by_language(spoken, term.many)
            values = [v for v in values if not (isinstance(v, Literal) and v.language)]
            term = None  # what has no language stands under the full name, which the context does not speak of
        if not values:
            return
        shown = [self._value(v, name, term.coerced if term else "") for v in values]
        if term is None:
            found[_plain_key(name, self.context)] = shown
        else:
            found[term.name] = shown if term.many or len(shown) > 1 else shown[0]

    def _value(self, value: Object, name: str, coerced: str) -> Any:
        if isinstance(value, Literal):
            return _literal(value, coerced)
        if isinstance(value, BlankNode):
            if value in self.placed:
                return {"id": str(value)}
            if _FIRST in self.facts.get(value, {}) and value not in self.shared:
                return {"@list": self._list(value, name, coerced)}
            return self._node(value)
        if value.value == _NIL:
            return {"@list": []}
        if name in EMBEDDED and value in self.facts and value not in self.placed:
            return self._node(value)
        return self._reference(value)

    def _list(self, head: Any, name: str, coerced: str) -> list[Any]:
        found = []
        while isinstance(head, BlankNode):
            self.placed.add(head)
            facts = self.facts.get(head, {})
            found += [self._value(v, name, coerced) for v in facts.get(_FIRST, [])]
            head = next(iter(facts.get(_REST, [])), None)
        return found

    def _reference(self, subject: Any) -> dict[str, Any]:
        self.named.add(subject)
        found: dict[str, Any] = {"id": subject.value if isinstance(subject, NamedNode) else str(subject)}
        if subject in self.labels:
            self._put(found, RDFS_LABEL, self.labels[subject])
        return found

    def _key(self, name: str) -> str:
        term = self.context.properties.get(name)
        return term.name if term else short(name)

    def _class(self, name: str) -> str:
        return self.context.classes.get(name) or short(name)


def _shared(facts: Mapping[Any, Facts]) -> set[Any]:
    """Return the blank nodes that several point at."""
    seen: set[Any] = set()
    twice: set[Any] = set()
    for said in facts.values():
        for values in said.values():
            for value in values:
                if isinstance(value, BlankNode):
                    (twice if value in seen else seen).add(value)
    return twice


def _by_language(values: Iterable[Literal], many: bool) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for value in values:
        found.setdefault(value.language or "", []).append(value.value)
    return {tag: texts if many or len(texts) > 1 else texts[0] for tag, texts in sorted(found.items())}


def _literal(value: Literal, coerced: str) -> Any:
    """Return a literal as JSON: plain where the context or JSON itself says its type, else with it."""
    if value.language:
        return {"@value": value.value, "@language": value.language}
    datatype = value.datatype.value
    if datatype == coerced or (datatype == _STRING and not coerced):
        return value.value
    if not coerced and datatype == _XSD + "boolean" and value.value in ("true", "false"):
        return value.value == "true"
    if not coerced and datatype == _XSD + "integer" and value.value == _canonical(value.value):
        return int(value.value)
    return {"@value": value.value, "@type": short(datatype)}


def _canonical(text: str) -> str:
    """Return the number as JSON would write it, or "" where its digits are too many to be exact everywhere."""
    digits = text.lstrip("-")
    return str(int(text)) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else ""


def _plain_key(iri: str, context: Context) -> str:
    """Return a key for a property of which the context says nothing: its short form, unless that is a name there."""
    key = short(iri)
    named = context.properties.get(iri)
    return iri if named is not None and named.name == key else key


def _ordered(found: dict[str, Any]) -> dict[str, Any]:
    """Return the keys in order: what it is first, what it says, then what points at it and the rest."""
    first = [k for k in ("id", "type", "label") if k in found]
    last = [k for k in _LAST if k in found]
    middle = sorted(k for k in found if k not in first and k not in last)
    return {k: found[k] for k in (*first, *middle, *last)}
