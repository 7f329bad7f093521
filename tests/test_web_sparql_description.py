"""What the endpoint says of itself, versions and what is kept, and a store elsewhere through the same door."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from dgekg import formats
from dgekg.context import NAMESPACES
from dgekg.errors import QueryError
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.store.local import LocalStore
from dgekg.store.remote import RemoteStore
from dgekg.vocabulary import PREFIXES
from dgekg.web.app import create_app
from dgekg.web.sparql import confine, description, guard
from dgekg.web.sparql.sandbox import Sandbox

SD, VOID, SCHEMA, SH = NAMESPACES["sd"], NAMESPACES["void"], PREFIXES["schema"], PREFIXES["sh"]
LIMITS = Settings(query_seconds=3.5, query_rows=70)


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, LIMITS)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def described(client: TestClient) -> ox.Store:
    store = ox.Store()
    answer = client.get("/sparql", headers={"accept": "text/turtle"})
    assert answer.status_code == 200
    store.load(answer.content, ox.RdfFormat.TURTLE)
    return store


def objects(store: ox.Store, subject: str | None, predicate: str) -> list[str]:
    about = ox.NamedNode(subject) if subject else None
    return [q.object.value for q in store.quads_for_pattern(about, ox.NamedNode(predicate), None)]  # type: ignore[union-attr]


def test_it_says_where_it_is_and_what_it_speaks(described: ox.Store) -> None:
    [endpoint] = objects(described, None, SD + "endpoint")
    assert endpoint.endswith("/sparql")
    written = {n.rsplit("/", 1)[-1] for n in objects(described, endpoint, SD + "resultFormat")}
    assert written == {*description._NAMES.values()}
    assert objects(described, endpoint, SD + "feature") == [SD + "UnionDefaultGraph"]


def test_its_counts_are_those_of_the_store(described: ox.Store, world_observatory: Observatory) -> None:
    assert isinstance(world_observatory.store, LocalStore)
    engine = world_observatory.store.engine
    [default] = objects(described, None, SD + "defaultGraph")
    assert objects(described, default, VOID + "triples") == [str(len(engine))]
    counted = {}
    for entry in objects(described, None, SD + "namedGraph"):
        [graph] = objects(described, entry, SD + "graph")
        counted[objects(described, entry, SD + "name")[0]] = int(objects(described, graph, VOID + "triples")[0])
    assert counted == {
        g.value: sum(1 for _ in engine.quads_for_pattern(None, None, None, g)) for g in engine.named_graphs()
    }


def test_its_limits_are_the_settings(described: ox.Store) -> None:
    said = {}
    for limit in objects(described, None, SCHEMA + "additionalProperty"):
        said[objects(described, limit, SCHEMA + "propertyID")[0]] = objects(described, limit, SCHEMA + "value")[0]
    assert said["query_seconds"] == "3.5"
    assert said["query_rows"] == "70"
    assert {name for name in LIMITS.__slots__ if name.startswith("query_")} <= set(said)


def test_its_functions_are_known_to_the_engine(described: ox.Store) -> None:
    declared = objects(described, None, SD + "extensionFunction")
    assert len(declared) > 30
    for function in declared:
        LocalStore().select(f"SELECT (<{function}>() AS ?x) {{}}")
    with pytest.raises((QueryError, RuntimeError), match="not supported"):
        LocalStore().select(f"SELECT (<{declared[0]}x>() AS ?x) {{}}")


def test_its_examples_are_all_questions_and_run(described: ox.Store, world_observatory: Observatory) -> None:
    examples = objects(described, None, SH + "select")
    assert len(examples) == len(world_observatory.questions.all)
    for text in examples:
        assert guard.look(text, Settings()).form == "SELECT"
        ox.Store().query(text)


@pytest.mark.parametrize("kind", formats.GRAPHS)
def test_it_is_written_in_every_format(client: TestClient, described: ox.Store, kind: formats.Format) -> None:
    answer = client.get("/sparql", headers={"accept": kind.media_type})
    assert answer.headers["content-type"].split(";")[0] == kind.media_type
    assert len(set(ox.parse(answer.content, format=kind.rdf))) == len(described)


def test_it_is_made_once_a_version(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/sparql", headers={"accept": "text/turtle"})
    monkeypatch.setattr(description, "written", never)
    again = client.get("/sparql", headers={"accept": "text/turtle"})
    assert again.content == first.content
    known = {"accept": "text/turtle", "if-none-match": first.headers["etag"]}
    assert client.get("/sparql", headers=known).status_code == 304


def test_a_kept_answer_asks_no_worker(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"query": "SELECT ?s { ?s a ?c } ORDER BY ?s LIMIT 3"}
    first = client.get("/sparql", params=query)
    monkeypatch.setattr(Sandbox, "answer", never)
    assert client.get("/sparql", params=query).content == first.content
    assert client.get("/sparql", params=query, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    other = client.get("/sparql", params={**query, "format": "csv"})
    assert other.status_code == 500  # another format is another answer


def test_what_changes_by_itself_is_never_kept(client: TestClient) -> None:
    query = {"query": "SELECT (STRUUID() AS ?x) {}"}
    assert client.get("/sparql", params=query).text != client.get("/sparql", params=query).text


def test_a_store_elsewhere_takes_a_dataset_too(server: str, world_observatory: Observatory) -> None:
    store = RemoteStore(server)
    store._update('INSERT DATA { GRAPH <x:g> { <x:a> <x:p> "x" } GRAPH <x:h> { <x:b> <x:p> "y" } }')
    try:
        remote = Observatory(world_observatory.project, store, "r", world_observatory.as_of, {}, LIMITS)
        sandbox = Sandbox(remote, LIMITS)
        all_ = "SELECT ?s { ?s <x:p> ?o }"
        assert rows(sandbox.run(all_, "SELECT", formats.RESULTS_JSON)) == ["x:a", "x:b"]
        assert rows(sandbox.run(all_, "SELECT", formats.RESULTS_JSON, ["x:g"])) == ["x:a"]
        named = "SELECT ?s { GRAPH ?g { ?s <x:p> ?o } }"
        assert rows(sandbox.run(named, "SELECT", formats.RESULTS_JSON, (), ["x:h"])) == ["x:b"]
        graph = sandbox.run("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT", formats.NTRIPLES, ["x:h"])
        assert graph == b'<x:b> <x:p> "y" .\n'
        assert json.loads(sandbox.run("ASK {}", "ASK", formats.RESULTS_JSON))["boolean"]
        many = "SELECT * { VALUES ?x { " + " ".join(map(str, range(80))) + " } }"
        with pytest.raises(QueryError, match="70 rows"):
            sandbox.run(many, "SELECT", formats.CSV)
    finally:
        store._update("DROP GRAPH <x:g> ; DROP GRAPH <x:h>")


def never(*_: object) -> bytes:
    raise AssertionError("asked again")


def rows(body: bytes) -> list[str]:
    return sorted(row["s"]["value"] for row in json.loads(body)["results"]["bindings"])


def test_no_socket_can_be_opened_in_a_worker() -> None:
    code = (
        "import socket; from dgekg.web.sparql import confine; done = confine.no_sockets()\n"
        "a, b = socket.socketpair()\n"
        "try: socket.socket(); print('open', done)\n"
        "except PermissionError: print('refused', done)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert said in (["refused", "True"], ["open", "False"])  # the kernel of some machines has no such filter
    assert confine._SOCKET
