"""Pictures as answers: SVG and PNG, kept as bytes with the version they are of.

A large one takes seconds and they are drawn one after the other, so only a few may wait for their turn: nobody keeps
all that answers busy by asking for ever other pictures. What was drawn before is answered again at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from starlette.responses import Response

from dgekg import formats
from dgekg.charts.colours import THEMES
from dgekg.charts.picture import Picture
from dgekg.coverage.reading import once
from dgekg.errors import TooBusy, UnknownValue
from dgekg.formats import Format
from dgekg.web.house import Visit

KINDS = (formats.SVG, formats.PNG)
AT_ONCE = 3  # one is drawn, the others wait
_AGAIN_SECONDS = 5
_TURNS = threading.BoundedSemaphore(AT_ONCE)


def kind_of(visit: Visit, suffix: str = "") -> Format | None:
    """Return as what a picture is asked for, by the address's ending or `format`; None where none is.

    Args:
        visit: the request.
        suffix: the ending of the address; "" for one without.
    """
    name = suffix or visit.request.query_params.get("format", "")
    return next((kind for kind in KINDS if kind.suffix == name), None)


def answer(visit: Visit, kind: Format, make: Callable[[], Picture], name: str = "picture") -> Response:
    """Answer with a picture as a file, in the theme that the address asks for.

    Args:
        visit: the request.
        kind: SVG or PNG.
        make: draws it; not called where it is known.
        name: what the file is called when it is saved, without its ending.

    Raises:
        UnknownValue: a theme that there is not.
        TooBusy: as many other pictures as may be are on their way.
    """
    theme = once("theme", visit.request.query_params.getlist("theme"), "light")
    if theme not in THEMES:
        raise UnknownValue("theme", theme, THEMES)

    def body() -> str | bytes:
        if not _TURNS.acquire(blocking=False):
            raise TooBusy(
                f"{AT_ONCE} other pictures are being drawn. Try again in {_AGAIN_SECONDS} seconds; the same figures "
                "are at once to be had as a table or CSV.",
                _AGAIN_SECONDS,
            )
        try:
            found = make()
            return found.alone(theme) if kind is formats.SVG else found.png(theme)
        finally:
            _TURNS.release()

    return visit.answer(kind, body, {"Content-Disposition": f'inline; filename="{name}.{kind.suffix}"'})
