"""The SPARQL that gives the same numbers as a view or a list, put together from files of `queries/views/`.

It reads the derived dimension triples that the index is a copy of, so that anybody can check a count without us. It
counts; states need the searches, and a number that is not published is not told by leaving the query out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers, template
from dgekg.coverage import View
from dgekg.observatory import Observatory
from dgekg.vocabulary import PREFIXES

_ANCHOR = "  ?practice a dgekg:Practice .\n"
_PLACES = ("rowDimension", "columnDimension", "thirdDimension", "fourthDimension")
MOST_NAMED = 500


def cells(observatory: Observatory, view: View) -> str:
    """Return the query for the cells of a view: practices and documented ones, where there are any."""
    folder = observatory.project.queries / "views"
    text = template.read(folder / f"cells-{len(view.dimensions)}.rq")
    index = observatory.index
    values: dict[str, list[template.Value]] = {
        place: [NamedNode(identifiers.dimension(view.source(index.dimension(name))))]
        for place, name in zip(_PLACES, view.dimensions, strict=False)
    }
    values["rung"] = [Literal(str(view.rung), datatype=NamedNode(PREFIXES["xsd"] + "integer"))]
    return _with(template.bind(text, values), _conditions(observatory, view, folder))


def listed(observatory: Observatory, view: View, among: Sequence[str] | None = None) -> str | None:
    """Return the query for the practices under the filters of a view.

    Args:
        observatory: what was asked.
        view: the filters; its dimensions do not matter.
        among: practices that words fit, in place of a search that SPARQL cannot make; None without words.

    Returns:
        The query; None where words fit more than 500 practices, or none.
    """
    folder = observatory.project.queries / "views"
    parts = _conditions(observatory, view, folder)
    if among is not None:
        if not 0 < len(among) <= MOST_NAMED:
            return None
        parts.append(_part(folder, "among", practice=[NamedNode(iri) for iri in among]))
    return _with(template.read(folder / "list.rq"), parts)


def _conditions(observatory: Observatory, view: View, folder: Path) -> list[str]:
    index = observatory.index
    found = []
    for one in view.filters:
        dimension = NamedNode(identifiers.dimension(view.source(index.dimension(one.dimension))))
        values = [NamedNode(iri) for iri in one.values]
        found.append(_part(folder, "none-of" if one.negated else "any-of", dimension=[dimension], value=values))
    if view.exclude:
        found.append(_part(folder, "excluded", practice=[NamedNode(iri) for iri in view.exclude]))
    return found


def _part(folder: Path, name: str, **values: Sequence[template.Value]) -> str:
    return template.bind(template.read(folder / "filters" / f"{name}.rq"), values)


def _with(text: str, parts: Sequence[str]) -> str:
    head, anchor, tail = text.partition(_ANCHOR)
    return "".join((head, anchor, *parts, tail))
