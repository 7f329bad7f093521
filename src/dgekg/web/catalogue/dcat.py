"""The catalogue by DCAT 3 and DCAT-AP: the dataset with its versions, a distribution a file, the services."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pyoxigraph import Literal, Triple
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, identifiers, versions
from dgekg.distributions import CHECKSUMS
from dgekg.errors import UnknownValue
from dgekg.web.catalogue import files
from dgekg.web.catalogue.about import CATALOG, DATASET, about, known, told
from dgekg.web.catalogue.downloads import Sums, shelf
from dgekg.web.catalogue.files import AUTHORITY, concept, distribution, languages
from dgekg.web.catalogue.telling import a, chosen, graph, node, spoken, tell, typed
from dgekg.web.house import LICENCE, House, Visit, link_header
from dgekg.web.snapshot import query

PATH = "/catalog"
OFFERS = (*formats.GRAPHS, formats.JSON, formats.HTML)
_PUBLISHER = identifiers.within(CATALOG, "publisher")
_CONTACT = identifiers.within(CATALOG, "contact")
_PERIOD = identifiers.within(CATALOG, "period")
_SPARQL = "https://www.w3.org/TR/sparql11-protocol/"
_OPENAPI = "https://spec.openapis.org/oas/latest"
_LDES = "https://w3id.org/ldes/specification"


def catalog(house: House, request: Request) -> Response:
    """`/catalog`, `/catalog.{suffix}`: by Accept or by suffix; for a person the page of the data."""
    visit = Visit(house, request)
    suffix = str(request.path_params.get("suffix", ""))
    if suffix and suffix not in {f.suffix for f in OFFERS}:
        raise UnknownValue("catalog: ending", f".{suffix}", [f".{f.suffix}" for f in OFFERS])
    kind = chosen(visit, suffix, OFFERS, PATH)
    links = [(CATALOG, "canonical", ""), (visit.absolute("/.well-known/void"), "describedby", "")]
    if kind is formats.HTML:
        found = RedirectResponse(visit.url("/data"), 303)
        found.headers["Vary"] = "Accept, Accept-Language"
        found.headers["Link"] = link_header([*links, (LICENCE, "license", "")])
        return found
    sums = shelf(visit.snapshot).sums(wait=False)
    kind = dataclasses.replace(kind, suffix=f"{kind.suffix} {len(sums)}")  # with more files made it is another answer
    if kind.rdf is None:
        headers = {"Link": link_header([*links, (LICENCE, "license", "")])}
        return visit.answer(kind, lambda: _plain(visit, sums), headers)
    return graph(visit, kind, lambda: described(visit, sums), links)


def described(visit: Visit, sums: Sums) -> Iterator[Triple]:
    """Yield the catalogue.

    Args:
        visit: the request.
        sums: size and checksum of the files that are made already.
    """
    names = [name for name, _ in services(visit)]
    yield from tell(
        CATALOG,
        a("dcat:Catalog"),
        *spoken("dct:title", about("catalogue_title")),
        *spoken("dct:description", about("catalogue_description")),
        ("dct:publisher", node(_PUBLISHER)),
        ("dct:license", node(LICENCE)),
        ("foaf:homepage", node(visit.absolute("/"))),
        ("dcat:themeTaxonomy", node(f"{AUTHORITY}data-theme")),
        *languages(),
        *(("dct:issued", d) for d in _days(visit)["issued"][:1]),
        ("dct:modified", typed(visit.observatory.as_of.isoformat(), "date")),
        ("dct:spatial", node(identifiers.concept("region", "001"))),
        ("dcat:dataset", node(DATASET)),
        *(("dcat:service", node(name)) for name in names),
    )
    yield from tell(f"{AUTHORITY}data-theme", a("skos:ConceptScheme"), *spoken("dct:title", {"en": "Data theme"}))
    yield from tell(LICENCE, a("dct:LicenseDocument"))
    yield from tell(visit.absolute("/"), a("foaf:Document"))
    for standard in (_SPARQL, _OPENAPI, _LDES):
        yield from tell(standard, a("dct:Standard"))
    yield from _people(visit)
    yield from _dataset(visit)
    yield from _versions(visit)
    for file in shelf(visit.snapshot).files.values():
        yield from files.described(visit, file, sums)
    for name, pairs in services(visit):
        yield from tell(name, a("dcat:DataService"), ("dcat:servesDataset", node(DATASET)), *pairs)


def _people(visit: Visit) -> Iterator[Triple]:
    settings = visit.house.settings
    yield from tell(_PUBLISHER, a("foaf:Agent"), ("foaf:name", settings.publisher))
    name = "vcard:hasEmail" if settings.contact.startswith("mailto:") else "vcard:hasURL"
    where = (name, node(settings.contact or visit.absolute("/contribute")))
    note = spoken("vcard:note", about("contact"))
    yield from tell(_CONTACT, a("vcard:Organization"), a("vcard:Kind"), ("vcard:fn", settings.publisher), where, *note)


def _dataset(visit: Visit) -> Iterator[Triple]:
    days = _days(visit)
    yield from tell(
        DATASET,
        a("dcat:Dataset"),
        *spoken("dct:title", told(visit)["title"]),
        *spoken("dct:description", told(visit)["description"]),
        ("dct:identifier", DATASET),
        ("dct:publisher", node(_PUBLISHER)),
        ("dcat:contactPoint", node(_CONTACT)),
        ("dct:license", node(LICENCE)),
        ("dct:accessRights", node(f"{AUTHORITY}access-right/PUBLIC")),
        ("dct:accrualPeriodicity", node(f"{AUTHORITY}frequency/IRREG")),
        ("dcat:version", visit.observatory.version),
        ("dcat:landingPage", node(visit.absolute("/data"))),
        ("foaf:page", node(visit.absolute("/about"))),
        ("foaf:page", node(visit.absolute("/method"))),
        ("dct:spatial", node(identifiers.concept("region", "001"))),
        ("dct:temporal", node(_PERIOD)),
        ("dct:conformsTo", node(identifiers.of_path("/ontology"))),
        ("dct:modified", typed(visit.observatory.as_of.isoformat(), "date")),
        *(("dct:issued", d) for d in days["issued"][:1]),
        *languages(),
        *(("dcat:theme", node(f"{AUTHORITY}data-theme/{code}")) for code in known()["themes"]),
        *_keywords(visit),
        *(("dcat:distribution", node(distribution(f))) for f in shelf(visit.snapshot).files.values()),
    )
    yield from tell(identifiers.concept("region", "001"), a("dct:Location"))
    yield from tell(identifiers.of_path("/ontology"), a("dct:Standard"))
    for page in ("/about", "/method"):
        yield from tell(visit.absolute(page), a("foaf:Document"))
    yield from tell(visit.absolute("/data"), a("foaf:Document"))
    yield from tell(
        _PERIOD,
        a("dct:PeriodOfTime"),
        *(("dcat:startDate", d) for d in days["covers"][:1]),
        ("dcat:endDate", typed(visit.observatory.as_of.isoformat(), "date")),
    )
    for code, words in known()["themes"].items():
        yield from concept("data-theme", code, "skos:Concept")
        yield from tell(f"{AUTHORITY}data-theme/{code}", *spoken("skos:prefLabel", words))
    for code in known()["languages"]:
        yield from concept("language", code, "dct:LinguisticSystem")
    yield from concept("access-right", "PUBLIC", "dct:RightsStatement")
    yield from concept("frequency", "IRREG", "dct:Frequency")


def _versions(visit: Visit) -> Iterator[Triple]:
    """Yield the kept versions as datasets of their own, the newest first; each follows the next."""
    builds = visit.observatory.builds
    found = versions.kept(builds) if builds is not None else []
    for name, before in zip(found, [*found[1:], ""], strict=False):
        iri, page = identifiers.version(name), f"{visit.origin}{visit.base}/version/{name}/data"
        previous = [("dcat:previousVersion", node(identifiers.version(before)))] if before else []
        yield from tell(DATASET, ("dcat:hasVersion", node(iri)))
        if name == visit.observatory.version:
            yield from tell(DATASET, *previous)
        yield from tell(
            iri,
            a("dcat:Dataset"),
            *spoken("dct:title", about("version_title", version=name)),
            *spoken("dct:description", about("version_description")),
            ("dcat:version", name),
            ("dcat:isVersionOf", node(DATASET)),
            ("dct:publisher", node(_PUBLISHER)),
            ("dct:license", node(LICENCE)),
            ("dcat:landingPage", node(page)),
            *previous,
        )
        yield from tell(page, a("foaf:Document"))


def services(visit: Visit) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Yield the services of this house: name, and what is said of each."""
    for name, path, description, standard in (
        ("sparql", "/sparql", "/sparql", _SPARQL),
        ("api", "/api", "/openapi.json", _OPENAPI),
        ("feed", "/feed", "/feed", _LDES),
    ):
        yield (
            identifiers.within(CATALOG, name),
            [
                *spoken("dct:title", about(f"{name}_title")),
                ("dcat:endpointURL", node(visit.absolute(path))),
                ("dcat:endpointDescription", node(visit.absolute(description))),
                ("dct:conformsTo", node(standard)),
                ("dct:license", node(LICENCE)),
                ("dct:accessRights", node(f"{AUTHORITY}access-right/PUBLIC")),
                ("dct:publisher", node(_PUBLISHER)),
                ("dcat:contactPoint", node(_CONTACT)),
            ],
        )


