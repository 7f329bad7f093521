"""From a change that is written to a version that is served: its parent plus what changed, in about two seconds.

What comes out is what a build makes of the same files: the same name, the same dump byte for byte, the same graph and
index, a search with the same answers. Where the version before is not the parent, or many small steps have piled up,
all of it is written anew from the graph in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad, RdfFormat

from dgekg import generation, partitions, processes, textsearch, versions
from dgekg.build import placing
from dgekg.build.builder import without
from dgekg.build.writing import finish, locked
from dgekg.disk import sync
from dgekg.errors import NoBuild, StoreError
from dgekg.index.file import write as write_index
from dgekg.index.records import dimensions, sources_of
from dgekg.store import dumps
from dgekg.store.local import LocalStore
from dgekg.suppression import Suppressed
from dgekg.versions import DUMP, INDEX, SEARCH, STORE, Version
from dgekg.vocabulary import BASE, RDF_TYPE
from dgekg.withdrawal import held, take
from dgekg.writer.applied import Applied
from dgekg.writer.writer import Writer

_STEPS = 40  # so many small steps, and the next version is written whole: each leaves small files in the store


class Publisher:
    """Makes versions of what a writer holds.

    Args:
        writer: what is published; told of each change that is written (`note`).
        suppressed: what may not be shown, as of now.
        keep: how many older versions stay on disk.
    """

    def __init__(self, writer: Writer, suppressed: Callable[[], Suppressed], keep: int) -> None:
        self._writer, self._suppressed, self._keep = writer, suppressed, keep
        self._added: set[Quad] = set()
        self._removed: set[Quad] = set()
        self._parent, self._steps = "", 0

    def note(self, applied: Applied) -> None:
        """Take in what a change did to the graph."""
        self._removed = (self._removed - applied.added) | (applied.removed - self._added)
        self._added = (self._added - applied.removed) | applied.added
        self._added, self._removed = self._added - self._removed, self._removed - self._added

    def publish(self, *, anew: bool = False) -> Version:
        """Make what the writer holds the current version; does nothing where it is already.

        Args:
            anew: whether it is written whole, so that nothing of the version before lies in its files.

        Raises:
            StoreError: a build is running, or the disk cannot be written.
        """
        project, writer = self._writer.project, self._writer
        with locked(project.build), processes.uncollected():
            finish(project)
            listed = self._suppressed()
            name = without(writer.version, listed)
            before = _current(project.build)
            if before is not None and before.id == name and not anew:
                self._stands(name, whole=not held(writer.store, listed))
                return before
            placing.clear(project)
            left = held(writer.store, listed)
            small = before is not None and before.id == self._parent and self._steps < _STEPS and not left and not anew
            if small and before is not None:
                made = self._place(name, lambda folder: self._grown(before, folder, name, listed))
                self._steps += 1
            else:
                made = self._place(name, lambda folder: self._whole(folder, name, listed))
                self._steps = 0
            self._stands(name, whole=not left)
            return made

    def _stands(self, name: str, *, whole: bool) -> None:
        """Remember that a version says all that the writer holds, so that the next can be made from it."""
        self._parent = name if whole else ""
        self._added, self._removed = set(), set()

    def _place(self, name: str, write: Callable[[Path], None]) -> Version:
        return placing.place(self._writer.project, name, self._writer.as_of, self._keep, write)

    def _meta(self, listed: Suppressed, gone: int = 0) -> dict[str, Any]:
        writer = self._writer
        records = sum(file.startswith("data/") for file in writer.documents)
        return {
            "as_of": writer.as_of.isoformat(),
            "rules": writer.rules,
            "documents": records - gone,
            "warnings": len(writer.findings),
            "suppressed": listed.digest,
        }

    def _whole(self, folder: Path, name: str, listed: Suppressed) -> None:
        store, queries, gone = self._writer.store, self._writer.project.queries, 0
        if held(store, listed):
            copy = LocalStore()
            copy.engine.extend(store.engine)
            gone, store = take(copy, listed, queries).documents, copy
        placing.whole(store, folder, name, queries, self._meta(listed, gone))

    def _grown(self, before: Version, folder: Path, name: str, listed: Suppressed) -> None:
        """Fill a folder with the version before and what changed since."""
        writer, queries = self._writer, self._writer.project.queries
        with ThreadPoolExecutor(1) as beside:  # the engine lets other threads go on
            search = beside.submit(self._search, before, folder, name)
            quads = _store(before.store, folder / STORE, self._removed, self._added)
            dumps.respliced(before.dump, folder / DUMP, _lines(self._removed), _lines(self._added))
            write_index(writer.index.parts, sources_of(dimensions(queries)), folder / INDEX, name)
            known = partitions.read(before.path)
            counted = (
                partitions.count(writer.store, queries)
                if known is None
                else partitions.changed(known, writer.store, queries, self._removed, self._added)
            )
            partitions.write(counted, folder)
            search.result()
        if quads != len(writer.store.engine):
            raise StoreError(f"{folder}: the version before is not what the writer took it for. Start the writer anew.")
        placing.described(folder, name, {**self._meta(listed), "quads": quads, "classes": counted.of_ours()})

    def _search(self, before: Version, folder: Path, name: str) -> None:
        store = self._writer.store
        changed = {q.subject.value for q in self._added | self._removed if isinstance(q.subject, NamedNode)}
        ours = {iri for iri in changed if iri.startswith(BASE)}
        type_ = NamedNode(RDF_TYPE)
        gone = {i for i in ours if not any(store.engine.quads_for_pattern(NamedNode(i), type_, None, None))}
        textsearch.update(before.path / SEARCH, folder / SEARCH, name, store, self._writer.project.queries, ours, gone)


def _store(source: Path, target: Path, removed: set[Quad], added: set[Quad]) -> int:
    generation.copy_store(source, target)
    store = generation.writable(target)
    engine = store.engine
    for quad in removed:
        engine.remove(quad)
    engine.extend(added)
    for graph in {quad.graph_name for quad in removed}:
        if isinstance(graph, NamedNode) and not any(engine.quads_for_pattern(None, None, None, graph)):
            engine.remove_graph(graph)  # its name would stay, empty
    engine.flush()
    count = len(engine)
    del engine, store  # closed: while it is open, it puts small files together behind our back
    for file in target.iterdir():
        if file.name.startswith(generation.NOTES):
            file.unlink()
        elif file.stat().st_nlink == 1:  # what is linked was on the disk before
            sync(file)
    return count


def _lines(quads: set[Quad]) -> list[bytes]:
    return (ox.serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)


def _current(folder: Path) -> Version | None:
    try:
        return versions.current(folder)
    except (NoBuild, StoreError):
        return None
