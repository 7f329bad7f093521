"""Slugs by rule: of a record from its name, of a part from its record and a number."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Iterable, Mapping
from typing import Any

from dgekg.folding import fold

_LONGEST = 60


def of_text(text: str) -> str:
    """Return what of a name can stand in a slug; "" for a name in another script, which is not guessed at.

    >>> of_text("Défenseuses des droits: L’IA & nous"), of_text("女性")
    ('defenseuses-des-droits-l-ia-and-nous', '')
    """
    kept = fold(text.replace("&", " and "))
    slug = re.sub(r"[^a-z0-9]+", "-", kept if re.search(r"[a-z]", kept) else "").strip("-")
    return slug if len(slug) <= _LONGEST else slug[: _LONGEST + 1].rpartition("-")[0] or slug[:_LONGEST]


def of_record(kind: str, names: Iterable[str], fields: Mapping[str, Any], taken: Container[str]) -> str:
    """Return a slug for a new record.

    Args:
        kind: of the record.
        names: what it is called, the best first.
        fields: its answers; they make the slug where its names are in a script that slugs do not have.
        taken: slugs of this kind that are in use.
    """
    slug = next((made for name in names if (made := of_text(name))), "")
    if not slug:
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode()).hexdigest()
        slug = f"{kind}-{digest[:8]}"
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


class Parts:
    """Numbers for the parts of one record: those that have one keep it, the others get the next.

    Args:
        record: slug of the record.
        taken: slugs that parts have already.
    """

    def __init__(self, record: str, taken: Iterable[str]) -> None:
        self._record = record
        numbers = (re.fullmatch(rf"{re.escape(record)}-([0-9]{{1,6}})", slug) for slug in taken)
        self._last = max((int(found[1]) for found in numbers if found), default=0)

    def next(self) -> str:
        """Return the slug of the next part."""
        self._last += 1
        return f"{self._record}-{self._last}"
