"""A release described for archives (RO-Crate 1.1) and for data catalogues (DCAT 3 in JSON-LD)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dgekg import __version__, formats, identifiers
from dgekg.release.papers import HOME, LICENCE, Facts, cited, files, media_type, what
from dgekg.vocabulary import LANGUAGES, PREFIXES

FILE = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_PUBLISHER, _SOFTWARE, _MAKING = "#publisher", "#software", "#making"
_SPDX = "http://spdx.org/rdf/terms#"


def metadata(facts: Facts, folder: Path) -> str:
    """Return the description of the whole folder by RO-Crate 1.1; every file that is there is named."""
    held = {name: one for name, one in files(folder).items() if name != FILE}
    graph: list[dict[str, Any]] = [
        {
            "@id": FILE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": _SPECIFICATION},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": f"{facts.words['title']['en']}, release {facts.name}",
            "description": facts.words["description"]["en"],
            "datePublished": facts.day,
            "version": facts.name,
            "identifier": facts.iri,
            "license": {"@id": LICENCE},
            "publisher": {"@id": _PUBLISHER},
            "author": {"@id": _PUBLISHER},
            "keywords": list(facts.words["keywords"]["en"]),
            "creditText": cited(facts),
            "hasPart": [{"@id": name} for name in held],
            "mentions": {"@id": _MAKING},
        },
        {"@id": _PUBLISHER, "@type": "Organization", "name": facts.publisher, **_reached(facts)},
        {"@id": LICENCE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0 International"},
        {
            "@id": _SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "dgekg",
            "version": str(facts.version.meta.get("code", __version__)),
            "url": HOME,
        },
        {
            "@id": _MAKING,
            "@type": "CreateAction",
            "name": f"dgekg build --as-of {facts.day}; dgekg release --name {facts.name}",
            "instrument": {"@id": _SOFTWARE},
            "agent": {"@id": _PUBLISHER},
            "endTime": facts.day,
            "result": {"@id": "./"},
        },
    ]
    for name, one in held.items():
        graph.append(
            {
                "@id": name,
                "@type": "File",
                "name": what(name) or name,
                "encodingFormat": one["media_type"],
                "contentSize": str(one["bytes"]),
                "sha256": one["sha256"],
                "license": {"@id": LICENCE},
            }
        )
    body = {"@context": f"{_SPECIFICATION}/context", "@graph": graph}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _reached(facts: Facts) -> dict[str, str]:
    if facts.contact.startswith("mailto:"):
        return {"email": facts.contact.removeprefix("mailto:")}
    return {"url": facts.contact or HOME}


def catalogue(facts: Facts, folder: Path) -> str:
    """Return the entry for a data catalogue; addresses of files are relative to it, so that it holds where it lies."""
    dataset = identifiers.within(f"{HOME}/catalog", "dataset")
    body = {
        "@context": {
            "dcat": PREFIXES.get("dcat", "http://www.w3.org/ns/dcat#"),
            "dct": PREFIXES["dct"],
            "foaf": PREFIXES["foaf"],
            "spdx": _SPDX,
            "xsd": PREFIXES["xsd"],
        },
        "@id": facts.iri,
        "@type": "dcat:Dataset",
        "dct:title": [{"@value": facts.words["title"][code], "@language": code} for code in LANGUAGES],
        "dct:description": [{"@value": facts.words["description"][code], "@language": code} for code in LANGUAGES],
        "dct:identifier": facts.iri,
        "dcat:version": facts.name,
        "dcat:isVersionOf": {"@id": dataset},
        "dct:issued": {"@value": facts.day, "@type": "xsd:date"},
        "dct:license": {"@id": LICENCE},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": facts.publisher},
        "dct:conformsTo": {"@id": identifiers.of_path("/ontology")},
        "dcat:keyword": [
            {"@value": one, "@language": code} for code in LANGUAGES for one in facts.words["keywords"][code]
        ],
        "dcat:distribution": [_distribution(name, one) for name, one in files(folder).items() if "/" in name],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _distribution(name: str, one: dict[str, Any]) -> dict[str, Any]:
    types = {"dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{one['media_type']}"}}
    if one["media_type"] == formats.GZIP_TYPE:
        inner = media_type(name.removesuffix(".gz"))
        types["dcat:compressFormat"] = types.pop("dcat:mediaType")
        types["dcat:mediaType"] = {"@id": f"https://www.iana.org/assignments/media-types/{inner}"}
    return {
        "@type": "dcat:Distribution",
        "dct:title": {"@value": what(name), "@language": "en"},
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        **types,
        "dct:license": {"@id": LICENCE},
        "dcat:byteSize": {"@value": str(one["bytes"]), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": f"{_SPDX}checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": one["sha256"], "@type": "xsd:hexBinary"},
        },
    }
