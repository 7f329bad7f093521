"""The collection's assessment of itself: one query's counts, put into sentences, lists and a table of the rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dgekg.coverage.arrays import popcount
from dgekg.explain.listing import language_name
from dgekg.folding import fold
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.snapshot import query

_LANGUAGES = 12


@dataclass(frozen=True)
class Round:
    """A round of collection, as the table shows it.

    Attributes:
        facts: its title, kind, languages and figures.
        searches: how many of its searches are on record.
        found: practices that it found, whichever other round found them too.
    """

    facts: Facts
    searches: int
    found: int


def counts(visit: Visit) -> Mapping[str, Mapping[str, int]]:
    """Return what was counted -> by what -> how many, as the query has them."""
    found: dict[str, dict[str, int]] = {}
    for what, value, number in visit.observatory.store.select(query("ourselves")).rows:
        if what is not None and number is not None and int(number.value):
            found.setdefault(what.value, {})["" if value is None else value.value] = int(number.value)
    return found


def assessment(visit: Visit) -> dict[str, Any]:
    """Return what the page tells of the collection itself."""
    found = counts(visit)

    def one(what: str, value: str = "") -> int:
        return found.get(what, {}).get(value, 0)

    total = len(visit.observatory.index.practices)
    links = found.get("links by basis", {})
    return {
        "total": total,
        "one": one,
        "criteria_by": [visit.label(iri) for iri in found.get("chose the criteria", {})],
        "coded": [(what, _coders(found, what)) for what in ("links", "mappings", "ratings")],
        "links": [(iri, n, _share(n, sum(links.values()))) for iri, n in links.items()],
        "languages": [
            (what, _languages(visit, found.get(f"{what} by language", {}))) for what in ("rounds", "sources", "titles")
        ],
        "south": _share(one("led from the South"), one("led from somewhere")),
        "levels": sorted(found.get("evidence by level", {}).items()),
        "directions": list(found.get("evidence by direction", {}).items()),
        "participation": list(found.get("practices by participation", {}).items()),
        "labels": list(found.get("labels by review", {}).items()),
        "query": query("ourselves"),
    }


def _coders(found: Mapping[str, Mapping[str, int]], what: str) -> Sequence[tuple[str, int]]:
    """Return how much software, persons and organisations coded; those that coded nothing say so."""
    by = found.get(f"{what} by coder", {})
    return [(who, by.get(who, 0)) for who in ("software", "person", "organisation")]


def _share(part: int, whole: int) -> str:
    """Return a share in percent, rounded, but never nought of what there is.

    >>> _share(1, 3), _share(2, 1256), _share(0, 0)
    ('33', '< 1', '0')
    """
    share = round(100 * part / whole) if whole else 0
    return "< 1" if part and not share else str(share)


def _languages(visit: Visit, by: Mapping[str, int]) -> tuple[list[tuple[str, int]], int]:
    """Return the most frequent languages by name, and how many others there are."""
    names = sorted(by.items(), key=lambda one: (-one[1], one[0]))
    shown = [(language_name(tag, visit.language) or tag, n) for tag, n in names[:_LANGUAGES]]
    return shown, len(names) - len(shown)


def rounds(visit: Visit) -> list[Round]:
    """Return the rounds of collection: systematic ones first, then by name."""
    members = visit.observatory.index.members("round")
    found = []
    for iri, facts in visit.snapshot.facts("rounds").items():
        bits = members.get(iri)
        found.append(Round(facts, len(facts.all("search")), 0 if bits is None else popcount(bits)))

    def order(one: Round) -> tuple[bool, str]:
        return not one.facts.one("kind").endswith("/systematic"), fold(visit.label(one.facts.iri))

    return sorted(found, key=order)
