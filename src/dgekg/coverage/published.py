"""What is not published: for which country and group naming anybody would endanger people.

A rule is a domain: a country and a group. A cell is given by the sets of regions and of groups that hold for
it: one a row or filter, each meaning any of its members, all of them at once. It is withheld where the whole of
it lies in such domains, whether or not anything is known; a broader cell, or one without a region or without a
group, counts what is published and says that some is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dgekg.index import Bits, Index

Sets = Iterable[frozenset[str]]
Flags = npt.NDArray[np.bool_]


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

    def table(
        self,
        places: Sequence[str] | None,
        people: Sequence[str] | None,
        regions: Sequence[frozenset[str]],
        groups: Sequence[frozenset[str]],
    ) -> tuple[Flags, Flags]:
        """Return which cells of a table of regions by groups are withheld whole, and which in part.

        Args:
            places: rows of regions ("" for not stated); None where the view has none.
            people: likewise, of groups.
            regions: the sets of regions that hold for all cells, by filters.
            groups: likewise, of groups.
        """
        over = [self._lines(at, rows) for at, rows in zip(self._over, (places, people), strict=True)]
        near = [self._lines(at, rows) for at, rows in zip(self._touched, (places, people), strict=True)]
        whole = np.full((len(over[0]), len(over[1])), self.withheld(regions, groups))
        if places is not None and people is not None:
            whole |= (over[0][:, None, :] & over[1][None, :, :]).any(axis=2)
        for one in groups if places is not None else ():
            whole |= _all_share(over[0], self._lines(self._over[1], one))[:, None]
        for one in regions if people is not None else ():
            whole |= _all_share(over[1], self._lines(self._over[0], one))[None, :]
        held = near[0][:, None, :] & near[1][None, :, :]
        for touched, sets in zip(self._touched, (regions, groups), strict=True):
            for one in sets:
                held = held & np.bitwise_or.reduce(self._lines(touched, one), axis=0)
        return whole, held.any(axis=2) & ~whole

    def _lines(self, domains: dict[str, int], rows: Iterable[str] | None) -> Bits:
        """Return the domains of some concepts as words; all domains, once, where there are no rows."""
        masks = [self.every] if rows is None else [domains.get(row, 0) for row in rows]
        return words_of(masks, self.every.bit_length())


def _all_share(lines: Bits, others: Bits) -> Flags:
    """Return which lines share a domain with each of some others."""
    shared: Flags = np.logical_and.reduce((lines[:, None, :] & others[None, :, :]).any(axis=2), axis=1)
    return shared


def words_of(masks: Sequence[int], bits: int) -> Bits:
    """Return whole numbers as rows of 64-bit words.

    >>> words_of([1, 1 << 64], 65).tolist()
    [[1, 0], [0, 1]]
    """
    size = 8 * max(1, (bits + 63) // 64)
    return np.frombuffer(b"".join(mask.to_bytes(size, "little") for mask in masks), dtype="<u8").reshape(-1, size // 8)
