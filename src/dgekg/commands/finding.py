"""The command that searches words: find."""

from __future__ import annotations

import click

from dgekg.commands.options import FORMAT, LANGUAGE, STORE
from dgekg.settings import Settings
from dgekg.terminal import show


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="Only practice, actor, instrument, provision or concept; repeated: any of.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many to show.")
@FORMAT
@STORE
@LANGUAGE
@click.pass_obj
def find(
    settings: Settings,
    text: tuple[str, ...],
    kinds: tuple[str, ...],
    limit: int,
    form: str,
    store: str,
    language: str | None,
) -> None:
    """Find whatever has all these words, in any of the languages, the best first.

    Accents, capitals and plurals do not matter, a small mistake is forgiven, and the last word may be unfinished.
    Quote words that stand in a row, and put -- before words with a dash, which must not occur:

    dgekg find --kind practice -- '"gender equality"' -hiring audi
    """
    from dgekg import finding
    from dgekg.observatory import open_observatory
    from dgekg.render import say

    observatory = open_observatory(settings, store)
    lang = language or settings.language
    words = " ".join(text).encode("utf-8", "replace").decode()
    found = observatory.search.find(words, lang, kinds, limit)
    rows = finding.rows(observatory, found, lang)
    about = {"version": observatory.version, "query": words, "total": found.total}
    about |= {"respelt": list(found.respelt), "suggestions": list(found.suggestions)}
    if form == "table":
        show(["kind", "title", "iri"], [[kind, title, iri] for iri, kind, title, _score in rows], form, about)
    else:
        show(finding.COLUMNS, rows, form, about)
    for line in [*finding.notes(found, lang), *finding.empty_notes(found, lang)]:
        click.echo(line, err=True)
    if found.total:
        click.echo(say("find.shown", lang).format(shown=len(rows), total=found.total), err=True)
