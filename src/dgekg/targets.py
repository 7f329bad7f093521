"""Folders that are handed out whole (releases, static editions): made beside their place, then moved into it.

A folder that was handed out knows its own files by `SHA256SUMS`. Only such a folder is ever replaced, and only while
nothing else lies in it; whatever goes wrong before the move, what was there stays as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dgekg.disk import sync
from dgekg.errors import InputError

CHECKSUMS = "SHA256SUMS"
_SHOWN = 3
_MANY = 200  # files from which on the whole disk is waited for, which is faster than one by one


@contextlib.contextmanager
def fresh(target: Path, what: str, mark: str) -> Iterator[Path]:
    """Yield an empty folder; where nothing is raised, it gets its checksums and takes the place of `target`.

    Args:
        target: where it is to be; its parents are made.
        what: what it is called in messages, such as "a release".
        mark: name of a file that each such folder has, by which an earlier one is known.

    Raises:
        InputError: the place holds something else, or the disk cannot be written; what is there stays as it was.
    """
    may(target, what, mark)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise _unwritten(target, error) from error
    try:
        yield staging
        (staging / CHECKSUMS).write_text(sums(staging), encoding="utf-8")
        _settle(staging)
        may(target, what, mark)  # somebody may have put something there meanwhile
        _move(staging, target)
    except OSError as error:
        raise _unwritten(target, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def may(target: Path, what: str, mark: str) -> None:
    """Refuse a place that holds anything but what was handed out before.

    Raises:
        InputError: it does; some of what is there is named.
    """
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        raise InputError(f"{target}: is there and is no folder. Name another one for {what}.", str(target))
    there = {path.relative_to(target).as_posix() for path in files(target)}
    own = listed(target) if (target / mark).is_file() else set()
    others = sorted(there - own)
    if others:
        some = ", ".join(others[:_SHOWN]) + (f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else "")
        raise InputError(
            f"{target}: holds something else than {what} ({some}), which stays as it is. "
            "Name an empty or a new folder, or move that away.",
            str(target),
        )


def files(folder: Path) -> list[Path]:
    """Return all files below a folder, in the order of their paths."""
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def listed(folder: Path) -> set[str]:
    """Return the files that a folder's checksums name, with the checksums themselves."""
    try:
        lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    return {CHECKSUMS, *(line.partition("  ")[2] for line in lines)}


def sums(folder: Path) -> str:
    """Return the lines that `sha256sum --check` reads."""
    found = []
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if name != CHECKSUMS:
            with path.open("rb") as source:
                found.append(f"{hashlib.file_digest(source, 'sha256').hexdigest()}  {name}\n")
    return "".join(found)


def _move(staging: Path, target: Path) -> None:
    """Put a folder in the place of another; what was there comes back if that fails."""
    before = staging.with_name(f"{staging.name}.before")
    if target.exists():
        target.rename(before)
    try:
        staging.rename(target)
    except OSError:
        if before.exists():
            before.rename(target)
        raise
    shutil.rmtree(before, ignore_errors=True)
    sync(target.parent)


def _settle(folder: Path) -> None:
    """Give every file the same rights, whoever makes it, and wait until all of it is on disk."""
    found = [*files(folder), *(path for path in folder.rglob("*") if path.is_dir()), folder]
    for path in found:
        path.chmod(0o755 if path.is_dir() else 0o644)
    if len(found) > _MANY:
        os.sync()
        return
    for path in found:
        sync(path)


def _unwritten(target: Path, error: OSError) -> InputError:
    why = error.strerror or str(error)
    return InputError(f"{target}: cannot be written ({why}). What was there before is as it was.", str(target))
