"""What all faces of a report share: which part is drawn by what, how tables and pictures count, where marks stand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from dgekg.render import say
from dgekg.report.model import Block, Bullets, Contents, Document, Figure, Heading, Line, Number, Paragraph, Table

PIXEL = 0.2646  # millimetres
Drawn = TypeVar("Drawn")


class Face(ABC, Generic[Drawn]):
    """Draws a report part by part; each face says how.

    Args:
        document: the report, of which each block becomes a `Drawn`.
    """

    def __init__(self, document: Document) -> None:
        self.document, self.language = document, document.language
        self.tables = self.figures = 0
        self.known = {block.anchor for block in document.blocks if isinstance(block, Heading)}

    def block(self, block: Block) -> Drawn:
        """Draw a block."""
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph():
                return self.paragraph(block)
            case Bullets():
                return self.bullets(block)
            case Table():
                return self.table(block)
            case Figure():
                return self.figure(block)
            case Contents():
                return self.contents()
            case _:
                return self.page_break()

    def table_number(self) -> str:
        """Count a table and return what its caption begins with."""
        self.tables += 1
        return self._numbered("table", self.tables)

    def figure_number(self) -> str:
        """Count a picture and return what its caption begins with."""
        self.figures += 1
        return self._numbered("figure", self.figures)

    def _numbered(self, what: str, number: int) -> str:
        return f"{say(f'report.{what}', self.language)}\u00a0{number}. "

    @abstractmethod
    def heading(self, heading: Heading) -> Drawn:
        """Draw a heading."""

    @abstractmethod
    def paragraph(self, paragraph: Paragraph) -> Drawn:
        """Draw a paragraph."""

    @abstractmethod
    def bullets(self, bullets: Bullets) -> Drawn:
        """Draw a list."""

    @abstractmethod
    def table(self, table: Table) -> Drawn:
        """Draw a table."""

    @abstractmethod
    def figure(self, figure: Figure) -> Drawn:
        """Draw a picture."""

    @abstractmethod
    def contents(self) -> Drawn:
        """Draw the contents."""

    @abstractmethod
    def page_break(self) -> Drawn:
        """Draw where paper begins a new page."""


def marked(line: Line, binding: int) -> Line:
    """Return a caption with the mark of its binding, if it has one."""
    return (*line, Number("", binding)) if binding else line
