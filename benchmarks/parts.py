"""The parts of a generated practice: for whom, where, by whom, on what evidence, under which norm."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.turtle import OLDEST, concepts, date
from benchmarks.world import Actor, World

ROUNDS = 5
_ROUND_NUMBERS = tuple(range(1, ROUNDS + 1))
_ROUND_SHARES = (0.25, 0.22, 0.2, 0.18, 0.15)
_GIVES_EFFECT = frozenset(
    (
        *("law", "policy", "decision", "standard", "special-measure", "ban-or-moratorium"),
        *("charter-or-commitment", "procurement-instrument"),
    )
)
_POLICY = frozenset(("law", "policy"))
_TYPES = ("self-report", "official-document", "secondary-report", "case-study", "evaluation", "peer-reviewed-study")
_DIRECTIONS = ("improvement", "mixed", "none", "harm")
_SAYS = "Made up for measurements, item"

Held = Sequence[tuple[Actor, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of evidence, as the links to norms need it."""

    beyond: bool  # speaks of more than that something exists
    outcome: bool


def groups(world: World) -> list[str]:
    """Return 1 to 3 groups; 8 % the root alone, 7.5 % with an intersectional group."""
    rng, draw = world.rng, world.rng.random()
    if draw < 0.08:
        return ["everyone"]
    found = world.groups.some(rng, (0.6, 0.27, 0.13))
    return [world.combined.one(rng), *found[1:]] if draw < 0.155 else found


def regions(world: World) -> list[str]:
    """Return 1 to 3 regions as `region/code`: 12 % the world, 10 % wider than a country, 1 % a place beside M49."""
    rng, draw = world.rng, world.rng.random()
    if draw < 0.12:
        return ["region/001"]
    if draw < 0.22:
        return [f"region/{world.wide.one(rng)}"]
    if draw < 0.23:
        return [f"place/{world.places.one(rng)}"]
    return [f"region/{code}" for code in world.countries.some(rng, (0.85, 0.1, 0.05))]


def kinds(world: World) -> list[str]:
    """Return 1 or 2 kinds; a redress mechanism is nothing else besides, as a check asks."""
    found = world.kinds.some(world.rng, (0.75, 0.25))
    return ["redress-mechanism"] if "redress-mechanism" in found else found


def rounds(rng: random.Random) -> list[int]:
    """Return the 1 to 3 rounds that found a practice."""
    wanted = rng.choices((1, 2, 3), (0.65, 0.25, 0.1))[0]
    return sorted(set(rng.choices(_ROUND_NUMBERS, _ROUND_SHARES, k=wanted)))


def holders(world: World, of: Sequence[str], where: Sequence[str], bare: bool) -> Held:
    """Return 1 to 3 actors with their roles; no community's body where the safety rule would protect it."""
    rng = world.rng
    there = world.codes(where)
    sensitive = bool(world.sensitive.intersection(of))
    wanted = 1 if bare else rng.choices((1, 2, 3), (0.6, 0.28, 0.12))[0]
    chosen: dict[str, Actor] = {}
    for _ in range(wanted):
        one = world.actors[world.leads.one(rng)]
        if sensitive and one.community and (one.country in world.guarded or there & world.guarded):
            one = world.actors[world.calm.one(rng)]
        chosen[one.slug] = one
    roles = ["lead", *rng.choices(("partner", "funder", "host"), (0.6, 0.25, 0.15), k=len(chosen) - 1)]
    return list(zip(chosen.values(), roles, strict=True))


def optional(world: World, kinds: Sequence[str], slug: str) -> list[str]:
    """Return what a practice may also say."""
    rng, lines = world.rng, []
    for prop, scheme, share in (
        ("dgekg:operationalStatus", "status", 0.5),
        ("dgekg:participationMode", "participation-mode", 0.4),
        ("dgekg:interventionLevel", "intervention-level", 0.6),
    ):
        if rng.random() < share:
            lines += concepts(prop, scheme, [world.flat[scheme].one(rng)])
    if _POLICY.intersection(kinds) and rng.random() < 0.6:
        lines += concepts("dgekg:policyPhase", "policy-phase", [world.flat["policy-phase"].one(rng)])
    if rng.random() < 0.2:
        lines += concepts("dgekg:evaluatesRisk", "risk", [world.risks.one(rng)])
    if rng.random() < 0.05:
        lines += concepts("dgekg:harmAtStage", "stage", [world.stages.one(rng)])
    if rng.random() < 0.8:
        lines.append(f'dgekg:yearStarted "{2026 - min(int(rng.expovariate(0.25)), 26)}"^^xsd:gYear')
    if rng.random() < 0.7:
        lines.append(f"foaf:page <https://example.org/{slug}>")
    return lines


