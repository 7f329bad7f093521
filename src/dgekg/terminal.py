"""Tables and progress bars on a terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

Value = str | int


def show(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str, about: Mapping[str, Any]) -> None:
    """Print rows as a table, CSV, JSON or Markdown."""
    from rich.console import Console
    from rich.table import Table

    from dgekg import render

    if form == "csv":
        click.echo(render.csv_text(columns, rows), nl=False)
    elif form == "json":
        click.echo(render.json_text(columns, rows, about), nl=False)
    elif form == "md":
        click.echo(render.markdown(columns, rows), nl=False)
    else:
        console = Console(soft_wrap=False, highlight=False)
        if not console.is_terminal:
            console.width = 1000  # no reader's window to fit: never cut or wrap
        table = Table(show_edge=False, pad_edge=False)
        for number, column in enumerate(columns):
            numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
            table.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*(str(value).replace("[", "\\[") for value in row))
        console.print(table)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a reporter of steps: a bar on a terminal, silence elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _step, _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # No thread of its own: validation forks processes, and a fork must not happen beside a thread.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bars:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                for task in tasks.values():
                    bars.update(task, completed=bars.tasks[task].total or 1)
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total, refresh=done % 10 == 0)

        yield report
