"""The Python client: embedded and over a real server the same tables; pages when needed; problems as errors."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import polars
import pytest

import dgekg
from dgekg import errors, identifiers, versions
from dgekg.client import Client, Pages, Service, Table
from dgekg.client.transport import Transport
from dgekg.embedded import Embedded
from dgekg.observatory import Observatory
from dgekg.settings import Project
from dgekg.web.programs.endpoints import ENDPOINTS

PRACTICE, RUNG = identifiers.term("Practice"), identifiers.term("rung")
NUMBERS = f"SELECT ?p ?y WHERE {{ ?p a <{PRACTICE}> OPTIONAL {{ ?p <{RUNG}> ?y }} }} ORDER BY ?p"
SOURCE = "http://www.example.org/automated-decision-law/1/"
CALLS: dict[str, Callable[[Service], Any]] = {
    "practices": lambda s: s.practices(where=["group=women", "stage=data,design"], limit=2),
    "found": lambda s: s.practices("audit"),
    "actors": lambda s: s.actors(sector="research", limit=1),
    "standards": lambda s: s.standards(kind="provision", exclude="practice/bias-audit-b"),
    "concepts": lambda s: s.concepts("stage"),
    "coverage": lambda s: s.coverage("stage", "group", where="region=002", rung=3, depth="group=1"),
    "small": lambda s: s.coverage("stage", empty=False, norm="supports"),
    "cell": lambda s: s.cell(["data", "women"], "stage", "group"),
    "gaps": lambda s: s.gaps(limit=4, kind="knowledge"),
    "cards": lambda s: s.gaps(cards=True, limit=1)[:1],
    "compare": lambda s: s.compare("stage", where="region=002", against="region=150"),
    "intersections": lambda s: s.intersections(["women", "people-on-low-incomes"]),
    "questions": lambda s: s.questions(),
    "ask": lambda s: s.ask("practices-of-a-group", group="women", exclude="bias-audit-b"),
    "search": lambda s: s.search("women", kind=["practice", "concept"], limit=5),
    "lookup": lambda s: s.lookup(SOURCE),
    "sparql": lambda s: s.sparql(NUMBERS),
    "yes": lambda s: s.sparql("ASK { ?s ?p ?o }"),
}


@pytest.fixture(scope="module")
def embedded(built: Project) -> Iterator[Embedded]:
    with dgekg.open(built.root) as found:
        yield found


@pytest.fixture(scope="module")
def address(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server in a process of its own."""
    said = tmp_path_factory.mktemp("server") / "said"
    code = "from dgekg.cli import main; main()"
    with said.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", "0"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={"DGEKG_ROOT": str(built.root), "PATH": "", "PYTHONUNBUFFERED": "1"},
        )
    try:
        for _ in range(600):
            text = said.read_text()
            if "http://" in text or server.poll() is not None:
                break
            time.sleep(0.1)
        assert "http://" in text, text
        yield "http://" + text.split("http://")[1].split()[0].rstrip("/")
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with Client(address) as found:
        yield found


@pytest.mark.parametrize("name", CALLS)
def test_embedded_and_served_are_equal(client: Client, embedded: Embedded, name: str) -> None:
    here, there = CALLS[name](embedded), CALLS[name](client)
    assert list(here) == list(there)
    assert len(list(here)) > 0
    if isinstance(here, Table):
        local = ("self", "page", "next", "sparql_endpoint", "records", "explained")
        assert {k: v for k, v in here.about.items() if k not in local} == {
            k: v for k, v in there.about.items() if k not in local
        }
        assert here.to_pandas().equals(there.to_pandas())
        if name != "cards":
            assert here.to_polars().equals(there.to_polars())
        assert here.version == embedded.observatory.version


def test_records_and_health(client: Client, embedded: Embedded) -> None:
    assert client.record("practice", "bias-audit-b")["record"] == embedded.record("practice", "bias-audit-b")["record"]
    assert client.record("concept", "stage/data")["record"]["id"].endswith("/scheme/stage/data")
    assert client.health()["version"] == embedded.health()["version"]


