"""An import from beginning to end: tables in, records or incidents out, and what is to be mended in a file of its own.

Order of writing, so that nothing is lost or done twice where an import is cut short: the register says what a row
becomes, then the files are written, then the ledger. A second feeding finishes what is missing.
"""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dgekg import identifiers, lookup
from dgekg.build import ledger
from dgekg.build.writing import LOCK, WRITER, finish, locked
from dgekg.demand.graph import FILE, stored
from dgekg.errors import InputError, UnknownValue
from dgekg.forms import Forms
from dgekg.forms import of as forms_of
from dgekg.importers import alignments, base, incidents, merges, sidecar, templates
from dgekg.importers.convert import Converted, Converter
from dgekg.importers.duplicates import Duplicates
from dgekg.importers.fields import Words
from dgekg.importers.formfields import FormFields
from dgekg.importers.mapping import TEMPLATE
from dgekg.importers.present import Names
from dgekg.importers.reading import Row
from dgekg.importers.records import Records, Taken
from dgekg.importers.register import NAME, Line, Register
from dgekg.importers.rejected import Rejected
from dgekg.importers.rows import beside, rows_of, told
from dgekg.importers.task import Outcome, Task
from dgekg.importers.trouble import Place, refused, stops, violation

BATCH = 500


def run(task: Task) -> Outcome:
    """Import tables.

    Raises:
        InputError: the mapping does not fit the forms, a table is refused as a whole, or the licence of the source
            does not let its records stand in the public graph.
        StoreError: a build, or another writer, is at work.
    """
    if not task.files:
        raise InputError("Name at least one file to import.")
    with contextlib.ExitStack() as stack:
        if not task.dry:
            stack.enter_context(locked(task.project.build, WRITER))
            stack.enter_context(locked(task.project.build, LOCK))
            finish(task.project)
        if task.mapping.kind == "incident":
            return _incidents(task)
        if task.mapping.kind == "alignment":
            return alignments.run(task)
        if not task.source.mixes:
            raise InputError(
                f"{task.source.id}: licence: found {task.source.licence}, which does not let records made from it "
                "stand beside others under CC BY 4.0. Ask its publisher; recorded incidents alone may stay apart."
            )
        return _Run(task).run(stack)


def _incidents(task: Task) -> Outcome:
    names, _store = base.vocabulary(task.project, task.how.today)
    converter = Converter(task.mapping, incidents.FIELDS, Words(names))
    folder = sidecar.folder(task.project, task.source.id)
    mended = all(".rejected." in path.name for path in task.files)  # then what is in stays; a whole table replaces it
    gathered, done = incidents.Gathered(stored(folder / FILE) if mended else ()), Outcome()
    rejected = Rejected(beside(task, task.rejected, "rejected"))
    for row, columns, said in rows_of(task, converter, done):
        trouble = None if stops(said.troubles) else gathered.add(said)
        if trouble is not None:
            said.troubles.append(trouble)
        state = "refused" if stops(said.troubles) else "new"
        told(task, done, rejected, row, columns, Taken(state, said.troubles))
    done.states["new"] = len(gathered)
    rejected.close()
    done.rejected = rejected.written
    if not task.dry and len(gathered):
        done.changed = gathered.write(folder, task.source)
        _sidecar(task)
    return done


