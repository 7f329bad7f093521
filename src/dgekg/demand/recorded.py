"""What is on record of demand, by cell: how many records, how lopsided they are, and what they raise.

A record counts at the concepts that it names and at all broader ones, never below: harm on the ground of race is not
harm to every group that the ground protects. A record that names no group counts for everyone only. What records never
speak of (incidents say nothing of levers) tells no cells apart. Records are bits of whole numbers, as in `duties`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from dgekg import template
from dgekg.coverage import View
from dgekg.demand.graph import Credit, Incidents
from dgekg.errors import SourceError
from dgekg.index import NORMS, Index
from dgekg.store.base import Store, value_of

SORTS = ("incidents", "supervisory", "consultation")
Said = Mapping[str, frozenset[str]]
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """How many records name a place.

    Attributes:
        iri: a continent of the hierarchy; "" for records that name no place, the root for the whole world alone.
        records: how many.
        most: the part of it that is named most, with its number; "" where all is said by the place itself.
        most_records: its number.
        whole: whether it is the whole world, named as such.
    """

    iri: str
    records: int
    most: str = ""
    most_records: int = 0
    whole: bool = False


class Recorded:
    """The records of one sort of demand.

    Args:
        sort: of `SORTS`.
        said: record -> dimension -> concepts.
        index: of the version, for its hierarchies.
        credits: the databases that they come from; none for records of our own.
    """

    def __init__(self, sort: str, said: Mapping[str, Said], index: Index, credits: Sequence[Credit] = ()) -> None:
        self.sort, self.records, self.credits = sort, tuple(said), tuple(credits)
        self._index = index
        self._every = (1 << len(said)) - 1
        self._by: dict[str, dict[str, int]] = {}
        for n, own in enumerate(said.values()):
            for dimension, concepts in own.items():
                for concept in concepts:
                    by = self._by.setdefault(_key(dimension), {})
                    by[concept] = by.get(concept, 0) | 1 << n
        self._masks: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.records)

    def speaks_of(self, view: View) -> list[str]:
        """Return the dimensions of a view, filters included, of which any record says something."""
        names = [*view.dimensions, *(one.dimension for one in view.filters)]
        return [name for name in dict.fromkeys(names) if _key(name) in self._by]

    def stating(self, dimension: str) -> int:
        """Return how many records say something on a dimension."""
        return self._stated(dimension).bit_count()

    def count(self, view: View, concepts: tuple[str, ...]) -> int:
        """Return how many records concern a cell of a view."""
        return self._held(view, concepts).bit_count()

    def raises(self, view: View, weight: float) -> Callable[[tuple[str, ...]], Mapping[str, float]]:
        """Return what tells of a cell whether it is raised: once, however many records there are.

        A cell that is at the root of everything that records speak of is not raised: nothing tells it apart.
        """
        name = f"demand-{self.sort}"
        fixed = self._fixed(view)
        spoken = [(n, d) for n, d in enumerate(view.dimensions) if _key(d) in self._by]
        filtered = any(_key(one.dimension) in self._by for one in view.filters)

        def raised(concepts: tuple[str, ...]) -> Mapping[str, float]:
            held, specific = fixed, filtered
            for n, dimension in spoken:
                concept = concepts[n]
                specific |= bool(concept) and concept != self._index.roots.get(dimension)
                held &= self._mask(dimension, concept)
            return {name: weight} if held and specific else {}

        return raised

    @cached_property
    def places(self) -> list[Place]:
        """Return how many records name each continent, the most first; then the whole world, then none."""
        root = self._index.roots.get("region", "")
        tops = self._index.children.get(root, _NOTHING) if root else _NOTHING
        found = []
        for top in tops:
            if not self._index.children.get(top):
                continue  # nobody lives there
            records = self._mask("region", top).bit_count()
            parts = [(self._mask("region", p).bit_count(), p) for p in self._index.children.get(top, _NOTHING)]
            most = max(parts, default=(0, ""))
            found.append(Place(top, records, most[1] if most[0] else "", most[0]))
        found.sort(key=lambda one: (-one.records, one.iri))
        whole = self._by.get("region", {}).get(root, 0).bit_count()
        return [*found, Place(root, whole, whole=True), Place("", len(self) - self.stating("region"))]

    def _held(self, view: View, concepts: tuple[str, ...]) -> int:
        held = self._fixed(view)
        for dimension, concept in zip(view.dimensions, concepts, strict=True):
            if _key(dimension) in self._by:
                held &= self._mask(dimension, concept)
        return held

    def _fixed(self, view: View) -> int:
        held = self._every
        for one in view.filters:
            if _key(one.dimension) not in self._by:
                continue
            any_of = 0
            for value in one.values:
                any_of |= self._mask(one.dimension, value)
            held &= self._every & ~any_of if one.negated else any_of
        return held

    def _mask(self, dimension: str, concept: str) -> int:
        """Return the records that name a concept or a narrower one; all of them for the root."""
        if concept == self._index.roots.get(dimension):
            return self._every
        if not concept:
            return self._every & ~self._stated(dimension)
        key = (_key(dimension), concept)
        if key not in self._masks:
            by, held = self._by.get(key[0], {}), 0
            for one in self._index.narrower.get(concept, frozenset({concept})):
                held |= by.get(one, 0)
            self._masks[key] = held
        return self._masks[key]

    def _stated(self, dimension: str) -> int:
        held = 0
        for bits in self._by.get(_key(dimension), {}).values():
            held |= bits
        return held


def incidents(sets: Iterable[Incidents], index: Index) -> Recorded:
    """Return the incidents of one or several databases, each with its credit."""
    sets = list(sets)
    said = {iri: own for one in sets for iri, own in one.said.items()}
    return Recorded("incidents", said, index, [one.credit for one in sets])


def voices(store: Store, queries: Path, sort: str, index: Index) -> Recorded:
    """Return what supervising bodies asked, or what those consulted said, as the graph has it.

    Raises:
        SourceError: a query file is missing.
        QueryError, StoreError: as `Store.select`.
    """
    said: dict[str, dict[str, set[str]]] = {}
    for record, what, value in store.select(template.read(queries / "demand" / f"{sort}.rq")).rows:
        if record is not None and what is not None and value is not None:
            own = said.setdefault(value_of(record), {})
            if value_of(what) != "record":
                own.setdefault(value_of(what), set()).add(value_of(value))
    kept = {iri: {d: frozenset(values) for d, values in own.items()} for iri, own in sorted(said.items())}
    return Recorded(sort, kept, index)


def weight_of(queries: Path, sort: str) -> float:
    """Return what a sort of demand adds to the priority of a gap.

    Raises:
        SourceError: `gaps.yaml` is broken, or a weight is below zero.
    """
    path = queries / "gaps.yaml"
    try:
        weights = yaml.safe_load(template.read(path)).get("demand") or {}
        found = float(weights.get(sort, 0))
    except (yaml.YAMLError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path}: demand: expected a weight for {', '.join(SORTS)}: {error}") from error
    if found < 0 or set(weights) - set(SORTS):
        raise SourceError(f"{path}: demand: expected {', '.join(SORTS)}, each zero or more; nothing lowers a gap.")
    return found


def _key(dimension: str) -> str:
    return "norm" if dimension in NORMS else dimension
