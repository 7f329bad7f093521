"""Reading documents: files one by one or all together, with what is wrong with each as a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pyoxigraph import RdfFormat, serialize

from dgekg import processes
from dgekg.documents.document import Classes, Document, parsed
from dgekg.findings import Finding, violation
from dgekg.identifiers import SLUG, compact
from dgekg.vocabulary import BASE, RDF_TYPE

# What a file's name must agree with: the folder's main kind. Other folders may hold several records a file.
MAIN_KIND = {"practices": "practice", "actors": "actor", "standards": "instrument"}
_TYPE = f"<{RDF_TYPE}>"


class _Said(NamedTuple):
    """What reading the bytes of a file gave: small, so that it can be handed from process to process."""

    digest: str
    classes: dict[str, frozenset[str]]
    findings: list[Finding]


def read(path: Path, root: Path) -> tuple[Document, list[Finding]]:
    """Read one file; what is wrong with it comes back as findings, never as an exception."""
    found = _bytes(path, root)
    return _whole(found, _examine(found))


def of_text(file: str, data: bytes) -> tuple[Document, list[Finding]]:
    """Read what a file is to say, whether or not it is there.

    Args:
        file: its path below the project's folder, with forward slashes.
        data: its bytes.
    """
    path = PurePosixPath(file)
    found = Document(file, path.parent.name, path.stem, data), list[Finding]()
    return _whole(found, _examine(found))


def twice(document: Document, subject: str, other: str) -> Finding:
    """Return what is found where a document describes a subject that another file describes already."""
    line = document.line_of(subject)
    return violation("one-file", "one-file", document.file, line, record=subject, values={"other": other})


def read_all(paths: Iterable[Path], root: Path, *, shared: Sequence[str] = ()) -> tuple[list[Document], list[Finding]]:
    """Read files in the order of their names; a subject that two of them describe is a finding.

    Args:
        paths: the files.
        root: the project's folder.
        shared: names of folders and files that may say more of what others describe.
    """
    files = [_bytes(path, root) for path in sorted(paths)]
    documents: list[Document] = []
    findings: list[Finding] = []
    same: dict[frozenset[str], frozenset[str]] = {}
    with processes.uncollected(), processes.each(_examine, files) as results:
        for file, said in zip(files, results, strict=True):
            for subject, kinds in said.classes.items():  # few sets of classes are many records'
                said.classes[subject] = same.setdefault(kinds, kinds)
            document, found = _whole(file, said)
            documents.append(document)
            findings += found
    return documents, [*findings, *clashes(documents, shared)]


def clashes(documents: Iterable[Document], shared: Sequence[str] = ()) -> list[Finding]:
    """Find the subjects that two documents describe, told of the later one; `shared` as for `read_all`."""
    findings: list[Finding] = []
    home: dict[str, Document] = {}
    for document in documents:
        if document.folder in shared or document.slug in shared:
            continue
        for subject in sorted(document.classes):
            first = home.setdefault(subject, document)
            if first is not document:
                findings.append(twice(document, subject, first.file))
    return findings


def classes(documents: Iterable[Document]) -> dict[str, frozenset[str]]:
    """Return the classes of every subject that has any, as validation hands them to the shapes."""
    found: dict[str, frozenset[str]] = {}
    for document in documents:
        for subject, kinds in document.classes.items():
            if kinds:
                known = found.get(subject)
                found[subject] = kinds if known is None else known | kinds
    return found


def of_folder(folder: Path) -> list[Path]:
    """Return the Turtle files below a folder, sorted; hidden files and editors' copies are left out."""
    return sorted(p for p in folder.rglob("*.ttl") if named_as_one(p.name))


def named_as_one(name: str) -> bool:
    """Whether a file of this name is a document: Turtle, neither hidden nor an editor's copy."""
    return name.endswith(".ttl") and not name.startswith((".", "#", "~"))


def _bytes(path: Path, root: Path) -> tuple[Document, list[Finding]]:
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    try:
        return Document(file, path.parent.name, path.stem, path.read_bytes()), []
    except OSError as error:
        finding = violation("file", "file.unreadable", file, values={"reason": str(error.strerror)})
        return Document(file, path.parent.name, path.stem, b""), [finding]


def _whole(found: tuple[Document, list[Finding]], said: _Said) -> tuple[Document, list[Finding]]:
    raw, findings = found
    document = Document(raw.file, raw.folder, raw.slug, raw.data, said.digest, said.classes)
    return document, [*findings, *said.findings]


def _examine(found: tuple[Document, list[Finding]]) -> _Said:
    document, wrong = found
    if wrong:
        return _Said("", {}, [])
    try:
        document.data.decode("utf-8")
        lines = serialize(parsed(document.data), format=RdfFormat.N_TRIPLES) or b""
    except UnicodeDecodeError as error:
        line = document.data[: error.start].count(b"\n") + 1
        return _Said("", {}, [violation("file", "file.not-utf-8", document.file, line)])
    except SyntaxError as error:
        line, column = error.lineno or 0, error.offset or 0
        reason = {"reason": error.msg}
        return _Said("", {}, [violation("turtle", "turtle", document.file, line, column=column, values=reason)])
    unique = sorted(set(lines.decode().split("\n")[:-1]))
    described, blank = _described(unique)
    digest = hashlib.sha256("\n".join(unique).encode()).hexdigest()
    return _Said(digest, described, list(_structure(document, described, blank)))


def _described(lines: Iterable[str]) -> tuple[dict[str, frozenset[str]], bool]:
    """Return the classes of each subject, and whether there is a blank node among N-Triples lines."""
    found: dict[str, list[str]] = {}
    blank = False
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if subject[0] == "_" or value[0] == "_":
            blank = True
        if subject[0] == "<":
            kinds = found.setdefault(subject[1:-1], [])
            if predicate == _TYPE and value[0] == "<":
                kinds.append(value[1:-3])  # up to the closing bracket, space and full stop
    return {subject: frozenset(kinds) for subject, kinds in found.items()}, blank


def _structure(document: Document, described: Classes, blank: bool) -> Iterator[Finding]:
    if blank:
        line = next((n for n, text in enumerate(document.text.splitlines(), 1) if _opens_blank(text)), 0)
        yield violation("no-blank-nodes", "no-blank-nodes", document.file, line, values={"slug": document.slug})
    if not SLUG.fullmatch(document.slug):
        yield violation("file-name", "file-name.slug", document.file, found=document.slug)
        return
    kind = MAIN_KIND.get(document.folder)
    if kind and described:
        expected = f"{BASE}id/{kind}/{document.slug}"
        if expected not in described:
            mains = sorted(s for s in described if s.startswith(f"{BASE}id/{kind}/"))
            found = compact(mains[0]) if mains else ""
            line = document.line_of(mains[0] if mains else min(described))
            wanted = f"<id/{kind}/{document.slug}>"
            yield violation("file-name", "file-name", document.file, line, found=found, values={"wanted": wanted})


def _opens_blank(line: str) -> bool:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', "", line.split(" #")[0])
    return bool(re.search(r"\[|\(|_:", bare))
