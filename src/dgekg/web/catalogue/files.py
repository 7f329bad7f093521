"""The files of a version as distributions of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from dgekg import formats, identifiers
from dgekg.distributions import ARCHIVES, TABLES, File
from dgekg.web.catalogue.about import CATALOG, about, known
from dgekg.web.catalogue.downloads import Sums
from dgekg.web.catalogue.telling import Value, a, full, node, spoken, tell, typed
from dgekg.web.house import LICENCE, Visit

AUTHORITY = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_CSVW = "http://www.w3.org/ns/csvw#"
_SHA256 = full("spdx:checksumAlgorithm_sha256")


def distribution(file: File) -> str:
    """Return the IRI of a file in the catalogue."""
    return identifiers.within(CATALOG, file.name)


def languages() -> list[tuple[str, NamedNode]]:
    """Return the languages that labels are in."""
    return [("dct:language", node(f"{AUTHORITY}language/{code}")) for code in known()["languages"]]


def concept(scheme: str, code: str, short: str) -> Iterator[Triple]:
    """Yield what an entry of one of the Publications Office's lists is."""
    yield from tell(f"{AUTHORITY}{scheme}/{code}", a(short), ("skos:inScheme", node(f"{AUTHORITY}{scheme}")))


def described(visit: Visit, file: File, sums: Sums) -> Iterator[Triple]:
    """Yield a distribution; its size and checksum once it is made."""
    address = node(visit.absolute(f"/download/{file.name}"))
    what = "archive" if file.name in ARCHIVES else "table" if file.group == TABLES else "graphs"
    yield from tell(
        distribution(file),
        a("dcat:Distribution"),
        *spoken("dct:title", about("file_title", name=file.name)),
        *spoken("dct:description", about(f"{what}_description")),
        ("dcat:accessURL", address),
        ("dcat:downloadURL", address),
        ("dct:license", node(LICENCE)),
        ("dct:modified", typed(visit.observatory.as_of.isoformat(), "date")),
        *languages(),
    )
    yield from _form(file)
    if file.name in sums:
        size, total = sums[file.name]
        check = identifiers.within(CATALOG, f"sha256-{file.name}")
        yield from tell(
            distribution(file), ("dcat:byteSize", typed(size, "nonNegativeInteger")), ("spdx:checksum", node(check))
        )
        checksum = ("spdx:checksumValue", typed(total, "hexBinary"))
        yield from tell(check, a("spdx:Checksum"), ("spdx:algorithm", node(_SHA256)), checksum)
        yield from tell(_SHA256, a("spdx:ChecksumAlgorithm"))


def _form(file: File) -> Iterator[Triple]:
    types = [("dcat:mediaType", _IANA + file.form.media_type)]
    if file.packing:
        way = "dcat:packageFormat" if file.group == TABLES else "dcat:compressFormat"
        types.append((way, _IANA + file.packing))
    for name, iri in types:
        yield from tell(distribution(file), (name, node(iri)))
        yield from tell(iri, a("dct:MediaType"))
    known_type = known()["file_types"].get(file.form.suffix)
    if known_type:
        yield from tell(distribution(file), ("dct:format", node(f"{AUTHORITY}file-type/{known_type}")))
        yield from concept("file-type", known_type, "dct:MediaTypeOrExtent")
    if file.group == TABLES and file.form is formats.CSV:
        standard: tuple[str, Value] = ("dct:conformsTo", node(_CSVW))
        yield from tell(distribution(file), standard)
        yield from tell(_CSVW, a("dct:Standard"))
