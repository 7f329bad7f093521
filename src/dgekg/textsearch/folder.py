"""The search on disk: `search/` inside a built version, written once, checked whenever it is opened.

`search.json` says what the folder is: its format, its version, and of every file the size and a checksum.
An update never changes a folder. It makes a new one that shares the great indexes by hard links, holds what has changed
in small ones beside them, and lists what of the great ones no longer counts.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from dgekg.disk import sync
from dgekg.errors import SearchFault
from dgekg.store.base import Store
from dgekg.textsearch import entries
from dgekg.textsearch.part import LINES, Part, iri_of, write
from dgekg.textsearch.search import SHELVES, Search, shelved

MANIFEST = "search.json"
FORMAT = 1
_CHANGES = "-changes"
_BLOCK = 2**20
_LEAST, _SHARE = 2_000, 0.1  # so many changes, or so great a part, are no longer kept beside


def build(folder: Path, version: str, store: Store, queries: Path) -> None:
    """Write the search of a store into a folder that does not exist yet.

    Raises:
        SearchFault: the folder cannot be written.
    """
    build_from(folder, version, entries.read_all(store, queries))


def build_from(folder: Path, version: str, given: Iterable[entries.Entry]) -> None:
    """Write the search of some entries; errors as for `build`."""
    try:
        folder.mkdir()
        for shelf, found in shelved(given).items():
            _write(folder / shelf, found)
        _seal(folder, version, {}, [])
    except (OSError, ValueError) as error:
        raise SearchFault(f"{folder}: the search cannot be written ({error}).") from error


def update(
    source: Path,
    target: Path,
    version: str,
    store: Store,
    queries: Path,
    changed: Iterable[str],
    removed: Iterable[str] = (),
) -> None:
    """Write what `build` would, from a folder that differs in a few things; the answers are the same.

    Args:
        source: folder of the search before.
        target: folder that does not exist yet, of the same file system for the sake of speed.
        version: id of the version that the new folder belongs to.
        store: the new graph.
        queries: the folder of queries.
        changed: IRIs of what was added or changed since; what shows their names is found here.
        removed: IRIs of what is gone.

    Raises:
        SearchFault: the source cannot be read or the target cannot be written.
    """
    known = _manifest(source)
    gone = set(removed)
    touched = {*changed, *gone}
    touched |= entries.dependents(store, queries, touched)
    beside = touched | set(known["changed"])
    lines = {shelf: (source / shelf / LINES).read_text("utf-8").splitlines() for shelf in SHELVES}
    if len(beside) > max(_LEAST, _SHARE * sum(map(len, lines.values()))):
        build(target, version, store, queries)
        return
    try:
        target.mkdir()
        for shelf in SHELVES:
            shutil.copytree(source / shelf, target / shelf, copy_function=_linked)
        fresh = [entry for entry in entries.read_some(store, queries, beside) if entry.iri not in gone]
        for shelf, found in shelved(fresh).items():
            if found:
                _write(target / f"{shelf}{_CHANGES}", found)
        replaced = {shelf: sorted(beside & set(map(iri_of, held))) for shelf, held in lines.items()}
        _seal(target, version, replaced, sorted(beside))
    except (OSError, ValueError) as error:
        raise SearchFault(f"{target}: the search cannot be written ({error}).") from error


def open_folder(folder: Path, version: str) -> Search:
    """Open the search of a version for reading.

    Raises:
        SearchFault: it is missing, incomplete, damaged, of another version or another format.
    """
    known = _manifest(folder)
    if known["version"] != version:
        raise _unusable(folder, f'it belongs to version "{known["version"]}", expected "{version}"')
    for name, (size, checksum) in known["files"].items():
        path = folder / name
        if not path.is_file():
            raise _unusable(folder, f"{name} is missing")
        if path.stat().st_size != size:
            raise _unusable(folder, f"{name} has {path.stat().st_size:,} bytes, expected {size:,}")
        if _checksum(path) != checksum:
            raise _unusable(folder, f"{name} is not what was written")
    try:
        return Search({shelf: tuple(_parts(folder, shelf, known["gone"].get(shelf, ()))) for shelf in SHELVES})
    except (OSError, ValueError) as error:
        raise _unusable(folder, str(error)) from error


def _parts(folder: Path, shelf: str, gone: Iterable[str]) -> Iterable[Part]:
    yield _part(folder / shelf, gone)
    if (folder / f"{shelf}{_CHANGES}").is_dir():
        yield _part(folder / f"{shelf}{_CHANGES}")


def _part(folder: Path, gone: Iterable[str] = ()) -> Part:
    lines = (folder / LINES).read_text("utf-8").splitlines()
    try:
        return Part(tantivy.Index.open(str(folder)), lines, gone)
    except ValueError:
        return _linked_part(folder, lines, gone)


def _linked_part(folder: Path, lines: list[str], gone: Iterable[str]) -> Part:
    """Open an index through links: the engine opens a lock file for writing even to read, and here it may not."""
    links = Path(tempfile.mkdtemp(prefix="dgekg-search-"))
    try:
        for path in folder.iterdir():
            if not path.name.endswith(".lock"):
                (links / path.name).symlink_to(path.resolve())
        part = Part(tantivy.Index.open(str(links)), lines, gone)
    except (OSError, ValueError):
        shutil.rmtree(links, ignore_errors=True)
        raise
    weakref.finalize(part, shutil.rmtree, links, ignore_errors=True)
    return part


def _write(folder: Path, found: list[entries.Entry]) -> None:
    folder.mkdir()
    write(found, folder)
    sync(folder / LINES)  # the engine cares for its own files


def _seal(folder: Path, version: str, gone: dict[str, list[str]], changed: list[str]) -> None:
    """Write the manifest, last: without it a folder is no search."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(".lock"):
            files[path.relative_to(folder).as_posix()] = [path.stat().st_size, _checksum(path)]
    known = {"format": FORMAT, "version": version, "gone": gone, "changed": changed, "files": files}
    (folder / MANIFEST).write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sync(folder / MANIFEST)
    sync(folder)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        known = json.loads((folder / MANIFEST).read_text("utf-8"))
        if known["format"] != FORMAT:
            raise _unusable(folder, f"it has format {known['format']}, this program reads format {FORMAT}")
        sizes = {str(name): (int(size), int(checksum)) for name, (size, checksum) in known["files"].items()}
        held = {str(shelf): [str(iri) for iri in iris] for shelf, iris in known["gone"].items()}
        changed = [str(iri) for iri in known["changed"]]
        return {"version": str(known["version"]), "files": sizes, "gone": held, "changed": changed}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(folder, f"{MANIFEST} cannot be read: {type(error).__name__}: {error}") from error


def _unusable(folder: Path, why: str) -> SearchFault:
    return SearchFault(
        f"{folder}: the search cannot be used: {why}. "
        f'Delete the folder of the version, {folder.parent}, and run "dgekg build".'
    )


def _linked(source: str, target: str) -> None:
    """Take a file over: by a link where it is never written again, else as a copy."""
    name = Path(source).name
    if name.endswith(".lock"):
        return
    if name.endswith(".json"):  # the engine's own lists are small, and it replaces them
        shutil.copyfile(source, target)
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _checksum(path: Path) -> int:
    """Return a checksum of a whole file: the engine would panic on some damage, and answer wrongly on other."""
    found = 0
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found
