"""What happened between two versions of the data, and what of it explains a cell.

The reasons of a cell, each with the practices or searches concerned (as the current version names them):

- `created`: practices that the older version did not have;
- `restated-in`, `restated-out`: a practice came into the cell, or left it, because it says something else on a
  dimension (or because what its links lead to says something else);
- `vocabulary-in`, `vocabulary-out`: because a concept stands elsewhere in its hierarchy;
- `rules-in`, `rules-out`: because the same statements are read differently: no other reason is left;
- `row`: only one version has this row;
- `merged`: several practices became one;
- `risen`, `fallen`: its best evidence reached the rung of the view, or no longer does;
- `evidence`: other evidence is on record of it, and with that a mark came or went;
- `searched`, `unsearched`: searches or statements that the other version has not;
- `day`: the versions reckon from different days, which alone makes a source or a search old;
- `rules`: no other reason is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from dgekg.coverage.cells import Cell, Grid, State
from dgekg.coverage.past import Past
from dgekg.coverage.rows import NOT_STATED
from dgekg.coverage.view import View
from dgekg.index import Bits, Index, direct_of

_MARKED = ("effect-shown", "harm-or-mixed", "stale")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell differs between two versions.

    Attributes:
        code: as in the list above.
        things: IRIs of the practices or searches concerned.
        dimension: on which one, for `restated`, `vocabulary` and `row`; "" otherwise.
    """

    code: str
    things: tuple[str, ...] = ()
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """What happened between two versions, over the whole collection.

    Attributes:
        versions: ids, the current one first.
        days: the days they reckon from, likewise.
        codes: the versions of the software that built them, likewise.
        rules: whether shapes, derivations, checks or criteria changed; None where a version does not tell.
        ledger: kind of change -> lines about practices that only the current ledger has.
        concepts: dimension of the view -> rows that only one version has, or that stand elsewhere in the hierarchy.
    """

    versions: tuple[str, str]
    days: tuple[str, str]
    codes: tuple[str, str]
    rules: bool | None
    ledger: Mapping[str, int]
    concepts: Mapping[str, tuple[str, ...]]


def moved_concepts(view: View, current: Index, older: Index) -> dict[str, tuple[str, ...]]:
    """Return for each dimension of a view the concepts that only one version has, or that stand elsewhere."""
    found = {}
    for name in dict.fromkeys((*view.dimensions, *(one.dimension for one in view.filters))):
        now, then = current.concepts(name), older.concepts(name)
        differing = {
            iri
            for iri in {*now, *then}
            if iri not in now or iri not in then or sorted(now[iri].broader) != sorted(then[iri].broader)
        }
        if differing:
            found[name] = tuple(sorted(differing))
    return found


