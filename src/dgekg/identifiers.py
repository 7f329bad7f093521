"""The only place that joins strings into an IRI of ours, or takes one apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from dgekg.errors import InputError
from dgekg.vocabulary import BASE, DIMENSION, ONTOLOGY, PREFIXES, SHAPES

SLUG = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_OURS = re.compile(
    re.escape(BASE) + r"(?:id/(?P<kind>[a-z-]+)/(?P<slug>[^/?#]+)|scheme/(?P<scheme>[a-z-]+)(?:/(?P<code>[^/?#]+))?)"
)


@dataclass(frozen=True, slots=True)
class Local:
    """An IRI of ours taken apart: a record (`kind`, `slug`) or a concept (`kind` = "scheme", scheme, code)."""

    kind: str
    slug: str
    scheme: str = ""


def record(kind: str, slug: str) -> str:
    """Return the IRI of a record.

    >>> record("practice", "gender-shades")
    'https://w3id.org/dgekg/id/practice/gender-shades'
    """
    return f"{BASE}id/{_checked(kind)}/{_checked(slug)}"


def concept(scheme: str, code: str) -> str:
    """Return the IRI of a concept.

    >>> concept("stage", "data")
    'https://w3id.org/dgekg/scheme/stage/data'
    """
    return f"{BASE}scheme/{_checked(scheme)}/{_checked(code)}"


def scheme(name: str) -> str:
    """Return the IRI of a concept scheme."""
    return f"{BASE}scheme/{_checked(name)}"


def records(kind: str) -> str:
    """Return what the IRIs of all records of a kind begin with."""
    return f"{BASE}id/{_checked(kind)}/"


def dimension(name: str) -> str:
    """Return the IRI of the derived dimension property, closed upward."""
    return DIMENSION + _checked(name)


def term(name: str) -> str:
    """Return the IRI of an ontology term."""
    return ONTOLOGY + name


def document_graph(kind: str, slug: str) -> str:
    """Return the name of the graph that holds one document."""
    return f"{BASE}graph/{_checked(kind)}/{_checked(slug)}"


def named_graph(name: str) -> str:
    """Return the name of a graph of the build, such as `derived` or `vocabulary`."""
    return f"{BASE}graph/{_checked(name)}"


def graphs(folder: str = "") -> str:
    """Return what the names of all our graphs, or of those of one folder of documents, begin with."""
    return f"{BASE}graph/{_checked(folder)}/" if folder else f"{BASE}graph/"


def shape(name: str) -> str:
    """Return the IRI of a shape, or of another term of `shapes#`."""
    return SHAPES + name


def question(slug: str) -> str:
    """Return the IRI of a question."""
    return f"{BASE}questions/{_checked(slug)}"


def version(name: str) -> str:
    """Return the IRI of a version of the graph.

    >>> version("0123456789abcdef")
    'https://w3id.org/dgekg/version/0123456789abcdef'
    """
    return f"{BASE}version/{_checked(name)}"


def profile(name: str) -> str:
    """Return the IRI of a profile, a way to describe a thing (`full`, `card`, `labels`)."""
    return f"{BASE}profile/{_checked(name)}"


def context(number: int) -> str:
    """Return the address of a JSON-LD context; what it says never changes.

    >>> context(1)
    'https://w3id.org/dgekg/context/1'
    """
    return f"{BASE}context/{number}"


def of_path(path: str) -> str:
    """Return the IRI that a path of the service stands for, without a suffix.

    >>> of_path("/dimension/stage")
    'https://w3id.org/dgekg/dimension/stage'
    """
    return BASE + path.lstrip("/")


def document(path: str, version_: str = "") -> str:
    """Return the IRI of the document at a path: below a version where there is a name for it.

    >>> document("/id/practice/x", "0123")
    'https://w3id.org/dgekg/version/0123/id/practice/x'
    >>> document("/id/practice/x", "http://localhost:7878/query")
    'https://w3id.org/dgekg/id/practice/x#document'
    """
    if SLUG.fullmatch(version_):
        return f"{version(version_)}/{path.lstrip('/')}"
    return f"{of_path(path)}#document"


def page(path: str, property_: str, after: str = "") -> str:
    """Return the address of a page of what points at the thing at a path by a property, after a subject.

    >>> page("/scheme/stage/data", "dgekg:actsAtStage")
    'https://w3id.org/dgekg/scheme/stage/data?inverse=dgekg%3AactsAtStage'
    """
    asked = {"inverse": property_, **({"after": after} if after else {})}
    return f"{of_path(path)}?{urlencode(asked)}"


def main_class(kind: str) -> str:
    """Return the class of the records of a kind whose name is that of the kind.

    >>> main_class("instrument")
    'https://w3id.org/dgekg/ontology#Instrument'
    """
    return ONTOLOGY + kind.capitalize()


def listed(dimension_: str, code: str) -> str:
    """Return the address of the list of practices that are counted under a concept.

    >>> listed("stage", "data")
    'https://w3id.org/dgekg/practices?where=stage%3Ddata'
    """
    return f"{BASE}practices?{urlencode({'where': f'{dimension_}={code}'})}"


def within(document_: str, name: str) -> str:
    """Return the IRI of something that a document holds, such as a list of what points at its subject."""
    return f"{document_.partition('#')[0]}#{name}"


def parse(iri: str) -> Local | None:
    """Take an IRI of ours apart; None if it is not a record, a scheme or a concept of ours.

    >>> parse("https://w3id.org/dgekg/scheme/stage/data")
    Local(kind='scheme', slug='data', scheme='stage')
    >>> parse("https://example.org/x") is None
    True
    """
    match = _OURS.fullmatch(iri)
    if match is None:
        return None
    if match["kind"]:
        return Local(match["kind"], match["slug"])
    return Local("scheme", match["code"] or "", match["scheme"])


def path_of(iri: str) -> str:
    """Return the path of an IRI of ours on the service (`/id/...`, `/scheme/...`), or the IRI itself.

    >>> path_of("https://w3id.org/dgekg/id/practice/x")
    '/id/practice/x'
    """
    return "/" + iri[len(BASE) :] if iri.startswith(BASE) else iri


def compact(iri: str) -> str:
    """Shorten an IRI for a person.

    >>> compact("https://w3id.org/dgekg/ontology#lever"), compact("https://w3id.org/dgekg/id/practice/x")
    ('dgekg:lever', 'id/practice/x')
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri[len(BASE) :] if iri.startswith(BASE) else iri


def _checked(part: str) -> str:
    if not SLUG.fullmatch(part):
        raise InputError(f'"{part}" cannot stand in an address: use lower-case letters, digits and single hyphens.')
    return part
