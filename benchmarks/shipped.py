"""A project with some of the shipped practices and what they need, to measure what grows with practices.

Those that other records name (lessons, recommendations, events) come first, so that these stay whole; the others are
taken at even distances. What then names a practice that was not taken is left out, and so are actors whom nothing
names; all else is taken: standards, cases, systems, rounds.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_RULES = ("ontology", "shapes", "queries")
_OWN = ("practices", "assessments")
_NAMED = re.compile(r"<(id/[a-z-]+/[^>\s]+)>")
_SAID = re.compile(r"^<(id/[a-z-]+/[^>\s]+)>\s+a\s", re.MULTILINE)


def some(folder: Path, size: int, shipped: Path = ROOT) -> Path:
    """Write a project with `size` of the shipped practices into a new folder, and return the folder.

    Raises:
        ValueError: not so many are shipped.
    """
    records = {path: path.read_text("utf-8") for path in sorted((shipped / "data").rglob("*.ttl"))}
    home = {iri: path for path, text in records.items() for iri in _SAID.findall(text)}
    leads = {
        path: {home[iri] for iri in _NAMED.findall(text) if iri in home} - {path} for path, text in records.items()
    }
    taken = _whole(leads, set(_chosen(leads, size)))
    for name in _RULES:
        shutil.copytree(shipped / name, folder / name)
    for path in sorted((shipped / "data").rglob("*")):
        target = folder / path.relative_to(shipped)
        if path.is_file() and (path in taken or path.suffix != ".ttl") and path.parent.name != "changes":
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    _ledger(shipped, folder, {f"{path.parent.name}/{path.stem}" for path in taken})
    return folder


def _chosen(leads: dict[Path, set[Path]], size: int) -> Iterator[Path]:
    """Yield the practices that are taken."""
    every = [path for path in leads if path.parent.name == "practices"]
    if size > len(every):
        raise ValueError(f"{size:,} practices: expected at most {len(every):,}, which are shipped.")
    elsewhere = {one for path, named in leads.items() if path.parent.name not in _OWN for one in named}
    first = [path for path in every if path in elsewhere][:size]
    rest = [path for path in every if path not in elsewhere]
    yield from first
    left = size - len(first)
    yield from (rest[number * len(rest) // left] for number in range(left))


def _whole(leads: dict[Path, set[Path]], practices: set[Path]) -> set[Path]:
    """Return the files that hold together: nothing names what is left out, and every actor is named."""
    kept = {path for path in leads if path.parent.name != "practices" or path in practices}
    while True:
        named = {one for path in kept for one in leads[path]}
        less = {path for path in kept if leads[path] <= kept and (path.parent.name != "actors" or path in named)}
        if less == kept:
            return kept
        kept = less


def _ledger(shipped: Path, folder: Path, records: set[str]) -> None:
    """Write the ledger, without lines of what is left out."""
    (folder / "data" / "changes").mkdir(parents=True)
    for path in sorted((shipped / "data" / "changes").glob("*.csv")):
        head, *lines = path.read_text("utf-8").splitlines(keepends=True)
        own = [line for line in lines if line.split(",")[2] in records]
        (folder / "data" / "changes" / path.name).write_text("".join([head, *own]), "utf-8")
