"""A long list in pages: `from` in the address says how many lie before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dgekg.errors import InputError
from dgekg.web.house import Visit

KEY = "from"
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list.

    Attributes:
        items: of this page.
        first: number of the first, from 1; 0 where the page is empty.
        last: number of the last.
        total: of the whole list.
        before: `from` of the page before; None on the first.
        after: `from` of the next page; 0 on the last.
    """

    items: Sequence[T]
    first: int
    last: int
    total: int
    before: int | None
    after: int


def begin(visit: Visit) -> int:
    """Return how many lie before the page that is asked for.

    Raises:
        InputError: `from` is no whole number.
    """
    text = visit.request.query_params.get(KEY, "") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InputError(f'{KEY}: found "{text}", expected a whole number.', text)
    return int(text)


def of(visit: Visit, every: Sequence[T], at_once: int) -> Page[T]:
    """Return the page that is asked for; one past the end is the last that holds something.

    Raises:
        InputError: `from` is no whole number.
    """
    start = begin(visit)
    if start >= len(every):
        start = max(0, (len(every) - 1) // at_once * at_once)
    items = every[start : start + at_once]
    after = start + at_once
    return Page(
        items,
        start + 1 if items else 0,
        start + len(items),
        len(every),
        max(0, start - at_once) if start else None,
        after if after < len(every) else 0,
    )
