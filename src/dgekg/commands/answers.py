"""Commands that answer from a build or a remote store: ask, query, coverage, gaps."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dgekg.commands.options import DEMAND, DEPTH, FORMAT, LANGUAGE, NORM, RUNG, STORE, WHERE
from dgekg.errors import InputError, UnknownValue
from dgekg.settings import Settings
from dgekg.terminal import show

if TYPE_CHECKING:
    from dgekg.coverage import Gap, Grid, View
    from dgekg.observatory import Observatory


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
    from dgekg import explain, render, why
    from dgekg.observatory import open_observatory
    from dgekg.questions import words

    observatory = open_observatory(settings, store)
    lang = language or settings.language
    if slug is None:
        listed = observatory.questions.all.values()
        rows = [[q.slug, words(q.title, lang), " ".join(p.name for p in q.parameters)] for q in listed]
        show(["question", "asks", "with"], rows, form, {"version": observatory.version})
        return
    given: dict[str, list[str]] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise InputError(f'found "{value}", expected NAME=VALUE, for example group=women.')
        given.setdefault(name, []).append(text)
    answer = observatory.ask(slug, given, lang)
    answered = render.shown_rows(answer, lang) if form in ("table", "md") else render.table_rows(answer)
    empty = why.of_answer(observatory, answer, given)
    note = "\n".join(explain.answer_note(observatory, answer, empty, lang))
    about = {"question": slug, "version": observatory.version, "note": note, "query": answer.query}
    show(*answered, form, {**about, "why": explain.why_json(observatory, empty, lang) if empty else None})
    if note:
        click.echo(note, err=True)


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
@click.option(
    "--against",
    multiple=True,
    metavar="DIM=VALUE",
    help="Compare with the same view under this filter, in place of any on its dimension; repeated: all of.",
)
@click.option("--against-version", default="", metavar="HASH", help="Compare with a version that was kept, by its id.")
@click.option("--intersections", is_flag=True, help="Groups at their crossing: made for it, names all, names some.")
@click.option("--of", multiple=True, metavar="GROUP,GROUP", help="Two or three groups to cross; all without it.")
@click.option("--at", default="", metavar="PLACE", help="Explain one cell: a value for each dimension, by commas.")
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
    against: tuple[str, ...],
    against_version: str,
    intersections: bool,
    of: tuple[str, ...],
    at: str,
    form: str,
    store: str,
    language: str | None,
) -> None:
    """Count what is there by one to four dimensions, and say of each empty cell whether anybody looked.

    With --against or --against-version, compare two sides of a view; with --intersections, cross groups. With --at,
    explain one cell, who searched there, when and in which languages: dgekg coverage --cols group --at data,women
    """
    from dgekg.commands import sides
    from dgekg.coverage import View
    from dgekg.observatory import open_observatory

    observatory = open_observatory(settings, store)
    crossing = intersections or bool(of)
    view = View.parse(
        observatory.index,
        observatory.names,
        rows="group" if crossing else rows,
        cols=[] if crossing else [cols],
        where=where,
        rung=rung,
        norm=norm,
        relation=relation,
        depth=() if crossing else depth,
        empty=empty or crossing,
        exclude=exclude,
    )
    lang = language or settings.language
    if at and (crossing or against or against_version):
        raise InputError("--at explains one cell of one view; leave out --intersections, --of and --against.")
    if at:
        _cell(observatory, view, at, form, lang)
        return
    if crossing:
        others = {"--cols": bool(cols), "--depth": bool(depth), "--no-empty": not empty}
        others |= {"--against": bool(against), "--against-version": bool(against_version)}
        sides.intersections(observatory, view, of, form, lang, others)
        return
    if against or against_version:
        sides.comparison(observatory, view, against, against_version, form, lang)
        return
    _table(observatory, view, form, lang)


@click.command()
@click.option("--over", default="stage,group", show_default=True, help="Dimensions, by commas.")
@WHERE
@RUNG
@NORM
@DEPTH
@click.option("--kind", default="", help="Only gaps of one kind: knowledge, practice, evidence, reach ...")
@click.option("--limit", type=click.IntRange(1), default=25, show_default=True, help="How many gaps to show.")
@click.option(
    "--card", "cards", type=click.IntRange(1), metavar="N", help="Show the cards of the first N gaps instead."
)
@DEMAND
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
    kind: str,
    limit: int,
    cards: int | None,
    demand: str | None,
    form: str,
    store: str,
    language: str | None,
) -> None:
    """List what is missing, the broadest and gravest first, each with its kind and why it stands there.

    With --card, each of the first N with whose right it is and who is bound, who looked, what to learn from, who can
    act, whom to ask first, how sure it is, and what would fill it; as text, json or md.
    """
    from dgekg import demand as telling
    from dgekg import explain, render, why
    from dgekg.coverage import View
    from dgekg.coverage.gaps import KINDS
    from dgekg.observatory import open_observatory

    if kind and kind not in KINDS:
        raise UnknownValue("kind", kind, KINDS)
    observatory = open_observatory(settings, store)
    first, *rest = [name for name in over.split(",") if name] or [""]
    view = View.parse(
        observatory.index, observatory.names, rows=first, cols=rest, where=where, rung=rung, norm=norm, depth=depth
    )
    lang = language or settings.language
    grid = observatory.coverage(view)
    asked = observatory.demanded(grid, demand) if demand else None
    every = asked.gaps if asked else observatory.gaps_of(grid)
    found = [gap for gap in every if not kind or gap.kind == kind]
    if cards and found:
        _cards(observatory, grid, found[:cards], form, lang)
        return
    columns, rows = render.gap_rows(observatory, grid, found[:limit], lang)
    if form == "table":
        columns, rows = columns[:3], [row[:3] for row in rows]
    if asked is not None:
        columns, rows = telling.columns(asked, found[:limit], columns, rows)
    none = why.of_gaps(observatory, grid, every, kind)
    doubts = list(explain.doubt_sentences(observatory, view, lang))
    about: dict[str, Any] = {"version": observatory.version, "view": view.query_string(), "gaps": len(found)}
    about |= {"why": explain.no_gaps_json(observatory, none, lang) if none else None, "doubts": doubts}
    about |= {"demand": telling.about(asked, observatory.names, lang)} if asked else {}
    said = about["demand"]["notes"] if asked else []
    show(columns, rows, form, about)
    for line in [*(explain.no_gaps_sentences(observatory, none, lang) if none else ()), *said, *doubts]:
        click.echo(line, err=True)
    click.echo(f"{min(limit, len(found))} of {len(found)} gaps.", err=True)


def _cards(observatory: Observatory, grid: Grid, gaps: Sequence[Gap], form: str, language: str) -> None:
    """Print gap cards as text, JSON or Markdown."""
    from dgekg.cards import Cards, faces
    from dgekg.cards.words import card_words

    if form == "csv":
        raise InputError("--card: found --format csv, expected table, json or md; a card is no table.")
    maker = Cards(observatory)
    made = [maker.card(grid, gap) for gap in gaps]
    said = [card_words(observatory, grid, card, language) for card in made]
    if form == "json":
        about: dict[str, Any] = {"version": observatory.version, "view": grid.view.query_string()}
        about["cards"] = [faces.as_json(card, words) for card, words in zip(made, said, strict=True)]
        click.echo(json.dumps(about, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(map(faces.markdown if form == "md" else faces.text, said)), nl=False)


def _table(observatory: Observatory, view: View, form: str, language: str) -> None:
    """Print a view with its doubts: crossed where the form is a table and two dimensions fit, else a row a cell."""
    from dgekg import explain, render, why

    grid = observatory.coverage(view)
    none = None if grid.total else why.of_view(observatory, view)
    doubts = list(explain.doubt_sentences(observatory, view, language))
    about: dict[str, Any] = {
        "version": observatory.version,
        "as_of": grid.as_of.isoformat(),
        "view": view.query_string(),
        "practices": grid.total,
        "placed": grid.placed,
        "note": render.totals(grid, language),
        "why": explain.why_json(observatory, none, language) if none else None,
        "doubts": doubts,
    }
    for line in [*(explain.why_sentences(observatory, none, language) if none else ()), *doubts]:
        click.echo(line, err=True)
    if form == "table" and len(grid.axes) <= 2:
        show(*render.matrix(observatory, grid, language), form, about)
        click.echo(render.matrix_note(grid, language), err=True)
        return
    show(*render.grid_rows(observatory, grid, language), form, about)
    click.echo(render.totals(grid, language), err=True)


def _cell(observatory: Observatory, view: View, at: str, form: str, language: str) -> None:
    """Print what is known of one cell: a sentence a line, or JSON; as CSV or Markdown its row of the table."""
    from dgekg import explain, render

    grid, cell = explain.cell_at(observatory, view, [at])
    told = explain.explain_cell(observatory, grid, cell, language)
    if form == "table":
        for line in told.sentences:
            click.echo(line)
        return
    columns, rows = render.grid_rows(observatory, replace(grid, cells={cell.concepts: cell}), language)
    about = {"version": observatory.version, "as_of": grid.as_of.isoformat(), "view": view.query_string()}
    show(columns, rows, form, {**about, "cell": explain.cell_json(told)})
