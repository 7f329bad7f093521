"""Why a question has no rows: it is asked again with fewer or broader values, within a bound."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode

from dgekg import identifiers, questions, template
from dgekg.coverage import Filter, View
from dgekg.errors import StoreError
from dgekg.index import NORMS, Index
from dgekg.observatory import Observatory
from dgekg.questions import Answer, Parameter, Question
from dgekg.why.place import own_cell, withheld
from dgekg.why.removals import Condition, Why, climbed, removals

_MOST_QUERIES = 16
_SECONDS = 2.0

Values = Mapping[str, Sequence[template.Value]]


def of_answer(observatory: Observatory, answer: Answer, given: Mapping[str, Sequence[str]]) -> Why | None:
    """Return why a question's answer has no rows; None where it has some.

    Args:
        observatory: what was asked.
        answer: what it said.
        given: the values as a person wrote them, as for `Observatory.ask`.
    """
    if answer.table.rows:
        return None
    question, values = answer.question, observatory.terms(answer.question, given)
    conditions = tuple(_parameter(question.parameter(name), terms) for name, terms in values.items())
    filters = tuple(f for c in conditions if (f := _coordinate(observatory.index, question, c)) is not None)
    grid, cell = own_cell(observatory, View(("stage",), filters))
    if withheld(observatory.index, filters):
        return Why("not-published", "rows", conditions, grid=grid, cell=cell)
    missing = tuple(observatory.missing(question))
    if missing:
        return Why("not-yet", "rows", conditions, missing=missing, grid=grid, cell=cell)
    asked = _Asked(observatory, question, values)
    free = [c for c in conditions if not c.required]
    without, tried = removals(free, asked.without)
    if free and not without and tried and len(free) == len(conditions):
        return Why("nothing", "rows", conditions, grid=grid, cell=cell)
    climbs = [c for c in conditions if len(c.values) == 1]
    broader = tuple(climbed(observatory.index, climbs, asked.instead))
    reason = "conditions" if without or broader else "only-this"
    return Why(reason, "rows", conditions, without, broader, (), asked.tried_all, grid, cell)


class _Asked:
    """Asks a question again with fewer or broader values, as long as there is budget."""

    def __init__(self, observatory: Observatory, question: Question, values: Values) -> None:
        self.observatory, self.question, self.values = observatory, question, values
        self.left, self.until = _MOST_QUERIES, time.monotonic() + _SECONDS
        self.tried_all = True

    def without(self, removed: Sequence[Condition]) -> int | None:
        gone = {condition.key for condition in removed}
        return self._count({name: terms for name, terms in self.values.items() if name not in gone})

    def instead(self, condition: Condition, value: str) -> int | None:
        return self._count({**self.values, condition.key: [NamedNode(value)]})

    def _count(self, values: Values) -> int | None:
        if self.left <= 0 or time.monotonic() > self.until:
            self.tried_all = False
            return None
        self.left -= 1
        date = self.observatory.as_of.isoformat()
        try:
            return len(questions.ask(self.observatory.store, self.question, values, "en", date).table.rows)
        except StoreError:
            self.left, self.tried_all = 0, False
            return None


def _parameter(parameter: Parameter, terms: Sequence[template.Value]) -> Condition:
    values = tuple(term.value for term in terms)
    return Condition(parameter.name, parameter.label, values, required=parameter.required)


def _coordinate(index: Index, question: Question, condition: Condition) -> Filter | None:
    """Return the condition of a view that a parameter's value is, where it names a coordinate."""
    parameter = question.parameter(condition.key)
    if parameter.type == "norm":
        names = [n for n in NORMS if all(v in index.concepts(n) for v in condition.values)]
    elif parameter.type == "concept":
        home = identifiers.scheme(parameter.within)
        names = [n for n, d in index.dimensions.items() if d.coordinate and d.home == home]
    else:
        return None
    known = [n for n in names if all(v in index.concepts(n) for v in condition.values)]
    return Filter(known[0], condition.values) if known else None
