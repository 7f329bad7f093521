"""One tantivy index: its fields, how entries are written into it, and the few things that are asked of it.

What is scored is fixed weights by field, never the engine's own statistics: these count what has been replaced until
some later merge, and an updated search would rank otherwise than one built anew. So every clause has a constant score,
the weight of a word comes from how many living entries hold it, and all weights are sixteenths, whose sums are exact
whatever their order. Entries stand in the index in the order that decides between equal scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import tantivy
from tantivy import Query

from dgekg.textsearch.entries import Entry
from dgekg.textsearch.words import stem, words
from dgekg.vocabulary import LANGUAGES

LINES = "entries.txt"
_SPLIT = "words"
_MEMORY = 2_000_000_000  # bytes at most, taken as needed: one thread that never has to empty it writes one segment
_MOST_WORDS = 999
_BEGUN = (1, 2, 3, 4, 6, 8, 12, 16)  # letters of a name's beginning that are looked up whole, as fast as a word


def _schema() -> tantivy.Schema:
    """Return the fields: words of all texts, of all names, and of each kind of name that no better one holds; starts
    of words; whole names; what it is.
    """
    builder = tantivy.SchemaBuilder()
    for name in ("all", "title"):
        builder.add_text_field(name, tokenizer_name=_SPLIT, index_option="position")
    for name in ("names", "other", "actor", *LANGUAGES, "all_start", "names_start"):
        builder.add_text_field(name, tokenizer_name=_SPLIT, index_option="basic")
    for name in ("whole", "begun", "kind", "iri"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("shown", stored=True, indexed=False)
    builder.add_integer_field("line", fast=True)
    return builder.build()


SCHEMA = _schema()


class Part:
    """An index opened for reading.

    Args:
        index: the engine's index.
        lines: what stands in it, in order: order key, then IRI (see `line`).
        gone: IRIs that it holds and that are replaced or removed since.
    """

    def __init__(self, index: tantivy.Index, lines: Sequence[str], gone: Iterable[str] = ()) -> None:
        index.config_reader("manual")
        index.reload()
        self._index, self._searcher = index, index.searcher()
        self.lines = lines
        self._leave_out(frozenset(gone) & self._iris if gone else frozenset())

    def without(self, gone: Iterable[str]) -> Part:
        """Return the same index with other IRIs left out; what has been read of it is shared."""
        held = frozenset(gone) & self._iris
        part = copy(self)
        part._leave_out(held)
        return part

    def _leave_out(self, held: frozenset[str]) -> None:
        self._gone = Query.term_set_query(SCHEMA, "iri", sorted(held)) if held else None
        self.size = len(self.lines) - len(held)

    @cached_property
    def _iris(self) -> frozenset[str]:
        return frozenset(map(iri_of, self.lines))

    def frequency(self, field: str, word: str) -> int:
        """Return how many living entries hold a word in a field."""
        if self._gone is None:
            return self._searcher.doc_freq(field, word)
        return self.count(Query.term_query(SCHEMA, field, word, "basic"))

    def begins(self, field: str, letters: str) -> bool:
        """Whether a living entry holds a word in a field that begins so."""
        if not self._searcher.terms_with_prefix(field, letters, limit=1):
            return False
        return self._gone is None or self.count(Query.fuzzy_term_query(SCHEMA, field, letters, 0, prefix=True)) > 0

    def count(self, query: Query) -> int:
        """Return how many living entries a query meets."""
        return self._search(Query.const_score_query(query, 1.0), 1)[1]

    def top(self, query: Query, limit: int) -> tuple[list[tuple[float, str]], int]:
        """Return the best entries of a query, score and line, and how many it meets."""
        hits, total = self._search(query, limit)
        numbers = self._searcher.fast_field_values("line", [address for _score, address in hits])
        found = [(float(score), self.lines[int(number or 0)]) for (score, _), number in zip(hits, numbers, strict=True)]
        return found, total

    def shown(self, query: Query, limit: int) -> list[str]:
        """Return the names, as people write them, of some entries that a query meets."""
        hits, _total = self._search(query, limit)
        stored = [self._searcher.doc(address).get_first("shown") for _score, address in hits]
        return [bytes(names or b"").decode() for names in stored]

    def _search(self, query: Query, limit: int) -> tuple[list[tuple[Any, tantivy.DocAddress]], int]:
        if self._gone is not None:
            query = Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, self._gone)])
        found = self._searcher.search(query, limit=max(1, min(limit, len(self.lines))), count=True)
        return found.hits, int(cast(Any, found).count)  # its type information forgets the count


def write(entries: Iterable[Entry], folder: Path | None = None) -> tuple[tantivy.Index, list[str]]:
    """Write entries into an index, on disk or in memory; return it with its lines."""
    ordered = sorted((line(entry), entry) for entry in entries)
    index = tantivy.Index(SCHEMA, None if folder is None else str(folder))
    index.register_tokenizer(_SPLIT, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = index.writer(_MEMORY, 1)
    for number, (_key, entry) in enumerate(ordered):
        writer.add_document(tantivy.Document(line=number, **_fields(entry)))
    writer.commit()
    writer.wait_merging_threads()
    lines = [key for key, _entry in ordered]
    if folder is not None:
        (folder / LINES).write_text("\n".join(lines), encoding="utf-8")
    return index, lines


def line(entry: Entry) -> str:
    """Return the key that decides between equal scores, then the IRI.

    The parts of an instrument come after all else, for each bears its name; then the shortest title comes first.

    >>> line(Entry("https://w3id.org/dgekg/scheme/stage/data", "concept", (("Data", "en"),)))
    '0001 https://w3id.org/dgekg/scheme/stage/data'
    """
    shortest = min((len(words(text)) for text, _language in entry.titles), default=_MOST_WORDS)
    return f"{int(entry.kind == 'provision')}{min(shortest, _MOST_WORDS):03d} {entry.iri}"


def iri_of(key: str) -> str:
    """Return the IRI of a line."""
    return key[5:]


def beginning(name: str) -> str:
    """Return as much of the beginning of a name as is looked up.

    >>> beginning("gender sha"), beginning("g")
    ('gender s', 'g')
    """
    return name[: max((length for length in _BEGUN if length <= len(name)), default=0)]


def _fields(entry: Entry) -> dict[str, Any]:
    own = (*entry.titles, *entry.others)
    titles, others = [_read(text) for text, _ in entry.titles], [_read(text) for text, _ in entry.others]
    actors, texts = [_read(text) for text in entry.actors], [_read(text) for text in entry.texts]
    names = [*titles, *others, *actors]
    in_titles, in_others = ({stem for one in some for stem in one.stems.split()} for some in (titles, others))
    starts: set[str] = set().union(*(one.starts for one in names))
    spoken = {
        language: " ".join(_read(text).stems for text, tag in own if tag.partition("-")[0] in ("", language))
        for language in LANGUAGES
    }
    return {
        "iri": entry.iri,
        "kind": entry.kind,
        "shown": "\n".join(text for text, _ in own).encode(),
        "all": [one.stems for one in (*names, *texts)],
        "title": [one.stems for one in titles],
        "other": " ".join(in_others - in_titles),
        "actor": " ".join({stem for one in actors for stem in one.stems.split()} - in_titles - in_others),
        "names": " ".join(one.stems for one in names),
        "whole": sorted({one.stems for one in (*titles, *others)}),
        "begun": sorted({one.plain[:length] for one in (*titles, *others) for length in _BEGUN}),
        "all_start": " ".join(starts.union(*(one.starts for one in texts))),
        "names_start": " ".join({*starts, *(start[0] for start in starts)}),
        **spoken,
    }


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is written: its words, their stems, and the first two letters of each."""

    plain: str
    stems: str
    starts: frozenset[str]


@lru_cache(20_000)
def _read(text: str) -> _Text:
    """Return a text as it is written; names come again and again."""
    found = words(text)
    return _Text(" ".join(found), " ".join(map(stem, found)), frozenset(word[:2] for word in found))
