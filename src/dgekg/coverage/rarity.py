"""How rare a number in a cell would be by chance: p, the correction for many cells, and which cells can be tested.

Why, and of which practices, is told in `coverage.surprise`.

Sources: Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300; R. E. Tarone, A
modified Bonferroni method for discrete data, Biometrics 46 (1990) 515-522; P. B. Gilbert, Journal of the Royal
Statistical Society C 54 (2005) 143-158 (the two together).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Profiles = npt.NDArray[np.uint64]
LEVEL = 0.05
_BY_CHANCE = 0.001


def compare(
    observed: Counts, rows: Counts, columns: Counts, total: int, asked: Flags, level: float = LEVEL
) -> tuple[Chances, Chances, Chances, float]:
    """Return p, q and the least possible p of each cell, and the corrected level; p and q of other cells are nan.

    Args:
        observed: practices in each cell, rows by columns.
        rows: row totals.
        columns: column totals.
        total: different practices in all, N.
        asked: cells that may be eligible.
        level: share of false alarms that is put up with.
    """
    from scipy.stats import false_discovery_control, hypergeom  # takes a third of a start to load, and few ask for it

    r, c = (np.broadcast_to(totals, observed.shape) for totals in (rows[:, None], columns[None, :]))
    least = least_possible(r, c, total)
    corrected = corrected_level(least[asked], level)
    eligible = asked & (least <= corrected)
    p, q = np.full(observed.shape, np.nan), np.full(observed.shape, np.nan)
    if eligible.any():
        cases = np.stack([observed[eligible], c[eligible], r[eligible]], axis=1)
        different, at = np.unique(cases, axis=0, return_inverse=True)
        chances = np.asarray(hypergeom.cdf(different[:, 0], total, different[:, 1], different[:, 2]))
        p[eligible] = chances[at.reshape(-1)]
        q[eligible] = false_discovery_control(np.minimum(p[eligible], 1.0), method="bh")
    return p, q, least, corrected


def least_possible(rows: Counts, columns: Counts, total: int) -> Chances:
    """Return the chance of the fewest practices that a cell of these totals can hold: its least possible p.

    Where r + c > N the cell cannot be empty; the practices outside the row and those outside the column are then as
    far apart as they can be, which is as likely.

    >>> least_possible(np.array([3]), np.array([20]), 30).round(4).tolist()
    [0.0296]
    """
    from scipy.special import gammaln

    r = np.where(rows + columns > total, total - rows, rows)
    c = np.where(rows + columns > total, total - columns, columns)
    log = gammaln(total - c + 1) - gammaln(total - c - r + 1) - gammaln(total + 1) + gammaln(total - r + 1)
    chances: Chances = np.minimum(np.exp(log), 1.0)
    return chances


def determined(one: Profiles, other: Profiles) -> bool:
    """Whether what practices say on one dimension fixes what they say on another, more than chance would have it.

    True if practices that share all their rows always share all their columns, and the chance that so many would
    agree (each by the sum of the squared shares of the columns' combinations) is at most one in a thousand.

    Args:
        one: for each practice, a number for the set of its rows.
        other: likewise, of its columns.
    """
    kinds = len(np.unique(one))
    if len(np.unique(np.stack([one, other], axis=1), axis=0)) > kinds:
        return False
    shares = np.unique(other, return_counts=True)[1] / len(other)
    return bool(float((shares**2).sum()) ** (len(one) - kinds) <= _BY_CHANCE)


def corrected_level(least: Chances, level: float) -> float:
    """Return level / K for Tarone's K: the smallest with at most K cells that could reach it."""
    ordered = np.sort(least)
    k = 1
    while np.searchsorted(ordered, level / k, side="right") > k:
        k += 1
    return level / k
