"""The words of a form: what shapes say in Turtle, said for people who know no Turtle."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dgekg import packaged
from dgekg.forms.model import Words
from dgekg.vocabulary import BASE, LANGUAGES

_OURS = re.compile(rf"<(?:{re.escape(BASE)})?(scheme/[a-z0-9-]+/[a-z0-9-]+|id/[a-z0-9-]+/[a-z0-9-]+)>")
_RECORD = rf"<(?:{re.escape(BASE)})?id/[a-z0-9-]+/[a-z0-9-]+>"
_EXAMPLE = re.compile(
    rf"(?:[,.]? (?:for example|par exemple|por ejemplo)|\s?:) {_RECORD}(?: (?:and|et|e|y) {_RECORD})?", re.IGNORECASE
)
_ADDRESS = re.compile(r"<(https?://[^>\s]*)>")
_TERM = re.compile(r"\b(?:[a-z]+:[A-Za-z]+|[a-z]+[A-Z][A-Za-z]+)\b")
_QUOTES = {"en": ("“", "”"), "fr": ("« ", " »"), "es": ("«", "»")}
_DATATYPE = re.compile(r" \(xsd:[A-Za-z]+\)")
_TAGGED = re.compile(r'(["»”])(?:@[a-z]{2,3}|\^\^xsd:[A-Za-z]+)\b')


def plain(text: str, labels: Mapping[str, str], language: str = "en") -> str:
    """Return a shape's words without the signs of Turtle.

    Args:
        text: such as a message of a shape.
        labels: words for concepts, by their path (`scheme/kind/audit`), and for terms, by their short form
            (`dgekg:lever`) and, where it cannot be taken for a word, by its last part (`actsAtStage`).
        language: of the text, for its quotes.

    >>> plain('change dct:title, for example <scheme/kind/audit>', {"scheme/kind/audit": "Audit", "dct:title": "Title"})
    'change “Title”, for example Audit'
    >>> plain('give a date, for example "2026-11-21"^^xsd:date', {})
    'give a date, for example "2026-11-21"'
    """
    opening, closing = _QUOTES.get(language, _QUOTES["en"])

    def said(match: re.Match[str]) -> str:
        path = match[1]
        return labels[path] if path in labels else path.removeprefix("id/")

    def named(match: re.Match[str]) -> str:
        return f"{opening}{labels[match[0]]}{closing}" if match[0] in labels else match[0]

    text = _DATATYPE.sub("", text)
    return _TERM.sub(named, _TAGGED.sub(r"\1", _ADDRESS.sub(r"\1", _OURS.sub(said, text))))


def unaddressed(text: str) -> str:
    """Return help without examples that are addresses of records: who fills in a form finds records by their names.

    >>> unaddressed("The organisation or person, for example <id/actor/mila>.")
    'The organisation or person.'
    >>> unaddressed("La source, par exemple la décision : <id/evidence/x-1>.")
    'La source, par exemple la décision.'
    """
    return _EXAMPLE.sub("", text)


def spoken(words: Words, language: str) -> str:
    """Return words in a language; else in English, else in any.

    >>> spoken({"en": "Title", "fr": "Titre"}, "es")
    'Title'
    """
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def catalogue(language: str) -> Mapping[str, str]:
    """Return the words of the faces themselves, such as the head of a sheet: `words/forms.*.yaml`."""
    found: Mapping[str, str] = packaged.table(f"words/forms.{language}.yaml")
    return found


def say(key: str, language: str, **values: object) -> str:
    """Return words of the catalogue, filled in."""
    return catalogue(language)[key].format(**values)


def three(key: str, **values: object) -> dict[str, str]:
    """Return words of the catalogue in every language."""
    return {language: say(key, language, **values) for language in LANGUAGES}
