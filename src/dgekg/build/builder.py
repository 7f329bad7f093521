"""The build: a version is made beside the current one and takes its place only when it is whole and good."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from dgekg import __version__, generation, processes, versions
from dgekg.build import ledger
from dgekg.build.sources import Sources
from dgekg.build.validate import Progress, no_progress, validate
from dgekg.build.writing import finish, locked, sync
from dgekg.errors import NoBuild, StoreError
from dgekg.findings import Finding, violations, warning
from dgekg.settings import Project
from dgekg.store.dumps import writing
from dgekg.store.local import LocalStore
from dgekg.suppression import NOTHING, Suppressed
from dgekg.versions import DUMP, INDEX, META, SEARCH, STORE, Version
from dgekg.vocabulary import ONTOLOGY, RDF_TYPE
from dgekg.withdrawal import Taken, take

_STAGING = ".staging-"


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

    Raises:
        SourceError: a shape, query or rule of ours is broken.
        StoreError: another build is running, or the disk cannot be written.
    """
    with locked(project.build), processes.uncollected():
        finish(project)
        for left in project.build.glob(f"{_STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        progress("read", 0, 1)
        sources = Sources(project)
        if record:
            ledger.record_new(sources.data / "changes", sources.records, project.root, as_of)
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
        staging = project.build / f"{_STAGING}{os.getpid()}"
        staging.mkdir()
        try:
            progress("write", 0, 1)
            _write(store, staging, name, as_of, sources, findings, suppressed, taken)
            target = project.build / name
            if target.exists():
                target.rename(project.build / f"{_STAGING}old-{os.getpid()}")  # broken, or never whole
            staging.rename(target)
        except OSError as error:
            raise StoreError(f"{project.build}: the build cannot be written ({error}).") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)  # gone by then, where all went well
        versions.remember(project.build, name, as_of)
        _point(project.build, name)
        _prune(project.build, name, keep)
        return Built(versions.at(project.build / name), findings, True)


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


def counts(store: LocalStore) -> dict[str, int]:
    """Return the number of instances of each class of ours."""
    found: dict[str, set[str]] = {}
    for quad in store.engine.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None):
        name = quad.object.value if isinstance(quad.object, NamedNode) else ""
        if name.startswith(ONTOLOGY):
            found.setdefault(name.removeprefix(ONTOLOGY), set()).add(str(quad.subject))
    return {name: len(members) for name, members in sorted(found.items())}


def _write(
    store: LocalStore,
    folder: Path,
    name: str,
    as_of: dt.date,
    sources: Sources,
    findings: list[Finding],
    suppressed: Suppressed,
    taken: Taken,
) -> None:
    from dgekg import partitions, textsearch  # these load what validation alone does not need
    from dgekg.index import Index
    from dgekg.index.file import write as write_index
    from dgekg.index.records import dimensions, sources_of

    dump = folder / DUMP
    queries = sources.project.queries
    with writing(store, dump, folder / STORE) as written:  # takes longer than all the rest
        write_index(Index(store, queries).parts, sources_of(dimensions(queries)), folder / INDEX, name)
        textsearch.build(folder / SEARCH, name, store, queries)
        classes = counts(store)
        partitions.write(partitions.count(store, queries), folder)
        quads = written()
    meta = {
        "version": name,
        "as_of": as_of.isoformat(),
        "code": __version__,
        "rules": sources.rules_digest,
        "quads": quads,
        "documents": len(sources.records) - taken.documents,
        "warnings": len(findings),
        "classes": classes,
        "suppressed": suppressed.digest,
        "digests": {part: versions.digest(folder / part) for part in (DUMP, INDEX)},
    }
    (folder / META).write_text(json.dumps(meta, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in (dump, folder / META, folder):
        sync(path)


def _present(folder: Path, name: str) -> Version | None:
    """Return the version if it is there, whole and current already."""
    with contextlib.suppress(NoBuild, StoreError):
        version = versions.current(folder)
        return version if version.id == name else None
    return None


def _point(folder: Path, name: str) -> None:
    """Let `current` name another version, in one step."""
    fresh = folder / ".current"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(name)
    fresh.replace(folder / "current")
    sync(folder)


def _prune(folder: Path, name: str, keep: int) -> None:
    old = [p for p in folder.iterdir() if p.is_dir() and not p.is_symlink() and not p.name.startswith(".")]
    old = sorted((p for p in old if p.name != name), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in old[keep:]:
        versions.remove(path)  # what somebody reads stays until a later build
    generation.clear(folder)
