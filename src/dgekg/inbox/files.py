"""Files that are whole or not there: made beside their place, on disk, moved into it, and only then spoken of."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dgekg import disk
from dgekg.disk import sync
from dgekg.errors import StoreError

_FRESH = ".fresh-"
_LOCK = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep all others, in this process or another, from changing a folder; waits for its turn.

    Raises:
        StoreError: the folder cannot be used.
    """
    make(folder)
    try:
        handle = disk.held(folder / _LOCK)
    except OSError as error:
        raise _unusable(folder, error) from error
    with handle:
        yield


def make(folder: Path) -> None:
    """Make a folder, readable by its owner alone, where there is none; on disk when this returns."""
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync(folder.parent)
    except OSError as error:
        raise _unusable(folder, error) from error


def put(path: Path, data: bytes) -> None:
    """Put a file in its place in one step; when this returns, it is on disk.

    Whoever calls this holds the lock: what an earlier holder left half-made is cleared away by `tidy`.

    Raises:
        StoreError: it cannot be written; what was there before still is.
    """
    make(path.parent)
    try:
        disk.put(path, data, 0o600, path.with_name(f"{_FRESH}{path.name}"))
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}). Nothing was taken in; try again.") from error


def remove(path: Path) -> bool:
    """Delete a file, on disk when this returns; say whether it was there."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot be deleted ({error.strerror}).") from error
    sync(path.parent)
    return True


def tidy(folder: Path) -> None:
    """Delete what was left half-made when a process ended; for whoever holds the lock."""
    for path in folder.rglob(f"{_FRESH}*"):
        path.unlink(missing_ok=True)


def put_json(path: Path, value: Any) -> None:
    """Put a JSON document in its place; errors as for `put`."""
    put(path, (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())


def read_json(path: Path) -> Any:
    """Return a JSON document; None where there is none.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read ({error}). Restore it from a copy, or move it away.") from error


def names(folder: Path, suffix: str = ".json") -> list[str]:
    """Return the names of the whole files of a folder, sorted, without their ending."""
    try:
        found = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unusable(folder, error) from error
    return sorted(name[: -len(suffix)] for name in found if name.endswith(suffix) and not name.startswith("."))


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"{folder}: the private root cannot be used ({error.strerror}).")
