"""The resident writer: what it takes and refuses, who may write at a time, and that a change cut short is finished."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import AS_OF, copy_world
from dgekg.build import build, writing
from dgekg.errors import InputError, SourceError, StoreError
from dgekg.identifiers import record
from dgekg.settings import Project
from dgekg.writer import Line, Writer

AUDIT, COPY = Path("data/practices/bias-audit-b.ttl"), Path("data/practices/bias-audit-z.ttl")
LEVER = "dgekg:lever <scheme/lever/procurement>"
LEDGER = Path("data/changes/2026.csv")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, built: Project) -> Path:
    folder = tmp_path_factory.mktemp("template")
    project = copy_world(folder)
    shutil.copytree(built.data / "changes", project.data / "changes", dirs_exist_ok=True)
    project.build.mkdir()
    shutil.copy(built.build / ".clean", project.build / ".clean")
    return folder


@pytest.fixture(scope="module")
def writer(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    with Writer(copied(template, tmp_path_factory.mktemp("written") / "p"), AS_OF) as made:
        yield made


def copied(template: Path, folder: Path) -> Project:
    return Project.at(shutil.copytree(template, folder))


def text_of(project: Project, file: Path) -> str:
    return (project.root / file).read_text("utf-8")


def one_lever_more(project: Project, file: Path = AUDIT) -> str:
    text = text_of(project, file)
    assert LEVER not in text
    return text.replace(" a dgekg:Practice ;\n", f" a dgekg:Practice ;\n    {LEVER} ;\n", 1)


def a_copy(project: Project) -> str:
    text = text_of(project, AUDIT).replace(AUDIT.stem, COPY.stem).replace("example.org/", "example.org/other/")
    return text.replace('dct:title "', 'dct:title "Zebra crossing, ')


def test_a_change_is_counted_found_and_written(writer: Writer) -> None:
    project, lever = writer.project, "https://w3id.org/dgekg/scheme/lever/procurement"
    assert writer.search.find("zebra crossing").total == 0
    before = writer.index.unpack(writer.index.members("lever").get(lever, writer.index.none))
    text = a_copy(project).replace(" a dgekg:Practice ;", f" a dgekg:Practice ;\n    {LEVER} ;")
    applied = writer.apply({COPY: text})
    assert applied.accepted, [f.text() for f in applied.findings]
    assert [hit.iri for hit in applied.search.find("zebra crossing").hits] == [record("practice", COPY.stem)]
    members = applied.index.unpack(applied.index.members("lever")[lever])
    assert members == sorted([*before, record("practice", COPY.stem)])
    assert [(line.kind, line.record) for line in applied.lines] == [("create", f"practices/{COPY.stem}")]
    assert not (project.root / COPY).exists(), "nothing is written before it is told so"
    writer.commit(applied)
    assert (project.root / COPY).read_bytes() == applied.files[COPY.as_posix()]
    assert (project.root / LEDGER).read_bytes() == applied.files[LEDGER.as_posix()]
    assert text_of(project, LEDGER).endswith(f",create,practices/{COPY.stem},,\n")
    gone = writer.apply({COPY: None}, [Line("withdraw", f"practices/{COPY.stem}", note="It was a copy.")])
    assert gone.accepted
    writer.commit(gone)
    assert text_of(project, LEDGER).endswith(f"2026-11-21,withdraw,practices/{COPY.stem},,It was a copy.\n")
    assert not (project.root / COPY).exists()


def test_what_a_build_makes_has_the_version_that_was_told(writer: Writer) -> None:
    applied = writer.apply({AUDIT: one_lever_more(writer.project)})
    assert applied.accepted
    writer.commit(applied)
    made = build(writer.project, AS_OF)  # a writer that rests keeps no build away
    assert made.version is not None, [f.text() for f in made.findings]
    assert made.version.id == applied.version == writer.version
    back = writer.apply({AUDIT: text_of(writer.project, AUDIT).replace(f"    {LEVER} ;\n", "", 1)})
    writer.commit(back)
    assert back.version != applied.version


def test_a_bad_change_says_where_and_what(writer: Writer) -> None:
    text = text_of(writer.project, AUDIT).replace("<scheme/stage/", "<scheme/stage/no-such-", 1)
    applied = writer.apply({AUDIT: text})
    assert not applied.accepted
    found = [f for f in applied.findings if "no-such-" in f.found]
    assert found
    assert {f.file for f in found} == {AUDIT.as_posix()}
    assert all(f.line for f in found)
    with pytest.raises(InputError, match="written"):
        writer.commit(applied)


def test_who_refers_to_what_goes_is_asked_too(writer: Writer) -> None:
    actor, kept = Path("data/actors/network-b.ttl"), writer.version
    applied = writer.apply({actor: None})
    assert not applied.accepted
    assert writer.version == kept
    found = {f.file for f in applied.findings if f.found == "id/actor/network-b"}
    said = f"<id/actor/{actor.stem}>"
    data = writer.project.data.rglob("*.ttl")
    refer = {path.relative_to(writer.project.root) for path in data if said in path.read_text("utf-8")} - {actor}
    assert found == {path.as_posix() for path in refer} != set()


@pytest.mark.parametrize(
    "file",
    [
        "queries/checks/date-in-future.rq",
        "data/criteria/status-rule.yaml",
        "ontology/examples/one.ttl",
        "data/practices/.hidden.ttl",
        "../elsewhere.ttl",
        "data/changes/old/2026.csv",
        "practice.ttl",
    ],
)
def test_other_files_are_not_taken(writer: Writer, file: str) -> None:
    with pytest.raises(InputError, match=r"a writer takes|expected a file below"):
        writer.apply({Path(file): ""})


def test_what_is_not_there_cannot_be_removed(writer: Writer) -> None:
    with pytest.raises(InputError, match=r"nobody\.ttl: is to be removed, but is not there"):
        writer.apply({Path("data/practices/nobody.ttl"): None})


def test_nothing_new_needs_no_line(writer: Writer) -> None:
    applied = writer.apply({AUDIT: text_of(writer.project, AUDIT)})
    assert (applied.accepted, applied.files, applied.lines) == (True, {}, ())
    laid_out = writer.apply({AUDIT: "# Said again.\n" + text_of(writer.project, AUDIT)})
    assert (laid_out.accepted, [*laid_out.files], laid_out.lines) == (True, [AUDIT.as_posix()], ())
    assert laid_out.version == writer.version
    writer.undo(laid_out)


def test_changes_are_taken_back_newest_first_and_written_oldest_first(writer: Writer) -> None:
    start = writer.version
    first = writer.apply({AUDIT: one_lever_more(writer.project)})
    second = writer.apply({COPY: a_copy(writer.project)})
    assert first.accepted
    assert second.accepted
    with pytest.raises(InputError, match="newest"):
        writer.undo(first)
    with pytest.raises(InputError, match="oldest"):
        writer.commit(second)
    writer.undo(second)
    writer.undo(first)
    assert writer.version == start
    with pytest.raises(InputError, match="newest"):
        writer.undo(first)


def test_what_somebody_else_wrote_is_not_overwritten(writer: Writer) -> None:
    path = writer.project.root / AUDIT
    applied, there = writer.apply({AUDIT: one_lever_more(writer.project)}), path.read_bytes()
    path.write_bytes(there + b"# Mine.\n")
    ledger = (writer.project.root / LEDGER).read_bytes()
    with pytest.raises(StoreError, match="somebody else has written it"):
        writer.commit(applied)
    assert path.read_bytes() == there + b"# Mine.\n"
    assert (writer.project.root / LEDGER).read_bytes() == ledger
    path.write_bytes(there)
    writer.undo(applied)


def test_one_writer_at_a_time(writer: Writer) -> None:
    with pytest.raises(StoreError, match="another writer keeps this project in memory"):
        Writer(writer.project, AS_OF)


def test_no_writing_during_a_build(writer: Writer) -> None:
    applied, there = writer.apply({AUDIT: one_lever_more(writer.project)}), text_of(writer.project, AUDIT)
    with writing.locked(writer.project.build):
        with pytest.raises(StoreError, match="another build is running"):
            writer.commit(applied)
        with pytest.raises(StoreError, match="another build is running"):
            build(writer.project, AS_OF)
    assert text_of(writer.project, AUDIT) == there
    writer.undo(applied)


def test_a_project_with_violations_is_not_begun(template: Path, tmp_path: Path) -> None:
    project = copied(template, tmp_path / "p")
    path = project.root / AUDIT
    path.write_text(path.read_text("utf-8").replace("<scheme/stage/", "<scheme/stage/no-such-"), "utf-8")
    with pytest.raises(SourceError, match=r"conforms; found \d+ violations, the first of them: data/practices/bias"):
        Writer(project, AS_OF)
    with writing.locked(project.build, writing.WRITER):
        pass  # it has let go


CHANGE: dict[str, bytes | None] = {
    "data/practices/a.ttl": b"new a",
    "data/practices/b.ttl": None,
    "data/fresh/deep/c.ttl": "neu ö".encode(),
    "data/changes/2026.csv": b"one\ntwo\n",
}
WAS: dict[str, bytes | None] = {**CHANGE, "data/practices/a.ttl": b"old a", "data/practices/b.ttl": b"old b"}
WAS |= {"data/fresh/deep/c.ttl": None, "data/changes/2026.csv": b"one\n"}


def little(folder: Path) -> Project:
    project = Project(folder)
    for name, data in WAS.items():
        if data is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    return project


def seen(project: Project) -> dict[str, bytes | None]:
    """Return what readers see: what is hidden is read by nobody."""
    return {name: path.read_bytes() if (path := project.root / name).is_file() else None for name in CHANGE}


class Halved:
    """A file of which each half of what is written is a step."""

    def __init__(self, handle: Any, step: Callable[[], None]) -> None:
        self._handle, self._step = handle, step

    def __enter__(self) -> Halved:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._handle.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)

    def write(self, data: bytes) -> None:
        for half in (data[: len(data) // 2], data[len(data) // 2 :]):
            self._step()
            self._handle.write(half)
            self._handle.flush()


def killed(project: Project, at: int) -> bool:
    """Write the change in a process that kills itself before a step on the disk; return whether it came so far."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        return os.WIFSIGNALED(status)
    code = 1
    try:
        write_until(project, at)
        code = 0
    finally:
        os._exit(code)


