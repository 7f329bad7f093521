"""The addresses for tools that their users have already, as the application binds them: OpenRefine, feed readers."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from dgekg.web.house import House
from dgekg.web.partners import atom, mappings, reconcile

ROUTES: tuple[tuple[str, Callable[[House, Request], Response]], ...] = (
    (atom.PATH, atom.practices),
    (f"/download/{mappings.NAME}", mappings.mappings),
    (f"{reconcile.PATH}/suggest/{{what}}", reconcile.suggest),
    (f"{reconcile.PATH}/properties", reconcile.proposed),
    (f"{reconcile.PATH}/preview", reconcile.preview),
    (f"{reconcile.PATH}/view", reconcile.view),
)
