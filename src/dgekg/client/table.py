"""Answers as tables: rows with what they are about, into pandas or polars in one call; pages fetched when needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dgekg.errors import InputError
from dgekg.tables import csv_text

if TYPE_CHECKING:
    import pandas
    import polars

Row = dict[str, Any]
Following = Callable[[str], tuple[list[Row], Mapping[str, Any]]]


class Table(Sequence[Row]):
    """Rows of one answer.

    Attributes:
        about: what the service says of them: version, as_of, license, query, total, state, sparql, page ...
    """

    def __init__(self, rows: Sequence[Row], about: Mapping[str, Any]) -> None:
        self._rows, self.about = list(rows), dict(about)

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self[0]) if len(self) else list(self.about.get("columns", ()))

    @property
    def total(self) -> int:
        """How many there are, as the service counts: rows of a list, different practices of a view."""
        return int(self.about.get("total", len(self._rows)))

    @property
    def version(self) -> str:
        """Id of the version that it was read from; `dgekg.open(version=...)` reads that one again."""
        return str(self.about["version"])

    @property
    def sparql(self) -> str | None:
        """The query that gives the same numbers, where there is one."""
        return self.about.get("sparql")

    def __getitem__(self, at: Any) -> Any:
        """Return a row, or a list of rows."""
        return self._rows[at]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows."""
        return iter(self._rows)

    def __repr__(self) -> str:
        """Say how many rows of what, from which version."""
        columns = ", ".join(self.columns[:6]) + (", ..." if len(self.columns) > 6 else "")
        return f"<{type(self).__name__}: {len(self)} rows ({columns}), version {self.version[:12]}>"

    def to_pandas(self) -> pandas.DataFrame:
        """Return a pandas table; what it is about goes into its `attrs`.

        Raises:
            InputError: pandas is not installed.
        """
        frame: pandas.DataFrame = _library("pandas").DataFrame(list(self), columns=self.columns or None)
        frame.attrs.update(self.about)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """Return a polars table. Columns of mixed values are text; where all are numbers or empty, empty is null.

        Raises:
            InputError: polars is not installed.
        """
        library = _library("polars")
        columns = {name: _plain([row.get(name) for row in self]) for name in self.columns}
        frame: polars.DataFrame = library.DataFrame(columns, strict=False)
        return frame

    def to_csv(self, *, safe: bool = False) -> str:
        """Return CSV; `safe` keeps a spreadsheet from reading a value as a formula."""
        return csv_text(self.columns, [list(row.values()) for row in self], safe=safe)


class Pages(Table):
    """Rows of a list that the service gives page by page; a page is fetched when a row of it is looked at.

    `total` is exact before anything beyond the first page is fetched; all pages are of one version.
    """

    def __init__(self, rows: Sequence[Row], about: Mapping[str, Any], following: Following) -> None:
        super().__init__(rows, about)
        self._following = following
        self._next: str | None = about.get("cursor")

    def _fetch(self, upto: int | None = None) -> None:
        while self._next is not None and (upto is None or len(self._rows) < upto):
            rows, about = self._following(self._next)
            self._rows += rows
            self._next = about.get("cursor")

    def __getitem__(self, at: Any) -> Any:
        """Return a row, or a list of rows; fetches what it needs."""
        end = at.stop if isinstance(at, slice) else at + 1
        from_end = isinstance(end, int) and (end <= 0 or (isinstance(at, slice) and (at.start or 0) < 0))
        self._fetch(None if end is None or from_end else end)
        return self._rows[at]

    def __len__(self) -> int:
        """Return how many rows there are in all; nothing is fetched for it."""
        return self.total if self._next is not None else len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """Yield all rows, a page after the other."""
        at = 0
        while True:
            self._fetch(at + 1)
            if at >= len(self._rows):
                return
            yield self._rows[at]
            at += 1


def _plain(values: list[Any]) -> list[Any]:
    """Return a column of one type: numbers with nothing for what is empty, else text."""
    kinds = {type(v) for v in values if v not in ("", None)}
    if kinds <= {int, float, bool}:
        return [None if v == "" else v for v in values]
    return values if kinds <= {str} else [v if v is None or isinstance(v, str) else str(v) for v in values]


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(
            f"to_{name}: {name} is not installed. Install it with: pip install 'dgekg[{name}]'", name
        ) from error
