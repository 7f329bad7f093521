"""What came back in a filled face: answers, where each of them stood, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dgekg.forms.composing import Place
from dgekg.forms.words import say


class Cell(NamedTuple):
    """Where an answer stood.

    Attributes:
        file: name of the file.
        sheet: name of the sheet, "" where there are none.
        row: 1-based; 0 for a whole sheet.
        column: its letters in a spreadsheet, its name elsewhere; "" for a whole row.
    """

    file: str
    sheet: str
    row: int
    column: str

    def text(self) -> str:
        """Return it for a person.

        >>> Cell("a.xlsx", "Practice", 4, "C").text()
        'a.xlsx: Practice!C4'
        """
        here = f"{self.sheet}!" if self.sheet else ""
        return (
            f"{self.file}: {here}{self.column}{self.row}" if self.sheet else f"{self.file}: {self.row}, {self.column}"
        )


@dataclass(frozen=True)
class Unread:
    """Something in a file that makes no answer.

    Attributes:
        cell: where it stood.
        key: of its words in `words/forms.*.yaml`.
        found: what was found.
        values: what is filled into the words.
    """

    cell: Cell
    key: str
    found: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def message(self, language: str = "en") -> str:
        """Return what was expected, and how to mend it."""
        return say(f"unread.{self.key}", language, **self.values)


@dataclass
class Filled:
    """The answers about one record.

    Attributes:
        answers: as `dgekg.forms` reads them.
        cells: where each answer, part or record stood, by its place in the answers.
    """

    answers: dict[str, Any]
    cells: dict[Place, Cell] = field(default_factory=dict)

    def cell(self, place: Place) -> Cell | None:
        """Return where an answer stood; of what is missing, where the nearest that holds it stood."""
        while place not in self.cells:
            if not place:
                return None
            place = place[:-1]
        return self.cells[place]


@dataclass
class Reading:
    """All that a file gave.

    Attributes:
        filled: the records, in order.
        unread: what makes no answer; the records that it belongs to are here without it.
    """

    filled: list[Filled] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
