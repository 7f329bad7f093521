"""What was measured, line by line, and the comparison of what engines counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.measure import Timing
from benchmarks.tasks import Counts, Task


@dataclass(slots=True)
class Line:
    """One line of the table: what was measured, and the timing or the bytes of each column."""

    size: int
    part: str
    name: str
    times: dict[str, Timing] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    note: str = ""


class Disagreement(AssertionError):
    """Two engines gave different counts."""


def agree(task: Task, name: str, found: Counts, truth: Counts) -> None:
    """Compare counts with ours.

    Raises:
        Disagreement: they are not the same; the first differences are named.
    """
    wrong = sorted(key for key in {*found, *truth} if tuple(found.get(key, ())) != tuple(truth.get(key, ())))
    if wrong:
        shown = "; ".join(f"{key}: {found.get(key)}, ours {truth.get(key)}" for key in wrong[:3])
        raise Disagreement(f"{task.name}: {name} counts {len(wrong)} cells otherwise: {shown}")
