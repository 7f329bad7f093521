"""Manners and abuse, against a real server with short limits: `protocol/manners.yaml`, and what no file can say."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest

from dgekg import formats
from dgekg.errors import InputError
from dgekg.settings import Settings
from dgekg.web.sparql.datasets import Dataset
from protocol_client import Got, ask, cases, serving

CASES: list[dict[str, Any]] = list(cases("manners.yaml"))
HOSTILE = [case for case in CASES if case.get("hostile")]
SMALL = {"method": "GET", "address": {"query": "ASK { ?s ?p ?o }"}}
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("data") / "some.nt"
    file.write_text("".join(f"<http://e/{n}> <http://e/p{n % 5}> <http://e/{n * 7 % 900}> .\n" for n in range(900)))
    limits = {"query_seconds": 1.0, "query_long_seconds": 0.3, "query_memory_mb": 192, "query_rows": 1000}
    with serving(file, query_workers=3, query_client_queue=4, query_wait_seconds=3, body_seconds=1, **limits) as found:
        yield found


def test_there_are_many() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_manners(server: str, case: dict[str, Any]) -> None:
    got = ask(server, written(case), client="127.0.0.3")
    check(got, case)
    assert json.loads(ask(server, SMALL).body)["boolean"] is True


def test_small_queries_are_answered_while_hostile_ones_run(server: str) -> None:
    answered: list[Got] = []
    stop = threading.Event()

    def small() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            query = f"SELECT ?s {{ ?s ?p <http://e/{number}> }}"
            answered.append(ask(server, {"method": "GET", "address": {"query": query}}, client="127.0.0.9"))

    with ThreadPoolExecutor(5) as pool:
        beside = [pool.submit(small) for _ in range(2)]
        hostile = list(
            pool.map(lambda n: ask(server, written(HOSTILE[n % 4]), client=f"127.0.0.{20 + n % 3}"), range(12))
        )
        stop.set()
        for one in beside:
            one.result()
    assert {got.status for got in hostile} <= {400, 429, 503}
    assert all(int(got.headers["retry-after"]) >= 1 for got in hostile if got.status in (429, 503))
    assert len(answered) > 20
    assert {got.status for got in answered} == {200}


def test_one_client_too_many_at_once(server: str) -> None:
    with ThreadPoolExecutor(12) as pool:
        many = list(pool.map(lambda n: ask(server, request(f"{ENDLESS} # {n}"), client="127.0.0.30"), range(12)))
        other = ask(server, SMALL, client="127.0.0.31")
    assert other.status == 200
    refused = [got for got in many if got.status == 429]
    assert refused
    assert {got.status for got in many} <= {429, 503}
    assert all(1 <= int(got.headers["retry-after"]) <= 2 for got in refused)
    assert "of yours" in json.loads(refused[0].body)["detail"]


def test_a_second_long_query_of_a_client_waits_for_the_first(server: str) -> None:
    spans: dict[int, tuple[float, float]] = {}

    def one(number: int) -> Got:
        began = time.monotonic()
        got = ask(server, request(f"{ENDLESS} # again {number}"), client="127.0.0.40")
        spans[number] = (began, time.monotonic())
        return got

    with ThreadPoolExecutor(2) as pool:
        assert [got.status for got in pool.map(one, range(2))] == [503, 503]  # both had their time, one after the other
    first, second = sorted(end for _, end in spans.values())
    assert second - first > 0.5


def test_who_leaves_frees_the_worker(tmp_path: Path) -> None:
    file = tmp_path / "some.nt"
    file.write_text("".join(f"<http://e/{n}> <http://e/p> <http://e/{n + 1}> .\n" for n in range(900)))
    with serving(file, query_seconds=60, query_workers=2, query_wait_seconds=5) as address:
        place = urlsplit(address)
        for number in range(3):
            with socket.create_connection((str(place.hostname), int(place.port or 0))) as left:
                target = f"/sparql?query={quote(f'{ENDLESS} # left {number}')}"
                left.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                time.sleep(0.5)
        assert ask(address, SMALL).status == 200  # one client has one place here: else it would be taken for a minute


def test_slow_bodies_are_given_up(server: str) -> None:
    place = urlsplit(server)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=20) as slow:
        head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        slow.sendall(f"{head}Content-Length: 50\r\n\r\nASK".encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 408")


def test_half_a_body_and_gone(server: str) -> None:
    place = urlsplit(server)
    for _ in range(5):
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as gone:
            gone.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n")
            gone.sendall(b"Content-Length: 50\r\n\r\nASK")
    assert ask(server, SMALL).status == 200


def test_what_was_answered_is_not_answered_again(server: str) -> None:
    query = request("SELECT * { ?s <http://e/p1> ?o } ORDER BY ?s")
    first = ask(server, query)
    tag = first.headers["etag"]
    again = ask(server, {**query, "headers": {"If-None-Match": f'"other", {tag}'}})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask(server, {**query, "headers": {"If-None-Match": tag, "Accept": "text/csv"}}).status == 200
    assert ask(server, {**query, "headers": {"If-None-Match": '"other"'}}).body == first.body
    assert ask(server, {**query, "headers": {"If-None-Match": "*"}}).status == 304
    post = {"method": "POST", "form": {"query": query["address"]["query"]}, "headers": {"If-None-Match": tag}}
    assert ask(server, post).status == 200  # only what GET gives may be left unsent


def test_head_and_get_agree(server: str) -> None:
    query = request("SELECT * { ?s <http://e/p2> ?o } ORDER BY ?s")
    before, get, after = (ask(server, {**query, "method": method}) for method in ("HEAD", "GET", "HEAD"))
    same = ("content-type", "etag", "vary", "cache-control", "x-dgekg-version")
    for name in same:
        assert before.headers[name] == get.headers[name] == after.headers[name]
    assert after.headers["content-length"] == get.headers["content-length"] == str(len(get.body))


def test_a_large_answer_arrives_whole_and_packed(server: str) -> None:
    query = 'SELECT (CONCAT(STR(?a), "' + "x" * 1000 + '") AS ?x) { ?a ?b ?c } LIMIT 900'
    place = urlsplit(server)
    with contextlib.closing(http.client.HTTPConnection(str(place.hostname), place.port, 30)) as connection:
        connection.request("GET", f"/sparql?query={quote(query)}", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.headers["content-encoding"] == "gzip"
        assert len(json.loads(gzip.decompress(answer.read()))["results"]["bindings"]) == 900


def request(query: str) -> dict[str, Any]:
    return {"method": "GET", "address": {"query": query}}


def written(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case's request, its repeated part written out."""
    if "repeat" not in case:
        return case
    text, times = case["repeat"]
    many = "".join(text.replace("{n}", str(n)).replace("{m}", str(n + 1)) for n in range(times))
    return {**case, "body": case.get("before", "") + many + case["body"]}


