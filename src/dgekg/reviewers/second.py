"""A second factor: codes that an app makes from a shared secret and the time (TOTP, RFC 6238), and codes for recovery.

second = SecondFactor(accounts, key_file)
pending = second.offered("ada")          # a secret, encrypted, that nothing is kept of yet
codes = second.begin("ada", pending, "123456")
second.passes("ada", "654321")           # True, and with the same code never again
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import io
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from dgekg import keys
from dgekg.errors import InputError, StoreError
from dgekg.inbox import files
from dgekg.reviewers.accounts import Account, Accounts
from dgekg.reviewers.attempts import key

KEYS, FILE = "keys", "reviewers.key"
STEP = 30  # seconds, as apps have it
_WINDOW = 1  # steps before and after, for clocks that differ and people who type
_CODES, _GROUPS, _LETTERS = 10, 4, 4
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look alike: 79 bits a code
_PENDING = 1800  # seconds between seeing a secret and proving it
_HOW = 'Without it, nobody\'s second factor can be checked: restore it, or take each off with "dgekg reviewer second".'


class SecondFactor:
    """The second factors of one private root's accounts.

    Args:
        accounts: what they belong to; the secret of each is kept encrypted beside its password.
        file: of keys; made at first use, as long as nothing is encrypted yet.
        clock: returns the time in seconds, for tests.
    """

    def __init__(self, accounts: Accounts, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._accounts, self._file, self._clock = accounts, file, clock

    def offered(self, name: str) -> str:
        """Return a new secret for an account, encrypted, to be given back with a code of it."""
        return self._keys().encrypt(f"{name} {pyotp.random_base32()}".encode()).decode()

    def shown(self, name: str, pending: str) -> str:
        """Return the secret that was offered, as it is typed into an app.

        Raises:
            InputError: it was not offered to this account, or too long ago.
        """
        try:
            found = self._keys().decrypt(pending.encode("ascii", "replace"), ttl=_PENDING).decode().split(" ")
        except InvalidToken:
            found = []
        if len(found) != 2 or found[0] != name:
            raise InputError("second factor: this secret was offered too long ago, or not here.", field="pending")
        return found[1]

    def begin(self, name: str, pending: str, code: str) -> list[str]:
        """Ask an account for a second factor from now on; its sessions are over.

        Args:
            name: of the account.
            pending: as `offered` gave it.
            code: that the app shows for it now.

        Returns:
            codes for recovery, of which only hashes are kept.

        Raises:
            InputError: the code is not one of this secret; the secret was not offered to this account.
        """
        secret = self.shown(name, pending)
        step = self._step(secret, code, 0)
        if not step:
            raise InputError("second factor: the code is not one of this secret at this moment.", field="code")
        return self._put(name, secret, step)

    def give(self, name: str) -> tuple[str, list[str]]:
        """Give an account a new second factor without asking for a code, for who runs the service.

        Returns:
            the secret, and codes for recovery.
        """
        secret = pyotp.random_base32()
        return secret, self._put(name, secret, 0)

    def end(self, name: str) -> None:
        """Ask an account for its password alone from now on; its sessions are over."""
        self._accounts.change(name, lambda one: dataclasses.replace(one, secret="", step=0, codes=(), stamp=""))

    def renew(self, name: str) -> list[str]:
        """Return new codes for recovery; the old ones are worth nothing."""
        fresh, hashes = self._fresh()
        self._accounts.change(name, lambda one: dataclasses.replace(one, codes=hashes))
        return fresh

    def passes(self, name: str, code: str) -> str:
        """Say by what an account may pass, after its password was right; "" where it may not.

        Returns:
            "none" where it has no second factor, "code", or "recovery"; either passes once only.

        Raises:
            StoreError: the key is gone, or another.
        """
        passed, typed = "", self._hashed(code)

        def take(one: Account) -> Account:
            nonlocal passed
            if not one.secret:
                passed = "none"
                return one
            if step := self._step(self._secret(one), code, one.step):
                passed = "code"
                return dataclasses.replace(one, step=step)
            left = tuple(kept for kept in one.codes if not hmac.compare_digest(kept, typed))
            if len(left) < len(one.codes):
                passed = "recovery"
            return dataclasses.replace(one, codes=left)

        self._accounts.change(name, take)
        return passed

    def _step(self, secret: str, code: str, last: int) -> int:
        """Return the step of time whose code this is; 0 where it is none after the last one that passed."""
        typed, now, otp = "".join(code.split()), int(self._clock()) // STEP, pyotp.TOTP(secret)
        found = 0
        for step in range(now - _WINDOW, now + _WINDOW + 1):
            right = hmac.compare_digest(otp.generate_otp(step).encode(), typed.encode())
            if right and step > last:
                found = step
        return found

    def _put(self, name: str, secret: str, step: int) -> list[str]:
        (fresh, hashes), kept = self._fresh(), self._keys().encrypt(secret.encode()).decode()
        self._accounts.change(
            name, lambda one: dataclasses.replace(one, secret=kept, step=step, codes=hashes, stamp="")
        )
        return fresh

    def _fresh(self) -> tuple[list[str], tuple[str, ...]]:
        fresh = ["-".join(_letters() for _ in range(_GROUPS)) for _ in range(_CODES)]
        return fresh, tuple(map(self._hashed, fresh))

    def _secret(self, account: Account) -> str:
        try:
            return self._keys().decrypt(account.secret.encode()).decode()
        except InvalidToken:
            raise StoreError(f"{self._file}: this key does not open the second factors. {_HOW}") from None

    def _hashed(self, code: str) -> str:
        """Return what is kept of a code: as long as it is random, a keyed hash is enough."""
        bare = "".join(sign for sign in code.lower() if sign in _ALPHABET)
        return hmac.new(key(self._accounts.folder), b"recovery:" + bare.encode(), hashlib.sha256).hexdigest()

    def _keys(self) -> MultiFernet:
        folder = self._accounts.folder
        if not self._file.exists() and not any(one.secret for one in self._accounts.all()):
            with files.locked(folder):
                if not self._file.exists():
                    files.put(self._file, Fernet.generate_key() + b"\n")
        try:
            return keys.of_file(folder, self._file, _HOW)
        except InputError as error:  # not for who logs in to mend
            raise StoreError(str(error)) from None


def address(name: str, secret: str, issuer: str) -> str:
    """Return what an app reads from a picture or a link: the secret and whose it is."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def picture(text: str) -> str:
    """Return a QR code that says a text, as an SVG element."""
    return str(segno.make(text, micro=False, error="m").svg_inline(omitsize=True, dark="#000", light="#fff"))


def drawn(text: str) -> str:
    """Return a QR code that says a text, for a terminal."""
    out = io.StringIO()
    segno.make(text, micro=False, error="l").terminal(out, compact=True)
    return out.getvalue()


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
