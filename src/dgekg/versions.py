"""Built versions on disk: `build/<version>/` is whole and never changed; `build/current` names the newest good one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dgekg.errors import NoBuild, StoreError

META, DUMP, STORE, INDEX, SEARCH = "meta.json", "dump.nq", "store", "index", "search"


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


def kept(folder: Path) -> list[str]:
    """Return the ids of the versions on disk that look whole, the newest first."""
    found = [p for p in folder.iterdir() if not p.is_symlink() and not p.name.startswith(".") and (p / META).is_file()]
    return [p.name for p in sorted(found, key=lambda p: (p.stat().st_mtime, p.name), reverse=True)]
