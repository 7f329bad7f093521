"""The command line: each command reads its options, calls one function and prints.

Exit codes: 0 fine (warnings are printed), 1 violations or a broken file of the project, 2 could not run.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import click
from pydantic import ValidationError

from dgekg import __version__, findings
from dgekg.errors import DgekgError, InputError
from dgekg.settings import Settings, today
from dgekg.terminal import progress, show

# Commands import what they need when they run: validating one file must not wait for the web or for arrays.

LANGUAGE = click.option(
    "--lang", "language", type=click.Choice(["en", "fr", "es"]), help="Language of labels and messages."
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "md"]), default="table", show_default=True
)
STORE = click.option(
    "--store", default="", metavar="URL", help="Read from a SPARQL 1.1 service instead of the built store."
)
AS_OF = click.option("--as-of", metavar="DATE", help="Day that decides what is stale, as 2026-11-21; default today.")
WHERE = click.option(
    "--where", multiple=True, metavar="DIM=VALUE", help="Filter: a,b any of; != none of; repeated: all of."
)
RUNG = click.option(
    "--rung",
    type=click.IntRange(0, 4),
    default=2,
    show_default=True,
    help="Evidence level that counts as documented.",
)
NORM = click.option("--norm", type=click.Choice(["concerns", "supports"]), default="concerns", show_default=True)
DEPTH = click.option("--depth", multiple=True, metavar="DIM=N", help="Show rows of a dimension down to this level.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dgekg")
@click.pass_context
def cli(context: click.Context) -> None:
    """Practices, actors and human-rights standards for diversity and gender equality in AI.

    Start with "dgekg build", then "dgekg coverage", "dgekg gaps", "dgekg ask" or "dgekg serve".
    """
    try:
        context.obj = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"DGEKG_{'_'.join(str(p) for p in first['loc']).upper()}"
        raise InputError(f'{name}: found "{first["input"]}": {first["msg"]}.') from error


@cli.command()
@AS_OF
@LANGUAGE
@click.option("--record", is_flag=True, help="Add create lines to the ledger for records that it lacks.")
@click.option("--store", default="", metavar="URL", help="Also load the build into this SPARQL 1.1 service.")
@click.pass_obj
def build(settings: Settings, as_of: str | None, language: str | None, record: bool, store: str) -> None:
    """Parse, validate and derive; write a new version, current only when it is good."""
    from dgekg.build import build as run
    from dgekg.build.load import load_remote

    project = settings.project()
    with progress() as report:
        built = run(project, _day(as_of), language or settings.language, report, record=record)
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
    if store:
        click.echo(f"Loaded {load_remote(built.version, store, settings):,} quads into {store}.")


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "shacl"]), default="text", show_default=True)
@AS_OF
@LANGUAGE
@click.pass_obj
def validate(settings: Settings, files: tuple[Path, ...], form: str, as_of: str | None, language: str | None) -> None:
    """Say what is to be mended, in which file, line, record and field; all files, or only FILES."""
    from dgekg.build import Sources
    from dgekg.build import validate as run

    project = settings.project()
    lang = language or settings.language
    with progress() as report:
        sources = Sources(project)
        only = [_known(sources, path) for path in files]
        memory = project.build / ".clean"
        found, _store = run(sources, _day(as_of), lang, only, report, memory)
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


@cli.command()
@click.argument("slug", required=False)
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def ask(
    settings: Settings, slug: str | None, values: tuple[str, ...], form: str, store: str, language: str | None
) -> None:
    """Ask one of the questions; without a name, list them.

    A value may be a label, a code or an address: dgekg ask practices-of-a-group group="women with disabilities"
    """
    from dgekg import render
    from dgekg.observatory import open_observatory
    from dgekg.questions import words

    observatory = open_observatory(settings, store)
    lang = language or settings.language
    if slug is None:
        columns = ["question", "asks", "with"]
        rows = [
            [q.slug, words(q.title, lang), " ".join(p.name for p in q.parameters)]
            for q in observatory.questions.all.values()
        ]
        show(columns, rows, form, {"version": observatory.version})
        return
    given: dict[str, list[str]] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise InputError(f'found "{value}", expected NAME=VALUE, for example group=women.')
        given.setdefault(name, []).append(text)
    answer = observatory.ask(slug, given, lang)
    answered = render.shown_rows(answer, lang) if form in ("table", "md") else render.table_rows(answer)
    show(
        *answered,
        form,
        {"question": slug, "version": observatory.version, "note": answer.note, "query": answer.query},
    )
    if answer.note:
        click.echo(answer.note, err=True)


@cli.command()
@click.argument("query")
@FORMAT
@STORE
@click.pass_obj
def query(settings: Settings, query: str, form: str, store: str) -> None:
    """Run SPARQL: the text itself, a file, or - for standard input."""
    from dgekg.observatory import open_observatory

    observatory = open_observatory(settings, store)
    text = sys.stdin.read() if query == "-" else query
    if query != "-" and len(query) < 4096 and Path(query).is_file():
        text = Path(query).read_text(encoding="utf-8")
    table = observatory.store.select(text)
    rows: list[list[str | int]] = [["" if term is None else term.value for term in row] for row in table.rows]
    show(list(table.columns), rows, form, {"version": observatory.version})


@cli.command()
@click.option("--rows", default="stage", show_default=True, help="Dimension of the rows.")
@click.option("--cols", default="", help="Dimension of the columns; up to three, by commas.")
@WHERE
@RUNG
@NORM
@DEPTH
@click.option("--relation", default="", metavar="KIND", help="Count only stage links that acts-at, governs or enables.")
@click.option("--empty/--no-empty", default=True, show_default=True, help="Show rows and columns that hold nothing.")
@click.option("--exclude", multiple=True, metavar="PRACTICE", help="Leave a practice out of all counts.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def coverage(
    settings: Settings,
    rows: str,
    cols: str,
    where: tuple[str, ...],
    rung: int,
    norm: str,
    depth: tuple[str, ...],
    relation: str,
    empty: bool,
    exclude: tuple[str, ...],
    form: str,
    store: str,
    language: str | None,
) -> None:
    """Count what is there by one to four dimensions, and say of each empty cell whether anybody looked."""
    from dgekg import render
    from dgekg.coverage import View
    from dgekg.observatory import open_observatory

    observatory = open_observatory(settings, store)
    view = View.parse(
        observatory.index,
        observatory.names,
        rows=rows,
        cols=[cols],
        where=where,
        rung=rung,
        norm=norm,
        relation=relation,
        depth=depth,
        empty=empty,
        exclude=exclude,
    )
    lang = language or settings.language
    grid = observatory.coverage(view)
    about = {
        "version": observatory.version,
        "as_of": grid.as_of.isoformat(),
        "view": view.query_string(),
        "practices": grid.total,
    }
    if form == "table" and len(grid.axes) <= 2:
        columns, shown = render.matrix(observatory, grid, lang)
        show(columns, shown, "table", about)
        click.echo(render.matrix_note(grid, lang), err=True)
        return
    columns, shown = render.grid_rows(observatory, grid, lang)
    show(columns, shown, form, about)


@cli.command()
@click.option("--over", default="stage,group", show_default=True, help="Dimensions, by commas.")
@WHERE
@RUNG
@NORM
@DEPTH
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True, help="How many gaps to show.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def gaps(
    settings: Settings,
    over: str,
    where: tuple[str, ...],
    rung: int,
    norm: str,
    depth: tuple[str, ...],
    limit: int,
    form: str,
    store: str,
    language: str | None,
) -> None:
    """List what is missing, the broadest and gravest first, each with its kind and why it stands there."""
    from dgekg import render
    from dgekg.coverage import View
    from dgekg.observatory import open_observatory

    observatory = open_observatory(settings, store)
    first, *rest = [name for name in over.split(",") if name] or [""]
    view = View.parse(
        observatory.index, observatory.names, rows=first, cols=rest, where=where, rung=rung, norm=norm, depth=depth
    )
    lang = language or settings.language
    grid = observatory.coverage(view)
    found = observatory.gaps_of(grid)
    columns, rows = render.gap_rows(observatory, grid, found[:limit], lang)
    if form == "table":
        columns, rows = ["kind", "priority", "gap"], [[r[0], r[1], r[2]] for r in rows]
    show(columns, rows, form, {"version": observatory.version, "view": view.query_string(), "gaps": len(found)})
    click.echo(f"{min(limit, len(found))} of {len(found)} gaps.", err=True)


@cli.command(name="export")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export_(settings: Settings, file: Path) -> None:
    """Write all public graphs to FILE; the ending says how: .nq .trig .ttl .jsonld, each also .gz."""
    from dgekg.export import export

    count = export(settings.project(), file)
    click.echo(f"Wrote {count:,} statements to {file}.")


@cli.command()
@click.option("--host", help="Address to serve on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on; 0 takes a free one.")
@STORE
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None, store: str) -> None:
    """Serve the current build: pages, JSON, linked data and SPARQL."""
    from dgekg.web.app import run

    run(settings, host or settings.host, settings.port if port is None else port, store)


def _day(text: str | None) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else today()
    except ValueError:
        raise InputError(f'--as-of: found "{text}", expected a date such as 2026-11-21.') from None


def _known(sources: object, path: Path) -> str:
    from dgekg.build import Sources

    assert isinstance(sources, Sources)
    resolved = path.resolve()
    root = sources.project.root
    name = resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else ""
    known = [d.file for d in [*sources.records, *sources.vocabulary]]
    if name not in known:
        raise InputError(f"{path}: expected a Turtle file below {root / 'data'} or {root / 'ontology'}.")
    return name


def main() -> None:
    """Run the command line; errors meant for a person are printed without a traceback."""
    try:
        cli.main(standalone_mode=False)
    except DgekgError as error:
        click.echo(f"dgekg: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
