"""Rows: the concepts of one dimension in the order of their hierarchy, with the practices at and around each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dgekg.coverage.view import View
from dgekg.index import Bits, Concept, Index

NOT_STATED = ""


@dataclass(frozen=True)
class Axis:
    """One dimension of a view.

    Attributes:
        dimension: its name.
        rows: IRIs in the order of the hierarchy, then "" for what is not stated, where there is any.
        depths: how far below the root each row is.
        focused: practices that reach at most three of the rows, never from the root.
    """

    dimension: str
    rows: tuple[str, ...]
    depths: tuple[int, ...]
    focused: Bits = field(repr=False)
    _closed: dict[str, Bits] = field(repr=False)
    _direct: dict[str, Bits] = field(repr=False)
    _above: dict[str, Bits] = field(repr=False)
    _none: Bits = field(repr=False)

    def closed(self, row: str) -> Bits:
        """Practices in the row or anything narrower."""
        return self._closed.get(row, self._none)

    def direct(self, row: str) -> Bits:
        """Practices that say this very row."""
        return self._direct.get(row, self._none)

    def above(self, row: str) -> Bits:
        """Practices that say something broader."""
        return self._above.get(row, self._none)

    def keep(self, rows: Sequence[str]) -> Axis:
        """Return the axis with some of its rows."""
        depth = dict(zip(self.rows, self.depths, strict=True))
        return replace(self, rows=tuple(rows), depths=tuple(depth[r] for r in rows))


def axis_of(index: Index, view: View, name: str, depth: int | None) -> Axis:
    """Return the rows of a dimension down to a depth (None: all)."""
    dimension = index.dimension(name)
    source = view.source(dimension)
    concepts = index.concepts(name)
    ordered = [(iri, level) for iri, level in walk(concepts) if depth is None or level <= depth]
    closed = dict(index.members(source))
    direct = dict(index.members(direct_of(source)))
    stated = index.none.copy()
    for bits in closed.values():
        stated |= bits
    missing = index.everything & ~stated
    if missing.any():
        ordered.append((NOT_STATED, 0))
        closed[NOT_STATED] = direct[NOT_STATED] = missing
    above: dict[str, Bits] = {}
    for iri, _level in ordered:
        broader = index.within.get(iri, frozenset()) - {iri}
        bits = index.none.copy()
        for one in broader:
            bits |= direct.get(one, index.none)
        above[iri] = bits
    rows = tuple(iri for iri, _ in ordered)
    return Axis(
        name,
        rows,
        tuple(level for _, level in ordered),
        _focused(index, rows, closed, direct, index.roots.get(name, "")),
        closed,
        direct,
        above,
        index.none,
    )


def direct_of(source: str) -> str:
    """Return the dimension of what practices say themselves.

    >>> direct_of("stage"), direct_of("provision"), direct_of("supported-instrument")
    ('direct-stage', 'direct-norm', 'direct-supported-norm')
    """
    for norm in ("provision", "instrument"):
        if source.endswith(norm):
            return f"direct-{source.removesuffix(norm)}norm"
    return f"direct-{source}"


def walk(concepts: dict[str, Concept] | object) -> list[tuple[str, int]]:
    """Return concepts in the order of the hierarchy with their depth, each once, at its shortest way down."""
    members: dict[str, Concept] = dict(concepts)  # type: ignore[call-overload]
    children: dict[str, list[str]] = {}
    for concept in members.values():
        for broader in concept.broader:
            if broader in members:
                children.setdefault(broader, []).append(concept.iri)
    roots = [c.iri for c in members.values() if not any(b in members for b in c.broader)]
    depth: dict[str, int] = {}
    level = sorted(roots)
    at = 0
    while level:
        for iri in level:
            depth.setdefault(iri, at)
        level = sorted({c for iri in level for c in children.get(iri, ()) if c not in depth})
        at += 1

    ordered: list[tuple[str, int]] = []
    placed: set[str] = set()

    def place(iri: str) -> None:
        if iri in placed:
            return
        placed.add(iri)
        ordered.append((iri, depth[iri]))
        for child in sorted(children.get(iri, ()), key=lambda c: _order(members[c])):
            if depth[child] == depth[iri] + 1:
                place(child)

    for root in sorted(roots, key=lambda r: _order(members[r])):
        place(root)
    return ordered


def _order(concept: Concept) -> tuple[int, str]:
    return (int(concept.code), "") if concept.code.isdigit() else (1_000_000, concept.code)


def _focused(
    index: Index, rows: Sequence[str], closed: dict[str, Bits], direct: dict[str, Bits], root: str
) -> Bits:
    reached: dict[int, set[str]] = {}
    for row in rows:
        if row in (root, NOT_STATED):
            continue
        for practice in index.unpack(closed.get(row, index.none)):
            reached.setdefault(index.position[practice], set()).add(row)
    few = []
    for position, found in reached.items():
        broader = {b for row in found for b in index.within.get(row, frozenset()) if b != row}
        if len(found - broader) <= 3:
            few.append(position)
    return index.bits(few) & ~direct.get(root, index.none)
