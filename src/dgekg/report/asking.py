"""What a report asks of a version: questions, views and gaps, each asked once and hashed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from pyoxigraph import Literal

from dgekg import render
from dgekg.coverage import Cell, Gap, Grid, State, View
from dgekg.errors import InputError, UnknownValue
from dgekg.observatory import Observatory
from dgekg.questions import Question, words
from dgekg.report.bound import digest
from dgekg.store.base import Term

Row = Mapping[str, Term | None]
Spec = Mapping[str, Any]
LABEL = "Label"
_COUNTED: WeakKeyDictionary[Observatory, tuple[dict[str, Grid], dict[str, Sequence[Gap]]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question answered: its rows, all of them, and the hash of them."""

    question: Question
    rows: Sequence[Row]
    digest: str
    empty: str

    def has(self, column: str) -> bool:
        """Whether the question has a column."""
        return column in self.question.columns


class Asker:
    """Asks one version in one language.

    Args:
        observatory: what is asked.
        language: of labels and sentences.
        subject: address of what the report is about, in place of `$subject`; "" for all.
    """

    def __init__(self, observatory: Observatory, language: str, subject: str = "") -> None:
        self.observatory, self.language, self.subject = observatory, language, subject
        self._answers: dict[str, Answered] = {}
        # What is counted is the same in all languages, so it is counted once.
        self._grids, self._gaps = _COUNTED.setdefault(observatory, (dict[str, Grid](), dict[str, Sequence[Gap]]()))

    def filled(self, spec: Spec) -> dict[str, Any]:
        """Return a spec with the subject's code in place of `$subject`, and its address in place of `$address`."""
        text = json.dumps(spec, ensure_ascii=False)
        code = self.subject.rsplit("/", 1)[-1]
        found: dict[str, Any] = json.loads(text.replace("$subject", code).replace("$address", self.subject))
        return found

    def answer(self, spec: Spec) -> Answered:
        """Return what a question answers, without the rows that `where` and `without` leave out.

        Raises:
            UnknownValue: no such question, parameter, value or column.
            DgekgError: it cannot be answered.
        """
        whole = self._whole(spec["question"], spec.get("parameters") or {})
        for column in (*(spec.get("where") or {}), *(spec.get("without") or {})):
            self.known(whole, column)
        rows = [
            row
            for row in whole.rows
            if all(fits(row[c], wanted) for c, wanted in (spec.get("where") or {}).items())
            and not any(fits(row[c], wanted) for c, wanted in (spec.get("without") or {}).items())
        ]
        # The question's own words are of a question that nothing answers, not of one whose answers do not fit.
        empty = render.fill("report.none-fits", {"n": len(whole.rows)}, self.language) if whole.rows else whole.empty
        return Answered(whole.question, rows, whole.digest, empty)

    def known(self, answered: Answered, column: str) -> None:
        """Refuse a column that a question has not.

        Raises:
            UnknownValue: it has none of that name.
        """
        if not answered.has(column):
            raise UnknownValue(f"{answered.question.slug}: column", column, answered.question.columns)

    def _whole(self, slug: str, parameters: Mapping[str, Any]) -> Answered:
        given = {name: [str(v) for v in as_list(value)] for name, value in parameters.items()}
        key = json.dumps([slug, given], sort_keys=True)
        if key not in self._answers:
            found = self.observatory.ask(slug, given, self.language)
            columns = found.table.columns
            rows: list[Row] = [dict(zip(columns, row, strict=True)) for row in found.table.rows]
            kept = [c for c in columns if c.removesuffix(LABEL) == c or c.removesuffix(LABEL) not in columns]
            lines = sorted([("" if row[c] is None else str(row[c])) for c in kept] for row in rows)
            self._answers[key] = Answered(
                found.question, rows, digest([kept, lines]), words(found.question.empty, self.language)
            )
        return self._answers[key]

    def view(self, spec: Spec) -> View:
        """Return the view that a spec describes.

        Raises:
            InputError: something in it cannot be understood.
        """
        unknown = [key for key in spec if key not in ("rows", "cols", "where", "rung", "norm", "depth", "relation")]
        if unknown:
            raise UnknownValue("view", unknown[0], ("rows", "cols", "where", "rung", "norm", "depth", "relation"))
        return View.parse(
            self.observatory.index,
            self.observatory.names,
            rows=str(spec.get("rows", "stage")),
            cols=[str(one) for one in as_list(spec.get("cols", []))],
            where=[str(one) for one in as_list(spec.get("where", []))],
            rung=int(spec.get("rung", 2)),
            norm=str(spec.get("norm", "concerns")),
            relation=str(spec.get("relation", "")),
            depth=[str(one) for one in as_list(spec.get("depth", []))],
        )

    def grid(self, spec: Spec) -> Grid:
        """Return a computed view; errors as `view`."""
        view = self.view(spec)
        key = f"{self.observatory.as_of} {view.query_string()}"
        if key not in self._grids:
            self._grids[key] = self.observatory.coverage(view)
        return self._grids[key]

    def gaps(self, spec: Spec) -> tuple[Grid, list[Gap]]:
        """Return a view and its gaps, in their order, of the kinds that a spec names; errors as `view`."""
        over = [str(one) for one in as_list(spec["over"])]
        asked = {key: value for key, value in spec.items() if key in ("where", "rung", "depth", "norm")}
        grid = self.grid({**asked, "rows": over[0], "cols": over[1:]})
        key = f"{self.observatory.as_of} {grid.view.query_string()}"
        if key not in self._gaps:
            self._gaps[key] = self.observatory.gaps_of(grid)
        kinds = as_list(spec.get("kinds", []))
        return grid, [gap for gap in self._gaps[key] if not kinds or gap.kind in kinds]

    def label(self, iri: str) -> str:
        """Return the words for a concept or record."""
        return render.label(self.observatory, iri, self.language)


def as_list(value: Any) -> list[Any]:
    """Return a value as a list.

    >>> as_list("a"), as_list(["a"]), as_list(None)
    (['a'], ['a'], [])
    """
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def fits(term: Term | None, wanted: Any) -> bool:
    """Whether a value is one of those wanted: a code, an address or a text; "" is nothing, "*" anything."""
    text = "" if term is None else term.value
    tail = text if isinstance(term, Literal) else text.rsplit("/", 1)[-1]
    return any(one in (text, tail) or (one == "*" and bool(text)) for one in map(_written, as_list(wanted)))


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def cells(grid: Grid) -> list[list[Any]]:
    """Return a computed view as JSON: what decides how it is drawn."""
    return [
        [list(concepts), cell.state.value, list(cell.marks), dict(cell.measures)]
        for concepts, cell in sorted(grid.cells.items())
    ]


def within(observatory: Observatory, grid: Grid) -> Iterable[Cell]:
    """Yield the cells of a view that lie in none of its totals: no root, nothing that is not stated."""
    roots = {iri for iri in observatory.index.roots.values() if iri}
    for concepts, cell in grid.cells.items():
        if all(one and one not in roots for one in concepts):
            yield cell


def state(name: str) -> State:
    """Return a state by its name.

    Raises:
        UnknownValue: there is none of that name.
    """
    try:
        return State(name)
    except ValueError:
        raise UnknownValue("state", name, [one.value for one in State]) from None


def one_of(spec: Spec, keys: Sequence[str], place: str) -> str:
    """Return the one of several keys that a spec has.

    Raises:
        InputError: it has none of them, or several.
    """
    found = [key for key in keys if key in spec]
    if len(found) != 1:
        raise InputError(f"{place}: expected exactly one of {', '.join(keys)}, found {', '.join(found) or 'none'}.")
    return found[0]
