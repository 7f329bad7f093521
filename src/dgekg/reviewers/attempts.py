"""Failed attempts to log in: after some, the next must wait, longer each time, whether the account exists or not."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from dgekg.inbox import files

FILE, KEY = "attempts.json", "key.json"
FREE = 5
FIRST, LONGEST = 30.0, 900.0
_FORGOTTEN = 86_400.0
_MOST = 10_000


class Attempts:
    """The failed attempts of one private root, by a keyed hash of the name that was typed: it may be a password.

    Args:
        folder: `<private root>/reviewers`.
        clock: returns the time in seconds, for tests.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self._clock = folder, clock

    def wait(self, name: str) -> int:
        """Return how many seconds the next attempt for a name has to wait; 0 for none."""
        return self._wait(*self._read().get(self._mark(name), (0, 0.0)))

    def take(self, name: str) -> int:
        """Return how many seconds an attempt has to wait; 0 where it may be made, which counts as failed until `clear`.

        Counted before it is looked at, so that many at once are no way around.
        """
        mark, now = self._mark(name), self._clock()
        with files.locked(self.folder):
            known = {m: one for m, one in self._read().items() if now - one[1] < _FORGOTTEN}
            count, last = known.get(mark, (0, 0.0))
            if wait := self._wait(count, last):
                return wait
            known[mark] = (count + 1, now)
            if len(known) > _MOST:
                for old in sorted(known, key=lambda m: known[m][1])[: len(known) - _MOST]:
                    del known[old]
            files.put_json(self.folder / FILE, known)
        return 0

    def clear(self, name: str) -> None:
        """Forget the failed attempts for a name: it was let in, or somebody who may says so."""
        mark = self._mark(name)
        with files.locked(self.folder):
            known = self._read()
            if known.pop(mark, None) is not None:
                files.put_json(self.folder / FILE, known)

    def _wait(self, count: int, last: float) -> int:
        return max(0, math.ceil(last + delay(count) - self._clock()))

    def _read(self) -> dict[str, tuple[int, float]]:
        raw = files.read_json(self.folder / FILE) or {}
        return {str(mark): (int(count), float(last)) for mark, (count, last) in raw.items()}

    def _mark(self, name: str) -> str:
        return hmac.new(key(self.folder), name.strip().casefold().encode(), hashlib.sha256).hexdigest()[:32]


def delay(count: int) -> float:
    """Return the seconds to wait after so many failures.

    >>> [delay(n) for n in (4, 5, 6, 7, 30)]
    [0.0, 30.0, 60.0, 120.0, 900.0]
    """
    return 0.0 if count < FREE else min(LONGEST, FIRST * 2.0 ** min(count - FREE, 30))


def key(folder: Path) -> bytes:
    """Return the secret key of a private root's reviewers; made at first use."""
    found = files.read_json(folder / KEY)
    if not found:
        with files.locked(folder):
            found = files.read_json(folder / KEY)
            if not found:
                found = {"key": secrets.token_hex(32)}
                files.put_json(folder / KEY, found)
    return bytes.fromhex(found["key"])
