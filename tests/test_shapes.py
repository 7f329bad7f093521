"""The shapes against their examples: `tests/shapes/<Class>/valid/` conforms, `invalid/` gives what it says.

An invalid file opens with comment lines, a pair for each result it must give; no other result may come:

    # expect-path: https://w3id.org/dgekg/ontology#lever      (full IRI; `node` for a result about the record itself;
    # expect-message: Lever: choose at least ...               alternatives are joined by |, a sequence by /)
    # expect-severity: Warning                                 (only where it is not Violation)

A subject that has nothing but a type stands for a record or concept in another file, and is not itself examined.
"""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse
from pyshacl import Validator
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "tests" / "shapes"
SH = Namespace("http://www.w3.org/ns/shacl#")
LANGUAGES = {"en", "fr", "es"}

Result = tuple[str, str, str]
"""Path, English message, severity."""

SHAPE_FILES = [file for file in sorted((ROOT / "shapes").glob("*.ttl")) if file.stem != "groups"]
VALID = sorted(EXAMPLES.glob("*/valid/*.ttl"))
INVALID = sorted(EXAMPLES.glob("*/invalid/*.ttl"))
PUBLISHED = sorted((ROOT / "ontology" / "examples").glob("*.ttl"))


@cache
def shapes() -> Graph:
    graph = Graph()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        graph.parse(file)
    return graph


@cache
def loaded_shapes() -> ShapesGraph:
    validator = Validator(DataGraph.from_rdflib(Graph()), shacl_graph=shapes())
    validator.run()  # type: ignore[no-untyped-call]
    return validator.shacl_graph


BASE_IRI = "https://w3id.org/dgekg/"


@cache
def known_types() -> dict[Node, set[Node]]:
    types: dict[Node, set[Node]] = {}
    schemes, data = (ROOT / "ontology" / "schemes").glob("*.ttl"), (ROOT / "data").glob("**/*.ttl")
    for file in [*schemes, *PUBLISHED, *data]:
        for quad in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE_IRI):
            if quad.predicate.value == str(RDF.type) and isinstance(quad.subject, NamedNode):
                types.setdefault(URIRef(quad.subject.value), set()).add(URIRef(quad.object.value))
    return types


def named(files: list[Path]) -> list[str]:
    return [f"{file.parts[-3]}-{file.stem}" for file in files]


def written(graph: Graph, path: Node | None) -> str:
    if path is None:
        return "node"
    if isinstance(path, URIRef):
        return str(path)
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "|".join(str(step) for step in graph.items(alternatives))
    return "/".join(str(step) for step in graph.items(path))


def validate(graph: Graph) -> set[Result]:
    """Return the results about the graph's own records.

    Only shapes whose class one of them has are run. pySHACL's `focus_nodes` would be shorter, but it filters the
    values that nested shapes look at as well, so that every `sh:or` over classes passes.
    """
    own = {subject for subject, predicate in graph.subject_predicates() if predicate != RDF.type}
    classes = {kind for subject in own for kind in graph.objects(subject, RDF.type)}
    targets = sorted(str(shape) for shape, kind in shapes().subject_objects(SH.targetClass) if kind in classes)
    assert targets, "no record of a class that has a shape"
    validator = Validator(
        DataGraph.from_rdflib(graph),
        shacl_graph=Graph(),
        options={"advanced": False, "inplace": True, "use_shapes": targets},
    )
    validator.shacl_graph = loaded_shapes()
    _, report, _ = validator.run()  # type: ignore[no-untyped-call]
    assert isinstance(report, Graph)
    results = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        if report.value(result, SH.focusNode) in own:
            messages = [m for m in report.objects(result, SH.resultMessage) if isinstance(m, Literal)]
            english = next(str(message) for message in messages if message.language == "en")
            severity = str(report.value(result, SH.resultSeverity)).removeprefix(str(SH))
            results.add((written(report, report.value(result, SH.resultPath)), english, severity))
    return results


def expected(file: Path) -> set[Result]:
    results: list[Result] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"# expect-(path|message|severity): (.*)", line):
            key, value = match[1], match[2]
            if key == "path":
                results.append((value, "", "Violation"))
            else:
                path, message, severity = results.pop()
                results.append((path, value, severity) if key == "message" else (path, message, value))
    return set(results)


@pytest.mark.parametrize("file", VALID, ids=named(VALID))
def test_a_valid_example_conforms(file: Path) -> None:
    assert validate(Graph().parse(file)) == set()


@pytest.mark.parametrize("file", INVALID, ids=named(INVALID))
def test_an_invalid_example_gives_exactly_what_it_says(file: Path) -> None:
    wanted = expected(file)
    assert wanted, f"{file.name} does not say what to expect"
    assert validate(Graph().parse(file)) == wanted


@pytest.mark.parametrize("file", SHAPE_FILES, ids=lambda file: file.stem)
def test_every_shape_file_has_examples_of_both_sorts(file: Path) -> None:
    assert list((EXAMPLES / file.stem / "valid").glob("*.ttl")), f"no valid example of {file.stem}"
    assert list((EXAMPLES / file.stem / "invalid").glob("*.ttl")), f"no invalid example of {file.stem}"
    node_shape = URIRef(f"https://w3id.org/dgekg/shapes#{file.stem}Shape")
    assert (node_shape, SH.targetClass, None) in Graph().parse(file)


