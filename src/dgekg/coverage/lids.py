"""What may not be said of the sides of a comparison."""

from __future__ import annotations

from dgekg.coverage.published import Published
from dgekg.coverage.view import View
from dgekg.index import Index


class Lids:
    """What may not be said of the sides of a comparison, whether or not anything is known.

    A side that leaves out (`!=`) a domain of which nothing is published would show it as the difference from one that
    does not: such a cell is closed too.

    Args:
        sides: index and view of each side.
    """

    def __init__(self, *sides: tuple[Index, View]) -> None:
        self._sides = [(Published(index), view) for index, view in sides]

    @property
    def whole(self) -> bool:
        """Whether the filters of a side name a domain of which nothing is published."""
        return self.closed(()) or any(published.withheld(*_sets(view, ())) for published, view in self._sides)

    def closed(self, concepts: tuple[str, ...]) -> bool:
        """Whether a side leaves out a domain that, in this cell, may not be shown."""
        return any(self._left_out(published, view, concepts) for published, view in self._sides)

    def _left_out(self, published: Published, view: View, concepts: tuple[str, ...]) -> bool:
        barred = [one for one in view.filters if one.negated and one.dimension in ("region", "group")]
        if not barred:
            return False
        regions, groups = _sets(view, concepts)
        for one in barred:
            for value in one.values:
                own = [frozenset({value})]
                sets = (own, groups) if one.dimension == "region" else (regions, own)
                if published.withheld(*sets):
                    return True
        return False


def _sets(view: View, concepts: tuple[str, ...]) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """Return the sets of regions and of groups that hold for a cell, by its concepts and the filters."""
    places = list(zip(view.dimensions, concepts, strict=False))
    regions, groups = (
        [frozenset(one.values) for one in view.filters if one.dimension == name and not one.negated]
        + [frozenset({concept}) for dimension, concept in places if dimension == name]
        for name in ("region", "group")
    )
    return regions, groups
