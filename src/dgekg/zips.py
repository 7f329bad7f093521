"""Zip files of others: what can go wrong while one is opened or unpacked, whatever it was made by."""

from __future__ import annotations

import contextlib
import zipfile
import zlib

FAULTS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,  # which is no OSError, unlike those of bz2
    EOFError,
    NotImplementedError,  # packed in a way that nothing here unpacks
    OSError,
    RuntimeError,  # encrypted
    ValueError,
)
with contextlib.suppress(ImportError):  # not every Python can unpack LZMA
    from lzma import LZMAError

    FAULTS += (LZMAError,)
