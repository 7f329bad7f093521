"""Profiles: how much, and in which vocabulary, a document says (W3C Content Negotiation by Profile).

`full` is all that we hold; `card` describes a thing as catalogues and search engines do (DCAT, schema.org);
`labels` gives the words for all that the full document mentions; `alt` lists what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from dgekg import formats, identifiers
from dgekg.context import NAMESPACES
from dgekg.errors import NotAcceptable, shown
from dgekg.vocabulary import LABEL_PROPERTIES, PREFIXES
from dgekg.web.house import Visit
from dgekg.web.linked.described import PROFILES
from dgekg.web.linked.saying import a, said

if TYPE_CHECKING:
    from dgekg.web.linked.resources import Resource

_DCT, _SCHEMA, _DCAT, _PROV = PREFIXES["dct"], PREFIXES["schema"], PREFIXES["dcat"], PREFIXES["prov"]
_SKOS, _FOAF, _ALTR = PREFIXES["skos"], PREFIXES["foaf"], NAMESPACES["altr"]
_LEADS = frozenset({identifiers.concept("role", "lead"), identifiers.concept("role", "issuer")})

# What we say -> how a card says it.
_SAID: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(LABEL_PROPERTIES, (_DCT + "title", _SCHEMA + "name")),
    **dict.fromkeys(
        (_DCT + "description", _SKOS + "definition", identifiers.term("subjectMatter"), PREFIXES["rdfs"] + "comment"),
        (_DCT + "description", _SCHEMA + "description"),
    ),
    _SKOS + "altLabel": (_SCHEMA + "alternateName",),
    _DCT + "issued": (_DCT + "issued", _SCHEMA + "datePublished"),
    _DCT + "modified": (_DCT + "modified", _SCHEMA + "dateModified"),
    _DCT + "license": (_DCT + "license", _SCHEMA + "license"),
    _DCT + "identifier": (_DCT + "identifier", _SCHEMA + "identifier"),
    _SKOS + "notation": (_SCHEMA + "termCode",),
    _SKOS + "inScheme": (_SCHEMA + "inDefinedTermSet",),
    _DCT + "source": (_DCT + "source", _SCHEMA + "isBasedOn"),
    _FOAF + "page": (_SCHEMA + "sameAs",),
    _FOAF + "homepage": (_SCHEMA + "sameAs",),
    _SKOS + "exactMatch": (_SCHEMA + "sameAs",),
    _DCT + "language": (_SCHEMA + "inLanguage",),
    identifiers.term("provisionOf"): (_DCT + "isPartOf", _SCHEMA + "isPartOf"),
    identifiers.term("issuedBy"): (_DCT + "creator", _SCHEMA + "creator"),
    _PROV + "wasAttributedTo": (_DCT + "creator", _SCHEMA + "creator"),
    **dict.fromkeys(
        (identifiers.term("inRegion"), identifiers.term("inJurisdiction")),
        (_DCT + "spatial", _SCHEMA + "spatialCoverage"),
    ),
    identifiers.term("basedIn"): (_SCHEMA + "location",),
    **dict.fromkeys(
        (
            *(
                identifiers.term(name)
                for name in (
                    "practiceType", "lever", "approach", "actsAtStage", "governsStage", "enablesStage",
                    "addressesGroup", "applicationSector", "guaranteesRight", "instrumentFamily",
                )
            ),
            PREFIXES["org"] + "classification",
        ),
        (_DCAT + "theme", _SCHEMA + "about"),
    ),
}  # fmt: skip
_CLASSES: Mapping[str, tuple[str, ...]] = {
    "concept": (_SCHEMA + "DefinedTerm", _SKOS + "Concept"),
    "term": (_SCHEMA + "DefinedTerm",),
    "scheme": (_SCHEMA + "DefinedTermSet", _SKOS + "ConceptScheme"),
    "version": (_DCAT + "Dataset", _SCHEMA + "Dataset"),
    "actor": (_SCHEMA + "Organization", _FOAF + "Agent"),
    "advisory": (_SCHEMA + "Organization", _FOAF + "Agent"),
    "event": (_SCHEMA + "Event",),
}
_ANY = (_DCAT + "Resource", _SCHEMA + "CreativeWork")


def chosen(visit: Visit) -> tuple[str, str]:
    """Return the profile of the address (`_profile`, else full) and the one that the client likes best.

    Raises:
        NotAcceptable: it asks for none that there is; the known ones are named.
        InputError: a quality that is no number.
    """
    given = visit.request.query_params.get("_profile", "")
    asked = visit.request.headers.get("accept-profile", "")
    here = _known(given) if given else "full"
    if given or not asked.strip():
        return here, here
    best, best_quality = "", 0.0
    for address, quality in _asked(asked):
        name = _token(address)
        if name in PROFILES and quality > best_quality:
            best, best_quality = name, quality
    return here, best or _known(asked)


def _asked(header: str) -> Iterator[tuple[str, float]]:
    """Yield the profiles of an Accept-Profile header with their quality.

    >>> list(_asked('<https://w3id.org/dgekg/profile/card>; q=0.5, labels'))
    [('https://w3id.org/dgekg/profile/card', 0.5), ('labels', 1.0)]
    """
    for address, quality in formats.preferred(header, "Accept-Profile"):
        yield address.removeprefix("<").removesuffix(">").strip('"'), quality


def _token(text: str) -> str:
    return text.removeprefix(identifiers.profile("full").removesuffix("full"))


def _known(text: str) -> str:
    name = _token(text.strip().removeprefix("<").removesuffix(">"))
    if name in PROFILES:
        return name
    known = ", ".join(f"{token} <{identifiers.profile(token)}>" for token in PROFILES)
    raise NotAcceptable(f'profile: found "{shown(text)}", which is not known here. Known: {known}.', text, PROFILES)


def card(resource: Resource, core: Iterable[Triple]) -> list[Triple]:
    """Return a thing as catalogues and search engines describe it."""
    this = NamedNode(resource.iri)
    found: list[Triple] = []
    parts: dict[NamedNode, dict[str, list[object]]] = {}
    for triple in core:
        if triple.subject == this:
            found += said(resource.iri, *((name, triple.object) for name in _SAID.get(triple.predicate.value, ())))
        elif isinstance(triple.subject, NamedNode):
            parts.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    for part in parts.values():
        lead = any(getattr(role, "value", "") in _LEADS for role in part.get(_PROV + "hadRole", ()))
        name = "creator" if lead else "contributor"
        for agent in part.get(_PROV + "agent", ()):
            found += said(resource.iri, (_DCT + name, agent), (_SCHEMA + name, agent))
        if resource.family == "record":
            sources = part.get(_DCT + "source", ())
            found += said(resource.iri, *((n, s) for s in sources for n in (_DCT + "references", _SCHEMA + "citation")))
    local = identifiers.parse(resource.iri)
    kind = local.kind if local is not None and resource.family == "record" else resource.family
    found += a(resource.iri, *_CLASSES.get(kind, _ANY))
    page = NamedNode(identifiers.of_path(f"{resource.path}.{formats.HTML.suffix}"))
    found += said(resource.iri, (_DCAT + "landingPage", page), (_SCHEMA + "url", this))
    return list(dict.fromkeys(found))


def alternatives(resource: Resource) -> list[Triple]:
    """Return the list of all representations of a thing: profile, media type and address of each."""
    found: list[Triple] = []
    for name, kind, address in representations(resource):
        this = identifiers.of_path(address)
        found += said(resource.iri, (_ALTR + "hasRepresentation", NamedNode(this)))
        found += said(
            this,
            (_DCT + "conformsTo", NamedNode(identifiers.profile(name))),
            (_DCT + "format", kind.media_type),
        )
    return found


def representations(resource: Resource) -> Sequence[tuple[str, formats.Format, str]]:
    """Return profile, format and path of each representation."""
    return [
        (name, kind, f"{resource.path}.{kind.suffix}" + ("" if name == "full" else f"?_profile={name}"))
        for name in PROFILES
        for kind in formats.RECORDS
    ]
