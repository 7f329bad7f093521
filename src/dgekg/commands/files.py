"""Commands from files to a build: build, validate, export."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dgekg import findings
from dgekg.commands.options import AS_OF, LANGUAGE, day
from dgekg.errors import InputError
from dgekg.settings import Project, Settings
from dgekg.terminal import progress


@click.command()
@AS_OF
@LANGUAGE
@click.option("--record", is_flag=True, help="Add create lines to the ledger for records that it lacks.")
@click.option("--store", default="", metavar="URL", help="Also load the build into this SPARQL 1.1 service.")
@click.option(
    "--demand",
    multiple=True,
    metavar="ID",
    help="Put recorded incidents of this source beside the builds, never into them; all, or none for no longer.",
)
@click.pass_obj
def build(
    settings: Settings, as_of: str | None, language: str | None, record: bool, store: str, demand: tuple[str, ...]
) -> None:
    """Parse, validate and derive; write a new version, current only when it is good."""
    from dgekg import suppression, withheld
    from dgekg.build import build as run
    from dgekg.build.load import load_remote

    project = settings.project()
    with progress() as report:
        built = run(
            project,
            day(as_of),
            language or settings.language,
            report,
            record=record,
            keep=settings.keep_versions,
            suppressed=suppression.read(settings.private_root()),
            kept_out=withheld.read(settings.private_root()),
        )
    for finding in built.findings:
        click.echo(finding.text(), err=True)
    if built.version is None:
        count = len(findings.violations(built.findings))
        click.echo(f"Not built: {count} violations. The version before stays current.", err=True)
        sys.exit(1)
    verb = "Built" if built.made else "Nothing has changed:"
    click.echo(
        f"{verb} version {built.version.id} ({built.version.meta['quads']:,} quads, as of {built.version.as_of})."
    )
    if demand:
        from dgekg.demand import packed

        chosen = () if demand == ("none",) else demand
        for one in packed(project.data / "sources", project.build, chosen):
            credit = one.credit
            click.echo(f"Beside it: {len(one.said):,} incidents of {credit.title}, under {credit.licence}.")
    if store:
        click.echo(f"Loaded {load_remote(built.version, store, settings):,} quads into {store}.")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "shacl"]), default="text", show_default=True)
@AS_OF
@LANGUAGE
@click.pass_obj
def validate(settings: Settings, files: tuple[Path, ...], form: str, as_of: str | None, language: str | None) -> None:
    """Say what is to be mended, in which file, line, record and field; all files, or only FILES."""
    from dgekg.build import Sources, validate_few
    from dgekg.build import validate as run

    project = settings.project()
    lang = language or settings.language
    chosen = [_known(project, path) for path in files]
    if files and all(path.is_relative_to(project.data) for path in chosen):
        found = validate_few(project, chosen, day(as_of), lang)
    else:
        only = [path.relative_to(project.root).as_posix() for path in chosen]
        with progress() as report:
            found, _store = run(Sources(project), day(as_of), lang, only, report, project.build / ".clean")
    if form == "json":
        click.echo(findings.as_json(found))
    elif form == "shacl":
        click.echo(findings.as_shacl(found, lang))
    else:
        for finding in found:
            click.echo(finding.text())
        count = len(findings.violations(found))
        click.echo(f"{count} violations, {len(found) - count} warnings.", err=True)
    sys.exit(1 if findings.violations(found) else 0)


@click.command(name="export")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export_(settings: Settings, file: Path) -> None:
    """Write all public graphs to FILE; the ending says how: .nq .trig .ttl .jsonld, each also .gz.

    Or tables of the records: tables.zip (CSV with codebook), tables-spreadsheet.zip, tables-parquet.zip, or one of
    them, such as practice.csv or practice.parquet.
    """
    from dgekg import suppression
    from dgekg.export import export, is_tables

    count = export(settings.project(), file, suppression.read(settings.private_root()))
    click.echo(f"Wrote {count:,} {'bytes' if is_tables(file) else 'statements'} to {file}.")


def _known(project: Project, path: Path) -> Path:
    resolved = path.resolve()
    inside = resolved.is_relative_to(project.data) or resolved.is_relative_to(project.ontology)
    if not (inside and resolved.is_file() and resolved.suffix == ".ttl"):
        raise InputError(f"{path}: expected a Turtle file below {project.data} or {project.ontology}.")
    return resolved
