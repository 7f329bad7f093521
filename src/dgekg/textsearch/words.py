"""Words: how a text becomes the words that are searched, and how what a person typed is read. Nothing is refused.

The same few rules hold for every language, so that a word typed without its accents, in the plural, or in the
language of another reader still meets its text. They are deliberately weaker than the stemmers of search engines:
a stem stays a beginning of its word, or typing ahead would lose the word on its last letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from dgekg import packaged
from dgekg.folding import fold

MOST_LETTERS, MOST_WORDS = 400, 12
_LONGEST = 40
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟＂", '"'))
_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<words>[^\s"]+))')
_IRREGULAR = {"woman": "women", "man": "men", "child": "children"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that must be met.

    Attributes:
        stem: as it is looked up.
        typed: as typed, without accents and capitals.
        unfinished: whether more letters may follow.
    """

    stem: str
    typed: str
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a typed text asks for.

    Attributes:
        words: all of them must be met.
        optional: stems of small words ("of", "la") that only better the order.
        phrases: stems that must follow each other.
        without: stems, or rows of them, that must not occur.
        order: stems of all words in their order, small ones too.
        begun: all words as typed, where the last is unfinished: names may begin so; else "".
        cut: whether the text was longer than is read.
    """

    words: tuple[Word, ...]
    optional: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    without: tuple[tuple[str, ...], ...]
    order: tuple[str, ...]
    begun: str
    cut: bool


def read(text: str) -> Wanted:
    """Read what somebody typed: words, "words in a row", -without; the last word may be unfinished.

    Every text can be read; of one that is too long, the beginning is.

    >>> [w.stem for w in read('Égalité "women in AI" -hiring audi').words]
    ['egalit', 'women', 'ai', 'audi']
    """
    text = text.translate(_QUOTES)
    cut = len(text) > MOST_LETTERS
    text = text[:MOST_LETTERS]
    open_ended = text[-1:].isalnum() and not cut
    positive: list[Word] = []
    phrases, without = [], []
    for piece in _PIECE.finditer(text):
        found = words(piece["phrase"] or piece["words"] or "")
        if piece["minus"] and found:
            without.append(tuple(stem(w) for w in found))
            continue
        last = open_ended and piece.end() == len(text) and piece["phrase"] is None
        positive += [Word(stem(w), w, last and n == len(found)) for n, w in enumerate(found, 1)]
        if piece["phrase"] is not None and len(found) > 1:
            phrases.append(tuple(stem(w) for w in found))
    if not positive:  # nothing but what is not wanted: somebody put a dash before a word
        positive = [Word(s, s) for row in without for s in row]
        without = []
    cut = cut or len(positive) > MOST_WORDS
    positive = positive[:MOST_WORDS]
    needed = [w for w in positive if w.typed not in small_words()] or positive
    return Wanted(
        words=tuple(dict.fromkeys(needed)),
        optional=tuple(dict.fromkeys(w.stem for w in positive if w not in needed)),
        phrases=tuple(phrase[:MOST_WORDS] for phrase in phrases[:MOST_WORDS]),
        without=tuple(row[:MOST_WORDS] for row in without[:MOST_WORDS]),
        order=tuple(w.stem for w in positive),
        begun=" ".join(w.typed for w in positive) if positive and positive[-1].unfinished else "",
        cut=cut,
    )


def words(text: str) -> list[str]:
    """Return the words of a text without accents and capitals; what is longer than 40 letters is cut.

    >>> words("L’Œuvre de Sœur Inés: über-prüft, N° 7")
    ['l', 'oeuvre', 'de', 'soeur', 'ines', 'uber', 'pruft', 'n', '7']
    """
    return [word[:_LONGEST] for word in _WORD.findall(fold(text))]


@lru_cache(200_000)
def stem(word: str) -> str:
    """Return a folded word without the endings of its plural (English, French, Spanish) and a final e.

    >>> [stem(w) for w in "policy policies mujer mujeres femme femmes national nationaux biais data".split()]
    ['polici', 'polici', 'mujer', 'mujer', 'femm', 'femm', 'national', 'national', 'biai', 'data']
    """
    if len(word) < 4 or not word.isalpha():
        return _IRREGULAR.get(word, word)
    if word.endswith("eaux") or word.endswith("eux"):
        word = word[:-1]
    elif word.endswith("aux"):
        word = word[:-2] + "l"
    while len(word) > 3 and word[-1] in "es":
        word = word[:-1]
    if len(word) > 3 and word[-1] in "yz":
        word = word[:-1] + {"y": "i", "z": "c"}[word[-1]]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] in "nlt":
        word = word[:-1]
    return _IRREGULAR.get(word, word)


@cache
def small_words() -> frozenset[str]:
    """Return the words of the three languages that say too little to be required, folded."""
    lines: Mapping[str, str] = packaged.table("textsearch/small-words.yaml")
    return frozenset(word for line in lines.values() for word in fold(line).split())
