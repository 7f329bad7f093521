"""How wide the columns of a table are on paper: numbers by their headings, words by what is in them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from dgekg.report.model import Table

WIDE = 166.0  # of the text, in millimetres
_LETTER, _AROUND = 1.95, 3.6  # of a bold letter of a heading, and of what stands beside it, in millimetres
_SMALL, _INSET = 1.6, 2.8  # the same, of the smallest letters that tables have
_LEAST = 15.0  # of a column of numbers
_MOST = 0.65  # of the width, for all columns of numbers together
_LINES = 3  # of a heading of a column of numbers
_RARE = 2  # a cell that is longer than others gets this part of its length


def widths(table: Table, whole: float = WIDE) -> tuple[float, ...]:
    """Return the width of each column in millimetres, as the template says or by what stands in them.

    Args:
        table: at least one of its columns holds words, or all get the same.
        whole: of the table, in millimetres.
    """
    if table.wide:
        least = min(_LEAST, whole / len(table.wide))
        fixed = [0.0 if part else least for part in table.wide]
        parts: list[float] = list(table.wide)
    else:
        fixed = [_narrow(head) if right else 0.0 for head, right in zip(table.head, table.right, strict=True)]
        parts = list(_parts(table))
    if not any(parts):
        return tuple(whole / len(parts) for _ in parts)
    squeeze = min(1.0, _MOST * whole / (sum(fixed) or 1.0))
    fixed = [one * squeeze for one in fixed]
    unit = (whole - sum(fixed)) / sum(parts)
    return tuple(round(one + part * unit, 1) for one, part in zip(fixed, parts, strict=True))


def undivided(head: str, width: float) -> bool:
    """Tell whether a heading needs no hyphen in a column of a width in millimetres."""
    return _SMALL * max(map(len, head.split()), default=0) + _INSET <= width


def _narrow(head: str) -> float:
    """Return the width of a column of numbers: no word of its heading is divided, and it takes few lines."""
    longest = max(map(len, head.split()), default=1)
    letters = next(n for n in range(longest, max(longest, len(head)) + 1) if len(textwrap.wrap(head, n)) <= _LINES)
    return max(_LEAST, _LETTER * letters + _AROUND)


def _parts(table: Table) -> Iterator[float]:
    """Yield how much room each column wants, by the words in it; 0 for a column of numbers."""
    for n, (head, right) in enumerate(zip(table.head, table.right, strict=True)):
        if right:
            yield 0
            continue
        lengths = sorted(sum(len(one.text) for one in row[n]) for row in table.rows) or [1]
        usual = lengths[int(len(lengths) * 0.8)] if len(lengths) > 1 else lengths[0]
        yield max(3, min(12, max(usual, len(head), lengths[-1] // _RARE) // 6))
