"""What our own answers cost, through the public API, and the machine's limit: reading the same bytes once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks import tasks
from benchmarks.measure import Timing, repeated
from benchmarks.place import Place
from benchmarks.tasks import Counts, Task
from dgekg import identifiers
from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import counts_of
from dgekg.coverage.cells import MEASURES
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.observatory import open_observatory
from dgekg.settings import Settings

# Gaps over three dimensions are told by continent: over every country they would be more cells than a view may have.
GAPS: Mapping[str, View] = {
    "gaps, stage x group": View(("stage", "group")),
    "gaps, stage x group x region": View(("stage", "group", "region"), depths=(("region", 1),)),
}


class Ours:
    """One version opened as the command line and the web open it."""

    def __init__(self, place: Place) -> None:
        self.observatory = open_observatory(Settings(root=place.root))
        self.index = self.observatory.index
        self.facets = tasks.facets_of(tuple(self.index.dimensions))

    def answer(self, task: Task) -> tuple[float, Counts]:
        """Return how long the first answer took, and its counts; cells that hold nothing are left out."""
        start = time.perf_counter()
        found = self._asked(task)
        seconds = time.perf_counter() - start
        if not task.dimensions:
            values: Counts = {
                (identifiers.dimension(name), value): (int(count),)
                for name, counts in found.items()
                for value, count in zip(self.index.members(name), counts, strict=True)
                if count
            }
            return seconds, values
        grid, *counts = found
        cells = zip(grid.cells, zip(*(one.ravel().tolist() for one in counts), strict=True), strict=True)
        return seconds, {concepts: numbers for concepts, numbers in cells if numbers[0] and "" not in concepts}

    def timing(self, task: Task, limit: float) -> Timing:
        """Return the times of further answers: the two counts of each cell, as the other engines give them."""
        return repeated(lambda: self._asked(task), limit)

    def whole(self, task: Task, limit: float) -> Timing:
        """Return the times with everything that a view says: each cell's state, lid and all ten measures."""

        def run() -> None:
            table = self.observatory.coverage(_view(task)).table
            _ = (table.states, table.withheld, table.partly, table.distinct)
            for name in MEASURES[:-2]:
                table.count("near" if name == "above" else name)

        run()
        return repeated(run, limit)

    def cells(self, task: Task) -> int:
        """Return how many cells the view has, those that hold nothing included."""
        return len(self.observatory.coverage(_view(task)).cells) if task.dimensions else 0

    def gaps(self, name: str, limit: float) -> tuple[Timing, Timing, str]:
        """Return the time of the first gap list, those of further ones, and how many cells and gaps it has."""
        view, found = GAPS[name], {}

        def run() -> None:
            grid = self.observatory.coverage(view)
            found["gaps"], found["cells"] = len(self.observatory.gaps_of(grid)), len(grid.cells)

        first = repeated(run, limit, least=1, most=1)
        return first, repeated(run, limit), f"{found['cells']:,} cells, {found['gaps']:,} gaps"

    def reading(self, task: Task, limit: float) -> tuple[Timing, int]:
        """Return the time numpy takes to read once the bits that the task involves, and their bytes."""
        if task.dimensions:
            lines = [axis.closed for axis in self.observatory.coverage(_view(task)).axes]
        else:
            lines = [self.index.members(name).matrix for name in self.facets]
        lines += [self.index.members(name)[concept] for name, concept in task.where]
        arrays = [np.ascontiguousarray(one).ravel() for one in lines if one.size]
        ways: tuple[Callable[[Any], Any], ...] = (np.sum, np.max, np.bitwise_or.reduce)
        timings = [repeated(partial(_each, way, arrays), limit) for way in ways]
        return min(timings, key=lambda timing: timing.median or 0.0), sum(one.nbytes for one in arrays)

    def _asked(self, task: Task) -> Any:
        if task.dimensions:
            grid = self.observatory.coverage(_view(task))
            wanted = ("practices",) if task.alone else ("practices", "documented")
            return grid, *(grid.table.published(name) for name in wanted)
        view = _view(task)
        left = coordinates_left(self.index, view) & qualities_left(self.index, view)
        return {name: counts_of(self.index.members(name).matrix, left) for name in self.facets}


def _each(way: Callable[[Any], Any], arrays: list[Any]) -> list[Any]:
    return [way(one) for one in arrays]


def _view(task: Task) -> View:
    filters = tuple(Filter(name, (concept,)) for name, concept in task.where)
    return View(task.dimensions or ("stage",), filters, rung=tasks.RUNG)
