"""Commands that answer from a build or a remote store: ask, query, coverage, gaps."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dgekg.commands.options import DEPTH, FORMAT, LANGUAGE, NORM, RUNG, STORE, WHERE
from dgekg.errors import InputError
from dgekg.settings import Settings
from dgekg.terminal import show


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
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
