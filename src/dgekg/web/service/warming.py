"""Beside other work: versions are followed though nobody asks, and what the first visitors would wait for is read."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable

from dgekg.errors import DgekgError
from dgekg.vocabulary import LANGUAGES
from dgekg.web.service.versions_kept import House
from dgekg.web.snapshot import FIRST_GAPS, HOME, Snapshot

SMALL = 200
"""Practices; with fewer, nobody waits."""
_LOOK_SECONDS, _AGAIN_SECONDS = 0.2, 5.0
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
    lambda snapshot: snapshot.ledger,
    lambda snapshot: snapshot.duty_maps,
    lambda snapshot: [snapshot.gap_cards.card(snapshot.grid(FIRST_GAPS), gap) for gap in snapshot.gaps(FIRST_GAPS)[:1]],
    lambda snapshot: [snapshot.alphabetical(language) for language in LANGUAGES],
    lambda snapshot: snapshot.links,
)


def begin(house: House) -> None:
    """Follow the versions from now on, and read ahead for the current one and for each that takes its place."""
    house.now()  # it may have been taken up long before; whoever begins is told of it here, not by `begun`
    house.begun = lambda snapshot: start(house, snapshot)
    start(house, house.now())
    threading.Thread(target=_follow, args=(weakref.ref(house),), name="dgekg-versions", daemon=True).start()


def _follow(held: weakref.ref[House]) -> None:
    """Look for another version though nobody asks: else a process that rests would hold what was erased."""
    while (house := held()) is not None:
        wait = _LOOK_SECONDS
        try:
            house.follow()
        except Exception:  # whatever it was: a thread that ended here would never say that it did
            _LOG.exception("looking for another version failed; it is looked for again")
            wait = _AGAIN_SECONDS
        del house
        time.sleep(wait)


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
