"""Coverage of the asking beside coverage of the practices, without a small count of people.

Each table has rows at one level only, the same in each report whatever was asked, so that no two of them can be
subtracted from each other, and no row shows by being there that somebody was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dgekg import identifiers, template
from dgekg.coverage import State, View
from dgekg.observatory import Observatory
from dgekg.outreach.counting import LEAST, hidden, told
from dgekg.outreach.people import Asked

DIMENSIONS = ("sector", "region", "language", "group")
_OF_PRACTICES = {"sector": "actor-sector", "region": "region", "group": "group"}
_REST = ""  # the row of those that stand in no other
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the report.

    Attributes:
        dimension: one of `DIMENSIONS`, or "total".
        code: of the concept, or a language's tag; "" for those that stand in no other row.
        asked: people; None where it is not told.
        answered: of them; None where it is not told.
        practices: in the collection, at this place; None where nothing is published or it cannot be said.
    """

    dimension: str
    code: str
    asked: int | None
    answered: int | None
    practices: int | None


def report(people: Sequence[Asked], observatory: Observatory) -> list[Row]:
    """Return the total, then the rows of each dimension.

    Args:
        people: all who were asked.
        observatory: the collection.
    """
    asked, answered = _sum(people, _people), _sum(people, _replies)
    known = asked == 0 or asked >= LEAST
    shown = asked if known else None
    also = answered if known and told(answered, asked) else None
    rows = [Row(TOTAL, "", shown, also, len(observatory.index.practices))]
    for dimension in DIMENSIONS:
        rows += _rows(dimension, people, observatory)
    return rows


def protected_groups(observatory: Observatory) -> frozenset[str]:
    """Return the codes of the groups in protected domains, and of those that hold such a group."""
    found = observatory.store.select(template.read(observatory.project.queries / "system" / "protected-groups.rq"))
    return frozenset(row["group"].rpartition("/")[2] for row in found.dicts())


def _rows(dimension: str, people: Sequence[Asked], observatory: Observatory) -> list[Row]:
    practices = _languages(observatory) if dimension == "language" else _practices(dimension, observatory)
    counts: dict[str, list[int]] = {code: [0, 0] for code in practices} | {_REST: [0, 0]}
    place = _placing(dimension, counts, people, observatory)
    for one in people:
        for code in place(one):
            counts.setdefault(code, [0, 0])
            counts[code][0] += one.people
            counts[code][1] += one.replies
    shielded = _shielded(observatory, counts) if dimension == "group" else frozenset()
    asked = {code: both[0] for code, both in counts.items()}
    answers = {code: both[1] for code, both in counts.items()}
    closed = hidden(asked, shielded)
    bare = {code for code, n in answers.items() if not told(n, asked[code], code in shielded)}
    silent = hidden(answers, shielded, closed | bare)
    return [
        Row(
            dimension,
            code,
            None if code in closed else asked[code],
            None if code in silent or code in closed else answers[code],
            practices.get(code),
        )
        for code in counts
    ]


def _placing(
    dimension: str, counts: Mapping[str, object], people: Iterable[Asked], observatory: Observatory
) -> Callable[[Asked], set[str]]:
    """Return what says in which rows somebody stands."""
    if dimension == "language":
        every: dict[str, int] = {}
        for one in people:
            every[one.language] = every.get(one.language, 0) + one.people
        many = {code for code, n in every.items() if n >= LEAST}
        return lambda one: {one.language if one.language in counts or one.language in many else _REST}
    above = _above(dimension, observatory)
    given: Callable[[Asked], tuple[str, ...]] = {
        "sector": lambda one: (one.sector,),
        "region": lambda one: (one.region,),
        "group": lambda one: one.groups,
    }[dimension]
    return lambda one: {up for code in given(one) for up in above.get(code, {code}) if up in counts} or {_REST}


def _above(dimension: str, observatory: Observatory) -> dict[str, set[str]]:
    """Return, for each code, itself and all above it."""
    concepts = observatory.index.concepts(_OF_PRACTICES[dimension])
    found: dict[str, set[str]] = {}
    for iri, concept in concepts.items():
        seen, todo = set[str](), [iri]
        while todo:
            one = todo.pop()
            if one not in seen and one in concepts:
                seen.add(one)
                todo += concepts[one].broader
        found[concept.code] = {concepts[one].code for one in seen}
    return found


def _practices(dimension: str, observatory: Observatory) -> dict[str, int | None]:
    """Return the practices at each row: one level beneath the root."""
    name = _OF_PRACTICES[dimension]
    grid = observatory.coverage(View((name,), depths=((name, 1),)))
    axis, concepts = grid.axes[0], observatory.index.concepts(name)
    found: dict[str, int | None] = {}
    for iri, depth in zip(axis.rows, axis.depths, strict=True):
        if iri and depth == 1:
            cell = grid.cells[(iri,)]
            closed = cell.state is State.NOT_PUBLISHED
            found[concepts[iri].code] = None if closed else cell.measures["practices"]
    return found


def _languages(observatory: Observatory) -> dict[str, int | None]:
    file = observatory.project.queries / "system" / "practice-languages.rq"
    return {row["language"]: int(row["practices"]) for row in observatory.store.select(template.read(file)).dicts()}


def _shielded(observatory: Observatory, rows: Iterable[str]) -> frozenset[str]:
    """Return the rows of groups in protected domains, and those that hold such a group."""
    protected, above = protected_groups(observatory), _above("group", observatory)
    return frozenset(rows) & (protected | {up for code in protected for up in above.get(code, ())})


def label(observatory: Observatory, row: Row, language: str) -> str:
    """Return what a row is called, "" where it has no name of its own."""
    if row.dimension in _OF_PRACTICES and row.code:
        return observatory.names.label(identifiers.concept(row.dimension, row.code), language)
    return row.code


def _sum(people: Iterable[Asked], of: Callable[[Asked], int]) -> int:
    return sum(of(one) for one in people)


def _people(one: Asked) -> int:
    return one.people


def _replies(one: Asked) -> int:
    return one.replies
