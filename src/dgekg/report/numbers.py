"""Numbers of a report: what a spec takes of an answer, a view or gaps, and the words that fit a number.

A spec stands in `figures.yaml` under `numbers`; what it may say: `docs/report.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

from dgekg import render
from dgekg.coverage.states import MARKS, MEASURES
from dgekg.errors import InputError, UnknownValue
from dgekg.report import asking
from dgekg.report.asking import Answered, Asker, Spec, as_list
from dgekg.report.bound import digest

TAKES = ("count", "sum", "first", "most", "least")
SOURCES = ("question", "view", "gaps", "minus", "percent", "sentence")
RELATIVE = ("rises", "falls", "same")
_RANGE = re.compile(r"(\d+)(-(\d*))?")
_EXACT = re.compile(r"([<>]=?|=)(-?\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A number, and the hash of the whole result that it was taken of."""

    value: int | float | str
    digest: str


def number(asker: Asker, name: str, numbers: Mapping[str, Spec]) -> Found:
    """Return a number by its name.

    Raises:
        UnknownValue: there is no number of that name, or it names something that there is not.
        InputError: its spec cannot be understood.
        DgekgError: it cannot be answered.
    """
    if name not in numbers:
        raise UnknownValue("number", name, numbers)
    return taken(asker, expanded(name, numbers))


def expanded(name: str, numbers: Mapping[str, Spec]) -> dict[str, Any]:
    """Return a number's spec with those that it is made of in place of their names.

    Raises:
        UnknownValue: it is made of a number that there is not.
        InputError: it is made of itself.
    """

    def open_(one: str, above: tuple[str, ...]) -> dict[str, Any]:
        if one in above:
            raise InputError(f"number {one}: is made of itself, by way of {' and '.join(above)}.")
        if one not in numbers:
            raise UnknownValue("number", one, numbers)
        spec = dict(numbers[one])
        for key in ("minus", "percent"):
            if key in spec:
                spec[key] = [open_(str(part), (*above, one)) for part in as_list(spec[key])]
        return spec

    return open_(name, ())


def taken(asker: Asker, spec: Spec) -> Found:
    """Return the number that an expanded spec takes; errors as `number`."""
    kind = "sentence" if "sentence" in spec else asking.one_of(spec, SOURCES, "a number")
    if kind == "question":
        answered = asker.answer(spec)
        return Found(_of_rows(asker, answered, spec), answered.digest)
    if kind == "view":
        grid = asker.grid(spec["view"])
        return Found(_of_view(asker, spec), digest(asking.cells(grid)))
    if kind == "gaps":
        _grid, gaps = asker.gaps(spec["gaps"])
        return Found(len(gaps), digest([[g.kind, list(g.cell.concepts), g.priority] for g in gaps]))
    if kind == "sentence":
        return _said(asker, spec)
    parts = [taken(asker, part) for part in spec[kind]]
    if len(parts) != 2 or any(isinstance(part.value, str) for part in parts):
        raise InputError(f"{kind}: expected two numbers.")
    first, second = (float(part.value) for part in parts)
    value = first - second if kind == "minus" else 100 * first / second if second else 0
    return Found(round(value), digest([part.digest for part in parts]))


def _of_rows(asker: Asker, answered: Answered, spec: Spec) -> int:
    key = next((k for k in TAKES if k in spec), "count")
    what = str(spec.get(key, "rows"))
    rows = answered.rows
    if "by" in spec:
        asker.known(answered, str(spec["by"]))
        rows = list({str(row[spec["by"]]): row for row in rows}.values())
    if what == "rows" and key == "count":
        return len(rows)
    asker.known(answered, what)
    terms = [row[what] for row in rows if row[what] is not None]
    if key == "count":
        return len({str(term) for term in terms})
    values = []
    for term in terms:
        try:
            values.append(int(term.value if term is not None else ""))
        except ValueError:
            raise InputError(f"{answered.question.slug}: column {what} holds {term}, which is no number.") from None
    if key == "first":
        return values[0] if values else 0
    return sum(values) if key == "sum" else (max if key == "most" else min)(values, default=0)


