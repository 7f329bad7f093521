"""A release: one version of the graph as a folder that can be cited, checked and made again, byte for byte.

Everything in it follows from the version, the name and the settings `publisher` and `contact`; no clock is read.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dgekg import distributions, findings, formats, generation, releases, targets, versions
from dgekg.build import Sources, validate
from dgekg.build.builder import version_of, without
from dgekg.errors import InputError, StoreError
from dgekg.findings import Finding
from dgekg.release import crate, papers
from dgekg.release.papers import MARK, Facts
from dgekg.settings import Project, Settings
from dgekg.suppression import NOTHING, Suppressed
from dgekg.versions import Version

REPORT = "validation/shacl-report.ttl"
Progress = Callable[[str, int, int], None]
Report = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Released:
    """What was released.

    Attributes:
        entry: as the list of releases names it.
        folder: where it is.
        bytes: how much it is, all files together.
        fresh: whether the list of releases has a new line for it.
    """

    entry: releases.Entry
    folder: Path
    bytes: int
    fresh: bool


def _quiet(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def make(
    settings: Settings,
    target: Path,
    name: str = "",
    suppressed: Suppressed = NOTHING,
    progress: Progress = _quiet,
    report: Report | None = None,
) -> Released:
    """Release the current version.

    Args:
        settings: where the project is, who publishes, whom to write to.
        target: the folder; it is replaced in one step, and only where it holds a release or nothing.
        name: of the release; the day of the version unless given.
        suppressed: what may not be shown.
        progress: told each step.
        report: writes the report into a folder that it is given.

    Raises:
        NoBuild: nothing has been built yet.
        InputError: a name that is taken, a folder that holds something else or cannot be written, or files that
            have changed since the version was built.
        StoreError: a file of the release cannot be made.
    """
    project = settings.project()
    version = versions.current(project.build)
    shown = generation.served(version, suppressed, project.queries)
    name = name or version.as_of.isoformat()
    releases.free(project.releases, name, version.id)
    targets.may(target, "a release", MARK)
    progress("validate", 0, 1)
    checked = _validated(project, version, suppressed)
    with targets.fresh(target, "a release", MARK) as folder:
        _files(project, shown, version.id, folder, progress)
        (folder / REPORT).parent.mkdir()
        (folder / REPORT).write_text(findings.as_shacl(checked, "en"), encoding="utf-8")
        if report is not None:
            progress("report", 0, 1)
            (folder / "report").mkdir()
            report(folder / "report")
        progress("describe", 0, 1)
        _describe(folder, Facts.of(name, shown, settings, len(checked)))
    sums = hashlib.sha256((target / targets.CHECKSUMS).read_bytes()).hexdigest()
    entry = releases.Entry(name, version.id, version.as_of.isoformat(), sums)
    size = sum(path.stat().st_size for path in targets.files(target))
    return Released(entry, target, size, releases.add(project.releases, entry))


def _validated(project: Project, version: Version, suppressed: Suppressed) -> list[Finding]:
    """Validate the files that the version was built from; nothing is said of what may not be shown."""
    sources = Sources(project)
    if without(version_of(sources, version.as_of), suppressed) != version.id:
        raise InputError(
            f"version {version.id}: the files, the rules or the list of what may not be shown have changed since it "
            f'was built. Say "dgekg build --as-of {version.as_of}" (or a later day), then release.',
            version.id,
        )
    found, _store = validate(sources, version.as_of, "en", remembered=project.build / ".clean")
    if findings.violations(found):
        raise StoreError('the files do not validate, so nothing is released: "dgekg validate" says why.')
    hidden = {iri for iri in sources.home if iri in suppressed}
    files = {sources.home[iri].file for iri in hidden}
    slugs = {iri.rpartition("/")[2] for iri in hidden}
    return [one for one in found if one.file not in files and not any(slug in one.text() for slug in slugs)]


def _files(project: Project, version: Version, name: str, folder: Path, progress: Progress) -> None:
    """Put the dumps and the archives of tables into a folder."""
    groups = [*(form.suffix for form in formats.DATASETS), distributions.TABLES]
    (folder / "data").mkdir()
    for number, group in enumerate(groups):
        progress("files", number, len(groups))
        with tempfile.TemporaryDirectory(dir=folder, prefix=".work-") as work:
            distributions.make(version.dump, project.root, Path(work), group, name)
            wanted = distributions.ARCHIVES if group == distributions.TABLES else (f"dump.{group}.gz",)
            for one in wanted:
                (Path(work) / one).rename(folder / "data" / one)


def _describe(folder: Path, facts: Facts) -> None:
    """Write what the release says of itself, for people, citation managers, archives and catalogues."""
    (folder / "README.md").write_text(papers.readme(facts, folder), encoding="utf-8")
    (folder / "CITATION.cff").write_text(papers.citation(facts), encoding="utf-8")
    (folder / "datacite.json").write_text(papers.datacite(facts, folder), encoding="utf-8")
    (folder / "catalogue.jsonld").write_text(crate.catalogue(facts, folder), encoding="utf-8")
    (folder / MARK).write_text(papers.about(facts, folder), encoding="utf-8")
    (folder / crate.FILE).write_text(crate.metadata(facts, folder), encoding="utf-8")
