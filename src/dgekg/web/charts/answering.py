"""Pictures as answers: SVG and PNG, kept as bytes with the version they are of."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from dgekg import formats
from dgekg.coverage.reading import once
from dgekg.errors import UnknownValue
from dgekg.formats import Format
from dgekg.web.charts.colours import THEMES
from dgekg.web.charts.picture import Picture
from dgekg.web.house import Visit

KINDS = (formats.SVG, formats.PNG)


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
    """
    theme = once("theme", visit.request.query_params.getlist("theme"), "light")
    if theme not in THEMES:
        raise UnknownValue("theme", theme, THEMES)

    def body() -> str | bytes:
        found = make()
        return found.alone(theme) if kind is formats.SVG else found.png(theme)

    return visit.answer(kind, body, {"Content-Disposition": f'inline; filename="{name}.{kind.suffix}"'})
