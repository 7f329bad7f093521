"""An index after a few records changed: the same, byte for byte, as one that is read from the store anew.

Only the changed practices are read. Where all keep their bits, only the dimensions in which one says something else are
copied; where one comes, goes or says another stage, all bits move to where they belong, many words at a time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dgekg.index import Index, splice
from dgekg.index.extract import StoreParts
from dgekg.index.layout import LEADING, Bits
from dgekg.index.parts import EVIDENCE, LISTS, TABLES, Array, Parts, packed
from dgekg.index.parts import names as part_names
from dgekg.index.records import cell_dimensions, sources_of
from dgekg.index.splice import Moves, Numbers, Places
from dgekg.store.base import Store

Profile = tuple[tuple[str, ...], ...]
# What an index makes of its hierarchy, once.
_OF_HIERARCHY = ("hierarchy", "within", "narrower", "children", "roots")
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
    found = Index(None, queries, _Update(index, fresh, only, same).parts())
    if found.parts.table("hierarchy") is index.parts.table("hierarchy"):
        vars(found).update({name: vars(index)[name] for name in _OF_HIERARCHY if name in vars(index)})
    return found


def _moved(before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a concept that was there is not there now, or says something else; new ones move nothing."""
    return any(now.get(home, {}).get(iri) != said for home, all_ in before.items() for iri, said in all_.items())


