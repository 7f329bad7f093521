"""What the form that chooses a view shows: dimensions, filters in words, and the other side of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from dgekg import comparing
from dgekg.coverage import Filter, View
from dgekg.coverage.cells import MEASURES
from dgekg.coverage.comparison import Comparison
from dgekg.coverage.view import NORMS
from dgekg.errors import UnknownValue
from dgekg.web.house import Visit
from dgekg.web.people import grids, pages


def of(visit: Visit, view: View, comparison: Comparison | None = None) -> dict[str, Any]:
    """Return what the form shows for a view, or for the first side of a comparison.

    Raises:
        UnknownValue: the address asks for a measure that there is not; the nearest is suggested.
    """
    measure = measure_of(visit)
    against = () if comparison is None else comparison.against
    return {
        "view": view,
        "pairs": parse_qsl(view.query_string()),
        "measure": measure,
        "measures": MEASURES,
        "norms": NORMS,
        "relations": tuple(visit.observatory.index.dimension("stage").relations),
        "depths": dict(view.depths),
        "dimensions": pages.dimensions(visit),
        "filters": filters(visit, view.filters),
        "against": [text(one) for one in against],
        "against_version": "" if comparison is None else comparison.version,
        "kept": comparing.kept(visit.observatory),
    }


def measure_of(visit: Visit) -> str:
    """Return the number that the address asks for.

    Raises:
        UnknownValue: there is no such measure; the nearest is suggested.
    """
    measure = visit.request.query_params.get("measure", "practices") or "practices"
    if measure not in MEASURES:
        raise UnknownValue("measure", measure, MEASURES)
    return measure


def filters(visit: Visit, conditions: Sequence[Filter]) -> list[tuple[str, str]]:
    """Return filters as they stand in a form, and in words."""
    found = []
    for one in conditions:
        values = ", ".join(visit.label(v) for v in one.values)
        shown = visit.t("practices.without", values=values) if one.negated else values
        found.append((text(one), f"{visit.dimension_words(one.dimension)}: {shown}"))
    return found


def text(one: Filter) -> str:
    """Return a filter as a person would write it.

    >>> text(Filter("region", ("https://w3id.org/dgekg/scheme/region/002",), True))
    'region!=002'
    """
    return f"{one.dimension}{'!=' if one.negated else '='}{','.join(map(grids.code, one.values))}"
