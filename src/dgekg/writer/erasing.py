"""Protective erasure: out of every kept version, copy and proposal; and what lies out of reach, said as it is."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from dgekg import generation, identifiers, versions
from dgekg.errors import DgekgError
from dgekg.inbox import Inbox
from dgekg.settings import Project
from dgekg.store.local import LocalStore

_PATIENCE_SECONDS = 40.0  # a service lets the version before go within 15, and queries on it end within 30


def sweep(project: Project, inbox: Inbox, record: str, told: Callable[[str], None], order: str = "") -> list[str]:
    """Delete what kept versions, their reduced copies and the inbox still hold of an erased record.

    Args:
        project: the folders; its current version no longer holds the record.
        inbox: of its private root.
        record: its IRI.
        told: is told what could not be deleted; never the record's name.
        order: id of the proposal that this carries out: it goes last, for whoever waits takes its end for the end of
            all, and a process that ends before finds it again.

    Returns:
        the versions and reduced copies that somebody still reads, and that could not be deleted.
    """
    for name in concerned(inbox, record):
        if name != order:
            inbox.delete(name)
    for copy in _copies(project):
        versions.remove(copy)  # whatever it holds: one that nobody reads is made again when it is wanted
    left = holding(project, record)
    until = time.monotonic() + _PATIENCE_SECONDS
    while (left := [path for path in left if not versions.remove(path)]) and time.monotonic() < until:
        time.sleep(0.5)
    for path in project.build.glob(".staging-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in left:
        told(f"version {path.name} holds it still and is being read; the next build deletes it")
    if order:
        inbox.delete(order)
    return [path.name for path in left]


def concerned(inbox: Inbox, record: str) -> list[str]:
    """Return the ids of proposals that are about a record, made it, or speak of it."""
    short = identifiers.compact(record).removeprefix("id/")
    found = []
    for held in inbox.list():
        made = held.outcome.record if held.outcome else ""
        said = json.dumps(held.proposal.as_json()) + (held.outcome.diff if held.outcome else "")
        if record in (held.proposal.record, made) or short in said:
            found.append(held.id)
    return found


def out_of_reach(project: Project, files: list[str]) -> Iterator[str]:
    """Yield what no command of ours reaches, and what to do about it.

    Args:
        project: the folders.
        files: paths of the documents that held the record, below the project's folder.
    """
    if (project.root / ".git").exists():
        paths = " ".join(f"--path {file}" for file in files)
        yield "The history of the repository holds it. In a fresh clone, with git-filter-repo:"
        yield f"    git filter-repo --invert-paths {paths}"
        yield "    git push --force --all && git push --force --tags"
        yield "Lines of the ledger and mentions in other files lie there too: git filter-repo --replace-text FILE."
        yield "Then ask the host to delete what it caches, and everybody who has a clone to make a new one."
    yield "Releases, archives and backups made before hold it: delete or replace them."
    yield "Who harvested it before keeps a copy: the feed says that something is gone; write to those you know of."


def holding(project: Project, record: str) -> list[Path]:
    """Return the versions kept beside the current one, and reduced copies, that hold a record or cannot be read."""
    current = versions.current(project.build).id
    kept = [project.build / name for name in versions.kept(project.build) if name != current]
    return [path for path in (*kept, *_copies(project)) if _holds(path, record)]


def _copies(project: Project) -> Iterator[Path]:
    yield from (project.build / generation.REDUCED).glob("*-*")


def _holds(version: Path, record: str) -> bool:
    try:
        engine = LocalStore(version / versions.STORE).engine
        return next(engine.quads_for_pattern(NamedNode(record), None, None, None), None) is not None
    except DgekgError:
        return True  # broken: it cannot be told


def files_of(project: Project, record: str) -> list[str]:
    """Return the files below data/ that name a record."""
    name = f"<{identifiers.compact(record)}>".encode()
    paths: list[Path] = sorted(project.data.rglob("*.ttl"))
    return [path.relative_to(project.root).as_posix() for path in paths if name in path.read_bytes()]
