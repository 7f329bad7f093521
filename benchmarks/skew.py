"""What generated practices are drawn from: the shipped concept schemes, in ranks, with Zipf's law over the ranks."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import RdfFormat, parse

BASE = "https://w3id.org/dgekg/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_OURS = BASE + "ontology#"

# Who comes first in each ranking, so that the skew has the shape that scans have; the rest is shuffled by the seed.
_HEADS = {
    "group": (
        "women",
        "people-subject-to-automated-decisions",
        "racialised-people",
        "girls",
        "persons-with-disabilities",
    ),
    "stage": ("data", "development", "enabling-environment", "deployment", "design", "operation-monitoring"),
    "region": ("840", "124", "826", "276", "356", "076", "528", "250", "404", "566", "710", "152", "484", "554"),
    "kind": ("education-programme", "guideline", "tool", "policy", "dataset", "research-study", "law", "audit"),
    "lever": ("education-skills", "research-measurement-data", "law-regulation", "standards-assurance"),
    "application-sector": ("employment", "education", "public-administration", "health"),
    "sector": ("civil-society", "government", "research", "industry", "intergovernmental", "education"),
}


@dataclass(frozen=True)
class Ranked:
    """Values in ranks; the value at rank k is drawn with weight 1 / k ** exponent."""

    values: Sequence[str]
    exponent: float
    _sums: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        weights = (1 / rank**self.exponent for rank in range(1, len(self.values) + 1))
        object.__setattr__(self, "_sums", list(itertools.accumulate(weights)))

    def one(self, rng: random.Random) -> str:
        return rng.choices(self.values, cum_weights=self._sums)[0]

    def some(self, rng: random.Random, shares: Sequence[float], first: int = 1) -> list[str]:
        """Return distinct values; how many is drawn by `shares`, the first of which stands for `first` values."""
        wanted = rng.choices(range(first, first + len(shares)), shares)[0]
        found: dict[str, None] = {}
        for _ in range(4 * wanted):
            if len(found) == wanted:
                break
            found[self.one(rng)] = None
        return list(found)


class Scheme:
    """One shipped concept scheme: its codes, which lies within which, and (`lies`) a place in which regions."""

    def __init__(self, ontology: Path, name: str) -> None:
        self.name = name
        self.broader: dict[str, set[str]] = {}
        self.combined: set[str] = set()
        self.lies: dict[str, set[str]] = {}
        start = f"{BASE}scheme/{name}/"
        for quad in parse(path=str(ontology / "schemes" / f"{name}.ttl"), format=RdfFormat.TURTLE, base_iri=BASE):
            subject, value = str(quad.subject)[1:-1], str(quad.object)[1:-1]
            if not subject.startswith(start):
                continue
            code = subject.removeprefix(start)
            self.broader.setdefault(code, set())
            if quad.predicate.value == f"{_SKOS}broader" and value.startswith(start):
                self.broader[code].add(value.removeprefix(start))
            elif quad.predicate.value == f"{_OURS}liesIn":
                self.lies.setdefault(code, set()).add(value.rsplit("/", 1)[-1])
            elif quad.predicate.value == f"{_OURS}combinesGroup":
                self.combined.add(code)
        self.up = {code: frozenset(self._above(code)) for code in self.broader}

    def _above(self, code: str) -> Iterable[str]:
        """Yield the code and everything broader."""
        seen, left = {code}, [code]
        while left:
            fresh = self.broader.get(left.pop(), set()) - seen
            seen |= fresh
            left += fresh
        return seen

    @cached_property
    def root(self) -> str:
        """The one concept that has no broader one."""
        return min(code for code, above in self.broader.items() if not above)

    @cached_property
    def leaves(self) -> list[str]:
        inner = set().union(*self.broader.values())
        return sorted(set(self.broader) - inner)

    def within(self, codes: Iterable[str]) -> frozenset[str]:
        """Return every code that lies within one of those given."""
        wanted = set(codes)
        return frozenset(code for code, above in self.up.items() if above & wanted)

    def ranked(self, rng: random.Random, codes: Iterable[str], exponent: float) -> Ranked:
        """Return the codes in ranks: the heads known for this scheme, then the others as the seed shuffles them."""
        rest = sorted(codes)
        head = [code for code in _HEADS.get(self.name, ()) if code in rest]
        rest = [code for code in rest if code not in head]
        rng.shuffle(rest)
        return Ranked(head + rest, exponent)


def norms(standards: Path) -> tuple[list[str], list[str]]:
    """Return the addresses below the base of the shipped provisions and instruments, each in order."""
    found: dict[str, set[str]] = {"Provision": set(), "Instrument": set()}
    for path in sorted(standards.glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=BASE):
            kind = str(quad.object)[1:-1].removeprefix(_OURS)
            if quad.predicate.value.endswith("#type") and kind in found:
                found[kind].add(str(quad.subject)[1:-1].removeprefix(BASE))
    return sorted(found["Provision"]), sorted(found["Instrument"])


def guarded(data: Path, groups: Scheme) -> tuple[frozenset[str], frozenset[str]]:
    """Return the groups that the safety rule protects, and the countries in which it does so.

    A little wider than the rule, which looks at group and country together; what is drawn then never breaks it.
    """
    sensitive: set[str] = set()
    countries: set[str] = set()
    facts: dict[str, dict[str, set[str]]] = {}
    for path in sorted((data / "reference").glob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=BASE):
            name = quad.predicate.value.removeprefix(_OURS)
            facts.setdefault(str(quad.subject), {}).setdefault(name, set()).add(
                str(quad.object)[1:-1].rsplit("/", 1)[-1]
            )
    for said in facts.values():
        sensitive |= said.get("aboutGroup", set()) | said.get("criminalises", set())
        if said.get("civicSpace", set()) & {"repressed", "closed"} or said.get("criminalises"):
            countries |= said.get("inRegion", set())
    return groups.within(sensitive), frozenset(countries)
