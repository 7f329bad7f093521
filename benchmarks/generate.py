"""Write a project of any size to measure with: `python -m benchmarks.generate FOLDER --size 1000 --seed 1`.

The ontology, shapes, queries, standards, adoptions, mappings, criteria and reference tables are copies of the shipped
ones; practices, actors, assessments, rounds and coverage statements are made up, say so in their names, and conform
to every shape and check. The same seed, size and shipped files give the same bytes.
"""

from __future__ import annotations

import argparse
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import records, scan
from benchmarks.ratings import Ratings
from benchmarks.turtle import PREFIXES, day
from benchmarks.world import Practice, World

ROOT = Path(__file__).resolve().parent.parent
_SHIPPED = ("ontology", "shapes", "queries")
_SHIPPED_DATA = ("standards", "reference", "criteria", "mappings", "adoptions")
_ACTOR = re.compile(r"<id/actor/([a-z0-9-]+)>")
_CODER = "dgekg-software-coder"


def generate(folder: Path, size: int, seed: int = 1, shipped: Path = ROOT, *, link: bool = False) -> Path:
    """Write a project of `size` practices into a folder that is new or empty, and return the folder.

    Args:
        folder: where to.
        size: how many practices.
        seed: of everything that is drawn.
        shipped: project whose vocabulary, rules and standards are taken.
        link: name its ontology, shapes and queries instead of copying them, so that they follow changes.

    Raises:
        FileExistsError: the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: expected a new or empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in _SHIPPED:
        if link:
            (folder / name).symlink_to((shipped / name).resolve(), target_is_directory=True)
        else:
            shutil.copytree(shipped / name, folder / name)
    for name in _SHIPPED_DATA:
        shutil.copytree(shipped / "data" / name, folder / "data" / name)
    for name in ("actors", "practices", "assessments", "scan", "changes"):
        (folder / "data" / name).mkdir()
    for slug in sorted(_named(folder / "data") | {_CODER}):
        shutil.copy(shipped / "data" / "actors" / f"{slug}.ttl", folder / "data" / "actors")
    world = World(folder, seed, size)
    for name, text in _made(world, Ratings(world, folder / "data", seed), size):
        (folder / "data" / f"{name}.ttl").write_text(text, encoding="utf-8")
    _ledger(folder / "data")
    return folder


def _named(data: Path) -> set[str]:
    """Return the actors that the copied records name."""
    return {slug for path in data.rglob("*.ttl") for slug in _ACTOR.findall(path.read_text(encoding="utf-8"))}


def _made(world: World, ratings: Ratings, size: int) -> Iterator[tuple[str, str]]:
    """Yield name and text of every made-up file."""
    for one in world.actors.values():
        yield f"actors/{one.slug}", records.actor(one)
    places: dict[str, list[Practice]] = {}
    for number in range(1, size + 1):
        slug, text, regions, brief = records.practice(world, number)
        for code in sorted(world.codes(regions)):
            places.setdefault(code, []).append(brief)
        yield f"practices/{slug}", text
        rated = ratings.of(slug, brief)
        if rated:
            yield f"assessments/{slug}", rated
    for slug, text in scan.rounds(size):
        yield f"scan/{slug}", text
    yield "scan/generated-searches", "\n".join([PREFIXES, *scan.statements(world, places, size)])


def _ledger(data: Path) -> None:
    lines = [f"{day(0)},create,{p.parent.name}/{p.stem},," for p in sorted(data.rglob("*.ttl"))]
    text = "\n".join(["date,kind,record,replaced_by,note", *lines]) + "\n"
    (data / "changes" / "2026.csv").write_text(text, encoding="utf-8")


def main() -> None:
    """Read the command line and write the project."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=1000, help="how many practices (default 1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--link", action="store_true", help="link the ontology, shapes and queries, not copy them")
    chosen = parser.parse_args()
    began = time.perf_counter()
    folder = generate(chosen.folder, chosen.size, chosen.seed, link=chosen.link)
    print(f"Wrote {chosen.size:,} practices into {folder} in {time.perf_counter() - began:.1f} s.")


if __name__ == "__main__":
    main()
