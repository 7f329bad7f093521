"""The inbox, as a page asks for it: with the rules of exposure of the version that is shown."""

from __future__ import annotations

from dgekg.inbox import FOLDER, Inbox
from dgekg.inbox.exposure import Rules
from dgekg.observatory import Observatory
from dgekg.web.house import Visit
from dgekg.web.kept import kept_with


@kept_with
def _rules(observatory: Observatory) -> Rules:
    return Rules(observatory.store, observatory.project.queries)


def inbox_of(visit: Visit) -> Inbox:
    """Return the inbox of the private root.

    Raises:
        StoreError: the rules of exposure cannot be read.
    """
    settings = visit.house.settings
    return Inbox(settings.private_root() / FOLDER, _rules(visit.observatory), heaviest=settings.all_files_mb << 20)
