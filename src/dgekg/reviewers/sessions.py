"""Sessions: kept here, not with the client, who has only a number that nobody can guess; ended here too."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dgekg.inbox import files
from dgekg.reviewers.accounts import Account, Accounts

FOLDER = "sessions"
_NOTED = 60.0  # seconds between two notes of when it was last used
_TOKEN = 32


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in.

    Attributes:
        name: of the account.
        stamp: of its password when the session began.
        secret: what its forms are known by.
        begun: seconds since 1970.
        used: likewise, the last time it was noted.
    """

    name: str
    stamp: str
    secret: str
    begun: float
    used: float


class Sessions:
    """The sessions of one private root.

    Args:
        folder: `<private root>/reviewers`.
        idle: seconds without a request after which a session is over.
        longest: seconds after which it is over in any case.
        clock: returns the time in seconds, for tests.
    """

    def __init__(self, folder: Path, idle: float, longest: float, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.idle, self.longest, self._clock = folder / FOLDER, idle, longest, clock

    def begin(self, account: Account) -> str:
        """Begin a session; return the token that the client keeps. Sessions that are over are cleared away."""
        token, now = secrets.token_urlsafe(_TOKEN), self._clock()
        session = Session(account.name, account.stamp, secrets.token_hex(_TOKEN), now, now)
        with files.locked(self.folder):
            for name in files.names(self.folder):
                if not self._lives(self._read(self.folder / f"{name}.json")):
                    files.remove(self.folder / f"{name}.json")
            self._write(token, session)
        return token

    def find(self, token: str, accounts: Accounts) -> tuple[Session, Account] | None:
        """Return the session of a token with its account; None where it is over, or the account or password changed."""
        session = self._read(self._place(token)) if token else None
        if session is None or not self._lives(session):
            return None
        account = accounts.find(session.name)
        if account is None or not hmac.compare_digest(account.stamp, session.stamp):
            return None
        if self._clock() - session.used > _NOTED:
            session = dataclasses.replace(session, used=self._clock())
            with files.locked(self.folder):
                if self._place(token).exists():  # not ended meanwhile
                    self._write(token, session)
        return session, account

    def end(self, token: str) -> None:
        """End a session."""
        with files.locked(self.folder):
            files.remove(self._place(token))

    def _lives(self, session: Session | None) -> bool:
        now = self._clock()
        return session is not None and now - session.used <= self.idle and now - session.begun <= self.longest

    def _read(self, path: Path) -> Session | None:
        raw = files.read_json(path)
        return Session(**raw) if isinstance(raw, dict) else None

    def _write(self, token: str, session: Session) -> None:
        files.put_json(self._place(token), dataclasses.asdict(session))

    def _place(self, token: str) -> Path:
        # Whoever reads the folder cannot log in with what stands there.
        return self.folder / f"{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}.json"


def masked(secret: str) -> str:
    """Return what a form carries: the secret, other at each answer, so that its bytes tell nothing when compressed."""
    plain = bytes.fromhex(secret)
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + bytes(a ^ b for a, b in zip(pad, plain, strict=True))).decode()


def unmasks(carried: str, secret: str) -> bool:
    """Whether what a form carried is the secret.

    >>> unmasks(masked("00ff"), "00ff"), unmasks(masked("00ff"), "01ff"), unmasks("x", "00ff")
    (True, False, False)
    """
    plain = bytes.fromhex(secret)
    try:
        both = base64.b64decode(carried.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError:
        return False
    pad, rest = both[: len(plain)], both[len(plain) :]
    return len(both) == 2 * len(plain) and hmac.compare_digest(
        bytes(a ^ b for a, b in zip(pad, rest, strict=True)), plain
    )