def check(got: Got, case: dict[str, Any]) -> None:
    """Compare an answer with what a case says."""
    expected = case["status"] if isinstance(case["status"], list) else [case["status"]]
    assert got.status in expected, got.body[:500]
    assert case.get("says", "") in got.body.decode()
    if case.get("empty"):
        assert got.body == b""
    for name, value in case.get("has", {}).items():
        if value:
            assert (value if value != "*" else "") in got.headers[name]
        else:
            assert name not in got.headers
    if got.status in (429, 503):
        assert int(got.headers["retry-after"]) >= 1


@pytest.mark.parametrize("name", ["broken.ttl", "missing.ttl", "other.pdf", "cut.nq.gz", "broken.jsonld", "broken.rdf"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    file = broken(tmp_path / name)
    with pytest.raises(InputError) as caught:
        Dataset([file], Settings())
    assert str(caught.value).startswith(f"{file}:")
    if name == "broken.ttl":
        assert str(caught.value).startswith(f"{file}:1:27: does not parse")


def test_a_file_that_cannot_be_read_ends_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = broken(tmp_path / "broken.ttl")
    with serving(file) as address:
        assert address == ""
    said = capfd.readouterr().err
    assert f"{file}:1:27: does not parse" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", ["ttl", "trig", "nq", "nt", "rdf", "jsonld"])
def test_every_format_is_read(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"one.{kind}.gz"
    written_as = formats.for_reading(file)[0]
    quad = ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"))
    body = ox.serialize([quad] if kind in ("trig", "nq") else [quad.triple], format=written_as.rdf) or b""
    file.write_bytes(gzip.compress(body))
    assert list(Dataset([file], Settings()).store.engine) == [quad]


def broken(file: Path) -> Path:
    if not file.name.startswith("missing"):
        cut = {".gz": b"\x1f\x8b\x08", ".jsonld": b'{"@id": ', ".rdf": b"<rdf"}
        file.write_bytes(cut.get(file.suffix, b"<http://e/a> <http://e/b> .\n<http://e/c>"))
    return file
