"""A project of one's own: the model and the rules of this one, the general vocabularies, and none of its records."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import yaml

from dgekg import collection, documents
from dgekg.build import ledger
from dgekg.errors import InputError
from dgekg.settings import Project

_WHOLE = ("ontology", "shapes", "queries")
# What keeps people safe holds for every collection: civic space by country, and the groups protected by default.
_KEPT = ("reference",)
_EMPTY = ("practices", "actors", "standards", "scan", "changes")
_IGNORED = "build/\nreleases/\n"
_SUBTITLE = 'subtitle: "{{name}}"'
_NEUTRAL = "neutral.yaml"
_SAID_IN = (".rq", ".ttl", ".yaml", ".md")
_OURS = "at-"  # numbers of the report that name single stages; so does the part of the text that they stand in


def make(source: Project, folder: Path, report: Path, day: dt.date) -> Path:
    """Make a project that holds no records, and return its folder.

    It is made beside its place and moved there, so that it is whole or not there at all.

    Args:
        source: the project whose model, rules and vocabularies are taken.
        folder: where it is to be: not there yet, or empty.
        report: folder of the template of reports.
        day: on which the ledger begins.

    Raises:
        InputError: the folder holds something, or cannot be written.
    """
    target = folder.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{folder}: expected a new or empty folder, for nothing is written over.", str(folder))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            _fill(staging, source, report)
            read, _ = documents.read_all(documents.of_folder(staging / "data"), staging)
            ledger.record_new(staging / "data" / "changes", read, staging, day)
            if target.exists():
                target.rmdir()
            staging.chmod(0o755)
            staging.rename(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror or error}).", str(folder)) from error
    return target


def _fill(folder: Path, source: Project, report: Path) -> None:
    for name in _WHOLE:
        shutil.copytree(source.root / name, folder / name)
        for file in (folder / name).rglob("*"):
            if file.suffix in _SAID_IN:
                file.write_text(neutral(file.read_text("utf-8")), "utf-8")
    for name in _KEPT:
        shutil.copytree(source.data / name, folder / "data" / name)
    for name in _EMPTY:
        (folder / "data" / name).mkdir(parents=True)
        (folder / "data" / name / ".gitkeep").touch()  # so that a repository keeps it
    (folder / ".gitignore").write_text(_IGNORED, "utf-8")
    words = importlib.resources.files("dgekg.starting").joinpath(collection.FILE).read_text("utf-8")
    (folder / "data" / collection.FILE).write_text(words, "utf-8")
    (folder / "report").mkdir()
    for file in sorted(report.iterdir()):
        if file.is_file():
            (folder / "report" / file.name).write_text(neutral(_without_stages(file.read_text("utf-8"))), "utf-8")


@cache
def replaced() -> dict[str, str]:
    """Return what texts of this project say of its topic -> what a project on another topic says; longest first."""
    spoken = yaml.safe_load(importlib.resources.files("dgekg.starting").joinpath(_NEUTRAL).read_text("utf-8"))
    pairs = {old: new for said in spoken.values() for old, new in said.items()}
    return dict(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _of_ours() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(old) for old in replaced()))


def neutral(text: str) -> str:
    """Return a text of the model, the rules or the report without what it says of artificial intelligence.

    >>> neutral('en: "AI systems on record" # an AI system'), neutral("dgekg:AISystem ?aiProvision")
    ('en: "Systems on record" # a system', 'dgekg:AISystem ?aiProvision')
    """
    return _of_ours().sub(lambda found: replaced()[found[0]], text)


def _without_stages(text: str) -> str:
    """Return a text of the report, or its figures, without what names single stages of our own scheme.

    >>> _without_stages("## A\\n\\nB\\n\\n## C\\n\\n{{at-data | other: #}}\\n\\n## D\\n")
    '## A\\n\\nB\\n\\n## D\\n'
    >>> _without_stages("numbers:\\n  at-data: {view: {rows: kind}}\\n  cells: {view: {rows: group}}\\n")
    'numbers:\\n  cells: {view: {rows: group}}\\n'
    """
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = "".join(part for part in parts if "{{" + _OURS not in part)
    kept = re.sub(r"^subtitle: .*$", _SUBTITLE, kept, count=1, flags=re.MULTILINE)
    return re.sub(rf"^ +{_OURS}[a-z-]+: \{{.*\n", "", kept, flags=re.MULTILINE)
