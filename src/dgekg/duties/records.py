"""Norms, acts of adoption, supervisory findings and what was asked for, as read from a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dgekg import template
from dgekg.store.base import Store, value_of

BINDING = ("binding-on-states", "binding-on-institutions")
BOUND = ("ratified", "acceded", "in-force")
Said = Mapping[str, frozenset[str]]
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Norm:
    """A provision, or an instrument as a whole.

    Attributes:
        iri: its address.
        instrument: the instrument that it is part of, or is.
        number: its article, as written; "" for an instrument.
        force: code of its binding force.
        since: day or year it came into force; "" if it has not, or nobody said so.
        groups: whose rights it protects; empty where nothing says so, which counts as everyone.
        rights: what it guarantees.
        stages: the stages that it governs; empty for the whole lifecycle.
        places: jurisdictions that it was made for.
        duty_on: roles in the AI value chain on which it lays a duty.
    """

    iri: str
    instrument: str
    number: str
    force: str
    since: str
    groups: frozenset[str]
    rights: frozenset[str]
    stages: frozenset[str]
    places: frozenset[str]
    duty_on: frozenset[str]

    def binds_on(self, day: str) -> bool:
        """Whether it is binding and in force on a day, as `2026-11-21`; a year alone counts from its first day."""
        return self.force in BINDING and bool(self.since) and self.since <= day


@dataclass(frozen=True, slots=True)
class Adoption:
    """Where one jurisdiction stands towards one instrument.

    Attributes:
        iri: the record.
        instrument: the instrument.
        place: the jurisdiction.
        status: IRI of the status.
        date: day or year from which it holds.
        accessed: day on which the record's source was read; "" if not said.
        reserved: provisions that it reserved.
    """

    iri: str
    instrument: str
    place: str
    status: str
    date: str
    accessed: str
    reserved: frozenset[str]

    @property
    def bound(self) -> bool:
        """Whether it has consented to be bound; signing alone binds nobody."""
        return self.status.rsplit("/", 1)[-1] in BOUND


@dataclass(frozen=True, slots=True)
class Voice:
    """A supervisory finding, or a record in which people asked for something.

    Attributes:
        iri: the record.
        said: stage, group, region, norm, right -> concepts; what is left out is left open.
        date: day of a finding, or "".
        issuers: who made a finding.
    """

    iri: str
    said: Said
    date: str
    issuers: frozenset[str]


def read_norms(store: Store, queries: Path) -> tuple[Norm, ...]:
    """Return every provision and instrument, by address.

    Raises:
        SourceError: a query file is missing.
        QueryError, StoreError: as `Store.select`.
    """
    said = _said(store, queries, "norms")
    found = []
    for iri, own in said.items():
        instrument = min(own.get("instrument", frozenset({iri})))
        whole = said.get(instrument, {})

        def either(what: str, own: Said = own, whole: Said = whole) -> frozenset[str]:
            return own.get(what) or whole.get(what, _NOTHING)

        found.append(
            Norm(
                iri,
                instrument,
                min(own.get("number", _NOTHING), default=""),
                min(either("force"), default="").rsplit("/", 1)[-1],
                min(either("since"), default=""),
                either("group"),
                own.get("right", _NOTHING),
                own.get("stage", _NOTHING),
                either("jurisdiction"),
                own.get("duty-on", _NOTHING),
            )
        )
    return tuple(found)


def read_adoptions(store: Store, queries: Path, day: str) -> dict[str, dict[str, Adoption]]:
    """Return instrument -> jurisdiction -> its last act on record by a day. Errors as `read_norms`."""
    rows: dict[tuple[str, str], tuple[dict[str, str], set[str]]] = {}
    table = store.select(template.read(queries / "cards" / "adoptions.rq"))
    for row in table.dicts():
        if row["date"] <= day:
            reserved = rows.setdefault((row["adoption"], row["jurisdiction"]), (row, set()))[1]
            reserved.update([row["reserved"]] if "reserved" in row else [])
    last: dict[str, dict[str, Adoption]] = {}
    for (iri, place), (row, reserved) in rows.items():
        one = Adoption(
            iri, row["instrument"], place, row["status"], row["date"], row.get("accessed", ""), frozenset(reserved)
        )
        known = last.setdefault(one.instrument, {}).get(place)
        if known is None or (known.date, known.iri) < (one.date, one.iri):
            last[one.instrument][place] = one
    return last


def read_voices(store: Store, queries: Path, view: str) -> tuple[Voice, ...]:
    """Return the findings (`view` "findings") or what was asked for ("asks"). Errors as `read_norms`."""
    return tuple(
        Voice(
            iri,
            {what: values for what, values in own.items() if what not in ("date", "issuer")},
            max(own.get("date", _NOTHING), default=""),
            own.get("issuer", _NOTHING),
        )
        for iri, own in _said(store, queries, view).items()
    )


def read_countries(store: Store, queries: Path) -> frozenset[str]:
    """Return the countries. Errors as `read_norms`."""
    rows = store.select(template.read(queries / "cards" / "countries.rq")).dicts()
    return frozenset(row["country"] for row in rows)


def _said(store: Store, queries: Path, view: str) -> dict[str, Said]:
    """Return a table of thing, what, value as thing -> what -> values, by address."""
    found: dict[str, dict[str, set[str]]] = {}
    for thing, what, value in store.select(template.read(queries / "cards" / f"{view}.rq")).rows:
        if thing is not None and what is not None and value is not None:
            found.setdefault(value_of(thing), {}).setdefault(value_of(what), set()).add(value_of(value))
    return {thing: {what: frozenset(values) for what, values in said.items()} for thing, said in sorted(found.items())}
