"""The making of a context: what ontology and shapes say of each property, in the words of JSON-LD."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from dgekg import identifiers
from dgekg.context import (
    AS_OF,
    COLLECTION,
    DEFINED_BY,
    DOCUMENT,
    IN_SCHEME,
    NAMESPACES,
    NEXT,
    PROPERTY,
    SUPPORTING,
    TOTAL,
    VIEW,
    folder,
    numbers,
)
from dgekg.errors import DgekgError, SourceError
from dgekg.settings import Project
from dgekg.vocabulary import BASE, ONTOLOGY, PREFIXES, RDF_TYPE, RDFS_LABEL

# Names of our own, before any that the ontology or the shapes give.
_FIXED: Mapping[str, Any] = {
    "id": "@id",
    "type": "@type",
    "inverse": "@reverse",
    "terms": "@included",
    "label": {"@id": RDFS_LABEL, "@container": "@language"},
    "document": {"@id": DOCUMENT, "@type": "@id"},
    "asOf": {"@id": AS_OF, "@type": PREFIXES["xsd"] + "date"},
    "version": {"@id": PREFIXES["dcat"] + "version"},
    "collection": {"@id": COLLECTION, "@type": "@id", "@container": "@set"},
    "totalItems": {"@id": TOTAL},
    "property": {"@id": PROPERTY, "@type": "@id"},
    "view": {"@id": VIEW, "@type": "@id"},
    "next": {"@id": NEXT, "@type": "@id"},
    "conformsTo": {"@id": PREFIXES["dct"] + "conformsTo", "@type": "@id", "@container": "@set"},
    "isPartOf": {"@id": PREFIXES["dct"] + "isPartOf", "@type": "@id", "@container": "@set"},
    "hasPart": {"@id": PREFIXES["dct"] + "hasPart", "@type": "@id", "@container": "@set"},
    "isReplacedBy": {"@id": PREFIXES["dct"] + "isReplacedBy", "@type": "@id", "@container": "@set"},
    "invalidatedAtTime": {"@id": PREFIXES["prov"] + "invalidatedAtTime", "@type": PREFIXES["xsd"] + "dateTime"},
    "supportAssertion": {"@reverse": SUPPORTING, "@type": "@id", "@container": "@set"},
    "hasConcept": {"@reverse": IN_SCHEME, "@type": "@id", "@container": "@set"},
    "defines": {"@reverse": DEFINED_BY, "@type": "@id", "@container": "@set"},
}
# Who gets the plain name, the first before the others; what is of other namespaces keeps its prefix.
_ORDER = ("dgekg", "dct", "skos", "rdfs", "foaf", "org", "prov", "schema")
_SH, _XSD, _RDF = PREFIXES["sh"], PREFIXES["xsd"], PREFIXES["rdf"]
_NATIVE = frozenset({_XSD + name for name in ("string", "integer", "boolean")})


def generate(project: Project) -> bytes:
    """Return the bytes of the context that ontology and shapes give."""
    shapes, ontology = _parsed(project.shapes), _parsed(project.ontology, deep=False)
    terms: dict[str, Any] = {}
    declared, shaped = _declared(ontology), _shaped(shapes)
    for iri, looks in {**_used([*ontology, *shapes]), **declared, **shaped}.items():
        kind = {"@type": "@id"} if declared.get(iri, {}).get("@type") == "@id" else {}
        terms[iri] = {"@id": iri, **kind, **looks}
    named = dict(_FIXED)
    taken = {said["@id"] for said in _FIXED.values() if isinstance(said, dict) and "@id" in said}
    for iri in sorted(terms, key=_precedence):
        if iri not in taken and not iri.startswith(_RDF):
            named[_name(iri, named)] = terms[iri]
    for iri in sorted(_classes(ontology), key=_precedence):
        named[_name(iri, named)] = iri
    body = {"@version": 1.1, **dict(sorted(NAMESPACES.items())), **{k: named[k] for k in sorted(named)}}
    lines = [f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in body.items()]
    return ('{"@context": {\n' + ",\n".join(lines) + "\n}}\n").encode()


def _precedence(iri: str) -> tuple[int, str]:
    prefix = identifiers.compact(iri).partition(":")[0]
    return (_ORDER.index(prefix) if prefix in _ORDER else len(_ORDER), iri)


def _name(iri: str, taken: Mapping[str, Any]) -> str:
    local = re.split(r"[#/]", iri)[-1]
    if _precedence(iri)[0] < len(_ORDER) and local not in taken and local not in NAMESPACES:
        return local
    for prefix, namespace in NAMESPACES.items():
        if iri == namespace + local:
            return f"{prefix}:{local}"
    return iri


def _parsed(where: Path, deep: bool = True) -> list[Triple]:
    files = sorted(where.glob("*.ttl"))
    if not deep:
        files += sorted((where / "schemes").glob("*.ttl")) + sorted((where / "alignments").glob("*.ttl"))
    found: list[Triple] = []
    for file in files:
        try:
            found += [q.triple for q in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE)]
        except (SyntaxError, OSError) as error:
            raise SourceError(f"{file}: does not parse: {error}") from error
    return found


def _classes(ontology: Iterable[Triple]) -> set[str]:
    kinds = {PREFIXES["owl"] + "Class", PREFIXES["rdfs"] + "Class"}
    return {
        t.subject.value
        for t in ontology
        if t.predicate.value == RDF_TYPE
        and isinstance(t.subject, NamedNode)
        and _value(t.object) in kinds
        and t.subject.value.startswith(ONTOLOGY)
    }


def _used(triples: Iterable[Triple]) -> dict[str, Mapping[str, Any]]:
    """Return how the properties look that ontology and shapes themselves use, by the values that they have there."""
    kinds: dict[str, set[str]] = {}
    for triple in triples:
        value = triple.object
        kind = "@id" if not isinstance(value, Literal) else "@language" if value.language else value.datatype.value
        kinds.setdefault(triple.predicate.value, set()).add(kind)
    found: dict[str, Mapping[str, Any]] = {}
    for iri, said in kinds.items():
        kind = next(iter(said)) if len(said) == 1 else ""
        if kind == "@language":
            found[iri] = {"@container": ["@language", "@set"]}
        else:
            found[iri] = {**({"@type": kind} if kind and kind not in _NATIVE else {}), "@container": "@set"}
    return found


def _declared(ontology: Sequence[Triple]) -> dict[str, Mapping[str, Any]]:
    """Return how our own properties look that no shape speaks of: by kind and range."""
    owl, rdfs = PREFIXES["owl"], PREFIXES["rdfs"]
    objects = _with(ontology, RDF_TYPE, owl + "ObjectProperty")
    found: dict[str, Mapping[str, Any]] = {}
    for iri in sorted(objects | _with(ontology, RDF_TYPE, owl + "DatatypeProperty")):
        if iri.startswith(ONTOLOGY):
            found[iri] = {"@container": "@set", **({"@type": "@id"} if iri in objects else {})}
    for triple in ontology:
        subject, value = _value(triple.subject), _value(triple.object)
        if triple.predicate.value == rdfs + "range" and subject in found and subject not in objects:
            if value == _RDF + "langString":
                found[subject] = {"@container": ["@language", "@set"]}
            elif value.startswith(_XSD) and value not in _NATIVE:
                found[subject] = {"@type": value, "@container": "@set"}
    return found


def _with(triples: Iterable[Triple], predicate: str, value: str) -> set[str]:
    return {_value(t.subject) for t in triples if t.predicate.value == predicate and _value(t.object) == value}


def _shaped(shapes: Iterable[Triple]) -> dict[str, Mapping[str, Any]]:
    """Return how the properties look that shapes speak of: single only where every class allows one at most."""
    said: dict[str, dict[str, set[str]]] = {}
    for triple in shapes:
        said.setdefault(str(triple.subject), {}).setdefault(triple.predicate.value, set()).add(_value(triple.object))
    targets: dict[str, set[str]] = {}  # property shape -> the classes that it speaks of; those inside conditions: none
    for facts in said.values():
        for member in facts.get(_SH + "property", ()):
            targets.setdefault(f"<{member}>", set()).update(facts.get(_SH + "targetClass", ()))
    rules: dict[str, dict[str, list[dict[str, set[str]]]]] = {}
    for subject, facts in said.items():
        for path in facts.get(_SH + "path", ()):
            if path.startswith("http"):
                for target in targets.get(subject, ()):
                    rules.setdefault(path, {}).setdefault(target, []).append(facts)
    return {path: _looks(classes) for path, classes in sorted(rules.items())}


def _looks(classes: Mapping[str, list[dict[str, set[str]]]]) -> dict[str, Any]:
    every = [facts for shapes in classes.values() for facts in shapes]
    types = set().union(*(facts.get(_SH + "datatype", set()) for facts in every))
    nodes = set().union(*(facts.get(_SH + "nodeKind", set()) for facts in every))
    single = all(any("1" in f.get(_SH + "maxCount", ()) for f in shapes) for shapes in classes.values())
    if types == {_RDF + "langString"}:
        unique = all("true" in f.get(_SH + "uniqueLang", ()) for f in every if _SH + "datatype" in f)
        return {"@container": "@language" if unique and not nodes else ["@language", "@set"]}
    found: dict[str, Any] = {} if single else {"@container": "@set"}
    if nodes == {_SH + "IRI"} and not types:
        return {"@type": "@id", **found}
    mixed = any(_SH + "or" in f and not f.get(_SH + "nodeKind") for f in every)
    if len(types) == 1 and not nodes and not mixed and not types & _NATIVE:
        return {"@type": next(iter(types)), **found}
    return found


def _value(term: object) -> str:
    return str(getattr(term, "value", ""))


def main(arguments: Sequence[str]) -> int:
    """Check or write; return the exit code."""
    rest = [a for a in arguments if a != "--write"]
    if len(rest) != 1 or rest[0].startswith("-"):
        print("Usage: python -m dgekg.context [--write] DIR", file=sys.stderr)
        return 2
    try:
        project = Project.at(Path(rest[0]))
        wanted, found = generate(project), numbers(project)
        path = folder(project) / f"{found[-1] if found else 1}.jsonld"
        if path.is_file() and path.read_bytes() == wanted:
            print(f"{path.name}: is what ontology and shapes give.")
            return 0
        if "--write" not in arguments:
            print(f"{path.name}: ontology and shapes give another; make the next with --write.", file=sys.stderr)
            return 1
        path = folder(project) / f"{found[-1] + 1 if found else 1}.jsonld"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wanted)
        print(f"{path.name}: written")
    except DgekgError as error:
        print(f"dgekg.context: {error}", file=sys.stderr)
        return error.exit_code
    return 0
