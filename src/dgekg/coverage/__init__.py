"""Views over the collection: which cells hold practices, which are empty, and whether anybody looked."""

from dgekg.coverage.cells import Cell, Grid, State, compute
from dgekg.coverage.gaps import Gap, find_gaps
from dgekg.coverage.view import Filter, View

__all__ = ["Cell", "Filter", "Gap", "Grid", "State", "View", "compute", "find_gaps"]
