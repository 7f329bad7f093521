"""What is said of things that have an address but stand in no graph: dimensions, graphs, versions, profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from dgekg import identifiers, template, versions
from dgekg.context import NAMESPACES, newest
from dgekg.documents import MAIN_KIND
from dgekg.index.records import sources_of
from dgekg.observatory import Observatory
from dgekg.vocabulary import DIMENSION, LANGUAGES, ONTOLOGY, PREFIXES, RDFS_LABEL
from dgekg.web import words
from dgekg.web.house import LICENCE, Visit
from dgekg.web.linked import executables, shapeset
from dgekg.web.linked.saying import a, said, spoken
from dgekg.web.snapshot import query

PROFILES = ("full", "card", "labels", "alt")
_LARGEST = 2000  # triples of a graph that are shown with it; the query asks for one more
_DCT, _XSD, _RDFS, _PROV = PREFIXES["dct"], PREFIXES["xsd"], PREFIXES["rdfs"], PREFIXES["prov"]
_VOID, _PROF = NAMESPACES["void"], NAMESPACES["prof"]


def edition(visit: Visit, ontology: str) -> set[str]:
    """Return the addresses of the editions of the ontology that this version holds."""
    triples = visit.observatory.store.describe(ontology)
    wanted = PREFIXES["owl"] + "versionIRI"
    return {t.object.value for t in triples if t.predicate.value == wanted and isinstance(t.object, NamedNode)}


def dimension_names(observatory: Observatory) -> frozenset[str]:
    """Return the IRIs of the derived dimensions: closed upward, and said directly."""
    known = observatory.index.dimensions
    return frozenset(identifiers.dimension(name) for name in sources_of(known))


def _dimension(visit: Visit, iri: str) -> Iterator[Triple]:
    name = iri.removeprefix(DIMENSION)
    direct = name.startswith("direct-")
    base = name.removeprefix("direct-")
    yield from a(iri, PREFIXES["rdf"] + "Property")
    yield from said(iri, (_RDFS + "isDefinedBy", NamedNode(identifiers.of_path("/ontology"))))
    yield from spoken(iri, _RDFS + "comment", "linked.dimension_direct" if direct else "linked.dimension_closed")
    for one in visit.observatory.index.dimensions.values():
        if base in (one.name, one.supported, *one.relations.values()):
            key = "linked.dimension_of_direct" if direct else "linked.dimension_of"
            for language in LANGUAGES:
                what = one.label.get(language) or one.label["en"]
                detail = "" if base == one.name else f" ({base})"
                text = words.say(language, key, what=what) + detail
                yield from said(iri, (RDFS_LABEL, Literal(text, language=language)))
            yield from said(iri, *((_RDFS + "seeAlso", NamedNode(home)) for home in (one.home, *one.beside)))
            return
    yield from spoken(iri, RDFS_LABEL, "linked.dimension_norm_direct")  # provisions and instruments share what is said


def graphs(visit: Visit) -> frozenset[str]:
    """Return the names of our graphs in this version."""
    return frozenset(g for g in visit.observatory.store.graphs() if g.startswith(identifiers.graphs()))


def _graph(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield what a graph is, and where it is one document, all that it holds."""
    text = template.bind(query("graph"), {"graph": [NamedNode(iri)]})
    held = sorted(visit.observatory.store.construct(text), key=str)
    folder, _, slug = iri.removeprefix(identifiers.graphs()).partition("/")
    yield from a(iri, NAMESPACES["sd"] + "Graph", PREFIXES["prov"] + "Entity")
    yield from spoken(iri, _DCT + "title", "linked.graph_of" if slug else f"linked.graph_{folder}", name=slug or folder)
    yield from said(iri, (_DCT + "license", NamedNode(LICENCE)))
    if len(held) > _LARGEST:
        yield from said(iri, (_RDFS + "seeAlso", NamedNode(identifiers.of_path("/data"))))
        return
    yield from said(iri, (_VOID + "triples", len(held)))
    main = MAIN_KIND.get(folder)
    if main and slug:
        yield from said(iri, (PREFIXES["foaf"] + "primaryTopic", NamedNode(identifiers.record(main, slug))))
    subjects = dict.fromkeys(t.subject.value for t in held if isinstance(t.subject, NamedNode))
    yield from said(iri, *((_DCT + "hasPart", NamedNode(s)) for s in subjects))
    yield from held


