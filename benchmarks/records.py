"""Generated records as Turtle: actors, practices with their parts."""

from __future__ import annotations

from benchmarks import parts
from benchmarks.turtle import LICENSE, PREFIXES, RECENT, concepts, date, record
from benchmarks.world import Actor, Practice, World

_APPROACHES = ("empowerment", "mainstreaming", "empowerment-and-mainstreaming")
_FIRST = RECENT + 9


def actor(one: Actor) -> str:
    """Return the file of an actor."""
    lines = [
        f"<id/actor/{one.slug}> a dgekg:Actor, org:Organization",
        f'foaf:name "Generated actor {one.slug[-5:]} (no organisation)"@en',
        f"org:classification <scheme/sector/{one.sector}>",
        *([f"dgekg:basedIn <scheme/region/{one.country}>"] if one.country else []),
        f"dgekg:dutyBearer {str(one.duty_bearer).lower()}",
        LICENSE, date("dct:issued", _FIRST), date("dct:modified", _FIRST),
    ]  # fmt: skip
    return PREFIXES + "\n" + record(lines)


def practice(world: World, number: int) -> tuple[str, str, list[str], Practice]:
    """Return slug, file, regions and what statements need of one practice."""
    rng, name = world.rng, f"{number:0{world.width}d}"
    slug, bare = f"generated-{name}", rng.random() < 0.15
    groups, regions = parts.groups(world), parts.regions(world)
    stages = ["whole-lifecycle"] if rng.random() < 0.1 else world.stages.some(rng, (0.55, 0.3, 0.15))
    kinds, levers = parts.kinds(world), world.levers.some(rng, (0.6, 0.3, 0.1))
    sectors = [] if bare else world.sectors.some(rng, (0.2, 0.5, 0.2, 0.1), 0)
    led_by = groups[:1] if not bare and rng.random() < 0.1 and groups != ["everyone"] else []
    held = parts.holders(world, groups, regions, bare)
    sensitive = bool(world.sensitive.intersection(groups))
    issued = rng.randrange(5, RECENT)
    lines = [f"<id/practice/{slug}> a dgekg:Practice"]
    for language in world.texts.languages(rng):
        lines.append(f'dct:title "{world.texts.title(rng, language, name)}"@{language}')
        lines.append(f'dct:description "{world.texts.description(rng, language)}"@{language}')
    lines += concepts("dgekg:practiceType", "kind", kinds)
    lines += concepts("dgekg:approach", "approach", [rng.choices(_APPROACHES, (0.3, 0.55, 0.15))[0]])
    lines += concepts("dgekg:lever", "lever", levers)
    relation = rng.choices(("actsAtStage", "governsStage", "enablesStage"), (0.6, 0.25, 0.15))[0]
    lines += concepts(f"dgekg:{relation}", "stage", stages)
    lines += concepts("dgekg:addressesGroup", "group", groups) + concepts("dgekg:ledByGroup", "group", led_by)
    lines += [f"dgekg:inRegion <scheme/{region}>" for region in regions]
    lines += concepts("dgekg:applicationSector", "application-sector", sectors)
    lines += [] if bare else parts.optional(world, kinds, slug)
    found, levels = parts.evidence(world, slug, groups, held, bare)
    supports = parts.supports(world, slug, kinds, held, found)
    lines += [f"prov:qualifiedAttribution <id/attribution/{slug}-{n}>" for n in range(1, len(held) + 1)]
    lines += [f"dgekg:hasEvidence <id/evidence/{slug}-{n}>" for n in range(1, len(found) + 1)]
    lines += [f"dgekg:foundInRound <id/collection/generated-round-{n}>" for n in parts.rounds(rng)]
    lines += [
        f"dgekg:exposure <scheme/exposure/{'with-care' if sensitive or rng.random() < 0.3 else 'open'}>", LICENSE,
        date("dct:issued", issued), date("dct:modified", rng.randrange(1, issued + 1)),
    ]  # fmt: skip
    held_parts = [
        [f"<id/attribution/{slug}-{n}> a prov:Attribution", f"prov:agent <id/actor/{who.slug}>",
         f"prov:hadRole <scheme/role/{role}>"]
        for n, (who, role) in enumerate(held, 1)
    ]  # fmt: skip
    text = PREFIXES + "".join("\n" + record(block) for block in [lines, *held_parts, *levels, *supports])
    brief = Practice(frozenset(groups), frozenset(stages), frozenset(kinds), frozenset(sectors))
    return slug, text, regions, brief
