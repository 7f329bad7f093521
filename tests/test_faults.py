"""Faults put into the small world, one at a time: each is found once, where it is, and nothing else is found.

`tests/faults/*.yaml` is the list. A fault names a `file` and what is done to it: `find` and `put` (exactly one place),
`append`, or `text` (the whole file); `copy` and `rename` come before, `also` is more of the same. `expect` says the
rule, the record, what was found, and words that stand on the line to which the finding leads.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import copy_world
from dgekg.build import Sources, checks, validate, validate_few
from dgekg.documents import Document, reading
from dgekg.examining.quick import Quick
from dgekg.findings import Finding
from dgekg.identifiers import compact
from dgekg.settings import Project
from dgekg.shapes import Shapes
from dgekg.store.local import LocalStore
from dgekg.vocabulary import LANGUAGES

Fault = Mapping[str, Any]
DAY = dt.date(2026, 11, 21)
FOLDER = Path(__file__).parent / "faults"
FAULTS: list[Fault] = [
    fault for file in sorted(FOLDER.glob("*.yaml")) for fault in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small world, found clean, with what was remembered of it."""
    project = copy_world(tmp_path_factory.mktemp("faults"))
    assert validate(Sources(project), DAY, remembered=project.build / ".clean")[0] == []
    return project


@pytest.fixture(scope="module")
def quick(bench: Project) -> Quick:
    """Its shapes, for all faults: no fault is put into them, and pySHACL takes long to get them ready."""
    return Quick(Shapes(bench.shapes))


@pytest.fixture
def broken(bench: Project, request: pytest.FixtureRequest) -> Iterator[tuple[Project, Fault]]:
    fault: Fault = request.param
    touched = [*fault.get("copy", []), *fault.get("rename", []), *(change["file"] for change in _changes(fault))]
    before = {bench.root / name: _bytes(bench.root / name) for name in touched}
    clean = bench.build / ".clean"
    memory = clean.read_bytes()
    try:
        _break(bench.root, fault)
        yield bench, fault
    finally:
        clean.write_bytes(memory)
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _changes(fault: Fault) -> list[Fault]:
    return [fault, *fault.get("also", [])]


def _break(root: Path, fault: Fault) -> None:
    if "copy" in fault:
        source, target = (root / name for name in fault["copy"])
        text = source.read_text(encoding="utf-8")
        for old, new in fault["swap"]:
            assert old in text
            text = text.replace(old, new)
        target.write_text(text, encoding="utf-8")
    if "rename" in fault:
        shutil.move(*(root / name for name in fault["rename"]))
    for change in _changes(fault):
        path = root / change["file"]
        if "text" in change:
            text = change["text"]
        elif "append" in change:
            text = path.read_text(encoding="utf-8") + ("\n" if path.suffix == ".ttl" else "") + change["append"]
        else:
            text = path.read_text(encoding="utf-8")
            assert text.count(change["find"]) == 1, f"{change['find']!r} stands {text.count(change['find'])} times"
            text = text.replace(change["find"], change["put"])
        path.write_bytes(text.encode(fault.get("encoding", "utf-8")))


def _named(fault: Fault) -> str:
    return str(fault["fault"]).replace(" ", "-")


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Read the same bytes once: of all files, a fault changes one."""
    examined: dict[tuple[str, bytes], Any] = {}
    contents: dict[bytes, Any] = {}
    examine, content = reading._examine, vars(Document)["content"].fget

    def remembered(found: tuple[Document, list[Finding]]) -> Any:
        key = (found[0].file, found[0].data)
        if found[1] or key not in examined:
            examined[key] = examine(found)
        return examined[key]

    def kept(document: Document) -> Any:
        if document.data not in contents:
            contents[document.data] = content(document)
        return contents[document.data]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_examine", remembered)
        patch.setattr(Document, "content", property(kept))
        yield


def _read(project: Project, quick: Quick) -> Sources:
    sources = Sources(project)
    vars(sources).update(quick=quick, shapes=quick.shapes)
    return sources


@pytest.mark.parametrize("broken", FAULTS, ids=_named, indirect=True)
def test_a_fault_is_found_once_and_nothing_else(broken: tuple[Project, Fault], quick: Quick, tmp_path: Path) -> None:
    project, fault = broken
    sources = _read(project, quick)
    findings, store = validate(sources, DAY, remembered=project.build / ".clean")
    assert [f.rule for f in findings] == [fault["expect"]["rule"]], "\n".join(f.text() for f in findings)
    finding, expected = findings[0], fault["expect"]
    assert finding.file == expected.get("file", fault["file"])
    assert finding.severity == expected.get("severity", "violation")
    assert compact(finding.record) == expected.get("record", compact(finding.record))
    assert finding.field == expected.get("field", finding.field)
    assert finding.found == expected.get("found", finding.found)
    assert finding.key == expected.get("key", finding.key)
    if "line" in expected:
        lines = (project.root / finding.file).read_bytes().decode(fault.get("encoding", "utf-8")).splitlines()
        assert expected["line"] in lines[finding.line - 1], lines[finding.line - 1]
    else:
        assert finding.line == 0
    others = [language for language in LANGUAGES if language != "en"]
    said = {finding.message, *(_again(sources, store, finding, language, tmp_path).message for language in others)}
    assert len(said) == len(LANGUAGES)
    assert all(message and "{" not in message for message in said)


_LONE = [f for f in FAULTS if f["file"].endswith(".ttl") and f["file"] == f["expect"].get("file", f["file"])]


@pytest.mark.parametrize("broken", [f for f in _LONE if f["file"].startswith("data/")][::7], ids=_named, indirect=True)
def test_one_file_on_its_own_gives_the_same(broken: tuple[Project, Fault], quick: Quick) -> None:
    project, fault = broken
    whole, _store = validate(_read(project, quick), DAY, remembered=project.build / ".clean")
    assert whole
    assert validate_few(project, [project.root / fault["file"]], DAY) == whole


def _again(sources: Sources, store: LocalStore | None, finding: Finding, language: str, folder: Path) -> Finding:
    """Find the same thing in another language, by the rule that found it alone."""
    if finding.key:
        return finding.spoken(language)
    check = sources.project.queries / "checks" / f"{finding.rule}.rq"
    if check.exists():
        shutil.copy(check, folder)
        assert store is not None
        found = checks.run(store, folder, sources.home, DAY, language)
    else:
        found = sources.shapes.validate(sources.home[finding.record], sources.context, language)
    return next(f for f in found if (f.rule, f.record, f.found) == (finding.rule, finding.record, finding.found))


def test_the_faults_are_many_and_of_many_kinds() -> None:
    assert len(FAULTS) >= 60
    assert len({fault["kind"] for fault in FAULTS}) >= 15
    names = [fault["fault"] for fault in FAULTS]
    assert len(set(names)) == len(names)
