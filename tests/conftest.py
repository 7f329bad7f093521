"""Which fixture do I take?

- `project`: the folders of this repository.
- `world_store`: the small test world (tests/world) with the real vocabulary, derived, in memory.
- `world_observatory`: the same, opened as the command line and the web open a build.
- `real_observatory`: the shipped data, derived, in memory (slower; for tests of the data itself).
- `built`: a copy of the project with the small world as its data, built; do not change it.
- `sandbox`: a writable copy of the same, not built yet, for builds and bad input.
- `server`: address of a real `oxigraph` server on loopback.
- `dgekg`: runs the command line in a project, as a person would; gives exit code and what was printed.
"""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dgekg import cli
from dgekg.build import Sources, build
from dgekg.build.builder import counts
from dgekg.build.derive import assemble
from dgekg.observatory import Observatory
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore

ROOT = Path(__file__).parent.parent
AS_OF = dt.date(2026, 11, 21)


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
def real_sources(project: Project) -> Sources:
    return Sources(project)


@pytest.fixture(scope="session")
def real_observatory(project: Project, real_sources: Sources) -> Observatory:
    return _opened(project, assemble(real_sources, AS_OF))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    copied = copy_world(tmp_path_factory.mktemp("built"))
    result = build(copied, AS_OF, record=True)
    assert result.version is not None, [f.text() for f in result.findings]
    return copied


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


def _opened(project: Project, store: LocalStore) -> Observatory:
    meta = {"classes": counts(store), "quads": len(store.engine), "as_of": AS_OF.isoformat()}
    return Observatory(project, store, "test", AS_OF, meta, Settings())


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
