"""The tool that gives one record: whole, or a long list within it row by row."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from dgekg import identifiers
from dgekg.assistant import cutting, inputs
from dgekg.assistant.answer import Answer
from dgekg.assistant.desk import Desk, Found
from dgekg.assistant.words import known, say
from dgekg.errors import InputError, RecordGone, RecordNotFound, UnknownValue

_LOOKED_AT = 50


def record(desk: Desk, given: inputs.Record) -> Answer:
    """Give a record, or one part of it as rows.

    Raises:
        UnknownValue: there is none, or it has no such part.
        RecordGone: it may not be shown any more.
    """
    try:
        about = desk.service.record(given.kind, given.slug)
    except RecordNotFound as error:
        if error.problem.get("status") == RecordGone.http_status:  # what may not be shown has nothing near it
            raise
        raise UnknownValue("slug", given.slug, _near(desk, given), str(error)) from error
    whole: dict[str, Any] = cutting.english(about["record"])
    found = Found(
        about,
        queries=[("record", about.get("sparql"))],
        not_known=_missing(given.kind, whole),
        behind=[str(whole["id"])],
        only_behind=True,
    )
    if given.part:
        found.rows = _part(whole, given.part)
        found.total = len(found.rows)
    else:
        found.record, left = cutting.shortened(whole)
        at = desk.page(about) or whole["id"]
        found.left_out = [
            say("cut", where=path, left=n, part=path.partition(".")[0], at=at) for path, n in left.items()
        ]
    return desk.answer("record", given, found)


def _near(desk: Desk, given: inputs.Record) -> list[str]:
    """Return slugs of records whose names have the words of a slug, or its longest."""
    words = given.slug.replace("/", "-").split("-")
    for text in (" ".join(words), max(words, key=len)):
        with contextlib.suppress(InputError):
            rows = desk.service.search(text, kind=given.kind, limit=_LOOKED_AT)[:_LOOKED_AT]
            if rows:
                return [local.slug for row in rows if (local := identifiers.parse(row["iri"]))]
    return []


def _part(whole: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    if name not in whole:
        raise UnknownValue("part", name, whole)
    value = whole[name]
    members = value if isinstance(value, list) else [value]
    return [one if isinstance(one, dict) else {"value": one} for one in members]


def _missing(kind: str, whole: Mapping[str, Any]) -> list[str]:
    names = [words for name, words in known()["missing"].get(kind, {}).items() if not whole.get(name)]
    return [say("not_known.missing", names=", ".join(names))] if names else []
