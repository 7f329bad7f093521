"""Validation of a project or of some of its files: shapes, references, checks, ledger; findings, never exceptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from dgekg import processes
from dgekg.build import checks, ledger
from dgekg.build.derive import assemble
from dgekg.build.sources import Sources
from dgekg.examining.alone import Examiner, recall, remember
from dgekg.examining.references import Known
from dgekg.findings import Finding, ordered, violations
from dgekg.store.local import LocalStore

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
    clean = recall(remembered)
    examiner = Examiner(sources.quick, known(sources), language, clean)
    with processes.uncollected(), processes.each(examiner, wanted, spare=1) as examined:
        if not violations(sources.findings):
            progress("derive", 0, 1)
            store = assemble(sources, as_of)
            progress("checks", 0, 1)
            folder = sources.project.queries / "checks"
            findings += checks.run(store, folder, sources.home, as_of, language)
        findings += ledger.check(sources.data / "changes", sources.records, sources.project.root, as_of)
        keys = set()
        for number, found in enumerate(examined):
            progress("shapes", number, len(wanted))
            findings += found.findings
            if found.clean:
                keys.add(found.key)
    if remembered is not None:
        remember(remembered, keys if len(wanted) > len(sources.records) else keys | clean)
    findings = checks.once(findings, sources.project.queries / "checks")
    if only:
        findings = [f for f in findings if f.file in only]
    return ordered(finding.spoken(language) for finding in findings), store


def known(sources: Sources) -> Known:
    """Return what the documents of a project can refer to."""
    documents = [*sources.vocabulary, *sources.records]
    others = (iri for d in documents for iri in (d.likely or d.classes) if iri not in sources.context)
    return Known(sources.context, others)
