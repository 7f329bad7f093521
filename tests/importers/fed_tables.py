"""Tables of practices in few words, and a way to feed them to a project; no build is needed for an import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from conftest import AS_OF
from dgekg.importers import mapping, running, sidecar
from dgekg.importers.task import How, Outcome, Task
from dgekg.importers.trouble import Trouble
from dgekg.settings import Project
from dgekg.withheld import Withheld

SOURCE = """\
title: A table for trying
publisher: a test
address: https://example.org/table
licence: https://creativecommons.org/licenses/by/4.0/
accessed: 2026-11-20
"""
HEAD = (
    "Id,Title,Description,Organisation,Sector of the organisation,Country of the organisation,Kind,Lever,Stage,"
    "For whom,Where,Link,What the page shows,Opened on,Language of the page"
)


def row(number: object, title: str, **said: str) -> str:
    """Return a row of the plain table of practices; what is not said is in order."""
    usual = {
        "Description": "What is done.",
        "Organisation": "University A",
        "Sector": "",
        "Country": "",
        "Kind": "audit",
        "Lever": "research-measurement-data",
        "Stage": "data",
        "Group": "women",
        "Where": "404",
        "Link": f"https://example.org/practice/{number}",
        "Shows": "The page describes it.",
        "Opened": "2026-11-20",
        "Language": "English",
    }
    values = [str(number), title, *({**usual, **said}).values()]
    return ",".join('"' + value.replace('"', '""') + '"' for value in values)


@dataclass
class Fed:
    done: Outcome
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def states(self) -> dict[str, int]:
        return {state: count for state, count in self.done.states.items() if count}

    def keys(self, line: int) -> set[str]:
        """Return what is wrong with a row, by its number."""
        return {one.key or one.message for one in self.troubles if one.place.row == line}


Feed = Callable[..., Fed]


def feeder(world: Project, folder: Path) -> Feed:
    """Return what feeds a table of text to a project.

    Args:
        world: the project.
        folder: for the tables, and what is written beside them.
    """
    (folder / "source.yaml").write_text(SOURCE, "utf-8")

    def run(
        table: str | bytes | Path,
        name: str = "table.csv",
        by: str = "plain-practices",
        *,
        dry: bool = False,
        source: str = "",
        language: str = "en",
        withheld: Withheld | None = None,
        round_: str = "collection/world-desk",
    ) -> Fed:
        path = table if isinstance(table, Path) else folder / name
        if not isinstance(table, Path):
            path.write_bytes(table.encode() if isinstance(table, str) else table)
        read = mapping.of_text(by.splitlines()[0], by) if "\n" in by else mapping.load(by)
        origin = sidecar.read(world, source or str(folder / "source.yaml"), read.source, AS_OF)
        how = How(AS_OF, language, round_, origin.licence, withheld=withheld or Withheld())
        troubles: list[Trouble] = []
        done = running.run(Task(world, read, [path], origin, how, dry, report=troubles.append))
        return Fed(done, troubles)

    return run


def plain(*rows: str) -> str:
    """Return a plain table of practices."""
    return "\n".join([HEAD, *rows]) + "\n"
