"""A search in memory that takes in changes: the entries of a change are written apart, beside all that was there.

What changed lately lies in small layers above the search of everything. A new one takes in those below it that are not
much larger, so that there are few of them, and a change costs what it changes, however much there is. Each change gives
a search of its own; the one before stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dgekg.store.base import Store
from dgekg.textsearch import entries
from dgekg.textsearch.entries import Entry
from dgekg.textsearch.part import Part, write
from dgekg.textsearch.search import SHELVES, Search, shelved

_MUCH = 2  # a layer takes in the one below, unless that one holds more than so many times as much


@dataclass(frozen=True)
class _Layer:
    """What changed in some time: entries by address, None where nothing is left; and those that are there, written."""

    entries: Mapping[str, Entry | None]
    parts: Mapping[str, Part]

    @classmethod
    def of(cls, changed: Mapping[str, Entry | None]) -> _Layer:
        found = shelved(entry for entry in changed.values() if entry is not None)
        return cls(changed, {shelf: Part(*write(held)) for shelf, held in found.items() if held})


@dataclass(frozen=True)
class Growing:
    """The search of a graph that changes.

    Attributes:
        queries: the folder of queries.
        ground: the search of everything, as it was once, by shelf.
        layers: what changed since; the newest last.
    """

    queries: Path
    ground: Mapping[str, Part]
    layers: tuple[_Layer, ...] = ()

    @classmethod
    def of_store(cls, store: Store, queries: Path) -> Growing:
        """Return the search of what a store publishes."""
        found = shelved(entries.read_all(store, queries))
        return cls(queries, {shelf: Part(*write(found[shelf])) for shelf in SHELVES})

    def updated(self, store: Store, changed: Iterable[str]) -> Growing:
        """Return the search of a store in which some things are not what they were.

        Args:
            store: the new graph.
            changed: IRIs of what was added, changed or removed; what shows their names is found here.
        """
        touched = set(changed)
        touched |= entries.dependents(store, self.queries, touched)
        if not touched:
            return self
        fresh: dict[str, Entry | None] = dict.fromkeys(touched)
        fresh |= {entry.iri: entry for entry in entries.read_some(store, self.queries, touched)}
        below = list(self.layers)
        while below and len(below[-1].entries) <= _MUCH * len(fresh):
            fresh = {**below.pop().entries, **fresh}
        return Growing(self.queries, self.ground, (*below, _Layer.of(fresh)))

    @cached_property
    def search(self) -> Search:
        """The search as it is now."""
        parts: dict[str, list[Part]] = {shelf: [] for shelf in SHELVES}
        later: set[str] = set()
        for layer in reversed(self.layers):
            for shelf, part in layer.parts.items():
                parts[shelf].append(part.without(later))
            later |= layer.entries.keys()
        return Search({shelf: (self.ground[shelf].without(later), *parts[shelf]) for shelf in SHELVES})
