"""The incidence index: what it reads, once, and what a broken graph does to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from dgekg.build import Sources
from dgekg.build.derive import assemble
from dgekg.coverage import View, compute
from dgekg.errors import SourceError, UnknownValue
from dgekg.index import Index
from dgekg.observatory import Observatory
from dgekg.settings import Project
from dgekg.store.base import Term
from dgekg.store.local import LocalStore
from dgekg.vocabulary import PREFIXES, RDF_TYPE

S = "https://w3id.org/dgekg/scheme/"
BROADER = PREFIXES["skos"] + "broader"


class Counting(LocalStore):
    """A store that remembers what it was asked."""

    def __init__(self, inner: LocalStore) -> None:
        super().__init__()
        self.engine = inner.engine
        self.asked: Counter[str] = Counter()

    def rows(self, query: str) -> Iterator[tuple[Term | None, ...]]:
        self.asked[query] += 1
        return super().rows(query)


def test_each_dimension_is_read_once(world_store: LocalStore, project: Project, world_observatory: Observatory) -> None:
    store = Counting(world_store)
    index = Index(store, project.queries)
    for dimensions in (("stage", "group"), ("region", "stage"), ("group", "stage"), ("provision", "lever")):
        compute(index, View(dimensions), world_observatory.as_of)
    assert set(store.asked.values()) == {1}


def test_bits_come_back(world_observatory: Observatory) -> None:
    index = world_observatory.index
    assert index.unpack(index.everything) == list(index.practices)
    assert index.unpack(index.none) == []
    assert index.unpack(index.bits([2, 0])) == [index.practices[0], index.practices[2]]
    assert index.position[index.practices[3]] == 3


def test_an_empty_store_is_an_empty_index(project: Project, world_observatory: Observatory) -> None:
    index = Index(LocalStore(), project.queries)
    assert (index.practices, index.statements, index.roots) == ((), (), {})
    grid = compute(index, View(("stage", "group")), world_observatory.as_of)
    assert (len(grid.cells), grid.total, grid.placed) == (0, 0, 0)


def test_no_evidence_is_below_every_rung(project: Project) -> None:
    store = LocalStore()
    practice = NamedNode("https://w3id.org/dgekg/id/practice/x")
    store.engine.add(Quad(practice, NamedNode(RDF_TYPE), NamedNode(PREFIXES["dgekg"] + "Practice")))
    assert Index(store, project.queries).rung.tolist() == [-1]


def test_closure_follows_every_way_up(world_observatory: Observatory) -> None:
    index = world_observatory.index
    within = index.within[S + "group/indigenous-women"]
    assert {S + "group/women", S + "group/indigenous-peoples", S + "group/everyone"} <= within
    assert S + "group/indigenous-women" in index.narrower[S + "group/women"]
    provision = next(c for c in index.concepts("provision").values() if c.broader)
    assert index.within[provision.iri] & set(index.concepts("instrument"))


def test_a_circle_and_a_loose_end_do_not_hang_or_lose_rows(project: Project, world_observatory: Observatory) -> None:
    store = LocalStore()
    for one, other in (("a", "b"), ("b", "a"), ("c", "nowhere")):
        concept = NamedNode(S + f"stage/{one}")
        store.engine.add(Quad(concept, NamedNode(RDF_TYPE), NamedNode(PREFIXES["skos"] + "Concept")))
        store.engine.add(Quad(concept, NamedNode(PREFIXES["skos"] + "inScheme"), NamedNode(S + "stage")))
        store.engine.add(Quad(concept, NamedNode(BROADER), NamedNode(S + f"stage/{other}")))
    index = Index(store, project.queries)
    assert index.within[S + "stage/a"] == index.within[S + "stage/b"] == {S + "stage/a", S + "stage/b"}
    grid = compute(index, View(("stage",)), world_observatory.as_of)
    assert sorted(grid.axes[0].rows) == [S + f"stage/{code}" for code in "abc"]


def test_roots_are_of_schemes_only(world_observatory: Observatory) -> None:
    roots = world_observatory.index.roots
    assert roots["stage"] == S + "stage/whole-lifecycle"
    assert roots["region"] == S + "region/001"
    assert not {"provision", "instrument", "round", "status", "level"} & set(roots)


def test_code_is_what_people_write(world_observatory: Observatory) -> None:
    concepts = world_observatory.index.concepts("stage")
    data = concepts[S + "stage/data"]
    assert (data.code, data.notation) == ("data", "3")
    assert world_observatory.index.concepts("region")[S + "region/002"].code == "002"


def test_statements_speak_of_roots_where_they_are_silent(world_observatory: Observatory) -> None:
    index = world_observatory.index
    (oceania,) = (s for s in index.statements if s.iri.endswith("/oceania"))
    assert oceania.cell["region"] == {S + "region/009"}
    assert oceania.cell["stage"] == {index.roots["stage"]}
    assert "norm" not in oceania.cell
    assert (oceania.status, oceania.date, oceania.languages) == (
        "searched-none-found",
        "2026-01-30",
        frozenset({"en", "fr"}),
    )


def test_unknown_dimension_suggests(world_observatory: Observatory) -> None:
    with pytest.raises(UnknownValue, match=r"Did you mean .*region"):
        world_observatory.index.concepts("regio")


def test_a_place_is_a_row_where_a_practice_names_it(
    sandbox: Project, world_store: LocalStore, world_observatory: Observatory
) -> None:
    sapmi, europe = S + "place/sapmi", S + "region/150"
    file = sandbox.data / "practices" / "data-trust-a.ttl"
    file.write_text(file.read_text("utf-8").replace("<scheme/region/404>", "<scheme/place/sapmi>"), "utf-8")
    index = Index(assemble(Sources(sandbox), world_observatory.as_of), sandbox.queries)
    grid = compute(index, View(("region",)), world_observatory.as_of)
    assert index.roots["region"] == S + "region/001"
    assert grid.cells[sapmi,].measures["practices"] == 1
    assert set(grid.cells[sapmi,].members) < set(grid.cells[europe,].members)
    before = compute(Index(world_store, sandbox.queries), View(("region",)), world_observatory.as_of)
    assert sapmi not in before.axes[0].rows


@pytest.mark.parametrize("text", ["stage: [", "stage: {scheme: stage}", "- stage", "stage: {label: {en: x}}"])
def test_broken_dimensions(tmp_path: Path, text: str) -> None:
    (tmp_path / "dimensions.yaml").write_text(text, "utf-8")
    with pytest.raises(SourceError, match=r"dimensions\.yaml: expected"):
        Index(LocalStore(), tmp_path)
