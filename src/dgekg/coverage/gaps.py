"""Gaps: cells where something is missing, what kind of something, and in which order to look at them.

Weights are data: `queries/gaps.yaml`. A priority is the sum of its parts, each of which is shown and none of
which is below zero: nothing lowers a gap. What a gap is:

- *protection*: harm or mixed results are on record, and no improvement; whatever the rung.
- *practice*: looked for, none found. *Remedy*: the same, where a route to remedy was looked for; or harm is on
  record beside an improvement, and nothing in the cell or above it is a route to remedy.
- *reach*: nobody looked here, but the same exists elsewhere. *Knowledge*: nobody looked, and there is none.
- *implementation*: everything here is only planned, or a rule of which no use is known.
- *participation*: something here was made for people or merely consulted them, and nothing was led or decided by
  them. Where nothing says how people took part, nobody is blamed: unknown is not no.
- *evidence*: there is something, and what it changes for people is unknown or said only below the rung.

The list is kept short. A gap is folded under one of the same kind that is at or above it in every dimension;
and gaps of one kind that rest on the very same practices are one gap, told where it comes first.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from dgekg import identifiers, template
from dgekg.coverage.arrays import popcount
from dgekg.coverage.cells import Cell, Grid, State
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.errors import SourceError
from dgekg.index import Bits, Index

KINDS = ("knowledge", "practice", "evidence", "implementation", "remedy", "participation", "protection", "reach")
_WITH_THEM = ("led-by", "decided-with")
_FOR_THEM = ("consulted", "for-only")
_IN_USE = ("implemented", "evaluated")
_REDRESS = (("lever", "redress-access-to-justice"), ("kind", "redress-mechanism"))
_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap.

    Attributes:
        kind: of `KINDS`.
        cell: the cell.
        priority: sum of `parts`; higher is looked at first.
        parts: name of each weight that counted, and its value.
        elsewhere: practices that could be learnt from: where the view has regions, those of the same cell in
            other regions; else those for the same group outside the cell.
        folded: how many other gaps of the same kind this one stands for.
    """

    kind: str
    cell: Cell
    priority: float
    parts: Mapping[str, float]
    elsewhere: int
    folded: int


def find_gaps(index: Index, grid: Grid, queries: Path) -> list[Gap]:
    """Return the gaps of a computed view, highest priority first, narrower ones folded.

    Raises:
        SourceError: `queries/gaps.yaml` is broken.
    """
    return _Finder(index, grid, _weights(queries / "gaps.yaml")).gaps()


