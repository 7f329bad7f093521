"""Answers kept as bytes: what is asked again is not made again."""

from __future__ import annotations

import threading
from collections import OrderedDict

_KEPT = 512
_KEPT_BYTES = 64 * 1024 * 1024
_LARGEST = 2 * 1024 * 1024


class Kept:
    """The last answers, by ETag: as many as there is room for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """Return an answer, if it is kept."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: str, body: bytes) -> None:
        """Keep an answer until room is needed."""
        if len(body) > _LARGEST:
            return
        with self._lock:
            if key in self._bodies:
                return
            self._bodies[key] = body
            self._bytes += len(body)
            while len(self._bodies) > _KEPT or self._bytes > _KEPT_BYTES:
                _old, dropped = self._bodies.popitem(last=False)
                self._bytes -= len(dropped)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._bodies.clear()
            self._bytes = 0
