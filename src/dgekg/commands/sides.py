"""What the command coverage does beside one view: two sides compared, and groups at their crossing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from dgekg.coverage import View
from dgekg.errors import InputError
from dgekg.observatory import Observatory
from dgekg.terminal import show

_CROSSED = (
    "--intersections crosses groups under filters; beside it go --of, --where, --rung, --norm, --relation, --exclude"
)


def comparison(
    observatory: Observatory, view: View, against: Sequence[str], version: str, form: str, language: str
) -> None:
    """Print a view and its other side: the cells that differ as a table, all cells as CSV or JSON."""
    from dgekg import comparing, comparison_rows
    from dgekg.coverage.comparison import Comparison

    asked = Comparison.parse(
        view,
        observatory.index,
        observatory.names,
        against=against,
        version=version,
        kept=comparing.kept(observatory),
    )
    compared = comparing.compare(observatory, asked)
    about = {"version": observatory.version, **comparison_rows.about(observatory, compared, language)}
    make = comparison_rows.differing_rows if form in ("table", "md") else comparison_rows.compared_rows
    columns, rows = make(observatory, compared, language)
    if rows or form != "table":
        show(columns, rows, form, about)
    _notes(about["says"])


def intersections(
    observatory: Observatory, view: View, of: Sequence[str], form: str, language: str, others: Mapping[str, bool]
) -> None:
    """Print groups at their crossing: ranked for a reader, or all as CSV or JSON.

    Raises:
        InputError: an option that does not go with it.
    """
    from dgekg import comparing, render_intersections
    from dgekg.coverage.crossing import Crossing, groups_of

    wrong = [name for name, given in others.items() if given]
    if wrong:
        raise InputError(f"{_CROSSED}. Found {', '.join(wrong)}.")
    asked = Crossing(view, groups_of(of, observatory.index, observatory.names)).check(observatory.index)
    crossed = comparing.cross(observatory, asked)
    about = {"version": observatory.version, **render_intersections.about(observatory, crossed, language)}
    make = render_intersections.ranked_rows if form in ("table", "md") else render_intersections.crossed_rows
    columns, rows = make(observatory, crossed, language)
    if rows or form != "table":
        show(columns, rows, form, about)
    one = crossed.combinations[0] if asked.of and crossed.published else None
    _notes(render_intersections.sentences(observatory, crossed, one, language) if one else [str(about["says"])])


def _notes(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line, err=True)
