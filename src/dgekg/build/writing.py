"""Writing a change of the files: several files, all of them or none, whatever happens in between.

What is to be written is first written down as a whole in one file beside the builds; from then on the change stands,
and where it is cut short, the next writer or build finishes it before it reads anything. Each file is made beside its
place and moved into it in one step, so that nobody ever reads a part of one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from dgekg import disk
from dgekg.disk import sync
from dgekg.errors import StoreError
from dgekg.settings import Project

INTENT = ".change.json"
LOCK, WRITER = ".lock", ".writer"
_FRESH = ".dgekg-fresh"

Files = Mapping[str, bytes | None]


@contextlib.contextmanager
def locked(folder: Path, name: str = LOCK) -> Iterator[None]:
    """Keep others away from a folder of builds: other builds and writings (`LOCK`), or other writers (`WRITER`).

    Raises:
        StoreError: one of them is at work, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = (folder / name).open("w")
    except OSError as error:
        raise StoreError(f"{folder}: builds cannot be written there ({error}).") from error
    with opened as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            why = {
                LOCK: "another build is running, or a change is being written. Wait for it to end, then try again.",
                WRITER: "another writer keeps this project in memory. Hand the change to it, or end it first.",
            }
            raise StoreError(f"{folder}: {why[name]}") from error
        yield


def write(project: Project, now: Files, was: Files) -> None:
    """Write files, all or none.

    Args:
        project: the folders.
        now: by path below the project's folder, what is to be there; None removes a file.
        was: what has to be there before; None for no file.

    Raises:
        StoreError: something else is there, a build is running, or the disk cannot be written.
    """
    with locked(project.build):
        finish(project)
        for file, data in was.items():
            path = project.root / file
            if (path.read_bytes() if path.is_file() else None) != data:
                raise StoreError(
                    f"{file}: is not what it was when this change was checked; somebody else has written it. "
                    "Start the writer anew and make the change again."
                )
        texts = {file: None if data is None else data.decode("utf-8") for file, data in now.items()}
        try:
            _replace(project.build / INTENT, json.dumps(texts).encode())
        except OSError as error:
            raise StoreError(f"{project.build}: the change cannot be written ({error}).") from error
        _carry_out(project, texts)


def finish(project: Project) -> list[str]:
    """Finish a change that was cut short; return the files that it wrote. For whoever holds the lock.

    Raises:
        StoreError: it cannot be read, or the disk cannot be written.
    """
    intent = project.build / INTENT
    if not intent.is_file():
        return []
    try:
        texts = {str(file): text for file, text in json.loads(intent.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise StoreError(
            f"{intent}: a change was cut short, and what was to be written cannot be read ({error}). "
            "Compare data/ with its history, make the change again where it is missing, and delete this file."
        ) from error
    _carry_out(project, texts)
    return sorted(texts)


def _carry_out(project: Project, texts: Mapping[str, str | None]) -> None:
    try:
        for file, text in texts.items():
            path = project.root / file
            if text is None:
                path.unlink(missing_ok=True)
                if path.parent.is_dir():
                    sync(path.parent)
            else:
                _make(path.parent)
                _replace(path, text.encode())
        (project.build / INTENT).unlink(missing_ok=True)
        sync(project.build)
    except OSError as error:
        raise StoreError(
            f"{error.filename or project.data}: the change cannot be written ({error}). It stands in "
            f"{project.build / INTENT}; the next writer or build finishes it."
        ) from error


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


def _replace(path: Path, data: bytes) -> None:
    disk.put(path, data, fresh=path.with_name(f".{path.name}{_FRESH}"))
