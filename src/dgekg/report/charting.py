"""Pictures of a report: a view as a heat map, bars or a map of the world, an answer as bars; drawn as on the pages."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from markupsafe import escape

from dgekg import render
from dgekg.charts import bars, heat, signs, world
from dgekg.charts.drawing import FACE, Drawn
from dgekg.charts.signs import MARK_SIGNS, STEPS, Key
from dgekg.coverage import Cell, Grid, State
from dgekg.errors import InputError, UnknownValue, ViewError
from dgekg.questions import words as in_language
from dgekg.report import asking, numbers
from dgekg.report.asking import Asker, Spec
from dgekg.report.bound import Book, digest
from dgekg.report.model import Figure, Number, Paragraph, Text
from dgekg.store.base import value_of

SHAPES = ("heat", "bars", "map")
_KEYS = {"view", "question", "parameters", "where", "without", "chart", "caption", "limit", "root", "columns"}
_MOST_COLUMNS = 24
_BARS = 40
_TOLD = 6
_MAP_MARKS = ("effect-shown", "harm-or-mixed")
_COUNTED = (State.DOCUMENTED, State.THIN)


class Charter:
    """Makes pictures.

    Args:
        asker: what is asked.
        book: keeps what they rest on.
    """

    def __init__(self, asker: Asker, book: Book) -> None:
        self.asker, self.book, self.language = asker, book, asker.language

    def chart(self, name: str, spec: Spec) -> Figure | Paragraph:
        """Return a picture by its spec; of an empty answer the sentence that says why it is empty.

        Raises:
            InputError: the spec cannot be understood, or names what there is not.
            ViewError: more columns than paper has room for.
            DgekgError: it cannot be answered.
        """
        number = self.bound(name, spec)
        if "question" in spec:
            return self._of_answer(name, spec, number)
        grid, shape = self.asker.grid(spec["view"]), str(spec.get("chart", "bars"))
        if shape == "heat":
            return self._figure(name, spec, grid, self._heat(grid), self._keys(False), number)
        if shape == "map":
            return self._figure(name, spec, grid, self._map(grid), self._keys(True), number)
        limit = int(spec.get("limit", _BARS))
        return self._figure(name, spec, grid, self._bars(grid, limit), self._bar_keys(grid), number)

    def bound(self, name: str, spec: Spec) -> int:
        """Return the number of the binding of a picture, without drawing it; errors as `chart`."""
        for key in spec:
            if key not in _KEYS:
                raise UnknownValue("key", str(key), _KEYS)
        if asking.one_of(spec, ("question", "view"), "a chart") == "question":
            answered = self.asker.answer(spec)
            return self.book.bind(name, "chart", dict(spec), len(answered.rows), answered.digest)
        shape = str(spec.get("chart", "bars"))
        if shape not in SHAPES:
            raise UnknownValue("chart", shape, SHAPES)
        grid = self.asker.grid(spec["view"])
        if (shape == "heat") != (len(grid.axes) == 2):
            raise ViewError(f"chart: {shape} of {len(grid.axes)} dimensions; heat has rows and cols, the others rows.")
        return self.book.bind(name, "chart", dict(spec), grid.total, digest(asking.cells(grid)))

    def _figure(self, name: str, spec: Spec, grid: Grid, drawn: Drawn, keys: Sequence[Key], number: int) -> Figure:
        said = spec.get("caption")
        what = [self.asker.observatory.index.dimension(a.dimension).label[self.language] for a in grid.axes]
        title = render.say("report.by", self.language).format(what=", ".join(what))
        caption = str(said[self.language]) if isinstance(said, dict) else title
        lines = [render.say("report.documented-means", self.language)]
        lines += [render.say("report.borders", self.language)] if spec.get("chart") == "map" else []
        svg, width, height = _svg(drawn, keys, name)
        notes = tuple((Text(line),) for line in lines)
        return Figure((Text(caption),), self._says(grid), svg, width, height, notes, number)

    def _says(self, grid: Grid) -> str:
        """Return what a picture shows, for those who do not see it: the fullest cells, and how many of each state."""
        within = list(asking.within(self.asker.observatory, grid))
        most = sorted(within, key=lambda c: (-c.measures["practices"], c.concepts))[:_TOLD]
        told = [
            f"{', '.join(self.asker.label(iri) for iri in cell.concepts)}: "
            f"{numbers.shown(cell.measures['practices'], self.language)}"
            for cell in most
            if cell.measures["practices"]
        ]
        states = [
            f"{render.state_words(state.value, self.language)}: {n}"
            for state in State
            if (n := sum(cell.state is state for cell in within))
        ]
        return render.say("report.says", self.language).format(most="; ".join(told) or "–", states="; ".join(states))

    def _heat(self, grid: Grid) -> Drawn:
        roots = [self.asker.observatory.index.roots.get(axis.dimension) for axis in grid.axes]
        rows, columns = (
            [(iri, depth) for iri, depth in zip(axis.rows, axis.depths, strict=True) if iri and iri != root]
            for axis, root in zip(grid.axes, roots, strict=True)
        )
        if len(columns) > _MOST_COLUMNS:
            raise ViewError(
                f"chart: {len(columns)} columns; a page has room for {_MOST_COLUMNS}. Say depth: [group=1], or so."
            )
        found = []
        for iri, depth in rows:
            boxes = [self._box(grid.cells[(iri, column)]) for column, _ in columns]
            found.append(heat.Row(self.asker.label(iri), depth, boxes))
        return heat.drawn(found, [self.asker.label(column) for column, _ in columns])

    def _box(self, cell: Cell) -> heat.Box:
        marks = [(mark, MARK_SIGNS[mark]) for mark in cell.marks]
        return heat.Box(cell.state.value, self._sign(cell), self._step(cell), marks)

    def _sign(self, cell: Cell) -> str:
        signs_ = {State.SEARCHED: "0", State.NOT_SEARCHED: "?", State.NOT_APPLICABLE: "–", State.FILTERED: "( )"}
        if cell.state is State.NOT_PUBLISHED:
            return render.say("report.lid", self.language)
        return signs_.get(cell.state, numbers.shown(cell.measures["practices"], self.language))

    def _step(self, cell: Cell) -> int:
        return signs.step(cell.measures["practices"]) if cell.measures["practices"] else 0

    def _map(self, grid: Grid) -> Drawn:
        places = {}
        for iri in grid.axes[0].rows:
            code = iri.rsplit("/", 1)[-1]
            if not iri or "/region/" not in iri or not world.shown(code):
                continue
            cell = grid.cells[(iri,)]
            marks = [(mark, MARK_SIGNS[mark]) for mark in cell.marks if mark in _MAP_MARKS]
            words = f"{self.asker.label(iri)}: {render.state_words(cell.state.value, self.language)}"
            if cell.measures["practices"]:
                words += f", {numbers.shown(cell.measures['practices'], self.language)}"
            places[code] = world.Place(cell.state.value, self._step(cell), words, "", marks)
        return world.drawn(places)

    def _bars(self, grid: Grid, limit: int) -> Drawn:
        axis = grid.axes[0]
        root = self.asker.observatory.index.roots.get(axis.dimension)
        rows = [(i, d) for i, d in zip(axis.rows, axis.depths, strict=True) if i and i != root]
        if len(rows) > limit:
            rows = sorted(rows, key=lambda r: -grid.cells[(r[0],)].measures["practices"])[:limit]
            rows = [(iri, 1) for iri, _ in rows]
        return bars.drawn([self._bar(grid.cells[(iri,)], depth) for iri, depth in rows])

    def _bar(self, cell: Cell, depth: int) -> bars.Bar:
        number, full = cell.measures["practices"], cell.measures["documented"]
        marks = " ".join(MARK_SIGNS[mark] for mark in cell.marks)
        sign = numbers.shown(number, self.language) if cell.state in _COUNTED else self._sign(cell)
        return bars.Bar(self.asker.label(cell.concepts[0]), full, number - full, f"{sign} {marks}".strip(), depth)

    def _of_answer(self, name: str, spec: Spec, number: int) -> Figure | Paragraph:
        answered = self.asker.answer(spec)
        chart = answered.question.chart
        if chart is None:
            raise InputError(f"{answered.question.slug}: its file names no chart; draw a view, or make it a table.")
        limit = int(spec.get("limit", _BARS))
        rows = sorted(answered.rows, key=lambda row: -_of(row[chart.length]))[:limit]
        if not rows:
            return Paragraph((Text(answered.empty), Number("", number)), "note")
        drawn = []
        for row in rows:
            names = [row[column] for column in chart.names]
            label = ", ".join(value_of(one) for one in names if one is not None)
            drawn.append(
                bars.Bar(label, _of(row[chart.length]), 0, numbers.shown(_of(row[chart.length]), self.language))
            )
        svg, width, height = _svg(bars.drawn(drawn), (), name)
        said = spec.get("caption")
        title = in_language(answered.question.title, self.language)
        caption = str(said[self.language]) if isinstance(said, dict) else title
        told = "; ".join(f"{bar.label}: {bar.sign}" for bar in drawn[:_TOLD])
        notes: tuple[tuple[Text, ...], ...] = ()
        if len(answered.rows) > limit:
            counts = {"shown": limit, "all": len(answered.rows), "question": answered.question.slug}
            notes = ((Text(render.fill("report.cut", counts, self.language)),),)
        return Figure((Text(caption),), told, svg, width, height, notes, number)

    def _keys(self, on_map: bool) -> list[Key]:
        """Return what signs mean; on a map, patterns stand for the signs of states."""
        language = self.language
        said = [
            render.say("report.step", language).format(least=least, most=more - 1)
            for least, more in itertools.pairwise(STEPS)
        ]
        said.append(render.say("report.step-last", language).format(least=STEPS[-1]))
        first = render.state_words("documented", language)
        keys = [
            Key("documented", str(least), f"{first}, {text}" if not n else text, n + 1)
            for n, (least, text) in enumerate(zip(STEPS, said, strict=True))
        ]
        lid = render.say("report.lid", language)
        others = {"thin": "2", "searched-none-found": "0", "not-searched": "?", "not-published": lid}
        keys += [Key(s, "" if on_map else sign, render.state_words(s, language)) for s, sign in others.items()]
        marks = _MAP_MARKS if on_map else tuple(MARK_SIGNS)
        return [*keys, *(Key(mark, MARK_SIGNS[mark], render.mark_words(mark, language)) for mark in marks)]

    def _bar_keys(self, grid: Grid) -> list[Key]:
        language = self.language
        shown = {cell.state for cell in asking.within(self.asker.observatory, grid)}
        keys = [Key("documented", " ", render.state_words("documented", language), 3)]
        keys += [Key("thin", " ", render.state_words("thin", language))] if shown & set(_COUNTED) else []
        marks = {mark for cell in asking.within(self.asker.observatory, grid) for mark in cell.marks}
        return [*keys, *(Key(m, MARK_SIGNS[m], render.mark_words(m, language)) for m in MARK_SIGNS if m in marks)]


def _of(term: object) -> int:
    try:
        return int(float(getattr(term, "value", "0")))
    except ValueError:
        return 0


def _svg(drawn: Drawn, keys: Sequence[Key], name: str) -> tuple[str, float, float]:
    """Return a drawing with its key below it, colours by name; its patterns carry the figure's name."""
    width = max(drawn.width, 560)
    key, tall = signs.key(keys, width, name) if keys else ("", 0.0)
    height = drawn.height + (12 + tall if keys else 0)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width:g}" '
        f'height="{height:g}" viewBox="0 0 {width:g} {height:g}" font-family="{escape(FACE)}">'
        f"{signs.patterns(name)}{signs.named(drawn.inside, name)}"
        f'<g transform="translate(0,{drawn.height + 12:g})">{key}</g></svg>'
    )
    return svg, width, height
