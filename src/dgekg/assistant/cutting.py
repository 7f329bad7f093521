"""Keeping answers to a size that can be read: rows, and lists within records, are cut, and what is left is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dgekg.vocabulary import LANGUAGES

MOST_LETTERS = 24_000  # of what is found in one answer; beside it stand its sources and queries


def size(value: object) -> int:
    """Return how many letters a value takes as JSON."""
    return len(json.dumps(value, ensure_ascii=False))


def fitting(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first rows that fit together, at least one.

    >>> len(fitting([{"a": "x" * 10_000}] * 5))
    2
    """
    found: list[dict[str, Any]] = []
    letters = 0
    for row in rows:
        letters += size(row)
        if found and letters > MOST_LETTERS:
            break
        found.append(row)
    return found


def shortened(value: Any, most: int = MOST_LETTERS) -> tuple[Any, dict[str, int]]:
    """Return a value with its long lists cut until it fits, and how many members of which list are left.

    >>> cut, left = shortened({"a": [{"b": "x" * 90}] * 9, "c": 1}, 500)
    >>> len(cut["a"]), left
    (4, {'a': 5})
    """
    longest, found, left = 64, value, dict[str, int]()
    while size(found) > most and longest > 0:
        left = {}
        found = _cut(value, longest, "", left)
        longest //= 2
    return found, left


def _cut(value: Any, longest: int, path: str, left: dict[str, int]) -> Any:
    if isinstance(value, dict):
        return {k: _cut(v, longest, f"{path}.{k}".strip("."), left) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > longest:
        left[path] = left.get(path, 0) + len(value) - longest
    return [_cut(v, longest, path, left) for v in value[:longest]]


def english(value: Any) -> Any:
    """Return a value where texts by language keep only English, if they have it.

    >>> english({"label": {"en": "Data", "fr": "Données"}, "other": {"fr": "Seul"}})
    {'label': {'en': 'Data'}, 'other': {'fr': 'Seul'}}
    """
    if isinstance(value, dict):
        if "en" in value and set(value) <= set(LANGUAGES):
            return {"en": value["en"]}
        return {k: english(v) for k, v in value.items()}
    return [english(v) for v in value] if isinstance(value, list) else value
