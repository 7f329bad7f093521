"""An index after a few records changed: the same, byte for byte, as one that is read from the store anew.

Only the changed practices are read. Their bits leave the words they shared with practices of the same stages, and
enter others; all other words are copied as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dgekg.index import Index
from dgekg.index.extract import StoreParts
from dgekg.index.layout import LEADING, Bits, pack, unpack
from dgekg.index.parts import EVIDENCE, LISTS, TABLES, Array, Parts, packed
from dgekg.index.parts import names as part_names
from dgekg.index.records import cell_dimensions, sources_of
from dgekg.store.base import Store

Profile = tuple[tuple[str, ...], ...]
Numbers = npt.NDArray[np.int64]
_FRESH = np.iinfo(np.int64).max
_FEW, _MANY = 200, 0.03  # where more changed than these, or than so great a part, all practices are read anew


class Arrays:
    """Parts that are there already."""

    def __init__(self, arrays: Mapping[str, Array], tables: Mapping[str, Any]) -> None:
        self._arrays, self._tables = arrays, tables

    def array(self, name: str) -> Array:
        """Return an array by name (see `index.parts`)."""
        return self._arrays[name]

    def table(self, name: str) -> Any:
        """Return a table by name (see `index.parts`)."""
        return self._tables[name]


def in_memory(index: Index, queries: Path) -> Index:
    """Return an index with all its parts read, whatever becomes of the store or file that they came from."""
    arrays, tables = part_names(sources_of(index.dimensions))
    parts = Arrays({n: index.parts.array(n) for n in arrays}, {n: index.parts.table(n) for n in tables})
    return Index(None, queries, parts)


def updated(index: Index, store: Store, queries: Path, changed: Iterable[str], same: Collection[str] = ()) -> Index:
    """Return the index of a store in which some practices changed since `index` was made.

    Where a concept or norm that was there changed its place or its number, everything is read anew.

    Args:
        index: as it was.
        store: as it is.
        queries: folder with `views/` and `dimensions.yaml`.
        changed: IRIs of the practices that were added, changed or removed, and of those that any changed part,
            actor or norm belongs to.
        same: names of tables (of `index.parts.TABLES`) that are known to say what they said; they are not read.
    """
    only = set(changed)
    fresh = StoreParts(store, queries / "views", cell_dimensions(index.dimensions), tuple(sorted(only)))
    if len(only) > max(_FEW, _MANY * len(index.slots)) or (
        "hierarchy" not in same and _moved(index.parts.table("hierarchy"), fresh.table("hierarchy"))
    ):
        return in_memory(Index(store, queries), queries)
    return Index(None, queries, _Update(index, fresh, only, same).parts())


def _moved(before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a concept that was there is not there now, or says something else; new ones move nothing."""
    return any(now.get(home, {}).get(iri) != said for home, all_ in before.items() for iri, said in all_.items())


