"""The current version, opened anew when the build's `current` names another; the old one serves until then."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from dgekg.errors import DgekgError, NoBuild
from dgekg.observatory import Observatory, open_observatory
from dgekg.settings import Settings

_LOG = logging.getLogger("dgekg.web")
_LOOK_SECONDS = 0.5


class Current:
    """A source of observatories; calling it costs one look at a link, at most twice a second.

    Args:
        settings: where the project is, and limits.
        store: address of a remote store; "" for the built one.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the store cannot be opened or reached.
    """

    def __init__(self, settings: Settings, store: str = "") -> None:
        self._settings, self._store = settings, store
        self._remote = bool(store or settings.store)
        self._link = settings.project().build / "current"
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._target = self._points_at()
        self._observatory = self._open()

    def __call__(self) -> Observatory:
        """Return the current observatory."""
        now = time.monotonic()
        if self._remote or now - self._looked < _LOOK_SECONDS:
            return self._observatory
        with self._lock:
            if now - self._looked >= _LOOK_SECONDS:
                self._looked = now
                target = self._points_at()
                if target is not None and target != self._target:
                    self._swap(target)
        return self._observatory

    def _swap(self, target: Path) -> None:
        try:
            self._observatory, self._target = self._open(), target
            _LOG.info("now serving version %s", self._observatory.version)
        except (DgekgError, NoBuild) as error:
            _LOG.error("the new build cannot be opened, the old one still serves: %s", error)

    def _open(self) -> Observatory:
        observatory = open_observatory(self._settings, self._store)
        _ = observatory.names, observatory.index, observatory.questions.all
        if not self._remote:  # a remote store has none ready: it is made when somebody searches
            _ = observatory.search
        return observatory

    def _points_at(self) -> Path | None:
        return self._link.resolve() if self._link.exists() else None