class Reasons:
    """Finds the reasons of cells.

    Args:
        index: the current version's.
        past: the older version.
        views: of the current and of the older side.
    """

    def __init__(self, index: Index, past: Past, views: tuple[View, View]) -> None:
        self.index, self.past, self.views = index, past, views
        self._says = lru_cache(maxsize=1 << 16)(_says)
        kept = np.zeros(len(index.practices), dtype=bool)
        kept[past.numbers] = True
        best = np.full(len(index.practices), -1, dtype=np.int64)
        np.maximum.at(best, past.numbers, past.index.rung)
        reaches, reached = index.rung >= views[0].rung, best >= views[0].rung
        self.created = index.bits(np.flatnonzero(~kept))
        self.risen = index.bits(np.flatnonzero(kept & reaches & ~reached))
        self.fallen = index.bits(np.flatnonzero(kept & ~reaches & reached))

    def of(
        self, concepts: tuple[str, ...], first: Cell | None, second: Cell | None, sets: tuple[Bits, Bits, Bits]
    ) -> tuple[Reason, ...]:
        """Return why a cell of the current version differs from that of the older one.

        Args:
            concepts: of the cell.
            first: the cell of the current version; None where it has no such row.
            second: likewise, of the older version.
            sets: practices of the current cell; of the older one, as the current version has them; and those of the
                latter that were several.
        """
        now, then, merged = sets
        found = [Reason("created", self._names(now & self.created))] if (now & self.created).any() else []
        found += self._moved(concepts, now & ~then & ~self.created, None, "in")
        found += self._moved(concepts, then & ~now, second, "out")
        found += [Reason("merged", self._names(now & merged))] if (now & merged).any() else []
        if first is None or second is None:
            return tuple(found)
        lists = [("risen", now & then & self.risen), ("fallen", now & then & self.fallen)]
        if (set(first.marks) ^ set(second.marks)) & set(_MARKED):
            lists.append(("evidence", now & then & self.evidenced))
        found += [Reason(code, self._names(bits)) for code, bits in lists if bits.any()]
        searches = [{*cell.statements, *cell.superseded} for cell in (first, second)]
        for code, ones in (("searched", searches[0] - searches[1]), ("unsearched", searches[1] - searches[0])):
            found += [Reason(code, tuple(sorted(ones)))] if ones else []
        if not found and _shown(first) != _shown(second):
            aged = first.state is second.state and set(first.marks) ^ set(second.marks) == {"stale"}
            found.append(Reason("day" if aged else "rules"))
        return tuple(found)

    @cached_property
    def evidenced(self) -> Bits:
        """The practices that both versions have, with other evidence, and on the same side of the rung."""
        changed = [
            number
            for number, practice in enumerate(self.index.practices)
            if practice in self.past.was
            and self._pieces(self.index, [practice]) != self._pieces(self.past.index, self.past.was[practice])
        ]
        return self.index.bits(changed) & ~self.risen & ~self.fallen

    def _names(self, bits: Bits) -> tuple[str, ...]:
        return tuple(self.index.unpack(bits))

    def _moved(self, concepts: tuple[str, ...], bits: Bits, cell: Cell | None, way: str) -> list[Reason]:
        """Return why practices came into a cell, or left it: then by what those of the older cell said."""
        why: dict[tuple[str, str], list[str]] = {}
        for practice in self._names(bits):
            olds = self.past.was[practice]
            if cell is not None:
                position = self.past.index.position
                olds = tuple(old for old in olds if (self.past.index.bits([position[old]]) & cell.bits).any())
            why.setdefault(self._why(concepts, olds, practice), []).append(practice)
        return [Reason(f"{code}-{way}", tuple(ones), name) for (code, name), ones in sorted(why.items())]

    def _why(self, concepts: tuple[str, ...], olds: Iterable[str], practice: str) -> tuple[str, str]:
        """Return code and dimension of why a practice that both versions have lies in the cell of one alone."""
        own = [(name, (iri,), False) for name, iri in zip(self.views[0].dimensions, concepts, strict=True)]
        filters = [(one.dimension, one.values, one.negated) for one in self.views[0].filters]
        for name, values, negated in (*own, *filters):
            now = self._lies(0, practice, name, values) != negated
            for old in olds:
                if (self._lies(1, old, name, values) != negated) == now:
                    continue
                source = self.views[0].source(self.index.dimension(name))
                says = self._says(self.index, practice, direct_of(source))
                said = self._says(self.past.index, old, direct_of(source))
                if says != said:
                    return "restated", name
                if any(self.index.within.get(c) != self.past.index.within.get(c) for c in says):
                    return "vocabulary", name
        return "rules", ""

    def _lies(self, side: int, practice: str, name: str, values: Iterable[str]) -> bool:
        index, view = (self.index, self.past.index)[side], self.views[side]
        held = self._says(index, practice, view.source(index.dimension(name)))
        return any(value in held or (value == NOT_STATED and not held) for value in values)

    def _pieces(self, index: Index, practices: Iterable[str]) -> list[tuple[object, ...]]:
        pieces = (piece for p in practices for piece in index.evidence.of(index.position[p]))
        return sorted((*astuple(replace(one, groups=frozenset())), sorted(one.groups)) for one in pieces)


def shared_rows(grids: tuple[Grid, Grid]) -> tuple[tuple[str, ...], ...]:
    """Return the rows of each dimension that either version has: those of the current one, then the older one's."""
    found = []
    for one, other in zip(grids[0].axes, grids[1].axes, strict=True):
        rows = [row for row in one.rows if row != NOT_STATED]
        rows += [row for row in other.rows if row != NOT_STATED and row not in set(rows)]
        missing = NOT_STATED in one.rows or NOT_STATED in other.rows
        found.append((*rows, NOT_STATED) if missing else tuple(rows))
    return tuple(found)


def _shown(cell: Cell) -> tuple[State, tuple[str, ...], int]:
    return cell.state, cell.marks, cell.measures["practices"]


def _says(index: Index, practice: str, source: str) -> frozenset[str]:
    """Return the concepts that a practice lies in, by a derived dimension."""
    own = index.bits([index.position[practice]])
    return frozenset(concept for concept, bits in index.members(source).items() if (bits & own).any())