def write_until(project: Project, at: int) -> None:
    left = itertools.count(at, -1)
    opened = os.fdopen

    def step() -> None:
        if not next(left):
            os.kill(os.getpid(), signal.SIGKILL)

    def after_step(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **named: Any) -> Any:
            step()
            return call(*arguments, **named)

        return stepped

    def halved(handle: int, mode: str) -> Any:
        step()
        return Halved(opened(handle, mode), step)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fdopen", halved)
        for name in ("open", "fsync"):
            patch.setattr(os, name, after_step(getattr(os, name)))
        for name in ("replace", "unlink", "mkdir"):
            patch.setattr(Path, name, after_step(getattr(Path, name)))
        writing.write(project, CHANGE, WAS)


def test_cut_short_at_any_step_it_is_all_or_nothing(tmp_path: Path) -> None:
    stands = []
    for step in range(100):
        project = little(tmp_path / str(step))
        if not killed(project, step):
            assert seen(project) == CHANGE
            break
        for name, data in seen(project).items():
            assert data in (WAS[name], CHANGE[name]), f"{name} is half-written at step {step}"
        intended = (project.build / writing.INTENT).is_file()
        if not intended:
            assert seen(project) in (WAS, CHANGE)
        with writing.locked(project.build):
            assert sorted(writing.finish(project)) == (sorted(CHANGE) if intended else [])
            assert writing.finish(project) == []
        assert seen(project) == (CHANGE if intended or seen(project) == CHANGE else WAS)
        stands.append(seen(project) == CHANGE)
    assert len(stands) > 25
    assert stands == sorted(stands), "once it stands, it stands"
    assert {*stands} == {False, True}


