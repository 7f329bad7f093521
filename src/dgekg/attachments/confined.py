"""Cleaning in a process of its own, with a limit on time and memory: a file that breaks a library breaks only that."""

from __future__ import annotations

import subprocess
import sys
import threading

from dgekg.attachments.kinds import KINDS, REASONS, Refused
from dgekg.errors import StoreError

SECONDS, MEMORY = 20, 1 << 30
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT = 60.0  # seconds for one's turn


class Cleaner:
    """Cleans files, each in a process that can be killed.

    Args:
        seconds: that one may take.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    def __call__(self, data: bytes) -> tuple[str, bytes]:
        """Return kind and cleaned content of a file, as `cleaning.clean` does.

        Raises:
            Refused: it is not taken.
            StoreError: too many files are cleaned at this moment.
        """
        if not _AT_ONCE.acquire(timeout=_WAIT):
            raise StoreError("Too many files come at once. Nothing was taken in; please send it again in a minute.")
        try:
            command = [sys.executable, "-m", "dgekg.attachments"]
            ran = subprocess.run(command, input=data, capture_output=True, timeout=self._seconds, check=False)
        except subprocess.TimeoutExpired:
            raise Refused("heavy") from None
        finally:
            _AT_ONCE.release()
        head, _, cleaned = ran.stdout.partition(b"\n")
        word = head.decode("ascii", "replace")
        if ran.returncode == 0 and word in KINDS:
            return word, cleaned
        raise Refused(word if ran.returncode == 0 and word in REASONS else "heavy")