class _Update:
    _pairs: tuple[Numbers, Numbers] | None = None

    def __init__(self, index: Index, fresh: StoreParts, changed: set[str], same: Collection[str]) -> None:
        self.old, self.new, self.same = index.parts, fresh, same
        self.sources = sources_of(index.dimensions)
        names: Array = self.old.array("practices")
        new_names = self.new.array("practices")
        gone = np.isin(names, packed(sorted(changed))) if len(names) else np.zeros(0, dtype=bool)
        self.stay: Numbers = np.flatnonzero(~gone)
        # Every practice that is there now, in order: the number it had (or -1), and its number among the fresh (or -1).
        together = np.concatenate([names[self.stay].astype("S"), new_names]) if len(new_names) else names[self.stay]
        order = np.argsort(together, kind="stable")
        had = np.concatenate([self.stay, np.full(len(new_names), -1)])
        reads = np.concatenate([np.full(len(self.stay), -1), np.arange(len(new_names))])
        self.names = _narrow(together[order])
        self.had, self.read = had[order], reads[order]

    def parts(self) -> Parts:
        arrays: dict[str, Array] = {"practices": self.names, "rung": self._merged("rung")}
        tables: dict[str, Any] = {
            name: (self.old if name in self.same else self.new).table(name) for name in TABLES if name != "codes"
        }
        arrays["slots"], shape = self._slots()
        for source in self.sources:
            tables[f"rows/{source}"], arrays[f"bits/{source}"] = self._bits(source, arrays["slots"], shape)
        for one in LISTS:
            old, new = ([part.array(f"{one}/{p}") for p in ("starts", "numbers", "names")] for part in self._both)
            merged = _lists(old, new, self.had, self.read)
            arrays.update(zip((f"{one}/starts", f"{one}/numbers", f"{one}/names"), merged, strict=True))
        evidence, tables["codes"] = self._evidence()
        return Arrays({**arrays, **evidence}, tables)

    @property
    def _both(self) -> tuple[Parts, Parts]:
        return self.old, self.new

    def _merged(self, name: str) -> Array:
        old, new = self.old.array(name), self.new.array(name)
        return np.concatenate([old, new])[np.where(self.had >= 0, self.had, len(old) + self.read)]

    def _profiles(self, parts: Parts) -> tuple[list[Profile], Numbers]:
        """Return the runs of an index, in order, and for each practice the run it is in."""
        slots = parts.array("slots").astype(np.int64)
        lines = [(parts.table(f"rows/{s}"), parts.array(f"bits/{s}") != 0) for s in LEADING]
        words = lines[0][1].shape[1]
        said = [
            tuple(tuple(row for row, flag in zip(rows, held[:, w], strict=True) if flag) for rows, held in lines)
            for w in range(words)
        ]
        runs: list[Profile] = []
        of_word = np.zeros(words, dtype=np.int64)
        for w, profile in enumerate(said):
            if not runs or runs[-1] != profile:
                runs.append(profile)
            of_word[w] = len(runs) - 1
        return runs, of_word[slots // 64] if len(slots) else np.zeros(0, dtype=np.int64)

    def _slots(self) -> tuple[Array, int]:
        (old_runs, old_of), (new_runs, new_of) = (self._profiles(part) for part in self._both)
        every = sorted({*(old_runs[r] for r in old_of[self.stay]), *(new_runs[r] for r in new_of)})
        place = {profile: n for n, profile in enumerate(every)}
        kept = np.array([place.get(profile, -1) for profile in old_runs] or [-1], dtype=np.int64)
        came = np.array([place.get(profile, -1) for profile in new_runs] or [-1], dtype=np.int64)
        at = np.concatenate([kept[old_of], came[new_of]])
        run = at[np.where(self.had >= 0, self.had, len(old_of) + self.read)]
        sizes = np.bincount(run, minlength=len(every))
        words = (sizes + 63) // 64
        order = np.argsort(run, kind="stable")
        slots = np.zeros(len(run), dtype=np.int32)
        first = np.cumsum(sizes) - sizes
        slots[order] = 64 * (np.cumsum(words) - words)[run[order]] + np.arange(len(run)) - first[run[order]]
        return slots, max(1, int(words.sum()))

    def _bits(self, source: str, slots: Array, words: int) -> tuple[list[str], Bits]:
        """Return the rows of a dimension: words of which nothing changed as they were, the others made anew."""
        rows, old = self.old.table(f"rows/{source}"), self.old.array(f"bits/{source}")
        came, new = self.new.table(f"rows/{source}"), self.new.array(f"bits/{source}")
        every = sorted({*rows, *came})
        at = {row: n for n, row in enumerate(every)}
        found = np.zeros((len(every), words), dtype=np.uint64)
        places = np.array([at[row] for row in rows], dtype=np.int64)
        copied, target = self._copied(slots, words)
        found[np.ix_(places, target)] = old[:, copied]
        moved = np.flatnonzero((self.had >= 0) & ~np.isin(slots // 64, target))
        if len(moved):
            was = self.old.array("slots")[self.had[moved]]
            _set(found, places, old[:, was // 64] >> (was % 64).astype(np.uint64) & np.uint64(1), slots[moved])
        fresh = np.flatnonzero(self.read >= 0)
        if len(came) and len(fresh):
            flags = unpack(new)[:, self.new.array("slots")[self.read[fresh]]]
            _set(found, np.array([at[row] for row in came]), flags.astype(np.uint64), slots[fresh])
        used = np.flatnonzero(found.any(axis=1))
        return [every[n] for n in used], found if len(used) == len(every) else found[used]

    def _copied(self, slots: Array, words: int) -> tuple[Numbers, Numbers]:
        """Return the words that hold the very same practices at the same bits as before, and where they are now."""
        if self._pairs is None:
            old, now = self.old.array("slots").astype(np.int64), slots.astype(np.int64)
            shift = np.where(self.had >= 0, np.append(old, 0)[self.had] - now, _FRESH)
            low, high = np.full(words, _FRESH), np.full(words, -_FRESH)
            np.minimum.at(low, now // 64, shift)
            np.maximum.at(high, now // 64, shift)
            target = np.flatnonzero((low == high) & (low != _FRESH) & (low % 64 == 0))
            source = target + low[target] // 64
            before, after = np.bincount(old // 64, minlength=1), np.bincount(now // 64, minlength=words)
            whole = before[source] == after[target]
            self._pairs = (source[whole], target[whole])
        return self._pairs

    def _evidence(self) -> tuple[dict[str, Array], list[str]]:
        codes = [list(part.table("codes")) for part in self._both]
        number = np.full(len(self.old.array("practices")), -1, dtype=np.int64)
        number[self.had[self.had >= 0]] = np.flatnonzero(self.had >= 0)
        practice = self.old.array("evidence/practice")
        lines = np.flatnonzero(number[practice] >= 0) if len(practice) else np.zeros(0, dtype=np.int64)
        new_number = np.flatnonzero(self.read >= 0)[np.argsort(self.read[self.read >= 0], kind="stable")]
        came = new_number[self.new.array("evidence/practice")] if len(new_number) else np.zeros(0, dtype=np.int64)
        at = np.concatenate([number[practice[lines]], came])
        order = np.argsort(at, kind="stable")
        had = np.concatenate([lines, np.full(len(came), -1)])[order]
        read = np.concatenate([np.full(len(lines), -1), np.arange(len(came))])[order]
        found: dict[str, Array] = {"evidence/practice": at[order].astype(np.int32)}
        pick = np.where(had >= 0, had, len(practice) + read)
        every = sorted({*codes[0], *codes[1]})
        said: dict[str, npt.NDArray[np.int16]] = {}
        for part in EVIDENCE[1:]:
            old, new = (p.array(f"evidence/{part}") for p in self._both)
            if part in ("speaks", "direction", "indicator"):
                old, new = (
                    np.array([every.index(c) for c in one], dtype=np.int16)[numbers]
                    for one, numbers in zip(codes, (old, new), strict=True)
                )
                said[part] = np.concatenate([old, new])[pick]
            else:
                found[f"evidence/{part}"] = np.concatenate([old, new])[pick]
        used = sorted({every.index(""), *(int(n) for numbers in said.values() for n in np.unique(numbers))})
        place: npt.NDArray[np.int16] = np.zeros(len(every), dtype=np.int16)
        place[used] = np.arange(len(used), dtype=np.int16)
        found.update({f"evidence/{part}": place[numbers] for part, numbers in said.items()})
        old_lists, new_lists = (
            [part.array(f"evidence/{p}") for p in ("starts", "groups", "names")] for part in self._both
        )
        merged = _lists(old_lists, new_lists, had, read)
        found |= dict(zip(("evidence/starts", "evidence/groups", "evidence/names"), merged, strict=True))
        return found, [every[n] for n in used]


def _set(found: Bits, rows: Numbers, flags: Bits, slots: Array) -> None:
    """Set bits: `flags` has a line a row and a column a slot."""
    words = slots // 64
    for word in np.unique(words):
        mine = words == word
        bits = np.zeros((len(flags), 64), dtype=bool)
        bits[:, slots[mine] % 64] = flags[:, mine] != 0
        found[rows, word] |= pack(bits)[:, 0]


def _lists(old: list[Array], new: list[Array], had: Numbers, read: Numbers) -> tuple[Array, Array, Array]:
    """Return lists (where each begins, numbers, names) with some left out and others put in, names in order again."""
    (old_starts, old_numbers, old_names), (new_starts, new_numbers, new_names) = old, new
    lengths = np.concatenate([np.diff(old_starts), np.diff(new_starts)])
    begins = np.concatenate([old_starts[:-1], len(old_numbers) + new_starts[:-1]])
    pick = np.where(had >= 0, had, len(old_starts) - 1 + read)
    size = lengths[pick]
    starts = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    flat = np.arange(int(starts[-1])) - np.repeat(starts[:-1], size) + np.repeat(begins[pick], size)
    both = np.concatenate([old_names.astype("S"), new_names.astype("S")]) if len(new_names) else old_names
    every, place = np.unique(both, return_inverse=True)
    numbers = np.concatenate([place[old_numbers], place[len(old_names) + new_numbers]])[flat]
    used, numbers = np.unique(numbers, return_inverse=True)
    return starts, numbers.astype(np.int32), _narrow(every[used])


def _narrow(names: Array) -> Array:
    """Return texts in the width of the longest."""
    return names.astype(f"S{max(1, int(np.char.str_len(names).max(initial=1)))}") if len(names) else packed([])
