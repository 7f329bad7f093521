"""Whether somebody else has changed the files that a writer holds in memory: a look at each file, not into it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dgekg.settings import Project

Look = tuple[int, int, int]


class Unchanged:
    """What the files of a project looked like.

    Args:
        project: the folders of data, vocabulary, shapes and queries.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._seen = dict(_looks(project))

    def holds(self) -> bool:
        """Whether they look so still; some 10 microseconds a file."""
        return dict(_looks(self._project)) == self._seen

    def note(self, files: Iterable[str]) -> None:
        """Take note of files that the writer itself has written or removed."""
        for file in files:
            path = self._project.root / file
            if path.is_file():
                self._seen[str(path)] = _look(path.stat())
            else:
                self._seen.pop(str(path), None)


def _looks(project: Project) -> Iterator[tuple[str, Look]]:
    todo: list[str | Path] = [project.data, project.ontology, project.shapes, project.queries]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    todo.append(entry.path)
                elif entry.name.endswith((".ttl", ".csv", ".rq", ".yaml")) and not entry.name.startswith((".", "#")):
                    yield entry.path, _look(entry.stat())


def _look(found: os.stat_result) -> Look:
    return found.st_mtime_ns, found.st_size, found.st_ino
