"""A resident writer: it has read everything once, is told which files change, and reads nothing else again."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dgekg import processes
from dgekg.build import writing
from dgekg.build.validate import Progress, no_progress
from dgekg.build.writing import WRITER, locked
from dgekg.documents import Document
from dgekg.errors import InputError
from dgekg.findings import Finding
from dgekg.index import Index
from dgekg.settings import Project
from dgekg.store.local import LocalStore
from dgekg.textsearch import Search
from dgekg.writer import changes
from dgekg.writer.applied import Applied, Laps
from dgekg.writer.changes import Line, Texts
from dgekg.writer.records import Undo
from dgekg.writer.state import State


@dataclass(frozen=True)
class _Standing:
    """An accepted change that is not written yet: the way back, and what its files were."""

    applied: Applied
    undo: Undo
    was: dict[str, bytes | None]


class Writer:
    """Keeps a project in memory and takes in changes of its files, one after the other.

    There is one at a time, until it is closed. It reckons from one day: where it lives longer, start it anew. Whoever
    keeps one for long calls `gc.freeze()` once it is made: it holds millions of objects that last, and looking through
    them takes Python's collector longer than a change takes.

    Args:
        project: the folders.
        as_of: the day to reckon from.
        language: language of the findings.
        progress: told each step of the first reading.

    Raises:
        SourceError: the project has violations, or one of our shapes, queries or rules is broken.
        StoreError: another writer or a build is at work, or a change that was cut short cannot be finished.
    """

    def __init__(
        self, project: Project, as_of: dt.date, language: str = "en", progress: Progress = no_progress
    ) -> None:
        self.project, self.as_of = project, as_of
        self._standing: list[_Standing] = []
        with contextlib.ExitStack() as held:
            held.enter_context(locked(project.build, WRITER))
            with locked(project.build), processes.uncollected():
                writing.finish(project)
                progress("read", 0, 1)
                self._state = State(project, as_of, language, changes.books(project), progress)
            self._held = held.pop_all()

    def __enter__(self) -> Writer:
        """Return itself; the end of the block closes it."""
        return self

    def __exit__(self, *_fault: object) -> None:
        """Close it."""
        self.close()

    @property
    def store(self) -> LocalStore:
        """The graph of what is now; to be read, never written."""
        return self._state.graph.store

    @property
    def index(self) -> Index:
        """The index of what is now."""
        return self._state.seen.index

    @property
    def search(self) -> Search:
        """The text search of what is now."""
        return self._state.seen.search.search

    @property
    def version(self) -> str:
        """The name of the version that a build of what is now makes."""
        return self._state.seen.version

    @property
    def findings(self) -> list[Finding]:
        """All that validation finds in what is now; these are warnings."""
        return list(self._state.seen.findings)

    @property
    def documents(self) -> Mapping[str, Document]:
        """Every document of what is now, by its file's path below the project's folder."""
        return self._state.documents

    @property
    def ledger(self) -> Mapping[str, bytes]:
        """The files of the ledger of what is now, by their path."""
        return dict(self._state.now.books)

    @property
    def rules(self) -> str:
        """Digest of the shapes, queries and rules that it was made with."""
        return self._state.now.sources.rules_digest

    def apply(self, texts: Texts, lines: Sequence[Line] | None = None) -> Applied:
        """Take in a change, or refuse it and leave everything as it was. Nothing is written.

        Args:
            texts: by file (below the project's folder, or absolute), what it is to say; None removes it.
            lines: lines for the ledger; by default each changed record gets the one that says what became of it
                (create, update, withdraw), unless a file of the ledger is among the texts.

        Raises:
            InputError: a file that a writer does not take, or one to be removed that is not there.
            SourceError: one of our derivations, checks or rules is broken; nothing is changed.
        """
        laps, state = Laps(), self._state
        with processes.uncollected():
            plan = changes.read(
                self.project, texts, state.documents, state.now.books, state.now.rows, lines, self.as_of
            )
            laps("read")
            if not plan.files:
                return state.standing(plan)
            was = {file: state.now.books.get(file) for file in plan.files if changes.is_book(file)}
            was |= {file: old.data if old is not None else None for file, (old, _) in plan.documents.items()}
            undo: Undo = []
            try:
                applied = state.take(plan, undo, laps)
            except BaseException:
                _take_back(undo)
                raise
            if applied.accepted:
                self._standing.append(_Standing(applied, undo, was))
            else:
                _take_back(undo)
            return applied

    def undo(self, applied: Applied) -> None:
        """Take back the newest change that was accepted and is not written yet.

        Raises:
            InputError: it is not the newest, or is written already.
        """
        if not self._standing or self._standing[-1].applied is not applied:
            raise InputError("Only the newest change that was accepted and is not written yet can be taken back.")
        _take_back(self._standing.pop().undo)

    def commit(self, applied: Applied) -> None:
        """Write an accepted change and its lines of the ledger into `data/`: all of it, or nothing.

        Raises:
            InputError: it was refused or is written already, or an older one waits to be written first.
            StoreError: a file is not what the writer read, or cannot be written; the change still stands in memory.
        """
        if not self._standing or self._standing[0].applied is not applied:
            raise InputError("Only the oldest change that was accepted and is not written yet can be written.")
        writing.write(self.project, applied.files, self._standing[0].was)
        self._standing.pop(0)

    def close(self) -> None:
        """Let another writer begin. What was accepted and is not written is lost."""
        self._held.close()


def _take_back(undo: Undo) -> None:
    while undo:
        undo.pop()()
