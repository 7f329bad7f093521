"""What the first visitors of a version would wait for, read beside other work: gaps, what lists show, the network."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dgekg.errors import DgekgError
from dgekg.web.service.versions_kept import House
from dgekg.web.snapshot import FIRST_GAPS, HOME, Snapshot

SMALL = 200
"""Practices; with fewer, nobody waits."""
LARGE = 20_000
"""Practices; with more, the network takes minutes that others would wait for, and is left to who asks for it."""
_LOG = logging.getLogger("dgekg.web")
_READ: tuple[Callable[[Snapshot], object], ...] = (
    lambda snapshot: snapshot.observatory.names,
    lambda snapshot: snapshot.grid(HOME),
    lambda snapshot: snapshot.classes,
    lambda snapshot: snapshot.gaps(FIRST_GAPS),
    lambda snapshot: snapshot.counts,
    lambda snapshot: snapshot.dated,
    lambda snapshot: snapshot.norms,
    lambda snapshot: snapshot.actors,
    lambda snapshot: snapshot.concepts,
    lambda snapshot: snapshot.links if len(snapshot.observatory.index.practices) <= LARGE else None,
)


def begin(house: House) -> None:
    """Read ahead for the current version, and for each that takes its place from now on."""
    house.begun = lambda snapshot: start(house, snapshot)
    house.now()


def start(house: House, snapshot: Snapshot) -> threading.Thread | None:
    """Read ahead for one version in a thread of its own; None where it is too small to be worth it."""
    if len(snapshot.observatory.index.practices) < SMALL:
        return None
    thread = threading.Thread(target=_read, args=(house, snapshot), name="dgekg-warm", daemon=True)
    thread.start()
    return thread


def _read(house: House, snapshot: Snapshot) -> None:
    for read in _READ:
        if house.standing() not in (None, snapshot.observatory):
            return  # another version is served by now
        try:
            read(snapshot)
        except DgekgError as error:  # whoever asks for it is told
            _LOG.warning("not read ahead: %s", error)
