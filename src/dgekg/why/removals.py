"""What is said of an empty answer, and the search for the conditions that emptied it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dgekg.coverage import Cell, Grid
from dgekg.index import Index

_STEPS = 4
_PAIRS_OF = 8


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that was asked for.

    Attributes:
        key: name of a question's parameter or of a view's dimension; "relation", "norm", "exclude" or "text".
        label: words for the key by language; none for the last four.
        values: addresses, or text.
        negated: whether they are excluded.
        required: whether the question cannot be asked without it.
    """

    key: str
    label: Mapping[str, str] = field(compare=False)
    values: tuple[str, ...]
    negated: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Without:
    """What there would be without some conditions: rows of a question, practices of a view."""

    conditions: tuple[Condition, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Broader:
    """What there would be with a broader concept in place of the one that was asked for."""

    condition: Condition
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why an answer is empty.

    Attributes:
        reason: "not-published" (nothing else is told), "not-yet" (the data holds nothing of `missing`), "conditions"
            (see `without` and `broader`), "nothing" (there is nothing even without any condition), or "only-this"
            (nothing that was given can be left out).
        counted: "rows" of a question or "practices" of a view.
        conditions: what was given.
        without: the smallest sets of conditions whose removal brings something back.
        broader: the nearest broader concept with an answer, for each condition that has one.
        missing: classes that the data has nothing of.
        tried_all: False where the bound on queries and time left something untried.
        grid: view of the place that the conditions name; None where they name none.
        cell: its cell there.
    """

    reason: str
    counted: str
    conditions: tuple[Condition, ...] = ()
    without: tuple[Without, ...] = ()
    broader: tuple[Broader, ...] = ()
    missing: tuple[str, ...] = ()
    tried_all: bool = True
    grid: Grid | None = None
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class NoGaps:
    """Why a view shows no gap.

    Attributes:
        kind: the kind that was asked for, or "".
        others: gaps of other kinds.
        states: cells that could hold a gap, by state.
        view: why the view itself is empty, where it is.
    """

    kind: str
    others: int
    states: Mapping[str, int]
    view: Why | None


def removals(
    conditions: Sequence[Condition], count: Callable[[Sequence[Condition]], int | None]
) -> tuple[tuple[Without, ...], bool]:
    """Return the smallest sets of conditions whose removal brings something back, and whether all were tried.

    That nothing comes without any condition is asked first: then no smaller set can help either.
    """
    if not conditions:
        return (), True
    whole = count(conditions)
    if not whole:
        return (), whole is not None
    sizes = [1, 2] if len(conditions) <= _PAIRS_OF else [1]
    for size in [s for s in sizes if s < len(conditions)]:
        counts = [(some, count(some)) for some in itertools.combinations(conditions, size)]
        found = tuple(Without(some, number) for some, number in counts if number)
        if found:
            return found, True
        if any(number is None for _, number in counts):
            return (), False
    return (Without(tuple(conditions), whole),), True


def climbed(
    index: Index, conditions: Sequence[Condition], count: Callable[[Condition, str], int | None]
) -> list[Broader]:
    """Return for each condition the nearest broader concept that has an answer, its root left out."""
    found = []
    roots = set(index.roots.values())
    for condition in conditions:
        value = condition.values[0]
        above = index.within.get(value, frozenset({value})) - {value} - roots
        nearest = sorted(above, key=lambda iri: (-len(index.within.get(iri, ())), iri))
        for iri in nearest[:_STEPS]:
            number = count(condition, iri)
            if number:
                found.append(Broader(condition, iri, number))
                break
    return found
