"""What a graph is made of, counted: properties, classes, links to others. The build keeps it beside the store."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dgekg import template
from dgekg.store.base import Store

FILE = "statistics.json"


@dataclass(frozen=True, slots=True)
class Partitions:
    """Counts of one graph, over the union of its named graphs.

    Attributes:
        subjects: how many things anything is said of.
        objects: how many different values there are.
        properties: how often each property is used, by IRI.
        classes: how many things of each class there are, by IRI.
        links: how many links of a property lead to a vocabulary of others: (property, its namespace, how many).
    """

    subjects: int
    objects: int
    properties: Mapping[str, int]
    classes: Mapping[str, int]
    links: tuple[tuple[str, str, int], ...]

    @property
    def triples(self) -> int:
        """How many statements there are; one that stands in two graphs counts twice."""
        return sum(self.properties.values())

    @property
    def vocabularies(self) -> list[str]:
        """The namespaces of the properties and classes in use."""
        return sorted({namespace(iri) for iri in (*self.properties, *self.classes)})


def count(store: Store, queries: Path) -> Partitions:
    """Count; in seconds per million statements, by the engine, which lets other threads go on.

    Args:
        store: the graph.
        queries: folder of the project's queries.

    Raises:
        StoreError: the store cannot be reached or read.
    """

    def ask(name: str) -> list[dict[str, str]]:
        return list(store.select(template.read(queries / "system" / f"{name}.rq")).dicts())

    links = Counter((row["property"], namespace(row["o"])) for row in ask("outside-links"))
    return Partitions(
        subjects=int(ask("count-subjects")[0]["count"]),
        objects=int(ask("count-objects")[0]["count"]),
        properties={row["property"]: int(row["count"]) for row in sorted(ask("count-properties"), key=_first)},
        classes={row["class"]: int(row["count"]) for row in sorted(ask("count-classes"), key=_first)},
        links=tuple((name, space, n) for (name, space), n in sorted(links.items())),
    )


def write(found: Partitions, folder: Path) -> None:
    """Keep counts beside a built store."""
    (folder / FILE).write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")


def read(folder: Path | None) -> Partitions | None:
    """Return the counts that a build kept; None where it kept none."""
    try:
        if folder is None:
            return None
        known: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Partitions(**{**known, "links": tuple((p, s, n) for p, s, n in known["links"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def namespace(iri: str) -> str:
    """Return what an IRI begins with, up to its last part.

    >>> namespace("http://purl.org/dc/terms/title"), namespace("https://schema.org/name")
    ('http://purl.org/dc/terms/', 'https://schema.org/')
    """
    return re.sub(r"[^/#]*$", "", iri)


def _first(row: Mapping[str, str]) -> str:
    return next(iter(row.values()))
