"""Tables as text: CSV, JSON, Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

Value = str | int
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[Value]], *, safe: bool = True) -> str:
    """Return CSV (RFC 4180); `safe` keeps a spreadsheet from reading a value as a formula.

    >>> csv_text(["a"], [["=1+1"]])
    "a\\r\\n'=1+1\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(v) if safe else v for v in row])
    return out.getvalue()


def json_text(columns: Sequence[str], rows: Sequence[Sequence[Value]], about: Mapping[str, Any]) -> str:
    """Return a JSON document: what it is about, then `rows` as objects."""
    document = {**about, "rows": [dict(zip(columns, row, strict=True)) for row in rows]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def markdown(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> str:
    """Return a Markdown table.

    >>> print(markdown(["a", "b"], [["x|y", 1]]), end="")
    | a | b |
    | --- | --- |
    | x\\|y | 1 |
    """
    lines = [list(map(str, columns)), ["---"] * len(columns), *([_plain(v) for v in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def harmless(value: Value) -> Value:
    """Return a value that no spreadsheet reads as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Value) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
