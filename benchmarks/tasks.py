"""What every engine is asked: views and facets, as our own SPARQL and as SQL over the same incidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers, template
from dgekg.index import NORMS

_INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_SLOTS = ("rowDimension", "columnDimension", "thirdDimension", "fourthDimension")
_ANCHOR = "  ?practice a dgekg:Practice .\n"
RUNG = 2
Counts = Mapping[tuple[str, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Task:
    """One question that all engines can answer.

    Attributes:
        name: its line in the table.
        dimensions: of the view; none for the counts of all facets.
        where: dimension and concept, all of which must hold.
        alone: count practices alone, by the query that is quickest to answer in place of the one our answers carry.
    """

    name: str
    dimensions: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    alone: bool = False


AFRICA = ("region", identifiers.concept("region", "002"))
WOMEN = ("group", identifiers.concept("group", "women"))
TASKS = (
    Task("stage x group", ("stage", "group")),
    Task("stage x group, practices alone", ("stage", "group"), alone=True),
    Task("stage x group, in Africa", ("stage", "group"), (AFRICA,)),
    Task("stage x group x lever", ("stage", "group", "lever")),
    Task("stage x lever x sector x level", ("stage", "lever", "sector", "level")),
    Task("all facets, women in Africa", (), (AFRICA, WOMEN)),
)


def sparql(task: Task, queries: Path, facets: Sequence[str]) -> str:
    """Return the SPARQL that our answers carry: the view's file, a filter being one more line."""
    lines = "".join(
        f"  ?practice {NamedNode(identifiers.dimension(name))} {NamedNode(concept)} .\n" for name, concept in task.where
    )
    if not task.dimensions:
        text = template.read(Path(__file__).parent / "facets.rq")
        given: dict[str, list[NamedNode | Literal]] = {
            "dimension": [NamedNode(identifiers.dimension(f)) for f in facets]
        }
    elif task.alone:
        return template.read(Path(__file__).parent / "plain.rq")
    else:
        text = template.read(queries / "views" / f"cells-{len(task.dimensions)}.rq")
        given = {
            slot: [NamedNode(identifiers.dimension(name))] for slot, name in zip(_SLOTS, task.dimensions, strict=False)
        }
        given["rung"] = [Literal(str(RUNG), datatype=_INTEGER)]
    if _ANCHOR not in text:
        raise ValueError(f"the query of {task.name} has no line for its practices")
    return template.bind(text.replace(_ANCHOR, _ANCHOR + lines), given)


def sql(task: Task, numbers: Mapping[str, int], facets: Sequence[str]) -> str:
    """Return the same as SQL over `incidence (dimension, concept, practice)` and `practice (practice, rung)`.

    Args:
        task: what is asked.
        numbers: of the dimensions, and of the concepts that filters name.
        facets: the dimensions whose values are counted where the task names none.
    """
    kept = "".join(
        f" AND practice IN (SELECT practice FROM incidence WHERE dimension = {numbers[name]}"
        f" AND concept = {numbers[concept]})"
        for name, concept in task.where
    )
    if not task.dimensions:
        wanted = ", ".join(str(numbers[name]) for name in facets)
        return (
            "SELECT dimension, concept, count(*) FROM incidence "
            f"WHERE dimension IN ({wanted}){kept} GROUP BY dimension, concept"
        )
    names = [f"d{n}" for n in range(len(task.dimensions))]
    columns = ", ".join(f"{name}.concept" for name in names)
    high = "" if task.alone else f", count(*) FILTER (WHERE rung >= {RUNG})"
    joins = " ".join(
        f"JOIN (SELECT practice, concept FROM incidence WHERE dimension = {numbers[dimension]}) {name} USING (practice)"
        for name, dimension in zip(names, task.dimensions, strict=True)
    )
    return f"SELECT {columns}, count(*){high} FROM practice {joins} WHERE 1 = 1{kept} GROUP BY {columns}"


def facets_of(dimensions: Sequence[str]) -> tuple[str, ...]:
    """Return the dimensions that are facets: all but norms, whose values are too many to list beside a page."""
    return tuple(name for name in dimensions if name not in NORMS)
