"""The build: a version is made beside the current one and takes its place only when it is whole and good."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dgekg import __version__, processes, versions
from dgekg.build import ledger, placing
from dgekg.build.placing import counts
from dgekg.build.sources import Sources
from dgekg.build.validate import Progress, no_progress, validate
from dgekg.build.writing import finish, locked
from dgekg.errors import NoBuild, StoreError
from dgekg.findings import Finding, violation, violations, warning
from dgekg.settings import Project
from dgekg.suppression import NOTHING, Suppressed
from dgekg.versions import Version
from dgekg.withdrawal import Taken, take
from dgekg.withheld import Withheld, names_of

__all__ = ["Built", "build", "counts", "named", "version_of", "without"]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did.

    Attributes:
        version: the version that is current now; None where violations stopped it.
        findings: violations and warnings, in order.
        made: whether a new version was written; False where nothing had changed or violations stopped it.
    """

    version: Version | None
    findings: list[Finding]
    made: bool


def build(
    project: Project,
    as_of: dt.date,
    language: str = "en",
    progress: Progress = no_progress,
    *,
    record: bool = False,
    keep: int = 3,
    suppressed: Suppressed = NOTHING,
    kept_out: Withheld | None = None,
) -> Built:
    """Build the project; `current` moves only when there is no violation.

    Args:
        project: the folders.
        as_of: the day that decides what is stale; an input of the version.
        language: language of the findings.
        progress: told each step.
        record: append create lines to the ledger for records that it lacks.
        keep: how many older versions stay on disk.
        suppressed: what is left out of the version, although its files are there.
        kept_out: what was withheld before and may not come back.

    Raises:
        SourceError: a shape, query or rule of ours is broken.
        StoreError: another build is running, or the disk cannot be written.
    """
    with locked(project.build), processes.uncollected():
        finish(project)
        placing.clear(project)
        progress("read", 0, 1)
        sources = Sources(project)
        if record:
            ledger.record_new(sources.data / "changes", sources.records, project.root, as_of)
        back = list(_back(sources, kept_out, language)) if kept_out else []
        if back:
            return Built(None, back, False)
        name = without(version_of(sources, as_of), suppressed)
        present = _present(project.build, name)
        if present is not None:
            return Built(present, [], False)
        remembered = project.build / ".clean"
        findings, store = validate(sources, as_of, language, progress=progress, remembered=remembered)
        if violations(findings) or store is None:
            return Built(None, findings, False)
        taken = take(store, suppressed, project.queries)
        findings += _still_there(taken, sources, language)
        meta = {
            "as_of": as_of.isoformat(),
            "rules": sources.rules_digest,
            "documents": len(sources.records) - taken.documents,
            "warnings": len(findings),
            "suppressed": suppressed.digest,
        }
        progress("write", 0, 1)
        made = placing.place(
            project, name, as_of, keep, lambda folder: placing.whole(store, folder, name, project.queries, meta)
        )
        return Built(made, findings, True)


def _back(sources: Sources, kept_out: Withheld, language: str) -> Iterator[Finding]:
    """Yield a violation for each record that brings back what was withheld; it names the file, not what it met."""
    for document in sources.records:
        if kept_out.met(names_of(document)):
            yield violation("withheld", "withheld.met", document.file, 1).spoken(language)


def version_of(sources: Sources, as_of: dt.date) -> str:
    """Return the name of the version: a hash over documents, ledger, rules, code and day."""
    digests = sorted(d.digest for d in [*sources.records, *sources.vocabulary])
    changes = [file.read_bytes() for file in sorted((sources.data / "changes").glob("*.csv"))]
    return named(digests, changes, sources.rules_digest, as_of)


def named(digests: Iterable[str], changes: Iterable[bytes], rules: str, as_of: dt.date) -> str:
    """Return the name of a version.

    Args:
        digests: of all documents, in order.
        changes: the files of the ledger, in the order of their names.
        rules: digest of shapes, queries and the rest that `Sources.rules_digest` covers.
        as_of: the day to reckon from.
    """
    total = hashlib.sha256("".join(digests).encode())
    for file in changes:
        total.update(file)
    total.update(f"{rules}|{__version__}|{as_of.isoformat()}".encode())
    return total.hexdigest()[:16]


def without(name: str, suppressed: Suppressed) -> str:
    """Return the name of a version from which something is left out: another one."""
    if not suppressed:
        return name
    return hashlib.sha256(f"{name}|{suppressed.digest}".encode()).hexdigest()[:16]


def _still_there(taken: Taken, sources: Sources, language: str) -> list[Finding]:
    """Return a warning for each record that was left out of the graph, and whose file is still there."""
    found = []
    for iri in sorted(taken.records):
        document = sources.home.get(iri)
        if document is not None:
            line = document.line_of(iri)
            found.append(warning("suppressed", "suppressed.still-there", document.file, line).spoken(language))
    return found


def _present(folder: Path, name: str) -> Version | None:
    """Return the version if it is there, whole and current already."""
    with contextlib.suppress(NoBuild, StoreError):
        version = versions.current(folder)
        return version if version.id == name else None
    return None
