"""What a writer holds in memory, and how it takes in a change: by itself where that can be done, else all anew."""

from __future__ import annotations

import datetime as dt
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from pyoxigraph import NamedNode, Quad

from dgekg.build import ledger
from dgekg.build.sources import Sources
from dgekg.build.validate import Progress, no_progress
from dgekg.documents import Document
from dgekg.errors import SourceError
from dgekg.examining.alone import Examiner
from dgekg.findings import Finding, violations
from dgekg.index import Index
from dgekg.index.parts import TABLES
from dgekg.index.update import in_memory, updated
from dgekg.settings import Project
from dgekg.textsearch import KINDS, Growing
from dgekg.textsearch.entries import kind_of
from dgekg.vocabulary import ONTOLOGY
from dgekg.writer import changes
from dgekg.writer.applied import Applied, Laps
from dgekg.writer.changes import Plan
from dgekg.writer.graph import Changed, Graph, said
from dgekg.writer.loaded import Loaded, load, replaced
from dgekg.writer.records import Undo, orders

_PRACTICE = ONTOLOGY + "Practice"
# What of the index's tables says something else when one of these changes; the others come from the vocabulary.
_TABLES = {
    "hierarchy": {ONTOLOGY + name for name in ("Provision", "Instrument", "CollectionActivity")},
    "statements": {ONTOLOGY + name for name in ("CoverageStatement", "CollectionActivity")},
}


@dataclass(frozen=True)
class Seen:
    """What readers are given; never changed, but replaced by another.

    Attributes:
        findings: all that validation finds; warnings.
        version: the name of the version that a build makes of it.
        index: the index.
        search: the text search.
    """

    findings: list[Finding]
    version: str
    index: Index
    search: Growing