class _Finder:
    def __init__(self, index: Index, grid: Grid, weights: Mapping[str, Any]) -> None:
        self.index, self.grid, self.weights = index, grid, weights
        self.names = grid.view.dimensions
        self.depths = [dict(zip(a.rows, a.depths, strict=True)) for a in grid.axes]
        self.order = [{row: n for n, row in enumerate(a.rows)} for a in grid.axes]
        self.closed = [dict(zip(a.rows, a.closed, strict=True)) for a in grid.axes]
        self.base = coordinates_left(index, grid.view) & qualities_left(index, grid.view)
        self.placed = self.base & index.members("region").get(index.roots.get("region", ""), index.none)
        self.place = "region" if "region" in self.names else ""
        self._held: dict[tuple[tuple[int, str], ...], tuple[Bits, int]] = {}

    def gaps(self) -> list[Gap]:
        """Return the gaps in their order."""
        found = [gap for cell in self.grid.cells.values() if (gap := self._gap(cell)) is not None]
        return self._alike(sorted(self._folded(found), key=self._rank))

    def _rank(self, gap: Gap) -> tuple[float, str, tuple[int, ...]]:
        return (-gap.priority, gap.kind, tuple(o[c] for o, c in zip(self.order, gap.cell.concepts, strict=True)))

    def _gap(self, cell: Cell) -> Gap | None:
        if "" in cell.concepts or self._at_roots(cell):
            return None
        kind = self._kind(cell)
        if not kind:
            return None
        parts = {kind: float(self.weights["kinds"][kind])}
        parts.update((m, float(w)) for m, w in self.weights["marks"].items() if m in cell.marks)
        depth = sum(d[c] for d, c in zip(self.depths, cell.concepts, strict=True))
        parts["breadth"] = round(float(self.weights["breadth"]) / (1 + depth), 3)
        return Gap(kind, cell, round(sum(parts.values()), 3), parts, self._elsewhere(cell), 0)

    def _kind(self, cell: Cell) -> str:
        """Return what is missing here, "" for nothing that this view can tell."""
        counts = cell.measures
        if cell.state is State.NOT_SEARCHED:
            return "reach" if self.place and self._elsewhere(cell) else "knowledge"
        if cell.state is State.SEARCHED:
            return "remedy" if self._asks_for_redress(cell) else "practice"
        if cell.state not in (State.DOCUMENTED, State.THIN):
            return ""
        if counts["harm_or_mixed"]:
            if not counts["effect_shown"]:
                return "protection"
            if not self._route_to_redress(cell):
                return "remedy"
        if cell.state is State.DOCUMENTED:
            if self._only_in_books(cell):
                return "implementation"
            if self._without_them(cell):
                return "participation"
        return "" if counts["effect_shown"] else "evidence"

    def _asks_for_redress(self, cell: Cell) -> bool:
        asked = set(cell.concepts)
        return any(identifiers.concept(name, code) in asked for name, code in _REDRESS)

    def _route_to_redress(self, cell: Cell) -> bool:
        """Whether a practice here, or one that says something broader and so serves here too, gives redress."""
        near = self.base.copy()
        for axis, order, concept in zip(self.grid.axes, self.order, cell.concepts, strict=True):
            near &= axis.near[order[concept]]
        return any((near & self._lying(name, (code,))).any() for name, code in _REDRESS)

    def _only_in_books(self, cell: Cell) -> bool:
        stated = [b for c, b in self.index.members("policy-phase").items() if not c.endswith(_IN_USE)]
        used = self._lying("policy-phase", _IN_USE)
        books = self._lying("status", ("planned",))
        for bits in stated:
            books |= bits
        return not (cell.bits & ~(books & ~used)).any()

    def _without_them(self, cell: Cell) -> bool:
        led = self.index.none.copy()
        if "group" in self.names:
            group = cell.concepts[self.names.index("group")]
            led |= self.index.members("led-by").get(group, self.index.none)
        with_them = led | self._lying("participation", _WITH_THEM)
        return self._has(cell, "participation", _FOR_THEM) and not (cell.bits & with_them).any()

    def _has(self, cell: Cell, dimension: str, codes: Sequence[str]) -> bool:
        return bool((cell.bits & self._lying(dimension, codes)).any())

    def _lying(self, dimension: str, codes: Sequence[str]) -> Bits:
        """Return the practices that lie in one of these concepts of a dimension's scheme."""
        home, members = self.index.dimension(dimension).home, self.index.members(dimension)
        hit = self.index.none.copy()
        for code in codes:
            hit |= members.get(f"{home}/{code}", self.index.none)
        return hit

    def _elsewhere(self, cell: Cell) -> int:
        if not self.place and "group" not in self.names:
            return 0
        key = tuple(
            (n, concept)
            for n, (name, concept) in enumerate(zip(self.names, cell.concepts, strict=True))
            if (name != self.place if self.place else name == "group")
        )
        if key not in self._held:
            held = self.placed if self.place else self.base
            for n, concept in key:
                held = held & self.closed[n][concept]
            self._held[key] = (held, popcount(held))
        held, count = self._held[key]
        return popcount(held & ~cell.bits) if cell.measures["practices"] else count

    def _at_roots(self, cell: Cell) -> bool:
        """Whether the cell is the whole collection; narrower gaps are told at their broadest."""
        return all(c == self.index.roots.get(d) for c, d in zip(cell.concepts, self.names, strict=True))

    def _folded(self, gaps: Sequence[Gap]) -> list[Gap]:
        """Keep the gaps that no broader one of their kind explains, each with how many it explains."""
        known = {(g.kind, g.cell.concepts): g for g in gaps}
        under: dict[_Key, int] = {}
        kept: dict[_Key, Gap] = {}
        for key, gap in known.items():
            broader = self._broadest(gap, known)
            if broader is None:
                kept[key] = gap
            else:
                under[broader] = under.get(broader, 0) + 1
        return [replace(gap, folded=under.get(key, 0)) for key, gap in kept.items()]

    def _broadest(self, gap: Gap, known: Mapping[_Key, Gap]) -> _Key | None:
        """Return the broadest gap of the same kind at or above this one in every dimension, or None."""
        ways = [self.index.within.get(c, frozenset({c})) for c in gap.cell.concepts]
        keys = [(gap.kind, concepts) for concepts in itertools.product(*ways) if concepts != gap.cell.concepts]
        return min((key for key in keys if key in known), key=lambda key: self._breadth(key, known), default=None)

    def _breadth(self, key: _Key, known: Mapping[_Key, Gap]) -> tuple[int, tuple[int, ...]]:
        concepts = known[key].cell.concepts
        ways = sum(len(self.index.within.get(c, ())) for c in concepts)
        return ways, tuple(o[c] for o, c in zip(self.order, concepts, strict=True))

    def _alike(self, gaps: Sequence[Gap]) -> list[Gap]:
        """Keep the first of the gaps of one kind that rest on the very same practices."""
        first: dict[object, Gap] = {}
        for gap in gaps:
            practices = gap.cell.bits.tobytes()
            key = (gap.kind, practices) if gap.cell.measures["practices"] else (gap.kind, gap.cell.concepts)
            if key in first:
                first[key] = replace(first[key], folded=first[key].folded + 1 + gap.folded)
            else:
                first[key] = gap
        return list(first.values())


def _weights(path: Path) -> Mapping[str, Any]:
    try:
        weights = yaml.safe_load(template.read(path))
        if set(weights["kinds"]) != set(KINDS):
            raise KeyError(f"kinds must be exactly {', '.join(KINDS)}")
        flat = {**weights["kinds"], **weights["marks"], "breadth": weights["breadth"]}
        low = sorted(name for name, weight in flat.items() if float(weight) < 0)
        if low:
            raise ValueError(f"nothing lowers a gap, but {', '.join(low)} is below zero")
        return {"kinds": weights["kinds"], "marks": weights["marks"], "breadth": weights["breadth"]}
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path}: expected kinds, marks and breadth with a weight each: {error}") from error
