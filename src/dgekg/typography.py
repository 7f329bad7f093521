"""How words are set: the spaces at which a line of French or Spanish may not break; days in words."""

from __future__ import annotations

import datetime as dt
import re

_BEFORE = re.compile(r" (?=([:;!?»])(?:[\s.,)]|$))")
_AFTER = re.compile(r"(?<=«) ")
_IN_NUMBER = re.compile(r"(?<=\d) (?=\d{3}(?!\d)|%)")
_WIDE, _NARROW = "\u00a0", "\u202f"
# What is shown letter by letter, or not shown at all.
_VERBATIM = re.compile(r"(<(?:script|style|pre|code|textarea)\b.*?</(?:script|style|pre|code|textarea)>)", re.DOTALL)
_SHOWN = re.compile(r"(?:^|(?<=>))[^<>]+")


def spaced(text: str, language: str) -> str:
    """Return a line as its language spaces it.

    In French, a colon, semicolon, mark or guillemet keeps to its word; in French and Spanish, thousands and a percent
    sign keep to their number. Texts of several lines are programs or queries and stay as they are.

    >>> spaced("Lire : « oui » ; non ?", "fr") == "Lire\\u00a0: «\\u00a0oui\\u00a0»\\u202f; non\\u202f?"
    True
    >>> spaced("Son 12 000, el 95 %", "es") == "Son 12\\u202f000, el 95\\u202f%"
    True
    >>> spaced("Read this; no?", "en")
    'Read this; no?'
    """
    return text if "\n" in text else _spaced(text, language)


def spaced_page(page: str, language: str) -> str:
    """Return a page of HTML with every text of it as `spaced` sets it; no program, query or attribute is touched.

    >>> spaced_page('<p title="1 000">1 000 <code>1 000</code></p>', "es")
    '<p title="1 000">1\\u202f000 <code>1 000</code></p>'
    """
    if language not in ("fr", "es"):
        return page
    pieces = _VERBATIM.split(page)
    pieces[::2] = [_SHOWN.sub(lambda found: _spaced(found[0], language), piece) for piece in pieces[::2]]
    return "".join(pieces)


def day_words(day: dt.date, language: str) -> str:
    """Return a day in words.

    >>> day_words(dt.date(2026, 11, 22), "fr")
    '22 novembre 2026'
    """
    from babel.dates import format_date  # most processes never write a day in words

    return format_date(day, "long", locale="en_GB" if language == "en" else language)


def _spaced(text: str, language: str) -> str:
    if language not in ("fr", "es"):
        return text
    text = _IN_NUMBER.sub(_NARROW, text)
    if language == "es":
        return text
    return _AFTER.sub(_WIDE, _BEFORE.sub(lambda found: _WIDE if found[1] in ":»" else _NARROW, text))
