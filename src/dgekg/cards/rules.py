"""The rules of the cards, read from `queries/cards.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dgekg import identifiers, template
from dgekg.cards.records import Certainty, Power
from dgekg.coverage.kinds import KINDS
from dgekg.errors import InputError, SourceError

BEARS = ("duty", "responsibility", "means")
WORDS = ("weak", "fair", "firm")
FACTS = (
    "nobody-searched",
    "from-afar",
    "stale",
    "only-claims",
    "part-not-published",
    "no-systematic-round",
    "one-search",
    "few-practices",
    "systematic-round",
    "several-searches",
    "documented",
)
_LOOK_AT = ("lever", "kind", "stage")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, with IRIs in place of codes.

    Attributes:
        bears: role -> what it bears, of `BEARS`.
        power: dimension -> concept -> roles; for "gap", kind of gap -> roles.
        certainty: fact, of `FACTS` -> word, of `WORDS`.
        first_right: the right whose articles come first where a cell asks for none.
        state: the role that stands for the State.
    """

    bears: Mapping[str, str]
    power: Mapping[str, Mapping[str, tuple[str, ...]]]
    certainty: Mapping[str, str]
    first_right: str
    state: str

    def who(self, kind: str, at: Mapping[str, Iterable[str]], norm: str = "") -> tuple[Power, ...]:
        """Return who can act on a gap of a kind.

        Args:
            kind: of the gap.
            at: dimension -> the cell's concepts and everything broader, the nearest first.
            norm: the nearest norm that binds there; where there is one, the State is the first to act.
        """
        found = {self.state: Power(self.state, self.bears[self.state], norm)} if norm else {}
        for dimension in _LOOK_AT:
            for concept in at.get(dimension, ()):
                for role in self.power[dimension].get(concept, ()):
                    found.setdefault(role, Power(role, self.bears[role], concept))
        for role in self.power["gap"].get(kind, ()):
            found.setdefault(role, Power(role, self.bears[role], ""))
        return tuple(sorted(found.values(), key=lambda p: BEARS.index(p.bears)))

    def sure(self, facts: Iterable[str]) -> Certainty:
        """Return the weakest word of the facts that hold ("weak" if none does), and all of them, the weakest first."""
        held = sorted(set(facts), key=lambda fact: (self._rank(fact), FACTS.index(fact)))
        reasons = tuple((fact, self.certainty[fact]) for fact in held)
        return Certainty(reasons[0][1] if reasons else WORDS[0], reasons)

    def _rank(self, fact: str) -> int:
        return WORDS.index(self.certainty[fact])


def read_rules(path: Path) -> Rules:
    """Read the rules.

    Raises:
        SourceError: the file is missing or broken; it is said where and what was expected.
    """
    try:
        raw = yaml.safe_load(template.read(path))
        bears = {_concept(role): name for name in BEARS for role in raw["bears"][name]}
        power = {dimension: _table(dimension, table) for dimension, table in raw["power"].items()}
        certainty = {str(fact): str(word) for fact, word in raw["certainty"].items()}
        _check(bears, power, certainty)
        return Rules(bears, power, certainty, _concept(raw["first-right"]), _concept(raw["state"]))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, InputError) as error:
        raise SourceError(f"{path}: expected bears, power, certainty, first-right and state: {error}") from error


def _check(
    bears: Mapping[str, str], power: Mapping[str, Mapping[str, tuple[str, ...]]], certainty: Mapping[str, str]
) -> None:
    if set(power) != {*_LOOK_AT, "gap"}:
        raise ValueError(f"power must have exactly {', '.join(_LOOK_AT)} and gap")
    if set(power["gap"]) != set(KINDS):
        raise ValueError(f"power, gap must have exactly {', '.join(KINDS)}")
    if not set(BEARS) <= set(bears.values()):
        raise ValueError(f"bears must have {', '.join(BEARS)}")
    silent = sorted({r for table in power.values() for roles in table.values() for r in roles} - set(bears))
    if silent:
        raise ValueError(f"bears does not say what these roles bear: {', '.join(map(identifiers.compact, silent))}")
    if set(certainty) != set(FACTS) or set(certainty.values()) - set(WORDS):
        raise ValueError(f"certainty must give each of {', '.join(FACTS)} one of {', '.join(WORDS)}")


def _table(dimension: str, table: Mapping[str, Iterable[Any]]) -> dict[str, tuple[str, ...]]:
    named = {key if dimension == "gap" else _concept(key): roles for key, roles in table.items()}
    return {key: tuple(map(_concept, roles)) for key, roles in named.items()}


def _concept(text: Any) -> str:
    scheme, _, code = str(text).partition("/")
    return identifiers.concept(scheme, code)
