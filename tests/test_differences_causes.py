"""`dgekg diff`: one change of the small world at a time, and the cause that is told for every figure that it moved."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import AS_OF, ROOT
from dgekg.build import Sources
from dgekg.build.builder import counts
from dgekg.build.derive import assemble
from dgekg.differences import changes, faces
from dgekg.observatory import Observatory
from dgekg.render import say
from dgekg.settings import Project, Settings
from dgekg.store.local import LocalStore

VIEW = ("rows=stage&cols=group&depth=group%3D1",)


def _changed(folder: Path, file: str, old: str, new: str) -> Observatory:
    """Return the small world after one change of one file, assembled but not written."""
    folder.mkdir()
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests" / "world" / "data", folder / "data")
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    there = Project.at(folder)
    return _opened(there, assemble(Sources(there), AS_OF), "changed", "other" if file.startswith("queries") else "same")


def _opened(project: Project, store: LocalStore, name: str, rules: str) -> Observatory:
    meta = {"classes": counts(store), "as_of": AS_OF.isoformat(), "rules": rules}
    return Observatory(project, store, name, AS_OF, meta, Settings())


@pytest.mark.parametrize(
    ("cause", "file", "old", "new"),
    [
        ("evidence", "data/practices/sign-language-benchmark.ttl", "evidence-level/2>", "evidence-level/0>"),
        (
            "vocabulary",
            "ontology/schemes/group.ttl",
            "<scheme/group/linguistic-minorities> ;\n    skos:broader <scheme/group/persons-with-disabilities>",
            "<scheme/group/linguistic-minorities>",
        ),
        ("rule", "queries/derive/40-dimensions.rq", "(dimension:direct-stage ", "(dimension:direct-stage-acts "),
    ],
)
def test_each_cause_is_told_alone(
    cause: str, file: str, old: str, new: str, project: Project, world_store: LocalStore, tmp_path: Path
) -> None:
    before = _opened(project, world_store, "before", "same")
    seen = changes(before, _changed(tmp_path / "after", file, old, new), VIEW)
    assert seen.views[0].cells
    assert {one.code for cell in seen.views[0].cells for one in cell.causes} == {cause}
    assert {one.code for gap in seen.views[0].gaps for one in gap.causes} <= {cause, "listing"}
    assert {why for one in seen.statuses for why in one.causes} <= {cause}
    assert seen.between.rules is (cause == "rule")
    assert say(f"diff-cause.{cause}", "en") in faces.text(seen)