class _Update:
    def __init__(self, index: Index, fresh: StoreParts, changed: set[str], same: Collection[str]) -> None:
        self.old, self.new, self.same = index.parts, fresh, same
        self.sources = sources_of(index.dimensions)
        wanted = packed(sorted(changed))
        self.places = Places(self.old.array("practices"), wanted, self.new.array("practices"))
        self.slots: Array = self.old.array("slots")
        self.now = self.slots

    def parts(self) -> Parts:
        """Return all parts as they are now; of which nothing changed, the very same."""
        arrays: dict[str, Array] = {"practices": self.places.names}
        arrays["rung"] = self.places.merged(self.old.array("rung"), self.new.array("rung"))
        tables: dict[str, Any] = {
            name: (self.old if name in self.same else self.new).table(name) for name in TABLES if name != "codes"
        }
        words = self._lay()
        arrays["slots"] = self.now
        stays = self.places.stays
        moves = None if self._laid else Moves(self.slots, self.places.had[stays], self.now[stays], words)
        for source in self.sources:
            tables[f"rows/{source}"], arrays[f"bits/{source}"] = self._bits(source, moves)
        for one in LISTS:
            names = [f"{one}/{part}" for part in ("starts", "numbers", "names")]
            arrays.update(zip(names, self._lists(names), strict=True))
        evidence, tables["codes"] = self._evidence()
        return Arrays({**arrays, **evidence}, tables)

    @property
    def _laid(self) -> bool:
        """Whether every practice has the bit that it had."""
        return self.now is self.slots

    def _lay(self) -> int:
        """Give each practice its bit; return how many words there are."""
        places = self.places
        before = _profiles(self.old, self.slots[places.gone])
        after = _profiles(self.new, self.new.array("slots"))
        if places.kept and before == after:
            return int(self.old.array(f"bits/{LEADING[0]}").shape[1])
        old_runs, old_of = _runs(self.old)
        stay = np.bincount(np.delete(old_of, places.gone), minlength=len(old_runs))
        every = sorted({*(profile for profile, count in zip(old_runs, stay, strict=True) if count), *after})
        place = {profile: n for n, profile in enumerate(every)}
        kept = np.array([place.get(profile, -1) for profile in old_runs], dtype=np.int64)
        run = places.merged(kept[old_of], np.array([place[profile] for profile in after], dtype=np.int64))
        sizes = np.bincount(run, minlength=len(every))
        words = (sizes + 63) // 64
        order = np.argsort(run.astype(np.uint16) if len(every) < 2**16 else run, kind="stable")
        self.now = np.zeros(len(run), dtype=np.int32)
        first = 64 * (np.cumsum(words) - words) - (np.cumsum(sizes) - sizes)
        self.now[order] = np.arange(len(run)) + first[run[order]]
        return max(1, int(words.sum()))

    def _bits(self, source: str, moves: Moves | None) -> tuple[list[str], Bits]:
        """Return the rows of a dimension, and their bits."""
        rows, old = self.old.table(f"rows/{source}"), self.old.array(f"bits/{source}")
        came, new = self.new.table(f"rows/{source}"), self.new.array(f"bits/{source}")
        was = _held(old, self.slots[self.places.gone])
        said = _held(new, self.new.array("slots"))
        if moves is None:
            if {(rows[r], n) for r, n in np.argwhere(was)} == {(came[r], n) for r, n in np.argwhere(said)}:
                return rows, old
            found = old.copy()
            for bit in self.slots[self.places.gone].tolist():
                found[:, bit // 64] &= ~(np.uint64(1) << np.uint64(bit % 64))
        else:
            found = moves.of(old)
        more = sorted({*came} - {*rows})
        if more:
            at = [bisect_left(rows, row) for row in more]
            found = np.insert(found, at, np.uint64(0), axis=0)
            rows = sorted([*rows, *more])
        number = np.array([bisect_left(rows, row) for row in came], dtype=np.int64)
        for n, bit in enumerate(self.now[self.places.comes].tolist()):
            found[number[said[:, n]], bit // 64] |= np.uint64(1) << np.uint64(bit % 64)
        lost = {self.old.table(f"rows/{source}")[r] for r in np.flatnonzero(was.any(axis=1))} - {*came}
        empty = [r for r in (bisect_left(rows, row) for row in sorted(lost)) if not found[r].any()]
        if empty:
            found, rows = np.delete(found, empty, axis=0), [row for n, row in enumerate(rows) if n not in {*empty}]
        return rows, found

    def _lists(self, names: Sequence[str]) -> splice.Lists:
        old, new = (_three(part, names) for part in (self.old, self.new))
        gone = self.places.gone
        if self.places.kept and splice.said(old, gone.tolist()) == splice.said(new, range(len(gone))):
            return old
        return splice.lists(old, new, self.places)

    def _evidence(self) -> tuple[dict[str, Array], list[str]]:
        names = [f"evidence/{part}" for part in (*EVIDENCE, "starts", "groups", "names")]
        gone = self.places.gone
        if self.places.kept and _pieces(self.old, gone) == _pieces(self.new, np.arange(len(gone))):
            return {name: self.old.array(name) for name in names}, self.old.table("codes")
        return self._merged_evidence()

    def _merged_evidence(self) -> tuple[dict[str, Array], list[str]]:
        places = self.places
        codes = [list(part.table("codes")) for part in (self.old, self.new)]
        number = np.full(len(self.slots) + 1, -1, dtype=np.int64)
        number[places.had[places.stays]] = places.stays
        practice = self.old.array("evidence/practice")
        lines = np.flatnonzero(number[practice] >= 0)
        came = places.comes[self.new.array("evidence/practice")]
        at = np.concatenate([number[practice[lines]], came])
        order = np.argsort(at, kind="stable")
        pieces = copy(places)
        pieces.had = np.concatenate([lines, np.full(len(came), -1)])[order]
        pieces.read = np.concatenate([np.full(len(lines), -1), np.arange(len(came))])[order]
        found: dict[str, Array] = {"evidence/practice": at[order].astype(np.int32)}
        every = sorted({*codes[0], *codes[1]})
        said: dict[str, Array] = {}
        for part in EVIDENCE[1:]:
            old, new = (p.array(f"evidence/{part}") for p in (self.old, self.new))
            if part in ("speaks", "direction", "indicator"):
                old, new = (
                    np.array([every.index(c) for c in one], dtype=np.int16)[numbers]
                    for one, numbers in zip(codes, (old, new), strict=True)
                )
                said[part] = pieces.merged(old, new)
            else:
                found[f"evidence/{part}"] = pieces.merged(old, new)
        count = np.bincount(np.concatenate([[every.index("")], *said.values()]), minlength=len(every))
        place = (np.cumsum(count > 0) - 1).astype(np.int16)
        found.update({f"evidence/{part}": place[numbers] for part, numbers in said.items()})
        names = [f"evidence/{part}" for part in ("starts", "groups", "names")]
        old_lists, new_lists = (_three(part, names) for part in (self.old, self.new))
        found |= dict(zip(names, splice.lists(old_lists, new_lists, pieces), strict=True))
        return found, [code for code, times in zip(every, count, strict=True) if times]


def _runs(parts: Parts) -> tuple[list[Profile], Numbers]:
    """Return the runs of an index, in order, and for each practice the run it is in."""
    rows = [parts.table(f"rows/{source}") for source in LEADING]
    held = [parts.array(f"bits/{source}") != 0 for source in LEADING]
    both = np.concatenate(held)
    begins = np.concatenate([[0], np.flatnonzero((both[:, 1:] != both[:, :-1]).any(axis=0)) + 1])
    runs = [
        tuple(tuple(some[r] for r in np.flatnonzero(one[:, w])) for some, one in zip(rows, held, strict=True))
        for w in begins
    ]
    words = parts.array("slots") // 64
    return runs, np.searchsorted(begins, words, side="right") - 1


def _profiles(parts: Parts, slots: Array) -> list[Profile]:
    """Return what the practices at some bits say in the leading dimensions."""
    said = [(parts.table(f"rows/{source}"), _held(parts.array(f"bits/{source}"), slots)) for source in LEADING]
    return [tuple(tuple(rows[r] for r in np.flatnonzero(held[:, n])) for rows, held in said) for n in range(len(slots))]


def _held(bits: Bits, slots: Array) -> npt.NDArray[np.bool_]:
    """Return for rows of bits which of some bits they hold."""
    place = (slots % 64).astype(np.uint64)
    return (bits[:, slots // 64] >> place & np.uint64(1)).astype(bool)


def _three(parts: Parts, names: Sequence[str]) -> splice.Lists:
    one, two, three = (parts.array(name) for name in names)
    return one, two, three


def _pieces(parts: Parts, practices: Numbers) -> list[list[tuple[Any, ...]]]:
    """Return what is said of the evidence of some practices."""
    codes = parts.table("codes")
    practice, level, speaks, direction, indicator, day = (parts.array(f"evidence/{part}") for part in EVIDENCE)
    groups = _three(parts, [f"evidence/{part}" for part in ("starts", "groups", "names")])
    found = []
    for number in practices.tolist():
        first, last = np.searchsorted(practice, [number, number + 1]).tolist()
        about = splice.said(groups, range(first, last))
        found.append(
            [
                (level[n], *(codes[int(one[n])] for one in (speaks, direction, indicator)), day[n], about[n - first])
                for n in range(first, last)
            ]
        )
    return found
