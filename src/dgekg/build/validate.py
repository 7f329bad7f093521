"""Validation of a project or of some of its files: shapes, references, checks, ledger; findings, never exceptions."""

from __future__ import annotations

import datetime as dt
import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dgekg.build import checks, ledger
from dgekg.build.derive import assemble
from dgekg.build.sources import Sources
from dgekg.documents import Document
from dgekg.findings import Finding, ordered, violations
from dgekg.store.local import LocalStore
from dgekg.vocabulary import ONTOLOGY

# From so many documents on, the start of further processes is worth its while; what they read they inherit by fork.
_MANY = 40
_shared: dict[str, Any] = {}
Progress = Callable[[str, int, int], None]


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""


def validate(
    sources: Sources,
    as_of: dt.date,
    language: str = "en",
    only: Sequence[str] = (),
    progress: Progress = no_progress,
    remembered: Path | None = None,
) -> tuple[list[Finding], LocalStore | None]:
    """Validate; return the findings in order, and the assembled store unless the files do not even parse.

    Args:
        sources: the parsed project.
        as_of: the day that "stale" and "in the future" are reckoned from.
        language: language of the messages.
        only: files (as `Document.file`) to which findings are limited; empty means all.
        progress: told each step, what is done and the total.
        remembered: file that keeps which documents were found clean by which shapes; None remembers nothing.
    """
    findings = list(sources.findings)
    wanted = [d for d in [*sources.records, *sources.vocabulary] if not only or d.file in only]
    store = None
    if not violations(sources.findings):
        progress("derive", 0, 1)
        store = assemble(sources, as_of)
        progress("checks", 0, 1)
        folder = sources.project.queries / "checks"
        findings += checks.run(store, folder, sources.home, as_of, language)
    findings += _shapes(sources, wanted, language, progress, remembered)
    progress("references", 0, 1)
    findings += checks.references(wanted, sources.context, terms(sources.context))
    findings += ledger.check(sources.data / "changes", sources.records, sources.project.root)
    if only:
        findings = [f for f in findings if f.file in only]
    return ordered(finding.spoken(language) for finding in findings), store


def terms(known: Iterable[str]) -> frozenset[str]:
    """Return those of the known addresses that are terms of the ontology."""
    return frozenset(iri for iri in known if iri.startswith(ONTOLOGY))


def _shapes(
    sources: Sources, wanted: Sequence[Document], language: str, progress: Progress, remembered: Path | None
) -> list[Finding]:
    clean = _recall(remembered)
    keys = {document.file: _key(sources, document) for document in wanted}
    unknown = [document for document in wanted if keys[document.file] not in clean]
    findings: list[Finding] = []
    for number, found in enumerate(_validated(sources, unknown, language)):
        progress("shapes", number, len(unknown))
        findings += found
    if remembered is not None:
        faulty = {finding.file for finding in findings}
        good = {key for file, key in keys.items() if file not in faulty}
        _remember(remembered, good if len(wanted) > len(sources.records) else good | clean)
    return findings


def _validated(sources: Sources, documents: Sequence[Document], language: str) -> Iterator[list[Finding]]:
    """Yield the findings of each document; many are shared out over the processors."""
    if len(documents) < _MANY or not hasattr(os, "fork"):
        yield from (sources.shapes.validate(d, sources.context, language) for d in documents)
        return
    _shared.update(sources=sources, documents=documents, language=language)
    sources.shapes.prepare()
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        yield from pool.imap(_one, range(len(documents)), chunksize=8)


def _one(number: int) -> list[Finding]:
    sources, documents = _shared["sources"], _shared["documents"]
    found: list[Finding] = sources.shapes.validate(documents[number], sources.context, _shared["language"])
    return found


def _remember(path: Path, keys: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text("\n".join(sorted(keys)), encoding="ascii")
    fresh.replace(path)


def _key(sources: Sources, document: Document) -> str:
    """Name what a document's conformity depends on: its triples, the shapes, the classes of what it refers to."""
    total = hashlib.sha256(sources.shapes.digest.encode() + document.digest.encode())
    for reference in sorted(document.references):
        total.update(f"{reference} {sorted(sources.context.get(reference, ()))}".encode())
    return total.hexdigest()


def _recall(remembered: Path | None) -> frozenset[str]:
    if remembered is None or not remembered.is_file():
        return frozenset()
    return frozenset(remembered.read_text(encoding="ascii", errors="replace").split())
