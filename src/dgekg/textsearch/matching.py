"""From what is wanted to the engine's queries; every clause has a fixed score (see `part`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tantivy import Occur, Query

from dgekg.textsearch.part import SCHEMA, beginning
from dgekg.textsearch.words import Wanted

# How much a word counts by where it is met; what is met in several places counts at the best of them.
TITLE, OTHER, ACTOR, TEXT = 8, 5, 4, 1
LANGUAGE, BEGUN = 1, 2  # more: in a title of the page's language; in a title, for the beginning of a word
WHOLE, WHOLE_BEGUN, ROW, SMALL = 1000.0, 200.0, 4.0, 0.5
AS_TYPED = 400.0  # for one or two letters that are a word of a name ("ai"): before names that only begin so ("air")
ALL_IN_NAMES = 16384.0  # more than all of these together: an entry that has every word in its names comes first
_UNKNOWN = 8.0
_MOST_ROWS = 20_000  # titles that hold each word of a row: to look at the order of words in more takes too long
_MUST, _SHOULD, _NOT = Occur.Must, Occur.Should, Occur.MustNot
Clause = tuple[Occur, Query]


@dataclass(frozen=True, slots=True)
class Term:
    """A wanted word as it is looked up.

    Attributes:
        stem: its stem.
        typed: as typed, folded.
        unfinished: whether more letters may follow.
        apart: how many letters may be wrong.
        weight: how telling it is, in sixteenths.
        spoken: whether names of several languages hold it, so that the language of the page may decide.
    """

    stem: str
    typed: str
    unfinished: bool
    apart: int
    weight: float
    spoken: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """All that is looked up at once, the same in every part.

    Attributes:
        terms: the words.
        wanted: what was typed.
        kinds: what is kept; nothing for all.
        language: of the page; "" for none.
        clauses: names of the clauses that better the order and meet anything: `whole`, `begun`, `row`.
    """

    terms: tuple[Term, ...]
    wanted: Wanted
    kinds: tuple[str, ...]
    language: str
    clauses: frozenset[str]


def weight(holding: int, size: int) -> float:
    """Return how telling a word is that so many of all entries hold, in sixteenths; rare words tell more.

    >>> weight(1, 1), weight(1, 1023)
    (1.0, 10.0)
    """
    return round(16 * math.log2(1 + size / holding)) / 16 if holding else _UNKNOWN


def near(sought: Sought) -> Query:
    """Return the query for entries that have every word in their names."""
    needed: list[Clause] = []
    for term in sought.terms:
        if term.unfinished or term.apart:
            needed.append((_MUST, _scored(match("names", term), ACTOR * term.weight)))
            needed += _places(term, ACTOR)
        else:
            needed.append((_MUST, _any([query for _occur, query in _places(term, 0)])))
    return Query.boolean_query([*needed, *_limits(sought), *_better(sought)])


def far(sought: Sought) -> Query:
    """Return the query for all entries; of words in a row, those that have every word in their names come first."""
    needed: list[Clause] = []
    for term in sought.terms:
        needed.append((_MUST, _scored(match("all", term), TEXT * term.weight)))
        needed += _places(term, TEXT)
    if sought.wanted.phrases:
        every = Query.boolean_query([(_MUST, match("names", term)) for term in sought.terms])
        needed.append((_SHOULD, _scored(every, ALL_IN_NAMES)))
    return Query.boolean_query([*needed, *_limits(sought), *_better(sought)])


def meeting(sought: Sought) -> Query:
    """Return the query for all entries, in no order."""
    return Query.boolean_query([*((_MUST, match("all", t)) for t in sought.terms), *_limits(sought)])


def match(field: str, term: Term) -> Query:
    """Return the query for a term in a field: `all` or `names`, and `title` for terms of three letters or more.

    What begins with the one letter that is typed is looked for among names only.
    """
    if term.apart:
        found = [fuzzy(field, term.stem, term.apart)]
        found += [fuzzy(field, term.typed, term.apart, begun=True)] if term.unfinished else []
        return _any(found)
    if not term.unfinished:
        return exact(field, term.stem)
    if len(term.typed) < 3:
        begun = exact("names_start" if len(term.typed) == 1 else f"{field}_start", term.typed)
        return begun if len(term.typed) == 2 else _any([begun, exact(field, term.stem)])
    begun = fuzzy(field, term.typed, 0, begun=True)
    return begun if term.stem.startswith(term.typed) else _any([begun, exact(field, term.stem)])


def exact(field: str, word: str) -> Query:
    """Return the query for a word in a field."""
    return Query.term_query(SCHEMA, field, word, "basic")


def fuzzy(field: str, word: str, apart: int, *, begun: bool = False) -> Query:
    """Return the query for words in a field that are, or begin, like a word, but for so many letters."""
    return Query.fuzzy_term_query(SCHEMA, field, word, apart, prefix=begun)


def row(field: str, words: Sequence[str]) -> Query:
    """Return the query for two or more words that follow each other."""
    return Query.phrase_query(SCHEMA, field, [*words])


def clauses(wanted: Wanted, frequency: Callable[[str, str], int]) -> frozenset[str]:
    """Return which clauses are worth their time, by how many entries hold a word in a field."""
    found = set()
    if frequency("whole", " ".join(wanted.order)):
        found.add("whole")
    if wanted.begun and frequency("begun", beginning(wanted.begun)):
        found.add("begun")
    if len(wanted.order) > 1 and 0 < min(frequency("title", word) for word in wanted.order) <= _MOST_ROWS:
        found.add("row")
    return frozenset(found)


def of_kinds(kinds: Sequence[str]) -> list[Clause]:
    """Return the clause that keeps some kinds; none for none."""
    return [(_MUST, _scored(_any([exact("kind", kind) for kind in kinds]), 0.0))] if kinds else []


def _limits(sought: Sought) -> list[Clause]:
    """Return what must hold besides: kinds, words in a row, and what must not occur."""
    found = of_kinds(sought.kinds)
    found += [(_MUST, _scored(row("all", phrase), 0.0)) for phrase in sought.wanted.phrases]
    for words in sought.wanted.without:
        unwanted = exact("all", words[0]) if len(words) == 1 else row("all", words)
        found.append((_NOT, unwanted))
    return found


def _places(term: Term, counted: int) -> list[Clause]:
    """Return what a whole word counts in each place beyond what is counted for it; an entry has it in one of them."""
    places = {"title": TITLE, "other": OTHER, "actor": ACTOR}
    return [
        (_SHOULD, _scored(exact(field, term.stem), (factor - counted) * term.weight))
        for field, factor in places.items()
        if factor > counted
    ]


def _better(sought: Sought) -> list[Clause]:
    """Return what betters the order only."""
    found: list[Clause] = []
    for term in sought.terms:
        if term.spoken and sought.language:
            found.append((_SHOULD, _scored(exact(sought.language, term.stem), LANGUAGE * term.weight)))
        if (term.unfinished or term.apart) and len(term.typed) > 2:
            found.append((_SHOULD, _scored(match("title", term), BEGUN * term.weight)))
        elif term.unfinished:
            found.append((_SHOULD, _scored(exact("names", term.stem), AS_TYPED)))
            found.append((_SHOULD, _scored(exact("all", term.stem), TEXT * term.weight)))
    found += [(_SHOULD, _scored(exact("names", word), SMALL)) for word in sought.wanted.optional]
    if "row" in sought.clauses:
        found.append((_SHOULD, _scored(row("title", sought.wanted.order), ROW * len(sought.wanted.order))))
    if "whole" in sought.clauses:
        found.append((_SHOULD, _scored(exact("whole", " ".join(sought.wanted.order)), WHOLE)))
    if "begun" in sought.clauses:
        found.append((_SHOULD, _scored(exact("begun", beginning(sought.wanted.begun)), WHOLE_BEGUN)))
    return found


def _scored(query: Query, score: float) -> Query:
    return Query.const_score_query(query, score)


def _any(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(_SHOULD, query) for query in queries])