def _plain(visit: Visit, sums: Sums) -> str:
    """Return the catalogue as plain JSON."""
    listed = [
        {
            "name": file.name,
            "url": visit.absolute(f"/download/{file.name}"),
            "media_type": file.form.media_type,
            "packing": file.packing,
            "bytes": sums[file.name][0] if file.name in sums else None,
            "sha256": sums[file.name][1] if file.name in sums else None,
            "license": LICENCE,
        }
        for file in shelf(visit.snapshot).files.values()
    ]
    body: Mapping[str, Any] = {
        "iri": DATASET,
        "title": told(visit)["title"],
        "description": told(visit)["description"],
        "publisher": visit.house.settings.publisher,
        "version": visit.observatory.version,
        "as_of": visit.observatory.as_of.isoformat(),
        "license": LICENCE,
        "files": listed,
        "checksums": visit.absolute(f"/download/{CHECKSUMS}"),
        "services": {n: visit.absolute(f"/{n}") for n in ("sparql", "api", "feed")},
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _days(visit: Visit) -> dict[str, list[Any]]:
    """Return the first and last day of what was recorded, and of what the records speak of."""
    found: dict[str, list[Any]] = {"issued": [], "covers": []}
    for row in visit.observatory.store.select(query("catalog-dates")).dicts():
        for end in ("first", "last"):
            value = row.get(end, "")
            kind = "gYear" if len(value) == 4 else "date"
            found.setdefault(row.get("what", ""), []).extend([typed(value, kind)] if value else [])
    return found


def _keywords(visit: Visit) -> Iterator[tuple[str, Literal]]:
    for language, words in told(visit)["keywords"].items():
        for word in words:
            yield from spoken("dcat:keyword", {language: word})
