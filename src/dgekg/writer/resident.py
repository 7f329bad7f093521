"""The resident writer: takes what reviewers accepted, one proposal after another, from the inbox to the public.

Each step is on disk before the next: that it is about to be written (with what the files will be), the files with their
lines of the ledger, the version that shows them, and what became of it. Where the process ends in between, the next one
looks at the files: what is written is published and concluded, what is not is taken in anew. Nothing is done twice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import gc
import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dgekg import suppressing, suppression, withheld
from dgekg.errors import DgekgError, InputError
from dgekg.inbox import FOLDER, Held, Inbox, Outcome
from dgekg.inbox.exposure import Rules
from dgekg.inbox.proposals import ORDERS
from dgekg.processes import Stop
from dgekg.settings import Project, today
from dgekg.writer.acts import Change, Interpreter
from dgekg.writer.applied import Applied
from dgekg.writer.erasing import sweep
from dgekg.writer.publishing import Publisher
from dgekg.writer.unchanged import Unchanged
from dgekg.writer.writer import Writer

_LOOK_SECONDS, _AGAIN_SECONDS, _AT_ONCE = 0.2, 5.0, 20
_BOOK = "data/changes/"
Told = Callable[[str], None]


class Resident:
    """Keeps a project in memory and its inbox in sight.

    Args:
        project: the folders.
        private: the private root.
        keep: how many older versions stay on disk.
        told: is told what happens, a line at a time; never what a proposal says.
        day: returns the day to reckon from.

    Raises:
        SourceError: the project has violations.
        StoreError: another writer or a build is at work.
    """

    def __init__(
        self,
        project: Project,
        private: Path,
        keep: int = 3,
        told: Told = lambda _line: None,
        day: Callable[[], dt.date] = today,
    ) -> None:
        self.project, self.private, self._keep, self._told, self._day = project, private, keep, told, day
        self.inbox = Inbox(private / FOLDER, day=day)
        self._listed = suppression.Watched(private)
        self._open()

    def close(self) -> None:
        """Let another writer begin."""
        self.writer.close()

    def run(self, stop: Stop) -> None:
        """Take in what is accepted until told to stop; what goes wrong is told and tried again."""
        seen: object = None
        while not stop.is_set():
            try:
                stamp = self.inbox.shelf.stamp()
                if stamp != seen or self._day() != self.writer.as_of:
                    self.round()
                    seen = stamp
            except DgekgError as error:
                self._told(f"waits: {error}")
                stop.wait(_AGAIN_SECONDS)
                self._begin_anew()
            stop.wait(_LOOK_SECONDS)

    def round(self) -> list[Outcome]:
        """Take in all that is ready; return what became of each proposal, once it is published.

        Raises:
            StoreError: it cannot be written or published now; what was begun is finished by the next round.
            SourceError: the files were changed beside this, and have violations.
        """
        if self._day() != self.writer.as_of or not self._unchanged.holds():
            self._begin_anew()
        done: list[Outcome] = []
        while ready := self.inbox.ready()[:_AT_ONCE]:
            written = [outcome for held in ready if (outcome := self._one(held)) is not None]
            done += self._concluded(written)
        return done

    def _one(self, held: Held) -> Outcome | None:
        """Take in one proposal, up to its files; return what is to be concluded once it is published."""
        held = held if held.proposal.act in ORDERS else self._exposed(held)
        if not held.ready:
            self._told(f"{held.id}: needs another reviewer")
            return None
        proposal, day = held.proposal, self._day().isoformat()
        outcome = Outcome(held.id, proposal.revision, "applied", day)
        if not proposal.publishes:
            self.inbox.conclude(outcome)  # kept, and never published
            self._told(f"{held.id}: kept in the private root, not published")
            return None
        try:
            change = self._acts.change(proposal)
            found = withheld.read(self.private).met(change.said())
            if found and proposal.act in ("new", "correct", "add"):
                raise InputError(f"what it says was withheld before: {found}. See: dgekg withhold --help.")
            if proposal.act == "withdraw":
                self._suppress(change.record)
            diff = _diff(self.writer, change) if proposal.act != "erase" else ""
            applied = self.writer.apply(change.texts, change.lines)
        except InputError as error:
            self._refuse(outcome, [str(error)])
            return None
        if not applied.accepted:
            self._refuse(outcome, [finding.text() for finding in applied.findings])
            return None
        outcome = dataclasses.replace(outcome, record=change.record, files=_digests(applied.files), diff=diff)
        return self._write(held, outcome, applied)

    def _write(self, held: Held, outcome: Outcome, applied: Applied) -> Outcome | None:
        if not self.inbox.begin(dataclasses.replace(outcome, state="writing")):
            if applied.files:
                self.writer.undo(applied)
            self._told(f"{held.id}: was changed meanwhile")
            return None
        if applied.files:
            self.writer.commit(applied)
            self._publisher.note(applied)
            self._unchanged.note(applied.files)
        self._told(f"{held.id}: written, {len(applied.files)} files")
        return outcome

    def _refuse(self, outcome: Outcome, findings: Iterable[str]) -> None:
        said = tuple(findings)
        self.inbox.conclude(dataclasses.replace(outcome, state="refused", findings=said))
        self._told(f"{outcome.proposal}: refused, {len(said)} findings")

    def _concluded(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Publish what is written, then say so."""
        if not outcomes:
            return []
        erased = [one for one in outcomes if self.inbox.get(one.proposal).proposal.act == "erase"]
        version = self._publisher.publish(anew=bool(erased))
        self._told(f"published as version {version.id}")
        for one in erased:
            sweep(self.project, self.inbox, one.record, self._told, one.proposal)
            outcomes = [outcome for outcome in outcomes if outcome is not one]
        done = [dataclasses.replace(one, state="applied", version=version.id) for one in outcomes]
        for one in done:
            self.inbox.conclude(one)
        return done

    def _exposed(self, held: Held) -> Held:
        level, reasons = self._rules(held.proposal.draft)
        return self.inbox.expose(held.id, level, reasons) if level != held.proposal.exposure else held

    def _suppress(self, record: str) -> None:
        if record not in self._listed():
            suppressing.add(self.private, record, "withdrawn", self._day())

    def _open(self) -> None:
        self.writer = Writer(self.project, self._day())
        try:
            self._unchanged = Unchanged(self.project)
            self._publisher = Publisher(self.writer, self._listed, self._keep)
            self._rules = Rules(self.writer.store, self.project.queries)
            self._acts = Interpreter(self.writer, self._listed)
            gc.freeze()
            self.inbox.shelf.tidy()
            self._told(f"ready, {len(self.writer.store.engine):,} statements, as of {self.writer.as_of}")
            self._recover()
        except BaseException:
            self.writer.close()
            raise

    def _begin_anew(self) -> None:
        self.writer.close()
        gc.unfreeze()
        self._open()

    def _recover(self) -> None:
        """Conclude what an earlier process wrote, let what it did not write be taken in anew, and publish."""
        begun = [one for one in self.inbox.list() if one.outcome is not None and one.outcome.state == "writing"]
        written = []
        for held in begun:
            assert held.outcome is not None
            if _there(self.project, held.outcome.files):
                written.append(held.outcome)
            else:
                self.inbox.forget(held.id)
        if not self._concluded(written):
            self._publisher.publish()


def _digests(files: Mapping[str, bytes | None]) -> dict[str, str]:
    """Return what tells of each record's file whether it is written; the ledger may go on meanwhile."""
    records = {name: data for name, data in files.items() if not name.startswith(_BOOK)}
    return {name: "" if data is None else hashlib.sha256(data).hexdigest() for name, data in records.items()}


def _there(project: Project, files: Mapping[str, str]) -> bool:
    for name, digest in files.items():
        path = project.root / name
        if (hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "") != digest:
            return False
    return True


def _diff(writer: Writer, change: Change) -> str:
    """Return what changes in the files, as a unified diff."""
    lines: list[str] = []
    for name, text in change.texts.items():
        old = writer.documents.get(name.as_posix())
        before, after = (old.text if old else "").splitlines(), (text or "").splitlines()
        from_, to = (f"a/{name}" if old else "/dev/null"), (f"b/{name}" if text is not None else "/dev/null")
        lines += difflib.unified_diff(before, after, from_, to, lineterm="")
    return "\n".join(lines)
