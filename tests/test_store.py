"""One contract for both engines; the remote one is the real `oxigraph` server on loopback, started here."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from conftest import free_port
from dgekg.errors import QueryError, StoreError, StoreTimeout
from dgekg.store.base import Store
from dgekg.store.local import LocalStore, write_store
from dgekg.store.remote import RemoteStore

BASE = "https://w3id.org/dgekg/"
XSD = "http://www.w3.org/2001/XMLSchema#"
DUMP = f"""\
<{BASE}id/practice/a> <http://purl.org/dc/terms/title> "Atelier \\"A\\"\\n\\u00e9"@fr <{BASE}graph/practices/a> .
<{BASE}id/practice/a> <http://purl.org/dc/terms/issued> "2026-11-21"^^<{XSD}date> <{BASE}graph/practices/a> .
<{BASE}id/practice/b> <http://purl.org/dc/terms/title> "B"@en <{BASE}graph/practices/b> .
"""


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    engine: Store = LocalStore() if request.param == "local" else RemoteStore(request.getfixturevalue("server"))
    dump = tmp_path / "dump.nq"
    dump.write_text(DUMP, encoding="utf-8")
    assert engine.load(dump) == 3
    return engine


def test_select_gives_typed_terms_and_none_where_unbound(store: Store) -> None:
    table = store.select(
        "SELECT ?s ?t ?d WHERE { ?s <http://purl.org/dc/terms/title> ?t "
        "OPTIONAL { ?s <http://purl.org/dc/terms/issued> ?d } } ORDER BY ?s"
    )
    assert table.columns == ("s", "t", "d")
    assert table.rows[0] == (
        NamedNode(BASE + "id/practice/a"),
        Literal('Atelier "A"\né', language="fr"),
        Literal("2026-11-21", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    )
    assert table.rows[1] == (NamedNode(BASE + "id/practice/b"), Literal("B", language="en"), None)


def test_plain_strings_come_back_as_strings(store: Store) -> None:
    assert store.select('SELECT ?x WHERE { BIND("x" AS ?x) }').rows == [(Literal("x"),)]


def test_default_graph_is_the_union(store: Store) -> None:
    assert store.ask("ASK { ?a <http://purl.org/dc/terms/issued> ?i . ?b <http://purl.org/dc/terms/title> 'B'@en }")
    assert store.graphs() == [BASE + "graph/practices/a", BASE + "graph/practices/b"]


def test_construct_and_describe(store: Store) -> None:
    made = store.construct("CONSTRUCT { ?s a <http://x/T> } WHERE { ?s <http://purl.org/dc/terms/title> 'B'@en }")
    assert [str(t.subject) for t in made] == [f"<{BASE}id/practice/b>"]
    assert len(store.describe(BASE + "id/practice/a")) == 2
    assert store.describe(BASE + "id/practice/none") == []


def test_load_replaces_a_whole_version(store: Store, tmp_path: Path) -> None:
    other = tmp_path / "other.nq"
    other.write_text(f'<{BASE}id/practice/c> <http://purl.org/dc/terms/title> "C"@en <{BASE}graph/practices/c> .\n')
    assert store.load(other) == 1
    assert store.graphs() == [BASE + "graph/practices/c"]


@pytest.mark.parametrize("query", ["SELECT ?s WHERE {", "ASK { ?a ?b }", "nonsense"])
def test_a_broken_query_is_the_callers_fault(store: Store, query: str) -> None:
    with pytest.raises(QueryError):
        store.select(query)


def test_the_form_of_the_query_must_fit(store: Store) -> None:
    with pytest.raises(QueryError, match="SELECT"):
        store.select("ASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match="ASK"):
        store.ask("SELECT * WHERE { ?s ?p ?o }")


def test_a_built_store_is_read_only(tmp_path: Path) -> None:
    dump = tmp_path / "dump.nq"
    dump.write_text(DUMP, encoding="utf-8")
    assert write_store(dump, tmp_path / "store") == 3
    opened = LocalStore(tmp_path / "store")
    assert len(opened.select("SELECT * WHERE { ?s ?p ?o }")) == 3
    with pytest.raises(StoreError, match="never changed"):
        opened.load(dump)


def test_a_missing_or_damaged_store_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="dgekg build"):
        LocalStore(tmp_path / "none")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError, match="cannot be opened"):
        LocalStore(tmp_path / "damaged")


def test_a_service_that_is_down_is_said() -> None:
    with pytest.raises(StoreError, match="no SPARQL service answers"):
        RemoteStore(f"http://127.0.0.1:{free_port()}/query").ask("ASK {}")
    with pytest.raises(StoreError, match="expected an address"):
        RemoteStore("localhost/query")


def test_a_service_that_is_slow_is_said() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        slow = RemoteStore(f"http://127.0.0.1:{silent.getsockname()[1]}/query", timeout=1)
        with pytest.raises(StoreTimeout, match="within 1 seconds"):
            slow.ask("ASK {}")
