"""Rows on their way in: read from all tables, and told, counted and put aside where they do not go in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dgekg.importers.convert import Converted, Converter
from dgekg.importers.mapped import TableMap
from dgekg.importers.reading import Row, open_table
from dgekg.importers.reading.table import Reading
from dgekg.importers.records import Taken
from dgekg.importers.rejected import Rejected
from dgekg.importers.task import Outcome, Task
from dgekg.importers.trouble import stops

_SAFETY = ("row.protected", "row.withheld")


def rows_of(task: Task, converter: Converter, done: Outcome) -> Iterator[tuple[Row, Sequence[str], Converted]]:
    """Yield the rows of all tables with what they say; those that the mapping leaves out are counted.

    Raises:
        Refused: a table, as a whole.
    """
    total = sum(max(path.stat().st_size, 1) for path in task.files if path.is_file())
    for path in task.files:
        table = open_table(path, _reading(task.mapping.reading, path), task.limits)
        chosen: TableMap | None = None
        columns = list(table.columns)
        if columns:
            chosen = converter.table_for(columns, path.name)
        for row in table.rows:
            done.rows += 1
            if done.rows % 100 == 1:
                task.progress("rows", done.rows, total and max(done.rows, 1))
            if chosen is None:
                chosen = converter.table_for((), path.name) if len(task.mapping.tables) == 1 else None
                chosen = chosen or converter.table_for(list(row.cells), path.name)
            said = converter.row(chosen, row)
            if said is None:
                done.left_out += 1
                continue
            yield row, columns, said


def _reading(reading: Reading, path: Path) -> Reading:
    """Return how a file is read: our own files of rejected rows are plain, whatever the table was."""
    if path.name.endswith(".rejected.csv"):
        return Reading("csv", delimiter=",", last=reading.last)
    if path.name.endswith(".rejected.jsonl"):
        return Reading("jsonl")
    return reading


def told(task: Task, done: Outcome, rejected: Rejected, row: Row, columns: Sequence[str], taken: Taken) -> bool:
    """Count a row, tell its findings, and put it aside where it did not go in; say whether it is to be mended."""
    done.states[taken.state] += 1
    spoken = [one.spoken(task.how.language) for one in dict.fromkeys(taken.troubles)]
    for one in spoken:
        task.report(one)
    # What may not be taken in for the safety of people cannot be mended: no copy is made of it.
    aside = taken.state in ("refused", "held") and not any(one.key in _SAFETY for one in spoken)
    if aside and (row.cells or columns):
        rejected.add(row, columns, [one for one in spoken if stops([one])])
    return aside


def beside(task: Task, given: Path | None, ending: str) -> Path:
    """Return a file beside the first table."""
    first = task.files[0]
    stem = first.name.partition(".rejected.")[0] if ".rejected." in first.name else first.stem
    return given or first.with_name(f"{stem}.{ending}")
