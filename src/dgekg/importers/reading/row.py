"""A row of an outside table, whatever it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dgekg.importers.trouble import Place, Trouble

Cells = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        place: file, sheet and number.
        cells: the values of each column; a cell of a plain table has one value, an empty cell none.
        troubles: what reading alone found in it.
    """

    place: Place
    cells: Cells
    troubles: Sequence[Trouble] = field(default=())

    def at(self, column: str) -> Place:
        """Return the place of a column in this row."""
        return Place(self.place.file, self.place.sheet, self.place.row, column)


def named(head: Iterable[str]) -> list[str]:
    """Return the names of columns, each once: a second "Notes" becomes "Notes (2)", a nameless one "column 3".

    >>> named(["Title ", "Notes", "Notes", ""])
    ['Title', 'Notes', 'Notes (2)', 'column 4']
    """
    found: list[str] = []
    seen: dict[str, int] = {}
    for number, raw in enumerate(head, 1):
        name = " ".join(str(raw).replace("\ufeff", "").split()) or f"column {number}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
