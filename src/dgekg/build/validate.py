"""Validation of a project or of some of its files: shapes, references, checks, ledger; findings, never exceptions."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dgekg.build import checks, ledger
from dgekg.build.derive import assemble
from dgekg.build.sources import Sources
from dgekg.documents import Document
from dgekg.findings import Finding, ordered, violations
from dgekg.store.local import LocalStore
from dgekg.vocabulary import ONTOLOGY

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
    findings += _shapes(sources, wanted, language, progress, remembered)
    progress("references", 0, 1)
    findings += checks.references(wanted, sources.context, terms(sources.vocabulary))
    store = None
    if not violations(sources.findings):
        progress("derive", 0, 1)
        criteria = sources.data / "criteria"
        queries = sources.project.queries
        store = assemble(sources.records, sources.vocabulary, queries, criteria, as_of)
        progress("checks", 0, 1)
        folder = sources.project.queries / "checks"
        findings += checks.run(store, folder, sources.home, as_of, language)
    findings += ledger.check(sources.data / "changes", sources.records, sources.project.root)
    if only:
        findings = [f for f in findings if f.file in only]
    return ordered(findings), store


def terms(vocabulary: Iterable[Document]) -> frozenset[str]:
    """Return the terms that the ontology declares."""
    return frozenset(s for d in vocabulary for s in d.subjects if s.startswith(ONTOLOGY))


def _shapes(
    sources: Sources, wanted: Sequence[Document], language: str, progress: Progress, remembered: Path | None
) -> list[Finding]:
    clean = _recall(remembered)
    seen: set[str] = set()
    findings: list[Finding] = []
    for number, document in enumerate(wanted):
        progress("shapes", number, len(wanted))
        key = _key(sources, document)
        if key not in clean:
            found = sources.shapes.validate(document, sources.context, language)
            findings += found
            if found:
                continue
        seen.add(key)
    if remembered is not None:
        remembered.parent.mkdir(parents=True, exist_ok=True)
        partial = remembered.with_suffix(".partial")
        partial.write_text("\n".join(sorted(seen | clean if len(wanted) < len(sources.records) else seen)))
        partial.replace(remembered)
    return findings


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
