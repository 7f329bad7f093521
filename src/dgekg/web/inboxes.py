"""The inbox, as a page asks for it: with the rules of exposure of the version that is shown."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from dgekg.inbox import FOLDER, Inbox
from dgekg.inbox.exposure import Rules
from dgekg.observatory import Observatory
from dgekg.web.house import Visit

_READING = threading.Lock()
# By weak keys: a version that nobody shows any more must be let go, or "dgekg erase" cannot delete it.
_RULES: WeakKeyDictionary[Observatory, Rules] = WeakKeyDictionary()


def inbox_of(visit: Visit) -> Inbox:
    """Return the inbox of the private root.

    Raises:
        StoreError: the rules of exposure cannot be read.
    """
    observatory = visit.observatory
    with _READING:
        rules = _RULES.get(observatory)
        if rules is None:
            rules = _RULES[observatory] = Rules(observatory.store, observatory.project.queries)
    settings = visit.house.settings
    return Inbox(settings.private_root() / FOLDER, rules, heaviest=settings.all_files_mb << 20)
