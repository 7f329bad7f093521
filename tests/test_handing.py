"""The projects with some of the shipped practices hold together, and the table of what grows says by how much."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.handing import Cost, Row, table
from benchmarks.shipped import some

from dgekg.build.ledger import COLUMNS


def test_some_of_the_practices_hold_together(tmp_path: Path) -> None:
    root = some(tmp_path / "project", 150)
    texts = {path: path.read_text("utf-8") for path in (root / "data").rglob("*.ttl")}
    assert sum(path.parent.name == "practices" for path in texts) == 150
    said = {iri for text in texts.values() for iri in re.findall(r"^<(id/[^>]+)>\s+a\s", text, re.MULTILINE)}
    named = {iri for text in texts.values() for iri in re.findall(r"<(id/(?:practice|actor)/[^>]+)>", text)}
    assert named == {iri for iri in said if iri.startswith(("id/practice/", "id/actor/"))}
    assert len(list((root / "data" / "recommendations").glob("*.ttl"))) == 30
    (ledger,) = (root / "data" / "changes").glob("*.csv")
    head, *lines = ledger.read_text("utf-8").splitlines()
    assert head.split(",") == list(COLUMNS)
    assert {line.split(",")[2] for line in lines} <= {f"{path.parent.name}/{path.stem}" for path in texts}


def test_more_than_are_shipped_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at most"):
        some(tmp_path / "project", 10**6)


def test_the_table_says_what_each_further_practice_costs() -> None:
    rows = [Row("edition", n, Cost(10 + n / 10, 20, 2**20, 1000 * n), 2, "zip") for n in (100, 300)]
    first, second = table(rows).splitlines()[2:]
    assert "| 20 s | 20 s | 1 MiB | 0.1 MB |  |  | 10.0 x zip (2.0 s) |" in first
    assert "| 40 s | 20 s | 1 MiB | 0.3 MB | 100 ms | 1 kB | 20.0 x zip (2.0 s) |" in second
