"""Opening what a person names as one side: a version, a release (its name or its folder), or a project's folder."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import json
import shutil
import tempfile
from pathlib import Path

from dgekg import releases, suppression, targets, versions
from dgekg.errors import InputError, StoreError, VersionGone
from dgekg.observatory import Observatory, open_version
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.suppression import Suppressed
from dgekg.withdrawal import take

_RELEASE, _DUMP = "release.json", "data/dump.nq.gz"


def open_side(settings: Settings, text: str) -> Observatory:
    """Open a state of the collection as it may be shown today, whatever it held when it was made.

    Args:
        settings: where the project is; its list of what may not be shown holds for every side.
        text: `current`, the id of a kept version or its beginning, the name of a release whose version is kept, the
            folder of a release, or the folder of a project that has been built.

    Raises:
        InputError: it is none of these, or the release is damaged.
        NoBuild: the project has not been built.
        VersionGone: the version is no longer kept.
        StoreError: it cannot be opened.
    """
    suppressed = suppression.read(settings.private_root())
    folder = Path(text)
    if (folder / _RELEASE).is_file():
        return _release(settings, folder, suppressed)
    if (folder / "ontology" / "dgekg.ttl").is_file():
        there = dataclasses.replace(settings, root=folder)
        return open_version(there, versions.current(Project.at(folder).build), suppressed)
    if folder.is_dir():
        raise InputError(
            f"{text}: is the folder of neither a release ({_RELEASE}) nor a project (ontology/dgekg.ttl).", text
        )
    project = settings.project()
    if text == "current":
        return open_version(settings, versions.current(project.build), suppressed)
    return open_version(settings, versions.at(project.build / _version(project, text)), suppressed)


def _version(project: Project, text: str) -> str:
    """Return the id of the kept version that an id or the name of a release means."""
    named = {one.name: one.version for one in releases.read(project.releases)}
    try:
        return versions.find(project.build, named.get(text, text))
    except VersionGone as error:
        if text in named:
            raise VersionGone(
                f"release {text}: its version {named[text]} is not kept here. Name the folder of the release instead."
            ) from error
        known = [*versions.kept(project.build), *named] if project.build.is_dir() else [*named]
        raise VersionGone(
            f"{text}: is no version that is kept here, no release, and no folder. Known: {', '.join(known) or 'none'}.",
            known,
        ) from error


def _release(settings: Settings, folder: Path, suppressed: Suppressed) -> Observatory:
    """Open the folder of a release, its dump in memory."""
    dump = folder / _DUMP
    _whole(folder)
    try:
        about = json.loads((folder / _RELEASE).read_text("utf-8"))
        name, as_of = str(about["version"]), dt.date.fromisoformat(about["as_of"])
        with tempfile.NamedTemporaryFile(suffix=".nq") as plain:
            with gzip.open(dump, "rb") as packed:
                shutil.copyfileobj(packed, plain, 1 << 20)
            plain.flush()
            store = LocalStore.of_file(Path(plain.name))
    except (OSError, EOFError, ValueError, KeyError, SyntaxError) as error:
        raise InputError(f"{folder}: the release cannot be read ({error}).", str(folder)) from error
    if suppressed:
        take(store, suppressed, settings.project().queries)
    return Observatory(settings.project(), store, name, as_of, about, settings, None, suppressed)


def _whole(folder: Path) -> None:
    """Refuse a release whose files are not what its checksums say."""
    try:
        lines = (folder / targets.CHECKSUMS).read_text("utf-8").splitlines()
        wanted = {name: total for total, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / targets.CHECKSUMS}: cannot be read ({error}).", str(folder)) from error
    for name in (_RELEASE, _DUMP):
        try:
            found = versions.digest(folder / name)
        except OSError as error:
            raise StoreError(f"{folder / name}: cannot be read ({error.strerror}).") from error
        if found != wanted.get(name):
            raise InputError(f"{folder / name}: is not what was released (its checksum differs).", str(folder))
