"""Commands that hand out: a release, what differs between two, and the observatory as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from dgekg.commands.options import LANGUAGE
from dgekg.settings import Settings
from dgekg.terminal import progress
from dgekg.vocabulary import LANGUAGES


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the release; default releases/dgekg-NAME here.",
)
@click.option("--name", default="", metavar="NAME", help="Such as 2026.1; default the day of the version.")
@click.option("--report/--no-report", "reported", default=True, show_default=True, help="Put the report into it.")
@click.pass_obj
def release(settings: Settings, output: Path | None, name: str, reported: bool) -> None:
    """Write the current version as a release: versioned, citable, the same bytes whenever it is made.

    Dumps, tables with their codebook, the report, the SHACL report, descriptions for citation managers, archives and
    catalogues (CITATION.cff, DataCite, RO-Crate, DCAT), checksums. A release that is there is replaced in one step.
    """
    from dgekg import release as releasing
    from dgekg import suppression, versions

    project = settings.project()
    called = name or versions.current(project.build).as_of.isoformat()
    target = output or Path("releases") / f"dgekg-{called}"
    with progress() as told:
        hidden = suppression.read(settings.private_root())
        made = releasing.make(settings, target, name, hidden, told, _reports(settings) if reported else None)
    click.echo(f"Released version {made.entry.version} as {made.entry.name}: {made.folder} ({made.bytes:,} bytes).")
    if made.fresh:
        click.echo(f"{project.releases}: a new line, which the change feed announces. Keep it with the records.")


def _reports(settings: Settings) -> Callable[[Path], None]:
    """Return what writes the report in all languages and formats into a folder."""

    def write(folder: Path) -> None:
        from dgekg import report as reports
        from dgekg.observatory import open_observatory

        observatory = open_observatory(settings)
        read = reports.folder_of(observatory.project.root, None)
        for language in LANGUAGES:
            template = reports.load(read, "full", language)
            subject = reports.subject_of(observatory, template, "")
            document = reports.make(observatory, template, subject, False, settings.publisher)
            for form in reports.FORMATS:
                reports.write(document, folder / f"report.{language}.{form}", form)

    return write


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B", default="current")
@click.option("--view", "views", multiple=True, metavar="QUERY", help="Compare this view, as rows=stage&cols=group.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(1), default=40, show_default=True, help="Lines under each heading.")
@LANGUAGE
@click.pass_obj
def diff(
    settings: Settings, before: str, after: str, views: tuple[str, ...], form: str, limit: int, language: str | None
) -> None:
    """Say which figures differ from A to B, and why: new evidence, ratings, corrections, vocabulary, rules.

    A and B are versions (their ids or how they begin, "current"), releases (a name, or the folder), or folders of
    projects. Compared are counts of records, cells of views, gaps and statuses.
    """
    from dgekg.differences import VIEWS, changes, faces
    from dgekg.differences.sides import open_side

    found = changes(open_side(settings, before), open_side(settings, after), views or VIEWS)
    lang = language or settings.language
    if form == "json":
        click.echo(json.dumps(faces.document(found, lang), ensure_ascii=False, indent=1))
    else:
        click.echo(faces.text(found, lang, limit), nl=False)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--address", default="", metavar="URL", help="Of the service, for what files cannot do.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path),
    metavar="SITE",
    help="Take these documents along (build/site, which make site makes).",
)
@click.pass_obj
def publish(settings: Settings, folder: Path, address: str, documents: Path | None) -> None:
    """Write the whole observatory as files into DIR: pages, data, search; for any web server, or a USB stick.

    Open DIR/index.html. What needs the service (forms, SPARQL, views of one's own) says so, and leads to --address.
    An edition that is there is replaced in one step.
    """
    from dgekg import publishing

    with progress() as told:
        made = publishing.publish(settings, folder, address, told, documents)
    click.echo(f"Published version {made.version}: {made.pages:,} pages, {made.bytes / 1e6:,.1f} MB in {made.folder}.")
