"""The audit log: who did what to which proposal and when; never what it says, nor why, nor from where."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from dgekg.errors import StoreError
from dgekg.inbox import files

FILE = "audit.jsonl"
ACTS = (
    "login",
    "refused",
    "locked",
    "logout",
    "opened",
    "took-file",
    "accept",
    "return",
    "reject",
    "rated",
    "handed-in",
    "settled",
    "password",
    "second-on",
    "second-off",
    "second-codes",
    "recovered",
)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Audit:
    """The log of one private root: lines are only ever added.

    Args:
        folder: `<private root>/reviewers`.
        clock: returns the moment, for tests.
    """

    def __init__(self, folder: Path, clock: Callable[[], dt.datetime] = _now) -> None:
        self.folder, self._clock = folder, clock

    def note(self, act: str, by: str = "", about: str = "") -> None:
        """Add a line; on disk when this returns.

        Args:
            act: one of `ACTS`.
            by: name of the account; "" where none is known, whatever was typed.
            about: id of a proposal, or what was rated; no content.

        Raises:
            StoreError: it cannot be written; then what it is about must not be done.
        """
        if act not in ACTS:
            raise ValueError(act)
        line = {"time": self._clock().isoformat(timespec="seconds"), "act": act, "by": by, "about": about}
        files.make(self.folder)
        try:
            handle = os.open(self.folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "ab") as out:
                fcntl.flock(out, fcntl.LOCK_EX)
                out.write((json.dumps(line) + "\n").encode())
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise StoreError(f"{self.folder / FILE}: cannot be written ({error.strerror}).") from error

    def lines(self) -> Iterator[dict[str, str]]:
        """Yield the lines, the oldest first; one that was cut short is left out."""
        try:
            text = (self.folder / FILE).read_text("utf-8")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue
