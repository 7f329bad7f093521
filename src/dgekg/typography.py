"""How words are set: the spaces at which a line of French may not break."""

from __future__ import annotations

import re

_BEFORE = re.compile(r" (?=([:;!?»])(?:[\s.,)]|$))")
_AFTER = re.compile(r"(?<=«) ")
_WIDE, _NARROW = "\u00a0", "\u202f"


def spaced(text: str, language: str) -> str:
    """Return a line as its language spaces it: in French, a colon, semicolon, mark or guillemet keeps to its word.

    Texts of several lines are programs or queries and stay as they are.

    >>> spaced("Lire : « oui » ; non ?", "fr") == "Lire\\u00a0: «\\u00a0oui\\u00a0»\\u202f; non\\u202f?"
    True
    >>> spaced("Read this; no?", "en")
    'Read this; no?'
    """
    if language != "fr" or "\n" in text:
        return text
    return _AFTER.sub(_WIDE, _BEFORE.sub(lambda found: _WIDE if found[1] in ":»" else _NARROW, text))
