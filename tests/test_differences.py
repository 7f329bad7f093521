"""`dgekg diff`: every changed figure of two states, and why; releases, versions and project folders alike."""

from __future__ import annotations

import dataclasses
import html
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from conftest import AS_OF, Ran
from dgekg import releases, suppressing, versions
from dgekg.build import build
from dgekg.differences import VIEWS, Changes, changes, faces
from dgekg.differences.sides import open_side
from dgekg.render import say
from dgekg.settings import Project, Settings
from dgekg.typography import day_words
from dgekg.vocabulary import LANGUAGES
from dgekg.web.app import create_app
from dgekg.web.service.current import Current
from replay import AS, harvest

Run = Callable[..., Ran]
VIEW = ("rows=stage&cols=group&depth=group%3D1",)


@pytest.fixture(scope="module")
def project(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("differing") / "project"
    shutil.copytree(built.root, folder, symlinks=True)
    return Project.at(folder)


@pytest.fixture(scope="module")
def later(project: Project) -> Project:
    """The same project after new evidence, a rating anew and a correction: one record each."""
    folder = project.root.parent / "later"
    shutil.copytree(project.root, folder, symlinks=True)
    then = Project.at(folder)
    stage = then.data / "practices" / "sign-language-benchmark.ttl"
    _replace(stage, "<scheme/stage/verification-validation>", "<scheme/stage/data>")
    _replace(then.data / "assessments" / "data-trust-a.ttl", "rating/yes>", "rating/unknown>")
    with (then.data / "changes" / "2026.csv").open("a", encoding="utf-8") as out:
        out.write("2026-11-21,update,practices/sign-language-benchmark,,\n")
    made = build(then, AS_OF)
    assert made.version is not None, [f.text() for f in made.findings]
    return then


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def found(project: Project, later: Project) -> Changes:
    settings = Settings(root=later.root)
    return changes(open_side(settings, str(project.root)), open_side(settings, "current"), VIEW)


def test_a_correction_and_a_rating_explain_what_they_changed(found: Changes) -> None:
    causes = {cause.code for seen in found.views for one in seen.cells for cause in one.causes}
    assert causes == {"correction"}
    things = {iri for seen in found.views for one in seen.cells for cause in one.causes for iri in cause.things}
    assert {iri.rpartition("/")[2] for iri in things} == {"sign-language-benchmark"}
    assert {cause for one in found.statuses for cause in one.causes} == {"assessment"}
    assert found.between.ledger == {"update": 1}
    for seen in found.views:
        for gap in seen.gaps:
            assert gap.causes
            assert (gap.kind, gap.concepts) not in {(g.kind, g.concepts) for g in seen.gaps if g.came is not gap.came}


def test_each_changed_cell_is_what_both_sides_count(found: Changes, later: Project) -> None:
    settings = Settings(root=later.root)
    now = open_side(settings, "current")
    for seen in found.views:
        grid = now.coverage(seen.compared.comparison.view)
        for one in seen.cells:
            assert one.cell.first is not None
            assert one.cell.first.measures == grid.cells[one.cell.concepts].measures
            assert one.cell.second is not None
            before = (one.cell.second.state, one.cell.second.marks, one.cell.second.measures)
            assert before != (one.cell.first.state, one.cell.first.marks, one.cell.first.measures)


def test_nothing_differs_from_itself(project: Project) -> None:
    settings = Settings(root=project.root)
    same = changes(open_side(settings, "current"), open_side(settings, "current"), VIEWS)
    assert same.none
    assert faces.parts(same) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_in_every_language(found: Changes, language: str) -> None:
    text = faces.text(found, language, most=3)
    assert "{" not in text
    assert day_words(AS_OF, language) in text.split("\n")[0]
    assert say("diff-cause.correction", language) in text.split("\n")[0]
    # A practice that had no status is told so, in words.
    fresh = dataclasses.replace(found, statuses=(dataclasses.replace(found.statuses[0], before=""),))
    statuses = next(part for part in faces.parts(fresh, language) if part.title == say("diff.statuses", language))
    assert statuses.lines[0].before == say("diff.none", language)
    document = faces.document(found, language)
    json.dumps(document)
    assert document["views"][0]["cells"]


def test_suppressed_since_counts_on_neither_side(project: Project, later: Project, tmp_path: Path) -> None:
    iri = "https://w3id.org/dgekg/id/practice/sign-language-benchmark"
    suppressing.add(tmp_path, iri, "withdrawn", AS_OF)
    settings = Settings(root=later.root, private=tmp_path)
    hidden = changes(open_side(settings, str(project.root)), open_side(settings, "current"), VIEW)
    assert [one for seen in hidden.views for one in seen.cells] == []
    assert iri not in json.dumps(faces.document(hidden))


@pytest.mark.parametrize(
    ("side", "says"),
    [("0123456789", "no version that is kept here"), ("{folder}", "neither a release"), ("2026.7", "no release")],
)
def test_a_side_that_is_none(project: Project, dgekg: Run, tmp_path: Path, side: str, says: str) -> None:
    ran = dgekg(project, "diff", side.replace("{folder}", str(tmp_path)))
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_release_whose_version_is_no_longer_kept(project: Project, dgekg: Run) -> None:
    releases.add(project.releases, releases.Entry("2025.1", "feedfeedfeedfeed", AS_OF.isoformat(), "ab" * 32))
    ran = dgekg(project, "diff", "2025.1")
    assert ran.code == 2
    assert "release 2025.1: its version feedfeedfeedfeed is not kept here. Name the folder" in ran.err


def test_damaged_release(project: Project, dgekg: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "release.json").write_text("{}", "utf-8")
    (tmp_path / "data" / "dump.nq.gz").write_bytes(b"")
    (tmp_path / "SHA256SUMS").write_text("0  release.json\n0  data/dump.nq.gz\n", "utf-8")
    ran = dgekg(project, "diff", str(tmp_path))
    assert ran.code == 2
    assert "is not what was released" in ran.err


@pytest.fixture(scope="module")
def client(later: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(root=later.root, private=tmp_path_factory.mktemp("private"))
    with TestClient(create_app(Current(settings), settings)) as found:
        yield found


def test_the_page_says_the_same_as_the_command(client: TestClient, later: Project, dgekg: Run) -> None:
    older, newer = (versions.kept(later.build)[-1], versions.current(later.build).id)
    document = client.get(f"/diff.json?from={older}&to={newer}").json()
    assert document == json.loads(dgekg(later, "diff", older[:8], newer[:8], "--format", "json").out)
    for language, words in (("en", "a record says something else"), ("fr", "une fiche dit"), ("es", "una ficha dice")):
        page = client.get(f"/diff?lang={language}")  # the two newest, unless asked for
        assert page.status_code == 200
        assert words in page.text
        first = client.get(f"/diff.json?from={older}&to={newer}&lang={language}").json()["says"][0]
        assert html.unescape(page.text.partition('<h1 class="answer">')[2]).startswith(first)
    assert client.get("/diff?from=0123456789").status_code == 404
    assert client.get("/diff?since=2026").status_code == 404


def test_the_feed_announces_a_release_at_once(client: TestClient, later: Project) -> None:
    before = client.get("/feed", headers={"Accept": "application/trig"})
    entry = releases.Entry("2026.1", versions.current(later.build).id, AS_OF.isoformat(), "ab" * 32)
    assert releases.add(later.releases, entry)
    after = client.get("/feed", headers={"Accept": "application/trig"})
    assert after.headers["etag"] != before.headers["etag"]
    members = harvest(client).members
    (member,) = (m for m in members.values() if m.one("http://purl.org/dc/terms/title") == "2026.1")
    assert member.one(AS + "object") == f"https://w3id.org/dgekg/version/{entry.version}"
    assert not member.payload
