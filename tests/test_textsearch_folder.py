"""The search on disk: checked when it is opened, never changed, and an update answers as a build does."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgekg import textsearch
from dgekg.errors import SearchFault, StoreError
from dgekg.identifiers import record
from dgekg.observatory import open_observatory
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.textsearch import Search, folder
from lengths import examples

WORDS = ("lamp", "lamps", "river", "rivière", "policies", "policy", "école", "of", "women")
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
NAMES = ("ada", "bo", "cy")
RECORD = st.tuples(TEXT, TEXT, st.sampled_from(NAMES), st.sampled_from(("north", "south")))
WORLD = st.fixed_dictionaries(
    {
        "actors": st.fixed_dictionaries(dict.fromkeys(NAMES, TEXT)),
        "places": st.fixed_dictionaries({"north": TEXT}),
        "practices": st.dictionaries(st.sampled_from("abcdef"), RECORD, min_size=3, max_size=6),
    }
)
EDIT = st.one_of(
    st.tuples(st.just("practices"), st.sampled_from("abcdefg"), st.none() | RECORD),
    st.tuples(st.just("actors"), st.sampled_from(NAMES), TEXT),
    st.tuples(st.just("places"), st.just("north"), TEXT),
)
World = dict[str, dict[str, Any]]
ASKED = (
    "lamp ",
    "lamps river ",
    "riv",
    "polic",
    "l",
    "wo",
    "lamo ",
    '"lamp river"',
    "river -policy",
    "women of ",
    "ecole",
    "north",
    "zz",
)
_PREFIXES = """
@prefix dgekg: <https://w3id.org/dgekg/ontology#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def store_of(world: World) -> LocalStore:
    lines = [_PREFIXES, '<scheme/region/south> a skos:Concept ; skos:prefLabel "South"@en .']
    for slug, name in world["places"].items():
        lines.append(f'<scheme/region/{slug}> a skos:Concept ; skos:prefLabel "North {name}"@en .')
    for slug, name in world["actors"].items():
        lines.append(f'<id/actor/{slug}> a dgekg:Actor ; foaf:name "{name}"@fr .')
    for slug, (title, text, actor, place) in world["practices"].items():
        lines.append(
            f'<id/practice/{slug}> a dgekg:Practice ; dct:title "{title}"@en ; dct:description "{text}"@en ;'
            f" dgekg:inRegion <scheme/region/{place}> ; prov:qualifiedAttribution <id/attribution/{slug}> ."
            f"<id/attribution/{slug}> prov:agent <id/actor/{actor}> ."
        )
    store = LocalStore()
    store.load_text("\n".join(lines), "https://w3id.org/dgekg/graph/test")
    return store


def edited(world: World, step: list[tuple[str, str, object]]) -> World:
    made = {part: dict(things) for part, things in world.items()}
    for part, slug, value in step:
        made[part].pop(slug, None)
        made[part] |= {} if value is None else {slug: value}
    return made


def changes(before: World, after: World) -> tuple[set[str], set[str]]:
    homes = {"practices": record("practice", "x")[:-1], "actors": record("actor", "x")[:-1]}
    homes["places"] = "https://w3id.org/dgekg/scheme/region/"
    changed = {homes[k] + s for k in homes for s, v in after[k].items() if before[k].get(s) != v}
    removed = {homes[k] + s for k in homes for s in before[k] if s not in after[k]}
    return changed, removed


def answers(search: Search) -> list[textsearch.Found]:
    kinds: tuple[tuple[str, ...], ...] = ((), ("practice",), ("actor",))
    asked = itertools.product(ASKED, kinds, (2, 50))
    return [search.find(text, "en", given_, limit) for text, given_, limit in asked]


@settings(max_examples=examples(6), deadline=None)
@given(WORLD, st.lists(st.lists(EDIT, min_size=1, max_size=2), min_size=2, max_size=3))
def test_an_update_answers_as_a_build_does(first: World, steps: list[list[tuple[str, str, object]]]) -> None:
    worlds = list(itertools.accumulate(steps, edited, initial=first))
    queries = Path(__file__).parent.parent / "queries"
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        textsearch.build(here / "0", "v0", store_of(worlds[0]), queries)
        for number, (before, after) in enumerate(itertools.pairwise(worlds), 1):
            store = store_of(after)
            changed, removed = changes(before, after)
            source, target = here / str(number - 1), here / str(number)
            textsearch.update(source, target, f"v{number}", store, queries, changed, removed)
            updated = textsearch.open_folder(target, f"v{number}")
            anew = Search.of_store(store, queries)
            assert len(updated) == len(anew)
            assert answers(updated) == answers(anew)


@pytest.fixture
def pair(tmp_path: Path, project: Project) -> tuple[Path, Path]:
    world: World = {
        "actors": {"ada": "lamp", "bo": "river", "cy": "women"},
        "places": {"north": "école"},
        "practices": {slug: (f"lamp {slug}", "river", "ada", "north") for slug in "abc"},
    }
    (tmp_path / "one").mkdir()
    textsearch.build(tmp_path / "one" / "search", "v1", store_of(world), project.queries)
    world["practices"]["a"] = ("tree", "policy", "bo", "south")
    (tmp_path / "two").mkdir()
    two = tmp_path / "two" / "search"
    textsearch.update(
        tmp_path / "one" / "search", two, "v2", store_of(world), project.queries, [record("practice", "a")]
    )
    return tmp_path / "one" / "search", two


