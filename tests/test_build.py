"""A build is whole or absent: versions, the ledger, `current`, killed builds, nothing changed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dgekg import processes, versions
from dgekg.build import build, ledger, validate
from dgekg.build.builder import version_of
from dgekg.build.sources import Sources
from dgekg.errors import NoBuild, StoreError
from dgekg.export import export
from dgekg.settings import Project
from dgekg.store.local import LocalStore

DAY = dt.date(2026, 11, 21)


def test_a_build_becomes_current_and_can_be_asked(built: Project) -> None:
    version = versions.current(built.build)
    store = LocalStore(version.store)
    assert store.ask("ASK { ?practice a <https://w3id.org/dgekg/ontology#Practice> }")
    assert version.meta["quads"] == len(version.dump.read_text(encoding="utf-8").splitlines())
    assert version.meta["classes"]["Practice"] == len(list((built.data / "practices").glob("*.ttl")))


def test_nothing_changed_does_no_work(built: Project) -> None:
    before = versions.current(built.build)
    stamp = before.dump.stat().st_mtime_ns
    again = build(built, DAY)
    assert again.made is False
    assert again.version == before
    assert before.dump.stat().st_mtime_ns == stamp


def test_the_same_input_gives_the_same_bytes(built: Project, tmp_path: Path) -> None:
    from conftest import copy_world

    twin = copy_world(tmp_path)
    (twin.data / "changes").mkdir(exist_ok=True)
    for file in (built.data / "changes").glob("*.csv"):
        (twin.data / "changes" / file.name).write_bytes(file.read_bytes())
    result = build(twin, DAY)
    assert result.version is not None
    assert result.version.id == versions.current(built.build).id
    assert result.version.dump.read_bytes() == versions.current(built.build).dump.read_bytes()


def test_layout_does_not_change_the_version_but_content_day_and_rules_do(sandbox: Project) -> None:
    name = version_of(Sources(sandbox), DAY)
    file = next((sandbox.data / "actors").glob("*.ttl"))
    text = file.read_text(encoding="utf-8")
    file.write_text("# a comment\n\n" + text.replace(" ;\n    ", " ; ", 1), encoding="utf-8")
    assert version_of(Sources(sandbox), DAY) == name
    assert version_of(Sources(sandbox), DAY + dt.timedelta(days=1)) != name
    rule = sandbox.queries / "dimensions.yaml"
    rule.write_text(rule.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert version_of(Sources(sandbox), DAY) != name


def test_violations_leave_current_as_it_was(sandbox: Project) -> None:
    first = build(sandbox, DAY, record=True)
    assert first.version is not None
    file = next((sandbox.data / "practices").glob("*.ttl"))
    file.write_text(file.read_text(encoding="utf-8").replace("dct:license", "dgekg:licence"), encoding="utf-8")
    second = build(sandbox, DAY)
    assert second.version is None
    assert any(f.rule == "term" for f in second.findings)
    assert versions.current(sandbox.build).id == first.version.id
    assert [p.name for p in sandbox.build.iterdir() if p.name.startswith(".staging")] == []


def test_a_killed_build_leaves_current_as_it_was(sandbox: Project) -> None:
    assert build(sandbox, DAY, record=True).version is not None
    before = versions.current(sandbox.build)
    rounds = 0
    for delay in (0.6, 1.2, 1.8, 2.4, 3.0):
        day = (DAY + dt.timedelta(days=rounds + 1)).isoformat()
        program = Path(sys.executable).parent / "dgekg"
        environment = {**os.environ, "DGEKG_ROOT": str(sandbox.root)}
        process = subprocess.Popen([program, "build", "--as-of", day], env=environment, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            break
        rounds += 1
        current = versions.current(sandbox.build)
        assert current.id == before.id or current.as_of.isoformat() == day
        LocalStore(current.store).ask("ASK { ?s ?p ?o }")
    assert rounds > 0, "no build was killed: the delays are too long"
    assert build(sandbox, DAY + dt.timedelta(days=99)).made


def test_two_builds_at_once_are_refused(sandbox: Project) -> None:
    import fcntl

    with (sandbox.build / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another build is running"):
            build(sandbox, DAY)


def test_nothing_built_yet(tmp_path: Path) -> None:
    with pytest.raises(NoBuild, match="dgekg build"):
        versions.current(tmp_path)


def test_an_incomplete_build_is_refused(sandbox: Project) -> None:
    result = build(sandbox, DAY, record=True)
    assert result.version is not None
    result.version.dump.unlink()
    with pytest.raises(StoreError, match="lacks dump"):
        versions.current(sandbox.build)


def test_the_ledger_tells_rename_from_withdrawal_plus_creation(sandbox: Project) -> None:
    build(sandbox, DAY, record=True)
    old = sorted((sandbox.data / "lessons").glob("*.ttl"))[0]
    name = f"lessons/{old.stem}"
    renamed = old.with_name("renamed-figure.ttl")
    old.rename(renamed)
    findings = ledger.check(sandbox.data / "changes", Sources(sandbox).records, sandbox.root)
    assert any("does not say how" in f.message and name in f.message for f in findings)
    book = next((sandbox.data / "changes").glob("*.csv"))
    with book.open("a", encoding="utf-8") as target:
        target.write(f"2026-11-21,create,lessons/renamed-figure,,\n2026-11-21,rename,{name},lessons/renamed-figure,\n")
    assert ledger.check(sandbox.data / "changes", Sources(sandbox).records, sandbox.root) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-13-01,create,practices/x,,", "expected a date"),
        ("2026-11-21,delete,practices/x,,", "expected one of"),
        ("2026-11-21,update,practices/never,,", "no line above creates"),
        ("2026-11-21,create,practices/x", "Expected 5 values"),
    ],
)
def test_a_broken_ledger_line_is_said_with_its_number(sandbox: Project, line: str, said: str) -> None:
    build(sandbox, DAY, record=True)
    book = next((sandbox.data / "changes").glob("*.csv"))
    count = len(book.read_text(encoding="utf-8").splitlines())
    book.write_text(book.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    findings = ledger.check(sandbox.data / "changes", Sources(sandbox).records, sandbox.root)
    assert any(said in f.message and f.line == count + 1 for f in findings)


@pytest.mark.parametrize("name", ["all.nq", "all.trig", "all.ttl", "all.jsonld", "all.nq.gz", "all.trig.gz"])
def test_export_writes_the_same_graph_in_each_format(built: Project, tmp_path: Path, name: str) -> None:
    import gzip

    from pyoxigraph import RdfFormat, parse

    file = tmp_path / name
    file.write_text("old")
    count = export(built, file)
    body = gzip.decompress(file.read_bytes()) if name.endswith(".gz") else file.read_bytes()
    formats = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}
    read = list(parse(body, format=formats[name.removesuffix(".gz").split(".")[1]]))
    assert len(read) == count > 1000
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_second_build_examines_only_what_changed(sandbox: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from dgekg.documents import Content
    from dgekg.examining.quick import Quick
    from dgekg.shapes import Context

    looked: list[set[str]] = []
    conforms = Quick.conforms

    def counted(self: Quick, content: Content, context: Context) -> bool:
        looked.append(set(content.said))
        return conforms(self, content, context)

    monkeypatch.setattr(Quick, "conforms", counted)
    (sandbox.build / ".clean").unlink()
    assert build(sandbox, DAY, record=True).version is not None
    first = len(looked)
    looked.clear()
    file = sandbox.data / "practices" / "bias-audit-b.ttl"
    file.write_text(file.read_text(encoding="utf-8").replace("Bias audit B", "Bias audit, second"), encoding="utf-8")
    assert build(sandbox, DAY).made
    assert first > 80
    assert [sorted(subjects & {_PRACTICE}) for subjects in looked] == [[_PRACTICE]]


def test_what_is_remembered_depends_on_the_classes_of_what_is_referred_to(sandbox: Project) -> None:
    assert build(sandbox, DAY, record=True).version is not None
    file = sandbox.ontology / "schemes" / "stage.ttl"
    text = file.read_text(encoding="utf-8").replace("skos:Concept, dgekg:LifecycleStage", "skos:Concept")
    file.write_text(text, encoding="utf-8")
    second = build(sandbox, DAY)
    assert second.version is None
    assert "Practice-actsAtStage" in {f.rule for f in second.findings}


def test_many_documents_are_validated_as_few_are(sandbox: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sandbox.data / "practices" / "bias-audit-b.ttl"
    text = file.read_text(encoding="utf-8").replace("<scheme/group/racialised-women>", "<scheme/group/nobody>", 1)
    file.write_text(text.replace("dgekg:approach", "dgekg:aproach"), encoding="utf-8")
    alone = validate(Sources(sandbox), DAY)[0]
    monkeypatch.setattr(processes, "MANY", 2)
    assert validate(Sources(sandbox), DAY)[0] == alone
    assert {f.rule for f in alone} == {"reference", "term", "Practice-approach"}


_PRACTICE = "https://w3id.org/dgekg/id/practice/bias-audit-b"
