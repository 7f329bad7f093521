"""A project read as a whole: validated, derived, indexed, as a build does it, and kept so that it can be changed."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from dgekg import documents, identifiers, processes
from dgekg.build import checks, ledger
from dgekg.build.builder import named
from dgekg.build.derive import assemble
from dgekg.build.ledger import Book
from dgekg.build.sources import SHARED, Sources
from dgekg.build.validate import Progress
from dgekg.examining.alone import Examiner, recall
from dgekg.findings import Finding, ordered, violations
from dgekg.store.local import LocalStore
from dgekg.writer.changes import Plan
from dgekg.writer.graph import Graph
from dgekg.writer.records import Records
from dgekg.writer.watch import Watch

_CHANGES = NamedNode(identifiers.named_graph("changes"))


@dataclass
class Loaded:
    """A project in memory.

    Attributes:
        sources: as it was read.
        records: its documents.
        watch: what its checks find.
        alone: what shapes and references find, by file.
        book: its ledger, by record.
        books: the files of the ledger.
        rows: how many lines each of them has, without its head.
        found: what reading and the ledger found when it was loaded.
        graph: its graph; None where the files cannot even be read.
    """

    sources: Sources
    records: Records
    watch: Watch
    alone: dict[str, list[Finding]]
    book: Book
    books: dict[str, bytes]
    rows: dict[str, int]
    found: list[Finding]
    graph: Graph | None = None

    def findings(self, more: Iterable[Finding], language: str, *, readable: bool = True) -> list[Finding]:
        """Return all findings in order, as validation gives them.

        Args:
            more: those that are not kept here.
            language: language of the messages.
            readable: whether all files can be read; else validation does not even ask the checks.
        """
        checked = self.watch.findings() if readable else []
        found = [*more, *checked, *(finding for some in self.alone.values() for finding in some)]
        found = checks.once(found, self.sources.project.queries / "checks")
        return ordered(finding.spoken(language) for finding in found)

    def version(self, as_of: dt.date) -> str:
        """Return the name of the version that a build would make of it."""
        books = [data for _file, data in sorted(self.books.items())]
        return named(self.records.digests, books, self.sources.rules_digest, as_of)


def load(sources: Sources, books: Mapping[str, bytes], as_of: dt.date, language: str, progress: Progress) -> Loaded:
    """Validate a project and derive what follows.

    Args:
        sources: the parsed project.
        books: the files of the ledger, by their path below the project's folder.
        as_of: the day to reckon from.
        language: language of the messages.
        progress: told each step.

    Raises:
        SourceError: a shape, query or rule of ours is broken.
    """
    queries = sources.project.queries
    found = list(sources.findings)
    records = Records(sources)
    read = [*sources.records, *sources.vocabulary]
    examiner = Examiner(sources.quick, records.known, language, recall(sources.project.build / ".clean"))
    store = None
    entries = []
    rows = {}
    for file, data in sorted(books.items()):
        lines, wrong = ledger.of_text(file, data)
        entries += lines
        found += wrong
        rows[file] = len(lines)
    book = Book(entries)
    found += ledger.ahead(entries, as_of)
    found += [wrong for name in {*book.names, *records.present} for wrong in book.check(name, records.present)]
    with processes.uncollected(), processes.each(examiner, read, spare=1) as examined:
        if not violations(sources.findings):
            progress("derive", 0, 1)
            store = assemble(sources, as_of)
            _enter(store, entries)
        progress("checks", 0, 1)
        watch = Watch(store or LocalStore(), queries, as_of, language)
        watch.all(records.home)
        progress("shapes", 0, 1)
        alone = {d.file: e.findings for d, e in zip(read, examined, strict=True) if e.findings}
    loaded = Loaded(sources, records, watch, alone, book, dict(books), rows, found)
    if store is not None:
        loaded.graph = Graph(store, sources.project, as_of)
    return loaded


def replaced(loaded: Loaded, plan: Plan) -> Sources:
    """Return the parsed project with some documents replaced; shapes and rules stay as they were read."""
    sources = copy.copy(loaded.sources)
    for name in ("context", "home"):
        vars(sources).pop(name, None)
    records, pairs = loaded.records, plan.documents
    sources.records = records.sorted_records(pairs)
    sources.vocabulary = records.sorted_vocabulary(pairs)
    read = {False: list[Finding](), True: list[Finding]()}
    for finding in plan.findings:
        read[finding.file.startswith("ontology/")].append(finding)
    sources.record_findings = [*read[False], *documents.clashes(sources.records)]
    sources.vocabulary_findings = [*read[True], *documents.clashes(sources.vocabulary, SHARED)]
    return sources


def _enter(store: LocalStore, entries: Iterable[ledger.Entry]) -> None:
    """Put the ledger that is given in the place of the one on disk."""
    now, given = set(store.engine.quads_for_pattern(None, None, None, _CHANGES)), set(ledger.quads_of(entries))
    for quad in now - given:
        store.engine.remove(quad)
    store.engine.extend(given - now)
