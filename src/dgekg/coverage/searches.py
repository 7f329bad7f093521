"""Searches: which statements speak of a cell, whether they could see it, and what is not published.

Absence travels down: "searched and found none in Africa" holds for Kenya, as far as that search could see.
It does not travel up, except that all parts of a partition searched means the whole searched.
"""

from __future__ import annotations

from collections.abc import Mapping

from dgekg.index import Index, Statement

Coordinates = Mapping[str, frozenset[str]]
_NORMS = ("provision", "instrument")


class Searches:
    """The statements and the publication rule of one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.by_iri = {s.iri: s for s in index.statements}
        self.partitions = [n for n, d in index.dimensions.items() if d.partition and d.coordinate]
        self._known: dict[tuple[tuple[str, frozenset[str]], ...], frozenset[str]] = {}

    def date(self, statement: str) -> str:
        """Return the date of a statement."""
        return self.by_iri[statement].date

    def stated(self, coordinates: Coordinates, status: str) -> tuple[str, ...]:
        """Return the statements of a status that speak of the whole cell."""
        return tuple(
            s.iri for s in self.index.statements if s.status == status and self._covers(s, coordinates)
        )

    def searched(self, coordinates: Coordinates) -> tuple[tuple[str, ...], bool]:
        """Return the searches that found none here, and whether all of them looked from afar."""
        if not self.index.statements:
            return (), False
        found = tuple(sorted(self._searched(coordinates)))
        return found, bool(found) and all(self._afar(self.by_iri[iri], coordinates) for iri in found)

    def withheld(self, coordinates: Coordinates) -> bool:
        """Whether this country and group are a domain of which nothing is published."""
        return any(
            group and rule in self.index.within.get(group, frozenset())
            for country in coordinates.get("region", frozenset())
            for rule in self.index.withheld.get(country, frozenset())
            for group in coordinates.get("group", frozenset())
        )

    def partly_withheld(self, coordinates: Coordinates) -> bool:
        """Whether something narrower than this cell is not published."""
        within = self.index.within
        regions = coordinates.get("region", frozenset())
        groups = coordinates.get("group", frozenset())
        return any(
            (not regions or any(r in within.get(country, frozenset()) for r in regions))
            and (not groups or any(self._touch(g, rule) for g in groups for rule in rules))
            for country, rules in self.index.withheld.items()
        )

    def _touch(self, group: str, rule: str) -> bool:
        within = self.index.within
        return group in within.get(rule, frozenset()) or rule in within.get(group, frozenset())

    def _covers(self, statement: Statement, coordinates: Coordinates) -> bool:
        for dimension, stated in statement.cell.items():
            if dimension == "norm":
                own = frozenset().union(*(coordinates.get(n, frozenset()) for n in _NORMS))
            else:
                root = self.index.roots.get(dimension, "")
                own = coordinates.get(dimension) or frozenset({root})
            if not own or not all(stated & self.index.within.get(k, frozenset()) for k in own):
                return False
        return True

    def _searched(self, coordinates: Coordinates) -> frozenset[str]:
        key = tuple(sorted(coordinates.items(), key=lambda item: item[0]))
        if key in self._known:
            return self._known[key]
        self._known[key] = frozenset()  # a cyclic hierarchy ends here; validation reports it
        found = frozenset(self.stated(coordinates, "searched-none-found"))
        if not found:
            for dimension in self.partitions:
                found = self._parts(coordinates, dimension)
                if found:
                    break
        self._known[key] = found
        return found

    def _parts(self, coordinates: Coordinates, dimension: str) -> frozenset[str]:
        whole = coordinates.get(dimension) or frozenset({self.index.roots.get(dimension, "")})
        found: frozenset[str] = frozenset()
        for concept in whole:
            parts = self.index.children.get(concept, frozenset())
            if not parts or not self._could(dimension, parts):
                return frozenset()
            for part in sorted(parts):
                one = self._searched({**coordinates, dimension: frozenset({part})})
                if not one:
                    return frozenset()
                found |= one
        return found

    def _could(self, dimension: str, parts: frozenset[str]) -> bool:
        """Whether any statement names one of these parts or something within: spares a walk down the tree."""
        within = self.index.within
        return any(
            parts & within.get(stated, frozenset())
            for s in self.index.statements
            for stated in s.cell.get(dimension, frozenset())
        )

    def _afar(self, statement: Statement, coordinates: Coordinates) -> bool:
        root = self.index.roots.get("region", "")
        spoken = frozenset(tag.split("-")[0] for tag in statement.languages)
        places = coordinates.get("region", frozenset()) - {root}
        return any(self.index.languages.get(p) and not (self.index.languages[p] & spoken) for p in places)
