"""Human-rights duties and rules for AI, provision by provision: what overlaps, specifies, interprets, conflicts, and
which duties no rule specifies. Mappings are made by hand: what none is recorded for may never have been compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from dgekg.web.facts import Facts
from dgekg.web.house import Visit

RELATIONS = ("conflicts", "specifies", "interprets", "overlaps")
_RIGHTS = "human-rights"


@dataclass(frozen=True)
class Reading:
    """A rule for AI read beside a human-rights duty: its mapping, the relation's code, both provisions, the reasons."""

    mapping: str
    relation: str
    rule: str
    duty: str
    why: tuple[tuple[str, str], ...]

    def reason(self, language: str) -> tuple[str, str]:
        """Return why, and the language it is in: that of the page, else English, else any; "" where nobody said."""
        said = dict(self.why)
        for one in (language, "en"):
            if one in said:
                return said[one], one
        return (next(iter(said.values())), next(iter(said))) if said else ("", "")


@dataclass(frozen=True)
class Text:
    """An instrument of human rights: its provisions on record, those that a rule specifies, those linked otherwise."""

    iri: str
    provisions: int
    specified: int
    linked: int

    @property
    def bare(self) -> int:
        """How many have no link to a rule for AI on record at all."""
        return self.provisions - self.specified - self.linked


@dataclass(frozen=True)
class Duties:
    """The whole comparison.

    Attributes:
        readings: in the order conflicts, specifies, interprets, overlaps, then by duty.
        texts: instruments of human rights with provisions on record, those with most links first.
        provisions: duties on record.
        unspecified: those that no rule on record specifies, them or a part of them, in order.
        linked: how many of the unspecified have a link of another kind.
    """

    readings: tuple[Reading, ...]
    texts: tuple[Text, ...]
    provisions: int
    unspecified: tuple[str, ...]
    linked: int


def compared(visit: Visit) -> Duties:
    """Return what is on record of this version; every figure is of accepted mappings."""
    index, norms = visit.observatory.index, visit.snapshot.norms
    owner: dict[str, str] = {}
    instruments = index.concepts("instrument")
    for provision in index.concepts("provision"):
        whole = next((w for w in sorted(index.within.get(provision, ())) if w in instruments), "")
        if norms.get(whole, Facts(whole, {})).one("family").endswith(f"/{_RIGHTS}"):
            owner[provision] = whole
    readings = _readings(visit)
    specified = _reached((r.duty for r in readings if r.relation == "specifies"), index.within) & owner.keys()
    linked = (_reached((r.duty for r in readings), index.within) & owner.keys()) - specified
    texts = []
    for whole in sorted(set(owner.values())):
        own = {p for p, one in owner.items() if one == whole}
        texts.append(Text(whole, len(own), len(own & specified), len(own & linked)))
    texts.sort(key=lambda t: (-t.specified - t.linked, -t.provisions, visit.label(t.iri)))
    return Duties(
        tuple(sorted(readings, key=lambda r: (_rank(r.relation), *natural(visit, r.duty), *natural(visit, r.rule)))),
        tuple(texts),
        len(owner),
        tuple(sorted(owner.keys() - specified, key=lambda p: natural(visit, p))),
        len(linked),
    )


def natural(visit: Visit, provision: str) -> list[tuple[int, str]]:
    """Return what puts provisions in the order of a reader: numbers as numbers."""
    parts = re.split(r"(\d+)", visit.label(provision).casefold())
    return [(int(p), "") if p.isascii() and p.isdigit() else (-1, p) for p in parts]


def _readings(visit: Visit) -> list[Reading]:
    found: dict[str, tuple[str, str, str, list[tuple[str, str]]]] = {}
    for mapping, kind, rule, duty, why in visit.snapshot.duty_maps:
        if mapping is None or kind is None or rule is None or duty is None:
            continue
        line = found.setdefault(mapping.value, (kind.value.rsplit("/", 1)[-1], rule.value, duty.value, []))
        if isinstance(why, Literal):
            line[3].append((why.language or "", why.value))
    return [Reading(iri, kind, rule, duty, tuple(why)) for iri, (kind, rule, duty, why) in found.items()]


def _reached(provisions: Iterable[str], within: Mapping[str, Sequence[str] | frozenset[str]]) -> set[str]:
    """Return provisions with all that they are part of: who specifies a part specifies something of the whole."""
    return {whole for one in provisions for whole in (one, *within.get(one, ()))}


def _rank(relation: str) -> int:
    return RELATIONS.index(relation) if relation in RELATIONS else len(RELATIONS)
