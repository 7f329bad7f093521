"""Reference pages of the model: classes, properties, fields of each record, concept schemes."""

from __future__ import annotations

from collections.abc import Iterator

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, SKOS

from dgekg.identifiers import compact
from dgekg.reference.material import Material, Node, in_language, link, plain, short, table, three
from dgekg.vocabulary import BASE, PREFIXES

_DOMAIN = rdflib.URIRef(PREFIXES["schema"] + "domainIncludes")
_RANGE = rdflib.URIRef(PREFIXES["schema"] + "rangeIncludes")
_PROPERTY_KINDS = (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def model(material: Material) -> str:
    """Classes and properties of the ontology, then the fields of each class as its shape has them."""
    graph = material.ontology
    classes = sorted({c for c in graph.subjects(RDF.type, OWL.Class) if str(c).startswith(PREFIXES["dgekg"])}, key=str)
    properties = sorted({p for kind in _PROPERTY_KINDS for p in graph.subjects(RDF.type, kind)}, key=str)
    version = graph.value(rdflib.URIRef(BASE + "ontology"), OWL.versionInfo)
    parts = [
        "# Model\n\nModèle · Modelo\n",
        f"Version {version} of the ontology: {len(classes)} classes, {len(properties)} properties. "
        "A tour with one record: [the model in short](../model.md). Concepts: [schemes.md](schemes.md). The files: "
        f"{link(material.project.root, 'ontology/dgekg.ttl', 'ontology/dgekg.ttl')}, one file a class in "
        f"{link(material.project.root, 'shapes', 'shapes/')}.\n",
        "## Classes\n",
        table(["class", "definition", "beneath", "en · fr · es"], [_class(material, c) for c in classes]),
        "## Properties\n",
        table(
            ["property", "definition", "of", "values", "en · fr · es"],
            [_property(material, p) for p in properties],
        ),
        "## Fields of each record\n",
        "What a document may and must say: from the shapes, which also check it.\n",
    ]
    parts += _fields(material)
    return "\n".join(parts)


def schemes(material: Material) -> str:
    """Each scheme with its concepts."""
    parts = ["# Concept schemes\n\nSchémas de concepts · Esquemas de conceptos\n"]
    rows, sections = [], []
    for name, graph in sorted(material.schemes.items()):
        scheme = next(iter(sorted(graph.subjects(RDF.type, SKOS.ConceptScheme), key=str)), None)
        concepts = sorted({*graph.subjects(RDF.type, SKOS.Concept)}, key=lambda c: _order(graph, c))
        title = three(graph, scheme, DCTERMS.title) if scheme is not None else ["", "", ""]
        if concepts:
            rows.append([f"[{name}](#{name})", *title, str(len(concepts))])
            sections.append(_scheme(name, graph, scheme, concepts, title))
        collections = sorted(graph.subjects(RDF.type, SKOS.Collection), key=str)
        if collections:
            rows.append([f"[{name}](#{name})", *title, f"{len(collections)} collections"])
            sections.append(_collections(name, graph, collections))
    parts.append(table(["scheme", "en", "fr", "es", "concepts"], rows))
    return "\n".join([*parts, *sections])


def _class(material: Material, class_: Node) -> list[str]:
    graph = material.ontology
    name = short(class_)
    scheme = material.scheme_of.get(name.strip("`"))
    own = f"{name} ([{scheme}](schemes.md#{scheme}))" if scheme else name
    beneath = ", ".join(sorted(short(b) for b in graph.objects(class_, RDFS.subClassOf)))
    return [own, in_language(graph, class_, SKOS.definition), beneath, _names(graph, class_)]


def _property(material: Material, prop: Node) -> list[str]:
    graph = material.ontology
    of = sorted(short(c) for p in (RDFS.domain, _DOMAIN) for c in graph.objects(prop, p))
    values = sorted(short(c) for p in (RDFS.range, _RANGE) for c in graph.objects(prop, p))
    beneath = sorted(short(p) for p in graph.objects(prop, RDFS.subPropertyOf))
    own = short(prop) + (f" (beneath {', '.join(beneath)})" if beneath else "")
    definition = in_language(graph, prop, SKOS.definition)
    return [own, definition, ", ".join(of), ", ".join(values), _names(graph, prop)]


def _names(graph: rdflib.Graph, node: Node) -> str:
    return " · ".join(label for label in three(graph, node, RDFS.label) if label)


def _fields(material: Material) -> Iterator[str]:
    graph = material.sources.shapes.graph
    for target, shape in sorted((short(t), s) for s, t in graph.subject_objects(SH.targetClass)):
        name = target.strip("`").rsplit(":", 1)[-1]
        yield f"### {name}\n"
        yield " · ".join(label for label in three(graph, shape, RDFS.label) if label) + "\n"
        yield plain(in_language(graph, shape, RDFS.comment)) + "\n"
        fields = sorted(graph.objects(shape, SH.property), key=lambda f: (_number(graph, f), str(f)))
        yield table(
            ["field", "name", "how many", "values", "help"],
            [
                [
                    _path(graph, graph.value(field, SH.path)),
                    in_language(graph, field, SH.name),
                    _cardinality(graph, field),
                    ", ".join(dict.fromkeys(_values(material, graph, field))),
                    in_language(graph, field, SH.description) + _warns(graph, field),
                ]
                for field in fields
            ],
        )


def _path(graph: rdflib.Graph, path: Node | None) -> str:
    if path is None or isinstance(path, rdflib.URIRef):
        return short(path)
    either = graph.value(path, SH.alternativePath)
    if either is not None:
        return " or ".join(short(p) for p in Collection(graph, either))
    inverse = graph.value(path, SH.inversePath)
    if inverse is not None:
        return f"inverse of {short(inverse)}"
    return ", then ".join(short(p) for p in Collection(graph, path))


def _cardinality(graph: rdflib.Graph, field: Node) -> str:
    least, most = (int(str(graph.value(field, p) or d)) for p, d in ((SH.minCount, 0), (SH.maxCount, -1)))
    if graph.value(field, SH.qualifiedMinCount) is not None:
        return "at least one that fits"
    if graph.value(field, SH.uniqueLang) is not None and most < 0:
        return "one a language" + ("" if least else ", optional")
    words = {(0, -1): "any number", (1, -1): "one or more", (0, 1): "one at most", (1, 1): "one"}
    return words.get((least, most), f"{least} to {most}" if most >= 0 else f"{least} or more")


def _values(material: Material, graph: rdflib.Graph, field: Node) -> Iterator[str]:
    for class_ in sorted(graph.objects(field, SH["class"]), key=str):
        name = compact(str(class_))
        scheme = material.scheme_of.get(name)
        yield f"[{scheme}](schemes.md#{scheme})" if scheme else short(class_)
    for datatype in graph.objects(field, SH.datatype):
        yield short(datatype)
    for value in graph.objects(field, SH.hasValue):
        yield short(value)
    for values in graph.objects(field, SH["in"]):
        yield from (short(v) for v in Collection(graph, values))
    for options in graph.objects(field, SH["or"]):
        for option in Collection(graph, options):
            yield from _values(material, graph, option)
    for shape in graph.objects(field, SH.qualifiedValueShape):
        yield from _values(material, graph, shape)


def _warns(graph: rdflib.Graph, field: Node) -> str:
    return " (A warning only.)" if graph.value(field, SH.severity) in (SH.Warning, SH.Info) else ""


def _number(graph: rdflib.Graph, node: Node) -> float:
    value = graph.value(node, SH.order)
    return float(str(value)) if value is not None else 1e9


def _order(graph: rdflib.Graph, concept: Node) -> tuple[int, str]:
    notation = str(graph.value(concept, SKOS.notation) or "")
    top = graph.value(concept, SKOS.topConceptOf) is not None and graph.value(concept, SKOS.broader) is None
    return (
        0 if top and not notation.isdigit() else int(notation) + 1 if notation.isdigit() else 10_000,
        str(concept),
    )


def _scheme(name: str, graph: rdflib.Graph, scheme: Node | None, concepts: list[Node], title: list[str]) -> str:
    rows = []
    for concept in concepts:
        code = str(concept).rsplit("/", 1)[-1]
        notation = str(graph.value(concept, SKOS.notation) or "")
        under = sorted(str(b).rsplit("/", 1)[-1] for b in graph.objects(concept, SKOS.broader))
        shown = f"`{code}`" + (f" ({notation})" if notation not in ("", code) else "")
        rows.append([shown, *three(graph, concept, SKOS.prefLabel), ", ".join(under)])
    about = in_language(graph, scheme, DCTERMS.description) if scheme is not None else ""
    head = f"## {name}\n\n**{' · '.join(title)}.** {plain(about)}\n\nAddress: `scheme/{name}/CODE`.\n"
    return f"{head}\n{table(['code', 'en', 'fr', 'es', 'under'], rows)}"


def _collections(name: str, graph: rdflib.Graph, collections: list[Node]) -> str:
    rows = []
    for one in collections:
        labels = three(graph, one, SKOS.prefLabel)
        members = str(len(set(graph.objects(one, SKOS.member))))
        rows.append([f"`{str(one).rsplit('/', 1)[-1]}`", *labels, members])
    return f"## {name}\n\n{table(['collection', 'en', 'fr', 'es', 'members'], rows)}"
