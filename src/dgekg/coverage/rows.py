"""Rows: the concepts of one dimension in the order of their hierarchy, with the practices at and around each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dgekg.coverage.view import View
from dgekg.index import Bits, Concept, Index

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
    """

    dimension: str
    rows: tuple[str, ...]
    depths: tuple[int, ...]
    focused: Bits = field(repr=False)
    closed: Bits = field(repr=False)
    direct: Bits = field(repr=False)
    near: Bits = field(repr=False)

    def keep(self, rows: Sequence[str]) -> Axis:
        """Return the axis with some of its rows."""
        at = [self.rows.index(row) for row in rows]
        return replace(
            self,
            rows=tuple(rows),
            depths=tuple(self.depths[n] for n in at),
            closed=self.closed[at],
            direct=self.direct[at],
            near=self.near[at],
        )


def axis_of(index: Index, view: View, name: str, depth: int | None) -> Axis:
    """Return the rows of a dimension down to a depth (None: all)."""
    dimension = index.dimension(name)
    source = view.source(dimension)
    closed, direct = dict(index.members(source)), dict(index.members(direct_of(source)))
    every = walk(index.concepts(name))
    # What stands beside the hierarchy (a place that M49 leaves out) is a row only where a practice names it.
    beside = tuple(f"{home}/" for home in dimension.beside)
    shown = [(iri, level) for iri, level in every if not iri.startswith(beside) or iri in direct] if beside else every
    ordered = [(iri, level) for iri, level in shown if depth is None or level <= depth]
    stated = index.none.copy()
    for iri, _level in every:
        stated |= closed.get(iri, index.none)
    missing = index.everything & ~stated
    if missing.any():
        ordered.append((NOT_STATED, 0))
        closed[NOT_STATED] = direct[NOT_STATED] = missing
    rows = tuple(iri for iri, _ in ordered)
    near = []
    for iri in rows:
        bits = closed.get(iri, index.none).copy()
        for broader in index.within.get(iri, frozenset()) - {iri}:
            bits |= direct.get(broader, index.none)
        near.append(bits)
    return Axis(
        name,
        rows,
        tuple(level for _, level in ordered),
        _focused(index, rows, closed, direct, index.roots.get(name)),
        stack(index, [closed.get(iri, index.none) for iri in rows]),
        stack(index, [direct.get(iri, index.none) for iri in rows]),
        stack(index, near),
    )


def stack(index: Index, lines: Sequence[Bits]) -> Bits:
    """Return sets as the lines of one array."""
    return np.array(lines, dtype=np.uint64).reshape(len(lines), index.words)


def direct_of(source: str) -> str:
    """Return the dimension of what practices say themselves.

    >>> direct_of("stage"), direct_of("provision"), direct_of("supported-instrument")
    ('direct-stage', 'direct-norm', 'direct-supported-norm')
    """
    for norm in ("provision", "instrument"):
        if source.endswith(norm):
            return f"direct-{source.removesuffix(norm)}norm"
    return f"direct-{source}"


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


def _focused(
    index: Index, rows: Sequence[str], closed: Mapping[str, Bits], direct: Mapping[str, Bits], root: str | None
) -> Bits:
    """Count for each practice the lowest rows it reaches, and keep those with one to three."""
    shown = set(rows) - {root, NOT_STATED}
    reached = np.zeros(index.words * 64, dtype=np.int64)
    for row in shown:
        lowest = closed.get(row, index.none).copy()
        for narrower in (index.narrower.get(row, frozenset()) & shown) - {row}:
            lowest &= ~closed.get(narrower, index.none)
        reached += np.unpackbits(lowest.view(np.uint8), bitorder="little")
    few = index.bits(np.flatnonzero((reached > 0) & (reached <= FOCUSED_ROWS)))
    return few & ~direct.get(root or NOT_STATED, index.none)
