"""What the cards read from a store: rounds, searches, effects of practices, organisations of a group, texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from dgekg import template
from dgekg.cards.records import Round, Search
from dgekg.store.base import Store, Term, value_of

_Values = dict[str, list[Term]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one piece of evidence says a practice changed: codes, and the groups it is about."""

    practice: str
    direction: str
    level: int
    speaks: str
    indicator: str
    groups: tuple[str, ...]

    @property
    def improved(self) -> bool:
        """Whether an outcome improved."""
        return (self.speaks, self.indicator, self.direction) == ("effect", "outcome", "improvement")


class Reader:
    """Reads from one version. Errors as `Store.select`, and SourceError for a missing query file."""

    def __init__(self, store: Store, queries: Path) -> None:
        self._store, self._cards = store, queries / "cards"

    def rounds(self) -> dict[str, Round]:
        """Return every round, by address."""
        found = {}
        for iri, said in self._table("rounds").items():
            began, ended = (min(_texts(said, what), default="")[:10] for what in ("began", "ended"))
            method, languages, by = (tuple(_texts(said, what)) for what in ("method", "language", "by"))
            found[iri] = Round(iri, method, min(_texts(said, "kind"), default=""), languages, by, began, ended)
        return found

    def searches(self, statements: Iterable[str], rounds: Mapping[str, Round]) -> tuple[Search, ...]:
        """Return searches, the newest first."""
        found = []
        for iri, said in self._table("searches", "statement", statements).items():
            activity, date = (max(_texts(said, what), default="") for what in ("round", "date"))
            found.append(Search(iri, date, _spoken(said, "said"), rounds.get(activity)))
        return tuple(sorted(found, key=lambda s: (s.date, s.iri), reverse=True))

    def effects(self) -> tuple[Effect, ...]:
        """Return all evidence that has a direction."""
        found: dict[str, tuple[dict[str, str], list[str]]] = {}
        for row in self._store.select(template.read(self._cards / "effects.rq")).dicts():
            groups = found.setdefault(row["evidence"], (row, []))[1]
            groups.extend([row["group"]] if "group" in row else [])
        return tuple(
            Effect(
                row["practice"],
                _code(row["direction"]),
                int(_code(row["level"])),
                _code(row["speaks"]),
                _code(row.get("indicator", "")),
                tuple(groups),
            )
            for row, groups in found.values()
        )

    def conditions(self, practices: Iterable[str]) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return practice -> group, region, stage, level -> values."""
        table = self._table("practices", "practice", practices)
        return {iri: {what: tuple(_texts(said, what)) for what in said} for iri, said in table.items()}

    def communal(self) -> frozenset[str]:
        """Return the practices that civil society or a community's own body leads."""
        rows = self._store.select(template.read(self._cards / "communal.rq")).dicts()
        return frozenset(row["practice"] for row in rows)

    def led(self) -> tuple[tuple[str, str, str], ...]:
        """Return group, organisation of it that may be named, and its country or ""."""
        rows = self._store.select(template.read(self._cards / "led.rq")).dicts()
        return tuple((row["group"], row["actor"], row.get("country", "")) for row in rows)

    def parts(self) -> dict[str, tuple[str, ...]]:
        """Return group -> what it combines."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self._store.select(template.read(self._cards / "parts.rq")).dicts():
            found[row["group"]] = (*found.get(row["group"], ()), row["part"])
        return found

    def texts(self, norms: Iterable[str]) -> dict[str, tuple[dict[str, str], bool]]:
        """Return norm -> what it is about by language, and whether its text was opened."""
        found = {}
        for iri, said in self._table("texts", "norm", norms).items():
            opened = "text-opened" in _texts(said, "verification")
            found[iri] = (_spoken(said, "subject") or _spoken(said, "description"), opened)
        return found

    def _table(self, view: str, slot: str = "", things: Iterable[str] = ()) -> dict[str, _Values]:
        """Return thing -> what -> values; of some things, where the query has a slot for them."""
        text = template.read(self._cards / f"{view}.rq")
        if slot:
            nodes = [NamedNode(thing) for thing in things]
            if not nodes:
                return {}
            text = template.bind(text, {slot: nodes})
        found: dict[str, _Values] = {}
        for thing, what, value in self._store.select(text).rows:
            if thing is not None and what is not None and value is not None:
                found.setdefault(value_of(thing), {}).setdefault(value_of(what), []).append(value)
        return found


def _texts(said: _Values, what: str) -> list[str]:
    return [value_of(term) for term in said.get(what, ())]


def _spoken(said: _Values, what: str) -> dict[str, str]:
    return {term.language or "": term.value for term in said.get(what, ()) if isinstance(term, Literal)}


def _code(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
