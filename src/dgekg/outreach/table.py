"""A table of those who are to be asked, read row by row; what is wrong is told by row and column, without contents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dgekg.errors import InputError, UnknownValue
from dgekg.forms import bounded
from dgekg.forms.model import Option
from dgekg.outreach.people import Asked

NEEDED = ("sector", "region", "language", "channel")
COLUMNS = ("name", "contact", "note", *NEEDED, "groups", "people", "asked", "answered", "replies")
Schemes = Mapping[str, Mapping[str, Option]]
"""By scheme (sector, region, group), what can be chosen, by its code."""


def coded(given: Mapping[str, Any], schemes: Schemes, today: dt.date) -> Asked:
    """Return somebody to be asked, from texts as a person writes them: codes or labels.

    Raises:
        InputError: something is missing or cannot be read; the field is named.
        UnknownValue: a code that its scheme does not have.
    """
    said = {name: str(given.get(name) or "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not said[name]:
            raise InputError(f"{name}: expected a value, found none.", field=name)
    language = said["language"].lower()
    if not (2 <= len(language.split("-")[0]) <= 3 and language.replace("-", "").isalnum()):
        raise InputError("language: expected a tag such as en, sw or pt-br.", field="language")
    groups = tuple(_code(one, "group", schemes) for one in said["groups"].split(";") if one.strip())
    people = _number(said["people"] or "1", "people")
    replies = _number(said["replies"] or (str(people) if said["answered"] else "0"), "replies")
    return Asked(
        sector=_code(said["sector"], "sector", schemes),
        region=_code(said["region"], "region", schemes),
        language=language,
        channel=said["channel"],
        name=said["name"],
        contact=said["contact"],
        note=said["note"],
        groups=groups,
        people=people,
        asked=said["asked"] or today.isoformat(),
        answered=said["answered"],
        replies=replies,
    ).checked()


def read(data: bytes, name: str, schemes: Schemes, today: dt.date) -> list[Asked]:
    """Return all of a table (CSV).

    Raises:
        InputError: a column is unknown or missing, or a row cannot be read; says which.
        TooLong: it is too large.
    """
    rows = bounded.table(data, name)
    head = [one.strip().lower() for one in rows[0]] if rows else []
    unknown = [one for one in head if one not in COLUMNS]
    missing = [one for one in NEEDED if one not in head]
    if unknown or missing:
        raise InputError(
            f"{name}: columns {', '.join(unknown) or 'none'} unknown, {', '.join(missing) or 'none'} missing. "
            f"Expected: {', '.join(COLUMNS)}."
        )
    found = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(cells):
            continue
        try:
            found.append(coded(dict(zip(head, cells, strict=False)), schemes, today))
        except (InputError, UnknownValue) as error:
            raise InputError(f"{name}: row {number}: {error} Nothing was taken in.") from None
    return found


def _code(text: str, scheme: str, schemes: Schemes) -> str:
    options, wanted = schemes[scheme], text.strip()
    if wanted in options:
        return wanted
    folded = wanted.casefold()
    hits = [code for code, one in options.items() if folded in {label.casefold() for label in one.label.values()}]
    if len(hits) != 1:
        raise UnknownValue(scheme, wanted, options)
    return hits[0]


def _number(text: str, name: str) -> int:
    if not text.isdecimal():
        raise InputError(f"{name}: expected a whole number.", field=name)
    return int(text)
