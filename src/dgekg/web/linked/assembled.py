"""Whole documents as triples: what is said of a thing, words for all that it mentions, what points at it.

Every representation of a document is written from these triples, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from dgekg import context, identifiers
from dgekg.vocabulary import PREFIXES, RDF_TYPE, RDFS_LABEL
from dgekg.web.house import LICENCE, Visit
from dgekg.web.linked import pointing, profiles, resources
from dgekg.web.linked.pointing import Pointing
from dgekg.web.linked.resources import Resource

_DCT, _HYDRA = PREFIXES["dct"], context.NAMESPACES["hydra"]
_XSD = PREFIXES["xsd"]


@dataclass(frozen=True, slots=True)
class Page:
    """A further page of what points at a thing: by which property, after whom."""

    property: str
    after: str


def triples(
    visit: Visit, iri: str, profile: str = "full", page: Page | None = None, inverse: bool = True
) -> list[Triple]:
    """Return the triples of the document about an IRI.

    Args:
        visit: the request, which says of which version.
        iri: of a record, concept, scheme, term, shape, question ...
        profile: full, card, labels or alt.
        page: instead of the whole document, one page of what points at it.
        inverse: whether to say what points at it.

    Raises:
        RecordNotFound: this version has nothing of that address.
        UnknownValue: nothing points at it by the property of the page.
    """
    resource = resources.of_iri(visit, iri)
    core: list[Triple] = []
    lists: list[Pointing] = []
    if page is not None:
        lists = [pointing.one(visit, iri, page.property, page.after)]
    elif profile == "alt":
        core = profiles.alternatives(resource)
    else:
        core = resources.core(visit, resource)
        if profile == "card":
            core = profiles.card(resource, core)
        elif inverse and resource.stored:
            lists = pointing.every(visit, iri, resources.inside(resource))
    found = [*core, *_pointing(resource, lists)]
    found += _words(visit, iri, found)
    if profile == "labels":
        found = [t for t in found if t.predicate.value == RDFS_LABEL]
    return list(dict.fromkeys([*found, *_about(visit, resource, lists, profile, page)]))


def _pointing(resource: Resource, lists: Iterable[Pointing]) -> list[Triple]:
    thing = NamedNode(resource.iri)
    return [Triple(NamedNode(s), NamedNode(found.property), thing) for found in lists for s in found.subjects]


def _words(visit: Visit, iri: str, core: Iterable[Triple]) -> list[Triple]:
    """Return the words for every address that a document mentions and that has words."""
    names = visit.observatory.names
    mentioned: set[str] = {iri}
    labelled: set[str] = set()
    for triple in core:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, NamedNode):
                mentioned.add(term.value)
        if triple.predicate.value == RDFS_LABEL and isinstance(triple.subject, NamedNode):
            labelled.add(triple.subject.value)
    found = []
    for address in sorted(mentioned - labelled):
        for language, text in sorted(names.labels(address).items()):
            words = Literal(text, language=language) if language else Literal(text)
            found.append(Triple(NamedNode(address), NamedNode(RDFS_LABEL), words))
    return found


def _about(
    visit: Visit, resource: Resource, lists: Iterable[Pointing], profile: str, page: Page | None
) -> list[Triple]:
    """Return what a document says of itself: licence, version, day, and how much points at its subject."""
    version = visit.observatory.version
    address = identifiers.document(resource.path, version)
    this = NamedNode(address)
    day = Literal(visit.observatory.as_of.isoformat(), datatype=NamedNode(_XSD + "date"))
    found = [
        Triple(NamedNode(resource.iri), NamedNode(context.DOCUMENT), this),
        Triple(this, NamedNode(RDF_TYPE), NamedNode(PREFIXES["foaf"] + "Document")),
        Triple(this, NamedNode(_DCT + "license"), NamedNode(LICENCE)),
        Triple(this, NamedNode(_DCT + "conformsTo"), NamedNode(identifiers.profile(profile))),
        Triple(this, NamedNode(PREFIXES["dcat"] + "version"), Literal(version)),
        Triple(this, NamedNode(context.AS_OF), day),
    ]
    if identifiers.SLUG.fullmatch(version):
        found.append(Triple(this, NamedNode(_DCT + "isPartOf"), NamedNode(identifiers.version(version))))
    listed = _listed(visit, resource)
    if listed and profile == "full":
        found.append(Triple(this, NamedNode(PREFIXES["rdfs"] + "seeAlso"), NamedNode(listed)))
    for one in lists:
        found += _list(resource, address, one, page)
    return found


def _listed(visit: Visit, resource: Resource) -> str:
    """Return the address of the list of practices that are counted under a concept or norm; "" for anything else."""
    local = identifiers.parse(resource.iri)
    if local is None or not local.slug or resource.family not in ("record", "concept"):
        return ""
    home = identifiers.scheme(local.scheme) if local.scheme else identifiers.main_class(local.kind)
    name = next((n for n, d in visit.observatory.index.dimensions.items() if d.home == home), "")
    return identifiers.listed(name, local.slug) if name else ""


def _list(resource: Resource, address: str, one: Pointing, page: Page | None) -> list[Triple]:
    """Return what a document says of one list of what points at its subject."""
    short = identifiers.compact(one.property)
    this = NamedNode(identifiers.within(address, f"by-{short.replace(':', '-')}"))
    total = Literal(str(one.total), datatype=NamedNode(_XSD + "integer"))
    found = [
        Triple(NamedNode(address), NamedNode(context.COLLECTION), this),
        Triple(this, NamedNode(RDF_TYPE), NamedNode(_HYDRA + "Collection")),
        Triple(this, NamedNode(context.PROPERTY), NamedNode(one.property)),
        Triple(this, NamedNode(context.TOTAL), total),
    ]
    if one.more or page is not None:
        view = NamedNode(identifiers.page(resource.path, short, page.after if page else ""))
        found += [
            Triple(this, NamedNode(context.VIEW), view),
            Triple(view, NamedNode(RDF_TYPE), NamedNode(_HYDRA + "PartialCollectionView")),
        ]
        if one.more:
            following = identifiers.page(resource.path, short, one.subjects[-1])
            found.append(Triple(view, NamedNode(context.NEXT), NamedNode(following)))
    return found
