"""Completeness: how many practices there are at least, counting those that the collection has missed.

Capture and recapture: a round of collection is an occasion, a practice that it found is a capture. With S practices
found in all, Z_i of them by round i alone and f_2 by exactly two rounds, the bound for the time-varying model M_t
(each round has its own chance of finding a practice) is

    missed = sum over pairs i < j of Z_i Z_j / (f_2 + 1),     least = S + missed     (practices)

which is S + (f_1^2 - sum Z_i^2) / (2 (f_2 + 1)), with f_1 = sum Z_i. Where rounds find independently and all
practices are equally easy to find, it estimates their number, however unequal the rounds are. Where some practices
are harder to find than others, it falls short of their number: it is a **lower bound**, and is called that.

The variance treats the counts as multinomial with a total of `least` (the delta method):

    variance = sum d_k^2 n_k - (sum d_k n_k)^2 / least,  n_k the counts Z_1 ... Z_t, f_2 and the rest,
    d = 1 + (f_1 - Z_i) / (f_2 + 1) for Z_i,  1 - sum Z_i Z_j / (f_2 + 1)^2 for f_2,  1 for the rest.

The same step gives Chao's (1987) variance from her estimator for unequal catchability. The interval is hers, on the
logarithm of what is missed, so that it never falls below what was found: with C = exp(z sqrt(log(1 + variance /
missed^2))) it reaches from S + missed / C to S + missed C.

Sources: A. Chao, Estimating population size for sparse data in capture-recapture experiments, Biometrics 45 (1989)
427-438 (the form for M_t); A. Chao, Estimating the population size for capture-recapture data with unequal
catchability, Biometrics 43 (1987) 783-791 (bound, variance, interval).

What no formula can repair is refused by rules (`completeness`): rounds that looked at different places make it too
high, rounds that follow each other's references make it too low.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from dgekg import template
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.coverage.view import View
from dgekg.index import Index
from dgekg.store.base import Store

FEWEST_ROUNDS = 3
LARGEST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Round:
    """A round of collection.

    Attributes:
        iri: its address.
        kind: code of the kind of round, "systematic" or "purposive"; "" if not stated.
        regions: what it covered, IRIs; empty if not stated.
        follows: whether it went from find to find by references (`dgekg:followsReferences`).
    """

    iri: str
    kind: str
    regions: frozenset[str] = frozenset()
    follows: bool = False

    @property
    def systematic(self) -> bool:
        """Whether a fixed search was followed."""
        return self.kind == "systematic"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A lower bound.

    Attributes:
        found: practices found, S.
        missed: how many are missing at least, by the estimate.
        deviation: its standard deviation.
        low: lower end of the interval of `least`.
        high: upper end. The number of practices may lie above it, for this is the interval of a lower bound.
        confidence: of the interval, such as 0.95.
        alone: practices that each round alone found, in the order of the rounds.
        twice: practices that exactly two rounds found.
    """

    found: int
    missed: float
    deviation: float
    low: float
    high: float
    confidence: float
    alone: tuple[int, ...]
    twice: int

    @property
    def least(self) -> float:
        """How many practices there are at least, by the estimate."""
        return self.found + self.missed


