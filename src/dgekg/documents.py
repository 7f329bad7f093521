"""Documents: one Turtle file each, parsed, with its place in the project and the lines of what it says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from dgekg.findings import Finding, violation
from dgekg.identifiers import compact, document_graph
from dgekg.vocabulary import BASE, RDF_TYPE

# What a file's name must agree with: the folder's main kind. Other folders may hold several records a file.
MAIN_KIND = {"practices": "practice", "actors": "actor", "standards": "instrument"}


@dataclass(frozen=True)
class Document:
    """One parsed file.

    Attributes:
        file: path below the project's folder, with forward slashes.
        folder: name of its folder below data/ or ontology/, such as `practices`.
        slug: file name without its ending.
        triples: what it says; empty when it does not parse.
    """

    file: str
    folder: str
    slug: str
    text: str = field(repr=False)
    triples: tuple[Triple, ...] = field(repr=False)

    @cached_property
    def canonical(self) -> str:
        """The triples as sorted N-Triples lines: the same for the same content, however it is laid out."""
        return "\n".join(sorted({f"{t.subject} {t.predicate} {t.object} ." for t in self.triples}))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical triples."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The IRIs that this document describes."""
        return frozenset(t.subject.value for t in self.triples if isinstance(t.subject, NamedNode))

    @cached_property
    def references(self) -> frozenset[str]:
        """The IRIs that it mentions as values, without classes."""
        return frozenset(
            t.object.value for t in self.triples if isinstance(t.object, NamedNode) and t.predicate.value != RDF_TYPE
        )

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The classes of what it describes."""
        return frozenset(_iri(t.object) for t in self.triples if t.predicate.value == RDF_TYPE)

    @property
    def graph(self) -> str:
        """Name of the graph that holds it."""
        return document_graph(self.folder, self.slug)

    def line_of(self, record: str, prop: str = "", found: str = "") -> int:
        """Return the line that speaks of a record, its property or a value; 0 if it cannot be told.

        A reading of the text, not of the grammar: good enough to lead an eye to the place.
        """
        start = self._block(record)
        if start < 0:
            return 0
        lines = self.text.splitlines()
        end = next((i for i in range(start + 1, len(lines)) if re.match(r"<[^>]*>\s", lines[i])), len(lines))
        local = re.split(r"[/#:]", prop)[-1] if prop else ""
        wanted = found.removeprefix(BASE)
        hits = [i for i in range(start, end) if local and re.search(rf"[:#/]{re.escape(local)}\b", lines[i])]
        if wanted:
            exact = [i for i in range(start, end) if wanted in lines[i]]
            hits = [i for i in hits if i in exact] or exact or hits
        return (hits[0] if hits else start) + 1

    def _block(self, record: str) -> int:
        names = (f"<{record}>", f"<{record.removeprefix(BASE)}>", compact(record))
        lines = self.text.splitlines()
        for number, line in enumerate(lines):
            if line.startswith(names):
                return number
        return next((n for n, line in enumerate(lines) if any(name in line for name in names)), -1)


def read(path: Path, root: Path) -> tuple[Document, list[Finding]]:
    """Read one file; what is wrong with it comes back as findings, never as an exception."""
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        return _empty(file, path), [violation("file", "file.unreadable", file, values={"reason": str(error.strerror)})]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return _empty(file, path), [violation("file", "file.not-utf-8", file, line)]
    triples: list[Triple] = []
    try:
        for quad in parse(text, format=RdfFormat.TURTLE, base_iri=BASE):
            triples.append(quad.triple)
    except SyntaxError as error:
        line, column = error.lineno or 0, error.offset or 0
        finding = violation("turtle", "turtle", file, line, column=column, values={"reason": error.msg})
        return _empty(file, path, text), [finding]
    document = Document(file, path.parent.name, path.stem, text, tuple(triples))
    return document, list(_structure(document))


def read_all(paths: Iterable[Path], root: Path, *, shared: Sequence[str] = ()) -> tuple[list[Document], list[Finding]]:
    """Read files in the order of their names; a subject that two of them describe is a finding.

    Args:
        paths: the files.
        root: the project's folder.
        shared: names of folders and files that may say more of what others describe.
    """
    documents: list[Document] = []
    findings: list[Finding] = []
    for path in sorted(paths):
        document, found = read(path, root)
        documents.append(document)
        findings += found
    home: dict[str, Document] = {}
    for document in documents:
        if document.folder in shared or document.slug in shared:
            continue
        for subject in sorted(document.subjects):
            first = home.setdefault(subject, document)
            if first is not document:
                line = document.line_of(subject)
                findings.append(
                    violation("one-file", "one-file", document.file, line, record=subject, values={"other": first.file})
                )
    return documents, findings


def classes(documents: Iterable[Document]) -> dict[str, frozenset[str]]:
    """Return the classes of every subject, as validation hands them to the shapes."""
    found: dict[str, set[str]] = {}
    for document in documents:
        for triple in document.triples:
            if triple.predicate.value == RDF_TYPE and isinstance(triple.object, NamedNode):
                found.setdefault(str(getattr(triple.subject, "value", "")), set()).add(triple.object.value)
    return {iri: frozenset(kinds) for iri, kinds in found.items()}


def _iri(term: object) -> str:
    return str(getattr(term, "value", ""))


def of_folder(folder: Path) -> list[Path]:
    """Return the Turtle files below a folder, sorted; hidden files and editors' copies are left out."""
    return sorted(p for p in folder.rglob("*.ttl") if not p.name.startswith((".", "#", "~")))


def _structure(document: Document) -> Iterator[Finding]:
    if any(isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode) for t in document.triples):
        line = next((n for n, text in enumerate(document.text.splitlines(), 1) if _opens_blank(text)), 0)
        yield violation("no-blank-nodes", "no-blank-nodes", document.file, line, values={"slug": document.slug})
    kind = MAIN_KIND.get(document.folder)
    if kind and document.triples:
        expected = f"{BASE}id/{kind}/{document.slug}"
        if expected not in document.subjects:
            mains = sorted(s for s in document.subjects if s.startswith(f"{BASE}id/{kind}/"))
            found = compact(mains[0]) if mains else ""
            wanted = f"<id/{kind}/{document.slug}>"
            yield violation("file-name", "file-name", document.file, found=found, values={"wanted": wanted})


def _opens_blank(line: str) -> bool:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", line.split(" #")[0])
    return bool(re.search(r"\[|\(|_:", bare))


def _empty(file: str, path: Path, text: str = "") -> Document:
    return Document(file, path.parent.name, path.stem, text, ())
