"""A template made into a document: every number asked, every choice made, nothing written by hand but the words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TypeVar

from dgekg import render
from dgekg.errors import DgekgError, InputError
from dgekg.observatory import Observatory
from dgekg.report import numbers, prose, syntax, telling
from dgekg.report.asking import Asker
from dgekg.report.bound import Book
from dgekg.report.carding import Finder
from dgekg.report.charting import Charter
from dgekg.report.model import (
    Block,
    Contents,
    Document,
    Heading,
    Inline,
    Line,
    Number,
    PageBreak,
    Table,
    Text,
)
from dgekg.report.numbers import Found
from dgekg.report.prose import Held
from dgekg.report.syntax import Choice, Order, Part, Place, Prose, Word
from dgekg.report.tabling import Tabler
from dgekg.report.template import Template
from dgekg.typography import day_words
from dgekg.vocabulary import BASE


def make(
    observatory: Observatory, template: Template, subject: str = "", moved: bool = False, publisher: str = ""
) -> Document:
    """Return a report as a document.

    Args:
        observatory: the version that is asked.
        template: what is said and asked.
        subject: address of what the report is about; "" for all.
        moved: whether the day that it reckons from was chosen by the caller.
        publisher: who publishes it.

    Raises:
        InputError: the template names what there is not, or needs a subject; says the file and line.
        DgekgError: something cannot be answered; says the same.
    """
    if bool(template.subject) != bool(subject):
        wanted = f"--variant {template.variant}={template.subject}" if template.subject else "no value"
        raise InputError(f"variant {template.variant}: expected {wanted}, for example {template.variant}=...")
    return _Maker(observatory, template, subject, publisher).document(moved)


_Made = TypeVar("_Made")
_APART = Text("\u00a0")  # between two marks, lest they be read as one number


class _Maker:
    def __init__(self, observatory: Observatory, template: Template, subject: str, publisher: str) -> None:
        self.observatory, self.template, self.language = observatory, template, template.language
        self.publisher, self.subject = publisher, subject
        self.asker = Asker(observatory, template.language, subject)
        self.book, self.cited, self.held = Book(), dict[str, None](), Held()
        self.tabler = Tabler(self.asker, self.book, self.cited)
        self.charter = Charter(self.asker, self.book)
        self.finder = Finder(self.asker, self.book, self.cited)
        self.numbers = {key: self.asker.filled(spec) for key, spec in template.figures.numbers.items()}
        self.anchors: dict[str, int] = {}

    def document(self, moved: bool) -> Document:
        """Return the whole."""
        blocks = [self._anchored(block) for block in self.parts(self.template.parts)]
        blocks = self._with_appendix(blocks)
        title, subtitle = (
            "".join(one.text for one in self._inline(text, Place(f"{self.template.variant}.md", 1)))
            for text in (self.template.title, self.template.subtitle)
        )
        return Document(
            title,
            subtitle,
            self.language,
            self.template.variant,
            self.subject,
            self.observatory.version,
            self.observatory.as_of.isoformat(),
            self.publisher,
            blocks,
            tuple(self.book.bindings),
            moved,
        )

    def parts(self, parts: Iterable[Part]) -> list[Block]:
        """Return the blocks of parts, in order."""
        found: list[Block] = []
        for part in parts:
            if isinstance(part, Prose):
                found += prose.blocks(self._expanded(part.text, part.place), self.held, part.place)
            elif isinstance(part, Choice):
                fits = self._holds(part)
                found += self.parts(part.then if fits else part.otherwise)
            else:
                found += self._made(part)
        return found

    def _made(self, order: Order) -> list[Block]:
        if order.verb == "contents":
            return [Contents()]
        if order.verb == "page":
            return [PageBreak()]
        if order.verb == "references":
            return self._placed(order.place, self.finder.references)
        if order.verb == "bindings":
            return [_Appendix]
        home = {"table": "tables", "list": "lists", "chart": "charts", "cards": "cards"}[order.verb]
        spec = self.asker.filled(self.template.figures.blocks[home][order.name])

        def made() -> list[Block]:
            if order.verb == "table":
                return [self.tabler.table(order.name, spec)]
            if order.verb == "list":
                return list(self.tabler.listed(order.name, spec))
            if order.verb == "chart":
                return [self.charter.chart(order.name, spec)]
            return self.finder.cards(order.name, spec)

        return self._placed(order.place, made, f"{order.verb} {order.name}")

    def _placed(self, place: Place, make_: Callable[[], _Made], what: str = "") -> _Made:
        """Return what a function makes; an error says where in the template it was asked for."""
        try:
            return make_()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise place.fault(f"{what}: its description cannot be read ({type(error).__name__}: {error}).") from error
        except DgekgError as error:
            raise place.fault(f"{what}: {error}" if what else str(error)) from error

    def _holds(self, choice: Choice) -> bool:
        value = self._number(choice.name, choice.place).value
        if isinstance(value, str):
            return bool(value)
        if choice.case == "some":
            return value > 0
        vocabulary = self.template.figures.vocabulary
        return numbers.chosen([(choice.case, "x")], value, self.language, vocabulary) is not None

    def _number(self, name: str, place: Place) -> Found:
        found: Found = self._placed(place, lambda: numbers.number(self.asker, name, self.numbers), name)
        return found

    def _bound(self, name: str, place: Place) -> tuple[Found, int]:
        found = self._number(name, place)
        source = numbers.expanded(name, self.numbers)
        kind = "claim" if isinstance(found.value, str) else "number"
        return found, self.book.bind(name, kind, source, found.value, found.digest)

    def _expanded(self, text: str, place: Place) -> str:
        """Return a text with placeholders for what stands in braces."""
        found = []
        for piece in syntax.pieces(text, place):
            found.append(piece if isinstance(piece, str) else self._said(piece))
        return "".join(found)

    def _inline(self, text: str, place: Place) -> Line:
        return tuple(self.held.spread(self._expanded(text, place), Text("")))

    def _said(self, word: Word) -> str:
        if not word.name:
            return self.held.put((Text(word.text),))
        if word.name in syntax.VARIABLES and not word.cases:
            return self.held.put((Text(self._variable(word.name)),))
        found, binding = self._bound(word.name, word.place)
        number = Number(numbers.shown(found.value, self.language), binding)
        if not word.cases:
            return self.held.put((number,))
        if isinstance(found.value, str):
            raise word.place.fault(f"{word.name} is a sentence, which no case fits; write {{{{{word.name}}}}}.")
        whole: float | None = None
        beside: tuple[Inline, ...] = ()
        if word.of:
            other, second = self._bound(word.of, word.place)
            whole, beside = float(other.value), (Number("", second),)
        vocabulary = self.template.figures.vocabulary
        text = numbers.chosen(word.cases, found.value, self.language, vocabulary, whole)
        if text is None:
            raise word.place.fault(f"{word.name} is {found.value}, which no case fits.")
        said = self._expanded(text, word.place)
        # What is claimed without its number is bound all the same: its mark stands after the words.
        shown = "#" in said or f"{{{{{word.name}}}}}" in text
        own: tuple[Inline, ...] = () if shown else (Number("", binding), *([_APART] if beside else ()))
        marks = (*own, *beside)
        said = said.replace("#", self.held.put((number,)))
        return said + (self.held.put(marks) if marks else "")

    def _variable(self, name: str) -> str:
        if name == "subject":
            return self.asker.label(self.subject) if self.subject else ""
        day = dt.date.fromisoformat(self.observatory.as_of.isoformat())
        return {
            "version": self.observatory.version[:16],
            "as-of": day_words(day, self.language),
            "publisher": self.publisher,
            "collection": BASE,
            "name": str(self.observatory.collection.about.get("title", {}).get(self.language, "")),
        }[name]

    def _anchored(self, block: Block) -> Block:
        """Return a heading with a name that no other has."""
        if not isinstance(block, Heading):
            return block
        seen = self.anchors.get(block.anchor, 0)
        self.anchors[block.anchor] = seen + 1
        return Heading(block.level, block.line, f"{block.anchor}-{seen + 1}" if seen else block.anchor)

    def _with_appendix(self, blocks: list[Block]) -> list[Block]:
        """Return blocks with the table of what every number rests on in its place, made when all is bound."""
        found: list[Block] = []
        for block in blocks:
            found.append(self._appendix() if block is _Appendix else block)
        return found

    def _appendix(self) -> Table:
        say, language = render.say, self.language
        rows: list[tuple[Line, ...]] = []
        for one in self.book.bindings:
            value = numbers.shown(one.value, language) if one.kind != "claim" else "–"
            rows.append(
                (
                    (Text(str(one.number)),),
                    (Text(telling.asked(one.source)),),
                    (Text(value),),
                    (Text(one.digest[:12]),),
                )
            )
        head = tuple(say(f"report.{key}", language) for key in ("bound-number", "bound-asked", "bound-value"))
        head = (*head, say("report.bound-hash", language))
        caption = render.fill("report.bound-caption", {"version": self.observatory.version[:16]}, language)
        return Table((Text(caption),), head, tuple(rows), (True, False, True, False), (), 0, (1, 9, 2, 3), True)


_Appendix = PageBreak()
