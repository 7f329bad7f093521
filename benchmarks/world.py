"""What generated records are drawn from: ranked concepts, actors, and who may be named with which group."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.skew import Ranked, Scheme, guarded, norms
from benchmarks.texts import Texts

_COMMUNITY = ("civil-society", "community-governing-body")


@dataclass(frozen=True, slots=True)
class Actor:
    slug: str
    sector: str
    country: str
    duty_bearer: bool
    community: bool


@dataclass(frozen=True, slots=True)
class Practice:
    """What the coverage statements need to know of a practice that was written."""

    groups: frozenset[str]
    stages: frozenset[str]
    kinds: frozenset[str]
    sectors: frozenset[str]


class World:
    """What a seed draws its records from; see docs/benchmarks.md for the skew."""

    def __init__(self, project: Path, seed: int, size: int) -> None:
        self.rng = rng = random.Random(seed)
        self.texts = Texts(rng)
        ontology = project / "ontology"
        names = (
            "group stage region place kind lever application-sector sector approach risk participation-mode status "
            "intervention-level policy-phase evidence-type"
        )
        self.schemes = {name: Scheme(ontology, name) for name in names.split()}
        one, group, region = self.schemes.__getitem__, self.schemes["group"], self.schemes["region"]
        self.sensitive, self.guarded = guarded(project / "data", group)
        self.community = one("sector").within(_COMMUNITY)
        self.groups = group.ranked(rng, set(group.broader) - group.combined - {group.root}, 1.0)
        self.combined = group.ranked(rng, group.combined, 1.0)
        self.countries = region.ranked(rng, set(region.leaves) - {"010"}, 1.1)
        self.wide = region.ranked(rng, set(region.broader) - set(region.leaves) - {region.root}, 0.8)
        self.places = one("place").ranked(rng, one("place").broader, 1.0)
        self.stages = self._ranked("stage", 0.7)
        self.kinds, self.levers, self.sectors = (
            self._ranked("kind", 1.0),
            self._ranked("lever", 0.9),
            self._ranked("application-sector", 0.9),
        )
        self.risks = self._ranked("risk", 1.0)
        self.actor_sectors = self._ranked("sector", 0.8)
        self.flat = {
            n: one(n).ranked(rng, one(n).broader, 0.6)
            for n in ("status", "participation-mode", "intervention-level", "policy-phase")
        }
        provisions, instruments = norms(project / "data" / "standards")
        rng.shuffle(provisions)
        rng.shuffle(instruments)
        self.provisions, self.instruments = Ranked(provisions, 0.9), Ranked(instruments, 0.9)
        self.actors = {a.slug: a for a in self._actors(20 + size // 10)}
        self.leads = Ranked(list(self.actors), 0.7)
        self.calm = Ranked([a.slug for a in self.actors.values() if not a.community], 0.7)
        self.width = max(6, len(str(size)))

    def codes(self, where: Iterable[str]) -> set[str]:
        """Return the regions of a practice by code; a place beside M49 counts for those that it lies in."""
        lies = self.schemes["place"].lies
        return {code for place in where for code in lies.get(place.rsplit("/", 1)[-1], {place.rsplit("/", 1)[-1]})}

    def _ranked(self, name: str, exponent: float) -> Ranked:
        scheme = self.schemes[name]
        return scheme.ranked(self.rng, set(scheme.broader) - {scheme.root}, exponent)

    def _actors(self, count: int) -> Iterable[Actor]:
        rng = self.rng
        for number in range(1, count + 1):
            sector = "government" if number == 1 else self.actor_sectors.one(rng)
            country = "" if rng.random() < 0.15 else self.countries.one(rng)
            state = "government" in self.schemes["sector"].up[sector]
            yield Actor(f"generated-actor-{number:05d}", sector, country, state, sector in self.community)
