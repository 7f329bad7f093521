"""On the disk: files that are whole or not there, waiting until what was written is there, and taking turns."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import TextIO


def sync(path: Path) -> None:
    """Wait until a file, or what a folder says of its files, is on the disk.

    Raises:
        OSError: the disk says that it is not.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(path: Path, data: bytes, mode: int = 0o666, fresh: Path | None = None) -> None:
    """Put a file in its place in one step; when this returns, it is on the disk.

    Args:
        path: of the file; its folder is there.
        data: what is to stand in it.
        mode: who may read and write it, less what the process withholds from all its files.
        fresh: where it is made, in the same folder; a name of this process unless given.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    fresh = fresh or path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        sync(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def held(lock: Path) -> TextIO:
    """Wait until nobody else, in this process or another, holds a lock; return it open: closing it lets go.

    Args:
        lock: a file that is there for this alone; made where there is none, its folder is there.

    Raises:
        OSError: it cannot be opened or locked.
    """
    handle = lock.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        handle.close()
        raise
    return handle
