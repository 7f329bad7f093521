"""Recorded harm from databases of others: incident by group, right or harm, and place, in a graph of its own.

Only codes, a number, a date and the address in the database are taken over: no title and no text, for these name
people.
Rows of several tables that carry the same number are one incident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from dgekg.demand.graph import FILE, KINDS, Credit, Incident, put
from dgekg.identifiers import SLUG
from dgekg.importers.convert import Converted
from dgekg.importers.fields import Fields, Holds, Plain
from dgekg.importers.sidecar import Source
from dgekg.importers.trouble import Place, Trouble, violation

FIELDS: Fields = Plain(
    {
        **{dimension: Holds("concept", (scheme,)) for dimension, (_property, scheme) in KINDS.items()},
        "identifier": Holds("text", most=1),
        "date": Holds("date", most=1),
        "source": Holds("iri", most=1),
    }
)
_KEPT = ("identifier", "date", "source")


class Gathered:
    """Incidents as rows come in.

    Args:
        before: incidents that are in and stay, where only mended rows are fed.
    """

    def __init__(self, before: Iterable[Incident] = ()) -> None:
        self._said: dict[str, dict[str, set[str]]] = {}
        for one in before:
            own = self._said.setdefault(one.number, {name: set(codes) for name, codes in one.said.items()})
            own.update({"date": {one.date} - {""}, "source": {one.address} - {""}})

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._said)

    def add(self, row: Converted) -> Trouble | None:
        """Take in what a row says of an incident; return what is wrong with its number."""
        number = str(next(iter(row.said.get("identifier", ())), ""))
        if not SLUG.fullmatch(number.lower()):
            column = next(iter(row.columns.get("identifier", ())), "")
            at = Place(row.place.file, row.place.sheet, row.place.row, column)
            return violation("incident.number", at, number)
        own = self._said.setdefault(number.lower(), {})
        for name, values in row.said.items():
            if name in _KEPT:
                own.setdefault(name, set(map(str, values[:1])) if values else set())
            else:
                own.setdefault(name, set()).update(map(str, values))
        return None

    def write(self, folder: Path, source: Source) -> bool:
        """Write the graph of a source; return whether it says something else than before."""
        return put(folder / FILE, credit(source), map(self._incident, sorted(self._said, key=_natural)))

    def _incident(self, number: str) -> Incident:
        own: Mapping[str, set[str]] = self._said[number]
        said = {name: sorted(values) for name, values in own.items() if name in KINDS and values}
        first = {name: min(own.get(name) or {""}) for name in ("date", "source")}
        return Incident(number, said, first["date"], first["source"])


def credit(source: Source) -> Credit:
    """Return the credit of a source."""
    return Credit(
        source.id, source.title, source.publisher, source.licence, source.address, source.accessed.isoformat()
    )


def _natural(number: str) -> tuple[object, ...]:
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in re.split(r"(\d+)", number) if p)
