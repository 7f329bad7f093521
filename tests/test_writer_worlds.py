"""Random changes, one after the other: what the writer holds is what a build of the same files makes, or as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from conftest import AS_OF, copy_world
from dgekg.build import Sources, validate
from dgekg.build.builder import version_of
from dgekg.examining.quick import Quick
from dgekg.findings import Finding, violations
from dgekg.index import Index
from dgekg.index.parts import names
from dgekg.index.records import sources_of
from dgekg.settings import Project
from dgekg.shapes import Shapes
from dgekg.store.local import LocalStore
from dgekg.textsearch import Search
from dgekg.writer import Applied, Writer
from lengths import examples
from writer_worlds import Changes

ASKED = ("data", "audit b", "convention part", "network", "red", "escuela")
Held = dict[Path, bytes]


@dataclass(frozen=True)
class Kept:
    """All that must be as it was after a change that was refused or taken back."""

    quads: set[Quad]
    index: Index
    search: Search
    findings: list[Finding]
    version: str

    @classmethod
    def of(cls, writer: Writer) -> Kept:
        return cls(set(writer.store.engine), writer.index, writer.search, writer.findings, writer.version)


def same_index(one: Index, other: Index) -> None:
    arrays, tables = names(sources_of(one.dimensions))
    for name in arrays:
        found, expected = one.parts.array(name), other.parts.array(name)
        assert (name, found.dtype, found.tobytes()) == (name, expected.dtype, expected.tobytes())
    for name in tables:
        assert (name, one.parts.table(name)) == (name, json.loads(json.dumps(other.parts.table(name))))


def same_search(one: Search, other: Search) -> None:
    assert len(one) == len(other)
    for text in ASKED:
        found, expected = one.find(text), other.find(text)
        assert (text, found.hits, found.total) == (text, expected.hits, expected.total)


def files_of(project: Project) -> Held:
    folders = (project.data, project.ontology)
    return {path.relative_to(project.root): path.read_bytes() for one in folders for path in one.rglob("*.*")}


def put(project: Project, files: dict[str, bytes | None]) -> None:
    for file, data in files.items():
        path = project.root / file
        if data is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class World:
    """A writer of the small world, and what a build would say of the same files."""

    def __init__(self, project: Project, quick: Quick) -> None:
        self.project, self.writer, self._quick = project, Writer(project, AS_OF), quick

    def validated(self) -> tuple[Sources, list[Finding], LocalStore | None]:
        sources = Sources(self.project)
        vars(sources).update(quick=self._quick, shapes=self._quick.shapes)
        return sources, *validate(sources, AS_OF, remembered=self.project.build / ".clean")

    def accepted(self, applied: Applied, before: Kept) -> None:
        """Compare what the writer holds with the files, which hold the change."""
        sources, findings, store = self.validated()
        assert store is not None
        writer, now = self.writer, set(store.engine)
        held = set(writer.store.engine)
        assert [held - now, now - held] == [set(), set()]
        assert set(applied.added) == now - before.quads
        assert set(applied.removed) == before.quads - now
        assert [f.text() for f in writer.findings] == [f.text() for f in findings]
        assert writer.findings == findings
        assert self.about(applied) == [f for f in findings if f.file in applied.files]
        assert applied.version == writer.version == version_of(sources, AS_OF)
        same_index(writer.index, Index(store, self.project.queries))
        same_search(writer.search, Search.of_store(store, self.project.queries))

    def refused(self, applied: Applied, before: Kept) -> None:
        """Compare what the writer said with what validation says of the files, which hold the change for a while."""
        assert Kept.of(self.writer) == before
        _sources, findings, _store = self.validated()
        assert violations(findings)
        assert self.about(applied) == [f for f in findings if f.file in applied.files]
        assert [f.text() for f in violations(findings) if f not in applied.findings] == []

    @staticmethod
    def about(applied: Applied) -> list[Finding]:
        return [f for f in applied.findings if f.file in applied.files]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, built: Project) -> Iterator[World]:
    project = copy_world(tmp_path_factory.mktemp("written"))
    project.build.mkdir()
    (project.build / ".clean").write_bytes((built.build / ".clean").read_bytes())
    ledger = project.data / "changes" / "2026.csv"
    ledger.write_bytes((built.data / "changes" / "2026.csv").read_bytes())
    made = World(project, Quick(Shapes(project.shapes)))
    yield made
    made.writer.close()


@given(st.integers(0, 10_000), st.integers(2, 4))
@settings(
    max_examples=examples(5),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # an example takes seconds, and a smaller number is no simpler change
    suppress_health_check=list(HealthCheck),
)
def test_what_is_held_is_what_a_build_makes(world: World, seed: int, steps: int) -> None:
    random, writer, project = Random(seed), world.writer, world.project
    files, start = files_of(project), Kept.of(writer)
    changes = Changes(project.root, random)
    for _ in range(steps):
        before, texts = Kept.of(writer), changes.one()
        applied = writer.apply(texts)
        if applied.accepted and random.random() < 0.3:
            writer.undo(applied)
            assert Kept.of(writer) == before
            applied = writer.apply(texts)
        if applied.accepted:
            writer.commit(applied)
            world.accepted(applied, before)
        else:
            there = files_of(project)
            put(project, dict(applied.files))
            world.refused(applied, before)
            put(project, {str(path): there.get(path) for path in map(Path, applied.files)})
    now = files_of(project)
    back = writer.apply({path: files.get(path) for path in {*files, *now} if files.get(path) != now.get(path)})
    assert back.accepted, [f.text() for f in back.findings]
    writer.commit(back)
    assert files_of(project) == files
    assert set(writer.store.engine) == start.quads
    assert (writer.findings, writer.version) == (start.findings, start.version)
