"""What an index is made of: named arrays and tables, read from a store or from a file.

The parts are the same whichever way they come, so that an index that was opened, extracted or updated in place can
be compared with another byte for byte. Arrays (n practices, m words, all numbers of practices in the order of
`practices`):

    practices           bytes [n]            IRIs, in order
    slots               int32 [n]            the bit of each practice in every row of bits (see `index.layout`)
    rung                int8 [n]             highest level of its own evidence; -1 where there is none
    bits/{dimension}    uint64 [rows, m]     practices by concept; the concepts are the table `rows/{dimension}`
    evidence/...        [e]                  a line a piece: practice, level, speaks, direction, indicator, day, groups
    actors/..., countries/..., promising/... lists by practice: `starts` [n + 1], `numbers`, and `names` in order

Tables (anything that JSON can say): `hierarchy`, `statements`, `withheld`, `languages`, `codes`, `rows/{dimension}`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
LISTS = ("actors", "countries", "promising")
EVIDENCE = ("practice", "level", "speaks", "direction", "indicator", "day")
TABLES = ("hierarchy", "statements", "withheld", "languages", "codes")


class Parts(Protocol):
    """Where an index gets its parts from."""

    def array(self, name: str) -> Array:
        """Return an array by name."""

    def table(self, name: str) -> Any:
        """Return a table by name."""


def names(sources: list[str]) -> tuple[list[str], list[str]]:
    """Return the names of all arrays and of all tables of an index over some dimensions."""
    arrays = ["practices", "slots", "rung"]
    arrays += [f"evidence/{part}" for part in (*EVIDENCE, "starts", "groups", "names")]
    arrays += [f"{one}/{part}" for one in LISTS for part in ("starts", "numbers", "names")]
    arrays += [f"bits/{source}" for source in sources]
    return arrays, [*TABLES, *(f"rows/{source}" for source in sources)]


def packed(texts: list[str]) -> Array:
    """Return texts as an array of bytes of one width."""
    return np.array([text.encode() for text in texts], dtype=np.bytes_) if texts else np.zeros(0, dtype="S1")


def lists(rows: list[list[str]]) -> tuple[Array, Array, Array]:
    """Return lists of names as where each begins, the numbers of its names, and the names in order."""
    known = sorted({name for row in rows for name in row})
    number = {name: n for n, name in enumerate(known)}
    starts = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    numbers = np.array([n for row in rows for n in sorted(number[name] for name in row)], dtype=np.int32)
    return starts, numbers, packed(known)
