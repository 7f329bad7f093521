"""What a page says in schema.org's words, for search engines: only what the data holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from dgekg import formats, identifiers, packaged
from dgekg.distributions import ARCHIVES
from dgekg.store.base import Term
from dgekg.vocabulary import BASE, LANGUAGES, PREFIXES, RDF_TYPE
from dgekg.web.catalogue.about import DATASET, told
from dgekg.web.catalogue.downloads import listed
from dgekg.web.house import LICENCE, Visit

_CONTEXT = "https://schema.org"
_DCT = PREFIXES["dct"]
_DATASET_PAGES = ("/", "/data")


def _rules() -> Mapping[str, Any]:
    found: Mapping[str, Any] = packaged.table("web/catalogue/schema-org.yaml")
    return found


def block(visit: Visit, iri: str = "") -> Markup:
    """Return a script element with data, for the head of a page; nothing where there is nothing to say.

    Args:
        visit: the request.
        iri: what the page is about.
    """
    path = visit.request.url.path.removeprefix(visit.root) or "/"
    if iri in visit.snapshot.classes and identifiers.parse(iri) is not None:
        said = record(visit, iri)
    elif path in _DATASET_PAGES:
        said = dataset(visit)
    else:
        return Markup("")
    text = json.dumps({"@context": _CONTEXT, **said}, ensure_ascii=False)
    for sign in "<>&":  # nothing in a text may end the element
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))


def dataset(visit: Visit) -> dict[str, Any]:
    """Return the dataset."""
    publisher = {"@type": "Organization", "name": visit.house.settings.publisher}
    return {
        "@type": "Dataset",
        "@id": DATASET,
        "name": told(visit)["title"][visit.language],
        "description": told(visit)["description"][visit.language],
        "url": visit.absolute("/data"),
        "license": LICENCE,
        "version": visit.observatory.version,
        "dateModified": visit.observatory.as_of.isoformat(),
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "keywords": told(visit)["keywords"][visit.language],
        "creator": publisher,
        "publisher": publisher,
        "includedInDataCatalog": {"@type": "DataCatalog", "url": visit.absolute("/catalog")},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f.name,
                "contentUrl": visit.absolute(f"/download/{f.name}"),
                "encodingFormat": f.media_type,
                "license": LICENCE,
            }
            for f in listed(visit.snapshot)
            if f.packing and (f.name in ARCHIVES or f.form in formats.DATASETS)
        ],
    }


def record(visit: Visit, iri: str) -> dict[str, Any]:
    """Return the page of a record or concept, and what it is about."""
    facts: dict[str, list[Term]] = {}
    for triple in visit.observatory.store.describe(iri):
        if isinstance(triple.object, NamedNode | Literal):
            facts.setdefault(triple.predicate.value, []).append(triple.object)
    days = {
        name: facts[_DCT + own][0].value
        for name, own in (("dateCreated", "issued"), ("dateModified", "modified"))
        if facts.get(_DCT + own)
    }
    return {
        "@type": "WebPage",
        "@id": visit.absolute(f"{identifiers.path_of(iri)}.{formats.HTML.suffix}"),
        "inLanguage": visit.language,
        "license": LICENCE,
        **days,
        "isPartOf": {"@type": "Dataset", "@id": DATASET, "name": told(visit)["title"][visit.language]},
        "mainEntity": _thing(visit, iri, facts),
    }


def _thing(visit: Visit, iri: str, facts: Mapping[str, list[Term]]) -> dict[str, Any]:
    local, rules = identifiers.parse(iri), _rules()
    assert local is not None
    kind = ("concept" if local.slug else "scheme") if local.kind == "scheme" else local.kind
    values = {t.value for terms in facts.values() for t in terms if isinstance(t, NamedNode)}
    type_ = next((t for value, t in rules["values"].items() if value in values), rules["kinds"].get(kind, "Thing"))
    found: dict[str, Any] = {"@type": type_, "@id": iri, "name": visit.label(iri)}
    classes = sorted(t.value for t in facts.get(RDF_TYPE, ()) if t.value.startswith(PREFIXES["dgekg"]))
    if classes:
        found["additionalType"] = classes
    for name, short in rules["properties"].items():
        if short not in found and type_ in rules["only"].get(short, [type_]):
            given = _values(visit, facts.get(name, ()))
            if given:
                found[short] = given if len(given) > 1 else given[0]
    return found


def _values(visit: Visit, terms: Iterable[Term]) -> list[Any]:
    """Return values as schema.org writes them: of texts those in the page's language, else in English."""
    all_ = list(terms)
    texts = [t for t in all_ if isinstance(t, Literal) and t.language]
    tongues = [t.language for t in texts]
    tongue = next((code for code in (visit.language, "en", *tongues) if code in tongues), "")
    plain = [t for t in all_ if isinstance(t, Literal) and not t.language]
    links = [{"@id": t.value} if t.value.startswith(BASE) else t.value for t in all_ if isinstance(t, NamedNode)]
    return [*(t.value for t in texts if t.language == tongue), *(t.value for t in plain), *links]
