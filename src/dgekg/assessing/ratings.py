"""Every rating with who gave it: what agreement and disagreement are reckoned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dgekg import template
from dgekg.store.base import Store

Unit = tuple[str, str, str]
"""Practice, group and code of the criterion: what one rating is about."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One assessment.

    Attributes:
        iri: its address.
        practice: IRI.
        group: IRI.
        criterion: code, such as C0.
        rating: code, such as partly.
        assessor: IRI of the actor.
        software: whether the actor is software.
        settles: whether it adjudicates, so that whoever gave it saw other ratings.
        date: ISO day.
    """

    iri: str
    practice: str
    group: str
    criterion: str
    rating: str
    assessor: str
    software: bool
    settles: bool
    date: str

    @property
    def unit(self) -> Unit:
        """What it is about."""
        return self.practice, self.group, self.criterion


def read(store: Store, queries: Path) -> list[Rating]:
    """Return all ratings of a store, in the order of their addresses."""
    text = template.read(queries / "system" / "ratings-by-assessor.rq")
    return [
        Rating(
            row["assessment"],
            row["practice"],
            row["group"],
            row["criterion"],
            row["rating"],
            row["assessor"],
            row["software"] in ("true", "1"),
            row["settles"] in ("true", "1"),
            row["date"],
        )
        for row in store.select(text).dicts()
    ]


def blind(ratings: Iterable[Rating]) -> dict[Unit, dict[str, Rating]]:
    """Return, by what they are about, the ratings given without sight of others': assessor -> their newest."""
    found: dict[Unit, dict[str, Rating]] = {}
    for rating in ratings:
        if rating.settles:
            continue
        mine = found.setdefault(rating.unit, {})
        known = mine.get(rating.assessor)
        if known is None or (rating.date, rating.iri) > (known.date, known.iri):
            mine[rating.assessor] = rating
    return found


@dataclass(frozen=True, slots=True)
class Dispute:
    """Ratings of one practice, group and criterion that differ; `settled` once an adjudication names them all."""

    unit: Unit
    ratings: tuple[Rating, ...]
    settled: bool


def disputes(ratings: Iterable[Rating], settled: bool = False) -> list[Dispute]:
    """Return where raters differ.

    Args:
        ratings: all of them.
        settled: also what an adjudication has decided.
    """
    every = list(ratings)
    decided: dict[Unit, str] = {}
    for rating in every:
        if rating.settles:
            decided[rating.unit] = max(rating.date, decided.get(rating.unit, ""))
    found = []
    for unit, given in sorted(blind(every).items()):
        if len({rating.rating for rating in given.values()}) < 2:
            continue
        newest = max(rating.date for rating in given.values())
        is_settled = unit in decided and decided[unit] >= newest
        if settled or not is_settled:
            found.append(Dispute(unit, tuple(given[name] for name in sorted(given)), is_settled))
    return found
