"""Interface words in three languages, and which language a request wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from dgekg import packaged
from dgekg.errors import SourceError, UnknownValue
from dgekg.render import grouped
from dgekg.typography import day_words, spaced
from dgekg.vocabulary import LANGUAGES


@cache
def messages(language: str) -> Mapping[str, str]:
    """Return all interface words of a language, flat: `home.title`, `state.thin`, ...

    Raises:
        SourceError: the file is not a mapping of words.
    """
    raw = yaml.safe_load(_text(language))
    if not isinstance(raw, dict):
        raise SourceError(f"messages/{language}.yaml: expected a mapping of keys to words.")
    return {key: spaced(text, language) for key, text in _flat(raw, "")}


def hold() -> None:
    """Read the words of all languages now; what becomes of their files later is nothing to this process."""
    for language in LANGUAGES:
        _text(language)


@cache
def _text(language: str) -> str:
    return packaged.text(f"web/messages/{language}.yaml")


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            found += _flat(value, name + ".")
        else:
            found.append((name, str(value)))
    return found


def say(language: str, key: str, /, **values: object) -> str:
    """Return the words of a key, with values put in; a plural is chosen by `n` (`key.one`, `key.other`).

    >>> say("en", "practices.count", n=1)
    '1 practice'
    """
    return put(messages(language), language, key, values)


def put(known: Mapping[str, str], language: str, key: str, values: Mapping[str, Any]) -> str:
    """Return the words of a key as `say` does, of the words given.

    Args:
        known: all words of the language.
        language: en, fr or es.
        key: of the words.
        values: put into them.

    Raises:
        SourceError: there is no such key.
    """
    if key not in known:
        one = values.get("n") == 1 or (language == "fr" and values.get("n") == 0)
        key = f"{key}.one" if one else f"{key}.other"
    text = known.get(key)
    if text is None:
        raise SourceError(f"messages/{language}.yaml: the key {key} is missing.")
    shown = {name: number(v, language) if isinstance(v, int) else v for name, v in values.items()}
    return text.format(**shown) if values else text


def number(value: int, language: str) -> str:
    """Write a whole number as a language groups its digits."""
    return grouped(value, language)


def day(text: str, language: str) -> str:
    """Write a day, YYYY-MM-DD, in words; what is no whole day stays as it is.

    >>> day("2026-11-22", "es"), day("2026-11", "es")
    ('22 de noviembre de 2026', '2026-11')
    """
    try:
        return day_words(dt.date.fromisoformat(text), language)
    except ValueError:
        return text


def language_of(asked: str, accept: str, default: str = "en") -> str:
    """Return the language of a page: `?lang=` first, then Accept-Language.

    Raises:
        UnknownValue: `?lang=` names a language that the interface has not.

    >>> language_of("", "de, es-MX;q=0.8, en;q=0.5"), language_of("fr", "es")
    ('es', 'fr')
    """
    if asked:
        if asked not in LANGUAGES:
            raise UnknownValue("lang", asked, LANGUAGES, f"Use one of {', '.join(LANGUAGES)}.")
        return asked
    best, best_quality = default, 0.0
    for part in accept.split(","):
        tag, *rest = [p.strip() for p in part.split(";")]
        quality = 1.0
        for parameter in rest:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        primary = tag.lower().split("-")[0]
        if primary in LANGUAGES and quality > best_quality:
            best, best_quality = primary, quality
    return best
