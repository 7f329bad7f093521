"""What became of a change, and how long its steps took."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import Quad

from dgekg.findings import Finding
from dgekg.index import Index
from dgekg.textsearch import Search
from dgekg.writer.changes import Line


@dataclass(frozen=True)
class Applied:
    """What became of a change.

    Attributes:
        accepted: whether it stands; if not, all is as it was.
        findings: those about the changed files, and new ones elsewhere.
        version: name of the version that a build of the same files makes.
        index: the index of what is now.
        search: the text search of what is now.
        added: statements that the graph gained, derived ones included.
        removed: statements that it lost.
        files: what each file that it concerns is to say, the ledger's among them; None for one that is to go.
        lines: lines that the ledger gains with it.
        whole: why everything was read anew; "" where it was not.
        seconds: what each step took.
    """

    accepted: bool
    findings: list[Finding]
    version: str
    index: Index = field(repr=False)
    search: Search = field(repr=False)
    added: frozenset[Quad] = field(default=frozenset(), repr=False)
    removed: frozenset[Quad] = field(default=frozenset(), repr=False)
    files: Mapping[str, bytes | None] = field(default_factory=dict, repr=False)
    lines: tuple[Line, ...] = ()
    whole: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)


class Laps:
    """How long each step of a change took, in seconds, in their order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def __call__(self, step: str) -> None:
        """Close a step."""
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self._since
        self._since = now
