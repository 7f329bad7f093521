"""Options that several commands share."""

from __future__ import annotations

import datetime as dt

import click

from dgekg.errors import InputError
from dgekg.settings import today
from dgekg.vocabulary import LANGUAGES

LANGUAGE = click.option("--lang", "language", type=click.Choice(LANGUAGES), help="Language of labels and messages.")
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
DEMAND = click.option(
    "--demand",
    type=click.Choice(["incidents", "supervisory", "consultation"]),
    help="Put first what is asked for: recorded harm, what supervising bodies asked, what those consulted said.",
)
REVIEWER = click.option(
    "--by",
    default="",
    metavar="NAME",
    help="The reviewer's account; without it, the name under which you are logged in.",
)


def day(text: str | None) -> dt.date:
    """Read --as-of; today where it is not given."""
    try:
        return dt.date.fromisoformat(text) if text else today()
    except ValueError:
        raise InputError(f'--as-of: found "{text}", expected a date such as 2026-11-21.') from None
