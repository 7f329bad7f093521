"""What a release says of itself: README, CITATION.cff, DataCite's JSON, and `release.json` for programs."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from dgekg import __version__, collection, distributions, formats, identifiers, packaged, targets
from dgekg.settings import Settings
from dgekg.versions import Version
from dgekg.vocabulary import BASE, LANGUAGES

MARK = "release.json"
LICENCE, LICENCE_ID = "https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"
HOME = BASE.rstrip("/")
_COUNTED = ("Practice", "Actor", "Instrument", "Provision", "Evidence", "SupportAssertion", "Assessment")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a release.

    Attributes:
        name: such as 2026.1.
        version: as it may be shown.
        publisher: who publishes.
        contact: where to write to, or "".
        warnings: how many findings the validation report has.
        about: title, description and keywords of the collection itself, where it has them.
    """

    name: str
    version: Version
    publisher: str
    contact: str
    warnings: int
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, version: Version, settings: Settings, warnings: int) -> Facts:
        """Return the facts of a release of a version."""
        about = collection.read(settings.project().data).about
        return cls(name, version, settings.publisher, settings.contact, warnings, about)

    @property
    def words(self) -> Mapping[str, Any]:
        """What is said of the dataset in three languages."""
        return {**words(), **self.about}

    @property
    def day(self) -> str:
        """The day that the version reckons from; it stands for the day of the release, so that no clock is read."""
        return self.version.as_of.isoformat()

    @property
    def iri(self) -> str:
        """The address of the version."""
        return identifiers.version(self.version.id)

    @property
    def counts(self) -> dict[str, int]:
        """Records by class."""
        return {name: int(n) for name, n in sorted(self.version.meta.get("classes", {}).items())}


def words() -> Mapping[str, Any]:
    """Return what is said of the dataset in three languages: the same words as in the catalogue of a service."""
    found: Mapping[str, Any] = packaged.table("web/catalogue/about.yaml")
    return found


def media_type(name: str) -> str:
    """Return the media type of a file of a release by its name.

    >>> media_type("dump.nq.gz"), media_type("dump.nq"), media_type("report.pdf")
    ('application/gzip', 'application/n-quads', 'application/pdf')
    """
    if name.endswith(".gz"):
        return formats.GZIP_TYPE
    known = {form.suffix: form.media_type for form in (*formats.DATASETS, *_OTHERS)}
    suffix = name.rpartition(".")[2]
    return known.get(suffix) or mimetypes.guess_type(name)[0] or formats.TEXT.media_type


