"""The tables as Parquet: typed columns, lists as lists. DuckDB writes them from the CSV files, in little memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dgekg.distributions.codebook import COLUMNS, SEPARATOR, Tables
from dgekg.distributions.fields import Column

_TYPES = {"date": "DATE", "integer": "BIGINT", "boolean": "BOOLEAN", "decimal": "DOUBLE"}
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "512MB",
    "threads": 1,
    "autoinstall_known_extensions": False,  # nothing is ever fetched
    "autoload_known_extensions": False,
}


def write(folder: Path, tables: Tables) -> None:
    """Write `{table}.parquet` beside each `{table}.csv` of a folder."""
    import duckdb  # takes a while to load, and only this needs it

    described: dict[str, Sequence[Column]] = {**tables, "codebook": [Column(name, "", "") for name in COLUMNS]}
    with duckdb.connect(":memory:", config=_SETTINGS) as engine:
        engine.execute(f"SET temp_directory = {_quoted(str(folder / '.duckdb'))}")
        for name, columns in described.items():
            engine.execute(_copy(folder / f"{name}.csv", folder / f"{name}.parquet", columns))
    if (folder / ".duckdb").is_dir():
        (folder / ".duckdb").rmdir()


def _copy(source: Path, target: Path, columns: Sequence[Column]) -> str:
    names = ", ".join(f"{_quoted(c.name)}: 'VARCHAR'" for c in columns)
    read = (
        f"read_csv({_quoted(str(source))}, header=true, delim=',', quote='\"', escape='\"', auto_detect=false, "
        f"max_line_size=16777216, columns={{{names}}})"
    )
    picked = ", ".join(f"{_typed(c)} AS {_name(c.name)}" for c in columns)
    return f"COPY (SELECT {picked} FROM {read}) TO {_quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)"


def _typed(column: Column) -> str:
    kind, name = _TYPES.get(column.datatype, "VARCHAR"), _name(column.name)
    if not column.many:
        return f"CAST({name} AS {kind})"
    return f"CAST(coalesce(string_split({name}, '{SEPARATOR}'), []) AS {kind}[])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
