"""What must be said beside demand: how much is on record, whose words it is, and how lopsided it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dgekg import packaged
from dgekg.coverage import Gap, View
from dgekg.demand.ranked import Ordered
from dgekg.demand.recorded import Place, Recorded
from dgekg.lookup import Names

COLUMNS = ("on_record", "was")
_TOLD = ("group", "right", "region")
_SPOKEN = ("group", "right", "risk", "region", "sector")


def sentences(recorded: Recorded, view: View, label: Callable[[str], str], language: str = "en") -> list[str]:
    """Return what a reader must know of demand before reading an order made with it.

    Args:
        recorded: the demand.
        view: what is looked at.
        label: from the IRI of a concept to words.
        language: en, fr or es.
    """
    count = len(recorded)
    if not count:
        return [say(f"none.{recorded.sort}", language)]
    lines = [say(f"{recorded.sort}.{'one' if count == 1 else 'many'}", language).format(n=count)]
    for one in recorded.credits:
        told = {"title": one.title, "publisher": one.publisher, "licence": one.licence, "accessed": one.accessed}
        lines.append(say("credit", language).format(**told))
    stated = [say(f"stating.{d}", language).format(n=recorded.stating(d)) for d in _TOLD]
    lines.append(say("stating", language).format(n=count, list=say("and", language).join(stated)))
    lines.append(
        say("places", language).format(list="; ".join(_place(one, label, language) for one in recorded.places))
    )
    if not recorded.speaks_of(view):
        lines.append(say("silent", language))
    lines.append(say("never", language))
    return lines


def about(asked: Ordered, names: Names, language: str = "en") -> dict[str, Any]:
    """Return the same as data: how many records, how lopsided, whose they are and under which licence."""
    recorded = asked.recorded

    def label(iri: str) -> str:
        return names.label(iri, language)

    places = [
        {"region": one.iri, "label": label(one.iri) if one.iri else "", "records": one.records}
        for one in recorded.places
    ]
    return {
        "sort": recorded.sort,
        "records": len(recorded),
        "stating": {name: recorded.stating(name) for name in _SPOKEN},
        "places": places,
        "sources": [asdict(one) for one in recorded.credits],
        "notes": sentences(recorded, asked.view, label, language),
    }


def columns(
    asked: Ordered, gaps: Sequence[Gap], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[list[str], list[list[Any]]]:
    """Add to columns and rows of gaps how much is on record, and the place that each gap had without demand."""
    told = [[asked.records(gap), asked.was(gap) or ""] for gap in gaps]
    return [*names, *COLUMNS], [[*row, *more] for row, more in zip(rows, told, strict=True)]


def _place(one: Place, label: Callable[[str], str], language: str) -> str:
    if not one.iri:
        return say("place.none", language).format(n=one.records)
    if one.whole:
        return say("place.world", language).format(n=one.records)
    if one.most:
        told = {"place": label(one.iri), "n": one.records, "most": label(one.most), "m": one.most_records}
        return say("place.most", language).format(**told)
    return f"{label(one.iri)} {one.records}"


def say(key: str, language: str) -> str:
    """Return a message of `words/demand.*.yaml`."""
    return _words(language)[key]


def _words(language: str) -> Mapping[str, str]:
    found: Mapping[str, str] = packaged.table(f"words/demand.{language}.yaml")
    return found
