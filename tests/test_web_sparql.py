"""The public endpoint: the protocol, and what hostile queries get while small ones still answer."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient

from dgekg import formats
from dgekg.errors import QueryError
from dgekg.observatory import Observatory
from dgekg.settings import Settings
from dgekg.store.base import Table
from dgekg.store.local import LocalStore
from dgekg.web.app import create_app
from dgekg.web.sparql import guard
from dgekg.web.sparql.elsewhere import results_json
from dgekg.web.sparql.sandbox import Sandbox

LIMITS = Settings(query_seconds=1.0, query_memory_mb=192, query_rows=500, query_workers=3, query_bytes=20_000)
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, LIMITS)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        assert found.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).status_code == 200
        yield found


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_three_ways_to_ask(client: TestClient, way: str) -> None:
    query = "SELECT ?s WHERE { ?s a ?class } ORDER BY ?s LIMIT 3"
    if way == "get":
        answer = client.get("/sparql", params={"query": query})
    elif way == "form":
        answer = client.post("/sparql", data={"query": query})
    else:
        answer = client.post("/sparql", content=query, headers={"content-type": "application/sparql-query"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == formats.RESULTS_JSON.media_type
    assert len(answer.json()["results"]["bindings"]) == 3


@pytest.mark.parametrize("kind", [*formats.RESULTS, formats.JSON])
def test_tables_in_every_format(client: TestClient, kind: formats.Format) -> None:
    for query in ("SELECT * WHERE { ?s ?p ?o } LIMIT 2", "ASK { ?s ?p ?o }"):
        answer = client.get("/sparql", params={"query": query}, headers={"accept": kind.media_type})
        assert answer.status_code == 200
        expected = formats.RESULTS_JSON if kind is formats.JSON else kind
        assert answer.headers["content-type"].split(";")[0] == expected.media_type
        if expected in (formats.RESULTS_JSON, formats.RESULTS_XML):
            ox.parse_query_results(answer.content, format=expected.results)


@pytest.mark.parametrize("kind", formats.GRAPHS)
@pytest.mark.parametrize(
    "form", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5", "DESCRIBE ?s { ?s a ?x } LIMIT 1"]
)
def test_graphs_in_every_format(client: TestClient, kind: formats.Format, form: str) -> None:
    answer = client.get("/sparql", params={"query": form}, headers={"accept": kind.media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == kind.media_type
    assert list(ox.parse(answer.content, format=kind.rdf))


def test_format_parameter_and_quality(client: TestClient) -> None:
    query = {"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"}
    assert client.get("/sparql", params={**query, "format": "csv"}).text.startswith("s\r\n")
    accept = {"accept": "text/csv;q=0.2, application/sparql-results+xml;q=0.9"}
    assert b"<sparql" in client.get("/sparql", params=query, headers=accept).content
    assert client.get("/sparql", params=query, headers={"accept": "image/png"}).status_code == 406
    assert client.get("/sparql", params={**query, "format": "pdf"}).status_code == 406


def test_accept_headers_have_an_end(client: TestClient) -> None:
    query = {"query": "ASK {}"}
    assert client.get("/sparql", params=query, headers={"accept": "a/b, " * 20 + "text/csv"}).status_code == 200
    assert client.get("/sparql", params=query, headers={"accept": "a/b, " * 2000 + "text/csv"}).status_code == 400


def test_csv_of_the_endpoint_is_exact(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": 'SELECT ("=1+1" AS ?x) {}', "format": "csv"})
    assert answer.text == "x\r\n=1+1\r\n"


def test_dataset_parameters(client: TestClient, world_observatory: Observatory) -> None:
    graph = next(g for g in world_observatory.store.graphs() if "bias-audit-b" in g)
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"

    def count(**more: str) -> int:
        body = client.get("/sparql", params={"query": query, **more}).json()
        return int(body["results"]["bindings"][0]["n"]["value"])

    assert 0 < count(**{"default-graph-uri": graph}) < count()
    assert count(**{"default-graph-uri": "https://example.org/none"}) == 0
    assert client.get("/sparql", params={"query": query, "named-graph-uri": "no graph"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT ?s WHERE {\n ?s ?p }", "does not parse"),
        ("", "does not parse"),
        ("INSERT DATA { <x:a> <x:b> <x:c> }", "INSERT (at 1:1) is refused"),
        ("PREFIX x: <x:> DELETE WHERE { ?s ?p ?o }", "DELETE (at 1:16) is refused"),
        ("LOAD <http://127.0.0.1/>", "LOAD (at 1:1) is refused"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE (at 1:12) is refused"),
        ("SELECT * { SERVICE SILENT ?where { ?s ?p ?o } }", "SERVICE (at 1:12) is refused"),
        ("SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE (at 1:12) is refused"),
        ("SELECT * " + "{" * 90 + "}" * 90, "nests brackets deeper"),
        ("ASK { FILTER(" + "!" * 19_000 + "true) }", "500 operators"),
        ("SELECT * { ?s ?p ?o } #" + "x" * 20_000, "bytes"),
        ("SELECT * WHERE { ?s ?p ?o . ?a ?b ?c }", "500 rows"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "500 rows"),
        ('SELECT ("\\ud800" AS ?x) {}', "parse"),
    ],
)
def test_refusals_say_why(client: TestClient, query: str, says: str) -> None:
    answer = client.post("/sparql", data={"query": query})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == formats.PROBLEM.media_type
    assert says in answer.json()["detail"]


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_one_row_more_than_there_may_be(client: TestClient, name: str) -> None:
    def status(form: str, rows: int) -> int:
        query = f"{form} {{ ?s ?p ?o }} LIMIT {rows}"
        written = name if form.startswith("SELECT") else "ttl"
        return client.get("/sparql", params={"query": query, "format": written}).status_code

    assert [status("SELECT (1 AS ?x)", rows) for rows in (500, 501)] == [200, 400]
    assert [status("CONSTRUCT WHERE", rows) for rows in (500, 501)] == [200, 400]


def test_position_of_the_error(client: TestClient) -> None:
    body = client.get("/sparql", params={"query": "SELECT ?s WHERE {\n ?s ?p }"}).json()
    assert (body["line"], body["column"]) == (2, 9)


def test_requests_that_are_not_the_protocol(client: TestClient) -> None:
    assert client.get("/sparql?query=ASK{}&query=ASK{}").status_code == 400
    assert client.get("/sparql", params={"update": "DROP ALL"}).status_code == 400
    assert client.post("/sparql", data={"update": "DROP ALL"}).status_code == 400
    update = {"content-type": "application/sparql-update"}
    refused = client.post("/sparql", content="DROP ALL", headers=update)
    assert (refused.status_code, "application/sparql-query" in refused.headers["accept-post"]) == (415, True)
    assert client.post("/sparql", content="ASK {}", headers={"content-type": "text/plain"}).status_code == 415
    direct = {"content-type": "application/sparql-query"}
    assert client.post("/sparql", content=b"ASK { ?s ?p '\xff' }", headers=direct).status_code == 400
    assert client.post("/sparql", content=b"x" * 200_000, headers=direct).status_code == 413
    assert client.put("/sparql", content="ASK {}").status_code == 405


def test_service_that_slips_past_the_guard_reaches_nothing(world_observatory: Observatory) -> None:
    sandbox = Sandbox(world_observatory, LIMITS)
    try:
        query = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
        with pytest.raises(QueryError, match="cannot be answered"):
            sandbox.run(query, "SELECT", formats.RESULTS_JSON)
    finally:
        sandbox.close()


def test_depth_that_slips_past_the_guard_ends_one_worker(world_observatory: Observatory) -> None:
    sandbox = Sandbox(world_observatory, LIMITS)
    try:
        with pytest.raises(QueryError, match="nested too deeply"):
            sandbox.run("ASK { FILTER(" + "!" * 19_000 + "true) }", "ASK", formats.RESULTS_JSON)
        assert json.loads(sandbox.run("ASK { ?s ?p ?o }", "ASK", formats.RESULTS_JSON))["boolean"]
    finally:
        sandbox.close()


def test_words_that_only_look_like_service() -> None:
    query = 'PREFIX service: <x:> SELECT ?service { ?s service:service "SERVICE", <x:SERVICE>, "a"@service } # SERVICE'
    assert guard.look(query, Settings()).form == "SELECT"
    assert guard.look("PREFIX a: <x:> # x\nDESCRIBE a:b", Settings()).form == "DESCRIBE"


def test_deadline_while_small_ones_answer(client: TestClient) -> None:
    with ThreadPoolExecutor(2) as pool:
        began = time.monotonic()
        slow = [pool.submit(client.get, "/sparql", params={"query": ENDLESS}) for _ in range(2)]
        time.sleep(0.2)
        small = client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"})
        assert small.json() == {"head": {}, "boolean": True}
        assert time.monotonic() - began < 1.0
        for future in slow:
            answer = future.result()
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert "1 seconds" in answer.json()["detail"]
        assert time.monotonic() - began < 4.0


def test_memory_limit(client: TestClient) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 503
    assert "MiB" in answer.json()["detail"] or "seconds" in answer.json()["detail"]
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }"}).status_code == 200


def test_too_many_at_once(client: TestClient) -> None:
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda n: client.get("/sparql", params={"query": f"{ENDLESS} #{n}"}), range(40)))
    by_status = {a.status_code: a for a in answers}
    assert set(by_status) == {429, 503}  # its own excess; the deadline
    assert all(int(a.headers["retry-after"]) >= 1 for a in answers)
    assert "of yours" in by_status[429].json()["detail"]


def test_a_dead_zygote_is_replaced(world_observatory: Observatory) -> None:
    sandbox = Sandbox(world_observatory, LIMITS)
    try:
        ask = "ASK { ?s ?p ?o }"
        assert json.loads(sandbox.run(ask, "ASK", formats.RESULTS_JSON))["boolean"]
        process = sandbox._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert json.loads(sandbox.run(ask, "ASK", formats.RESULTS_JSON))["boolean"]
    finally:
        sandbox.close()
    assert sandbox._process is None
    assert threading.active_count() < 50


def test_nobody_waits_and_the_process_ends(world_observatory: Observatory) -> None:
    sandbox = Sandbox(world_observatory, Settings(query_seconds=60, query_workers=1))

    async def scene() -> int:
        await sandbox.answer(sandbox.request("ASK {}", formats.RESULTS_JSON), "ASK")
        process = sandbox._idle[0].process
        running = asyncio.ensure_future(sandbox.answer(sandbox.request(ENDLESS, formats.RESULTS_JSON), "SELECT"))
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.wait({running})
        assert json.loads(await sandbox.answer(sandbox.request("ASK {}", formats.RESULTS_JSON), "ASK")) is not None
        return process

    try:
        process = asyncio.run(scene())  # with one place there is no other worker until that one has ended
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    finally:
        sandbox.close()


def test_editor(client: TestClient) -> None:
    empty = client.get("/sparql", headers=BROWSER)
    assert empty.status_code == 200
    assert "<textarea" in empty.text
    query = urlencode({"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 2"})
    assert "<table" in client.get(f"/sparql?{query}", headers=BROWSER).text
    wrong = client.get("/sparql?query=SELECT", headers=BROWSER)
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text
    graph = client.get("/sparql", params={"query": "DESCRIBE ?s { ?s a ?x } LIMIT 1"}, headers=BROWSER)
    assert "<pre" in graph.text


def test_other_stores_answer_through_the_same_door(world_observatory: Observatory) -> None:
    class Elsewhere:
        """A store that is not on this machine."""

        def __init__(self, inner: LocalStore) -> None:
            self.select, self.rows, self.ask, self.construct = inner.select, inner.rows, inner.ask, inner.construct
            self.describe, self.graphs, self.load = inner.describe, inner.graphs, inner.load

    assert isinstance(world_observatory.store, LocalStore)
    remote = Observatory(
        world_observatory.project,
        Elsewhere(world_observatory.store),
        "remote",
        world_observatory.as_of,
        {},
        world_observatory.settings,
    )
    sandbox = Sandbox(remote, LIMITS)
    assert json.loads(sandbox.run("ASK { ?s ?p ?o }", "ASK", formats.RESULTS_JSON))["boolean"]
    table = sandbox.run("SELECT ?s WHERE { ?s ?p ?o } LIMIT 2", "SELECT", formats.CSV)
    assert table.startswith(b"s\r\n")
    graph = sandbox.run("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2", "CONSTRUCT", formats.NTRIPLES)
    assert graph.count(b"\n") == 2
    with pytest.raises(QueryError, match="500 rows"):
        sandbox.run("SELECT * WHERE { ?s ?p ?o }", "SELECT", formats.CSV)


def test_results_json_keeps_terms() -> None:
    row = (ox.NamedNode("x:a"), ox.Literal("é", language="fr"), ox.Literal(3), ox.BlankNode("b"), ox.Literal("s"), None)
    document = json.loads(results_json(Table(tuple("abcdef"), [row])))
    found = document["results"]["bindings"][0]
    assert found["a"] == {"type": "uri", "value": "x:a"}
    assert found["b"]["xml:lang"] == "fr"
    assert found["c"]["datatype"].endswith("#integer")
    assert found["d"]["type"] == "bnode"
    assert "datatype" not in found["e"]
    assert "f" not in found
