"""The vocabulary keeps its promises: nothing undeclared, nothing unpinned, no label missing, no cycle.

Each promise is a function from a graph to a list of complaints, so that the same function judges the real files
and, in `test_a_broken_vocabulary_is_noticed`, small broken ones.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS, XSD
from rdflib.term import Node

from dgekg.shapes import to_rdflib

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
TERMS_FILE = ONTOLOGY / "dgekg.ttl"
ALIGNMENT_FILES = sorted((ONTOLOGY / "alignments").glob("*.ttl"))
SCHEME_FILES = sorted((ONTOLOGY / "schemes").glob("*.ttl"))
PINNED = ONTOLOGY / "alignments" / "pinned-iris.csv"

BASE = "https://w3id.org/dgekg/"
DGEKG = Namespace(BASE + "ontology#")
VANN = Namespace("http://purl.org/vocab/vann/")
VS = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
LANGUAGES = {"en", "fr", "es"}
TERM_TYPES = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property}
MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
OWN_NAMES_ONLY = [URIRef(f"{BASE}scheme/group/{code}") for code in ("two-spirit-people", "hijra", "muxe")]
DERIVED = ["appliesToStage", "concernsNorm", "supports", "supportsRight", "rung", "within"]
DERIVED += ["PracticeStatusRecord", "computedStatus", "statusMark"]


@cache
def load(path: Path) -> Graph:
    return Graph().parse(path, format="turtle")


@cache
def union(*paths: Path) -> Graph:
    whole = Graph()
    for path in paths:
        for triple in load(path):
            whole.add(triple)
    return whole


def declared(graph: Graph) -> set[Node]:
    """The terms of our namespace that a graph declares as a class or a property."""
    return {s for s, kind in graph.subject_objects(RDF.type) if kind in TERM_TYPES and str(s).startswith(DGEKG)}


def iris(graph: Graph) -> set[str]:
    """Every IRI of a graph, in any position, datatypes of literals included."""
    found: set[str] = set()
    for triple in graph:
        for node in triple:
            if isinstance(node, URIRef):
                found.add(str(node))
            elif isinstance(node, Literal) and node.datatype is not None:
                found.add(str(node.datatype))
    return found


def languages(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    values = graph.objects(subject, predicate)
    return [str(v.language) for v in values if isinstance(v, Literal) and str(v).strip()]


# ---- what can be wrong with the terms ----


def incomplete_terms(graph: Graph) -> list[str]:
    """Terms without a label and a definition in each language, an example, a status or a home."""
    wrong: list[str] = []
    for term in declared(graph):
        for predicate in (RDFS.label, SKOS.definition):
            if sorted(languages(graph, term, predicate)) != sorted(LANGUAGES):
                wrong.append(f"{term}: {predicate} is not given once in each of en, fr, es")
        if (term, SKOS.example, None) not in graph and (term, VANN.example, None) not in graph:
            wrong.append(f"{term}: no example")
        if (term, RDFS.isDefinedBy, URIRef(BASE + "ontology")) not in graph:
            wrong.append(f"{term}: not said to be defined by the ontology")
        if graph.value(term, VS.term_status) not in {Literal("stable"), Literal("testing")}:
            wrong.append(f"{term}: no status")
    return wrong


def unreadable_examples(graph: Graph) -> list[str]:
    """Examples in Turtle that do not parse, or do not use the term they explain."""
    wrong: list[str] = []
    prefixes = "".join(f"@prefix {p}: <{n}> .\n" for p, n in graph.namespaces())
    for term, example in graph.subject_objects(SKOS.example):
        try:
            triples = Graph().parse(data=f"@base <{BASE}> .\n{prefixes}{example}", format="turtle")
        except Exception as error:
            wrong.append(f"{term}: {error}")
            continue
        if str(term) not in iris(triples):
            wrong.append(f"{term}: its example does not use it")
    return wrong


def cardinalities(graph: Graph) -> list[str]:
    """Restrictions and blank nodes: cardinalities live in the shapes."""
    wrong = [f"{s} {p} {o}" for s, p, o in graph if isinstance(s, BNode) or isinstance(o, BNode)]
    return wrong + [str(s) for s in graph.subjects(RDF.type, OWL.Restriction)]


def several_domains(graph: Graph) -> list[str]:
    """More than one rdfs:domain or rdfs:range would be read as their intersection."""
    return [
        f"{term}: several {predicate}"
        for term in declared(graph)
        for predicate in (RDFS.domain, RDFS.range)
        if len(list(graph.objects(term, predicate))) > 1
    ]


# ---- what can be wrong with the schemes ----


def concepts(graph: Graph) -> set[Node]:
    return set(graph.subjects(RDF.type, SKOS.Concept))


def cyclic_concepts(graph: Graph) -> list[str]:
    """Concepts that stand above themselves."""
    done: set[Node] = set()
    wrong: list[str] = []
    for start in concepts(graph):
        path: list[Node] = []
        stack: list[tuple[Node, bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(node)
            elif node in path:
                wrong.append(" > ".join(str(n) for n in [*path[path.index(node) :], node]))
            elif node not in done:
                path.append(node)
                stack.append((node, True))
                stack.extend((above, False) for above in graph.objects(node, SKOS.broader))
    return wrong


def mislabelled_concepts(graph: Graph) -> list[str]:
    wrong: list[str] = []
    for concept in concepts(graph):
        labels = Counter(languages(graph, concept, SKOS.prefLabel))
        wrong += [f"{concept}: no prefLabel in {lang}" for lang in sorted(LANGUAGES - labels.keys())]
        wrong += [f"{concept}: {n} prefLabels in {lang}" for lang, n in labels.items() if n > 1]
        if not set(languages(graph, concept, SKOS.definition)) >= LANGUAGES:
            wrong.append(f"{concept}: not defined in each of en, fr, es")
        if len(list(graph.objects(concept, DGEKG.labelReviewStatus))) != 1:
            wrong.append(f"{concept}: not one labelReviewStatus")
        if len(list(graph.objects(concept, SKOS.notation))) != 1:
            wrong.append(f"{concept}: not one notation")
    return wrong


def misplaced_concepts(graph: Graph) -> list[str]:
    """Concepts outside their scheme, broader links into nothing, top concepts with something above them."""
    wrong: list[str] = []
    for concept in concepts(graph):
        schemes = set(graph.objects(concept, SKOS.inScheme))
        if len(schemes) != 1:
            wrong.append(f"{concept}: in {len(schemes)} schemes")
        elif str(concept).rpartition("/")[0] != str(next(iter(schemes))):
            wrong.append(f"{concept}: its IRI does not lie in its scheme")
        above = list(graph.objects(concept, SKOS.broader))
        for broader in above:
            if broader not in concepts(graph) or set(graph.objects(broader, SKOS.inScheme)) != schemes:
                wrong.append(f"{concept}: broader {broader} is no concept of its scheme")
        if bool(above) == ((concept, SKOS.topConceptOf, None) in graph):
            wrong.append(f"{concept}: must have a broader concept or be a top concept, not both")
    for scheme in set(graph.subjects(RDF.type, SKOS.ConceptScheme)):
        tops = set(graph.subjects(SKOS.topConceptOf, scheme))
        if not tops or tops != set(graph.objects(scheme, SKOS.hasTopConcept)):
            wrong.append(f"{scheme}: its top concepts are not those that say so")
    return wrong


def repeated_notations(graph: Graph) -> list[str]:
    seen = Counter(
        (graph.value(concept, SKOS.inScheme), str(notation))
        for concept in concepts(graph)
        for notation in graph.objects(concept, SKOS.notation)
    )
    return [f"{scheme}: notation {notation} {n} times" for (scheme, notation), n in seen.items() if n > 1]


def bad_mappings(graph: Graph, known: set[Node]) -> list[str]:
    """Mappings that start at no concept of ours, end in a literal, or end at home."""
    wrong: list[str] = []
    for predicate in MAPPINGS:
        for subject, target in graph.subject_objects(predicate):
            if subject not in known:
                wrong.append(f"{subject}: maps, but is no concept")
            if not isinstance(target, URIRef) or str(target).startswith(BASE):
                wrong.append(f"{subject}: {predicate} leads to {target!r}")
    return wrong


# ---- the real files ----

TERM_CHECKS: list[Callable[[Graph], list[str]]] = [
    incomplete_terms,
    unreadable_examples,
    cardinalities,
    several_domains,
]
SCHEME_CHECKS: list[Callable[[Graph], list[str]]] = [
    cyclic_concepts,
    mislabelled_concepts,
    misplaced_concepts,
    repeated_notations,
]


@pytest.mark.parametrize("check", TERM_CHECKS)
def test_terms(check: Callable[[Graph], list[str]]) -> None:
    assert len(declared(load(TERMS_FILE))) > 150
    assert check(load(TERMS_FILE)) == []


@pytest.mark.parametrize("path", SCHEME_FILES, ids=lambda path: path.stem)
def test_scheme(path: Path) -> None:
    assert [complaint for check in SCHEME_CHECKS for complaint in check(load(path))] == []


def test_every_concept_class_has_concepts_and_every_concept_a_class() -> None:
    terms, schemes = load(TERMS_FILE), union(*SCHEME_FILES)
    classes = set(terms.subjects(RDFS.subClassOf, SKOS.Concept))
    classed = {c: {k for k in schemes.objects(c, RDF.type) if k in classes} for c in concepts(schemes)}
    assert len(classes) > 40
    assert [str(c) for c in classes if not any(c in kinds for kinds in classed.values())] == []
    assert [str(c) for c, kinds in classed.items() if len(kinds) != 1] == []


def test_every_concept_that_files_of_the_ontology_name_exists() -> None:
    known = {str(c) for c in concepts(union(*SCHEME_FILES))}
    known |= {str(s) for s in union(*SCHEME_FILES).subjects(RDF.type, SKOS.ConceptScheme)}
    named: set[str] = set()
    for path in [TERMS_FILE, *ALIGNMENT_FILES, *sorted((ONTOLOGY / "examples").glob("*.ttl"))]:
        named |= {iri for iri in iris(load(path)) if iri.startswith(BASE + "scheme/")}
    for example in load(TERMS_FILE).objects(None, SKOS.example):
        named |= {BASE + local for local in re.findall(r"<(scheme/[^>]+)>", str(example))}
    assert sorted(named - known) == []


def test_derived_terms_say_that_the_build_writes_them() -> None:
    terms = load(TERMS_FILE)
    assert [n for n in DERIVED if sorted(languages(terms, DGEKG[n], SKOS.editorialNote)) != sorted(LANGUAGES)] == []


def test_properties_that_hold_concepts_claim_no_dublin_core_parent() -> None:
    whole = union(TERMS_FILE, *ALIGNMENT_FILES)
    for name in ("practiceType", "evidenceType", "addressesGroup"):
        assert list(whole.objects(DGEKG[name], RDFS.subPropertyOf)) == []
    for name in ("actsAtStage", "governsStage", "enablesStage"):
        assert list(whole.objects(DGEKG[name], RDFS.subPropertyOf)) == [DGEKG.appliesToStage]


def test_mappings_lead_from_our_concepts_to_iris_elsewhere() -> None:
    whole = union(*ALIGNMENT_FILES, *SCHEME_FILES)
    assert bad_mappings(whole, concepts(union(*SCHEME_FILES))) == []
    assert [str(c) for c in OWN_NAMES_ONLY for predicate in MAPPINGS if (c, predicate, None) in whole] == []


def test_external_iris_are_the_pinned_ones() -> None:
    with PINNED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["iri", "vocabulary", "version_or_date", "verified_in", "licence"]
    assert [row["iri"] for row in rows if not all(row.values())] == []
    pinned = [row["iri"] for row in rows]
    assert pinned == sorted(set(pinned))
    used = {iri for iri in iris(union(TERMS_FILE, *ALIGNMENT_FILES)) if not iri.startswith(BASE)}
    assert sorted(used - set(pinned)) == []
    assert sorted(set(pinned) - used) == []


@cache
def records() -> Graph:
    files = [*SCHEME_FILES, *sorted((ROOT / "data").rglob("*.ttl"))]  # too many for a slow parser
    return to_rdflib(q.triple for file in files for q in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE))


def test_records_named_as_examples_exist() -> None:
    named = set(load(TERMS_FILE).objects(None, VANN.example))
    assert len(named) > 40
    assert sorted(str(record) for record in named - set(records().subjects(RDF.type))) == []


def test_examples_about_real_records_say_what_the_records_say() -> None:
    terms, known = load(TERMS_FILE), records()
    prefixes = "".join(f"@prefix {p}: <{n}> .\n" for p, n in terms.namespaces())
    untrue: list[str] = []
    for example in terms.objects(None, SKOS.example):
        for triple in Graph().parse(data=f"@base <{BASE}> .\n{prefixes}{example}", format="turtle"):
            said = triple[2]
            if isinstance(said, Literal) and not said.language and said.datatype is None:
                triple = (*triple[:2], Literal(str(said), datatype=XSD.string))
            made_up = "/worked-" in str(triple[0])
            derived = str(triple[1]).removeprefix(str(DGEKG)) in DERIVED
            true = (triple[0], None, None) in known if derived else triple in known
            untrue += [str(example)] if not made_up and not true else []
    assert untrue == []


def test_examples_conform_to_the_shapes() -> None:
    examples, known = union(*sorted((ONTOLOGY / "examples").glob("*.ttl"))), records()
    data = Graph()
    for triple in examples:
        data.add(triple)
        if triple[2] not in examples.subjects():
            for predicate in (RDF.type, SKOS.inScheme):
                for value in known.objects(triple[2], predicate):
                    data.add((triple[2], predicate, value))
    _, report, _ = pyshacl.validate(data, shacl_graph=union(*sorted((ROOT / "shapes").glob("*.ttl"))))
    assert isinstance(report, Graph)
    results = [(report.value(r, SH.focusNode), r) for r in report.subjects(RDF.type, SH.ValidationResult)]
    ours = set(examples.subjects())
    assert [(str(f), str(report.value(r, SH.resultPath))) for f, r in results if f in ours] == []


def turtle_files() -> Iterable[Path]:
    for folder in ("ontology", "data", "shapes"):
        yield from sorted((ROOT / folder).rglob("*.ttl"))


def test_schema_org_is_https() -> None:
    files = [*turtle_files(), *sorted((ROOT / "queries").rglob("*.rq")), PINNED]
    assert [str(f.relative_to(ROOT)) for f in files if "http://schema.org" in f.read_text(encoding="utf-8")] == []


def terms_in_text(sparql: str) -> set[str]:
    """The terms of our namespace in a query, comments left out."""
    code = re.sub(r"(?m)(^|\s)#.*$", "", sparql)
    return set(re.findall(r"\bdgekg:(\w+)", code)) | set(re.findall(re.escape(str(DGEKG)) + r"(\w+)", code))


def terms_in_turtle(path: Path) -> set[str]:
    graph = load(path)
    found = {iri.removeprefix(str(DGEKG)) for iri in iris(graph) if iri.startswith(str(DGEKG))}
    for predicate, text in graph.predicate_objects():
        if str(predicate).startswith("http://www.w3.org/ns/shacl#") and isinstance(text, Literal):
            found |= terms_in_text(str(text)) if "?" in text else set()
    return found - {""}


def test_every_term_in_use_is_declared() -> None:
    known = {str(term).removeprefix(str(DGEKG)) for term in declared(load(TERMS_FILE))}
    unknown = {str(p.relative_to(ROOT)): sorted(terms_in_turtle(p) - known) for p in turtle_files()}
    for path in sorted((ROOT / "queries").rglob("*.rq")):
        unknown[str(path.relative_to(ROOT))] = sorted(terms_in_text(path.read_text(encoding="utf-8")) - known)
    assert {path: terms for path, terms in unknown.items() if terms} == {}


# ---- the checks themselves ----

HEAD = f"""@base <{BASE}> . @prefix skos: <{SKOS}> . @prefix dgekg: <{DGEKG}> . @prefix owl: <{OWL}> .
@prefix rdfs: <{RDFS}> . @prefix vann: <{VANN}> . @prefix vs: <{VS}> ."""
SOUND_TERM = """dgekg:X a owl:Class ; rdfs:label "x"@en , "x"@fr , "x"@es ; skos:definition "d"@en , "d"@fr , "d"@es ;
 skos:example "<id/x/x> a dgekg:X ." ; rdfs:isDefinedBy <ontology> ; vs:term_status "stable" ."""
BODY = """skos:inScheme <scheme/s> ; skos:prefLabel "x"@en , "x"@fr , "x"@es ;
 skos:definition "d"@en , "d"@fr , "d"@es ; dgekg:labelReviewStatus <scheme/label-status/drafted> ;"""
SOUND_SCHEME = f"""<scheme/s> a skos:ConceptScheme ; skos:hasTopConcept <scheme/s/a> .
<scheme/s/a> a skos:Concept ; {BODY} skos:notation "a" ; skos:topConceptOf <scheme/s> .
<scheme/s/b> a skos:Concept ; {BODY} skos:notation "b" ; skos:broader <scheme/s/a> ."""


def complaints(checks: list[Callable[[Graph], list[str]]], turtle: str) -> list[str]:
    graph = Graph(bind_namespaces="none").parse(data=HEAD + turtle, format="turtle")
    return [complaint for check in checks for complaint in check(graph)]


def test_a_sound_vocabulary_passes() -> None:
    assert complaints(TERM_CHECKS, SOUND_TERM) == []
    assert complaints(SCHEME_CHECKS, SOUND_SCHEME) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('rdfs:label "x"@en , "x"@fr , "x"@es', 'rdfs:label "x"@en , "x"@fr'),
        ('rdfs:label "x"@en , "x"@fr', 'rdfs:label "x"@en , "y"@en , "x"@fr'),
        ('"d"@en , "d"@fr , "d"@es', '"d"@en , ""@fr , "d"@es'),
        ('skos:example "<id/x/x> a dgekg:X ." ; ', ""),
        ("a dgekg:X .", "a dgekg:Y ."),
        ("a dgekg:X .", "a dgekg:X"),
        ("rdfs:isDefinedBy <ontology> ; ", ""),
        ('"stable"', '"done"'),
        ('"stable"', '"stable" ; rdfs:subClassOf [ a owl:Restriction ]'),
        ('"stable"', '"stable" ; rdfs:domain dgekg:Y , dgekg:Z'),
    ],
)
def test_a_broken_term_is_noticed(old: str, new: str) -> None:
    assert old in SOUND_TERM
    assert complaints(TERM_CHECKS, SOUND_TERM.replace(old, new)) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("skos:topConceptOf <scheme/s>", "skos:broader <scheme/s/b>"),
        ("skos:topConceptOf <scheme/s>", "skos:topConceptOf <scheme/s> ; skos:broader <scheme/s/a>"),
        ("skos:broader <scheme/s/a>", "skos:broader <scheme/s/c>"),
        ("skos:broader <scheme/s/a>", "rdfs:seeAlso <scheme/s/a>"),
        ('skos:notation "b"', 'skos:notation "a"'),
        ('skos:prefLabel "x"@en', 'skos:prefLabel "x"@en , "y"@en'),
        (' , "x"@es', ""),
        ('skos:definition "d"@en , "d"@fr , "d"@es ;', ""),
        ("dgekg:labelReviewStatus <scheme/label-status/drafted> ;", ""),
        ("skos:inScheme <scheme/s>", "skos:inScheme <scheme/t>"),
        ("skos:hasTopConcept <scheme/s/a>", "skos:hasTopConcept <scheme/s/b>"),
    ],
)
def test_a_broken_scheme_is_noticed(old: str, new: str) -> None:
    assert old in SOUND_SCHEME
    assert complaints(SCHEME_CHECKS, SOUND_SCHEME.replace(old, new)) != []


def test_a_broken_mapping_is_noticed() -> None:
    known: set[Node] = {URIRef(BASE + "scheme/s/a")}
    for line in (
        '<scheme/s/a> skos:exactMatch "https://example.org/x"',
        "<scheme/s/a> skos:exactMatch <scheme/s/b>",
        "<scheme/s/z> skos:exactMatch <https://example.org/x>",
    ):
        assert bad_mappings(Graph().parse(data=f"{HEAD}{line} .", format="turtle"), known) != []
    assert terms_in_text("# dgekg:Not\nSELECT * { ?x dgekg:yes ?y } # dgekg:no") == {"yes"}
