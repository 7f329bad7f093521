"""The only place that knows media types, file endings and how each is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QueryResultsFormat, RdfFormat

from dgekg.errors import InputError, UnknownValue, shown


@dataclass(frozen=True, slots=True)
class Format:
    """A representation: its suffix, its media type, and the engine's own name for it."""

    suffix: str
    media_type: str
    rdf: RdfFormat | None = None
    results: QueryResultsFormat | None = None


TURTLE = Format("ttl", "text/turtle", rdf=RdfFormat.TURTLE)
NTRIPLES = Format("nt", "application/n-triples", rdf=RdfFormat.N_TRIPLES)
RDFXML = Format("rdf", "application/rdf+xml", rdf=RdfFormat.RDF_XML)
JSONLD = Format("jsonld", "application/ld+json", rdf=RdfFormat.JSON_LD)
NQUADS = Format("nq", "application/n-quads", rdf=RdfFormat.N_QUADS)
TRIG = Format("trig", "application/trig", rdf=RdfFormat.TRIG)
HTML = Format("html", "text/html")
JSON = Format("json", "application/json")
CSV = Format("csv", "text/csv", results=QueryResultsFormat.CSV)
TSV = Format("tsv", "text/tab-separated-values", results=QueryResultsFormat.TSV)
RESULTS_JSON = Format("srj", "application/sparql-results+json", results=QueryResultsFormat.JSON)
RESULTS_XML = Format("srx", "application/sparql-results+xml", results=QueryResultsFormat.XML)
MARKDOWN = Format("md", "text/markdown")
PROBLEM = Format("problem", "application/problem+json")
PARQUET = Format("parquet", "application/vnd.apache.parquet")
ZIP = Format("zip", "application/zip")
LINKSET = Format("linkset", "application/linkset+json")
SITEMAP = Format("xml", "application/xml")
TEXT = Format("txt", "text/plain")
ATOM = Format("atom", "application/atom+xml")
BIBTEX = Format("bib", "application/x-bibtex")
RIS = Format("ris", "application/x-research-info-systems")
CSL = Format("csl.json", "application/vnd.citationstyles.csl+json")
PDF = Format("pdf", "application/pdf")
XLSX = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
DOCX = Format("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
SVG = Format("svg", "image/svg+xml")
PNG = Format("png", "image/png")
JPEG = Format("jpg", "image/jpeg")
WEBP = Format("webp", "image/webp")
WOFF2 = Format("woff2", "font/woff2")
JAVASCRIPT = Format("js", "text/javascript")

# What is only received, or only wraps: no representation of its own.
FORM_TYPE = "application/x-www-form-urlencoded"
FILES_TYPE = "multipart/form-data"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
GZIP_TYPE = "application/gzip"

GRAPHS = (TURTLE, JSONLD, NTRIPLES, RDFXML)
DATASETS = (NQUADS, TRIG, TURTLE, JSONLD)
RESULTS = (RESULTS_JSON, RESULTS_XML, CSV, TSV)
RECORDS = (HTML, TURTLE, JSONLD, NTRIPLES, RDFXML, JSON)

# Wider names by which clients ask for what has a name of its own: beside their own, for tables and for graphs.
_ANY_XML = Format("xml", "application/xml")
_TABLES = {JSON: RESULTS_JSON, _ANY_XML: RESULTS_XML, Format("xml", "text/xml"): RESULTS_XML}
_TRIPLES = {JSON: JSONLD, _ANY_XML: RDFXML, Format("txt", "text/plain"): NTRIPLES}
_WORDS = {"json": RESULTS_JSON, "xml": RESULTS_XML}
_GRAPH_WORDS = {"json": JSONLD, "xml": RDFXML, "turtle": TURTLE, "ntriples": NTRIPLES, "rdfxml": RDFXML}


def for_file(path: Path) -> tuple[Format, bool]:
    """Return the format that a file name asks for, and whether it is to be compressed.

    Raises:
        UnknownValue: the suffix names no RDF format.

    >>> for_file(Path("dump.nq.gz"))[0].media_type, for_file(Path("dump.nq.gz"))[1]
    ('application/n-quads', True)
    """
    name = path.name
    packed = name.endswith(".gz")
    suffix = Path(name[:-3] if packed else name).suffix.lstrip(".")
    for candidate in DATASETS:
        if candidate.suffix == suffix:
            return candidate, packed
    endings = [f".{f.suffix}" for f in DATASETS]
    raise UnknownValue(
        f"{path}: ending", f".{suffix}", endings, f"Use one of {', '.join(endings)}, each also with .gz."
    )


def for_reading(path: Path) -> tuple[Format, bool]:
    """Return the format of a file of RDF by its name, and whether it is compressed.

    Raises:
        UnknownValue: the suffix names no RDF format.

    >>> for_reading(Path("data.owl.gz"))[0].media_type, for_reading(Path("data.nt"))[1]
    ('application/rdf+xml', False)
    """
    name = path.name.removesuffix(".gz")
    known = {f.suffix: f for f in (TURTLE, TRIG, NTRIPLES, NQUADS, RDFXML, JSONLD)}
    known |= {"owl": RDFXML, "xml": RDFXML, "json": JSONLD}
    suffix = Path(name).suffix.lstrip(".").lower()
    if suffix not in known:
        endings = ", ".join(f".{ending}" for ending in known)
        raise UnknownValue(f"{path}: ending", f".{suffix}", known, f"Use one of {endings}, each also with .gz.")
    return known[suffix], path.name.endswith(".gz")


def negotiate(accept: str, offers: tuple[Format, ...]) -> Format | None:
    """Choose the offer that an Accept header likes best; None if it excludes all (HTTP 406).

    Follows RFC 9110 section 12.5.1: the most specific range decides an offer's quality; the order of the
    offers breaks ties.

    >>> negotiate("text/turtle;q=0.5, application/ld+json", RECORDS).suffix
    'jsonld'
    >>> negotiate("", RECORDS).suffix
    'html'
    """
    ranges = [(media.lower(), quality) for media, quality in preferred(accept, "Accept")]
    if not ranges:
        return offers[0]
    best, best_quality = None, 0.0
    for offer in offers:
        matching = [(_specificity(media), q) for media, q in ranges if _covers(media, offer.media_type)]
        quality = max(matching)[1] if matching else 0.0
        if quality > best_quality:
            best, best_quality = offer, quality
    return best


def answer_format(accept: str, graph: bool) -> Format | None:
    """Choose how a SPARQL answer is written; None if the Accept header excludes all.

    Args:
        accept: the header.
        graph: whether the answer is a graph (CONSTRUCT, DESCRIBE), not a table (SELECT, ASK).

    >>> answer_format("application/json", False).media_type, answer_format("text/csv", True)
    ('application/sparql-results+json', None)
    """
    wider = _TRIPLES if graph else _TABLES
    found = negotiate(accept, (*(GRAPHS if graph else RESULTS), *wider))
    return wider.get(found, found) if found else None


def named_format(name: str, graph: bool) -> Format | None:
    """Return how a SPARQL answer is written by a word, an ending or a media type; None for an unknown one.

    >>> named_format("csv", False) is CSV, named_format("xml", True) is RDFXML, named_format("csv", True)
    (True, True, None)
    """
    known = {f.suffix: f for f in (GRAPHS if graph else RESULTS)} | (_GRAPH_WORDS if graph else _WORDS)
    known |= {f.media_type: f for f in (GRAPHS if graph else RESULTS)}
    return known.get(name.lower())


def is_page(accept: str) -> bool:
    """Whether an Accept header likes a page better than all that SPARQL answers with: a browser asks.

    >>> is_page("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), is_page("*/*")
    (True, False)
    """
    return negotiate(accept, (*RESULTS, *GRAPHS, HTML)) is HTML


def preferred(header: str, name: str) -> Iterator[tuple[str, float]]:
    """Yield what a header of the kind of Accept lists, with how much it is liked: from 0 to 1, 1 where it does not say.

    Args:
        header: its text.
        name: what it is called, for the error.

    Raises:
        InputError: a quality that is no number.

    >>> list(preferred("text/html, */*; q=0.1", "Accept"))
    [('text/html', 1.0), ('*/*', 0.1)]
    """
    for part in header.split(","):
        thing, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    message = f'{name}: found quality "{shown(value)}", expected a number from 0 to 1.'
                    raise InputError(message, value) from None
        if thing:
            yield thing, quality


def _specificity(media: str) -> int:
    return 0 if media == "*/*" else 1 if media.endswith("/*") else 2


def _covers(media: str, offer: str) -> bool:
    if media in ("*/*", offer):
        return True
    return media.endswith("/*") and offer.startswith(media[:-1])
