"""A report as every face draws it: blocks of text, tables and pictures, each number with what it is bound to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """Words; `language` where it is not the report's."""

    text: str
    language: str = ""
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address; one that begins with # leads to a heading of the report."""

    text: str
    href: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number or claim, and the number of its binding; without text only the mark of the binding is shown."""

    text: str
    binding: int
    strong: bool = False


Inline = Text | Link | Number
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `anchor` is its name within the report."""

    level: int
    line: Line
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `kind` is "", "note" or "quote"."""

    line: Line
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        caption: what it shows.
        head: headings of the columns.
        rows: as many cells a row as there are headings; the first is the heading of its row.
        right: whether a column holds numbers, by column.
        notes: lines below it.
        binding: number of the binding of all that stands in it; 0 where nothing does.
        wide: how much room each column wants, in parts.
        lists: whether its rows are the bindings of the report, in order, to which numbers lead.
    """

    caption: Line
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    right: tuple[bool, ...]
    notes: tuple[Line, ...] = ()
    binding: int = 0
    wide: tuple[int, ...] = ()
    lists: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture.

    Attributes:
        caption: what it shows.
        says: the same in words, for those who do not see it.
        svg: with colours by name (`charts.colours`).
        width: in pixels.
        height: in pixels.
        notes: lines below it.
        binding: number of the binding of all that stands in it.
    """

    caption: Line
    says: str
    svg: str
    width: float
    height: float
    notes: tuple[Line, ...] = ()
    binding: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """The place where the contents are listed."""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Paper begins a new page here."""


Block = Heading | Paragraph | Bullets | Table | Figure | Contents | PageBreak


@dataclass(frozen=True, slots=True)
class Binding:
    """What a number, table or picture rests on.

    Attributes:
        number: its number in the report.
        name: what the template calls it.
        kind: "number", "claim", "table", "list", "chart" or "cards".
        source: what to ask again, as JSON: question and parameters, or view, or gaps, and what was taken of it.
        value: what came: a number; of a table how many rows; of a claim its words.
        digest: of the whole result.
    """

    number: int
    name: str
    kind: str
    source: Mapping[str, Any]
    value: int | float | str
    digest: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report.

    Attributes:
        title: of the report.
        subtitle: below it.
        language: en, fr or es.
        variant: which template.
        subject: address of what the report is about, "" for all.
        version: id of the version that was asked.
        as_of: the day that it reckons from.
        publisher: who publishes it.
        blocks: all that stands in it, in order.
        bindings: what its numbers rest on.
    """

    title: str
    subtitle: str
    language: str
    variant: str
    subject: str
    version: str
    as_of: str
    publisher: str
    blocks: Sequence[Block]
    bindings: Sequence[Binding]
    moved: bool = field(default=False)

    @property
    def listed(self) -> bool:
        """Whether a table of it lists the bindings."""
        return any(isinstance(block, Table) and block.lists for block in self.blocks)

    def headings(self, deepest: int = 1) -> list[Heading]:
        """Return the headings down to a level, in order."""
        return [block for block in self.blocks if isinstance(block, Heading) and block.level <= deepest]


def plain(line: Iterable[Inline]) -> str:
    """Return a line as bare words.

    >>> plain((Text("On record: "), Number("636", 1), Text(".")))
    'On record: 636.'
    """
    return "".join(one.text for one in line)


def words(text: str, language: str = "") -> Line:
    """Return bare words as a line."""
    return (Text(text, language),)
