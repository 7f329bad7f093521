"""What a card in words is made of, and the means of speech that all its sections share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dgekg.observatory import Observatory
from dgekg.render import fill, label, say


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a section.

    Attributes:
        said: what is said, piece by piece, each with its language where that is not the card's ("" where it is).
        name: what it is said of, or "".
        iri: address of that, or "".
    """

    said: tuple[tuple[str, str], ...]
    name: str = ""
    iri: str = ""

    @property
    def text(self) -> str:
        """All that is said."""
        return " ".join(piece for piece, _ in self.said)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a card.

    Attributes:
        key: "right", "looked", "learn", "power", "consult", "certainty", "fill", "order".
        title: in words.
        items: its lines.
        help: whether it asks the reader to help look.
    """

    key: str
    title: str
    items: tuple[Item, ...]
    help: bool = False


@dataclass(frozen=True, slots=True)
class CardWords:
    """A card in words: kind, place, sentence, sections; and what stands between a name and what is said of it."""

    kind: str
    where: str
    sentence: str
    sections: tuple[Section, ...]
    colon: str


class Speaker:
    """Says things of one version in one language."""

    def __init__(self, observatory: Observatory, language: str) -> None:
        self.observatory, self.language = observatory, language

    def item(self, text: str) -> Item:
        """Return a line without a name."""
        return Item(((text, ""),))

    def named(self, iri: str, text: str, before: tuple[str, str] = ("", "")) -> Item:
        """Return a line that is said of something; `before` is quoted first, with its language."""
        return Item((*([before] if before[0] else []), (text, "")), self.label(iri), iri)

    def spoken(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """Return a text in the card's language, else English, else any; and its language where it is another."""
        for tongue in (self.language, "en", *sorted(texts)):
            if tongue in texts:
                return texts[tongue], "" if tongue == self.language else tongue
        return "", ""

    def row(self, iris: Iterable[str], most: int = 0) -> str:
        """Return labels in a row, at most so many, or a dash."""
        names = [self.label(iri) for iri in iris]
        return ", ".join(names if not most or len(names) <= most else [*names[:most], "…"]) or "–"

    def dimension(self, name: str) -> str:
        """Return the words for a dimension."""
        return self.observatory.index.dimension(name).label.get(self.language, name)

    def label(self, iri: str) -> str:
        """Return the label of a concept or record."""
        return label(self.observatory, iri, self.language)

    def say(self, key: str, **values: Any) -> str:
        """Return words by key, filled."""
        return fill(key, values, self.language) if values else say(key, self.language)
