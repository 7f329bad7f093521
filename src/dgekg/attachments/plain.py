"""Plain text: UTF-8, without signs that hide what it says."""

from __future__ import annotations

import unicodedata

from dgekg.attachments.kinds import Refused

_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def clean(data: bytes) -> bytes:
    """Return a text as UTF-8, without marks that turn the direction.

    Raises:
        Refused: it is no text.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Refused("text") from None
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t\f" for sign in text):
        raise Refused("text")
    return text.translate(dict.fromkeys(map(ord, _TURNS))).encode()
