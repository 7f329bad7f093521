"""Operating: workers, stopping, logs, metrics, health, broken builds, proxies and base paths, on a real server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from conftest import Ran
from dgekg import versions
from dgekg.errors import StoreError
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.web.app import create_app
from live import Live, alive, children, serving, until

QUERY = "SELECT * { ?s ?p ?o } LIMIT 1"
SECRET = "zanzibarquestion"


@pytest.fixture(scope="module")
def copied(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("operating")
    for name in ("ontology", "shapes", "queries", "data"):
        shutil.copytree(built.root / name, folder / name)
    shutil.copytree(built.build, folder / "build", symlinks=True)
    return Project.at(folder)


@pytest.fixture(scope="module")
def pair(copied: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(copied, tmp_path_factory.mktemp("pair") / "private", "--workers", "2", "--base-path", "/x") as live:
        until(lambda: live.get("/x/health")[0] == 200)
        yield live


def test_workers_share_a_socket_and_their_figures(pair: Live) -> None:
    assert len(list(children(pair.process.pid))) >= 2
    for _ in range(20):
        assert pair.get("/x/practices")[0] == 200
    text = pair.get("/x/metrics")[2].decode()
    line = next(x for x in text.splitlines() if x.startswith("dgekg_requests_total") and '"/practices"' in x)
    assert float(line.rsplit(" ", 1)[1]) == 20.0
    assert "dgekg_build{" in text
    assert "dgekg_up 1.0" in text


def test_a_dead_worker_is_replaced(pair: Live) -> None:
    def workers() -> list[int]:
        return [p for p in children(pair.process.pid) if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]

    before = workers()
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(workers()) - {before[0]}) == 2)
    until(lambda: pair.get("/x/health")[0] == 200)


def test_processes_are_changed_one_by_one_and_nobody_notices(pair: Live) -> None:
    def workers() -> set[int]:
        found = children(pair.process.pid)
        return {p for p in found if alive(p) and b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()}

    before = workers()
    told: list[int] = []
    stopped = threading.Event()

    def ask() -> None:
        while not stopped.wait(0.02):  # not so often that the new processes have nothing to begin with
            told.append(pair.get("/x/about")[0])

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(5):  # where a new process is not ready in time, the old one stays
            pair.process.send_signal(signal.SIGHUP)
            with contextlib.suppress(AssertionError):
                until(lambda: len(workers()) == 2 and not workers() & before, 60)
                break
    finally:
        stopped.set()
        asking.join(180)
    assert not workers() & before
    assert set(told) == {200}


def _refused(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) != 0


def test_one_process_ends_with_zero_and_answers_who_has_just_come(copied: Project, tmp_path: Path) -> None:
    with serving(copied, tmp_path / "private") as live:
        until(lambda: live.get("/health")[0] == 200)
        live.get("/sparql?query=ASK%7B%7D", {"accept": "application/sparql-results+json"})
        below = children(live.process.pid)
        assert below  # the one that answers queries
        with socket.create_connection(("127.0.0.1", live.port), 60) as come:
            until(lambda: live.get("/health")[0] == 200)  # by now it is taken up
            live.process.terminate()
            until(lambda: _refused(live.port), 60)
            come.sendall(b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n")
            assert come.recv(100).startswith(b"HTTP/1.1 200 ")
        assert live.process.wait(180) == 0
        until(lambda: not any(map(alive, below)))


def test_links_lie_under_the_base_path(pair: Live) -> None:
    status, _, body = pair.get("/x/practices", {"accept": "text/html"})
    page = body.decode()
    assert status == 200
    found = {part.split('"')[0] for part in page.split('href="/')[1:]}
    assert found
    assert all(f"/{link}".startswith("/x/") for link in found)
    status, headers, _ = pair.get("/x/id/practice/bias-audit-b", {"accept": "text/turtle"})
    assert (status, headers["location"]) == (303, "/x/id/practice/bias-audit-b.ttl")
    assert pair.get("/x")[0] == 200


def test_the_log_names_nobody_and_no_words(pair: Live) -> None:
    pair.get(f"/x/practices?q={SECRET}", {"user-agent": SECRET, "x-forwarded-for": "198.51.100.7", "referer": SECRET})
    pair.get(f"/x/{SECRET}")
    pair.get(f"/x/api/practices?where={SECRET}")
    pair.get(
        "/x/sparql", {"content-type": "application/sparql-query"}, "POST", f"SELECT ?{SECRET} {{ ?{SECRET} ?p ?o }}"
    )
    status, headers, _ = pair.get(f"/x/id/practice/{SECRET}.html")
    assert status == 404
    until(lambda: headers["x-request-id"] in pair.log.read_text())
    text = pair.log.read_text()
    assert SECRET not in text
    assert "198.51.100.7" not in text
    assert "127.0.0.1" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    mine = next(x for x in lines if x.get("id") == headers["x-request-id"])
    assert (mine["route"], mine["status"], mine["method"]) == ("/id/{kind}/{slug}", 404, "GET")
    assert mine["ms"] > 0
    assert mine["version"]


def test_a_stopped_service_leaves_no_process_and_finishes_what_runs(copied: Project, tmp_path: Path) -> None:
    with serving(copied, tmp_path / "private", "--workers", "2", query_seconds="3") as live:
        until(lambda: live.get("/health")[0] == 200)
        for _ in range(8):
            live.get("/sparql", {"accept": "application/json"}, "POST", None)
            assert live.get("/sparql?query=ASK%7B%7D", {"accept": "application/sparql-results+json"})[0] == 200
        below = children(live.process.pid)
        assert len(below) >= 3  # two workers, and those that answer queries
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?a != ?d) FILTER(STR(?c) < STR(?f)) }"
        got: list[int] = []
        address = "/sparql?query=" + slow.replace(" ", "%20").replace("?", "%3F").replace("{", "%7B").replace(
            "}", "%7D"
        )
        asking = threading.Thread(target=lambda: got.append(live.get(address, {"accept": "application/json"})[0]))
        asking.start()
        until(lambda: any(p not in below for p in children(live.process.pid)) or got)
        assert live.stop() == 0
        asking.join(180)
        assert got
        assert got[0] in (200, 503, 504)
        until(lambda: not any(map(alive, below)))


def test_workers_end_with_a_supervisor_that_was_killed(pair: Live) -> None:  # the last that asks this service
    for _ in range(6):
        assert pair.get("/x/sparql?query=ASK%7B%7D", {"accept": "application/sparql-results+json"})[0] == 200
    below = children(pair.process.pid)
    assert len(below) >= 3  # two workers, and those that answer queries
    pair.process.kill()
    pair.process.wait(10)
    until(lambda: not any(map(alive, below)))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda p: (p / "dump.nq").unlink(), "dump.nq"),
        (lambda p: (p / "index").write_bytes((p / "index").read_bytes()[:-1] + b"x"), "index: is not what was written"),
        (lambda p: (p / "dump.nq").write_text("# less\n"), "dump.nq: is not what was written"),
        (lambda p: (p / "meta.json").write_text("{"), "not a complete build"),
        (lambda p: shutil.rmtree(p / "search"), "search: is missing"),
        (lambda p: shutil.rmtree(p / "store"), "the build lacks store"),
        (lambda p: (p / "store" / "CURRENT").unlink(), "the store cannot be opened"),
    ],
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_broken_build_is_not_served(
    built: Project,
    tmp_path: Path,
    dgekg: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Path], object],
    said: str,
    workers: str,
) -> None:
    for name in ("ontology", "queries"):
        (tmp_path / name).symlink_to(built.root / name)
    shutil.copytree(built.build, tmp_path / "build", symlinks=True)
    project = Project.at(tmp_path)
    harm(versions.current(project.build).path)
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path / "private"))
    ran = dgekg(project, "serve", "--port", "0", "--workers", workers)
    assert ran.code == 2
    assert said in ran.err
    assert "dgekg build" in ran.err


def test_health_says_why_it_is_ill(world_observatory: Observatory) -> None:
    def broken() -> Observatory:
        raise StoreError("the disk is gone.")

    app = create_app(broken, Settings())
    with TestClient(app, raise_server_exceptions=False) as client:
        found = client.get("/health")
        assert (found.status_code, found.json()) == (503, {"status": "broken", "reason": "the disk is gone."})
        assert found.headers["retry-after"]
        assert "dgekg_up 0.0" in client.get("/metrics").text
    with TestClient(create_app(lambda: world_observatory, Settings())) as client:
        assert client.get("/health").json()["status"] == "ok"


def test_unknown_addresses_do_not_multiply_the_figures(world_observatory: Observatory) -> None:
    with TestClient(create_app(lambda: world_observatory, Settings())) as client:
        before = len(client.get("/metrics").text.splitlines())
        for number in range(40):
            client.get(f"/no-{number}")
            client.request(f"M{number}", "/practices")
            client.get(f"/id/practice/no-{number}.html")
        assert len(client.get("/metrics").text.splitlines()) - before < 60


@pytest.mark.parametrize(
    ("settings", "peer", "headers", "origin"),
    [
        (
            Settings(),
            "127.0.0.1",
            {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"},
            "http://testserver",
        ),
        (
            Settings(proxy="127.0.0.0/8"),
            "127.0.0.1",
            {"x-forwarded-host": "good.example", "x-forwarded-proto": "https"},
            "https://good.example",
        ),
        (Settings(proxy="10.0.0.1"), "127.0.0.1", {"x-forwarded-host": "evil.example"}, "http://testserver"),
        (Settings(address="https://a.example/b"), "1.2.3.4", {"host": "evil.example"}, "https://a.example/b"),
        (Settings(address="https://a.example/b", base_path="b"), "1.2.3.4", {"host": "evil"}, "https://a.example"),
    ],
)
def test_only_named_proxies_are_believed(
    world_observatory: Observatory, settings: Settings, peer: str, headers: dict[str, str], origin: str
) -> None:
    app = create_app(lambda: world_observatory, settings)
    with TestClient(app, client=(peer, 1)) as client:
        found = client.get("/version", headers=headers).json()
        base = f"/{settings.base_path}" if settings.base_path else ""
        assert found["versions"][0]["address"] == f"{origin}{base}/version/test/"
        page = client.get("/about", headers={**headers, "accept": "text/html"})
        other = client.get("/about", headers={"accept": "text/html", "host": "other.example"})
        if not settings.address:
            assert page.headers["etag"] != other.headers["etag"]  # nobody is handed a page with another's addresses
