"""Search: the best entries for what somebody typed, in whatever language, with small mistakes forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tantivy import Occur, Query

from dgekg.errors import InputError, UnknownValue
from dgekg.folding import fold
from dgekg.nearness import nearest
from dgekg.store.base import Store
from dgekg.textsearch import entries, matching, words
from dgekg.textsearch.entries import KINDS, Entry, kind_of
from dgekg.textsearch.matching import Sought, Term
from dgekg.textsearch.part import Part, iri_of, write
from dgekg.textsearch.words import Wanted, Word
from dgekg.vocabulary import LANGUAGES

# What is many is kept apart from what is few, so that a search for practices alone filters nothing.
SHELVES: dict[str, tuple[str, ...]] = {
    "practices": ("practice",),
    "others": tuple(kind for kind in KINDS if kind != "practice"),
}
_FORGIVEN_FROM, _TWICE_FROM = 4, 8  # letters from which one mistake is forgiven, and two
_CANDIDATES, _SUGGESTIONS = 40, 3


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; a score means something only beside the others of the same search."""

    iri: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: the best, in order.
        total: how many there are in all.
        respelt: words that nothing has as typed; what is spelt nearly so was taken.
        suggestions: where nothing was found: what would find something.
        cut: whether the text was longer than is read (400 letters, 12 words), and only its beginning counted.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    respelt: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    cut: bool = False


class Search:
    """The full-text search of one version.

    Args:
        parts: by shelf ("practices", "others"), the indexes that together hold it.
    """

    def __init__(self, parts: dict[str, tuple[Part, ...]]) -> None:
        self._parts = parts

    @classmethod
    def of_store(cls, store: Store, queries: Path) -> Search:
        """Return a search in memory of what a store publishes."""
        return cls.of_entries(entries.read_all(store, queries))

    @classmethod
    def of_entries(cls, given: Iterable[Entry]) -> Search:
        """Return a search in memory of some entries."""
        return cls({shelf: (Part(*write(found)),) for shelf, found in shelved(given).items()})

    def __len__(self) -> int:
        """Return how many things can be found."""
        return sum(part.size for parts in self._parts.values() for part in parts)

    def find(
        self, text: str, language: str = "en", kinds: Sequence[str] = (), limit: int = 20, offset: int = 0
    ) -> Found:
        """Return the best of what has all the words of a text, wherever they stand and in whatever language.

        Args:
            text: words, `"words in a row"`, `-without`; the last word may be unfinished. No text is refused.
            language: names in this language come before equals in another.
            kinds: of `KINDS`; none for all.
            limit: how many.
            offset: how many of the best to leave out.

        Raises:
            UnknownValue: no such kind; the nearest is suggested.
            InputError: a limit below 1 or an offset below 0.
        """
        for kind in kinds:
            if kind not in KINDS:
                raise UnknownValue("kind", kind, KINDS, f"Known: {', '.join(KINDS)}.")
        if limit < 1 or offset < 0:
            raise InputError(f"found limit {limit} and offset {offset}, expected at least 1 and 0.")
        wanted = words.read(text)
        if not wanted.words:
            return Found(cut=wanted.cut)
        chosen = _Chosen(self._parts, kinds)
        sought = chosen.sought(wanted, language)
        hits, total = chosen.best(sought, offset + limit)
        return Found(
            hits=tuple(_hit(score, line) for score, line in hits[offset:]),
            total=total,
            respelt=tuple(term.typed for term in sought.terms if term.apart) if total else (),
            suggestions=() if total else tuple(chosen.suggested(wanted, sought)),
            cut=wanted.cut,
        )


