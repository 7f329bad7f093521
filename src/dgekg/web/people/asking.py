"""Pages of questions: the list, and each with its form, its answer and its query."""

from __future__ import annotations

import contextlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dgekg import identifiers, questions
from dgekg.charts import bars
from dgekg.charts.picture import Picture
from dgekg.coverage.rows import walk
from dgekg.errors import UnknownValue
from dgekg.folding import fold
from dgekg.questions import Answer, Parameter, Question
from dgekg.web import words
from dgekg.web.house import House, Visit
from dgekg.web.linked.records import Value, shown
from dgekg.web.people import empty, pages
from dgekg.web.sparql.editing import subject

_ROWS = 300
_BARS, _FEWEST_BARS = 40, 2
_MOST_CHOICES = 60
_OWN = ("lang", "format")


def listed(house: House, request: Request) -> Response:
    """`/questions`: all questions by subject."""
    visit = Visit(house, request)
    pages.known(visit, "tag")

    def build() -> dict[str, Any]:
        tag = visit.request.query_params.get("tag", "")
        every = list(visit.observatory.questions.all.values())
        tags = sorted({t for q in every for t in q.tags}, key=lambda t: _plain(subject(visit, t)))
        if tag and tag not in tags:
            raise UnknownValue("tag", tag, tags)
        kept = sorted((q for q in every if not tag or tag in q.tags), key=lambda q: _plain(_sayer(visit)(q.title)))
        first = {q.slug: tag or next(iter(q.tags), "") for q in kept}
        return {
            "groups": [(t, [q for q in kept if first[q.slug] == t]) for t in tags if t in first.values()],
            "shown": len(kept),
            "total": len(every),
            "tags": tags,
            "tag": tag,
            "subject": lambda one: subject(visit, one),
            "say": _sayer(visit),
        }

    return visit.page("questions.html", build)


def one(house: House, request: Request) -> Response:
    """`/questions/{slug}`: the form and, where it can be asked, the answer."""
    visit = Visit(house, request)
    question = visit.observatory.questions.get(request.path_params["slug"])
    return visit.page("question.html", lambda: _one(visit, question))


def given(visit: Visit, question: Question, *own: str) -> dict[str, list[str]]:
    """Return what the address gives for each parameter; `own` are keys that are none of the question's.

    Raises:
        UnknownValue: a parameter that the question has not.
    """
    found: dict[str, list[str]] = {}
    for key, value in visit.request.query_params.multi_items():
        if key in (*_OWN, *own):
            continue
        question.parameter(key)
        if value.strip():
            found.setdefault(key, []).append(value.strip())
    return found


def _one(visit: Visit, question: Question) -> dict[str, Any]:
    values = given(visit, question)
    missing = [p.name for p in question.parameters if p.required and p.name not in values]
    answer: Answer | None = None
    if not missing:
        answer = visit.observatory.ask(question.slug, values, visit.language)
    headings: list[str] = []
    rows: list[list[Value]] = []
    if answer is not None:
        headings, rows = _table(visit, answer)
    return {
        "question": question,
        "say": _sayer(visit),
        "values": values,
        "missing": missing,
        "choices": {p.name: _choices(visit, p) for p in question.parameters},
        "answer": answer,
        "nothing": empty.of_answer(visit, answer, values) if answer is not None else None,
        "headings": headings,
        "picture": _picture(visit, answer) if answer is not None else None,
        "drawn": _BARS,
        "rows": rows,
        "total": len(answer.table) if answer is not None else 0,
        "twin": visit.query(),
    }


def _table(visit: Visit, answer: Answer) -> tuple[list[str], list[list[Value]]]:
    columns = answer.table.columns
    kept = [c for c in columns if not (c.endswith("Label") and c.removesuffix("Label") in columns)]
    headings = [questions.words(answer.question.columns[c], visit.language) for c in kept]
    rows = []
    for row in answer.table.rows[:_ROWS]:
        values = dict(zip(columns, row, strict=True))
        cells = []
        for column in kept:
            term = values[column]
            value = Value("") if term is None else shown(visit, term)
            label = values.get(f"{column}Label")
            if label is not None:
                value = Value(label.value, value.href, getattr(label, "language", None) or "", value.outside)
            cells.append(value)
        rows.append(cells)
    return headings, rows


def _picture(visit: Visit, answer: Answer) -> Picture | None:
    """Return an answer as bars where its question's header says how; None for nothing to compare."""
    chart = answer.question.chart
    if chart is None or len(answer.table) < _FEWEST_BARS:
        return None
    found = []
    for row in answer.table.dicts():
        name = " · ".join(row[column] for column in chart.names if row.get(column))
        with contextlib.suppress(KeyError, ValueError):
            length = float(row[chart.length])
            found.append(bars.Bar(name or "-", length, sign=words.number(int(length), visit.language)))
    title = questions.words(answer.question.title, visit.language)
    return Picture(bars.drawn(found[:_BARS]), title, visit.t("questions.chart") + ": " + title) if found else None


def _plain(text: str) -> str:
    return fold(text)


def _choices(visit: Visit, parameter: Parameter) -> tuple[str, list[tuple[str, str, int]]]:
    """Return how a parameter is filled in (select, list or free text), and its choices: value, words, depth."""
    index = visit.observatory.index
    found: list[tuple[str, str, int]] = []
    if parameter.type == "dimension":
        found = [(name, d.label.get(visit.language, name), 0) for name, d in index.dimensions.items()]
    elif parameter.type == "concept":
        home = identifiers.scheme(parameter.within)
        members = index.hierarchy.get(home, {})
        if members:
            found = [(iri.rsplit("/", 1)[-1], visit.label(iri), depth) for iri, depth in walk(members)]
        else:
            inside = visit.snapshot.classes.under(home + "/")
            found = sorted((i.rsplit("/", 1)[-1], visit.label(i), 0) for i in inside)
    elif parameter.type in ("record", "norm"):
        kinds = ("instrument", "provision") if parameter.type == "norm" else (parameter.within,)
        inside = (i for kind in kinds for i in visit.snapshot.classes.under(identifiers.records(kind)))
        found = [(i.rsplit("/", 1)[-1], visit.label(i), 0) for i in inside]
        found.sort(key=lambda c: c[1].casefold())
    kind = "text" if not found else "select" if len(found) <= _MOST_CHOICES else "list"
    return kind, found


def _sayer(visit: Visit) -> Any:
    return lambda words: questions.words(words, visit.language)
