"""What pages for people share: which parameters a page has, and the dimensions as a form offers them."""

from __future__ import annotations

from dgekg.errors import UnknownValue
from dgekg.web.house import Visit


def known(visit: Visit, *allowed: str) -> None:
    """Refuse query parameters that a page does not have.

    Raises:
        UnknownValue: one that it does not; the nearest is suggested.
    """
    keys = (*allowed, "lang")
    for key in visit.request.query_params:
        if key not in keys:
            raise UnknownValue("parameter", key, keys)


def dimensions(visit: Visit) -> list[tuple[str, str]]:
    """Return the dimensions with their words, as a form offers them."""
    return [(n, visit.dimension_words(n)) for n in visit.observatory.index.dimensions]
