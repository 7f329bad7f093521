"""Which fixture do I take?

- `project`: the folders of this repository.
- `world_store`: the small test world (tests/world) with the real vocabulary, derived, in memory.
- `world_observatory`: the same, opened as the command line and the web open a build.
- `real_observatory`: the shipped data, derived, in memory (slower; for tests of the data itself).
- `sandbox`: a writable copy of the project with the small world as its data, for builds and bad input.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from dgekg.build import Sources
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
    return _assembled(world_sources)


@pytest.fixture(scope="session")
def world_observatory(project: Project, world_store: LocalStore) -> Observatory:
    return _opened(project, world_store)


@pytest.fixture(scope="session")
def real_sources(project: Project) -> Sources:
    return Sources(project)


@pytest.fixture(scope="session")
def real_observatory(project: Project, real_sources: Sources) -> Observatory:
    return _opened(project, _assembled(real_sources))


@pytest.fixture
def sandbox(tmp_path: Path) -> Project:
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tests" / "world" / "data", tmp_path / "data")
    return Project.at(tmp_path)


def _assembled(sources: Sources) -> LocalStore:
    criteria = sources.data / "criteria"
    return assemble(sources.records, sources.vocabulary, sources.project.queries, criteria, AS_OF)


def _opened(project: Project, store: LocalStore) -> Observatory:
    meta = {"classes": counts(store), "quads": len(store.engine), "as_of": AS_OF.isoformat()}
    return Observatory(project, store, "test", AS_OF, meta, Settings())