def test_every_method_is_compared_above() -> None:
    named = {n for n in vars(Service) if not n.startswith("_")}
    assert named == {*CALLS, "record", "health"} - {"found", "small", "cards", "yes"}


def test_pages_are_fetched_when_they_are_looked_at(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = Transport.get

    def counted(self: Transport, path: str, *rest: Any) -> Any:
        asked.append(path)
        return real(self, path, *rest)

    monkeypatch.setattr(Transport, "get", counted)
    whole = [row["slug"] for row in embedded.practices()]
    asked.clear()
    found = embedded.practices(limit=4)
    assert isinstance(found, Pages)
    assert (len(asked), len(found), found.total) == (1, len(whole), len(whole))
    assert found[3]["slug"] == whole[3]
    assert len(asked) == 1
    assert found[5]["slug"] == whole[5]
    assert len(asked) == 2
    assert [row["slug"] for row in found[2:7]] == whole[2:7]
    assert len(asked) == 2
    assert found[-1]["slug"] == whole[-1]
    assert [row["slug"] for row in found] == whole
    assert len(asked) == -(-len(whole) // 4)
    with pytest.raises(IndexError):
        found[len(whole)]


def test_tables_have_types(embedded: Embedded) -> None:
    frame = embedded.coverage("stage").to_pandas()
    assert frame["practices"].dtype.kind == "i"
    assert frame.attrs["version"] == embedded.observatory.version
    assert {row["practices"] for row in embedded.coverage("kind", empty=False)}.isdisjoint({0})
    assert 0 in {row["practices"] for row in embedded.coverage("kind")}
    listed = embedded.practices().to_polars()
    assert listed["level"].dtype == polars.Int64
    assert listed["title"].dtype == polars.String
    assert {type(row["y"]) for row in embedded.sparql(NUMBERS)} == {int}
    empty = embedded.sparql("SELECT ?a WHERE { ?a a <x:none> }")
    assert (list(empty.to_pandas().columns), len(empty.to_polars())) == (["a"], 0)
    assert embedded.practices(limit=3)[:1][0].keys() == dict.fromkeys(embedded.practices().columns).keys()
    assert embedded.questions().to_csv().startswith("slug,title,")


def test_without_pandas_it_says_how_to_get_it(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(errors.InputError, match=r"pip install 'dgekg\[pandas\]'"):
        embedded.questions().to_pandas()


@pytest.mark.parametrize("which", ["client", "embedded"])
def test_problems_are_raised_as_what_they_are(which: str, request: pytest.FixtureRequest) -> None:
    service: Service = request.getfixturevalue(which)
    with pytest.raises(errors.UnknownValue, match="Did you mean") as unknown:
        service.coverage("stag")
    assert unknown.value.suggestions[0] == "stage"
    with pytest.raises(errors.UnknownValue) as excluded:
        service.practices(exclude="bias-audti-b")
    assert (excluded.value.field, excluded.value.found) == ("exclude", "bias-audti-b")
    assert excluded.value.problem["status"] == 404
    with pytest.raises(errors.RecordNotFound):
        service.record("practice", "nothing")
    with pytest.raises(errors.QueryError):
        service.sparql("SELECT WHERE")
    with pytest.raises(errors.InputError, match="against"):
        service.compare("stage")
    with pytest.raises(errors.InputError):
        service.ask("practices-of-a-group")


def busy(statuses: list[int], headers: dict[str, str]) -> tuple[Client, list[float]]:
    """Return a client of a service that answers with these, one after the other, and how long it waited."""
    waited: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        status = statuses.pop(0)
        if status == 0:
            raise httpx.ConnectError("nobody there", request=request)
        body = {"status": "ok", "version": "v"} if status == 200 else {"detail": "busy", "error": "TooBusy"}
        return httpx.Response(status, json=body, headers=headers)

    client = Client("https://example.org/x", transport=httpx.MockTransport(answer))
    client._transport._sleep = waited.append
    return client, waited


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    client, waited = busy([429, 503, 200], {"Retry-After": "3"})
    assert client.health()["version"] == "v"
    assert waited == [3.0, 3.0]
    client, waited = busy([503, 200], {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert client.health()
    assert waited == [0.0]
    client, waited = busy([0, 200], {})
    assert client.health()
    assert 0.5 <= waited[0] <= 0.75
    client, waited = busy([429] * 4, {"Retry-After": "1"})
    with pytest.raises(errors.TooBusy, match="busy"):
        client.health()
    assert len(waited) == 3
    client, waited = busy([0] * 4, {})
    with pytest.raises(errors.Unreachable, match="nobody there"):
        client.health()
    client, waited = busy([400], {})
    with pytest.raises(errors.TooBusy):
        client.health()
    assert not waited


def test_another_service_is_told_from_ours() -> None:
    page = httpx.MockTransport(lambda _request: httpx.Response(200, text="<html>"))
    with pytest.raises(errors.Unreachable, match="Check the address"):
        Client("https://example.org", transport=page).questions()
    strange = httpx.MockTransport(lambda _request: httpx.Response(200, json=[1]))
    with pytest.raises(errors.Unreachable, match="Check the address"):
        Client("https://example.org", transport=strange).questions()
    with pytest.raises(errors.InputError, match="url: found"):
        Client("example.org")


def test_a_kept_version_can_be_opened(versions_apart: tuple[Project, str]) -> None:
    project, older = versions_apart
    with dgekg.open(project.root) as now, dgekg.open(project.root, older[:6]) as then:
        assert now.health()["version"] == versions.current(project.build).id
        assert then.health()["version"] == older
        slugs = [{row["slug"] for row in one.practices()} for one in (now, then)]
        assert "hiring-filter-test" in slugs[1] - slugs[0]
        assert now.compare("stage", version=older).about["second"]["version"] == older
    with pytest.raises(errors.UnknownValue, match="Kept:"):
        dgekg.open(project.root, "ffffff")


def test_import_is_light(tmp_path: Path) -> None:
    code = (
        "import sys, dgekg; heavy = {'httpx2', 'numpy', 'fastapi', 'pyoxigraph', 'pandas'} & set(sys.modules);"
        "assert not heavy, heavy; assert dgekg.Client; assert 'fastapi' not in sys.modules; print('light')"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert found.stdout == "light\n", found.stderr
    with pytest.raises(AttributeError):
        _ = dgekg.nothing


def blocks(name: str, language: str) -> list[str]:
    text = (Path(__file__).parent.parent / "docs" / name).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_document_runs(
    real_observatory: Observatory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Embedded(real_observatory) as here:
        monkeypatch.setattr(dgekg, "open", lambda: here, raising=False)
        monkeypatch.setattr(dgekg, "Client", lambda _url: here, raising=False)
        space: dict[str, Any] = {}
        found = blocks("client.md", "python")
        for block in found:
            exec(compile(block, "docs/client.md", "exec"), space)
    assert len(found) > 4
    assert "women" in capsys.readouterr().out
    assert space["known"]
    assert space["shades"]["id"].endswith("gender-shades")
    assert min(len(space[n]) for n in ("frame", "table", "unsearched", "answer", "twins", "crossed", "norms")) > 0


def test_the_addresses_in_the_document_answer(real_observatory: Observatory) -> None:
    lines = [line for block in blocks("api.md", "http") for line in block.splitlines()]
    assert len(lines) > 10
    with Embedded(real_observatory) as here:
        for line in lines:
            method, _, address = line.partition(" ")
            answer = here._transport.http.request(method, address)
            assert answer.status_code == 200, (line, answer.text[:300])
            if answer.headers["content-type"] == "application/json" and "rows" in answer.json():
                assert answer.json()["rows"], line


def test_every_method_is_documented() -> None:
    text = (Path(__file__).parent.parent / "docs" / "client.md").read_text("utf-8")
    assert [n for n in vars(Service) if not n.startswith("_") and f"`{n}(" not in text and f" {n}(" not in text] == []
    addresses = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")
    assert [one.path for one in ENDPOINTS if one.path not in addresses] == []
