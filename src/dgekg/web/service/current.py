"""The versions that are served: the current one, followed as builds come and records go, and kept ones on demand.

A new build is opened beside the old one, which serves until then. A change of the list of what may not be shown is
another matter: nothing is answered any more until it holds, for safety outranks speed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from pathlib import Path

from dgekg import demand, processes, versions
from dgekg.errors import DgekgError, StoreError
from dgekg.observatory import Observatory, open_observatory, open_version
from dgekg.settings import Settings
from dgekg.suppression import Suppressed, Watched
from dgekg.versions import Version

_LOG = logging.getLogger("dgekg.web")
_LOOK_SECONDS, _AGAIN_SECONDS, _WAIT_SECONDS = 0.2, 5.0, 15.0


class Current:
    """A source of observatories; calling it costs a look at the list of what is suppressed, and now and then at a link.

    Args:
        settings: where the project is, and limits.
        store: address of a remote store; "" for the built one.

    Attributes:
        trouble: why the newest build cannot be served; "" where it is.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the store cannot be opened or reached, or the build is not what was written.
    """

    def __init__(self, settings: Settings, store: str = "") -> None:
        self._settings, self._store = settings, store
        self._remote = bool(store or settings.store)
        self._builds = settings.project().build
        self.suppressed = Watched(settings.private_root())
        self.trouble = ""
        self._lock, self._looking, self._opening = threading.Lock(), threading.Lock(), threading.Lock()
        self._looked = time.monotonic()
        self._older: OrderedDict[tuple[str, int], Observatory] = OrderedDict()
        self._observatory = self._first(self.suppressed())

    def __call__(self) -> Observatory:
        """Return the current observatory.

        Raises:
            StoreError: what may not be shown any more cannot be left out yet.
        """
        listed = self.suppressed()
        if self._observatory.suppressed.counter != listed.counter:
            self._without(listed)
        now = time.monotonic()
        if not self._remote and now - self._looked >= _LOOK_SECONDS and self._looking.acquire(blocking=False):
            self._looked = now
            shown = self._observatory
            if self._points_at() in (None, shown.version) and demand.mark(self._builds) == shown.demand_mark:
                self.trouble = ""
                self._looking.release()
            else:
                threading.Thread(target=self._follow, name="dgekg-follow", daemon=True).start()
        return self._observatory

    def older(self, name: str) -> Observatory:
        """Return the observatory of a kept version; the last few stay open.

        Raises:
            VersionGone: it is no longer kept, or never was.
            StoreError: it cannot be opened.
        """
        current = self()
        listed = current.suppressed
        if name == current.version:
            return current
        with self._opening:
            key = (name, listed.counter)
            if key not in self._older:
                self._older[key] = self._open(versions.at(self._builds / self.find(name)), listed)
            self._older.move_to_end(key)
            self._forget(listed)
            while len(self._older) > self._settings.open_versions:
                self._older.popitem(last=False)
            return self._older[key]

    def tidy(self) -> None:
        """Let go kept versions that were opened with more than may be shown now."""
        with self._opening:
            self._forget(self.suppressed())

    def _forget(self, listed: Suppressed) -> None:
        for old in [key for key in self._older if key[1] != listed.counter]:
            del self._older[old]

    def find(self, name: str) -> str:
        """Return the id of a kept version from its id or the beginning of it; errors as `versions.find`."""
        current = self._observatory.version
        return current if name == current else versions.find(self._builds, name)

    def _follow(self) -> None:
        """Open the new build while the old one serves."""
        try:
            version = versions.current(self._builds)
            versions.check(version)
            observatory = self._open(version, self.suppressed())
            with self._lock:
                self._observatory, self.trouble = observatory, ""
            _LOG.info("now serving another version", extra={"version": observatory.version})
            processes.sweep()
        except Exception as error:  # whatever it was: the old build is served, and the new one tried again
            ours = isinstance(error, DgekgError)
            self.trouble = str(error) if ours else f"a fault of ours ({type(error).__name__}); the log says more"
            self._looked = time.monotonic() + _AGAIN_SECONDS
            _LOG.error("the new build cannot be served, the old one still is: %s", error, exc_info=not ours)
        finally:
            self._looking.release()

    def _without(self, listed: Suppressed) -> None:
        """Open the current version anew, without what came onto the list; everybody waits."""
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise StoreError(
                "A record was withdrawn a moment ago; the service is leaving it out everywhere. Try again."
            )
        try:
            now = self._observatory
            if now.suppressed.counter == listed.counter:
                return
            if self._remote:
                self._observatory = open_observatory(self._settings, self._store)
                return
            builds = self._builds
            self._observatory = self._open(versions.at(builds / now.version), listed)
            _LOG.info("the list of what may not be shown has changed", extra={"version": now.version})
        finally:
            self._lock.release()

    def _first(self, listed: Suppressed) -> Observatory:
        if self._remote:
            return _warm(open_observatory(self._settings, self._store), search=False)
        version = versions.current(self._builds)
        versions.check(version)
        return self._open(version, listed)

    def _open(self, version: Version, listed: Suppressed) -> Observatory:
        return _warm(open_version(self._settings, version, listed))

    def _points_at(self) -> str | None:
        link: Path = self._builds / "current"
        return link.resolve().name if link.exists() else None


def _warm(observatory: Observatory, *, search: bool = True) -> Observatory:
    """Read what every page needs; a remote store has no search ready: it is made when somebody searches."""
    _ = observatory.names, observatory.index, observatory.questions.all
    if search:
        _ = observatory.search
    return observatory
