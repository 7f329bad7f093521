"""Counts of people: none that is small, and none that can be worked out from the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping

LEAST, LEAST_PROTECTED = 5, 10
"""The smallest count of people that is told; in protected domains."""


def hidden(
    counts: Mapping[str, int], protected: Collection[str] = (), also: Collection[str] = (), total: bool = True
) -> set[str]:
    """Return the rows whose counts are not told.

    First those that are small: 1 to 4, and in protected domains everything under 10, nought included, so that a hole
    does not tell whether anybody was there. Then, as long as the total would give them away, the smallest of the
    others: at least two rows are hidden, and together they hold at least the smallest count that is told. All hidden
    rows look alike, so that nobody can tell which were the small ones.

    Args:
        counts: people by row; the rows together are everybody.
        protected: rows in protected domains.
        also: rows that are to be hidden in any case.
        total: whether the total is told as well.

    >>> sorted(hidden({"a": 40, "b": 12, "c": 3, "d": 0}))
    ['b', 'c']
    >>> sorted(hidden({"a": 40, "b": 12, "p": 0}, protected={"p"}))
    ['b', 'p']
    >>> hidden({"a": 40, "b": 12, "d": 0})
    set()
    """
    found = {row for row, n in counts.items() if row in also or _small(n, row in protected)}
    if not found or not total:
        return found
    enough = LEAST_PROTECTED if found & set(protected) else LEAST
    others = sorted((row for row in counts if row not in found), key=lambda row: (counts[row] == 0, counts[row], row))
    while others and (len(found) < 2 or sum(counts[row] for row in found) < enough):
        found.add(others.pop(0))
    return found


def told(n: int, of: int, protected: bool = False) -> bool:
    """Say whether a part of some people may be told beside their number: neither it nor the rest may be small.

    >>> told(8, 20), told(18, 20), told(20, 20), told(0, 20)
    (True, False, True, True)
    """
    return not _small(n, protected) and not _small(of - n, protected and of > n)


def _small(n: int, protected: bool) -> bool:
    return n < LEAST_PROTECTED if protected else 0 < n < LEAST
