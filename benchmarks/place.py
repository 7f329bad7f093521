"""Where a generated project lies, and what is written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dgekg import versions
from dgekg.settings import Project


@dataclass(frozen=True, slots=True)
class Place:
    """Where a built project lies, and a folder for what an engine writes."""

    root: Path
    scratch: Path

    @property
    def project(self) -> Project:
        return Project.at(self.root)

    @property
    def version(self) -> versions.Version:
        return versions.current(self.project.build)