_OTHERS = (formats.JSON, formats.ZIP, formats.MARKDOWN, formats.HTML)


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size, checksum and media type of each file so far, by its path in the release."""
    return {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": distributions.checksum(path),
            "media_type": media_type(path.name),
        }
        for path in targets.files(folder)
    }


def what(name: str) -> str:
    """Return what a file of a release is, in a few words."""
    told: Mapping[str, str] = packaged.table("release/files.yaml")
    return next((said for start, said in told.items() if name.startswith(start)), "")


def about(facts: Facts, folder: Path) -> str:
    """Return `release.json`."""
    meta = facts.version.meta
    body = {
        "name": facts.name,
        "version": facts.version.id,
        "iri": facts.iri,
        "as_of": facts.day,
        "code": meta.get("code", __version__),
        "rules": meta.get("rules", ""),
        "quads": meta.get("quads", 0),
        "documents": meta.get("documents", 0),
        "classes": facts.counts,
        "warnings": facts.warnings,
        "publisher": facts.publisher,
        "license": LICENCE,
        "files": files(folder),
    }
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def cited(facts: Facts) -> str:
    """Return how the release is cited, in words."""
    return (
        f"{facts.publisher}. {facts.day[:4]}. “{facts.words['title']['en']}”, release {facts.name} "
        f"(version {facts.version.id}, as of {facts.day}). {facts.iri}."
    )


def readme(facts: Facts, folder: Path) -> str:
    """Return the page for people; it names the files that are there already, and those that come."""
    names = [*(path.relative_to(folder).as_posix() for path in targets.files(folder)), *_COMING]
    rows = "".join(f"| `{name}` | {what(name)} |\n" for name in sorted(dict.fromkeys(names)))
    counts = "".join(f"| {facts.counts[one]:,} | {_plain(one)} |\n" for one in _COUNTED if one in facts.counts)
    return (
        f"# {facts.words['title']['en']}\n\nRelease {facts.name}: version `{facts.version.id}`, as of {facts.day}.\n\n"
        f"{facts.words['description']['en']}\n\n"
        "A number is a count of what is on record here, not a measure of the world; an empty place says whether "
        f"anybody has searched there.\n\n| how many | what |\n| --- | --- |\n{counts}\n"
        f"## How to cite\n\n{cited(facts)}\n\n## Files\n\n| file | what |\n| --- | --- |\n{rows}\n"
        "## To check it\n\n```sh\nsha256sum --check SHA256SUMS\n```\n\n"
        "## To make it again\n\nFrom the same files, with the software of version "
        f"{facts.version.meta.get('code', __version__)} and its locked libraries:\n\n"
        f"```sh\ndgekg build --as-of {facts.day}\ndgekg release --name {facts.name}\n```\n\n"
        "Every file then has the same bytes. `dgekg diff` compares this folder with another release, version or "
        "project, and says of each changed figure why.\n\n"
        f"## Licence\n\n[CC BY 4.0]({LICENCE}) unless a record says otherwise. What was withdrawn since is no longer "
        f"shown by the service; please look there before you pass a record on: {HOME}\n"
    )


_COMING = ("README.md", "CITATION.cff", "datacite.json", "catalogue.jsonld", MARK, "ro-crate-metadata.json")


def _plain(name: str) -> str:
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return f"{spaced} records"


def citation(facts: Facts) -> str:
    """Return the release by the Citation File Format 1.2.0."""
    body = {
        "cff-version": "1.2.0",
        "message": "If you use this release, please cite it as below.",
        "type": "dataset",
        "title": facts.words["title"]["en"],
        "abstract": facts.words["description"]["en"],
        "authors": [{"name": facts.publisher}],
        "version": facts.name,
        "date-released": facts.day,
        "url": facts.iri,
        "identifiers": [{"type": "url", "value": facts.iri, "description": "The version of the graph"}],
        "license": LICENCE_ID,
        "keywords": list(facts.words["keywords"]["en"]),
    }
    text: str = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=120)
    return text


def datacite(facts: Facts, folder: Path) -> str:
    """Return the release by the metadata schema 4.5 of DataCite, without a DOI: whoever registers one adds it."""
    body = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceType": "Knowledge graph", "resourceTypeGeneral": "Dataset"},
        "creators": [{"name": facts.publisher, "nameType": "Organizational"}],
        "titles": [{"title": facts.words["title"][code], "lang": code} for code in LANGUAGES],
        "publisher": {"name": facts.publisher},
        "publicationYear": facts.day[:4],
        "version": facts.name,
        "language": "en",
        "dates": [{"date": facts.day, "dateType": "Issued"}, {"date": facts.day, "dateType": "Valid"}],
        "alternateIdentifiers": [
            {"alternateIdentifier": facts.iri, "alternateIdentifierType": "URL"},
            {"alternateIdentifier": facts.version.id, "alternateIdentifierType": "version of the graph"},
        ],
        "relatedIdentifiers": [
            {"relatedIdentifier": f"{HOME}/catalog", "relatedIdentifierType": "URL", "relationType": "IsDescribedBy"},
            {"relatedIdentifier": f"{HOME}/ontology", "relatedIdentifierType": "URL", "relationType": "Requires"},
        ],
        "descriptions": [
            {"description": facts.words["description"][code], "descriptionType": "Abstract", "lang": code}
            for code in LANGUAGES
        ],
        "subjects": [{"subject": one, "lang": code} for code in LANGUAGES for one in facts.words["keywords"][code]],
        "rightsList": [
            {
                "rights": "Creative Commons Attribution 4.0 International",
                "rightsUri": LICENCE,
                "rightsIdentifier": LICENCE_ID,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        "formats": sorted({media_type(path.name) for path in targets.files(folder)}),
        "sizes": [f"{sum(p.stat().st_size for p in targets.files(folder / 'data'))} bytes"],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
