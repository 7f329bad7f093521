"""Texts as they are compared: without accents, capitals and joined letters."""

from __future__ import annotations

import unicodedata

# What no rule of Unicode takes apart.
JOINED = {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ŋ": "ng", "ħ": "h"}


class _Plain(dict[int, str]):
    """What becomes of each letter that has been taken apart: marks go, joined letters part; learnt as they come."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = "" if unicodedata.combining(letter) else letter
        return self[code]


_PLAIN = _Plain({ord(letter): plain for letter, plain in JOINED.items()})


def fold(text: str) -> str:
    """Return a text without accents, capitals and joined letters.

    >>> fold("ÉGALITÉ Straße Ñandú Sámi giella, Þingvellir")
    'egalite strasse nandu sami giella, thingvellir'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
