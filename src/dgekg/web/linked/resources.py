"""What has an address of ours, and what is said of it: records, concepts, terms, shapes, questions, versions ...

An address `https://w3id.org/dgekg/{path}` is answered at `/{path}`; a term with a `#` at `/ontology/{name}` too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from dgekg import identifiers, template, versions
from dgekg.context import DEFINED_BY, IN_SCHEME
from dgekg.errors import RecordNotFound, UnknownValue
from dgekg.vocabulary import BASE, DIMENSION, ONTOLOGY, PREFIXES, SHAPES
from dgekg.web.house import Visit
from dgekg.web.linked import described, gone, records, shapeset
from dgekg.web.snapshot import query

_INSIDE: Mapping[str, frozenset[str]] = {
    "scheme": frozenset({IN_SCHEME, PREFIXES["skos"] + "topConceptOf"}),
    "ontology": frozenset({DEFINED_BY}),
}
_STORED = frozenset({"record", "concept", "scheme", "ontology", "term"})
_ONTOLOGY = BASE + "ontology"
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_Parts = Sequence[str]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something with an address of ours.

    Attributes:
        iri: its address.
        path: where its documents are, without their suffix.
        family: record, concept, scheme, ontology, term, shapes, shape, questions, question, dimension, graph, version
            or profile.
    """

    iri: str
    path: str
    family: str

    @property
    def stored(self) -> bool:
        """Whether the graph itself says something of it, so that others may point at it."""
        return self.family in _STORED


def of_iri(visit: Visit, iri: str) -> Resource:
    """Return the resource of an IRI of ours; errors as `of_path`."""
    if not iri.startswith(BASE):
        raise RecordNotFound(f"{iri}: is no address of ours; they begin with {BASE}.")
    return of_path(visit, identifiers.path_of(iri).replace("#", "/", 1))


def of_path(visit: Visit, path: str) -> Resource:
    """Return the resource at a path without suffix.

    Raises:
        RecordNotFound: there is no such record, concept or version.
        RecordGone: it was withdrawn, erased or merged with another.
        VersionGone: a version that is no longer kept.
        UnknownValue: there is no such term, shape, question, dimension or profile; the nearest are suggested.
    """
    head, *rest = path.strip("/").split("/")
    find = _FAMILIES.get(head) if all(_SEGMENT.fullmatch(part) for part in rest) else None
    found = find(visit, path, rest) if find is not None else None
    if found is None:
        raise RecordNotFound(f"{path}: there is no such record here.")
    return found


def _known(visit: Visit, path: str, family: str) -> Resource:
    iri = identifiers.of_path(path)
    if iri not in visit.snapshot.classes or iri in visit.suppressed:
        fate = gone.of(visit, iri)
        if fate is not None:
            raise fate
    return Resource(visit.snapshot.must_have(iri), path, family)


def _record(visit: Visit, path: str, rest: _Parts) -> Resource | None:
    return _known(visit, path, "record") if len(rest) == 2 else None


def _scheme(visit: Visit, path: str, rest: _Parts) -> Resource | None:
    return _known(visit, path, "concept" if len(rest) > 1 else "scheme") if rest else None


def _ontology(visit: Visit, path: str, rest: _Parts) -> Resource | None:
    if not rest:
        return _known(visit, path, "ontology")
    if identifiers.of_path(path) in described.edition(visit, _ONTOLOGY):
        return Resource(_ONTOLOGY, "/ontology", "ontology")
    iri = identifiers.term(rest[0])
    if iri not in visit.snapshot.classes:
        terms = (i.removeprefix(ONTOLOGY) for i in visit.snapshot.classes.under(ONTOLOGY))
        raise _unknown("ontology", rest[0], terms, ONTOLOGY)
    return Resource(iri, path, "term")


def _shapes(visit: Visit, path: str, rest: _Parts) -> Resource | None:
    if not rest:
        return Resource(identifiers.of_path(path), path, "shapes")
    iri = identifiers.shape(rest[0])
    names = shapeset.names(visit.observatory)
    if iri not in names:
        raise _unknown("shapes", rest[0], (name.removeprefix(SHAPES) for name in names), SHAPES)
    return Resource(iri, path, "shape")


def _questions(visit: Visit, path: str, rest: _Parts) -> Resource | None:
    if not rest:
        return Resource(identifiers.of_path(path), path, "questions")
    visit.observatory.questions.get(rest[0])
    return Resource(identifiers.question(rest[0]), path, "question")


def _dimension(visit: Visit, path: str, _rest: _Parts) -> Resource | None:
    iri = identifiers.of_path(path)
    known = described.dimension_names(visit.observatory)
    if iri not in known:
        name = iri.removeprefix(DIMENSION)
        raise _unknown("dimension", name, (i.removeprefix(DIMENSION) for i in known), DIMENSION)
    return Resource(iri, path, "dimension")


def _graph(visit: Visit, path: str, _rest: _Parts) -> Resource | None:
    iri = identifiers.of_path(path)
    if iri in described.graphs(visit):
        return Resource(iri, path, "graph")
    fate = gone.of(visit, iri)
    if fate is not None:
        raise fate
    return None


def _version(visit: Visit, path: str, rest: _Parts) -> Resource | None:
    if len(rest) != 1:
        return None
    name, observatory = rest[0], visit.observatory
    if name != observatory.version:
        if observatory.folder is None:
            return None
        name = versions.find(observatory.project.build, name)
    place = path.removesuffix(rest[0]) + name
    return Resource(identifiers.of_path(place), place, "version")


def _profile(_visit: Visit, path: str, rest: _Parts) -> Resource | None:
    name = "/".join(rest)
    if name not in described.PROFILES:
        raise _unknown("profile", name, described.PROFILES, "")
    return Resource(identifiers.of_path(path), path, "profile")


def _unknown(field: str, found: str, known: Iterable[str], home: str) -> UnknownValue:
    return UnknownValue(field, found, (name for name in known if "/" not in name), f"All: {home}" if home else "")


_FAMILIES: Mapping[str, Callable[[Visit, str, _Parts], Resource | None]] = {
    "id": _record,
    "scheme": _scheme,
    "ontology": _ontology,
    "shapes": _shapes,
    "questions": _questions,
    "dimension": _dimension,
    "graph": _graph,
    "version": _version,
    "profile": _profile,
}


def core(visit: Visit, resource: Resource) -> list[Triple]:
    """Return what is said of a resource and of its parts, from the graph or from what the project holds beside it."""
    store, iri = visit.observatory.store, resource.iri
    if resource.family == "ontology":
        terms = [i for i in visit.snapshot.classes.under(iri) if i == iri or i.startswith(ONTOLOGY)]
        return [triple for term in terms for triple in store.describe(term)]
    if resource.family == "scheme":
        return store.construct(template.bind(query("scheme"), {"scheme": [NamedNode(iri)]}))
    if resource.stored:
        return records.document(visit, iri)
    return described.CORES[resource.family](visit, iri)


def inside(resource: Resource) -> frozenset[str]:
    """Return the properties by which a document's own parts point at its subject."""
    return _INSIDE.get(resource.family, frozenset())
