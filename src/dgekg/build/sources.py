"""Everything a build reads, parsed once: records, vocabulary, shapes, rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePosixPath

from dgekg import collection, documents
from dgekg.documents import Document
from dgekg.examining.quick import Quick
from dgekg.findings import Finding
from dgekg.settings import Project
from dgekg.shapes import Shapes

# The vocabulary is what records refer to; examples are for readers and never enter the graph.
_VOCABULARY = ("dgekg.ttl", "deprecated.ttl")
_VOCABULARY_FOLDERS = ("schemes", "alignments")
# These say more of what others describe.
SHARED = ("alignments", "deprecated")
_RULES = ("queries/derive", "queries/checks", "queries/dimensions.yaml", "shapes")


class Sources:
    """The parsed project.

    Args:
        project: the folders.
        data: folder of the records, if not the project's own.
    """

    def __init__(self, project: Project, data: Path | None = None) -> None:
        self.project = project
        self.data = data or project.data
        self.records, self.record_findings = documents.read_all(documents.of_folder(self.data), project.root)
        self.vocabulary, self.vocabulary_findings = documents.read_all(
            vocabulary_files(project), project.root, shared=SHARED
        )

    @property
    def findings(self) -> list[Finding]:
        """What reading alone found."""
        return [*self.record_findings, *self.vocabulary_findings]

    @cached_property
    def shapes(self) -> Shapes:
        """The shapes."""
        return Shapes(self.project.shapes)

    @cached_property
    def quick(self) -> Quick:
        """The shapes, read for a quick look."""
        return Quick(self.shapes)

    @cached_property
    def context(self) -> dict[str, frozenset[str]]:
        """The classes of everything that can be referred to."""
        return documents.classes([*self.vocabulary, *self.records])

    @cached_property
    def home(self) -> dict[str, Document]:
        """The document that describes each subject."""
        return {subject: d for d in [*self.vocabulary, *self.records] for subject in d.classes}

    @cached_property
    def rules_digest(self) -> str:
        """SHA-256 over the rules: shapes, derivations, checks, dimensions, criteria rules, the collection's name."""
        total = hashlib.sha256()
        for file in self._rule_files():
            total.update(file.relative_to(self.project.root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
        return total.hexdigest()

    def _rule_files(self) -> Iterable[Path]:
        for name in _RULES:
            path = self.project.root / name
            yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        yield from sorted((self.data / "criteria").glob("*.yaml"))
        if (self.data / collection.FILE).is_file():  # pages and releases say it
            yield self.data / collection.FILE


def vocabulary_files(project: Project) -> list[Path]:
    """Return the files of the vocabulary, in the order in which they are read."""
    files = [project.ontology / name for name in _VOCABULARY if (project.ontology / name).exists()]
    for folder in _VOCABULARY_FOLDERS:
        files += documents.of_folder(project.ontology / folder)
    return files


def is_vocabulary(file: PurePosixPath) -> bool:
    """Say whether a path below the project's folder is one of a file of the vocabulary.

    >>> [is_vocabulary(PurePosixPath("ontology", folder, "x.ttl")) for folder in ("schemes", "examples")]
    [True, False]
    """
    top, *rest = file.parts
    return top == "ontology" and bool(rest) and (rest[0] in _VOCABULARY_FOLDERS or rest in [[n] for n in _VOCABULARY])
