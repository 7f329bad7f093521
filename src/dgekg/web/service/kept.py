"""Answers kept: what is asked again is not made again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sized
from typing import Generic, TypeVar

_KEPT = 512
_KEPT_BYTES = 64 * 1024 * 1024
_LARGEST = 2 * 1024 * 1024


Answer = TypeVar("Answer", bound=Sized)


class Kept(Generic[Answer]):
    """The last answers, by what they answer: as many as there is room for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: OrderedDict[str, Answer] = OrderedDict()
        self._bytes = 0
        self._made: dict[str, threading.Lock] = {}

    def once(self, key: str, make: Callable[[], Answer]) -> Answer:
        """Return an answer that is kept, else make and keep it; who asks for the same meanwhile waits for it."""
        found = self.get(key)
        if found is not None:
            return found
        with self._lock:
            making = self._made.setdefault(key, threading.Lock())
        with making:
            found = self.get(key)
            if found is None:
                try:
                    found = make()
                    self.put(key, found)
                finally:
                    with self._lock:
                        self._made.pop(key, None)
            return found

    def get(self, key: str) -> Answer | None:
        """Return an answer, if it is kept."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: str, body: Answer) -> None:
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
