"""What is there, as an import knows it: names are many, so they lie on disk, and memory stays flat."""

from __future__ import annotations

import sqlite3
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dgekg.identifiers import record
from dgekg.vocabulary import BASE

_NOTHING: Mapping[str, frozenset[str]] = {}
_LINES = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-8000")


class Names:
    """A set of names on disk.

    Args:
        file: of the database; it is made anew.
        names: that are in it at the beginning.
    """

    def __init__(self, file: Path, names: Iterable[str] = ()) -> None:
        self._base = sqlite3.connect(file, isolation_level=None)
        for line in (*_LINES, "CREATE TABLE name (name TEXT PRIMARY KEY) WITHOUT ROWID", "BEGIN"):
            self._base.execute(line)
        self._base.executemany("INSERT OR IGNORE INTO name VALUES (?)", ((name,) for name in names))

    def __contains__(self, name: object) -> bool:
        """Whether a name is in it."""
        return self._base.execute("SELECT 1 FROM name WHERE name = ?", (str(name),)).fetchone() is not None

    def __iter__(self) -> Iterator[str]:
        """Yield the names in order."""
        return (name for (name,) in self._base.execute("SELECT name FROM name ORDER BY name"))

    def add(self, name: str) -> None:
        """Put a name in."""
        self._base.execute("INSERT OR IGNORE INTO name VALUES (?)", (name,))

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


class Classes(Mapping[str, frozenset[str]]):
    """The classes of everything that can be referred to, by IRI.

    Args:
        few: of what is not counted in thousands: concepts, terms, records that were there.
        many: `kind/slug` of records of which only the kind is known.

    Attributes:
        beside: classes of what one row brings along, while it is looked at.
    """

    def __init__(self, few: Mapping[str, frozenset[str]], many: Names) -> None:
        self.beside, self._few, self._many = _NOTHING, few, many
        self._kinds: dict[str, frozenset[str]] = {}
        self._ours = f"{BASE}id/"

    def add(self, kind: str, slug: str, class_: str) -> None:
        """Take in a record.

        Args:
            kind: of the record.
            slug: of the record.
            class_: IRI of the class of all records of that kind.
        """
        self._kinds.setdefault(kind, frozenset({class_}))
        self._many.add(f"{kind}/{slug}")

    def __getitem__(self, iri: str) -> frozenset[str]:
        """Return the classes of something."""
        found = self.beside.get(iri) or self._few.get(iri)
        if found is not None:
            return found
        name = iri.removeprefix(self._ours)
        kind = self._kinds.get(name.partition("/")[0])
        if kind is None or name == iri or name not in self._many:
            raise KeyError(iri)
        return kind

    def __contains__(self, iri: object) -> bool:
        """Whether something is described."""
        return isinstance(iri, str) and self.get(iri) is not None

    def __iter__(self) -> Iterator[str]:
        """Yield all IRIs."""
        pairs = (name.partition("/") for name in self._many)
        made = (record(kind, slug) for kind, _, slug in pairs if kind in self._kinds)
        yield from ChainMap(dict(self.beside), dict(self._few))
        yield from (iri for iri in made if iri not in self._few and iri not in self.beside)

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)
