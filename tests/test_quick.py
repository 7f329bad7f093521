"""The quick look against pySHACL: it may say "certain" only where pySHACL finds nothing.

Tried on every example of the shapes, on the faults of the small world, and on its documents changed at random. And it
must be of use: what is sound has to pass, or pySHACL would be asked about everything.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from dgekg import documents
from dgekg.build import Sources
from dgekg.documents import Document
from dgekg.examining.constraints import Reader
from dgekg.examining.quick import Quick
from dgekg.examining.values import Unknown
from dgekg.shapes import Context, Shapes
from dgekg.vocabulary import BASE, PREFIXES, RDF_TYPE
from lengths import examples

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "tests" / "shapes").glob("*/*/*.ttl"))
XSD = PREFIXES["xsd"]


@pytest.fixture(scope="module")
def quick() -> Quick:
    return Quick(Shapes(ROOT / "shapes"))


def turtle(triples: list[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def read(data: bytes, folder: Path) -> Document:
    file = folder / "tried.ttl"
    file.write_bytes(data)
    return documents.read(file, folder)[0]


def agree(document: Document, quick: Quick, context: Context) -> bool:
    """Say what the quick look says, after making sure that pySHACL has nothing against a yes."""
    certain = quick.conforms(document.content, context)
    if certain:
        assert quick.shapes.validate(document, context) == []
    return certain


def apart(file: Path, folder: Path, sources: Sources) -> tuple[Document, Context]:
    """Return the records of an example without those that stand for others, and the classes of all."""
    whole = documents.read(file, ROOT)[0]
    triples = whole.triples
    own = {t.subject for t in triples if t.predicate.value != RDF_TYPE}
    document = read(turtle([t for t in triples if t.subject in own]), folder)
    return document, {**sources.context, **documents.classes([whole])}


def test_examples_that_break_a_shape_are_never_certain(quick: Quick, real_sources: Sources, tmp_path: Path) -> None:
    certain = []
    for file in EXAMPLES:
        document, context = apart(file, tmp_path, real_sources)
        if quick.conforms(document.content, context):
            certain.append(file)
    assert len(EXAMPLES) > 500
    assert [file.name for file in certain if file.parent.name == "invalid"] == []
    assert len(certain) > 60  # and most valid ones are


def test_what_is_sound_passes(quick: Quick, world_sources: Sources) -> None:
    everything = [*world_sources.records, *world_sources.vocabulary]
    asked = [d.file for d in everything if not quick.conforms(d.content, world_sources.context)]
    assert asked == []


def test_every_class_of_the_shapes_is_known(quick: Quick) -> None:
    target = PREFIXES["sh"] + "targetClass"
    triples = [t for file in quick.shapes.files for t in quick.shapes.triples(file)]
    kinds = {t.object.value for t in triples if t.predicate.value == target and isinstance(t.object, NamedNode)}
    assert len(kinds) > 30
    assert [kind for kind in sorted(kinds) if quick.plans(kind) is None] == []


def changed(triples: list[Triple], pool: list[Triple], rng: random.Random) -> list[Triple]:
    """Return triples with one thing changed: dropped, doubled, given another value, property or language."""
    at = rng.randrange(len(triples))
    triple, other = triples[at], rng.choice(pool)
    kind = rng.randrange(8)
    rest = triples[:at] + triples[at + 1 :]
    value = triple.object
    if kind == 0:
        return rest
    if kind == 1:
        return [*triples, Triple(triple.subject, triple.predicate, other.object)]
    if kind == 2:
        return [*rest, Triple(triple.subject, triple.predicate, other.object)]
    if kind == 3:
        return [*rest, Triple(triple.subject, other.predicate, value)]
    if kind == 4:
        text = rng.choice(["", "01", "-1", "+1", "2", "x", "2026-02-30", "2026-13-01", "0000", "true", "1", "2026"])
        datatype = rng.choice(["string", "integer", "date", "gYear", "boolean", "dateTime", "decimal"])
        return [*rest, Triple(triple.subject, triple.predicate, Literal(text, datatype=NamedNode(XSD + datatype)))]
    if kind == 5:
        text = value.value if isinstance(value, Literal) else "text"
        language = rng.choice(["en", "EN", "fr", "es", "de", "sw", ""])
        literal = Literal(text, language=language) if language else Literal(text)
        return [*rng.choice([rest, triples]), Triple(triple.subject, triple.predicate, literal)]
    if kind == 6:
        address = rng.choice(["javascript:alert(1)", "https://example.org/", "mailto:a@example.org", BASE + "id/x/X"])
        return [*rest, Triple(triple.subject, triple.predicate, NamedNode(address))]
    return [*rest, Triple(NamedNode(BASE + "id/practice/Other"), triple.predicate, value)]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), often=st.integers(1, 3))
def test_documents_changed_at_random(
    quick: Quick, world_sources: Sources, tmp_path: Path, seed: int, often: int
) -> None:
    rng = random.Random(seed)
    pool = [t for d in world_sources.records for t in d.triples]
    document = rng.choice(world_sources.records)
    triples = list(document.triples)
    for _ in range(often):
        triples = changed(triples, pool, rng) or triples
    agree(read(turtle(triples), tmp_path), quick, world_sources.context)


@pytest.mark.parametrize(
    "beyond",
    [
        "sh:maxLength 3",
        "sh:deactivated true",
        "sh:closed true",
        "sh:path [ sh:inversePath <p> ]",
        "sh:path [ sh:zeroOrMorePath <p> ]",
        "sh:path <p> ; sh:minCount 2",
        "sh:path <p> ; sh:datatype xsd:float",
        "sh:path <p> ; sh:not [ sh:minCount 1 ]",
        "sh:path <p> ; sh:not [ sh:in ( 1 ) ]",
        "sh:path <p> ; sh:in ( 1 2 )",
        'sh:path <p> ; sh:flags "i" ; sh:pattern "abc"',
        "sh:path <p> ; sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMaxCount 1",
        "sh:path <p> ; sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 2",
        "sh:path <p> ; sh:uniqueLang false",
        "sh:path <p> ; sh:nodeKind sh:BlankNode",
        "sh:path <p> ; sh:node <other>",
        "sh:path <p> ; <https://example.org/extension> 1",
    ],
)
def test_what_is_not_known_is_left_to_pyshacl(beyond: str) -> None:
    text = f"@prefix sh: <{PREFIXES['sh']}> . @prefix xsd: <{XSD}> . <s> {beyond} ."
    triples = [q.triple for q in parse(text, format=RdfFormat.TURTLE, base_iri=BASE)]
    reader = Reader(triples)
    with pytest.raises(Unknown):
        reader.field(NamedNode(BASE + "s")) if "sh:path" in beyond else reader.node(NamedNode(BASE + "s"))
