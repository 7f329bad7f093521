"""On the disk: waiting until what was written is there, come what may."""

from __future__ import annotations

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
