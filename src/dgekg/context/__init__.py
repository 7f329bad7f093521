"""The JSON-LD context: made from the ontology and the shapes, kept as a numbered file, read back as a rule book.

`ontology/context/{n}.jsonld` says how every property looks in our JSON: its name, whether it is a list, a text by
language, a date or a reference. `web.linked.frame` writes JSON by the same file, so that the two cannot disagree. What
a number says never changes: where ontology or shapes say otherwise, the next number is made.

    python -m dgekg.context .           says whether the newest file is what ontology and shapes give
    python -m dgekg.context --write .   writes the next number where it is not
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dgekg import identifiers
from dgekg.errors import SourceError
from dgekg.settings import Project
from dgekg.vocabulary import PREFIXES

# What describes documents, lists and the service, beside the namespaces of the data itself.
NAMESPACES: Mapping[str, str] = {
    **PREFIXES,
    "altr": "http://www.w3.org/ns/dx/connegp/altr#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "prof": "http://www.w3.org/ns/dx/prof/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void": "http://rdfs.org/ns/void#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
}
SUPPORTING = identifiers.term("supportingPractice")
IN_SCHEME, DEFINED_BY = PREFIXES["skos"] + "inScheme", PREFIXES["rdfs"] + "isDefinedBy"
DOCUMENT = PREFIXES["foaf"] + "isPrimaryTopicOf"
AS_OF = PREFIXES["dct"] + "valid"
COLLECTION = NAMESPACES["hydra"] + "collection"
TOTAL = NAMESPACES["hydra"] + "totalItems"
VIEW, NEXT = NAMESPACES["hydra"] + "view", NAMESPACES["hydra"] + "next"
PROPERTY = NAMESPACES["void"] + "property"

_FILE = re.compile(r"[1-9][0-9]*\.jsonld")


@dataclass(frozen=True, slots=True)
class Term:
    """How a property looks in JSON.

    Attributes:
        name: its key.
        coerced: "@id" for references, the datatype of its values, or "" (text, number, truth or mixed).
        language: whether its values stand by language.
        many: whether it is a list (by language: whether each language has a list).
    """

    name: str
    coerced: str
    language: bool
    many: bool


@dataclass(frozen=True)
class Context:
    """A context, read.

    Attributes:
        number: which.
        properties: property -> how it looks.
        reverse: property -> the key under which those that point at the subject by it stand.
        classes: class -> its name.
    """

    number: int
    properties: Mapping[str, Term]
    reverse: Mapping[str, str]
    classes: Mapping[str, str]

    @property
    def address(self) -> str:
        """What `@context` says."""
        return identifiers.context(self.number)


def short(iri: str) -> str:
    """Shorten an IRI with the prefixes of the context; the IRI itself where there is none.

    >>> short("http://www.w3.org/ns/hydra/core#member"), short("https://example.org/")
    ('hydra:member', 'https://example.org/')
    """
    for prefix, namespace in NAMESPACES.items():
        local = iri[len(namespace) :]
        if iri.startswith(namespace) and local and not local.startswith("/"):
            return f"{prefix}:{local}"
    return iri


def folder(project: Project) -> Path:
    """Return the folder of the contexts."""
    return project.ontology / "context"


def numbers(project: Project) -> list[int]:
    """Return the numbers of the contexts that there are."""
    return sorted(int(f.stem) for f in folder(project).glob("*.jsonld") if _FILE.fullmatch(f.name))


def newest(project: Project) -> Context:
    """Return the context that we write by.

    Raises:
        SourceError: there is none, or it cannot be read.
    """
    found = numbers(project)
    if not found:
        raise SourceError(f"{folder(project)}: expected 1.jsonld, found none. Run: python -m dgekg.context --write .")
    return _read(folder(project) / f"{found[-1]}.jsonld", found[-1])


@lru_cache(maxsize=8)
def _read(path: Path, number: int) -> Context:
    try:
        body = json.loads(path.read_bytes())["@context"]
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(f"{path}: the context cannot be read ({error}). Restore it from the history.") from error
    properties, reverse, classes = {}, {}, {}
    for name, said in body.items():
        if name.startswith("@"):
            continue
        if isinstance(said, str):
            if not said.startswith("@") and name not in NAMESPACES:
                classes[said] = name
        elif "@reverse" in said:
            reverse[said["@reverse"]] = name
        elif "@id" in said:
            container = said.get("@container", ())
            kinds = {container} if isinstance(container, str) else set(container)
            term = Term(name, said.get("@type", ""), "@language" in kinds, "@set" in kinds)
            properties[said["@id"]] = term
    return Context(number, properties, reverse, classes)
