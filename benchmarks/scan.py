"""The scan of a generated project: its rounds, and what was searched for and not found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.parts import ROUNDS
from benchmarks.turtle import LICENSE, PREFIXES, RECENT, concepts, date, day, record
from benchmarks.world import Practice, World

_EARLY, _LATE = RECENT + 10, 0
_MOST_LATER = 3  # practices recorded after a search: so many supersede it, and a warning says so
_LANGUAGES = (("en",), ("en", "fr"), ("en", "es"), ("en", "fr", "es", "ar"), ("en",))


def rounds(size: int) -> Iterator[tuple[str, str]]:
    """Yield name and file of each round; the last one is purposive."""
    for number in range(1, ROUNDS + 1):
        slug = f"generated-round-{number}"
        purposive = number == ROUNDS
        lines = [
            f"<id/collection/{slug}> a dgekg:CollectionActivity",
            f'dct:title "Generated round {number}"@en',
            'dct:description "Made by a program for measurements; nobody searched."@en',
            f"dgekg:collectionMethod <scheme/collection-method/{'open-call' if purposive else 'desk-review'}>",
            f"dgekg:roundKind <scheme/round-kind/{'purposive' if purposive else 'systematic'}>",
            f'prov:startedAtTime "{day(RECENT + 60 - number)}T00:00:00Z"^^xsd:dateTime',
            f'prov:endedAtTime "{day(_LATE)}T00:00:00Z"^^xsd:dateTime',
            *(f'dct:language "{language}"' for language in _LANGUAGES[number - 1]),
            f"dgekg:screened {3 * size}",
            f"dgekg:included {size}",
            LICENSE, date("dct:issued", 0), date("dct:modified", 0),
        ]  # fmt: skip
        yield slug, PREFIXES + "\n" + record(lines)


def statements(world: World, practices: Mapping[str, Sequence[Practice]], size: int) -> Iterator[str]:
    """Yield about 3 * sqrt(size) searches that found none, none of them contradicted by a practice.

    Args:
        world: what is drawn from.
        practices: the practices written, by country code.
        size: how many practices there are.
    """
    rng, wanted, made = world.rng, round(3 * size**0.5), 0
    countries = sorted(world.countries.values)
    for _ in range(20 * wanted):
        if made == wanted:
            return
        country = rng.choice(countries)
        group = world.combined.one(rng) if rng.random() < 0.3 else world.groups.one(rng)
        if group in world.sensitive and country in world.guarded:  # nothing is published there
            continue
        extra = rng.choice(("none", "stage", "kind", "sector"))
        ranks = {"stage": world.stages, "kind": world.kinds, "sector": world.sectors}.get(extra)
        code = ranks.one(rng) if ranks else ""
        hits = sum(_lies_in(world, one, group, extra, code) for one in practices.get(country, ()))
        if hits > _MOST_LATER:
            continue
        made += 1
        age = _EARLY if hits else rng.randrange(_LATE, _EARLY)
        lines = [
            f"<id/coverage/generated-{made}> a dgekg:CoverageStatement",
            "dgekg:coverageStatus <scheme/coverage-status/searched-none-found>",
            *concepts("dgekg:cellRegion", "region", [country]),
            *concepts("dgekg:cellGroup", "group", [group]),
            *([f"dgekg:cell{extra.capitalize()} <scheme/{_SCHEME[extra]}/{code}>"] if code else []),
            f"dgekg:fromActivity <id/collection/generated-round-{rng.randint(1, ROUNDS - 1)}>",
            date("dct:date", age),
            'dgekg:rationale "Made by a program for measurements; nobody searched."@en',
            LICENSE, date("dct:issued", 0), date("dct:modified", 0),
        ]  # fmt: skip
        yield record(lines)


_SCHEME = {"stage": "stage", "kind": "kind", "sector": "application-sector"}


def _lies_in(world: World, one: Practice, group: str, extra: str, code: str) -> bool:
    """Return whether a practice of the country lies in the searched cell, by itself or by what is narrower."""
    up = world.schemes["group"].up
    if not any(group in up[own] for own in one.groups):
        return False
    if not code:
        return True
    values = {"stage": one.stages, "kind": one.kinds, "sector": one.sectors}[extra]
    above = world.schemes[_SCHEME[extra]].up
    return any(code in above[own] for own in values)
