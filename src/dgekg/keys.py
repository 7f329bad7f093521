"""Files of keys, by which what is kept in the private root is encrypted (Fernet of the library `cryptography`)."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from dgekg.errors import InputError


def of_file(folder: Path, file: Path, how: str) -> MultiFernet:
    """Return what a file of keys encrypts and decrypts with: one key a line, the first encrypts, each decrypts.

    Args:
        folder: that the keys open; they must not lie in it.
        file: of keys.
        how: how one is made, for who has none.

    Raises:
        InputError: there is no such file, it lies within the folder, others may read it, or it holds no keys.
    """
    if file.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{file}: the key must not lie in the folder that it opens. Move it elsewhere.")
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise InputError(f"{file}: others than you may read this key. Run: chmod 600 {file}")
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(f"{file}: found no key. {how}") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{file}: cannot be read as a file of keys, one a line.") from None
    keys = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            try:
                keys.append(Fernet(line.strip()))
            except ValueError:
                raise InputError(f"{file}:{number}: expected a key of 44 letters, as the program makes them.") from None
    if not keys:
        raise InputError(f"{file}: expected at least one key. {how}")
    return MultiFernet(keys)
