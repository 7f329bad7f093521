"""What takes long of a version: made once, in a thread of its own; who asks meanwhile is told so and asks again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from dgekg.errors import NotYet

PATIENCE = 4.0
"""Seconds that somebody who asks is kept waiting; what is made within them needs no second visit."""
T = TypeVar("T")


class Soon(Generic[T]):
    """One thing that is made when it is first asked for.

    Args:
        what: a few words for it, for the message.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._made: list[T] = []
        self._failed: Exception | None = None
        self._thread: threading.Thread | None = None

    def get(self, make: Callable[[], T]) -> T:
        """Return it, waiting a little for it.

        Args:
            make: makes it; called again only after it failed.

        Raises:
            NotYet: it is still being made.
            Exception: whatever `make` raised; the next to ask tries again.
        """
        with self._lock:
            if self._thread is None and not self._made:
                self._failed = None
                self._thread = threading.Thread(target=self._run, args=(make,), name="dgekg-soon", daemon=True)
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)
        if self._made:
            return self._made[0]
        failed = self._failed
        if failed is not None:
            raise failed
        raise NotYet(f"{self._what} of this version is still being worked out. Ask again in {NotYet.retry_after} s.")

    def _run(self, make: Callable[[], T]) -> None:
        try:
            self._made.append(make())
        except Exception as error:  # told to who asks
            self._failed = error
        finally:
            with self._lock:
                self._thread = None
