"""How far raters agree, criterion by criterion: Krippendorff's alpha with an interval by resampling.

Persons and software are reckoned apart. What two runs of software share is called *consistency*: they read the same
text in much the same way, so that it says nothing of whether two people would. Adjudications are left out, because
whoever gives one has seen the others.

The interval is a percentile bootstrap over what was rated (practice and group), with a fixed seed, so that the same
ratings give the same figures everywhere. With few units it is rough, and tends to be too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import krippendorff
import numpy as np
import numpy.typing as npt

from dgekg.assessing.ratings import Rating, Unit, blind
from dgekg.errors import UnknownValue
from dgekg.status_rule import RATINGS

PERSONS, SOFTWARE = "persons", "software"
WORDS = {PERSONS: "agreement", SOFTWARE: "consistency"}
SCALES: dict[str, tuple[str, ...]] = {"nominal": RATINGS, "ordinal": ("no", "partly", "yes")}
RESAMPLES = 1000
SEED = 20261122
_PERCENTILES = (2.5, 97.5)
_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters of one sort agree on one criterion.

    Attributes:
        raters: "persons" or "software".
        criterion: its code.
        coders: how many different raters.
        units: how many practices and groups at least two of them rated.
        same: in how many of those all gave the same rating.
        alpha: Krippendorff's, 1 at best, 0 as by chance; None where it is not defined.
        low: beginning of the 95 % interval, None where there is none.
        high: its end.
        why: why there is no alpha: "few" (fewer than two units), "constant" (every rating is the same); else "".
    """

    raters: str
    criterion: str
    coders: int
    units: int
    same: int
    alpha: float | None
    low: float | None
    high: float | None
    why: str

    @property
    def called(self) -> str:
        """What this is: agreement of persons, consistency of software."""
        return WORDS[self.raters]


def agreement(
    ratings: Iterable[Rating], criteria: Sequence[str], scale: str = "nominal", resamples: int = RESAMPLES
) -> list[Agreement]:
    """Return how far persons, and apart from them software, agree on each criterion that two of a sort rated.

    Args:
        ratings: all of them.
        criteria: codes in the order of the answer; ratings on others are left out.
        scale: "nominal" for all five ratings as names; "ordinal" for no, partly, yes as steps, without the rest.
        resamples: how often units are drawn anew for the interval; 0 for none.

    Raises:
        UnknownValue: no such scale.
    """
    if scale not in SCALES:
        raise UnknownValue("scale", scale, SCALES)
    by_unit = blind(ratings)
    found = []
    for raters in (PERSONS, SOFTWARE):
        for criterion in criteria:
            one = _one(by_unit, raters, criterion, scale, resamples)
            if one.units:
                found.append(one)
    return found


def _one(by_unit: dict[Unit, dict[str, Rating]], raters: str, criterion: str, scale: str, resamples: int) -> Agreement:
    values, coders, rows = SCALES[scale], set[str](), []
    for unit in sorted(u for u in by_unit if u[2] == criterion):
        given = [r for r in by_unit[unit].values() if r.software is (raters == SOFTWARE) and r.rating in values]
        if len(given) > 1:
            rows.append([sum(r.rating == value for r in given) for value in values])
            coders |= {r.assessor for r in given}
    counts = np.array(rows, dtype=np.int64).reshape(len(rows), len(values))
    same = int((counts.max(axis=1) == counts.sum(axis=1)).sum()) if rows else 0
    why = "few" if len(rows) < 2 else "constant" if (counts.sum(axis=0) > 0).sum() < 2 else ""
    if why:
        return Agreement(raters, criterion, len(coders), len(rows), same, None, None, None, why)
    low, high = _interval(counts, scale, resamples)
    return Agreement(raters, criterion, len(coders), len(rows), same, _alpha(counts, scale), low, high, "")


def _alpha(counts: _Counts, scale: str) -> float | None:
    """Return alpha of units x values; None where all ratings are the same, for then nothing could have differed."""
    if (counts.sum(axis=0) > 0).sum() < 2:
        return None
    level: Literal["ordinal", "nominal"] = "ordinal" if scale == "ordinal" else "nominal"
    found = float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))
    return None if math.isnan(found) else found


def _interval(counts: _Counts, scale: str, resamples: int) -> tuple[float | None, float | None]:
    """Return the middle 95 % of alpha over units drawn anew; draws in which all ratings are the same do not enter."""
    chance = np.random.default_rng(SEED)
    drawn = (counts[chance.integers(0, len(counts), len(counts))] for _ in range(resamples))
    found = [alpha for sample in drawn if (alpha := _alpha(sample, scale)) is not None]
    if len(found) < resamples / 2 or not found:
        return None, None
    low, high = np.percentile(found, _PERCENTILES)
    return float(low), float(high)
