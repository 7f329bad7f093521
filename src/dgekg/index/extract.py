"""The parts of an index, read from a store: one query a dimension, each once, in pages where the store asks so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.index.layout import LEADING, rows_of_bits, slots_of
from dgekg.index.parts import EVIDENCE, LISTS, Array, lists, packed
from dgekg.store.base import Store
from dgekg.vocabulary import BASE, DIMENSION

_SETS = {"withheld": "not-published", "languages": "languages"}


class StoreParts:
    """The parts as a store gives them, nothing read before it is asked for.

    Args:
        store: any store that holds a built version.
        views: folder of the queries.
        cells: dimensions in which a statement may speak of a cell, without "direct-".
        only: practices to read; None for all. Tables are those of the whole store either way.
    """

    def __init__(self, store: Store, views: Path, cells: tuple[str, ...], only: tuple[str, ...] | None = None) -> None:
        self._store, self._views, self._cells, self._only = store, views, cells, only
        self._bits: dict[str, tuple[list[str], Array]] = {}
        self._leading: dict[str, list[tuple[str, str]]] = {}  # read for the layout, and kept for their own turn

    def array(self, name: str) -> Array:
        """Return an array by name (see `index.parts`)."""
        head, _, tail = name.partition("/")
        if head == "bits":
            return self._incidence(tail)[1]
        if head == "evidence":
            return self._evidence[tail]
        if head in LISTS:
            return self._lists(head)[("starts", "numbers", "names").index(tail)]
        return {"practices": self._names, "slots": self._layout[0], "rung": self._rungs}[name]

    def table(self, name: str) -> Any:
        """Return a table by name (see `index.parts`)."""
        head, _, tail = name.partition("/")
        if head == "rows":
            return self._incidence(tail)[0]
        if name in _SETS:
            return {key: sorted(values) for key, values in sorted(self._sets(_SETS[name]).items())}
        if name == "codes":
            return self._codes
        return self._hierarchy if name == "hierarchy" else self._statements

    @cached_property
    def _practices(self) -> dict[str, int]:
        rows = {_text(practice): int(_text(rung) or -1) for practice, rung in self._rows("practices", "practice")}
        return dict(sorted(rows.items()))

    @cached_property
    def _position(self) -> dict[str, int]:
        return {iri: number for number, iri in enumerate(self._practices)}

    @cached_property
    def _names(self) -> Array:
        return packed(list(self._practices))

    @cached_property
    def _rungs(self) -> Array:
        return np.array(list(self._practices.values()), dtype=np.int8)

    @cached_property
    def _layout(self) -> tuple[Array, int]:
        profiles: list[list[list[str]]] = [[[] for _ in LEADING] for _ in self._practices]
        for at, source in enumerate(LEADING):
            self._leading[source] = list(self._pairs(source))
            for thing, concept in self._leading[source]:
                number = self._position.get(thing)
                if number is not None:
                    profiles[number][at].append(concept)
        return slots_of([tuple(tuple(sorted(part)) for part in parts) for parts in profiles])

    def _pairs(self, source: str) -> Iterator[tuple[str, str]]:
        """Yield what is said in a dimension: thing and concept."""
        if self._only is not None:
            yield from self._few.get(source, ())
            return
        slot = {"dimension": [NamedNode(identifiers.dimension(source))]}
        for thing, concept in self._rows("incidence", "thing", slot):
            yield _text(thing), _text(concept)

    @cached_property
    def _few(self) -> dict[str, list[tuple[str, str]]]:
        """Return what some practices say in all dimensions: one query takes no longer than that of one dimension."""
        found: dict[str, list[tuple[str, str]]] = {}
        for thing, dimension, concept in self._rows("dimensions", "thing"):
            found.setdefault(_text(dimension).removeprefix(DIMENSION), []).append((_text(thing), _text(concept)))
        return found

    def _incidence(self, source: str) -> tuple[list[str], Array]:
        """Read a dimension: its concepts in order, and the bits of the practices."""
        if source not in self._bits:
            slots, words = self._layout
            numbers: dict[str, int] = {}
            concepts: list[int] = []
            practices: list[int] = []
            for thing, concept in self._leading.pop(source, None) or self._pairs(source):
                position = self._position.get(thing)
                if position is not None:
                    practices.append(position)
                    concepts.append(numbers.setdefault(concept, len(numbers)))
            order = sorted(numbers)
            place = np.zeros(len(order), dtype=np.int32)
            place[[numbers[c] for c in order]] = np.arange(len(order), dtype=np.int32)
            at = slots[np.array(practices, dtype=np.int64)]
            bits = rows_of_bits(place[np.array(concepts, dtype=np.int64)], at, len(order), words)
            self._bits[source] = (order, bits)
        return self._bits[source]

    @cached_property
    def _codes(self) -> list[str]:
        found = {"", *(code for line in self._said.values() for code in line[1:4])}
        return sorted(found)

    @cached_property
    def _pieces(self) -> dict[tuple[str, str], set[str]]:
        """Each practice's evidence, and the groups that it is about."""
        _ = self._said
        return self._about

    @cached_property
    def _said(self) -> dict[tuple[str, str], tuple[str, ...]]:
        said: dict[tuple[str, str], tuple[str, ...]] = {}
        self._about: dict[tuple[str, str], set[str]] = {}
        for practice, piece, level, speaks, direction, indicator, group, day in self._rows("evidence", "practice"):
            key = (_text(practice), _text(piece))
            self._about.setdefault(key, set()).update([_text(group)] if group is not None else [])
            said[key] = (*(_code(t) for t in (level, speaks, direction, indicator)), _text(day))
        return {key: line for key, line in sorted(said.items()) if key[0] in self._position}

    @cached_property
    def _evidence(self) -> dict[str, Array]:
        number = {code: n for n, code in enumerate(self._codes)}
        lines = [
            (self._position[key[0]], int(line[0]), *(number[c] for c in line[1:4]), _ordinal(line[4]))
            for key, line in self._said.items()
        ]
        columns = zip(*lines, strict=True) if lines else [()] * len(EVIDENCE)
        types = (np.int32, np.int8, np.int16, np.int16, np.int16, np.int32)
        found = {
            part: np.array(column, dtype=type_) for part, column, type_ in zip(EVIDENCE, columns, types, strict=True)
        }
        starts, groups, names = lists([sorted(self._pieces[key]) for key in self._said])
        return {**found, "starts": starts, "groups": groups, "names": names}

    def _lists(self, view: str) -> tuple[Array, Array, Array]:
        if view not in self._listed:
            sets = self._sets(view, "practice")
            self._listed[view] = lists([sorted(sets.get(practice, ())) for practice in self._practices])
        return self._listed[view]

    @cached_property
    def _listed(self) -> dict[str, tuple[Array, Array, Array]]:
        return {}

    @cached_property
    def _hierarchy(self) -> dict[str, dict[str, list[Any]]]:
        """Return home -> concept -> its notation and what is directly broader."""
        found: dict[str, dict[str, tuple[set[str], set[str]]]] = {}
        for concept, home, notation, broader in self._rows("hierarchy"):
            notations, above = found.setdefault(_text(home), {}).setdefault(_text(concept), (set(), set()))
            notations.update([_text(notation)] if notation is not None else [])
            above.update([_text(broader)] if broader is not None else [])
        return {
            home: {iri: [min(said[0], default=""), sorted(said[1])] for iri, said in sorted(members.items())}
            for home, members in sorted(found.items())
        }

    @cached_property
    def _statements(self) -> list[dict[str, Any]]:
        cells: dict[str, dict[str, list[str]]] = {}
        for statement, dimension, concept in self._rows("statement-cells"):
            name = _code(dimension).removeprefix("direct-")
            if name in self._cells:
                cells.setdefault(_text(statement), {}).setdefault(name, []).append(_text(concept))
        languages: dict[str, set[str]] = {}
        heads: dict[str, tuple[str, str]] = {}
        for statement, status, day, _activity, language in self._rows("statements"):
            heads[_text(statement)] = max((_code(status), _text(day)), heads.get(_text(statement), ("", "")))
            languages.setdefault(_text(statement), set()).update([_text(language)] if language else [])
        return [
            {
                "iri": iri,
                "status": status_,
                "date": day_,
                "languages": sorted(languages[iri]),
                "cell": {name: sorted(set(said)) for name, said in sorted(cells.get(iri, {}).items())},
            }
            for iri, (status_, day_) in sorted(heads.items())
        ]

    def _sets(self, view: str, key: str = "") -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one, value in self._rows(view, key):
            found.setdefault(_text(one), set()).add(_text(value))
        return found

    def _rows(self, view: str, key: str = "", slots: dict[str, list[NamedNode]] | None = None) -> Iterator[Any]:
        values = dict(slots or {})
        text = template.read(self._views / f"{view}.rq")
        if not key or self._only is None:
            yield from self._store.rows(template.bind(text, values))
            return
        for portion in template.portions(self._only, 1):  # with two properties open, two things are too many already
            yield from self._store.rows(template.bind(text, {**values, key: portion}))


def _text(term: Any) -> str:
    return "" if term is None else str(term.value)


def _code(term: Any) -> str:
    """Return the last part of a concept's address: its code."""
    text = _text(term)
    return text.rsplit("/", 1)[-1] if text.startswith(BASE) else text


def _ordinal(day: str) -> int:
    """Return a day as a number; 0 for none, or for what is no day (validation reports it)."""
    try:
        return dt.date.fromisoformat(day[:10]).toordinal()
    except ValueError:
        return 0
