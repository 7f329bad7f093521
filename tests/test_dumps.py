"""A dump is the sorted lines of a store, the same bytes however it is made, with every sign that a text can hold."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from dgekg import partitions, template
from dgekg.build.derive import DERIVED
from dgekg.errors import QueryError, StoreError
from dgekg.settings import Project
from dgekg.store import dumps
from dgekg.store.dumps import write_dump
from dgekg.store.local import LocalStore
from lengths import examples

ODD = [
    '"',
    "\\",
    "\n",
    "\r",
    "\t",
    "\x0b",
    "\x0c",
    "\x1f",
    "\x7f",
    "\x85",
    "\u2028",
    "é",
    "\ufeff",
    "\uffff",
    "😀",
    "a b .",
]


def store_of(texts: list[str]) -> LocalStore:
    store = LocalStore()
    graph, prop = NamedNode("https://example.org/g"), NamedNode("https://example.org/p")
    for number, text in enumerate(texts):
        subject = NamedNode(f"https://example.org/{number % 7}é")
        store.engine.add(Quad(subject, prop, Literal(text), graph))
        store.engine.add(Quad(subject, prop, Literal(text, language="sw"), graph))
        store.engine.add(Quad(subject, prop, Literal(text, datatype=prop), graph))
    return store


def lines_of(store: LocalStore) -> bytes:
    lines = sorted(f"{q.subject} {q.predicate} {q.object} {q.graph_name} ." for q in store.engine)
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("portion", [1, 200, 10_000_000])
def test_portions_do_not_change_a_dump(tmp_path: Path, portion: int) -> None:
    store = store_of([*ODD, *(a + b for a in ODD for b in ODD)])
    write_dump(store, tmp_path / "dump.nq", portion)
    assert (tmp_path / "dump.nq").read_bytes() == lines_of(store)
    assert [p.name for p in tmp_path.iterdir()] == ["dump.nq"]


@given(texts=st.lists(st.text(max_size=5), min_size=1, max_size=8))
def test_any_text_is_dumped_as_the_library_writes_it(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("dump")
    store = store_of(texts)
    write_dump(store, folder / "dump.nq", 64)
    assert (folder / "dump.nq").read_bytes() == lines_of(store)
    assert len(LocalStore.of_file(folder / "dump.nq").engine) == len(store.engine)


def test_the_dump_of_a_world(world_store: LocalStore, tmp_path: Path) -> None:
    write_dump(world_store, tmp_path / "dump.nq")
    assert (tmp_path / "dump.nq").read_bytes() == lines_of(world_store)


def test_derived_in_the_engine_is_what_a_construct_gives(project: Project, world_store: LocalStore) -> None:
    for file in sorted((project.queries / "derive").glob("*.rq")):
        twin = LocalStore()
        twin.engine.extend(world_store.engine)
        twin.derive(template.read(file), "https://example.org/anew")
        anew = {
            q.triple for q in twin.engine.quads_for_pattern(None, None, None, NamedNode("https://example.org/anew"))
        }
        assert anew == set(world_store.construct(template.read(file)))
        derived = world_store.engine.quads_for_pattern(None, None, None, NamedNode(DERIVED))
        assert anew <= {q.triple for q in derived}
        assert anew


def test_only_a_construct_derives() -> None:
    with pytest.raises(QueryError, match="CONSTRUCT"):
        LocalStore().derive("ASK { ?s ?p ?o }", DERIVED)


@pytest.mark.parametrize("many", [1, 10_000_000])
def test_dump_and_store_are_written_beside_other_work(
    many: int, tmp_path: Path, world_store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "MANY", many)
    for name in ("one", "two"):  # twice: a store on disk that is open already must not stop the next one
        (tmp_path / name).mkdir()
        with dumps.writing(world_store, tmp_path / name / "dump.nq", tmp_path / name / "store") as written:
            assert written() == len(world_store.engine)
        assert (tmp_path / name / "dump.nq").read_bytes() == lines_of(world_store)
        assert len(LocalStore(tmp_path / name / "store").engine) == len(world_store.engine)


def test_a_store_that_cannot_be_written_says_so(
    tmp_path: Path, world_store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "MANY", 1)
    (tmp_path / "store").write_text("in the way")
    with (
        dumps.writing(world_store, tmp_path / "dump.nq", tmp_path / "store") as written,
        pytest.raises(StoreError, match="cannot be written"),
    ):
        written()


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_a_changed_dump_is_that_of_the_changed_graph(data: st.DataObject) -> None:
    every = sorted(store_of([*ODD, *(a + b for a in ODD[:4] for b in ODD)]).engine, key=str)
    before, after = (set(data.draw(st.lists(st.sampled_from(every), unique=True))) for _ in range(2))
    gone, come = lines(before - after), lines(after - before)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "before"), Path(folder, "after")
        source.write_bytes(b"".join(sorted(lines(before))))
        dumps.respliced(source, target, gone, come)
        assert target.read_bytes() == b"".join(sorted(lines(after)))
        for missing, there in ((come, []), ([], gone)):
            if missing or there:
                with pytest.raises(StoreError, match="is not what the change was reckoned from"):
                    dumps.respliced(source, target, missing, there)


def lines(quads: set[Quad]) -> list[bytes]:
    return (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)


@settings(max_examples=examples(10), deadline=None)
@given(data=st.data())
def test_counts_of_a_changed_graph_are_those_of_a_count(
    project: Project, world_store: LocalStore, data: st.DataObject
) -> None:
    every = sorted(world_store.engine, key=str)[::20]
    few = st.lists(st.sampled_from(every), max_size=60, unique=True)
    subject = data.draw(st.sampled_from(every)).subject  # all that is said of a thing comes or goes
    away, back = {*data.draw(few), *(q for q in every if q.subject == subject)}, set(data.draw(few))
    store, after = LocalStore(), LocalStore()
    store.engine.extend(set(every) - away)
    now = (set(every) - back) | (away & back)
    after.engine.extend(now)
    removed, added = set(store.engine) - now, now - set(store.engine)
    before = partitions.count(store, project.queries)
    assert partitions.changed(before, after, project.queries, removed, added) == partitions.count(
        after, project.queries
    )
