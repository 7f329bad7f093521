"""What a full-text search found, as rows and as words."""

from __future__ import annotations

from dgekg.observatory import Observatory
from dgekg.render import say
from dgekg.textsearch import MOST_LETTERS, MOST_WORDS, Found

COLUMNS = ("iri", "kind", "title", "score")


def rows(observatory: Observatory, found: Found, language: str = "en") -> list[list[str | float]]:
    """Return the hits as rows of `COLUMNS`, titles in the language where there is one."""
    return [[hit.iri, hit.kind, observatory.names.label(hit.iri, language), hit.score] for hit in found.hits]


def notes(found: Found, language: str = "en") -> list[str]:
    """Return what a reader must know of the search itself: other spellings taken, words not read."""
    lines = (
        [say("find.respelt", language).format(words=_quoted(found.respelt, ", ", language))] if found.respelt else []
    )
    if found.cut:
        lines.append(say("find.cut", language).format(letters=MOST_LETTERS, most=MOST_WORDS))
    return lines


def empty_notes(found: Found, language: str = "en") -> list[str]:
    """Return what to say where nothing was found, and what may have been meant."""
    if found.total:
        return []
    lines = [say("find.none", language)]
    if found.suggestions:
        lines.append(
            say("find.meant", language).format(words=_quoted(found.suggestions, say("find.or", language), language))
        )
    return lines


def _quoted(texts: tuple[str, ...], between: str, language: str) -> str:
    return between.join(say("find.quoted", language).format(text=text) for text in texts)