def shelved(given: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Return entries by the shelf they stand on."""
    shelf_of = {kind: shelf for shelf, kinds in SHELVES.items() for kind in kinds}
    found: dict[str, list[Entry]] = {shelf: [] for shelf in SHELVES}
    for entry in given:
        found[shelf_of[entry.kind]].append(entry)
    return found


class _Chosen:
    """The parts that hold the kinds asked for."""

    def __init__(self, parts: dict[str, tuple[Part, ...]], kinds: Sequence[str]) -> None:
        shelves = [shelf for shelf, held in SHELVES.items() if not kinds or set(held) & set(kinds)]
        self.parts = [part for shelf in shelves for part in parts.get(shelf, ()) if part.lines]
        whole = all(set(SHELVES[shelf]) <= set(kinds) for shelf in shelves)
        self.kinds = () if not kinds or whole else tuple(sorted(set(kinds)))
        self.size = sum(part.size for part in self.parts)

    def sought(self, wanted: Wanted, language: str) -> Sought:
        """Return what to look up: how telling each word is, and how far from its letters to look."""
        return Sought(
            terms=tuple(self._term(word) for word in wanted.words),
            wanted=wanted,
            kinds=self.kinds,
            language=language if language in LANGUAGES else "",
            clauses=matching.clauses(wanted, self._frequency),
        )

    def best(self, sought: Sought, limit: int) -> tuple[list[tuple[float, str]], int]:
        """Return the best hits of all parts, score and line, and how many there are."""
        if sought.wanted.phrases:  # a row of words takes too long to look for it twice
            return self._top(matching.far(sought), limit)
        found, total = self._top(matching.near(sought), limit)
        best = [(score + matching.ALL_IN_NAMES, line) for score, line in found]
        if total >= limit:
            return best, self._total(sought)
        first = {line for _score, line in best}
        found, total = self._top(matching.far(sought), limit + len(first))
        return [*best, *((score, line) for score, line in found if line not in first)][:limit], total

    def suggested(self, wanted: Wanted, sought: Sought) -> list[str]:
        """Return texts that find something where this one does not: other spellings, then fewer words."""
        kept = [term.typed for term in sought.terms if self._met(term)]
        texts = []
        for term in sought.terms:
            if term.typed not in kept:
                texts += [self._text(wanted, {term.typed: other}) for other in self._alike(term)]
        missing = {word.typed: "" for word in wanted.words if word.typed not in kept}
        texts.append(self._text(wanted, missing))
        texts += [self._text(wanted, {**missing, typed: ""}) for typed in kept]
        bare = [text for text in dict.fromkeys(texts) if text]
        return [text for text in bare if self._finds(text)][:_SUGGESTIONS]

    def _top(self, query: Query, limit: int) -> tuple[list[tuple[float, str]], int]:
        answers = [part.top(query, limit) for part in self.parts]
        hits = sorted((-score, line) for found, _total in answers for score, line in found)
        return [(-score, line) for score, line in hits[:limit]], sum(total for _hits, total in answers)

    def _term(self, word: Word) -> Term:
        holding = self._frequency("all", word.stem)
        unfinished = word.unfinished
        if unfinished:
            field = "names_start" if len(word.typed) == 1 else "all_start"
            holding = self._frequency(field, word.typed[:2])
        spoken = sum(self._frequency(language, word.stem) > 0 for language in LANGUAGES) > 1
        exactly = Term(word.stem, word.typed, unfinished, 0, matching.weight(holding, self.size), spoken)
        if len(word.stem) < _FORGIVEN_FROM or self._met(exactly):
            return exactly
        once = replace(exactly, apart=1, weight=matching.weight(0, self.size))
        if len(word.stem) < _TWICE_FROM or self._met(once):
            return once
        return replace(once, apart=2)

    def _met(self, term: Term) -> bool:
        """Whether anything of these kinds holds a term."""
        if not self.kinds and not term.apart:
            if self._frequency("all", term.stem):
                return True
            if not term.unfinished:
                return False
            if len(term.typed) > 2:
                return any(part.begins("all", term.typed) for part in self.parts)
        query = Query.boolean_query([(Occur.Must, matching.match("all", term)), *matching.of_kinds(self.kinds)])
        return any(part.count(query) for part in self.parts)

    def _frequency(self, field: str, word: str) -> int:
        return sum(part.frequency(field, word) for part in self.parts)

    def _total(self, sought: Sought) -> int:
        first, wanted = sought.terms[0], sought.wanted
        plain = len(sought.terms) == 1 and not (first.apart or wanted.phrases or wanted.without or sought.kinds)
        if plain and not first.unfinished:
            return self._frequency("all", first.stem)
        if plain and len(first.typed) == 2:
            return self._frequency("all_start", first.typed)
        query = matching.meeting(sought)
        return sum(part.count(query) for part in self.parts)

    def _alike(self, term: Term) -> list[str]:
        """Return words, as people write them, that look like one that nothing has."""
        queries = [matching.fuzzy("names", term.stem, 2)] if len(term.stem) > 2 else []
        queries += [matching.fuzzy("names", term.typed[:3], 0, begun=True)]
        names = [name for query in queries for part in self.parts for name in part.shown(query, _CANDIDATES)]
        plain = {fold(word): word for name in names for word in name.split()}
        return [plain[near].strip(".,;:!?()[]\"'«»“”").lower() for near in nearest(term.typed, plain)]

    def _finds(self, text: str) -> bool:
        wanted = words.read(text + " ")
        if not wanted.words:
            return False
        query = matching.meeting(self.sought(wanted, ""))
        return any(part.count(query) for part in self.parts)

    def _text(self, wanted: Wanted, changed: dict[str, str]) -> str:
        """Return the words as typed, some of them changed or left out."""
        kept = [changed.get(word.typed, word.typed) for word in wanted.words]
        return " ".join(word for word in kept if word)


def _hit(score: float, line: str) -> Hit:
    iri = iri_of(line)
    return Hit(iri, kind_of(iri), score)
