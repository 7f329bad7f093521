"""An index that was updated, or written and opened again, is the index that is read anew: byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_worlds import BASE, QUERIES, SKOS, S, Triple, World, derived

from dgekg.errors import IndexFault
from dgekg.index import Index
from dgekg.index.file import FileParts, open_index, write
from dgekg.index.parts import names
from dgekg.index.records import dimensions, sources_of
from dgekg.index.update import updated
from dgekg.store.local import LocalStore
from lengths import examples

SOURCES = sources_of(dimensions(QUERIES))
EXAMPLES = settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def same(one: Index, other: Index) -> None:
    arrays, tables = names(SOURCES)
    for name in arrays:
        found, expected = one.parts.array(name), other.parts.array(name)
        assert (name, found.dtype, found.tolist()) == (name, expected.dtype, expected.tolist())
    for name in tables:
        assert (name, one.parts.table(name)) == (name, json.loads(json.dumps(other.parts.table(name))))


def of_practice(triples: list[Triple], practice: str) -> list[Triple]:
    """Return what a practice and its parts say."""
    slug = practice.rsplit("/", 1)[-1]
    kinds = ("practice", "evidence", "support", "attribution", "status")
    starts = tuple(f"{BASE}id/{kind}/{slug}" for kind in kinds)
    return [t for t in triples if t[0].startswith(starts)]


@given(st.randoms(use_true_random=False))
@EXAMPLES
def test_updated_is_read_anew(random: Random) -> None:
    world = World(random)
    for n in range(random.randint(0, 280) if random.random() < 0.3 else 0):  # runs longer than a word
        world.practices.append(BASE + f"id/practice/q{n:03}")
        world.say(world.practices[-1], "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", BASE + "ontology#Practice")
        world.say(world.practices[-1], BASE + "ontology#actsAtStage", world.members["stage"][n % 2])
        world.say(world.practices[-1], BASE + "ontology#lever", random.choice(world.members["lever"]))
    index = Index(world.store(), QUERIES)
    changed = set(world.some(world.practices, 3, 1))
    for practice in sorted(changed):
        gone = set(of_practice(world.triples, practice))
        world.triples = [t for t in world.triples if t not in gone]
        if random.random() < 0.6:
            world._practice(practice)
    for _ in range(random.randint(0, 2)):
        fresh = BASE + f"id/practice/{random.choice('aqz')}{random.randint(10, 999)}-a-longer-name"
        if fresh not in changed | set(world.practices):
            world._practice(fresh)
            changed.add(fresh)
    if random.random() < 0.3:
        world._statement(99)
    store = derived(world.triples)
    same(updated(index, store, QUERIES, changed), Index(store, QUERIES))


def test_a_moved_concept_is_read_anew() -> None:
    world = World(Random(5))
    index = Index(world.store(), QUERIES)
    concept = world.members["group"][-1]
    world.say(concept, SKOS + "notation", '"7')
    store = derived(world.triples)
    found = updated(index, store, QUERIES, [])
    assert found.hierarchy[S + "group"][concept].notation == "7"
    same(found, Index(store, QUERIES))


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_a_file_gives_back_what_was_written(tmp_path_factory: pytest.TempPathFactory, random: Random) -> None:
    index = Index(World(random).store(), QUERIES)
    path = tmp_path_factory.mktemp("index") / "index"
    write(index.parts, SOURCES, path, "abc")
    parts = FileParts(path, "abc", SOURCES)
    opened = Index(None, QUERIES, parts)
    same(opened, index)
    again = path.with_name("again")
    write(parts, SOURCES, again, "abc")
    assert again.read_bytes() == path.read_bytes()
    assert not opened.parts.array("slots").flags.writeable


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LocalStore]:
    store = World(Random(3)).store()
    path = tmp_path_factory.mktemp("index") / "index"
    write(Index(store, QUERIES).parts, SOURCES, path, "abc")
    return path, store


def broken(path: Path, text: bytes) -> Path:
    other = path.with_name("broken")
    other.write_bytes(text)
    return other


def test_what_is_no_index_of_this_version_is_refused(written: tuple[Path, LocalStore]) -> None:
    path, _store = written
    good = path.read_bytes()
    length = int.from_bytes(good[:8], "little")
    header = json.loads(good[8 : 8 + length])
    foreign = {**header, "__metadata__": {**header["__metadata__"], "kind": "weights of something"}}
    newer = {**header, "__metadata__": {**header["__metadata__"], "format": "2"}}
    moved = {**header, "slots": {**header["slots"], "data_offsets": [0, 4]}}
    odd = {**header, "slots": {"dtype": "F64"}}

    def headed(one: object) -> bytes:
        text = json.dumps(one).encode()
        return len(text).to_bytes(8, "little") + text + good[8 + length :]

    cases = {
        "expected .* bytes|truncated": good[:-1],
        "truncated": good[:100],
        "longer": good + b"\0",
        "first line": b"DG",
        "opened": b"",
        "something else": b"%PDF-1.7 and more of the kind that nobody expects here",
        "does not begin": (5).to_bytes(8, "little") + b"[1,2]" + bytes(64),
        "not an index of ours": headed(foreign),
        "found format '2', expected '1'": headed(newer),
        "slots is not where": headed(moved),
        "slots is not described": headed(odd),
    }
    for words, text in cases.items():
        with pytest.raises(IndexFault, match=words):
            FileParts(broken(path, text), "abc", SOURCES)
    with pytest.raises(IndexFault, match="found version 'abc', expected 'abd'"):
        FileParts(path, "abd", SOURCES)
    with pytest.raises(IndexFault, match="other dimensions"):
        FileParts(path, "abc", SOURCES[1:])
    with pytest.raises(IndexFault, match="cannot be opened"):
        FileParts(path.with_name("nowhere"), "abc", SOURCES)


def test_a_broken_file_is_said_and_mended(
    written: tuple[Path, LocalStore], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    path, store = written
    mine = tmp_path / "index"
    mine.write_bytes(path.read_bytes()[:-7])
    index = open_index(mine, "abc", store, QUERIES)
    assert "truncated" in caplog.text
    assert mine.read_bytes() == path.read_bytes()
    same(index, open_index(mine, "abc", store, QUERIES))
    assert list(tmp_path.iterdir()) == [mine]


def test_words_of_the_leading_dimension_are_whole(written: tuple[Path, LocalStore]) -> None:
    index = Index(None, QUERIES, FileParts(written[0], "abc", SOURCES))
    for source in ("stage", "direct-stage"):
        for line in index.members(source).values():
            assert np.array_equal(np.where(line != 0, index.everything, 0), line)
