"""Accounts of reviewers and coders, with passwords that only their hash is kept of."""

from __future__ import annotations

import dataclasses
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from dgekg.errors import InputError, UnknownValue
from dgekg.identifiers import SLUG
from dgekg.inbox import files
from dgekg.settings import today

FILE = "accounts.json"
REVIEW, ASSESS = "review", "assess"
ROLES = (REVIEW, ASSESS)
LEAST_LETTERS, _MOST_LETTERS, _MOST_NAME = 12, 1024, 60
_HASHER = PasswordHasher()  # Argon2id with the library's parameters, those of RFC 9106 for little memory: 64 MiB each
_AT_ONCE = threading.BoundedSemaphore(2)  # so that a flood of attempts does not fill the memory


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in.

    Attributes:
        name: small letters, digits and hyphens.
        hash: of the password, by Argon2id; says its own parameters.
        roles: "review" decides about proposals, "assess" rates practices.
        actor: slug of the record by which ratings are signed, or "".
        stamp: changes with the password; sessions of another stamp are over.
        made: the day.
        secret: of the second factor, encrypted; "" where it has none.
        step: of time, whose code was the last to be taken.
        codes: for recovery, hashed.
    """

    name: str
    hash: str
    roles: tuple[str, ...]
    actor: str
    stamp: str
    made: str
    secret: str = ""
    step: int = 0
    codes: tuple[str, ...] = ()

    def may(self, role: str) -> bool:
        """Whether the account has a role."""
        return role in self.roles


class Accounts:
    """The accounts of one private root.

    Args:
        folder: `<private root>/reviewers`; made at first use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[Account]:
        """Return all accounts by name.

        Raises:
            StoreError: the file cannot be read.
        """
        raw = files.read_json(self.folder / FILE) or {}
        return [_account(name, one) for name, one in sorted(raw.items())]

    def find(self, name: str) -> Account | None:
        """Return an account by its name, however its capitals are written; None where there is none."""
        wanted = name.strip().casefold()
        return next((account for account in self.all() if account.name == wanted), None)

    def add(self, name: str, password: str, roles: Sequence[str], actor: str = "") -> Account:
        """Make an account.

        Raises:
            InputError: the name is none or taken, the password too short.
            UnknownValue: no such role.
        """
        if not SLUG.fullmatch(name) or len(name) > _MOST_NAME:
            raise InputError(f'name: found "{name}", expected small letters, digits and hyphens.', name)
        for role in roles:
            if role not in ROLES:
                raise UnknownValue("role", role, ROLES)
        account = Account(name, hashed(name, password), tuple(roles), actor, _stamp(), today().isoformat())
        with files.locked(self.folder):
            if self.find(name) is not None:
                raise InputError(f'name: "{name}" has an account already; give it a new password with reset.', name)
            self._write([*self.all(), account])
        return account

    def reset(self, name: str, password: str) -> Account:
        """Give an account another password; its sessions are over.

        Raises:
            UnknownValue: no such account.
            InputError: the password is too short.
        """
        new = hashed(name, password)
        with files.locked(self.folder):
            account = dataclasses.replace(self.get(name), hash=new, stamp=_stamp())
            self._write([account if one.name == account.name else one for one in self.all()])
        return account

    def change(self, name: str, how: Callable[[Account], Account]) -> Account:
        """Change an account while nobody else does.

        Args:
            name: of the account.
            how: returns it as it is to be; with the stamp "", its sessions are over.

        Raises:
            UnknownValue: no such account.
        """
        with files.locked(self.folder):
            before = self.get(name)
            after = how(before)
            after = after if after.stamp else dataclasses.replace(after, stamp=_stamp())
            if after != before:
                self._write([after if one.name == after.name else one for one in self.all()])
        return after

    def remove(self, name: str) -> None:
        """Delete an account; its sessions are over.

        Raises:
            UnknownValue: no such account.
        """
        with files.locked(self.folder):
            gone = self.get(name)
            self._write([one for one in self.all() if one.name != gone.name])

    def verify(self, name: str, password: str) -> Account | None:
        """Return the account that has this name and password, else None; as much work whether there is one or not."""
        account = self.find(name)
        with _AT_ONCE:
            right = _matches(account.hash if account else _nobody(), password)
        if account is None or not right:
            return None
        if _HASHER.check_needs_rehash(account.hash):
            with files.locked(self.folder):
                fresh = dataclasses.replace(account, hash=_HASHER.hash(password))
                self._write([fresh if one.name == account.name else one for one in self.all()])
        return account

    def get(self, name: str) -> Account:
        """Return an account by its name.

        Raises:
            UnknownValue: no such account; the nearest are suggested.
        """
        account = self.find(name)
        if account is None:
            raise UnknownValue("account", name, [one.name for one in self.all()])
        return account

    def _write(self, accounts: Sequence[Account]) -> None:
        kept = {}
        for account in accounts:
            fields = dataclasses.asdict(account)
            kept[fields.pop("name")] = fields
        files.put_json(self.folder / FILE, kept)


def hashed(name: str, password: str) -> str:
    """Return the hash of a password that is good enough.

    Raises:
        InputError: it is too short, too long, or little more than the name.
    """
    if len(password) < LEAST_LETTERS:
        raise InputError(
            f"password: expected at least {LEAST_LETTERS} signs; several words are good.", field="password"
        )
    if len(password) > _MOST_LETTERS:
        raise InputError(f"password: expected at most {_MOST_LETTERS} signs.", field="password")
    if len(set(password)) < 5 or name.casefold() * 2 in password.casefold() or password.casefold() == name.casefold():
        raise InputError("password: expected more than a name or the same signs again and again.", field="password")
    with _AT_ONCE:
        return _HASHER.hash(password)


def invented() -> str:
    """Return a password of 20 letters that nobody can guess, without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex())


def _matches(hash_: str, password: str) -> bool:
    try:
        return _HASHER.verify(hash_, password[:_MOST_LETTERS])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _account(name: str, kept: Mapping[str, Any]) -> Account:
    lists = {field: tuple(kept.get(field, ())) for field in ("roles", "codes")}
    return Account(name=name, **{**kept, **lists})


def _stamp() -> str:
    return secrets.token_hex(8)
