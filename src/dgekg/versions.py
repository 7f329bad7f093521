"""Built versions on disk: `build/<version>/` is whole and never changed; `build/current` names the newest good one."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dgekg.errors import Ambiguous, NoBuild, StoreError, VersionGone, VersionUnknown, shown
from dgekg.nearness import nearest

META, DUMP, STORE, INDEX, SEARCH = "meta.json", "dump.nq", "store", "index", "search"
BOOK = ".versions"
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Version:
    """One built version.

    Attributes:
        id: hash over everything that went into it.
        path: its folder.
        as_of: the day it reckons from.
        meta: counts and the rest of `meta.json`.
    """

    id: str
    path: Path
    as_of: dt.date
    meta: dict[str, Any]

    @property
    def dump(self) -> Path:
        """All quads as sorted N-Quads."""
        return self.path / DUMP

    @property
    def store(self) -> Path:
        """Folder of the Oxigraph store."""
        return self.path / STORE


def current(folder: Path) -> Version:
    """Return the version that `current` names.

    Raises:
        NoBuild: nothing has been built here.
        StoreError: the build is incomplete.
    """
    link = folder / "current"
    if not link.exists():
        raise NoBuild(f'{folder}: nothing has been built yet. Run "dgekg build".')
    return at(link.resolve())


def at(path: Path) -> Version:
    """Return the version in a folder.

    Raises:
        StoreError: the folder is not a complete build.
    """
    try:
        meta = json.loads((path / META).read_text(encoding="utf-8"))
        version = Version(str(meta["version"]), path, dt.date.fromisoformat(meta["as_of"]), meta)
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f'{path}: not a complete build ({error}). Delete it and run "dgekg build".') from error
    for part in (version.dump, version.store):
        if not part.exists():
            raise StoreError(f'{path}: the build lacks {part.name}. Delete it and run "dgekg build".')
    return version


def check(version: Version) -> None:
    """Check that a version is what was written: every part there, index and dump with the digests of `meta.json`.

    Raises:
        StoreError: it is not; says which part, what was found and how to mend it.
    """
    mend = f'Delete {version.path} and run "dgekg build".'
    for name in (DUMP, STORE, INDEX, SEARCH):
        if not (version.path / name).exists():
            raise StoreError(f"{version.path / name}: is missing. {mend}")
    for name, expected in version.meta.get("digests", {}).items():
        found = digest(version.path / name)
        if found != expected:
            said = f"SHA-256 {found[:16]}..., expected {expected[:16]}..."
            raise StoreError(f"{version.path / name}: is not what was written ({said}). {mend}")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Lease:
    """While it lives, `remove` leaves a version alone, in whatever process; it ends with the process at the latest.

    Args:
        version: the version that is read.

    Raises:
        VersionGone: it is being deleted.
    """

    def __init__(self, version: Version) -> None:
        try:
            handle = os.open(version.path / META, os.O_RDONLY)
        except OSError as error:
            raise VersionGone(f"version {version.id}: is no longer kept.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            (version.path / META).stat()
        except OSError as error:
            os.close(handle)
            raise VersionGone(f"version {version.id}: is no longer kept.") from error
        self.end = weakref.finalize(self, os.close, handle)


def remove(path: Path) -> bool:
    """Delete a version, unless somebody reads it; return whether it is gone."""
    try:
        handle = os.open(path / META, os.O_RDONLY)
    except OSError:
        shutil.rmtree(path, ignore_errors=True)  # never whole, or of an older kind
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def remember(folder: Path, version: str, as_of: dt.date) -> None:
    """Write down that a version was made, so that its address can say so when it is no longer kept."""
    if version not in made(folder):
        with (folder / BOOK).open("a", encoding="utf-8") as book:
            book.write(f"{version} {as_of.isoformat()}\n")


def made(folder: Path) -> dict[str, str]:
    """Return all versions that are known to have been made, with the day each reckons from, the oldest first."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in (folder / BOOK).read_text(encoding="utf-8").splitlines():
            name, _, day = line.partition(" ")
            found[name] = day
    for name in reversed(kept(folder) if folder.is_dir() else []):
        with contextlib.suppress(StoreError):
            found.setdefault(name, at(folder / name).as_of.isoformat())
    return found


def find(folder: Path, name: str) -> str:
    """Return the id of a kept version from its id or the beginning of it (from four characters on).

    Raises:
        Ambiguous: several begin so.
        VersionGone: it was made here and is no longer kept; the nearest by date are named.
        VersionUnknown: no version of that name was made here; the nearest by name are named.
    """
    here = kept(folder)
    hits = [one for one in here if one == name] or [one for one in here if _begins(one, name)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise Ambiguous(f"version {shown(name)}: several begin so: {', '.join(hits)}. Write more of it.", name, hits)
    days = made(folder)
    gone = [one for one in days if one == name or _begins(one, name)]
    if gone:
        day = dt.date.fromisoformat(days[gone[-1]])
        near = sorted(here, key=lambda one: (abs((dt.date.fromisoformat(days[one]) - day).days), here.index(one)))[:3]
        raise VersionGone(f"version {gone[-1]} (as of {day}) was made here and is no longer kept.", near)
    near = [*nearest(name, here), *here][:1] or here[:1]
    raise VersionUnknown(f"version {shown(name)}: no version of that name was made here.", near)


def _begins(version: str, name: str) -> bool:
    return len(name) >= _SHORTEST and version.startswith(name)


def kept(folder: Path) -> list[str]:
    """Return the ids of the versions on disk that look whole, the newest first."""
    found = [p for p in folder.iterdir() if not p.is_symlink() and not p.name.startswith(".") and (p / META).is_file()]
    return [p.name for p in sorted(found, key=lambda p: (p.stat().st_mtime, p.name), reverse=True)]
