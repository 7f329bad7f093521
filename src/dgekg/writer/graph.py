"""The graph in memory, changed in place: what follows from a change is derived anew only where it may have changed.

`queries/leaning/*.rq` say which things lean on what changed; their derived statements are taken out, and the
derivations are run for them alone. Where that changes what others lean on, these come next, until nothing changes any
more. The result is the graph that a build would assemble from the same files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from dgekg import identifiers, template
from dgekg.build.derive import DERIVED
from dgekg.build.status import status_quads
from dgekg.errors import QueryError, SourceError
from dgekg.findings import expand
from dgekg.settings import Project
from dgekg.store.local import LocalStore
from dgekg.vocabulary import BASE
from dgekg.writer.records import Undo

_DERIVED = NamedNode(DERIVED)
_ASSESSES = NamedNode(identifiers.term("assesses"))
_STATUS = identifiers.records("status")
_ROUNDS = 20


class Changed(NamedTuple):
    """What a change did to a graph.

    Attributes:
        added: statements that it holds now.
        removed: statements that it held.
        touched: IRIs of which something changed, and of all that leans on them.
    """

    added: set[Quad]
    removed: set[Quad]
    touched: set[str]


class Leaning(NamedTuple):
    """One file of `queries/leaning`.

    Attributes:
        query: with a line for `?changed`.
        reads: the properties that matter; none where all do.
    """

    query: str
    reads: frozenset[str]


class Graph:
    """A store in memory and what it takes to change it.

    Args:
        store: as a build assembles it.
        project: the folders of queries and criteria.
        as_of: the day to reckon from.

    Raises:
        SourceError: a derivation has no parameter for the thing that it is about.
    """

    def __init__(self, store: LocalStore, project: Project, as_of: dt.date) -> None:
        self.store = store
        self._queries, self._criteria, self._as_of = project.queries, project.data / "criteria", as_of
        self._derivations = [_derivation(file) for file in sorted((project.queries / "derive").glob("*.rq"))]
        self._leaning = [_leaning(file) for file in sorted((project.queries / "leaning").glob("*.rq"))]
        self._was: dict[NamedNode, set[Quad]] = {}

    def change(self, removed: set[Quad], added: set[Quad], undo: Undo) -> Changed:
        """Take statements of the records out and put others in, with all that follows.

        Args:
            removed: statements that are there.
            added: statements that are not.
            undo: gains the way back, also where this fails half-way.

        Raises:
            SourceError: a derivation or the status rule is broken.
        """
        was: dict[NamedNode, set[Quad]] = {}
        self._was = was
        undo.append(lambda: self._back(was))
        seed = _subjects(removed | added)
        about = {q.predicate.value for q in removed | added}
        touched = seed | self._leans(seed, about)
        undo.append(lambda: self._put(added, removed))
        self._put(removed, added)
        touched |= self._leans(seed, about)
        self._follow(touched)
        self._rate(touched)
        came, gone = set(added), set(removed)
        for subject, before in was.items():
            now = self._derived(subject)
            came |= now - before
            gone |= before - now
        return Changed(came, gone, touched)

    def swap(self, removed: Iterable[Quad], added: Iterable[Quad], undo: Undo) -> None:
        """Take statements out and put others in, of which nothing follows."""
        removed, added = set(removed), set(added)
        undo.append(lambda: self._put(added, removed))
        self._put(removed, added)

    def _follow(self, touched: set[str]) -> None:
        """Derive anew what leans on the change, and what leans on that; adds to `touched` what that is."""
        todo = set(touched)
        for _ in range(_ROUNDS):
            changed = self._redo(todo)
            if not changed:
                return
            more = self._leans(_subjects(changed), {q.predicate.value for q in changed})
            touched |= more
            todo = more - todo
            if not todo:
                return
        raise SourceError(f"{self._queries / 'derive'}: derivations lean on each other in a circle.")

    def _redo(self, things: Iterable[str]) -> set[Quad]:
        """Derive anew what is said of some things; return what is said now and was not, or was and is not."""
        nodes = [NamedNode(iri) for iri in sorted(things) if not iri.startswith(_STATUS)]
        before = {node: self._derived(node) for node in nodes}
        for node, stale in before.items():
            self._was.setdefault(node, stale)
            self._put(stale, ())
        for file, query, name in self._derivations:
            for portion in template.portions(node.value for node in nodes):
                try:
                    self.store.derive(template.bind(query, {name: portion}), DERIVED)
                except QueryError as error:
                    raise SourceError(f"{file}: {error}") from error
        return set[Quad]().union(*(self._derived(node) ^ stale for node, stale in before.items()))

    def _rate(self, practices: Iterable[str]) -> None:
        """Compute the status of some practices anew."""
        engine = self.store.engine
        rated = [i for i in practices if next(engine.quads_for_pattern(None, _ASSESSES, NamedNode(i), None), None)]
        for iri in rated:
            for quad in list(engine.quads_for_pattern(None, _ASSESSES, NamedNode(iri), _DERIVED)):
                if isinstance(quad.subject, NamedNode):
                    stale = self._derived(quad.subject)
                    self._was.setdefault(quad.subject, stale)
                    self._put(stale, ())
        for portion in template.portions(rated):
            fresh = set(status_quads(self.store, self._queries, self._criteria, _DERIVED, self._as_of, portion))
            for subject in {q.subject for q in fresh if isinstance(q.subject, NamedNode)}:
                self._was.setdefault(subject, self._derived(subject))
            self._put((), fresh)

    def _leans(self, things: Iterable[str], about: set[str]) -> set[str]:
        """Return what leans on some things of which some properties changed."""
        found: set[str] = set()
        for leaning in self._leaning:
            if leaning.reads and leaning.reads.isdisjoint(about):
                continue
            for portion in template.portions(things):
                rows = self.store.rows(template.bind(leaning.query, {"changed": portion}))
                found |= {row[0].value for row in rows if isinstance(row[0], NamedNode)}
        return {iri for iri in found if iri.startswith(BASE)}

    def _derived(self, subject: NamedNode) -> set[Quad]:
        return set(self.store.engine.quads_for_pattern(subject, None, None, _DERIVED))

    def _put(self, gone: Iterable[Quad], come: Iterable[Quad]) -> None:
        for quad in gone:
            self.store.engine.remove(quad)
        self.store.engine.extend(come)

    def _back(self, was: dict[NamedNode, set[Quad]]) -> None:
        for subject, before in was.items():
            now = self._derived(subject)
            self._put(now - before, before - now)


def said(data: bytes, graph: str) -> set[Quad]:
    """Return the statements of a document as a store gives them back: numbers and dates in their plain form."""
    store = Store()
    store.load(data, RdfFormat.TURTLE, base_iri=BASE, to_graph=NamedNode(graph))
    return set(store)


def _subjects(quads: Iterable[Quad]) -> set[str]:
    return {q.subject.value for q in quads if isinstance(q.subject, NamedNode)}


def _derivation(file: Path) -> tuple[Path, str, str]:
    query = template.read(file)
    open_slots = [name for name, default in template.slots(query).items() if default == "UNDEF"]
    if len(open_slots) != 1:
        raise SourceError(
            f'{file}: expected one parameter "VALUES ?thing {{ UNDEF }}" for what the derived statements are about, '
            f"found {', '.join(open_slots) or 'none'}."
        )
    return file, query, open_slots[0]


def _leaning(file: Path) -> Leaning:
    query = template.read(file)
    header = "\n".join(line.removeprefix("#+") for line in query.splitlines() if line.startswith("#+"))
    names = (yaml.safe_load(header) or {}).get("reads", [])
    return Leaning(query, frozenset(expand(str(name)) for name in names))