def test_a_build_finishes_what_was_cut_short(template: Path, tmp_path: Path) -> None:
    project = copied(template, tmp_path / "p")
    with Writer(project, AS_OF) as writer:
        applied = writer.apply({COPY: a_copy(project)})
        assert applied.accepted
    files = {name: data and data.decode() for name, data in applied.files.items()}
    (project.build / writing.INTENT).write_text(json.dumps(files), "utf-8")
    made = build(project, AS_OF)
    assert made.version is not None, [f.text() for f in made.findings]
    assert made.version.id == applied.version
    assert not (project.build / writing.INTENT).exists()


def test_an_intent_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    project = little(tmp_path)
    project.build.mkdir()
    (project.build / writing.INTENT).write_text("[1", "utf-8")
    with writing.locked(project.build), pytest.raises(StoreError, match="cut short, and what was to be written"):
        writing.finish(project)
    assert seen(project) == WAS


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    project = little(tmp_path)
    project.build.write_text("a file, no folder", "utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        writing.write(project, CHANGE, WAS)
    assert seen(project) == WAS


@pytest.mark.parametrize("failing", [1, 3, 6])
def test_a_disk_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    project, left, synced = little(tmp_path), itertools.count(failing, -1), os.fsync

    def fails(handle: int) -> None:
        if next(left) <= 1:
            raise OSError(28, "No space left on device")
        synced(handle)

    monkeypatch.setattr(os, "fsync", fails)
    words = "cannot be written" if failing == 1 else "the next writer or build finishes it"
    with pytest.raises(StoreError, match="No space left on device") as told:
        writing.write(project, CHANGE, WAS)
    assert words in str(told.value)
    monkeypatch.undo()
    with writing.locked(project.build):
        writing.finish(project)
    assert seen(project) == (WAS if failing == 1 else CHANGE)


def test_a_search_is_a_part_of_its_round_and_no_statement(writer: Writer) -> None:
    file = Path("data/scan/rounds.ttl")
    text, before = text_of(writer.project, file), writer.index.statements
    link = "    dgekg:hasSearch <id/search/world-desk-2> ;\n"
    more = '\n<id/search/world-desk-3> a dgekg:Search ;\n    dgekg:searchText "retired systems, girls"@en ;\n'
    more += "    dgekg:cellStage <scheme/stage/retirement> ;\n    dgekg:cellGroup <scheme/group/girls> .\n"
    forgotten = writer.apply({file: text + more})
    assert not forgotten.accepted
    assert [(f.rule, f.found) for f in forgotten.findings] == [("orphan-part", "dgekg:Search")]
    applied = writer.apply({file: text.replace(link, link + link.replace("-2>", "-3>"), 1) + more})
    assert applied.accepted, [f.text() for f in applied.findings]
    assert applied.whole == ""
    assert not [quad for quad in applied.added | applied.removed if "/graph/derived>" in str(quad)]
    assert applied.index.statements == before != ()
    writer.commit(applied)
    untold = more.replace("group/girls", "group/lesbian-women").replace(
        " .\n", " ;\n    dgekg:cellRegion <scheme/region/010> .\n"
    )
    refused = writer.apply({file: text.replace(link, link + link.replace("-2>", "-3>"), 1) + untold})
    assert [(f.rule, f.found) for f in refused.findings] == [("search-not-published", "scheme/group/lesbian-women")]
    writer.commit(writer.apply({file: text}))  # as it was, for the tests that follow


def test_a_reply_is_taken_in_by_itself(writer: Writer) -> None:
    file = Path("data/replies/bias-audit-b-1.ttl")
    said = (
        "@base <https://w3id.org/dgekg/> .\n@prefix dgekg: <https://w3id.org/dgekg/ontology#> .\n"
        "@prefix dct: <http://purl.org/dc/terms/> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "<id/reply/bias-audit-b-1> a dgekg:Reply ;\n    dgekg:repliesTo <id/practice/bias-audit-b> ;\n"
        '    dct:description "It ended in 2025."@en ;\n    dct:date "2026-11-06"^^xsd:date ;\n'
        "    dct:license <https://creativecommons.org/licenses/by/4.0/> ;\n"
        '    dct:issued "2026-11-06"^^xsd:date ;\n    dct:modified "2026-11-06"^^xsd:date .\n'
    )
    refused = writer.apply({file: said.replace('date "2026-11', 'date "2996-11')})
    assert [f.rule for f in refused.findings] == ["date-in-future"]
    applied = writer.apply({file: said})
    assert applied.accepted, [f.text() for f in applied.findings]
    assert applied.whole == ""
    assert not [quad for quad in applied.added | applied.removed if "/graph/derived>" in str(quad)]
    writer.commit(applied)
    changed = writer.apply({file: said.replace("ended in 2025", "goes on")})
    assert (changed.accepted, changed.whole) == (True, "")
    writer.commit(changed)
    assert writer.apply({file: None}).whole == ""