def _of_view(asker: Asker, spec: Spec) -> int:
    """Return the number that a spec takes of a view: `take: total`, `cells: STATE`, or `measure: M` at a place."""
    grid = asker.grid(spec["view"])
    if "cells" in spec:
        wanted = [asking.state(str(name)) for name in as_list(spec["cells"])]
        return sum(cell.state in wanted for cell in asking.within(asker.observatory, grid))
    if "cells_in_all" in spec:
        return sum(1 for _ in asking.within(asker.observatory, grid))
    if "mark" in spec:
        if spec["mark"] not in MARKS:
            raise UnknownValue("mark", str(spec["mark"]), MARKS)
        return sum(spec["mark"] in cell.marks for cell in asking.within(asker.observatory, grid))
    measure = str(spec.get("measure", "practices"))
    if measure not in MEASURES:
        raise UnknownValue("measure", measure, MEASURES)
    roots = tuple(asker.observatory.index.roots.get(axis.dimension) or "" for axis in grid.axes)
    if measure == "practices" or roots not in grid.cells:
        return grid.total
    return grid.cells[roots].measures[measure]


def _said(asker: Asker, spec: Spec) -> Found:
    """Return a sentence that the statistics say of a view; the English one is what is hashed."""
    observatory, view = asker.observatory, asker.view(spec.get("view") or {})
    name = str(spec["sentence"])
    if name == "completeness":
        complete = observatory.completeness(view)
        said = [render.completeness_sentence(complete, language) for language in (asker.language, "en")]
    elif name == "surprise":
        surprising = observatory.surprise(observatory.coverage(view))
        said = [render.surprise_sentence(surprising, language) for language in (asker.language, "en")]
    elif name == "totals":
        said = [render.totals(observatory.coverage(view), language) for language in (asker.language, "en")]
    else:
        raise UnknownValue("sentence", name, ("completeness", "surprise", "totals"))
    return Found(said[0], digest(said[1]))


def shown(value: int | float | str, language: str) -> str:
    """Return a number as a language writes it.

    >>> shown(1706, "en"), shown("words", "fr")
    ('1,706', 'words')
    """
    return value if isinstance(value, str) else format_decimal(value, locale=language)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which word means which numbers: `words` of a number itself, `shares` of a part in its whole, in percent."""

    words: Mapping[str, str]
    shares: Mapping[str, str]

    def known(self, share: bool) -> list[str]:
        """Return all words that a case may be called."""
        return [*(self.shares if share else self.words), *([] if share else ("one", *RELATIVE)), "other"]


def chosen(
    cases: Sequence[tuple[str, str]], value: float, language: str, vocabulary: Vocabulary, whole: float | None = None
) -> str | None:
    """Return the text of the first case that fits a number; None where none does.

    Args:
        cases: word (or `<5`, `>=10`, `=3`) and text, in order.
        value: the number.
        language: decides what "one" is: in French 0 is too.
        vocabulary: what the words mean.
        whole: what the number is a part of; the words are then those of shares.
    """
    return next((text for case, text in cases if _fits(case, value, language, vocabulary, whole)), None)


def _fits(case: str, value: float, language: str, vocabulary: Vocabulary, whole: float | None) -> bool:
    exact = _EXACT.fullmatch(case)
    if exact:
        other = int(exact[2])
        return {
            "<": value < other,
            "<=": value <= other,
            ">": value > other,
            ">=": value >= other,
            "=": value == other,
        }[exact[1]]
    if case == "other":
        return True
    if whole is not None:
        share = 100 * value / whole if whole else 0  # not rounded: what is something is never none, never all
        return _in_range(share, vocabulary.shares[case])
    if case in RELATIVE:
        return {"rises": value > 0, "falls": value < 0, "same": value == 0}[case]
    if case == "one" and case not in vocabulary.words:
        return str(_locale(language).plural_form(int(value))) == "one"
    return _in_range(value, vocabulary.words[case])


def check_range(text: str) -> None:
    """Refuse what is no range such as 0, 2-5 or 6-.

    Raises:
        InputError: it is none.
    """
    found = _RANGE.fullmatch(str(text))
    if found is None or (found[3] and int(found[3]) < int(found[1])):
        raise InputError(f'found "{text}", expected a range such as 0, 2-5 or 6-.')


def _in_range(value: float, text: str) -> bool:
    """Whether a number lies in a range; what lies between two whole numbers belongs to the lower range.

    >>> _in_range(39.5, "10-39"), _in_range(40, "10-39"), _in_range(7, "6-"), _in_range(0.2, "0")
    (True, False, True, False)
    """
    found = _RANGE.fullmatch(str(text))
    if found is None:
        return False
    low = int(found[1])
    if not found[2]:
        return value == low
    return low <= value and (not found[3] or value < int(found[3]) + 1)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
