"""Putting a version in its place: written beside the others, moved there in one step, and only then the current one."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from dgekg import __version__, generation, versions
from dgekg.disk import sync
from dgekg.errors import StoreError
from dgekg.settings import Project
from dgekg.store.dumps import writing
from dgekg.store.local import LocalStore
from dgekg.versions import DUMP, INDEX, META, SEARCH, STORE, Version
from dgekg.vocabulary import ONTOLOGY, RDF_TYPE

STAGING = ".staging-"


def clear(project: Project) -> None:
    """Delete what builds that were cut short left behind; for whoever holds the lock."""
    for left in project.build.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def place(project: Project, name: str, as_of: dt.date, keep: int, write: Callable[[Path], None]) -> Version:
    """Write a version and make it the current one; for whoever holds the lock.

    Args:
        project: the folders.
        name: of the version.
        as_of: the day that it reckons from.
        keep: how many older versions stay on disk.
        write: fills an empty folder with all that belongs to the version.

    Raises:
        StoreError: the disk cannot be written; the version before stays current.
    """
    builds = project.build
    staging = builds / f"{STAGING}{os.getpid()}"
    staging.mkdir()
    try:
        write(staging)
        target = builds / name
        if target.exists():
            target.rename(builds / f"{STAGING}old-{os.getpid()}")  # broken, or never whole
        staging.rename(target)
    except OSError as error:
        raise StoreError(f"{builds}: the build cannot be written ({error}).") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)  # gone by then, where all went well
    versions.remember(builds, name, as_of)
    _point(builds, name)
    _prune(builds, name, keep)
    return versions.at(builds / name)


def whole(store: LocalStore, folder: Path, name: str, queries: Path, meta: dict[str, Any]) -> None:
    """Fill a folder with a version made from nothing but its graph.

    Args:
        store: the graph, in memory.
        folder: empty.
        name: of the version.
        queries: the folder of queries.
        meta: what `described` cannot know.
    """
    from dgekg import partitions, textsearch  # these load what validation alone does not need
    from dgekg.index import Index
    from dgekg.index.file import write as write_index
    from dgekg.index.records import dimensions, sources_of

    with writing(store, folder / DUMP, folder / STORE) as written:  # takes longer than all the rest
        write_index(Index(store, queries).parts, sources_of(dimensions(queries)), folder / INDEX, name)
        textsearch.build(folder / SEARCH, name, store, queries)
        classes = counts(store)
        partitions.write(partitions.count(store, queries), folder)
        quads = written()
    described(folder, name, {**meta, "quads": quads, "classes": classes})


def described(folder: Path, name: str, meta: dict[str, Any]) -> None:
    """Write what a version says of itself, and wait until all is on disk; the last step of filling its folder."""
    digests = {part: versions.digest(folder / part) for part in (DUMP, INDEX)}
    said = {"version": name, "code": __version__, "digests": digests, **meta}
    (folder / META).write_text(json.dumps(said, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in (folder / DUMP, folder / META, folder):
        sync(path)


def counts(store: LocalStore) -> dict[str, int]:
    """Return the number of instances of each class of ours."""
    found: dict[str, set[str]] = {}
    for quad in store.engine.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None):
        name = quad.object.value if isinstance(quad.object, NamedNode) else ""
        if name.startswith(ONTOLOGY):
            found.setdefault(name.removeprefix(ONTOLOGY), set()).add(str(quad.subject))
    return {name: len(members) for name, members in sorted(found.items())}


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
