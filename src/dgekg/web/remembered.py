"""What is remembered of a version and is too large for memory: tables on disk, and lines asked for when shown."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

_PAGE = 2_000
_ASKED_AT_ONCE = 200
_LINES = 2_000
T = TypeVar("T")


class Sets(Mapping[str, frozenset[str]]):
    """Sets of texts by key, in a file: in memory are only the pages that were just read. Keys come in order.

    Args:
        file: written anew; nothing else uses it.
        pairs: key and member, in any order, a pair more than once or not.
    """

    def __init__(self, file: Path, pairs: Iterable[tuple[str, str]]) -> None:
        self._lock = threading.Lock()
        self._file = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE held (key TEXT, member TEXT, PRIMARY KEY (key, member)) WITHOUT ROWID")
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR IGNORE INTO held VALUES (?, ?)", pairs)
        self._file.execute("COMMIT")
        self._length = int(self._ask("SELECT COUNT(DISTINCT key) FROM held", ())[0][0])

    def __getitem__(self, key: str) -> frozenset[str]:
        found = self._ask("SELECT member FROM held WHERE key = ?", (key,))
        if not found:
            raise KeyError(key)
        return frozenset(member for (member,) in found)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self._ask("SELECT 1 FROM held WHERE key = ? LIMIT 1", (key,)))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[str]:
        return self.under("")

    def under(self, beginning: str) -> Iterator[str]:
        """Yield the keys that begin with a text, in order."""
        after, operator = beginning, ">="
        while True:
            text = f"SELECT key FROM held WHERE key {operator} ? GROUP BY key ORDER BY key LIMIT {_PAGE}"
            keys = [key for (key,) in self._ask(text, (after,))]
            for key in keys:
                if not key.startswith(beginning):
                    return
                yield key
            if len(keys) < _PAGE:
                return
            after, operator = keys[-1], ">"

    def counted(self, beginning: str) -> dict[str, int]:
        """Return how many keys are a beginning, a word, a slash and a name without `/`, `?` and `#`, by the word."""
        place = len(beginning) + 1
        rows = self._ask(
            "SELECT substr(rest, 1, instr(rest, '/') - 1) AS word, CAST(COUNT(*) AS TEXT) FROM "
            f"(SELECT substr(key, {place}) AS rest FROM held "
            f"WHERE key >= ? AND substr(key, 1, {place - 1}) = ? GROUP BY key) "
            "WHERE rest GLOB '?*/?*' AND rest NOT GLOB '*/*/*' AND rest NOT GLOB '*[?#]*' GROUP BY word ORDER BY word",
            (beginning, beginning),
        )
        return {word: int(number) for word, number in rows}

    def _ask(self, text: str, values: tuple[str, ...]) -> list[tuple[str, ...]]:
        with self._lock:
            return self._file.execute(text, values).fetchall()


class Lines(Mapping[str, T]):
    """What a list shows of each of its things, asked for when it is shown; the last few are remembered.

    Args:
        keys: key -> anything, of all there are.
        ask: returns the lines of some keys; a key may be missing from its answer.
        empty: makes the line of a key of which nothing is said.
    """

    def __init__(
        self,
        keys: Mapping[str, object],
        ask: Callable[[Sequence[str]], Mapping[str, T]],
        empty: Callable[[str], T],
    ) -> None:
        self._keys, self._ask, self._empty = keys, ask, empty
        self._lock = threading.Lock()
        self._known: OrderedDict[str, T] = OrderedDict()

    def __getitem__(self, key: str) -> T:
        return next(self.of((key,)))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def of(self, keys: Sequence[str]) -> Iterator[T]:
        """Yield the lines of some keys in the order given, asking for many at once.

        Raises:
            KeyError: there is no such key.
        """
        for start in range(0, len(keys), _ASKED_AT_ONCE):
            yield from self._some(keys[start : start + _ASKED_AT_ONCE])

    def _some(self, keys: Sequence[str]) -> list[T]:
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
            for key in found:
                self._known.move_to_end(key)
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            for key in missing:
                if key not in self._keys:
                    raise KeyError(key)
            asked = self._ask(missing)
            new = {key: asked[key] if key in asked else self._empty(key) for key in missing}
            found |= new
            with self._lock:
                self._known.update(new)
                while len(self._known) > _LINES:
                    self._known.popitem(last=False)
        return [found[key] for key in keys]
