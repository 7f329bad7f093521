"""Which fixture do I take?

- `project`: the folders of this repository.
- `world_store`: the small test world (tests/world) with the real vocabulary, derived, in memory.
- `world_observatory`: the same, opened as the command line and the web open a build.
- `client`: the web over it, in this process, one for all tests that only ask; redirects are not followed.
- `real_observatory`: the shipped data, derived, in memory (slower; for tests of the data itself).
- `built`: a copy of the project with the small world as its data, built; do not change it.
- `versions_apart`: a built project, and the id of an older version (one practice withdrawn since, renamed, changed).
- `sandbox`: a writable copy of the same, not built yet, for builds and bad input.
- `server`: address of a real `oxigraph` server on loopback.
- `dgekg`: runs the command line in a project, as a person would; gives exit code and what was printed.
"""

from __future__ import annotations

import datetime as dt
import gc
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from benchmarks import chromium
from fastapi.testclient import TestClient

import order
from dgekg import cli, versions
from dgekg.build import Sources, build
from dgekg.build.builder import counts
from dgekg.build.derive import assemble
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore
from dgekg.web.app import create_app

ROOT = Path(__file__).parent.parent
_LOOKED_AT = "tests/browser"
AS_OF = dt.date(2026, 11, 21)
SHIPPED = max(  # the day of the last change of the shipped data
    dt.date.fromisoformat(line.partition(",")[0])
    for file in (ROOT / "data" / "changes").glob("*.csv")
    for line in file.read_text("utf-8").splitlines()[1:]
)


gc.set_threshold(200_000, 50, 50)  # as the command line does: what is read lasts, and looking through it costs


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, where several processes share the tests."""
    if hasattr(config, "workerinput"):
        items[:] = [items[number] for number in order.in_order([item.nodeid for item in items])]


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what lasts to the end: modules and thousands of tests."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> order.LongestFirst | None:
    return order.LongestFirst(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that nobody looked at the pages, where there is nothing to look with."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if r.nodeid.startswith(_LOOKED_AT)]
    if skipped:
        terminalreporter.section("NOT LOOKED AT: the pages", sep="!", red=True, bold=True)
        terminalreporter.write_line(f"{len(skipped)} tests in {_LOOKED_AT} did not run. {chromium.MISSING}")


@pytest.fixture(scope="session")
def project() -> Project:
    return Project.at(ROOT)


@pytest.fixture(scope="session")
def world_sources(project: Project) -> Sources:
    return Sources(project, ROOT / "tests" / "world" / "data")


@pytest.fixture(scope="session")
def world_store(world_sources: Sources) -> LocalStore:
    return assemble(world_sources, AS_OF)


@pytest.fixture(scope="session")
def world_observatory(project: Project, world_store: LocalStore) -> Observatory:
    return _opened(project, world_store)


@pytest.fixture(scope="session")
def client(world_observatory: Observatory) -> Iterator[TestClient]:
    app = create_app(lambda: world_observatory, Settings())
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="session")
def real_sources(project: Project) -> Sources:
    return Sources(project)


@pytest.fixture(scope="session")
def real_observatory(project: Project, real_sources: Sources) -> Observatory:
    return _opened(project, assemble(real_sources, SHIPPED), SHIPPED)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    copied = copy_world(tmp_path_factory.mktemp("built"))
    result = build(copied, AS_OF, record=True)
    assert result.version is not None, [f.text() for f in result.findings]
    return copied


@pytest.fixture(scope="session")
def versions_apart(built: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    folder = tmp_path_factory.mktemp("versions")
    for name in ("ontology", "shapes", "queries", "data"):
        shutil.copytree(built.root / name, folder / name)
    shutil.copytree(built.build, folder / "build", symlinks=True)
    project = Project.at(folder)
    older = versions.current(project.build).id
    practices = project.data / "practices"
    ledger = project.data / "changes" / "2026.csv"

    def gone(slug: str) -> None:
        (practices / f"{slug}.ttl").unlink()

    gone("hiring-filter-test")
    for place in project.data.rglob("*.ttl"):
        text = place.read_text("utf-8")
        if "hiring-filter-test" in text:
            place.write_text(text.replace("practice/hiring-filter-test", "practice/bias-audit-b"), "utf-8")
    text = (practices / "selection-rate-gap.ttl").read_text("utf-8")
    new = text.replace("selection-rate-gap", "rate-gap")
    (practices / "rate-gap.ttl").write_text(new, "utf-8")
    gone("selection-rate-gap")
    changed = practices / "sign-language-benchmark.ttl"
    stage = "<scheme/stage/verification-validation>"
    assert stage in changed.read_text("utf-8")
    changed.write_text(changed.read_text("utf-8").replace(stage, "<scheme/stage/data>"), "utf-8")
    with ledger.open("a", encoding="utf-8") as out:
        out.write("2026-11-21,withdraw,practices/hiring-filter-test,,\n")
        out.write("2026-11-21,rename,practices/selection-rate-gap,practices/rate-gap,\n")
        out.write("2026-11-21,create,practices/rate-gap,,\n")
        out.write("2026-11-21,update,practices/sign-language-benchmark,,\n")
    made = build(project, AS_OF)
    assert made.version is not None, [f.text() for f in made.findings]
    assert made.version.id != older
    return project, older


@pytest.fixture
def sandbox(tmp_path: Path, built: Project) -> Project:
    copied = copy_world(tmp_path)
    shutil.rmtree(copied.data / "changes")
    shutil.copytree(built.data / "changes", copied.data / "changes")
    copied.build.mkdir()
    shutil.copy(built.build / ".clean", copied.build / ".clean")  # what is known to conform need not be asked again
    return copied


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


@pytest.fixture
def dgekg(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def run(project: Project, *arguments: str) -> Ran:
        monkeypatch.setenv("DGEKG_ROOT", str(project.root))
        monkeypatch.setattr(sys, "argv", ["dgekg", *arguments])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return run


def copy_world(folder: Path) -> Project:
    """Copy the project with the small world as its data."""
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests" / "world" / "data", folder / "data")
    return Project.at(folder)


def _opened(project: Project, store: LocalStore, as_of: dt.date = AS_OF) -> Observatory:
    meta = {"classes": counts(store), "quads": len(store.engine), "as_of": as_of.isoformat()}
    return Observatory(project, store, "test", as_of, meta, Settings())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    assert program, "the oxigraph server comes with the development packages: make setup"
    port = free_port()
    folder = tmp_path_factory.mktemp("oxigraph")
    command = [program, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.terminate()
        process.wait(10)
