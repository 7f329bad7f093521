"""The door: how often one may come, and whether a form was filled in by somebody who saw it. No address is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable

from dgekg.errors import InputError, TooMany

_HOUR = 3600
_MOST_CLIENTS = 50_000


class Gate:
    """Counts who comes, by a digest under a key that is in memory only and thrown away every day.

    Args:
        per_hour: how often one client may come in an hour.
        in_all: how often all together may come in an hour; what is beyond is spam or a fault.
        clock: seconds, for tests.
    """

    def __init__(self, per_hour: int = 20, in_all: int = 600, clock: Callable[[], float] = time.time) -> None:
        self._most, self._all, self._clock = per_hour, in_all, clock
        self._lock = threading.Lock()
        self._day, self._key = 0, b""
        self._slot, self._seen, self._count = 0, Counter[bytes](), 0

    def check(self, client: str) -> None:
        """Count a client.

        Args:
            client: whatever tells it from others, such as its network address; not kept.

        Raises:
            TooMany: it, or all together, came too often; says when to come again.
        """
        now = self._clock()
        with self._lock:
            if int(now // 86400) != self._day or not self._key:
                self._day, self._key = int(now // 86400), secrets.token_bytes(32)
                self._seen.clear()
            if int(now // _HOUR) != self._slot:
                self._slot, self._count = int(now // _HOUR), 0
                self._seen.clear()
            wait = int(_HOUR - now % _HOUR) + 1
            name = hashlib.blake2b(client.encode(), key=self._key, digest_size=8).digest()
            if self._count >= self._all or (len(self._seen) >= _MOST_CLIENTS and name not in self._seen):
                raise TooMany("More arrives here than can be read. Nothing was taken in; please try again later.", wait)
            if self._seen[name] >= self._most:
                raise TooMany(
                    f"At most {self._most} an hour are taken in from one place. Please try again later.", wait
                )
            self._seen[name] += 1
            self._count += 1


class Tickets:
    """What a form carries, so that who sends it must have seen it: the hour it was handed out, signed.

    Args:
        secret: of the inbox, the same in all processes.
        clock: seconds, for tests.
        least: seconds in which nobody fills in a form.
        days: how long a form may lie open.
    """

    def __init__(
        self, secret: bytes, clock: Callable[[], float] = time.time, least: float = 3.0, days: int = 14
    ) -> None:
        self._secret, self._clock, self._least, self._most = secret, clock, least, days * 86400

    def new(self) -> str:
        """Return a ticket for a form that is handed out now."""
        stamp = str(int(self._clock()))
        return f"{stamp}.{secrets.token_hex(8)}.{self._sign(stamp)}"

    def suspicions(self, ticket: str, trap: str = "") -> tuple[str, ...]:
        """Return why a sent form may be spam; empty where nothing speaks for it. A suspect proposal is kept, not lost.

        Args:
            ticket: as it came back.
            trap: what stands in a field that no person sees.

        Raises:
            InputError: the ticket is too old or not ours: the form is to be sent once more.
        """
        stamp, _, rest = ticket.partition(".")
        signed = rest.partition(".")[2]
        if not (stamp.isascii() and stamp.isdigit() and hmac.compare_digest(signed, self._sign(stamp))):
            raise InputError("This form was not handed out here. Open it anew and send it again.", field="ticket")
        age = self._clock() - int(stamp)
        if age > self._most:
            raise InputError("This form has lain open too long. Send it once more.", field="ticket")
        found = ["a field that nobody sees was filled in"] if trap.strip() else []
        found += ["it was filled in faster than anybody can"] if age < self._least else []
        return tuple(found)

    def _sign(self, stamp: str) -> str:
        return hmac.new(self._secret, f"ticket|{stamp}".encode(), hashlib.sha256).hexdigest()[:32]
