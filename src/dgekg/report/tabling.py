"""Tables and lists of a report, of questions and of views."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers, render
from dgekg.coverage import Cell, State
from dgekg.coverage.states import MEASURES
from dgekg.errors import UnknownValue
from dgekg.explain.listing import language_name
from dgekg.questions import words as in_language
from dgekg.report import asking, numbers
from dgekg.report.asking import LABEL, Answered, Asker, Row, Spec, as_list
from dgekg.report.bound import Book, digest
from dgekg.report.model import Bullets, Inline, Line, Link, Number, Paragraph, Table, Text
from dgekg.store.base import Term
from dgekg.typography import spaced
from dgekg.vocabulary import BASE, PREFIXES

_QUESTION = {"question", "parameters", "where", "without", "show", "by", "sort", "limit", "caption", "joined", "wide"}
_VIEW = {"view", "measures", "sort", "limit", "caption", "states", "root", "wide"}
_LIST = {"question", "parameters", "where", "without", "by", "sort", "limit", "title", "quote", "text", "after"}
_JOINED = 4
_TONGUES = ("tongue",)  # columns of codes of languages, which readers get by name
_NUMBERS = ("integer", "decimal", "double", "nonNegativeInteger")
_PROVISIONS, _SEARCHES = identifiers.records("provision"), identifiers.records("coverage")
_NONE: Line = (Text("–"),)  # of nothing on record; a note below the table says so
_TRUTH = PREFIXES["xsd"] + "boolean"


class Tabler:
    """Makes tables and lists.

    Args:
        asker: what is asked.
        book: keeps what they rest on.
        cited: gets the addresses of the records that they name.
    """

    def __init__(self, asker: Asker, book: Book, cited: dict[str, None]) -> None:
        self.asker, self.book, self.cited = asker, book, cited
        self.language = asker.language

    def table(self, name: str, spec: Spec) -> Table | Paragraph:
        """Return a table by its spec; of an empty answer the sentence that says why it is empty.

        Raises:
            InputError: the spec cannot be understood, or names what there is not.
            DgekgError: it cannot be answered.
        """
        if asking.one_of(spec, ("question", "view"), "a table") == "view":
            _only(spec, _VIEW)
            return self._of_view(name, spec)
        _only(spec, _QUESTION)
        answered = self.asker.answer(spec)
        show = [str(column) for column in as_list(spec.get("show") or self._all(answered))]
        for column in (*show, *map(str, as_list(spec.get("by")))):
            self.asker.known(answered, column)
        rows = self.gathered(answered, spec, show)
        limit = int(spec.get("limit", 40))
        shown = rows[:limit]
        lines = tuple(tuple(self.cell(row, column, spec) or _NONE for column in show) for row in shown)
        number = self.book.bind(name, "table", dict(spec), len(rows), digest([answered.digest, len(shown)]))
        if not rows:
            return Paragraph((Text(answered.empty), Number("", number)), "note")
        head = tuple(in_language(answered.question.columns[column], self.language) for column in show)
        right = tuple(all(_is_number(one) for row in shown for one in row[column]) for column in show)
        caption = self._caption(spec, in_language(answered.question.title, self.language))
        notes = self._cut(len(rows), len(shown), spec)
        if any(cell is _NONE for line in lines for cell in line):
            notes = ((Text(render.say("report.none", self.language)),), *notes)
        return Table(caption, head, lines, right, notes, number, tuple(map(int, as_list(spec.get("wide")))))

    def listed(self, name: str, spec: Spec) -> list[Bullets | Paragraph]:
        """Return a list by its spec; errors as `table`."""
        if "gaps" in spec:
            return self._of_gaps(name, spec)
        _only(spec, _LIST)
        answered = self.asker.answer(spec)
        used = [str(spec[key]) for key in ("title", "quote", "text") if key in spec]
        used += [str(column) for column in as_list(spec.get("after"))]
        for column in (*used, *map(str, as_list(spec.get("by")))):
            self.asker.known(answered, column)
        rows = self.gathered(answered, spec, used)
        limit = int(spec.get("limit", 12))
        number = self.book.bind(name, "list", dict(spec), len(rows), digest([answered.digest, len(rows[:limit])]))
        if not rows:
            return [Paragraph((Text(answered.empty), Number("", number)), "note")]
        items = tuple(tuple(self._item(row, spec)) for row in rows[:limit])
        notes = self._cut(len(rows), min(limit, len(rows)), spec)
        more = notes[0] if notes else (Text(render.say("report.listed", self.language)),)
        return [Bullets(items), Paragraph((*more, Number("", number)), "note")]

    def _of_gaps(self, name: str, spec: Spec) -> list[Bullets | Paragraph]:
        _only(spec, {"gaps", "limit"})
        grid, gaps = self.asker.gaps(spec["gaps"])
        limit = int(spec.get("limit", 5))
        ground = [[g.kind, list(g.cell.concepts), g.priority] for g in gaps]
        number = self.book.bind(name, "list", dict(spec), len(gaps), digest(ground[:limit]))
        observatory = self.asker.observatory
        items = tuple(
            (
                Text(render.gap_words(gap.kind, self.language).capitalize(), strong=True),
                Text(". " + render.gap_sentence(observatory, grid, gap, self.language)),
            )
            for gap in gaps[:limit]
        )
        said = render.fill("report.gaps-cut", {"shown": len(items), "all": len(gaps)}, self.language)
        found: list[Bullets | Paragraph] = [Bullets(items)] if items else []
        return [*found, Paragraph((Text(said), Number("", number)), "note")]

    def _item(self, row: Mapping[str, Sequence[Term]], spec: Spec) -> Iterator[Inline]:
        if "title" in spec:
            for one in self.cell(row, str(spec["title"]), spec):
                yield Text(one.text, one.language, strong=True) if isinstance(one, Text) else one
        for key in ("quote", "text"):
            if key not in spec:
                continue
            yield Text(render.say("card.colon", self.language) + " ") if "title" in spec else Text("")
            marks = render.say("report.quotes", self.language).split("|") if key == "quote" else ("", "")
            yield Text(marks[0])
            yield from self.cell(row, str(spec[key]), spec)
            yield Text(marks[1])
        after = [line for column in as_list(spec.get("after")) if (line := self.cell(row, str(column), spec))]
        if after:
            yield Text(" (")
            for n, line in enumerate(after):
                yield from (self._between(), *line) if n else line
            yield Text(")")

    def gathered(self, answered: Answered, spec: Spec, show: Sequence[str]) -> list[dict[str, list[Term]]]:
        """Return rows with all values of each column: those that agree in the columns of `by` are one row."""
        by = [str(column) for column in as_list(spec.get("by"))]
        columns = [*show, *by, *(_bare(key) for key in map(str, as_list(spec.get("sort"))))]
        for column in columns:
            self.asker.known(answered, column)
        columns += [c + LABEL for c in columns if answered.has(c + LABEL)]
        found: dict[Any, dict[str, list[Term]]] = {}
        for n, row in enumerate(answered.rows):
            key = tuple(str(row[column]) for column in by) if by else n
            kept = found.setdefault(key, {column: [] for column in columns})
            self._add(kept, row)
        return _sorted(list(found.values()), [str(key) for key in as_list(spec.get("sort"))])

    def _add(self, kept: dict[str, list[Term]], row: Row) -> None:
        for column in kept:
            if column.endswith(LABEL) and column.removesuffix(LABEL) in kept:
                continue
            term = row[column]
            if term is not None and term not in kept[column]:
                kept[column].append(term)
                if column + LABEL in kept:
                    said = row[column + LABEL]
                    kept[column + LABEL].append(said if said is not None else term)

    def cell(self, row: Mapping[str, Sequence[Term]], column: str, spec: Spec) -> Line:
        """Return what stands in a cell: all values of a column; of many the first few."""
        most = int(spec.get("joined", _JOINED))
        terms = row[column]
        said = row.get(column + LABEL, terms)
        found: list[Inline] = []
        for n, (term, words) in enumerate(zip(terms[:most], said[:most], strict=True)):
            found += [self._between()] if n else []
            found.append(self._one(term, words, column in _TONGUES))
        if len(terms) > most:
            found.append(Text(" " + render.fill("report.more", {"n": len(terms) - most}, self.language)))
        return tuple(found)

    def _between(self) -> Text:
        return Text(spaced(render.say("report.between", self.language), self.language))

    def _one(self, term: Term, words: Term, tongue: bool = False) -> Inline:
        if isinstance(term, NamedNode):
            spoken = self._spoken(words)
            if term.value.startswith(_SEARCHES):  # these have no names
                return Link(render.say("report.search", self.language), term.value)
            if term.value.startswith(BASE + "id/"):
                self.cited.setdefault(term.value)
                # "Article 2" alone says nothing: a provision is called by its instrument and number.
                own = words is not term and not term.value.startswith(_PROVISIONS)
                return Link(self._set(words.value if own else self.asker.label(term.value), spoken), term.value, spoken)
            if term.value.startswith(BASE):
                named = words.value if words is not term else self.asker.label(term.value)
                return Text(self._set(named, spoken), spoken)
            return Link(_host(term.value), term.value)
        if isinstance(term, Literal):
            if term.datatype.value == _TRUTH:
                return Text(render.say(f"report.{term.value}", self.language))
            if _is_number(term):
                return Text(numbers.shown(int(float(term.value)), self.language))
            spoken = self._spoken(term)
            return Text(language_name(term.value, self.language) if tongue else self._set(term.value, spoken), spoken)
        return Text(term.value)

    def _spoken(self, words: Term) -> str:
        """Return the language of words, where it is not that of the report."""
        own = words.language or "" if isinstance(words, Literal) else ""
        return "" if own == self.language else own

    def _set(self, text: str, spoken: str) -> str:
        return spaced(_once(text), spoken or self.language)

    def _of_view(self, name: str, spec: Spec) -> Table:
        grid = self.asker.grid(spec["view"])
        measures = [str(one) for one in as_list(spec.get("measures", ["practices", "documented"]))]
        for measure in measures:
            if measure not in MEASURES:
                raise UnknownValue("measure", measure, MEASURES)
        states = [asking.state(str(one)) for one in as_list(spec.get("states"))]
        root = self.asker.observatory.index.roots.get(grid.axes[0].dimension)
        axis = grid.axes[0]
        found: list[tuple[int, Cell]] = []
        for iri, depth in zip(axis.rows, axis.depths, strict=True):
            cell = grid.cells[(iri, *("" for _ in grid.axes[1:]))] if len(grid.axes) == 1 else None
            if cell is None or (iri == root and not spec.get("root")) or (states and cell.state not in states):
                continue
            if iri:
                found.append((depth, cell))
        order = [str(key) for key in as_list(spec.get("sort"))]
        for key in reversed(order):
            found.sort(key=lambda one: one[1].measures[_bare(key)], reverse=key.startswith("-"))
        limit = int(spec.get("limit", 60))
        shown = found[:limit]
        ground = [[list(c.concepts), c.state.value, [c.measures[m] for m in measures]] for _, c in shown]
        number = self.book.bind(name, "table", dict(spec), len(found), digest(ground))
        what = self.asker.observatory.index.dimension(axis.dimension).label.get(self.language, axis.dimension)
        head = (what[:1].upper() + what[1:], *(render.say(f"measure.{m}", self.language) for m in measures))
        rows = tuple(self._counts(depth if not order else 1, cell, measures) for depth, cell in shown)
        caption = self._caption(spec, render.say("report.by", self.language).format(what=what))
        right = (False, *(True for _ in measures))
        notes = (*self._cut(len(found), len(shown), spec), (Text(render.say("report.counted", self.language)),))
        return Table(caption, head, rows, right, notes, number, tuple(map(int, as_list(spec.get("wide")))))

    def _counts(self, depth: int, cell: Cell, measures: Sequence[str]) -> tuple[Line, ...]:
        label = "\u2003" * max(depth - 1, 0) + _once(self.asker.label(cell.concepts[0]))
        if cell.state not in (State.DOCUMENTED, State.THIN):
            said = render.state_words(cell.state.value, self.language)
            return ((Text(f"{label} ({said})"),), *(_NONE for _ in measures))
        return ((Text(label),), *((Text(numbers.shown(cell.measures[m], self.language)),) for m in measures))

    def _caption(self, spec: Spec, title: str) -> Line:
        said = spec.get("caption")
        return (Text(str(said[self.language]) if isinstance(said, dict) else title),)

    def _cut(self, every: int, shown: int, spec: Spec) -> tuple[Line, ...]:
        if shown >= every:
            return ()
        counts = {"shown": shown, "all": every, "question": str(spec.get("question", ""))}
        key = "report.cut" if counts["question"] else "report.cut-view"
        return ((Text(render.fill(key, counts, self.language)),),)

    def _all(self, answered: Answered) -> list[str]:
        columns = answered.question.columns
        return [c for c in columns if c.removesuffix(LABEL) == c or c.removesuffix(LABEL) not in columns]


def _only(spec: Spec, allowed: set[str]) -> None:
    for key in spec:
        if key not in allowed:
            raise UnknownValue("key", str(key), allowed)


def _bare(key: str) -> str:
    return key.removeprefix("-")


def _sorted(rows: list[dict[str, list[Term]]], keys: Sequence[str]) -> list[dict[str, list[Term]]]:
    for key in reversed(keys):
        column = _bare(key)

        def order(one: dict[str, list[Term]], other: dict[str, list[Term]], column: str = column) -> int:
            mine, theirs = (_rank(row[column][0] if row[column] else None) for row in (one, other))
            return (mine > theirs) - (mine < theirs)

        rows.sort(key=cmp_to_key(order), reverse=key.startswith("-"))
    return rows


def _rank(term: Term | None) -> tuple[int, float, str]:
    if term is None:
        return (0, 0.0, "")
    return (1, float(term.value), "") if _is_number(term) else (2, 0.0, term.value.casefold())


def _is_number(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype.value in [PREFIXES["xsd"] + name for name in _NUMBERS]


def _once(text: str) -> str:
    return " ".join(text.split())


def _host(address: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", address).split("/", 1)[0]
