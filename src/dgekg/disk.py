"""On the disk: files that are whole or not there, and waiting until what was written is there, come what may."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


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
