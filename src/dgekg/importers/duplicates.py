"""What is in already: by address, and by near-same title of the same actor. Kept on disk, so that memory stays flat.

The same address alone is a hint, for many practices share a page; a near-same title must come with it. Titles are
compared without capitals and punctuation, whatever the order of their words, as the check `duplicate-practice` does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

NEAR = 88.0
_SCHEMA = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-16000",
    "CREATE TABLE address (address TEXT, record TEXT, title TEXT)",
    "CREATE TABLE title (actor TEXT, length INTEGER, words TEXT, record TEXT, title TEXT)",
    "CREATE INDEX by_address ON address (address)",
    "CREATE INDEX by_actor ON title (actor, length)",
)
_FOLLOWED = ("utm_", "fbclid", "gclid", "mc_")


class Match(NamedTuple):
    """A record that a row may be.

    Attributes:
        record: `practice/slug`.
        title: its title.
        why: `address`, `title`, or `both`; `hint` for the same address under another title.
        score: how alike the titles are, 0 to 100.
    """

    record: str
    title: str
    why: str
    score: float


class Duplicates:
    """Everything that is in, by address and by title and actor.

    Args:
        file: of the database; it is made anew.
    """

    def __init__(self, file: Path) -> None:
        self._base = sqlite3.connect(file, isolation_level=None)
        for line in _SCHEMA:
            self._base.execute(line)
        self._base.execute("BEGIN")

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def add(self, record: str, titles: Iterable[str], actors: Iterable[str], addresses: Iterable[str]) -> None:
        """Remember a record."""
        texts = [t for t in titles if t]
        first = texts[0] if texts else ""
        self._base.executemany(
            "INSERT INTO address VALUES (?,?,?)", [(a, record, first) for a in {bare(a) for a in addresses}]
        )
        rows = [(actor, len(w), w, record, t) for actor in set(actors) for t in texts for w in [compared(t)]]
        self._base.executemany("INSERT INTO title VALUES (?,?,?,?,?)", rows)

    def find(
        self, titles: Sequence[str], actors: Iterable[str], addresses: Iterable[str], but: str = ""
    ) -> list[Match]:
        """Return the records that this may be, the most alike first; hints last.

        Args:
            titles: of the row, in any language.
            actors: `actor/slug` of those who lead or issue it.
            addresses: of its page and sources.
            but: a record that is not meant: itself.
        """
        found: dict[str, Match] = {}
        words = [compared(t) for t in titles if t]
        for address in {bare(a) for a in addresses}:
            for record, title in self._base.execute(
                "SELECT record, title FROM address WHERE address = ? GROUP BY record, title LIMIT 200", (address,)
            ):
                score = max((fuzz.ratio(w, compared(title)) for w in words), default=0.0)
                if record != but and (record not in found or found[record].score < score):
                    found[record] = Match(record, title, "address" if score >= NEAR else "hint", round(score, 1))
        for actor in set(actors):
            for mine in words:
                self._alike(actor, mine, but, found)
        return sorted(found.values(), key=lambda m: (m.why == "hint", -m.score, m.record))

    def _alike(self, actor: str, mine: str, but: str, found: dict[str, Match]) -> None:
        # Two texts are as alike as that only where their lengths are: 2 * shorter / (both) >= 0.88.
        least, most = int(len(mine) * 0.785), int(len(mine) / 0.785) + 1
        rows = self._base.execute(
            "SELECT words, record, title FROM title WHERE actor = ? AND length BETWEEN ? AND ?", (actor, least, most)
        )
        for theirs, record, title in rows:
            score = fuzz.ratio(mine, theirs, score_cutoff=NEAR)
            if score < NEAR or record == but:
                continue
            known = found.get(record)
            why = "both" if known and known.why != "title" else "title"
            found[record] = Match(record, title, why, round(max(score, known.score if known else 0), 1))


def compared(title: str) -> str:
    """Return a title as it is compared: no capitals, no punctuation, its words in order.

    >>> compared("The Gender-Shades audit!") == compared("Audit: the gender shades")
    True
    """
    return " ".join(sorted(default_process(title).split()))


def bare(address: str) -> str:
    """Return an address without what does not tell pages apart.

    >>> bare("https://www.Example.org/a/?utm_source=x#top"), bare("http://example.org/a?id=1")
    ('example.org/a', 'example.org/a?id=1')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.startswith(_FOLLOWED)]
    host = (parts.hostname or "").removeprefix("www.")
    return (host + parts.path).rstrip("/") + (f"?{urlencode(kept)}" if kept else "")
