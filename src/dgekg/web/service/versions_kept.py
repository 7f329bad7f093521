"""The house: its versions (the current one and those open beside it), its templates, its workers, answers kept."""

from __future__ import annotations

import hashlib
import importlib.resources
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from pathlib import Path

from dgekg import processes
from dgekg.errors import DgekgError
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.web import templating
from dgekg.web.built import Built
from dgekg.web.service.asked import ASKED
from dgekg.web.service.kept import Kept
from dgekg.web.snapshot import Snapshot
from dgekg.web.sparql.public import Public
from dgekg.web.sparql.sandbox import Sandbox

Source = Callable[[], Observatory]
LEAVING_SECONDS = 10.0
"""How long the version before the current one stays open for those who have begun to read its files."""


class House:
    """The service: its source of versions, its templates, and the answers kept for the current version.

    Args:
        source: returns the current observatory; called at each request, so it must be cheap. Where it has a method
            `older(version)`, that returns the observatory of a kept version.
        settings: limits.

    Attributes:
        begun: told of each version that becomes the current one; returns at once.
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source, self.settings = source, settings
        self.stamp = _stamp()
        self.built = Built()
        self.templates = templating.environment()
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._previous: Snapshot | None = None
        self._since = time.monotonic()
        self._older: OrderedDict[int, Snapshot] = OrderedDict()
        self._kept: Kept[bytes] = Kept()
        self.public = Public(settings)
        self._sandboxes: OrderedDict[int, Sandbox] = OrderedDict()
        self.begun: Callable[[Snapshot], object] = lambda _snapshot: None

    def snapshot(self) -> Snapshot:
        """Return what is remembered of the version that this request is about: the same throughout a request."""
        asked = ASKED.get()
        if asked is None:
            return self.now()
        if asked.snapshot is None:
            asked.snapshot = self._then(asked.version) if asked.version else self.now()
        return asked.snapshot

    def now(self) -> Snapshot:
        """Return what is remembered of the current version; begins anew when the version changes."""
        observatory = self.source()
        with self._lock:
            if self._snapshot is None or self._snapshot.observatory is not observatory:
                # Its files may still be on their way to somebody.
                self._previous, self._since = self._snapshot, time.monotonic()
                self._snapshot = Snapshot(observatory)
                self._kept.clear()
                self._older.clear()
                asked = bool(self._sandboxes)
                self._retire(())
                if asked:  # and will be again: the next one need not wait until the workers have the new version
                    self._sandboxes[id(observatory)] = Sandbox(observatory, self.settings)
                    self._sandboxes[id(observatory)].warm()
                self.begun(self._snapshot)
            return self._snapshot

    def follow(self) -> None:
        """Take up another version though nobody asks for it, and let go what is held of those before."""
        try:
            self.now()
        except DgekgError:  # whoever asks is told why
            return
        tidy = getattr(self.source, "tidy", None)
        if tidy is not None:
            tidy()
        with self._lock:
            if time.monotonic() - self._since < LEAVING_SECONDS or self._previous is None:
                return
            self._previous = None
        processes.sweep()  # what refers to itself would hold it

    def _then(self, version: str) -> Snapshot:
        now = self.now()
        older = getattr(self.source, "older", None)
        if version == now.observatory.version or older is None:
            return now
        observatory = older(version)
        with self._lock:
            found = self._older.setdefault(id(observatory), Snapshot(observatory))
            self._older.move_to_end(id(observatory))
            while len(self._older) > self.settings.open_versions:
                self._older.popitem(last=False)
            return found

    def at_once(self) -> bool:
        """Whether the version that this request is about can be had without opening anything."""
        asked, now = ASKED.get(), self._snapshot
        if asked is not None and (asked.version or asked.snapshot is not None):
            return asked.snapshot is not None
        listed = getattr(self.source, "suppressed", None)
        return now is not None and (listed is None or listed().counter == now.observatory.suppressed.counter)

    def standing(self) -> Observatory | None:
        """Return the current version if answers were made of it and it can be had at once; None while it changes."""
        try:
            if not self.at_once():
                return None
            observatory, now = self.source(), self._snapshot
        except DgekgError:  # whoever answers says why
            return None
        return observatory if now is not None and now.observatory is observatory else None

    def sandbox(self) -> Sandbox:
        """Return the worker processes for public queries on the version that this request is about.

        There are some for the current version, and for one other at most: each set holds a copy of its version.
        """
        observatory = self.snapshot().observatory
        current = self.now().observatory
        with self._lock:
            if id(observatory) not in self._sandboxes:
                self._retire((id(current),))
                self._sandboxes[id(observatory)] = Sandbox(observatory, self.settings)
            return self._sandboxes[id(observatory)]

    def _retire(self, staying: Collection[int]) -> None:
        """Let workers of other versions finish what they do, then stop them."""
        for key in [key for key in self._sandboxes if key not in staying]:
            self._sandboxes.pop(key).close(after=self.settings.query_seconds + 1)

    def close(self) -> None:
        """Stop the worker processes."""
        while self._sandboxes:
            self._sandboxes.popitem()[1].close()

    def kept(self, key: str) -> bytes | None:
        """Return an answer kept for the current version, or for one that is open beside it."""
        return self._kept.get(key)

    def keep(self, key: str, body: bytes) -> None:
        """Keep an answer until the current version changes or room is needed."""
        self._kept.put(key, body)

    def once(self, key: str, make: Callable[[], bytes]) -> bytes:
        """Return an answer that is kept, else make and keep it; who asks for the same meanwhile waits for it."""
        return self._kept.once(key, make)


def _stamp() -> str:
    """Return a hash of the code, templates and words that pages are made of."""
    found = hashlib.sha256()
    root = Path(str(importlib.resources.files("dgekg.web")))
    for part in sorted(part for part in root.iterdir() if part.name not in ("assets", "__pycache__")):
        for item in sorted(part.rglob("*")) if part.is_dir() else (part,):
            if item.is_file() and item.suffix != ".pyc":
                found.update(item.read_bytes())
    return found.hexdigest()[:12]
