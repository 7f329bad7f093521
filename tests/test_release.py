"""Releases: whole, the same bytes again, described by three standards, and never in the place of something else."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from datacite import schema45
from rocrate.rocrate import ROCrate

from conftest import AS_OF, Ran
from dgekg import distributions, release, releases, suppressing, targets, versions
from dgekg.build import build
from dgekg.errors import InputError
from dgekg.settings import Project, Settings
from dgekg.suppression import read as suppressed_by

Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def project(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The built small world, in a folder that may be written."""
    folder = tmp_path_factory.mktemp("released") / "project"
    shutil.copytree(built.root, folder, symlinks=True)
    return Project.at(folder)


@pytest.fixture(scope="module")
def made(project: Project) -> Path:
    target = project.root.parent / "first"
    release.make(Settings(root=project.root, contact="mailto:someone@example.org"), target, "2026.1")
    return target


def test_the_same_bytes_again_and_every_file_accounted_for(made: Path, project: Project) -> None:
    again = made.parent / "again"
    release.make(Settings(root=project.root, contact="mailto:someone@example.org"), again, "2026.1")
    names = [path.relative_to(made).as_posix() for path in targets.files(made)]
    assert names == [path.relative_to(again).as_posix() for path in targets.files(again)]
    assert [n for n in names if (made / n).read_bytes() != (again / n).read_bytes()] == []
    lines = (made / "SHA256SUMS").read_text("utf-8").splitlines()
    assert {line.split("  ")[1] for line in lines} == set(names) - {"SHA256SUMS"}
    assert all(distributions.checksum(made / name) == total for total, name in (line.split("  ") for line in lines))
    assert {"data/dump.nq.gz", "data/tables.zip", "validation/shacl-report.ttl", "README.md"} <= set(names)


def test_datacite_citation_and_catalogue_say_what_they_should(made: Path, project: Project) -> None:
    version = versions.current(project.build)
    metadata = json.loads((made / "datacite.json").read_text("utf-8"))
    assert [error.message for error in schema45.validator.iter_errors(metadata)] == []
    assert metadata["version"] == "2026.1"
    assert {t["lang"] for t in metadata["titles"]} == {"en", "fr", "es"}
    citation = yaml.safe_load((made / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["date-released"] == AS_OF.isoformat()
    base = "https://example.org/r/"
    quads = list(ox.parse((made / "catalogue.jsonld").read_bytes(), format=ox.RdfFormat.JSON_LD, base_iri=base))
    leads = {q.object.value.removeprefix(base) for q in quads if q.predicate.value.endswith("#downloadURL")}
    assert leads == {p.relative_to(made).as_posix() for p in targets.files(made) if p.parent != made}
    report = ox.parse(path=str(made / "validation" / "shacl-report.ttl"), format=ox.RdfFormat.TURTLE)
    assert [q.object.value for q in report if q.predicate.value.endswith("#conforms")] == ["true"]
    about = json.loads((made / "release.json").read_text("utf-8"))
    assert about["version"] == version.id
    assert about["classes"]["Practice"] == version.meta["classes"]["Practice"]


def test_the_crate_names_every_file(made: Path) -> None:
    crate = ROCrate(made)
    assert "release 2026.1" in crate.name
    files = {path.relative_to(made).as_posix() for path in targets.files(made)}
    assert {entity.id for entity in crate.data_entities} == files - {"SHA256SUMS", "ro-crate-metadata.json"}
    assert crate.publisher["email"] == "someone@example.org"


def test_a_name_keeps_its_meaning(made: Path, project: Project) -> None:
    listed = releases.read(project.releases)
    assert [(one.name, one.version) for one in listed] == [("2026.1", versions.current(project.build).id)]
    assert listed[0].sums == distributions.checksum(made / "SHA256SUMS")
    with pytest.raises(InputError, match="keeps its meaning"):
        releases.add(project.releases, releases.Entry("2026.1", "another", "2026-11-21", "x"))
    with pytest.raises(InputError, match=r"such as 2026\.1"):
        releases.free(project.releases, "../2026", "any")


@pytest.mark.parametrize("stranger", ["notes.txt", "data/mine.csv"])
def test_a_folder_that_holds_something_else_is_left_alone(made: Path, project: Project, stranger: str) -> None:
    target = made.parent / "mine"
    shutil.copytree(made, target)
    (target / stranger).write_text("mine", "utf-8")
    before = {path: path.read_bytes() for path in targets.files(target)}
    with pytest.raises(InputError, match=f"holds something else than a release .{stranger}"):
        release.make(Settings(root=project.root), target, "2026.1")
    assert {path: path.read_bytes() for path in targets.files(target)} == before
    shutil.rmtree(target)


def test_a_full_disk_leaves_the_earlier_release(made: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in targets.files(made)}

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(distributions, "make", full)
    with pytest.raises(InputError, match=r"cannot be written .No space left on device.*as it was"):
        release.make(Settings(root=project.root), made, "2026.1")
    assert {path: path.read_bytes() for path in targets.files(made)} == before
    assert [path.name for path in made.parent.iterdir() if path.name.startswith(".")] == []


def test_changed_files_and_suppressed_records_are_not_released(
    made: Path, project: Project, dgekg: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert made.is_dir()
    monkeypatch.setenv("DGEKG_PRIVATE", str(tmp_path / "private"))
    monkeypatch.chdir(tmp_path)
    record = "https://w3id.org/dgekg/id/practice/hiring-filter-test"
    suppressing.add(tmp_path / "private", record, "withdrawn", AS_OF)
    refused = dgekg(project, "release", "--name", "2026.2")
    assert refused.code == 2
    assert f"dgekg build --as-of {AS_OF}" in refused.err
    assert build(project, AS_OF, suppressed=suppressed_by(tmp_path / "private")).version is not None
    ran = dgekg(project, "release", "--name", "2026.2", "--no-report")
    assert ran.code == 0, ran.err
    folder = tmp_path / "releases" / "dgekg-2026.2"
    for path in targets.files(folder):
        if path.suffix not in (".gz", ".zip"):
            assert "hiring-filter-test" not in path.read_text("utf-8"), path
