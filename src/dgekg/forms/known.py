"""Names of the records that a form may refer to, for lists to choose from."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dgekg import identifiers
from dgekg.documents import of_folder
from dgekg.forms.words import spoken
from dgekg.vocabulary import BASE, LABEL_PROPERTIES


def names(
    data: Path, folders: Mapping[str, str], suppressed: Container[str], language: str
) -> dict[str, dict[str, str]]:
    """Return names by kind and slug.

    Args:
        data: folder of the records.
        folders: the folder below it that holds the records of each kind.
        suppressed: IRIs of records that may not be shown.
        language: of the names, where they have it.
    """
    found: dict[str, dict[str, str]] = {kind: {} for kind in folders}
    for folder in sorted(set(folders.values())):
        for file in of_folder(data / folder) if (data / folder).is_dir() else []:
            for iri, labels in _labels(file).items():
                local = identifiers.parse(iri)
                if local is not None and folders.get(local.kind) == folder and iri not in suppressed:
                    found[local.kind][local.slug] = spoken(labels, language)
    return found


def _labels(file: Path) -> dict[str, dict[str, str]]:
    """Return the names in a file by IRI and language; none of a file that does not parse, which validation tells."""
    found: dict[str, dict[str, str]] = {}
    try:
        for quad in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=BASE):
            said = isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
            if said and quad.predicate.value in LABEL_PROPERTIES:
                labels = found.setdefault(quad.subject.value, {})
                labels.setdefault(quad.object.language or "", quad.object.value)
    except (SyntaxError, OSError):
        return {}
    return found
