"""What rows are held against: names of concepts and records, their classes, what is in already, what is protected."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal

from dgekg import documents, processes
from dgekg.build.derive import assemble_texts
from dgekg.build.sources import vocabulary_files
from dgekg.errors import SourceError
from dgekg.identifiers import main_class, parse, record, term
from dgekg.importers.duplicates import Duplicates
from dgekg.importers.present import Classes
from dgekg.importers.present import Names as OnDisk
from dgekg.inbox.exposure import Rules
from dgekg.lookup import Names
from dgekg.settings import Project
from dgekg.store.base import Store
from dgekg.store.local import LocalStore
from dgekg.vocabulary import DCT_TITLE, FOAF_NAME, PREFIXES, RDF_TYPE

_LARGE = ("practices", "assessments", "sources")
_PAGE, _SOURCE = PREFIXES["foaf"] + "page", PREFIXES["dct"] + "source"
_HOME = PREFIXES["foaf"] + "homepage"
_AGENT, _ROLE = PREFIXES["prov"] + "agent", PREFIXES["prov"] + "hadRole"
_CARRIES = ("lead", "issuer")


@dataclass
class Base:
    """The project as an import sees it.

    Attributes:
        names: of concepts and records, practices left out.
        rules: how exposed a record is.
        classes: of everything that can be referred to.
        slugs: `kind/slug` of everything that is there.
    """

    names: Names
    rules: Rules
    classes: Classes
    slugs: OnDisk


def read(project: Project, as_of: dt.date, file: Path) -> Base:
    """Read the vocabulary and all records but practices and assessments, of which only the names are taken.

    Args:
        project: the folders.
        as_of: the day to reckon from.
        file: where names are kept while the import lasts; whoever reads closes `slugs`.

    Raises:
        SourceError: a file does not parse.
    """
    folders = sorted(p for p in project.data.iterdir() if p.is_dir() and p.name not in _LARGE)
    small = [path for folder in folders for path in documents.of_folder(folder)]
    try:
        store = assemble_texts(project, vocabulary_files(project), small, as_of)
    except SyntaxError as error:
        raise SourceError(f"The records do not parse ({error}). Run dgekg validate first.") from error
    few = _classes(store)
    slugs = OnDisk(file, (f"{at.kind}/{at.slug}" for iri in few if (at := parse(iri)) and at.kind != "scheme"))
    classes = Classes(few, slugs)
    for name in stems(project.data / "practices"):
        classes.add("practice", name, main_class("practice"))
    return Base(Names(store, project.queries), Rules(store, project.queries), classes, slugs)


def stems(folder: Path) -> Iterator[str]:
    """Yield the names of the documents of a folder, without holding them all."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            found = (entry.name for entry in entries)
            yield from (name.removesuffix(".ttl") for name in found if documents.named_as_one(name))


def vocabulary(project: Project, as_of: dt.date) -> tuple[Names, Store]:
    """Return the names of concepts alone, and the store that holds them."""
    store = assemble_texts(project, vocabulary_files(project), [], as_of)
    return Names(store, project.queries), store


def fill(duplicates: Duplicates, project: Project, folder: str, kind: str) -> None:
    """Put all records of a folder where duplicates are looked for."""
    paths = documents.of_folder(project.data / folder)
    with processes.each(_Told(project.root, kind), paths) as told:
        for one in told:
            if one is not None:
                duplicates.add(*one)


class _Told:
    """Reads a file for its titles, actors and addresses."""

    def __init__(self, root: Path, kind: str) -> None:
        self._root, self._kind = root, kind

    def __call__(self, path: Path) -> tuple[str, list[str], list[str], list[str]] | None:
        document, _found = documents.read(path, self._root)
        said = document.content.said
        iri = record(self._kind, document.slug) if document.digest else ""
        return told(f"{self._kind}/{document.slug}", said, iri) if iri in said else None


def told(
    name: str, said: Mapping[str, Mapping[str, list[str | Literal]]], iri: str
) -> tuple[str, list[str], list[str], list[str]]:
    """Return record, titles, actors and addresses of a document's content."""
    own = said[iri]
    titles = _texts([*own.get(DCT_TITLE, ()), *own.get(FOAF_NAME, ())])
    actors, addresses = [], _texts([*own.get(_PAGE, ()), *own.get(_HOME, ()), *own.get(_SOURCE, ())])
    for part in own.get(PREFIXES["prov"] + "qualifiedAttribution", ()):
        inner = said.get(str(part), {})
        if any(str(r).rpartition("/")[2] in _CARRIES for r in inner.get(_ROLE, ())):
            actors += ["/".join(a.split("/")[-2:]) for a in _texts(inner.get(_AGENT, ()))]
    for part in own.get(term("hasEvidence"), ()):
        addresses += _texts(said.get(str(part), {}).get(_SOURCE, ()))
    return name, titles, actors, addresses


def _texts(values: Iterable[str | Literal]) -> list[str]:
    return [v if isinstance(v, str) else v.value for v in values]


def _classes(store: LocalStore) -> dict[str, frozenset[str]]:
    from pyoxigraph import NamedNode

    found: dict[str, set[str]] = {}
    for quad in store.engine.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None):
        found.setdefault(str(getattr(quad.subject, "value", "")), set()).add(str(getattr(quad.object, "value", "")))
    same: dict[frozenset[str], frozenset[str]] = {}
    return {iri: same.setdefault(frozenset(k), frozenset(k)) for iri, k in found.items()}
