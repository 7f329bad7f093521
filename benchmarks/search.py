"""Full-text search measured: `python -m benchmarks.search --size 100000`, or `measure` on a built version or a store.

Texts are those of the generator: plain words by Zipf's law in three languages, and rare ones that mean nothing. The
words that are searched for are chosen by how many entries hold them, so that the same kinds of search are measured at
any size.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.texts import Texts
from dgekg import identifiers, textsearch
from dgekg.store.base import Store
from dgekg.store.local import LocalStore
from dgekg.textsearch import Entry, Search, entries, folder
from dgekg.textsearch.words import small_words, words
from dgekg.versions import SEARCH, STORE

ROOT = Path(__file__).resolve().parent.parent
_WORDS, _TIMES = 12, 10


@dataclass(frozen=True, slots=True)
class Searched:
    """What one kind of search took.

    Attributes:
        example: one of the texts.
        found: how many entries it finds.
        milliseconds: each run.
        busy: the same of processor time, which tells more where others share the machine.
    """

    example: str
    found: int
    milliseconds: tuple[float, ...]
    busy: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return statistics.median(self.milliseconds)

    @property
    def high(self) -> float:
        """The 95th percentile in milliseconds."""
        return statistics.quantiles(self.milliseconds, n=20, method="inclusive")[-1]


@dataclass(frozen=True, slots=True)
class Measured:
    """The search of one collection: entries, bytes on disk, seconds, and each kind of search for the best 20."""

    entries: int
    size: int
    reading: float
    writing: float
    opening: float
    searches: Mapping[str, Searched]

    def lines(self) -> Iterator[str]:
        """Yield the figures as a Markdown table."""
        yield (
            f"{self.entries:,} entries: {self.size / 1e6:.1f} MB, read in {self.reading:.1f} s, "
            f"written in {self.writing:.1f} s, opened in {self.opening * 1e3:.0f} ms\n"
        )
        yield "| search | for example | found | median ms | 95 % ms | processor ms |"
        yield "| --- | --- | ---: | ---: | ---: | ---: |"
        for name, one in self.searches.items():
            busy = statistics.median(one.busy)
            yield f"| {name} | {one.example} | {one.found:,} | {one.median:.2f} | {one.high:.2f} | {busy:.2f} |"


def measure(where: Path | Store | Sequence[Entry], queries: Path = ROOT / "queries", times: int = _TIMES) -> Measured:
    """Measure the search of a built version (its folder), of a store, or of entries.

    It is written once more, into a temporary folder; what is built already stays as it is.
    """
    store: Store | None = None
    given: Sequence[Entry] = ()
    if isinstance(where, Path):
        textsearch.open_folder(where / SEARCH, where.resolve().name)
        store = LocalStore(where / STORE)
    elif isinstance(where, Sequence):
        given = where
    else:
        store = where
    start = time.perf_counter()
    found = list(entries.read_all(store, queries)) if store is not None else list(given)
    reading = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "search"
        start = time.perf_counter()
        folder.build_from(target, "measured", found)
        writing = time.perf_counter() - start
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
        start = time.perf_counter()
        search = textsearch.open_folder(target, "measured")
        opening = time.perf_counter() - start
        searches = {kind: _timed(search, texts, times) for kind, texts in texts_of(found).items()}
    return Measured(len(search), size, reading, writing, opening, searches)


def texts_of(given: Iterable[Entry]) -> dict[str, list[str]]:
    """Return what to search for, by kind of search; a space behind a text says that its last word is whole."""
    holding: Counter[str] = Counter()
    total = 0
    for entry in given:
        total += 1
        texts = (*(text for text, _ in entry.titles), *entry.texts)
        holding.update({word for text in texts for word in words(text) if len(word) > 4 and word.isalpha()})
    ranked = [word for word, _ in sorted(holding.items(), key=lambda item: (-item[1], item[0]))]
    ranked = [word for word in ranked if word not in small_words()]
    nearly_all = ranked[:_WORDS]
    common, some = ([word for word in ranked if holding[word] <= max(2, total / share)][:_WORDS] for share in (2, 100))
    rare = [word for word in ranked if holding[word] <= 3][-_WORDS:] or ranked[-_WORDS:]
    pairs = list(itertools.pairwise(common))
    return {
        "a rare word": [f"{word} " for word in rare],
        "a word of one in a hundred": [f"{word} " for word in some],
        "a common word": [f"{word} " for word in common],
        "a word that most hold": [f"{word} " for word in nearly_all],
        "two words that most hold": [f"{one} {other} " for one, other in itertools.pairwise(nearly_all)],
        "two common words": [f"{one} {other} " for one, other in pairs],
        "three common words": [f"{' '.join(common[n : n + 3])} " for n in range(max(1, len(common) - 2))],
        "two common words in a row": [f'"{one} {other}"' for one, other in pairs],
        "typing: one letter": sorted({word[:1] for word in common}),
        "typing: two letters": sorted({word[:2] for word in common}),
        "typing: three letters": sorted({word[:3] for word in common}),
        "typing: five letters": sorted({word[:5] for word in common}),
        "typing: a second word": [f"{one} {other[:3]}" for one, other in pairs],
        "a common word misspelt": [f"{word[:2]}{word[3]}{word[2]}{word[4:]} " for word in common],
        "a word that nothing has": ["zxqwvk ", "xxyyzz "],
    }


def generated(size: int, seed: int = 1) -> list[Entry]:
    """Return made-up practices and actors, one actor for ten practices."""
    rng = random.Random(seed)
    texts = Texts(rng)
    names = [texts.words(rng, "en", 3).title() for _ in range(max(1, size // 10))]
    found = [
        Entry(identifiers.record("actor", f"made-{number}"), "actor", ((name, "en"),))
        for number, name in enumerate(names)
    ]
    for number in range(size):
        spoken = texts.languages(rng)
        found.append(
            Entry(
                identifiers.record("practice", f"made-{number}"),
                "practice",
                tuple((texts.title(rng, language, str(number)), language) for language in spoken),
                ((f"M{number}", ""), (texts.words(rng, spoken[0], 2), spoken[0])),
                (rng.choice(names),),
                tuple(texts.description(rng, language) for language in spoken),
            )
        )
    return found


def _timed(search: Search, texts: Sequence[str], times: int) -> Searched:
    total = search.find(texts[0]).total
    taken, busy = [], []
    for _ in range(times):
        for text in texts:
            start, worked = time.perf_counter(), time.thread_time()
            search.find(text)
            taken.append((time.perf_counter() - start) * 1e3)
            busy.append((time.thread_time() - worked) * 1e3)
    return Searched(texts[0].strip(), total, tuple(taken), tuple(busy))


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", type=int, default=10_000, help="how many practices to make up (default 10000)")
    parser.add_argument("--version", type=Path, help="folder of a built version, instead of made-up entries")
    chosen = parser.parse_args()
    print("\n".join(measure(chosen.version or generated(chosen.size)).lines()))


if __name__ == "__main__":
    main()