def evidence(world: World, slug: str, of: Sequence[str], held: Held, bare: bool) -> tuple[list[Found], list[list[str]]]:
    """Return 1 to 3 pieces of evidence and their blocks of Turtle."""
    rng = world.rng
    found, blocks = [], []
    for number in range(1, (1 if bare else rng.choices((1, 2, 3), (0.55, 0.3, 0.15))[0]) + 1):
        scope = "exists" if bare else rng.choices(("exists", "works", "effect"), (0.5, 0.3, 0.2))[0]
        level = rng.choices("01234", (0.05, 0.42, 0.36, 0.14, 0.03))[0]
        evaluator = _independent(world, held) if level in "34" else None
        level = level if evaluator or level not in "34" else "2"
        kind = {"exists": "structural", "works": "output", "effect": "outcome"}[scope]
        direction = rng.choices(_DIRECTIONS, (0.6, 0.2, 0.12, 0.08))[0] if scope == "effect" else "not-applicable"
        shown = scope == "effect" or rng.random() < 0.5
        found.append(Found(scope != "exists", scope == "effect"))
        blocks.append(
            [
                f"<id/evidence/{slug}-{number}> a dgekg:Evidence",
                f'dct:description "{_SAYS} {number}."@en',
                f"dgekg:evidenceType <scheme/evidence-type/{rng.choice(_TYPES)}>",
                f"dgekg:evidenceLevel <scheme/evidence-level/{level}>",
                f"dgekg:speaksTo <scheme/speaks-to/{scope}>",
                f"dgekg:direction <scheme/direction/{direction}>",
                *([f"dgekg:indicatorKind <scheme/indicator-kind/{kind}>"] if shown else []),
                *(concepts("dgekg:aboutGroup", "group", of[:1]) if scope == "effect" else []),
                *([f"dgekg:evaluator <id/actor/{evaluator}>"] if evaluator else []),
                f"dct:source <https://example.org/{slug}/{number}>",
                date("dgekg:accessedOn", min(int(rng.expovariate(1 / 400)), OLDEST - 1)),
                f'dct:language "{rng.choices(("en", "fr", "es", "pt", "ar"), (60, 15, 15, 6, 4))[0]}"',
            ]
        )
    return found, blocks


def supports(world: World, slug: str, kinds: Sequence[str], held: Held, found: Sequence[Found]) -> list[list[str]]:
    """Return 0 to 4 links to provisions and instruments as blocks of Turtle."""
    rng = world.rng
    wanted = rng.choices(range(5), (0.2, 0.35, 0.25, 0.13, 0.07))[0]
    norms = dict.fromkeys(
        (world.provisions if rng.random() < 0.92 else world.instruments).one(rng) for _ in range(wanted)
    )
    blocks = []
    for number, norm in enumerate(norms, 1):
        relation, basis = "concerns", "assigned"
        proof = rng.randrange(len(found)) + 1
        draw = rng.random()
        if draw < 0.2:
            relation, basis = "cites", "self-declared"
        elif draw < 0.4 and _GIVES_EFFECT.intersection(kinds) and held[0][0].duty_bearer:
            relation = "gives-effect-to"
        elif draw < 0.6 and found[proof - 1].outcome:
            relation = "contributes-to"
        strong = relation == "cites" or any(one.beyond for one in found)
        strength = rng.choice(("weak", "moderate", "strong") if strong else ("weak", "moderate"))
        blocks.append(
            [
                f"<id/support/{slug}-{number}> a dgekg:SupportAssertion",
                f"dgekg:supportingPractice <id/practice/{slug}>",
                f"dgekg:supportedNorm <{norm}>",
                f"dgekg:relation <scheme/relation/{relation}>",
                f"dgekg:strength <scheme/strength/{strength}>",
                f"dgekg:basis <scheme/basis/{basis}>",
                f'dgekg:rationale "{_SAYS} {number}."@en',
                f"dgekg:hasEvidence <id/evidence/{slug}-{proof}>",
                "prov:wasAttributedTo <id/actor/dgekg-software-coder>",
                date("dct:issued", 0),
                f"dgekg:reviewStatus <scheme/review-status/{rng.choices(_REVIEW, (0.9, 0.07, 0.03))[0]}>",
            ]
        )
    return blocks


_REVIEW = ("accepted", "proposed", "rejected")


def _independent(world: World, held: Held) -> str | None:
    """Return an actor that holds no part in the practice, or None where a few draws find none."""
    own = {one.slug for one, _role in held}
    return next((slug for slug in (world.leads.one(world.rng) for _ in range(4)) if slug not in own), None)
