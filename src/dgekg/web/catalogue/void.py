"""The statistics of the graph as VoID: counts, partitions by class and property, vocabularies, links, examples."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Triple
from starlette.requests import Request
from starlette.responses import Response

from dgekg import formats, identifiers, partitions
from dgekg.identifiers import compact
from dgekg.observatory import Observatory
from dgekg.partitions import Partitions
from dgekg.vocabulary import BASE
from dgekg.web.catalogue.about import DATASET, about, told
from dgekg.web.catalogue.telling import a, chosen, graph, node, spoken, tell
from dgekg.web.house import LICENCE, House, Visit
from dgekg.web.kept import kept_with

PATH = "/.well-known/void"
_EXAMPLES = ("practice", "actor", "instrument", "provision", "collection")
_FORMATS = "http://www.w3.org/ns/formats/"


@kept_with
def statistics(observatory: Observatory) -> Partitions:
    """Return the counts of a version: those that the build kept, else counted once (seconds per million statements).

    Raises:
        StoreError: the store cannot be reached or read.
    """
    found = partitions.read(observatory.folder)
    return found if found is not None else partitions.count(observatory.store, observatory.project.queries)


def void(house: House, request: Request) -> Response:
    """`/.well-known/void`: what the dataset is made of."""
    visit = Visit(house, request)
    kind = chosen(visit, "", formats.GRAPHS, PATH)
    return graph(visit, kind, lambda: described(visit), [(visit.absolute("/catalog"), "describedby", "")])


def described(visit: Visit) -> Iterator[Triple]:
    """Yield the description of the dataset by VoID, as the service description carries it too."""
    found = statistics(visit.observatory)
    here = visit.absolute(PATH)
    yield from tell(here, a("void:DatasetDescription"), ("foaf:primaryTopic", node(DATASET)))
    yield from tell(here, *spoken("dct:title", about("void_title")), ("dct:license", node(LICENCE)))
    yield from tell(
        DATASET,
        a("void:Dataset"),
        *spoken("dct:title", told(visit)["title"]),
        ("dct:license", node(LICENCE)),
        ("void:sparqlEndpoint", node(visit.absolute("/sparql"))),
        ("void:uriSpace", BASE),
        ("void:triples", found.triples),
        ("void:entities", sum(visit.snapshot.counts.values())),
        ("void:distinctSubjects", found.subjects),
        ("void:distinctObjects", found.objects),
        ("void:properties", len(found.properties)),
        ("void:classes", len(found.classes)),
        *(("void:vocabulary", node(iri)) for iri in found.vocabularies),
        *(("void:feature", node(_FORMATS + n)) for n in ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")),
        *(("void:exampleResource", node(iri)) for iri in _examples(visit)),
        *(("void:dataDump", node(visit.absolute(f"/download/dump.{f.suffix}.gz"))) for f in formats.DATASETS),
    )
    yield from _partitions(found)
    yield from _linksets(found)


def _examples(visit: Visit) -> list[str]:
    """Return one record of each of the kinds that matter most, the first by its address."""
    first = (next(visit.snapshot.classes.under(identifiers.records(kind)), "") for kind in _EXAMPLES)
    return [iri for iri in first if iri]


def _partitions(found: Partitions) -> Iterator[Triple]:
    for iri, count in found.classes.items():
        part = identifiers.within(DATASET, f"class-{_mark(iri)}")
        yield from tell(DATASET, ("void:classPartition", node(part)))
        yield from tell(part, ("void:class", node(iri)), ("void:entities", count))
    for iri, count in found.properties.items():
        part = identifiers.within(DATASET, f"property-{_mark(iri)}")
        yield from tell(DATASET, ("void:propertyPartition", node(part)))
        yield from tell(part, ("void:property", node(iri)), ("void:triples", count))


def _linksets(found: Partitions) -> Iterator[Triple]:
    for number, (name, space, count) in enumerate(found.links, 1):
        part, target = (identifiers.within(DATASET, n) for n in (f"links-{number}", f"target-{_mark(space)}"))
        yield from tell(DATASET, ("void:subset", node(part)))
        yield from tell(target, a("void:Dataset"), ("void:uriSpace", space))
        yield from tell(
            part,
            a("void:Linkset"),
            ("void:linkPredicate", node(name)),
            ("void:subjectsTarget", node(DATASET)),
            ("void:objectsTarget", node(target)),
            ("void:triples", count),
        )


def _mark(iri: str) -> str:
    """Return an IRI as the end of another one."""
    return compact(iri).replace("://", "-").replace(":", "-").replace("/", "-").replace("#", "-").rstrip("-")
