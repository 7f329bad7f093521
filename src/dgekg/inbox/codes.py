"""Receipt codes: made from the key that a form sends, so that the same form sent twice has one code; never stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from pathlib import Path

from dgekg.errors import InputError, StoreError, UnknownCode
from dgekg.inbox import files

SECRET = "secret"
_LEAST, _MOST = 16, 200
_LETTERS, _STANDARD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CODE = re.compile(f"[{_LETTERS}]{{16}}")
_MISREAD = str.maketrans("OILU", "011V")


def secret(folder: Path) -> bytes:
    """Return what codes and ids are made with; made at first use, by whoever holds the lock.

    Raises:
        StoreError: it cannot be read or written.
    """
    path = folder / SECRET
    if not path.exists():
        files.put(path, secrets.token_hex(32).encode())
    try:
        return bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path}: cannot be read ({error}). Restore it: without it no code opens its proposal."
        ) from error


def of_key(held: bytes, key: str) -> str:
    """Return the code for a key that a form sends.

    Raises:
        InputError: the key is too short to be a secret, or too long.

    >>> len(of_key(b"x", "k" * 16))
    19
    """
    if not _LEAST <= len(key) <= _MOST:
        raise InputError(f"key: expected {_LEAST} to {_MOST} letters that nobody can guess.", field="key")
    raw = base64.b32encode(hmac.digest(held, f"code|{key}".encode(), hashlib.sha256)[:10]).decode()
    text = raw.translate(str.maketrans(_STANDARD, _LETTERS))
    return _grouped(text)


def written(code: str) -> str:
    """Return a code as it was given out, however it was typed; what is none stays as it is.

    >>> written("7k3m q2zd-9xht 4b8v"), written(" no code ")
    ('7K3M-Q2ZD-9XHT-4B8V', 'no code')
    """
    bare = _bare(code)
    return _grouped(bare) if _CODE.fullmatch(bare) else code.strip()


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", code[:100]).upper().translate(_MISREAD)


def _grouped(bare: str) -> str:
    return "-".join(bare[i : i + 4] for i in range(0, 16, 4))


def of_code(held: bytes, code: str) -> str:
    """Return the id of the proposal that a code opens; the code cannot be found out from it.

    Small letters, spaces and letters that look like digits are forgiven.

    Raises:
        UnknownCode: it is no code at all.
    """
    bare = _bare(code)
    if not _CODE.fullmatch(bare):
        raise UnknownCode("code: expected four groups of four letters or digits, such as 7K3M-Q2ZD-9XHT-4B8V.")
    return of_bare(held, bare)


def of_bare(held: bytes, text: str) -> str:
    """Return an id made from any text."""
    return hmac.new(held, f"id|{text}".encode(), hashlib.sha256).hexdigest()[:20]
