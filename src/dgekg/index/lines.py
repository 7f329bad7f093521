"""Rows of bits by concept, and pieces of evidence as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from dgekg.index.layout import Bits
from dgekg.index.parts import Parts
from dgekg.index.records import Evidence


class Members(Mapping[str, Bits]):
    """The concepts of a dimension that hold practices, each with its bits; `bits` has a line a concept."""

    def __init__(self, rows: list[str], bits: Bits) -> None:
        self.rows, self.matrix = rows, bits
        self._at = {iri: n for n, iri in enumerate(rows)}

    def __getitem__(self, iri: str) -> Bits:
        """Return the bits of a concept."""
        line: Bits = self.matrix[self._at[iri]]
        return line

    def __iter__(self) -> Iterator[str]:
        """Yield the concepts."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return how many concepts hold practices."""
        return len(self.rows)

    def stack(self, concepts: Iterable[str]) -> Bits:
        """Return a line of bits for each of some concepts; of no practices where a concept holds none."""
        at = np.array([self._at.get(iri, -1) for iri in concepts], dtype=np.int64)
        lines = np.zeros((len(at), self.matrix.shape[1]), dtype=np.uint64)
        lines[at >= 0] = self.matrix[at[at >= 0]]
        return lines


class EvidenceLines:
    """Evidence as arrays, a line a piece: number of its practice, level, codes, day, and groups by line."""

    def __init__(self, parts: Parts) -> None:
        self.practice: npt.NDArray[np.int32] = parts.array("evidence/practice")
        self.level: npt.NDArray[np.int8] = parts.array("evidence/level")
        self.day: npt.NDArray[np.int32] = parts.array("evidence/day")
        self._codes = list(parts.table("codes"))
        self._coded = {part: parts.array(f"evidence/{part}") for part in ("speaks", "direction", "indicator")}
        self.starts: npt.NDArray[np.int64] = parts.array("evidence/starts")
        self.groups: npt.NDArray[np.int32] = parts.array("evidence/groups")
        self.names = [name.decode() for name in parts.array("evidence/names").tolist()]

    def __len__(self) -> int:
        """Return how many pieces there are."""
        return len(self.practice)

    def where(self, part: str, *codes: str) -> npt.NDArray[np.bool_]:
        """Return which lines have one of some codes: `part` is "speaks", "direction" or "indicator"."""
        wanted = [n for n, code in enumerate(self._codes) if code in codes]
        return np.isin(self._coded[part], wanted)

    def of(self, number: int) -> tuple[Evidence, ...]:
        """Return the evidence of a practice."""
        low, high = np.searchsorted(self.practice, [number, number + 1])
        return tuple(
            Evidence(
                int(self.level[n]),
                self._code("direction", n),
                self._code("indicator", n),
                frozenset(self.names[g] for g in self.groups[self.starts[n] : self.starts[n + 1]]),
                int(self.day[n]),
            )
            for n in range(low, high)
        )

    def _code(self, part: str, n: int) -> str:
        return str(self._codes[self._coded[part][n]])
