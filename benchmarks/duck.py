"""The incidence as DuckDB tables, written once from the built store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
from pyoxigraph import NamedNode

from benchmarks import tasks
from benchmarks.place import Place
from benchmarks.tasks import Counts, Task
from dgekg import identifiers, template
from dgekg.index import dimensions
from dgekg.store.base import value_of
from dgekg.store.local import LocalStore

FILE = "incidence.duckdb"
_HEAD = identifiers.dimension("x")[:-1]


class Writer:
    """Writes `incidence (dimension, concept, practice)`, `practice (practice, rung)` and the `name` of every number."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def write(self) -> int:
        """Write the file anew; return the number of pairs."""
        path = self._place.scratch / FILE
        path.unlink(missing_ok=True)
        views = self._place.project.queries / "views"
        store = LocalStore(self._place.version.store)
        rows = store.rows(template.read(views / "practices.rq"))
        rungs = {value_of(practice): int(value_of(rung)) if rung else -1 for practice, rung in rows if practice}
        position = {iri: number for number, iri in enumerate(sorted(rungs))}
        numbers: dict[str, int] = {}
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE incidence (dimension INTEGER, concept INTEGER, practice INTEGER)")
            incidence = template.read(views / "incidence.rq")
            for name in dimensions(self._place.project.queries):
                own = numbers.setdefault(name, len(numbers))
                query = template.bind(incidence, {"dimension": [NamedNode(identifiers.dimension(name))]})
                pairs = np.array(
                    [
                        (numbers.setdefault(value_of(concept), len(numbers)), position[value_of(thing)])
                        for thing, concept in store.rows(query)
                        if thing and concept and value_of(thing) in position
                    ],
                    dtype=np.int32,
                ).reshape(-1, 2)
                given = {"concept": pairs[:, 0].copy(), "practice": pairs[:, 1].copy()}
                connection.register("given", given)
                connection.execute(f"INSERT INTO incidence SELECT {own}, concept, practice FROM given ORDER BY 2, 3")
            ordered = np.array([rungs[iri] for iri in position], dtype=np.int32)
            connection.register("given", {"practice": np.arange(len(ordered), dtype=np.int32), "rung": ordered})
            connection.execute("CREATE TABLE practice AS SELECT practice, rung FROM given")
            names = {"number": np.array(list(numbers.values()), dtype=np.int32), "name": np.array(list(numbers))}
            connection.register("given", names)
            connection.execute("CREATE TABLE name AS SELECT number, name FROM given")
            (count,) = connection.execute("SELECT count(*) FROM incidence").fetchone() or (0,)
        return int(count)


class Duck:
    """DuckDB in memory, with the incidence as a table, sorted by dimension, concept, practice."""

    def __init__(self, place: Place) -> None:
        path = place.scratch / FILE
        self._connection = duckdb.connect()
        self._connection.execute(f"ATTACH '{path}' AS saved (READ_ONLY)")
        for table in ("incidence", "practice", "name"):
            self._connection.execute(f"CREATE TABLE {table} AS FROM saved.{table}")
        self.names = dict(self._connection.execute("SELECT number, name FROM name").fetchall())
        self.numbers = {name: number for number, name in self.names.items()}
        self.facets = tasks.facets_of(tuple(dimensions(place.project.queries)))

    def prepare(self, task: Task) -> str:
        return tasks.sql(task, self.numbers, self.facets)

    def run(self, prepared: str) -> Sequence[Any]:
        rows: Sequence[Any] = self._connection.execute(prepared).fetchall()
        return rows

    def counts(self, task: Task, rows: Sequence[Any]) -> Counts:
        width = len(task.dimensions) or 2
        found = {tuple(self.names[n] for n in row[:width]): tuple(row[width:]) for row in rows}
        return {(_HEAD + key[0], key[1]): value for key, value in found.items()} if not task.dimensions else found
