"""A coder's desk in the private root: who they are, what they have to rate, and what they have rated so far.

Each answer is a file of its own, on disk before the next question is asked, so that work stops and goes on anywhere:
in a terminal, in the browser, or in both by turns. Nothing here is seen by other coders, nor published, until it is
handed in.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dgekg.errors import InputError, TooLong, UnknownValue
from dgekg.identifiers import SLUG
from dgekg.inbox import files
from dgekg.status_rule import ANSWERS, RATINGS

FOLDER = "assessing"
MOST_LETTERS = 4_000
_SHORT_LETTERS = 500
Unit = tuple[str, str, str]
"""Slug of the practice, code of the group, code of the criterion such as C6a."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a coder says of themselves, once; it goes with each of their ratings.

    Attributes:
        actor: slug of the record by which the ratings are signed.
        competence: what they bring: training, experience, having lived it.
        funding: who pays for this work; "nobody" is an answer.
        relation: to what they rate; a practice that is their own is said so at that practice.
        language: in which all this is written.
    """

    actor: str
    competence: str
    funding: str
    relation: str
    language: str = "en"

    def checked(self) -> Declaration:
        """Return it without spaces at the ends.

        Raises:
            InputError: something is missing or too long; the field is named.
        """
        fields = {name: getattr(self, name).strip() for name in ("competence", "funding", "relation")}
        for name, text in fields.items():
            if not text:
                raise InputError(f"{name}: found nothing, expected a few words.", field=name)
            if len(text) > _SHORT_LETTERS:
                raise TooLong(f"{name}: expected at most {_SHORT_LETTERS} letters.", field=name)
        return dataclasses.replace(self, **fields)


@dataclass(frozen=True, slots=True)
class Answer:
    """One rating as a coder gave it.

    Attributes:
        practice: slug.
        group: code.
        criterion: code.
        rating: one of yes, partly, no, unknown, not-applicable.
        rationale: why; "" for none.
        evidence: slugs of what it rests on.
        date: ISO day.
        language: of the rationale.
        relation: to this practice, where it is another than declared; "" otherwise.
        adjudicates: slugs of the assessments that it settles.
    """

    practice: str
    group: str
    criterion: str
    rating: str
    rationale: str = ""
    evidence: tuple[str, ...] = ()
    date: str = ""
    language: str = "en"
    relation: str = ""
    adjudicates: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        """What it is about."""
        return self.practice, self.group, self.criterion

    def checked(self, evidence: Iterable[str]) -> Answer:
        """Return it if it says what a rating has to say.

        Args:
            evidence: slugs of the practice's evidence.

        Raises:
            UnknownValue: no such rating or evidence.
            InputError: evidence or reason is missing; the field is named.
            TooLong: the reason.
        """
        if self.rating not in RATINGS:
            raise UnknownValue("rating", self.rating, RATINGS)
        known = set(evidence)
        for slug in self.evidence:
            if slug not in known:
                raise UnknownValue("evidence", slug, known)
        if self.rating in ANSWERS and not self.evidence:
            raise InputError(
                "evidence: a rating of yes, partly or no rests on evidence. Choose it, or rate unknown.",
                field="evidence",
            )
        reason = self.rationale.strip()
        if self.rating == "not-applicable" and not reason:
            raise InputError("rationale: not applicable needs its reason.", field="rationale")
        if self.adjudicates and not reason:
            raise InputError("rationale: a decision between ratings needs its reason.", field="rationale")
        if len(reason) > MOST_LETTERS or len(self.relation) > _SHORT_LETTERS:
            raise TooLong(f"rationale: expected at most {MOST_LETTERS} letters.", field="rationale")
        return dataclasses.replace(self, rationale=reason, relation=self.relation.strip())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a coder is with one practice and group: criteria rated and waiting, handed in, and in all."""

    practice: str
    group: str
    rated: int
    handed: int
    of: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left to rate."""
        return self.rated + self.handed >= self.of


class Desk:
    """The desk of one coder.

    Args:
        root: the private root.
        coder: name of the coder: an account of the browser, or the slug of an actor; small letters, digits, hyphens.

    Raises:
        InputError: the name is none.
    """

    def __init__(self, root: Path, coder: str) -> None:
        if not SLUG.fullmatch(coder):
            raise InputError(f'coder: found "{coder}", expected small letters, digits and hyphens.', coder)
        self.coder = coder
        self.folder = root / FOLDER / coder

    def declaration(self) -> Declaration | None:
        """Return what the coder said of themselves; None before they did."""
        found: Declaration | None = _made(Declaration, files.read_json(self.folder / "declaration.json"))
        return found

    def declare(self, declaration: Declaration) -> None:
        """Keep what the coder says of themselves; errors as for `Declaration.checked`."""
        with files.locked(self.folder):
            files.put_json(self.folder / "declaration.json", dataclasses.asdict(declaration.checked()))

    def plan(self) -> list[tuple[str, str]]:
        """Return the practices (slugs) and groups (codes) that the coder has to rate, in their order."""
        found = files.read_json(self.folder / "plan.json") or []
        return [(str(practice), str(group)) for practice, group in found]

    def take_on(self, more: Iterable[tuple[str, str]]) -> int:
        """Add practices and groups to the plan; return how many were not in it."""
        with files.locked(self.folder):
            known = self.plan()
            fresh = [pair for pair in dict.fromkeys(more) if pair not in known]
            files.put_json(self.folder / "plan.json", [list(pair) for pair in [*known, *fresh]])
        return len(fresh)

    def answers(self) -> dict[Unit, Answer]:
        """Return what the coder has rated and not handed in."""
        found = {}
        for name in files.names(self.folder / "answers"):
            answer = _made(Answer, files.read_json(self.folder / "answers" / f"{name}.json"))
            if answer is not None:
                found[answer.unit] = answer
        return found

    def keep(self, answer: Answer) -> None:
        """Keep a checked answer, in the place of an earlier one; on disk when this returns."""
        with files.locked(self.folder):
            files.put_json(self._place(answer.unit), dataclasses.asdict(answer))

    def handed_in(self) -> frozenset[Unit]:
        """Return what the coder has rated and handed in."""
        found = files.read_json(self.folder / "handed-in.json") or []
        return frozenset((str(practice), str(group), str(criterion)) for practice, group, criterion in found)

    def done(self, answers: Iterable[Answer]) -> None:
        """Note that answers are handed in, and clear them from the desk."""
        gone = [answer.unit for answer in answers]
        with files.locked(self.folder):
            files.put_json(self.folder / "handed-in.json", sorted(map(list, {*self.handed_in(), *gone})))
            for unit in gone:
                files.remove(self._place(unit))

    def next(self, criteria: Sequence[str]) -> Unit | None:
        """Return the first thing of the plan that is not rated; None where all is."""
        return next(iter(self.open(criteria)), None)

    def open(self, criteria: Sequence[str]) -> list[Unit]:
        """Return all of the plan that is not rated, in its order."""
        known = {*self.answers(), *self.handed_in()}
        units = [(practice, group, code) for practice, group in self.plan() for code in criteria]
        return [unit for unit in units if unit not in known]

    def progress(self, criteria: Sequence[str]) -> list[Progress]:
        """Return how far each practice and group of the plan is."""
        answers, handed = self.answers(), self.handed_in()
        found = []
        for practice, group in self.plan():
            units = [(practice, group, code) for code in criteria]
            rated, gone = sum(unit in answers for unit in units), sum(unit in handed for unit in units)
            found.append(Progress(practice, group, rated, gone, len(units)))
        return found

    def _place(self, unit: Unit) -> Path:
        for part in unit[:2]:
            if not SLUG.fullmatch(part):
                raise InputError(f'found "{part}", expected small letters, digits and hyphens.', part)
        if not unit[2].isalnum():
            raise InputError(f'criterion: found "{unit[2]}", expected letters and digits.', unit[2])
        return self.folder / "answers" / f"{unit[0]}--{unit[1]}--{unit[2].lower()}.json"


def drawn(groups: Mapping[str, Sequence[str]], number: int, seed: int, without: Iterable[str] = ()) -> list[str]:
    """Return some practices drawn by chance, in an order of chance; the same seed draws the same.

    Args:
        groups: practice -> groups; a practice without one cannot be drawn.
        number: how many; fewer where there are not so many.
        seed: of the draw.
        without: practices that are not to be drawn.
    """
    left = sorted({slug for slug, found in groups.items() if found} - set(without))
    return random.Random(seed).sample(left, min(number, len(left)))


def _made(kind: Any, raw: Any) -> Any:
    """Return a dataclass from the JSON of a file; what it does not know is left out; None for nothing."""
    if not isinstance(raw, dict):
        return None
    names = {f.name for f in dataclasses.fields(kind)}
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in names})