def _meta(visit: Visit, name: str) -> Mapping[str, Any]:
    """Return what a version says of itself."""
    observatory = visit.observatory
    if name == observatory.version:
        return {"as_of": observatory.as_of.isoformat(), **observatory.meta}
    return versions.at(observatory.project.build / name).meta


def _version(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield what a version is: its day, its counts, and what went into it."""
    name = iri.rsplit("/", 1)[-1]
    meta = _meta(visit, name)
    yield from a(iri, PREFIXES["dcat"] + "Dataset", _PROV + "Entity")
    yield from spoken(iri, _DCT + "title", "linked.version_title", version=name, date=meta.get("as_of", ""))
    yield from spoken(iri, _DCT + "description", "linked.version_what")
    day = Literal(str(meta.get("as_of", "")), datatype=NamedNode(_XSD + "date"))
    yield from said(
        iri,
        (PREFIXES["dcat"] + "version", name),
        (_DCT + "valid", day),
        (_DCT + "license", NamedNode(LICENCE)),
        (_DCT + "conformsTo", NamedNode(identifiers.of_path("/shapes"))),
    )
    for key, name_there in (("triples", "quads"), ("documents", "documents")):
        if name_there in meta:
            yield from said(iri, (_VOID + key, int(meta[name_there])))
    made = f"{iri}#build"
    yield from said(iri, (_PROV + "wasGeneratedBy", NamedNode(made)))
    yield from a(made, _PROV + "Activity")
    yield from spoken(made, _DCT + "title", "linked.version_build")
    for what, fact in (("software", meta.get("code")), ("rules", meta.get("rules"))):
        if fact:
            used = f"{iri}#{what}"
            yield from said(made, (_PROV + "used", NamedNode(used)))
            yield from a(used, _PROV + "Entity")
            yield from spoken(used, _DCT + "title", f"linked.version_{what}")
            yield from said(used, (_DCT + "identifier", fact))
    for class_, count in sorted(dict(meta.get("classes") or {}).items()):
        part = f"{iri}#{class_}"
        yield from said(iri, (_VOID + "classPartition", NamedNode(part)))
        yield from said(part, (_VOID + "class", NamedNode(ONTOLOGY + class_)), (_VOID + "entities", int(count)))
        for language, label in sorted(visit.observatory.names.labels(ONTOLOGY + class_).items()):
            counted = Literal(f"{label}: {words.number(int(count), language)}", language=language)
            yield from said(part, (RDFS_LABEL, counted))


def _profile(visit: Visit, iri: str) -> Iterator[Triple]:
    """Yield what a profile is."""
    name = iri.rsplit("/", 1)[-1]
    yield from a(iri, _PROF + "Profile")
    yield from spoken(iri, _DCT + "title", f"linked.profile_{name}")
    yield from spoken(iri, _DCT + "description", f"linked.profile_{name}_what")
    yield from said(iri, (_PROF + "hasToken", name))
    if name != "alt":
        context = newest(visit.observatory.project).address
        yield from said(iri, (_RDFS + "seeAlso", NamedNode(context)))


def _listed(make: Callable[[Visit, str], Iterable[Triple]]) -> Callable[[Visit, str], list[Triple]]:
    return lambda visit, iri: list(make(visit, iri))


CORES: Mapping[str, Callable[[Visit, str], list[Triple]]] = {
    "dimension": _listed(_dimension),
    "graph": _listed(_graph),
    "version": _listed(_version),
    "profile": _listed(_profile),
    "shapes": _listed(shapeset.whole),
    "shape": _listed(shapeset.one),
    "questions": _listed(executables.every),
    "question": _listed(executables.one),
}