class _Run:
    """One import of records."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._pending: list[Taken] = []
        self._folder = sidecar.folder(task.project, task.source.id)

    def run(self, stack: contextlib.ExitStack) -> Outcome:
        task, done = self._task, Outcome()
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dgekg-import-")))
        forms = forms_of(task.project)
        fields = FormFields(forms, task.mapping.kind)
        task.progress("read", 0, 1)
        known = base.read(task.project, task.how.today, scratch / "present")
        _round(task, known.names)
        entered = Names(scratch / "entered", ledger.names(task.project.data / "changes"))
        duplicates = Duplicates(scratch / "duplicates")
        register = Register(self._folder / NAME, scratch / "register")
        stack.callback(duplicates.close)
        stack.callback(register.close)
        stack.callback(known.slugs.close)
        stack.callback(entered.close)
        base.fill(duplicates, task.project, fields.form.folder, fields.form.kind)
        place = beside(task, task.merges, "merges.csv")
        decided = merges.read(place)
        taker = Records(task.project, task.mapping, known, forms, duplicates, register, decided, task.how, entered)
        rejected = Rejected(beside(task, task.rejected, "rejected"))
        words = Words(known.names, ("actor",) if task.mapping.actors is not None else ())
        left: list[tuple[Mapping[str, Any], str]] = []
        for row, columns, said in self._rows(forms, Converter(task.mapping, fields, words), done):
            taken = self._taken(taker, said)
            if told(task, done, rejected, row, columns, taken) and said.answers is not None:
                why = [one.spoken(task.how.language).message for one in taken.troubles if stops([one])]
                left.append((said.answers, "\n".join(why)))
            done.changed |= bool(taken.files)
            if taken.line is not None:
                register.put(taken.line)
                self._pending.append(taken)
                if len(self._pending) >= BATCH:
                    self._flush()
        self._flush()
        rejected.close()
        done.rejected = rejected.written
        if left:
            place_of_left = beside(task, task.rejected, "rejected")
            done.rejected = templates.mended(place_of_left, forms, task.mapping.kind, task.how.language, left)
        if any(not decided.decided.get(at) for at in decided.proposed):
            decided.write(place)
            done.merges = place
        if not task.dry:
            self._sync(register, done, entered, fields.form.folder)
        return done

    def _rows(
        self, forms: Forms, converter: Converter, done: Outcome
    ) -> Iterator[tuple[Row, Sequence[str], Converted]]:
        task = self._task
        if task.mapping.reading.form != TEMPLATE:
            yield from rows_of(task, converter, done)
            return
        for path in task.files:
            for said in templates.rows(path, forms, task.mapping.kind, task.how.language, task.limits):
                done.rows += 1
                yield Row(said.place, {}), (), said

    def _taken(self, taker: Records, said: Converted) -> Taken:
        try:
            return taker.take(said)
        except InputError as error:  # the shape of the answers: too many values, signs that are no text
            said.troubles.append(violation("row.answers", said.place, "", {"reason": str(error)}))
            return Taken("refused", said.troubles)

    def _flush(self) -> None:
        """Write what is pending: the register, then the files, then the ledger."""
        pending, self._pending = self._pending, []
        if self._task.dry or not pending:
            return
        root, today = self._task.project.root, self._task.how.today
        self._folder.mkdir(parents=True, exist_ok=True)
        _append(self._folder / NAME, ("key", "record", "row", "document"), [t.line for t in pending if t.line])
        for taken in pending:
            for name, text in reversed(taken.files.items()):  # the record last: where it is, all that it names is
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = path.with_name(f".{path.name}.new")
                fresh.write_bytes(text.encode())
                fresh.replace(path)
        os.sync()  # the ledger speaks of what is on the disk; to wait for each file would take as long as all the rest
        changes = [(today.isoformat(), kind, name, "", "") for t in pending for kind, name in t.changes]
        _append(self._task.project.data / "changes" / f"{today.year}.csv", ledger.COLUMNS, changes)

    def _sync(self, register: Register, done: Outcome, entered: Names, folder: str) -> None:
        """Write the register anew, and the lines that the ledger lacks where an import was cut short."""
        data, today = self._task.project.data, self._task.how.today
        there = (f"{name}/{stem}" for name in sorted({folder, "actors"}) for stem in base.stems(data / name))
        lines = [(today.isoformat(), "create", name, "", "") for name in sorted(n for n in there if n not in entered)]
        _append(data / "changes" / f"{today.year}.csv", ledger.COLUMNS, lines)
        if done.changed or done.states["unchanged"]:
            self._folder.mkdir(parents=True, exist_ok=True)
            register.write()
            _sidecar(self._task)


def _round(task: Task, names: lookup.Names) -> None:
    """Refuse a round that is no record: every row would fail for it."""
    home, slug = identifiers.records("collection"), task.how.round.rpartition("/")[2]
    if slug and home + slug not in names.known:
        there = sorted(iri.removeprefix(home) for iri in names.known if iri.startswith(home))
        hint = (
            "A round is a record of its own (data/scan/, kind collection): write it first, or name one that is there."
        )
        raise UnknownValue("--round", slug, there, hint)


def _append(path: Path, head: Sequence[str], rows: Sequence[Sequence[str] | Line]) -> None:
    if not rows:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(head)
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())


def _sidecar(task: Task) -> None:
    """Take the sidecar over into the folder of the source, where it was given as a file."""
    path = sidecar.folder(task.project, task.source.id) / sidecar.NAME
    if not path.is_file() or path.read_text("utf-8", "replace") != task.source.text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(task.source.text, "utf-8")


__all__ = ["Outcome", "Place", "Task", "refused", "run"]
