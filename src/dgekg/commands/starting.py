"""Commands for a scan of one's own: a new project, and its concept schemes as tables."""

from __future__ import annotations

from pathlib import Path

import click

from dgekg import collection
from dgekg.errors import InputError
from dgekg.settings import Settings, today

_SHOWN = 8


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def init(settings: Settings, /, folder: Path) -> None:
    """Make a project of your own in FOLDER: model, rules and vocabularies, and none of our records.

    Next: say in data/collection.yaml what it is called, change its concept schemes (dgekg scheme), and build.
    """
    from dgekg import report, starting

    made = starting.make(settings.project(), folder, report.shipped(), today())
    click.echo(f"{made}: a project without records.")
    click.echo(f"Say in data/{collection.FILE} what it is called and who answers for it.")
    click.echo("Then: cd there; dgekg scheme stage shows a vocabulary; dgekg build; dgekg serve.")


@click.command()
@click.argument("name")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the table here.")
@click.pass_obj
def scheme(settings: Settings, /, name: str, file: Path | None, output: Path | None) -> None:
    """Show the concept scheme NAME as a table (CSV), or write it anew from FILE.

    A row a concept: its code, what is broader (several with semicolons), labels and definitions in English, French and
    Spanish; the row * is the scheme itself. What a concept says besides is kept.

    dgekg scheme stage --output stages.csv, edit it in a spreadsheet, dgekg scheme stage stages.csv
    """
    from dgekg.starting import schemes

    project = settings.project()
    if project.home is not None and file is not None:
        raise InputError("scheme: this is the collection that came with the package. Make your own: dgekg init FOLDER.")
    if file is None:
        text = schemes.table(project, name)
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")
            click.echo(f"Wrote {output}.")
        return
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as CSV in UTF-8 ({error}).", str(file)) from error
    done = schemes.write(project, name, text)
    click.echo(f"{done.file.relative_to(project.root)}: {done.concepts} concepts, {len(done.added)} new.")
    if done.gone:
        click.echo(f"Gone: {', '.join(done.gone[:_SHOWN])}{' ...' if len(done.gone) > _SHOWN else ''}.")
    for place in done.mentioned:
        click.echo(f"{place.relative_to(project.root)}: names a concept that is gone; dgekg validate says where.")
