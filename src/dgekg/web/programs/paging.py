"""Pages of a list by cursor: in a stable order, bound to the version and to the list that they continue."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from dgekg.errors import CursorGone, InputError, shown
from dgekg.web.house import Visit

LIMIT, MOST = 50, 500
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins and ends in its list, and the cursor of the next one ("" for the last)."""

    start: int
    stop: int
    cursor: str


def page(
    visit: Visit, listed: str, keys: Sequence[str], *, whole: bool = False, usual: int = LIMIT, most: int = MOST
) -> Page:
    """Return the page that a request asks for.

    Args:
        visit: the request; its `cursor` and `limit` are read.
        listed: what tells this list from others: its address with its filters and order.
        keys: what each line of the list is known by, in order.
        whole: everything at once, whatever is asked.
        usual: how many lines where no limit is given.
        most: the largest limit.

    Raises:
        InputError: a limit or cursor that cannot be understood, or a cursor of another list.
        CursorGone: a cursor of another version.
    """
    limit = number(visit, usual, most)
    if whole:
        return Page(0, len(keys), "")
    after = _after(visit, listed)
    if after and after not in keys:  # withdrawn since: whether lines before it are gone too cannot be known
        raise _refused(visit.request.query_params["cursor"], "continues after a record that is no longer listed")
    start = keys.index(after) + 1 if after else 0
    stop = min(len(keys), start + limit)
    more = start < stop < len(keys)
    return Page(start, stop, _written(visit, listed, keys[stop - 1]) if more else "")


def start_of(visit: Visit, listed: str) -> int:
    """Return the place at which a request begins, in a list that is known by places alone.

    Raises:
        InputError: a cursor that cannot be understood, or of another list.
        CursorGone: a cursor of another version.
    """
    after = _after(visit, listed)
    if after and not (after.isascii() and after.isdigit() and len(after) < 9):
        raise _refused(visit.request.query_params["cursor"], "is no cursor of this list")
    return int(after or "0")


def cursor_of(visit: Visit, listed: str, place: int) -> str:
    """Return the cursor of the page that begins at a place."""
    return _written(visit, listed, str(place))


def number(visit: Visit, usual: int, most: int = MOST) -> int:
    """Return the limit that a request asks for.

    Raises:
        InputError: no whole number from 1 to `most`.
    """
    text = visit.request.query_params.get("limit", "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
        wanted = f"a whole number from 1 to {most}"
        raise InputError(f'limit: found "{shown(text)}", expected {wanted}.', text, field="limit", expected=wanted)
    return int(text)


def _after(visit: Visit, listed: str) -> str:
    """Return what the last line of the page before is known by; "" for the first page."""
    cursor = visit.request.query_params.get("cursor", "")
    if not cursor:
        return ""
    version, digest, key = _read(cursor)
    here = visit.observatory.version
    if version != _short(here):
        gone = CursorGone(
            f"cursor: it continues a list of version {version}; version {_short(here)} is served here. Begin again "
            f"without a cursor, or go on at /version/{version}{visit.request.url.path} while that version is kept.",
            cursor,
            field="cursor",
        )
        gone.version = version
        raise gone
    if digest != _digest(listed):
        raise _refused(cursor, "belongs to a list with other filters or another order")
    return key


def _written(visit: Visit, listed: str, key: str) -> str:
    text = json.dumps([_short(visit.observatory.version), _digest(listed), key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, str, str]:
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        version, digest, key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if not all(isinstance(part, str) for part in (version, digest, key)):
            raise ValueError
        if not (version.isalnum() and version.isascii() and len(version) <= 64):
            raise ValueError
    except (ValueError, TypeError):
        raise _refused(cursor, "is no cursor of this service") from None
    return version, digest, key


def _refused(cursor: str, why: str) -> InputError:
    said = f'cursor: found "{shown(cursor)}", which {why}. Begin again without a cursor.'
    return InputError(said, cursor, field="cursor", expected="the cursor of the answer before")


def _short(version: str) -> str:
    """Return a version's id; for a remote store, whose id is its address, a hash of it."""
    return version if version.isalnum() else hashlib.sha256(version.encode()).hexdigest()[:16]


def _digest(listed: str) -> str:
    return hashlib.sha256(listed.encode()).hexdigest()[:10]
