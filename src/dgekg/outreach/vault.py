"""One encrypted file: what is in it is read and written as a whole, with a key that lies elsewhere.

Fernet of the library `cryptography`: AES-128 in CBC mode with HMAC-SHA256, so that what was changed is not read.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dgekg import keys
from dgekg.errors import InputError, StoreError
from dgekg.inbox import files

FOLDER = "outreach"
_FILE, _SALT = "contacts.enc", "passphrase.json"
_COST, _BLOCK = 2**17, 8  # scrypt: about half a second and 128 MiB for each guess
_LETTERS = 12


class Vault:
    """The encrypted file of a folder.

    Args:
        folder: in the private root; made at first use.
        keys: the first encrypts, each of them decrypts.
    """

    def __init__(self, folder: Path, keys: MultiFernet) -> None:
        self.folder, self._keys = folder, keys

    def read(self) -> Any:
        """Return what is kept; None where nothing is.

        Raises:
            InputError: the key does not fit, or the file was changed.
            StoreError: it cannot be read.
        """
        path = self.folder / _FILE
        try:
            kept = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error.strerror}).") from error
        try:
            return json.loads(self._keys.decrypt(kept))
        except (InvalidToken, ValueError):
            raise InputError(
                f"{path.name}: this key or passphrase does not open it, or the file was changed. Give the one it was "
                "made with; without it, nobody can read it."
            ) from None

    def write(self, value: Any) -> None:
        """Keep a value in place of what there was; on disk when this returns. Call it within `changing`."""
        text = json.dumps(value, ensure_ascii=False).encode()
        files.put(self.folder / _FILE, self._keys.encrypt(text))

    def changing(self) -> Any:
        """Keep all others from changing it meanwhile; a context."""
        return files.locked(self.folder)


def of_key_file(folder: Path, file: Path) -> Vault:
    """Return the vault that a file of keys opens, one key a line.

    Raises:
        InputError: there is no such file, it lies within the folder, others may read it, or it holds no keys.
    """
    return Vault(folder, keys.of_file(folder, file, 'Make one with "dgekg outreach key".'))


def of_passphrase(folder: Path, passphrase: str, cost: int = _COST) -> Vault:
    """Return the vault that a passphrase opens, by scrypt with a salt that lies beside the file.

    Args:
        folder: of the vault.
        passphrase: 12 letters or more, the first time.
        cost: of scrypt, the first time; afterwards what was written down then.

    Raises:
        InputError: too short, or the vault was made with a file of keys.
    """
    with files.locked(folder):
        known = files.read_json(folder / _SALT)
        if known is None:
            if (folder / _FILE).exists():
                raise InputError("The contacts were encrypted with a file of keys: name it with DGEKG_OUTREACH_KEY.")
            if len(passphrase) < _LETTERS:
                raise InputError(f"passphrase: expected at least {_LETTERS} letters; several words are best.")
            known = {"salt": base64.b64encode(os.urandom(16)).decode(), "n": cost, "r": _BLOCK, "p": 1}
            files.put_json(folder / _SALT, known)
    try:
        derived = Scrypt(base64.b64decode(known["salt"]), 32, known["n"], known["r"], known["p"])
        key = derived.derive(passphrase.encode())
    except (KeyError, TypeError, ValueError):
        raise StoreError(f"{folder / _SALT}: is broken. Restore it from a copy.") from None
    return Vault(folder, MultiFernet([Fernet(base64.urlsafe_b64encode(key))]))


def add_key(folder: Path, file: Path) -> bool:
    """Make a file of keys; where there is one, put a new key before the others and encrypt with it from now on.

    Returns:
        Whether there were keys before.

    Raises:
        InputError: as `of_key_file`; the file cannot be written, or the vault has a passphrase.
    """
    if (folder / _SALT).exists():
        raise InputError("The contacts are encrypted with a passphrase; a file of keys would not open them.")
    before = file.exists()
    if before:
        of_key_file(folder, file)  # says what is wrong with it
    elif file.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{file}: the key must not lie in the folder that it opens. Name a place elsewhere.")
    old = file.read_text(encoding="utf-8") if before else ""
    files.put(file.resolve(), f"{Fernet.generate_key().decode()}\n{old}".encode())
    if before and (folder / _FILE).exists():
        vault = of_key_file(folder, file)
        with vault.changing():
            vault.write(vault.read())
    return before
