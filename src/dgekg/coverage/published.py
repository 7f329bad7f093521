"""What is not published: for which country and group naming anybody would endanger people.

A rule is a domain: a country and a group. A cell is given by the sets of regions and of groups that hold for
it: one a row or filter, each meaning any of its members, all of them at once. It is withheld where the whole of
it lies in such domains, whether or not anything is known; a broader cell, or one without a region or without a
group, counts what is published and says that some is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from dgekg.index import Index

Sets = Iterable[frozenset[str]]


class Published:
    """The publication rule of one index; a domain is a bit of a whole number."""

    def __init__(self, index: Index) -> None:
        self.index = index
        domains = [(place, rule) for place, rules in index.withheld.items() for rule in sorted(rules)]
        self.every = (1 << len(domains)) - 1
        self._over: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._touched: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for n, domain in enumerate(domains):
            for over, touched, concept in zip(self._over, self._touched, domain, strict=True):
                below = index.narrower.get(concept, frozenset({concept}))
                for one in below:
                    over[one] = over.get(one, 0) | 1 << n
                for one in {w for b in below for w in index.within.get(b, frozenset({b}))}:
                    touched[one] = touched.get(one, 0) | 1 << n

    def withheld(self, regions: Sets, groups: Sets) -> bool:
        """Whether every place and group of the cell lies in a domain of which nothing is published."""
        at, of = self._over
        groups = tuple(groups)
        return any(
            all(at.get(place, 0) & of.get(group, 0) for place in places for group in people)
            for places in regions
            for people in groups
        )

    def partly_withheld(self, regions: Sets, groups: Sets) -> bool:
        """Whether a domain shares something with the cell; asked of cells that are not withheld whole."""
        held = self.every
        for touched, sets in zip(self._touched, (regions, groups), strict=True):
            for concepts in sets:
                any_of = 0
                for concept in concepts:
                    any_of |= touched.get(concept, 0)
                held &= any_of
        return bool(held)