def fingerprints(path: Path) -> dict[str, str]:
    files = [file for file in path.rglob("*") if file.is_file()]
    return {str(f.relative_to(path)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_an_update_leaves_the_older_folder_as_it_was(pair: tuple[Path, Path], project: Project) -> None:
    one, two = pair
    before = fingerprints(one)
    assert textsearch.open_folder(one, "v1").find("tree ").total == 0
    assert textsearch.open_folder(two, "v2").find("tree ").total == 1
    shared = [p for p in (one / "practices").iterdir() if p.suffix == ".idx"]
    assert shared
    assert all(p.stat().st_ino == (two / "practices" / p.name).stat().st_ino for p in shared)
    assert fingerprints(one) == before
    shutil.rmtree(one)
    assert textsearch.open_folder(two, "v2").find("lamp", "en", ("practice",)).total == 2
    assert project.queries.is_dir()


def test_what_is_removed_is_out_though_the_store_still_has_it(pair: tuple[Path, Path], project: Project) -> None:
    gone = record("practice", "b")
    store = store_of({"actors": {}, "places": {}, "practices": {"b": ("lamp", "river", "ada", "north")}})
    textsearch.update(pair[1], pair[1].parent / "three", "v3", store, project.queries, [], [gone])
    assert gone in {hit.iri for hit in textsearch.open_folder(pair[1], "v2").find("lamp ").hits}
    assert gone not in {hit.iri for hit in textsearch.open_folder(pair[1].parent / "three", "v3").find("lamp ").hits}


def test_many_changes_are_a_build(
    pair: tuple[Path, Path], project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(folder, "_LEAST", 0)
    monkeypatch.setattr(folder, "_SHARE", 0.0)
    store = store_of({"actors": {}, "places": {}, "practices": {"a": ("tree", "x", "ada", "south")}})
    textsearch.update(pair[1], tmp_path / "three", "v3", store, project.queries, [], [record("practice", "b")])
    assert not list((tmp_path / "three").glob(f"*{folder._CHANGES}"))
    assert len(textsearch.open_folder(tmp_path / "three", "v3")) == 2


def each_file(path: Path) -> Iterator[Path]:
    yield from (f for f in sorted(path.rglob("*")) if f.is_file() and not f.name.endswith(".lock"))


@pytest.mark.parametrize("which", [0, 1])
def test_every_damaged_file_is_refused_with_words(pair: tuple[Path, Path], which: int, tmp_path: Path) -> None:
    whole, version = pair[which], f"v{which + 1}"
    damages = 0
    for file in each_file(whole):
        for damage in ("cut", "empty", "missing", "other", "within", "longer"):
            copy = tmp_path / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(whole, copy / "search")
            path = copy / "search" / file.relative_to(whole)
            content = path.read_bytes()
            harmed = {"cut": content[: len(content) // 2], "empty": b"", "longer": content + b"x"}
            middle = len(content) // 2
            harmed["within"] = (
                content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :] if content else b"y"
            )
            harmed["other"] = bytes([content[0] ^ 0xFF]) + content[1:] if content else b"x"
            path.unlink() if damage == "missing" else path.write_bytes(harmed[damage])
            with pytest.raises(SearchFault) as refused:
                textsearch.open_folder(copy / "search", version)
            assert f'Delete the folder of the version, {copy}, and run "dgekg build".' in str(refused.value)
            damages += 1
    assert damages > 50


def test_another_version_another_format_or_something_else(pair: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(SearchFault, match='belongs to version "v1", expected "v2"'):
        textsearch.open_folder(pair[0], "v2")
    manifest = pair[0] / folder.MANIFEST
    known = json.loads(manifest.read_text())
    for text in ("[]", "null", "{}", "not json", '{"format": 1}', json.dumps({**known, "format": 99})):
        manifest.write_text(text)
        with pytest.raises(SearchFault, match="the search cannot be used"):
            textsearch.open_folder(pair[0], "v1")
        with pytest.raises(SearchFault):
            textsearch.update(pair[0], tmp_path / "x", "v9", LocalStore(), tmp_path, [])
    for name in ("nowhere", "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(StoreError, match=r"search\.json cannot be read"):
            textsearch.open_folder(tmp_path / name, "v1")


def test_what_exists_is_not_written_over(pair: tuple[Path, Path], project: Project) -> None:
    before = fingerprints(pair[0])
    with pytest.raises(SearchFault, match="cannot be written"):
        textsearch.build(pair[0], "v1", LocalStore(), project.queries)
    assert fingerprints(pair[0]) == before


def test_a_folder_that_may_only_be_read(pair: tuple[Path, Path]) -> None:
    for lock in pair[0].rglob(".tantivy-meta.lock"):
        lock.unlink()
        lock.mkdir()  # so that nobody, not even the superuser, can open it for writing
    opened = textsearch.open_folder(pair[0], "v1")
    assert opened.find("lamp ").total == 4
    temporary = set(Path(tempfile.gettempdir()).glob("dgekg-search-*"))
    assert temporary
    del opened
    assert not [path for path in temporary if path.exists() and any(path.iterdir())]


def test_a_build_holds_its_search_and_a_damaged_one_is_said(built: Project, tmp_path: Path) -> None:
    observatory = open_observatory(Settings(root=built.root))
    in_memory = Search.of_store(observatory.store, built.queries)
    assert len(observatory.search) == len(in_memory) > 800
    for text in ("women", "audit", "femmes", "mujeres", "equality conv", "ministy"):
        for kinds in ((), ("practice",)):
            assert observatory.search.find(text, "en", kinds) == in_memory.find(text, "en", kinds)
    copy = tmp_path / "copy"
    shutil.copytree(built.root, copy, symlinks=True)
    (copy / "build" / "current" / "search" / "search.json").unlink()
    damaged = open_observatory(Settings(root=copy))
    with pytest.raises(SearchFault, match='run "dgekg build"'):
        _ = damaged.search