def test_no_examples_without_a_shape_file() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir()} == {file.stem for file in SHAPE_FILES}


def test_every_message_is_provoked_by_an_example() -> None:
    graph, seen = shapes(), {message for file in INVALID for _, message, _ in expected(file)}
    unseen = []
    for shape in shapes_a_record_meets(graph):
        english = next(m for m in graph.objects(shape, SH.message) if isinstance(m, Literal) and m.language == "en")
        if str(english) not in seen and not may_go_untried(graph, shape):
            unseen.append(str(shape).rpartition("#")[2])
    assert unseen == []


def shapes_a_record_meets(graph: Graph) -> list[Node]:
    """Node shapes with a target and the fields they list, without the helpers inside conditions."""
    tops = list(graph.subjects(SH.targetClass))
    return sorted([*tops, *(field for top in tops for field in graph.objects(top, SH.property))], key=str)


def may_go_untried(graph: Graph, shape: Node) -> bool:
    """A field that is written alike in several classes is tried in one of them at least."""
    path = graph.value(shape, SH.path)
    return path is not None and len(list(graph.subjects(SH.path, path))) > 1


def test_every_property_shape_speaks_three_languages_and_has_its_place() -> None:
    graph, faults = shapes(), []
    groups = set(graph.subjects(RDF.type, SH.PropertyGroup))
    for shape in set(graph.subjects(RDF.type, SH.PropertyShape)) | set(graph.subjects(SH.path)):
        if isinstance(shape, BNode):
            faults.append(f"a property shape without a name, for {graph.value(shape, SH.path)}")
            continue
        for word in (SH.name, SH.description, SH.message):
            if languages(graph, shape, word) != sorted(LANGUAGES):
                faults.append(f"{shape}: {word} is not in en, fr and es, once each")
        if graph.value(shape, SH.group) not in groups:
            faults.append(f"{shape}: sh:group is not one of groups.ttl")
        if graph.value(shape, SH.order) is None:
            faults.append(f"{shape}: no sh:order")
    assert faults == []


def test_every_node_shape_with_a_target_says_what_is_wrong_in_three_languages() -> None:
    graph = shapes()
    assert [s for s in graph.subjects(SH.targetClass) if languages(graph, s, SH.message) != sorted(LANGUAGES)] == []


def test_groups_have_names_and_an_order() -> None:
    graph = shapes()
    groups = list(graph.subjects(RDF.type, SH.PropertyGroup))
    orders = [graph.value(group, SH.order) for group in groups]
    label = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
    assert groups
    assert None not in orders
    assert len(set(orders)) == len(groups)
    assert all(languages(graph, group, label) == sorted(LANGUAGES) for group in groups)


def test_fields_of_a_class_stand_in_a_definite_order() -> None:
    graph = shapes()
    for top in set(graph.subjects(SH.property)) - set(graph.subjects(SH["not"])):
        orders = [graph.value(field, SH.order) for field in graph.objects(top, SH.property)]
        if (top, SH.targetClass, None) in graph:
            assert len(orders) == len(set(orders)), top


def test_only_core_constraints() -> None:
    graph = shapes()
    for word in (SH.sparql, SH.select, SH.js, SH.rule, SH.target, SH.expression):
        assert (None, word, None) not in graph


def test_patterns_take_linear_time() -> None:
    hostile = [
        "https://w3id.org/dgekg/id/practice/" + "a-" * 20_000 + "!",
        "a" * 40_000 + "!",
        "en" + "-aa" * 20_000,
        "-" * 40_000,
    ]
    for pattern in {str(value) for value in shapes().objects(None, SH.pattern)}:
        compiled, start = re.compile(pattern), time.perf_counter()
        for text in hostile:
            compiled.search(text)
        assert time.perf_counter() - start < 1, pattern


def test_there_are_published_examples() -> None:
    assert PUBLISHED


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_a_published_example_conforms(file: Path) -> None:
    graph = Graph().parse(file)
    defined = set(graph.subjects())
    for referenced in set(graph.objects()) - defined:
        for kind in known_types().get(referenced, ()):
            graph.add((referenced, RDF.type, kind))
    assert validate(graph) == set()


def languages(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    return sorted(str(o.language) for o in graph.objects(subject, predicate) if isinstance(o, Literal))


def test_every_target_class_is_found_without_parsing_all_files() -> None:
    """`Shapes.targets` reads only the files whose text names a class; none may be missed."""
    from rdflib.namespace import SH

    from dgekg.shapes import Shapes

    shapes = Shapes(ROOT / "shapes")
    stated = sorted((str(target), str(shape)) for shape, target in shapes.graph.subject_objects(SH.targetClass))
    found = sorted((kind, shape) for kind in {k for k, _s in stated} for _file, shape in shapes.targets(kind))
    assert len(stated) > 30
    assert found == stated
