"""Command import: tables of others become records, or recorded demand."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dgekg.commands.options import AS_OF, LANGUAGE, day
from dgekg.settings import Settings
from dgekg.terminal import progress


@click.command(name="import")
@click.argument("mapping", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", "dry", is_flag=True, help="Write nothing but what is to be mended or decided.")
@click.option(
    "--source", default="", metavar="ID", help="Name of the source, or a YAML file that says where it is from."
)
@click.option("--round", "round_", default="", metavar="SLUG", help="Round of collection that found these records.")
@click.option(
    "--merges", type=click.Path(path_type=Path), help="File of merges: proposed ones are written, decided ones done."
)
@click.option(
    "--rejected", type=click.Path(path_type=Path), help="File for rows that did not go in, without its ending."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@AS_OF
@LANGUAGE
@click.pass_obj
def import_(
    settings: Settings,
    mapping: str | None,
    files: tuple[Path, ...],
    dry: bool,
    source: str,
    round_: str,
    merges: Path | None,
    rejected: Path | None,
    form: str,
    as_of: str | None,
    language: str | None,
) -> None:
    """Read FILES (CSV, XLSX, JSON, BibTeX, RIS, RDF) by MAPPING into records; without a mapping, list those there are.

    MAPPING is a YAML file, or the name of one that comes with the program. Nothing is imported without a note of where
    the table is from: data/sources/ID/source.yaml. Rows with faults go to a file that can be mended and fed again.
    """
    from dgekg import suppression, withheld
    from dgekg.importers import mapping as mappings
    from dgekg.importers import running, sidecar, trouble
    from dgekg.importers.task import How, Task

    if mapping is None:
        for name in mappings.shipped():
            click.echo(f"{name}: {mappings.load(name).title}")
        return
    project, lang, today = settings.project(), language or settings.language, day(as_of)
    read = mappings.load(mapping)
    origin = sidecar.read(project, source, read.source, today)
    private = settings.private_root()
    how = How(
        today,
        lang,
        f"collection/{round_.rpartition('/')[2]}" if round_ else "",
        "" if read.kind in ("incident", "alignment") else origin.licence,
        suppression.read(private),
        withheld.read(private),
    )
    told: list[trouble.Trouble] = []
    with progress() as report:
        keep = told.append if form == "json" else lambda one: click.echo(one.text(), err=True)
        task = Task(project, read, files, origin, how, dry, merges, rejected, keep, report)
        done = running.run(task)
    about = {**done.states, "rows": done.rows, "left_out": done.left_out}
    if form == "json":
        places = {"rejected": str(done.rejected or ""), "merges": str(done.merges or ""), "dry_run": dry}
        click.echo(trouble.as_json(told, {**about, **places}))
    else:
        key = "done.incidents" if read.kind == "incident" else "done.rows"
        click.echo(trouble.say(key, lang, about))
        for name, path in (("rejected", done.rejected), ("merges", done.merges)):
            if path is not None:
                click.echo(trouble.say(f"done.{name}", lang, {"file": path}))
        if dry:
            click.echo(trouble.say("done.dry", lang))
    sys.exit(1 if done.states["refused"] or done.states["held"] else 0)