class State:
    """A project in memory, with its index and its search.

    Args:
        project: the folders.
        as_of: the day to reckon from.
        language: language of the findings.
        books: the files of the ledger.
        progress: told each step.

    Raises:
        SourceError: the project has violations, or one of our shapes, queries or rules is broken.
    """

    def __init__(
        self, project: Project, as_of: dt.date, language: str, books: Mapping[str, bytes], progress: Progress
    ) -> None:
        self.project, self.as_of, self._language = project, as_of, language
        self.now = load(Sources(project), books, as_of, language, progress)
        findings = self.now.findings(self.now.found, language, readable=self.now.graph is not None)
        wrong = violations(findings)
        if wrong:
            raise SourceError(
                f"{project.root}: a writer begins with a project that conforms; found {len(wrong)} violations, the "
                f'first of them: {wrong[0].text()} Mend them; "dgekg validate" lists all.'
            )
        self.now.sources.shapes.prepare()
        self.seen = self._read(findings, progress)

    @property
    def documents(self) -> Mapping[str, Document]:
        """Every document, by file."""
        return ChainMap(self.now.records.records, self.now.records.vocabulary)

    @property
    def graph(self) -> Graph:
        """The graph as it is now."""
        assert self.now.graph is not None
        return self.now.graph

    def take(self, plan: Plan, undo: Undo, laps: Laps) -> Applied:
        """Take in a change; where it is refused, or an error is raised, `undo` leads back.

        Raises:
            SourceError: one of our derivations, checks or rules is broken.
        """
        gone, come = self._statements(plan)
        why = self.now.records.whole(plan.documents.values())
        ordering = orders(q.predicate.value for q in gone | come)
        if why or ordering:
            return self._whole(plan, why or f"it says {ordering}", undo, laps)
        return self._alone(plan, gone, come, undo, laps)

    def standing(self, plan: Plan) -> Applied:
        """Return what becomes of a change that changes nothing."""
        return self._told(plan, True, self._about(plan, self.seen.findings), Laps())

    def _statements(self, plan: Plan) -> tuple[set[Quad], set[Quad]]:
        """Return what the documents say and will not say, and what they will say and do not."""
        gone, come = set[Quad](), set[Quad]()
        if violations(plan.findings):
            return gone, come
        for old, new in plan.documents.values():
            before = set[Quad]()
            if old is not None:
                before.update(self.graph.store.engine.quads_for_pattern(None, None, None, NamedNode(old.graph)))
            after = said(new.data, new.graph) if new is not None else set()
            gone |= before - after
            come |= after - before
        return gone, come

    def _alone(self, plan: Plan, gone: set[Quad], come: set[Quad], undo: Undo, laps: Laps) -> Applied:
        now = self.now
        before = {s: now.records.context.get(s, frozenset()) for s in _described(plan)}
        found = [*plan.findings, *now.records.clashes(plan.documents)]
        readable = not violations(found)
        moved = now.records.replace(plan.documents, undo)
        self._examine(plan, moved, undo)
        laps("shapes")
        found += self._keep_book(plan, undo)
        laps("ledger")
        changed = Changed(set(), set(), set())
        if readable:
            changed = self.graph.change(gone, come, undo)
            out, in_ = set(ledger.quads_of(plan.struck)), set(ledger.quads_of(plan.entered))
            self.graph.swap(out - in_, in_ - out, undo)
            changed = changed._replace(added=changed.added | (in_ - out), removed=changed.removed | (out - in_))
            laps("derive")
            now.watch.again(changed.touched | before.keys(), now.records.home, now.records.context, undo)
            laps("checks")
        findings = now.findings(found, self._language, readable=readable)
        if violations(findings):
            return self._told(plan, False, findings, laps)
        about = self._about(plan, findings)
        self._see(self._changed(changed, before, findings, laps), undo)
        return self._told(plan, True, about, laps, changed=changed)

    def _examine(self, plan: Plan, moved: Iterable[str], undo: Undo) -> None:
        """Ask shapes and references about the new documents, and those that refer to what moved."""
        records, alone = self.now.records, self.now.alone
        wanted = records.referring(self.graph.store, moved)
        wanted |= {file: new for file, (_, new) in plan.documents.items() if new is not None}
        examiner = Examiner(self.now.sources.quick, records.known, self._language)
        fresh = {file: examiner(document).findings for file, document in wanted.items()}
        for file in {*wanted, *plan.documents}:
            if file in alone:
                undo.append(partial(alone.__setitem__, file, alone.pop(file)))
            if fresh.get(file):
                alone[file] = fresh[file]
                undo.append(partial(alone.pop, file))

    def _keep_book(self, plan: Plan, undo: Undo) -> list[Finding]:
        """Enter new lines into the ledger; return what is wrong with them and with the changed records."""
        now = self.now
        for entry in plan.struck:
            now.book.remove(entry)
            undo.append(partial(now.book.add, entry))
        for entry in plan.entered:
            now.book.add(entry)
            undo.append(partial(now.book.remove, entry))
        was = dict(now.books), dict(now.rows)
        undo.append(partial(_put_back, now, *was))
        for file, data in plan.files.items():
            if changes.is_book(file):
                now.books.pop(file, None)
                gained = sum(entry.file == file for entry in plan.entered)
                now.rows[file] = now.rows.get(file, 0) + gained - sum(entry.file == file for entry in plan.struck)
                if data is not None:
                    now.books[file] = data
        names = {ledger.name_of(d) for pair in plan.documents.values() for d in pair if d is not None}
        names |= {entry.record for entry in (*plan.entered, *plan.struck)}
        found = [*plan.book_findings, *ledger.ahead(plan.entered, self.as_of)]
        return found + [f for name in now.book.about(names) for f in now.book.check(name, now.records.present)]

    def _changed(
        self, changed: Changed, before: Mapping[str, frozenset[str]], findings: list[Finding], laps: Laps
    ) -> Seen:
        """Return index and search brought up to date; `before` are the classes of what the documents described."""
        context, store, seen = self.now.records.context, self.graph.store, self.seen

        def kinds(iri: str) -> frozenset[str]:
            return before.get(iri, frozenset()) | context.get(iri, frozenset())

        touched = frozenset[str]().union(*map(kinds, changed.touched))
        same = [name for name in TABLES if touched.isdisjoint(_TABLES.get(name, ()))]
        practices = {iri for iri in changed.touched if _PRACTICE in kinds(iri)}
        index = updated(seen.index, store, self.project.queries, practices, same)
        laps("index")
        version = self.now.version(self.as_of)
        laps("version")
        subjects = {q.subject.value for q in changed.added | changed.removed if isinstance(q.subject, NamedNode)}
        search = seen.search.updated(store, {iri for iri in subjects | practices if kind_of(iri) in KINDS})
        laps("search")
        return Seen(findings, version, index, search)

    def _read(self, findings: list[Finding], progress: Progress) -> Seen:
        """Return index and search made anew."""
        store, queries = self.graph.store, self.project.queries
        progress("index", 0, 1)
        index = in_memory(Index(store, queries), queries)
        progress("search", 0, 1)
        return Seen(findings, self.now.version(self.as_of), index, Growing.of_store(store, queries))

    def _whole(self, plan: Plan, why: str, undo: Undo, laps: Laps) -> Applied:
        """Read everything anew, with some documents replaced."""
        books = {**self.now.books, **{f: d for f, d in plan.files.items() if changes.is_book(f) and d is not None}}
        for file, data in plan.files.items():
            if data is None:
                books.pop(file, None)
        fresh = load(replaced(self.now, plan), books, self.as_of, self._language, no_progress)
        findings = fresh.findings(fresh.found, self._language, readable=fresh.graph is not None)
        laps("whole")
        if violations(findings):
            return self._told(plan, False, findings, laps, why)
        about = self._about(plan, findings)
        old = self.graph.store.engine
        undo.append(partial(setattr, self, "now", self.now))
        self.now = fresh
        new = self.graph.store.engine
        added, removed = ({quad for quad in one if quad not in other} for one, other in ((new, old), (old, new)))
        self._see(self._read(findings, no_progress), undo)
        laps("index and search")
        return self._told(plan, True, about, laps, why, Changed(added, removed, set()))

    def _told(
        self,
        plan: Plan,
        accepted: bool,
        findings: list[Finding],
        laps: Laps,
        why: str = "",
        changed: Changed | None = None,
    ) -> Applied:
        """Return what became of a change."""
        seen = self.seen
        return Applied(
            accepted,
            findings if accepted else self._about(plan, findings),
            seen.version,
            seen.index,
            seen.search.search,
            frozenset(changed.added if changed else ()),
            frozenset(changed.removed if changed else ()),
            plan.files,
            plan.lines,
            why,
            laps.seconds,
        )

    def _about(self, plan: Plan, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings about changed files, and those that are new."""
        known = frozenset(self.seen.findings)
        return [f for f in findings if f.file in plan.files or f not in known]

    def _see(self, seen: Seen, undo: Undo) -> None:
        undo.append(partial(setattr, self, "seen", self.seen))
        self.seen = seen


def _described(plan: Plan) -> set[str]:
    return {s for pair in plan.documents.values() for d in pair if d is not None for s in d.classes}


def _put_back(now: Loaded, books: dict[str, bytes], rows: dict[str, int]) -> None:
    now.books, now.rows = books, rows
