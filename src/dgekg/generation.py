"""A version as it may be shown today: itself or, where it holds what is suppressed, a reduced copy of it.

A copy is made once, beside the versions (`build/.reduced/`), and shared by all processes that serve it: great files are
linked, the store loses the statements, the dump their lines, index and search are brought up to date. Nobody is ever
handed the whole version while something in it is suppressed.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat

from dgekg import disk, identifiers, textsearch, versions
from dgekg.disk import sync
from dgekg.errors import StoreError
from dgekg.index import Index
from dgekg.index.file import open_index
from dgekg.index.file import write as write_index
from dgekg.index.parts import TABLES
from dgekg.index.records import dimensions, sources_of
from dgekg.index.update import updated
from dgekg.store.base import value_of
from dgekg.store.local import LocalStore
from dgekg.suppression import Suppressed
from dgekg.versions import DUMP, INDEX, META, SEARCH, STORE, Version
from dgekg.vocabulary import ONTOLOGY, RDF_TYPE
from dgekg.withdrawal import Taken, held, take

REDUCED = ".reduced"
NOTES = "LOG"
"""How the files begin in which the engine tells what it did; nobody reads them."""
_TEMPORARY: dict[tuple[str, str], Path] = {}
_TYPE = NamedNode(RDF_TYPE)


def served(version: Version, suppressed: Suppressed, queries: Path) -> Version:
    """Return a version as it may be shown; the first call after a change of the list makes what is needed.

    Args:
        version: as it was built.
        suppressed: what may not be shown.
        queries: the folder of queries.

    Raises:
        StoreError: the reduced copy cannot be made; then nothing of the version may be shown.
    """
    if not suppressed or version.meta.get("suppressed", "") == suppressed.digest:
        return version
    known = _TEMPORARY.get((version.id, suppressed.digest))
    if known is not None:
        return versions.at(known)
    with _making(version) as folder:
        place = folder / f"{version.id}-{suppressed.digest}"
        if (place / META).is_file():
            return versions.at(place)
        staging = folder / f".staging-{os.getpid()}-{version.id}"
        shutil.rmtree(staging, ignore_errors=True)
        try:
            _reduce(version, suppressed, queries, staging)
            shutil.rmtree(place, ignore_errors=True)
            staging.rename(place)
        except OSError as error:
            raise StoreError(f"{place}: what may be shown of the version cannot be written ({error}).") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        if folder.name != REDUCED:
            _TEMPORARY[version.id, suppressed.digest] = place
        _tidy(folder, version.path.parent, place)
        return versions.at(place)


def refuse(store: Any, address: str, suppressed: Suppressed) -> None:
    """Refuse a remote store that holds what may not be shown: only its owner can take it out there.

    Raises:
        StoreError: it does.
    """
    found = held(store, suppressed)
    if found:
        raise StoreError(
            f"{address}: holds {len(found)} records that may not be shown. "
            'Load a version that was built since: "dgekg build --store".'
        )


@contextlib.contextmanager
def _making(version: Version) -> Iterator[Path]:
    """Keep others from making copies meanwhile; yield the folder for them."""
    folder = version.path.parent / REDUCED
    try:
        folder.mkdir(exist_ok=True)
        handle = disk.held(folder / ".lock")
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise StoreError(f"{folder}: what may be shown cannot be written there ({error}).") from error
        own = Path(tempfile.mkdtemp(prefix="dgekg-reduced-"))  # here nothing may be written: each process makes its own
        atexit.register(shutil.rmtree, own, ignore_errors=True)
        yield own
        return
    with handle:
        yield folder


def _reduce(version: Version, suppressed: Suppressed, queries: Path, folder: Path) -> None:
    folder.mkdir()
    copy_store(version.store, folder / STORE)
    index = open_index(version.path / INDEX, version.id, LocalStore(version.store), queries)
    store = writable(folder / STORE)
    taken = take(store, suppressed, queries)
    store.engine.flush()
    _dump(version.dump, folder / DUMP, taken)
    changed = {iri for iri in taken.gone | taken.touched if "/id/practice/" in iri}
    whole = any(not iri.startswith(identifiers.records("practice")) for iri in taken.records)
    fresh = (
        Index(store, queries) if whole else updated(index, store, queries, changed, TABLES)
    )  # which say nothing of it
    write_index(fresh.parts, sources_of(dimensions(queries)), folder / INDEX, version.id)
    textsearch.update(version.path / SEARCH, folder / SEARCH, version.id, store, queries, taken.touched, taken.gone)
    meta = {
        **version.meta,
        "quads": len(store.engine),
        "documents": version.meta.get("documents", 0) - taken.documents,
        "classes": _classes(version.meta.get("classes", {}), taken),
        "suppressed": suppressed.digest,
        "suppressed_since": len(taken.records),
    }
    meta["digests"] = {name: versions.digest(folder / name) for name in (DUMP, INDEX)}
    (folder / META).write_text(json.dumps(meta, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in (folder / META, *(folder / STORE).iterdir(), folder):
        sync(path)


def copy_store(source: Path, target: Path) -> None:
    """Copy a store: tables by links, for they are never written again; the rest is small."""
    target.mkdir()
    for file in source.iterdir():
        if file.suffix == ".sst":
            with contextlib.suppress(OSError):
                os.link(file, target / file.name)
                continue
        if not file.name.startswith(("LOCK", NOTES)):
            shutil.copyfile(file, target / file.name)


def writable(folder: Path) -> LocalStore:
    """Open a copied store for changes; errors as for `LocalStore`."""
    store = LocalStore()
    try:
        store.engine = ox.Store(str(folder))
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{folder}: the store cannot be opened ({error}).") from error
    return store


def _dump(source: Path, target: Path, taken: Taken) -> None:
    lines = set((ox.serialize(taken.quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    with source.open("rb") as before, target.open("wb") as after:
        after.writelines(line for line in before if line not in lines)
        after.flush()
        os.fsync(after.fileno())


def _classes(counts: dict[str, int], taken: Taken) -> dict[str, int]:
    found = dict(counts)
    pairs = {(value_of(q.subject), value_of(q.object)) for q in taken.quads if q.predicate == _TYPE}
    for _subject, class_ in pairs:
        name = class_.removeprefix(ONTOLOGY)
        if name in found:
            found[name] -= 1
    return {name: count for name, count in found.items() if count > 0}


def clear(builds: Path) -> None:
    """Delete the copies of versions that are gone themselves."""
    for path in (builds / REDUCED).glob("*-*"):
        if not (builds / path.name.partition("-")[0]).is_dir():
            versions.remove(path)


def _tidy(folder: Path, builds: Path, newest: Path) -> None:
    """Delete copies that nobody can need any more: of versions that are gone, or of an older list and not in use."""
    for path in folder.iterdir():
        version = path.name.partition("-")[0]
        if path == newest or path.name.startswith(".") or not path.is_dir():
            continue
        if version == newest.name.partition("-")[0] or not (builds / version).is_dir():
            versions.remove(path)
