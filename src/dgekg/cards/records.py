"""What a gap card holds: plain values; the words are made from them (`cards.words`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dgekg.coverage import Gap, View
from dgekg.duties import Adoption, Norm, Voice


@dataclass(frozen=True, slots=True)
class Duty:
    """A norm that concerns the cell.

    Attributes:
        norm: the provision or instrument.
        subject: what it is about, by language.
        opened: whether its text was opened for this collection.
        binds: whether it binds in the cell's place; anywhere, where no place is asked for.
        parties: how many jurisdictions on record are bound, within the cell's region where it has one.
        act: the act on record of the cell's country; None where it has none, or the cell is no country.
        note: what the record of that act says of itself, such as how old its source is, by language.
    """

    norm: Norm
    subject: Mapping[str, str]
    opened: bool
    binds: bool
    parties: int
    act: Adoption | None
    note: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """A round of collection: method and kind are IRIs, `by` are actors, days as `2026-11-21`, "" if not said."""

    iri: str
    method: tuple[str, ...]
    kind: str
    languages: tuple[str, ...]
    by: tuple[str, ...]
    began: str
    ended: str


@dataclass(frozen=True, slots=True)
class Search:
    """A dated search that found none, with the round that made it, if that is on record."""

    iri: str
    date: str
    said: Mapping[str, str]
    round: Round | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Whether anybody looked.

    Attributes:
        searches: those that decide the cell; empty where there is none.
        overtaken: how many searches a practice found since has overtaken.
        rounds: those that found the cell's practices, each with how many; where nobody looked, the rounds that the
            collection has at all, with 0.
    """

    searches: tuple[Search, ...]
    overtaken: int
    rounds: tuple[tuple[Round, int], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """A practice to learn from, with its conditions.

    Attributes:
        practice: IRI.
        shown: code of what is known of its effect: improvement, none, mixed, harm; "" for documented only.
        level: of the evidence for that; of its best evidence where it is documented only.
        about: the groups that the evidence is about; empty where it names none.
        apart: how many steps up from the cell one must go, by dimension, until the practice is inside.
        groups: for whom it is.
        regions: where.
        stages: at which stages.
    """

    practice: str
    shown: str
    level: int
    about: tuple[str, ...]
    apart: tuple[tuple[str, int], ...]
    groups: tuple[str, ...]
    regions: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """Who can act: a role, what it bears ("duty", "responsibility", "means"), and the rule or norm that says so."""

    role: str
    bears: str
    because: str


@dataclass(frozen=True, slots=True)
class Consult:
    """Who must be asked first.

    Attributes:
        groups: whose organisations; empty where the cell names no group.
        parts: what those groups combine.
        named: organisations on record that may be named.
        care: whether naming anybody here could endanger people.
    """

    groups: tuple[str, ...]
    parts: tuple[str, ...]
    named: tuple[str, ...]
    care: bool


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a gap is: "weak", "fair" or "firm"; and the facts that hold, each with its word, the weakest first."""

    word: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GapCard:
    """One gap, with what somebody needs who wants to fill it.

    Attributes:
        gap: the gap.
        view: what was asked.
        at: what the cell speaks of, by coordinate: its rows, and filters with a single value.
        duties: the nearest binding norms, of different instruments.
        more: how many more binding instruments concern it.
        guidance: the nearest norm that does not bind, or None.
        findings: supervisory findings, the newest first.
        looked: whether anybody looked.
        helped: practices near by that helped, or are at least documented.
        failed: the nearest with no, mixed or harmful results that may be named, or None.
        unnamed: whether another one, nearer than that, is not named.
        power: who can act.
        consult: who must be asked first.
        certainty: how sure it is.
        place: the one region that the cell is about, or "".
        country: whether that is a country.
    """

    gap: Gap
    view: View
    at: Mapping[str, str]
    duties: tuple[Duty, ...]
    more: int
    guidance: Duty | None
    findings: tuple[Voice, ...]
    looked: Looked
    helped: tuple[Near, ...]
    failed: Near | None
    unnamed: bool
    power: tuple[Power, ...]
    consult: Consult
    certainty: Certainty
    place: str
    country: bool
