"""Names and languages as a person reads them in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from babel import Locale
from babel.lists import format_list

from dgekg.observatory import Observatory
from dgekg.render import fill, label

_NAMES = 4
_LANGUAGES = 6
_I = re.compile(r"[«“]?(?:[ií]|hi(?![ae]))", re.IGNORECASE)  # before this sound "y" is written "e"
_LOCALES = {"en": "en_GB"}  # no comma before "and"


def names(observatory: Observatory, iris: Sequence[str], language: str) -> str:
    """Return the labels of a few things, and how many more there are."""
    said = [label(observatory, iri, language) for iri in iris[:_NAMES]]
    return _with_more(said, len(iris) - len(said), language)


def languages(codes: Iterable[str], language: str) -> str:
    """Return languages by name, at most six.

    >>> languages(["sw", "en"], "fr")
    'anglais et swahili'
    """
    every = sorted({language_name(code, language) for code in codes})
    return _with_more(every[:_LANGUAGES], len(every) - _LANGUAGES, language)


@cache
def language_name(code: str, language: str) -> str:
    """Return the name of a language (CLDR), whatever its region; its code where that is not known.

    >>> language_name("fr-CA", "en"), language_name("xx-nothing", "es")
    ('French', 'xx-nothing')
    """
    return str(Locale(language).languages.get(code.split("-")[0].lower(), code))


def _with_more(said: Sequence[str], more: int, language: str) -> str:
    if more > 0:
        return fill("and_more", {"names": ", ".join(said), "n": more}, language)
    return joined(said, language)


def joined(said: Sequence[str], language: str) -> str:
    """Return names in a row with "and" before the last.

    >>> joined(["a", "b", "c"], "en"), joined(["francés", "inglés"], "es")
    ('a, b and c', 'francés e inglés')
    """
    text = format_list(said, locale=_LOCALES.get(language, language))
    if language == "es" and len(said) > 1 and _I.match(said[-1]):
        return f"{text.removesuffix(said[-1]).removesuffix(' y ')} e {said[-1]}"
    return text