@dataclass(frozen=True, slots=True)
class Judged:
    """A round, and whether it may count.

    Attributes:
        iri: its address.
        finds: practices it found within the filter.
        share: part of the finds of all rounds that otherwise qualify (a practice that two rounds found is two
            finds); 0 if it does not.
        reasons: words keys of why it does not qualify; empty if it does.
    """

    iri: str
    finds: int
    share: float
    reasons: tuple[str, ...]

    @property
    def qualifies(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete the collection is within a filter, or why that cannot be estimated.

    Attributes:
        refused: words key of the reason, beneath `completeness-refused`; "" where there is an estimate.
        rounds: every round and whether it qualifies.
        estimate: None where refused.
    """

    refused: str
    rounds: tuple[Judged, ...]
    estimate: Estimate | None


def read_rounds(store: Store, queries: Path) -> tuple[Round, ...]:
    """Return the rounds of a store, by address.

    Raises:
        StoreError: the store cannot be read.
    """
    stated: dict[str, dict[str, set[str]]] = {}
    for row in store.select(template.read(queries / "views" / "rounds.rq")).dicts():
        about = stated.setdefault(row.pop("round"), {"kind": set(), "region": set(), "follows": set()})
        for column, value in row.items():
            about[column].add(value)
    return tuple(
        Round(
            iri,
            min((one.rsplit("/", 1)[-1] for one in about["kind"]), default=""),
            frozenset(about["region"]),
            bool(about["follows"] & {"true", "1"}),
        )
        for iri, about in sorted(stated.items())
    )


def completeness(index: Index, view: View, rounds: Sequence[Round], confidence: float = 0.95) -> Completeness:
    """Estimate how many practices there are at least under the filters of a view, if the rounds allow it.

    A round counts if it was systematic, did not follow references, covers the regions of the filter (the whole
    world, where there is none; a region is covered if the round names it, something broader, or all its parts) and
    found something there. What is not stated does not count: unknown never satisfies a gate. There must be three
    such rounds, and none may hold more than half of their finds.
    """
    kept = coordinates_left(index, view) & qualities_left(index, view)
    found = index.members("round")
    finds = {one.iri: frozenset(index.unpack(found.get(one.iri, index.none) & kept)) for one in rounds}
    reasons = {one.iri: _reasons(index, view, one, len(finds[one.iri])) for one in rounds}
    fit = [one.iri for one in rounds if not reasons[one.iri]]
    every = sum(len(finds[iri]) for iri in fit)
    shares = {iri: len(finds[iri]) / every for iri in fit}
    above = [iri for iri in fit if shares[iri] > LARGEST_SHARE]
    if len(fit) >= FEWEST_ROUNDS:
        reasons.update((iri, ("more-than-half",)) for iri in above)
    judged = tuple(Judged(o.iri, len(finds[o.iri]), shares.get(o.iri, 0.0), reasons[o.iri]) for o in rounds)
    if any(one.dimension == "round" for one in view.filters):
        return Completeness("filter-by-round", judged, None)
    if len(fit) < FEWEST_ROUNDS:
        return Completeness("too-few-rounds", judged, None)
    if above:
        return Completeness("one-round-dominates", judged, None)
    bound = lower_bound([finds[iri] for iri in fit], confidence)
    if isinstance(bound, str):
        return Completeness(bound, judged, None)
    return Completeness("", judged, bound)


def lower_bound(finds: Sequence[AbstractSet[Hashable]], confidence: float = 0.95) -> Estimate | str:
    """Return Chao's lower bound for M_t from what each round found, or the words key of why there is none.

    It needs practices that two rounds found ("too-little-overlap"), and practices that one round alone found, in
    two rounds at least ("no-single-finds"): else nothing shows how much the rounds have missed.

    >>> one = lower_bound([set("abcd"), set("cdef"), set("dfgh")])
    >>> one.found, one.alone, one.twice, round(one.missed, 2)
    (8, (2, 1, 2), 2, 2.67)
    """
    from scipy.special import ndtri  # takes a while to load, and few ask for it

    times = Counter(practice for found in finds for practice in found)
    alone = tuple(sum(times[practice] == 1 for practice in found) for found in finds)
    twice = sum(number == 2 for number in times.values())
    pairs = sum(one * other for one, other in combinations(alone, 2))
    if not twice:
        return "too-little-overlap"
    if not pairs:
        return "no-single-finds"
    missed = pairs / (twice + 1)
    deviation = math.sqrt(_variance(alone, twice, len(times), pairs))
    z = float(ndtri((1 + confidence) / 2))
    factor = math.exp(z * math.sqrt(math.log1p((deviation / missed) ** 2)))
    low, high = len(times) + missed / factor, len(times) + missed * factor
    return Estimate(len(times), missed, deviation, low, high, confidence, alone, twice)


def _variance(alone: Iterable[int], twice: int, found: int, pairs: int) -> float:
    """Return the variance of `least` (practices squared), as the head of this module says."""
    alone = tuple(alone)
    single, by = sum(alone), twice + 1
    slopes = [(1 + (single - own) / by, own) for own in alone]
    slopes += [(1 - pairs / by**2, twice), (1.0, found - single - twice)]
    least = found + pairs / by
    return sum(d * d * n for d, n in slopes) - sum(d * n for d, n in slopes) ** 2 / least


def _reasons(index: Index, view: View, one: Round, finds: int) -> tuple[str, ...]:
    covers = bool(one.regions) and _covers(index, view, one.regions)
    said: Mapping[str, bool] = {
        "not-systematic": not one.systematic,
        "follows-references": one.follows,
        "scope-not-stated": not one.regions,
        "scope-too-small": bool(one.regions) and not covers,
        "found-nothing": not finds,
    }
    return tuple(reason for reason, holds in said.items() if holds)


def _covers(index: Index, view: View, scope: frozenset[str]) -> bool:
    """Whether a scope covers one of the region filters whole (all must hold, so one is enough), or the world."""
    asked = [one.values for one in view.filters if one.dimension == "region" and not one.negated]
    root = index.roots.get("region")
    asked += [(root,)] if root else []
    return any(all(_within(index, place, scope, frozenset()) for place in places) for places in asked)


def _within(index: Index, place: str, scope: frozenset[str], passed: frozenset[str]) -> bool:
    """Whether a scope names a place, something broader, or all its parts; a circle of parts covers nothing."""
    if index.within.get(place, frozenset({place})) & scope:
        return True
    parts = index.children.get(place, frozenset())
    on = passed | {place}
    return bool(parts) and not parts & on and all(_within(index, part, scope, on) for part in parts)
