"""What is to be imported, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dgekg.importers.guards import USUAL, Limits
from dgekg.importers.mapped import MappingFile
from dgekg.importers.sidecar import Source
from dgekg.importers.trouble import Trouble
from dgekg.settings import Project
from dgekg.suppression import NOTHING, Suppressed
from dgekg.withheld import Withheld

Progress = Callable[[str, int, int], None]
STATES = ("new", "updated", "merged", "unchanged", "held", "refused")


@dataclass
class Outcome:
    """What an import did.

    Attributes:
        states: how many rows became what (`STATES`); of incidents, `new` counts the incidents.
        left_out: rows that the mapping leaves out.
        rows: that were read.
        rejected: file with the rows that did not go in; None where all did.
        merges: file with merges to be decided; None where there are none.
        changed: whether anything was written, or would have been.
    """

    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    left_out: int = 0
    rows: int = 0
    rejected: Path | None = None
    merges: Path | None = None
    changed: bool = False


@dataclass(frozen=True)
class How:
    """What an import is told beside the rows.

    Attributes:
        today: what new records are dated.
        language: of findings.
        round: `collection/slug` that found them; "" where the rows or the mapping say.
        licence: of what is taken over.
        suppressed: what may not be shown.
        withheld: what was withheld for somebody's safety.
    """

    today: dt.date
    language: str = "en"
    round: str = ""
    licence: str = ""
    suppressed: Suppressed = NOTHING
    withheld: Withheld = field(default_factory=Withheld)


@dataclass(frozen=True)
class Task:
    """What is to be imported.

    Attributes:
        project: the folders.
        mapping: how rows are read.
        files: the tables.
        source: where they come from.
        how: the rest.
        dry: whether nothing is written but what is to be mended.
        merges: file of merges; by default beside the first table.
        rejected: file for rows that did not go in, without its ending; by default beside the first table.
        report: told each finding.
        progress: told each step.
        limits: on what is read.
    """

    project: Project
    mapping: MappingFile
    files: Sequence[Path]
    source: Source
    how: How
    dry: bool = False
    merges: Path | None = None
    rejected: Path | None = None
    report: Callable[[Trouble], None] = lambda _trouble: None
    progress: Progress = lambda _step, _done, _total: None
    limits: Limits = USUAL
