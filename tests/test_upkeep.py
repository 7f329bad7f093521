"""`dgekg check sources`: which practices want work on their sources, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dgekg.settings import Project

Dgekg = Callable[..., Any]


def _reasons(text: str) -> set[tuple[str, str, str]]:
    rows = csv.DictReader(io.StringIO(text))
    return {(r["practice"].rpartition("/")[2], r["reason"], r["found"].rpartition("/")[2]) for r in rows}


def _changed(practice: Path, before: str, after: str) -> None:
    text = practice.read_text("utf-8")
    assert before in text
    practice.write_text(text.replace(before, after), "utf-8")


def test_secondary_and_shared_sources_are_found(sandbox: Project, dgekg: Dgekg) -> None:
    practices = sandbox.data / "practices"
    for told in ("self-report", "monitoring-figures"):
        before = f"<scheme/evidence-type/{told}>"
        _changed(practices / "coding-school-f.ttl", before, "<scheme/evidence-type/secondary-report>")
    shared = "https://example.org/coding-school-f/1"
    _changed(practices / "data-trust-a.ttl", "https://example.org/data-trust-a/1", shared)
    assert dgekg(sandbox, "build", "--record").code == 0
    said = dgekg(sandbox, "check", "sources", "--format", "csv")
    assert said.code == 0
    found = _reasons(said.out)
    assert ("coding-school-f", "secondary-only", "2") in found
    assert {f for f in found if f[1] == "shared-source"} == {
        ("coding-school-f", "shared-source", "data-trust-a"),
        ("data-trust-a", "shared-source", "coding-school-f"),
    }
    assert not any(reason == "secondary-only" for slug, reason, _ in found if slug != "coding-school-f")


def test_what_is_old_is_said_by_the_reader(built: Project, dgekg: Dgekg) -> None:
    def old(months: str) -> set[str]:
        told = dgekg(built, "check", "sources", "--months", months, "--format", "csv")
        return {slug for slug, reason, _ in _reasons(told.out) if reason == "old"}

    assert old("36") == {"sign-language-benchmark"}
    assert old("36") < old("6")
    assert not old("100")
    assert dgekg(built, "check", "sources", "--months", "soon").code == 2
