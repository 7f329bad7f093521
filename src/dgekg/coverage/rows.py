"""Rows: the concepts of one dimension in the order of their hierarchy, with the practices at and around each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dgekg.coverage.arrays import Rows
from dgekg.coverage.view import View
from dgekg.index import Bits, Concept, Index, direct_of

NOT_STATED = ""
FOCUSED_ROWS = 3


@dataclass(frozen=True, eq=False)
class Axis:
    """One dimension of a view.

    The row "" is *not stated*: practices that lie in no row of the dimension. It is there where the collection
    holds such practices, whatever the filters leave. A practice that says only "acts at" is not stated where
    "governs" is asked for, and one linked to an instrument as a whole is not stated among provisions.

    Attributes:
        dimension: its name.
        rows: IRIs in the order of the hierarchy, then "" for what is not stated, where there is any.
        depths: how far below the root each row is, by the shortest way.
        focused: practices that reach at most three of the rows (only the lowest reached count, the root never
            does), and that do not claim the root.
        closed: a line of bits a row: practices in the row or anything narrower.
        direct: likewise, practices that say this very row.
        near: likewise, practices in the row, or that say something broader.
        kept: what was made of the lines to count them.
    """

    dimension: str
    rows: tuple[str, ...]
    depths: tuple[int, ...]
    focused: Bits = field(repr=False)
    closed: Bits = field(repr=False)
    direct: Bits = field(repr=False)
    near: Bits = field(repr=False)
    kept: dict[str, Rows] = field(repr=False, default_factory=dict)

    @property
    def nbytes(self) -> int:
        """About how many bytes it holds."""
        return 4 * (self.closed.nbytes + self.direct.nbytes + self.near.nbytes)

    @cached_property
    def at(self) -> Mapping[str, int]:
        """Row -> its place."""
        return {row: n for n, row in enumerate(self.rows)}

    def keep(self, places: npt.NDArray[np.intp]) -> Axis:
        """Return the axis with some of its rows."""
        return replace(
            self,
            rows=tuple(self.rows[n] for n in places),
            depths=tuple(self.depths[n] for n in places),
            closed=self.closed[places],
            direct=self.direct[places],
            near=self.near[places],
            kept={},
        )


def axis_of(index: Index, view: View, name: str, depth: int | None) -> Axis:
    """Return the rows of a dimension down to a depth (None: all); remembered with the index."""
    source = view.source(index.dimension(name))
    axis: Axis = index.remembered(("axis", name, source, depth), lambda: _axis(index, name, source, depth))
    return axis


def _axis(index: Index, name: str, source: str, depth: int | None) -> Axis:
    dimension = index.dimension(name)
    closed, direct = index.members(source), index.members(direct_of(source))
    every = walk(index.concepts(name))
    # What stands beside the hierarchy (a place that M49 leaves out) is a row only where a practice names it.
    beside = tuple(f"{home}/" for home in dimension.beside)
    shown = [(iri, level) for iri, level in every if not iri.startswith(beside) or iri in direct] if beside else every
    ordered = [(iri, level) for iri, level in shown if depth is None or level <= depth]
    rows = [iri for iri, _ in ordered]
    stated = np.bitwise_or.reduce(closed.stack(iri for iri, _ in every), axis=0, initial=0, dtype=np.uint64)
    missing = index.everything & ~stated
    lines, own = closed.stack(rows), direct.stack(rows)
    near = lines.copy()
    for n, iri in enumerate(rows):
        for broader in index.within.get(iri, frozenset()) - {iri}:
            if broader in direct:
                near[n] |= direct[broader]
    focused = _focused(index, rows, lines, own, index.roots.get(name), missing)
    if missing.any():
        ordered.append((NOT_STATED, 0))
        lines, own, near = (np.vstack([bits, missing[None, :]]) for bits in (lines, own, near))
    return Axis(name, tuple(iri for iri, _ in ordered), tuple(level for _, level in ordered), focused, lines, own, near)


def walk(concepts: Mapping[str, Concept]) -> list[tuple[str, int]]:
    """Return concepts in the order of the hierarchy with their depth, each once, at its shortest way down."""
    children: dict[str, list[str]] = {}
    for concept in concepts.values():
        for broader in concept.broader:
            if broader in concepts:
                children.setdefault(broader, []).append(concept.iri)
    roots = [c.iri for c in concepts.values() if not any(b in concepts for b in c.broader)]
    depth: dict[str, int] = {}
    level, at = roots, 0
    while level:
        depth.update((iri, at) for iri in level)
        level = sorted({c for iri in level for c in children.get(iri, ()) if c not in depth})
        at += 1

    ordered: list[tuple[str, int]] = []
    placed: set[str] = set()

    def place(iri: str) -> None:
        if iri in placed:
            return
        placed.add(iri)
        ordered.append((iri, depth.get(iri, 0)))
        for child in sorted(children.get(iri, ()), key=lambda c: _order(concepts[c])):
            if depth.get(child) == depth.get(iri, 0) + 1:
                place(child)

    for root in sorted(roots, key=lambda r: _order(concepts[r])):
        place(root)
    for left in sorted(set(concepts) - placed):  # beneath no root, for they broaden each other: never lost
        place(left)
    return ordered


def _order(concept: Concept) -> tuple[tuple[str, ...], list[tuple[int, int, str]], str]:
    """Sort by what holds it (an instrument's provisions stay together), then by number, then by name."""
    parts = re.findall(r"\d+|\D+", concept.notation or concept.code)
    natural = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
    return concept.broader, natural, concept.code


def _focused(index: Index, rows: Sequence[str], closed: Bits, direct: Bits, root: str | None, missing: Bits) -> Bits:
    """Return the practices whose lowest rows are one to three; counted in four sets: at least one, two, three, four."""
    at = {row: n for n, row in enumerate(rows)}
    least = [index.none.copy() for _ in range(FOCUSED_ROWS + 1)]
    for row, n in at.items():
        if row == root:
            continue
        lowest = closed[n].copy()
        for narrower in index.narrower.get(row, frozenset()) - {row}:
            if narrower in at:
                lowest &= ~closed[at[narrower]]
        for more, fewer in zip(reversed(least), reversed(least[:-1]), strict=False):
            more |= fewer & lowest
        least[0] |= lowest
    everywhere = direct[at[root]] if root in at else index.none
    return least[0] & ~least[-1] & ~(missing if root is None else everywhere)
