"""Rating in a terminal: one practice and one criterion at a time, with rubric and evidence, blind to other ratings."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dgekg import identifiers
from dgekg.assessing.desk import Answer, Declaration, Desk, Unit
from dgekg.assessing.material import Sheet, Thing, criteria, sheet
from dgekg.assessing.ratings import Dispute
from dgekg.errors import InputError
from dgekg.render import fill, say
from dgekg.settings import today
from dgekg.status_rule import ANSWERS

if TYPE_CHECKING:
    from dgekg.observatory import Observatory

KEYS = {"y": "yes", "p": "partly", "n": "no", "u": "unknown", "a": "not-applicable"}
_ANSWERING = frozenset(ANSWERS)


class Stopped(Exception):
    """The coder goes away; all is kept."""


class Terminal:
    """One sitting of a coder.

    Args:
        observatory: what is rated.
        desk: the coder's.
        declaration: what they said of themselves.
        order: codes of the criteria.
        language: of the words.
    """

    def __init__(
        self, observatory: Observatory, desk: Desk, declaration: Declaration, order: Sequence[str], language: str
    ) -> None:
        self.observatory, self.desk, self.declaration, self.language = observatory, desk, declaration, language
        self.criteria = criteria(observatory.store, observatory.project.queries, order)
        self._skipped: list[Unit] = []
        self._before: list[Unit] = []
        self._relations: dict[str, str] = {}
        self._sheets: dict[str, Sheet] = {}

    def run(self) -> bool:
        """Ask until all is rated (True) or the coder stops (False)."""
        again: Unit | None = None
        try:
            while unit := again or self._next():
                self._show(unit)
                again = self._asked(unit)
        except (Stopped, EOFError, KeyboardInterrupt, click.Abort):
            return False
        return not self._skipped

    def _next(self) -> Unit | None:
        return next((unit for unit in self.desk.open(list(self.criteria)) if unit not in self._skipped), None)

    def _asked(self, unit: Unit) -> Unit | None:
        """Ask for one rating; return what is to be asked next where it is not the next in the plan."""
        while True:
            click.echo(say("coding.keys", self.language))
            key = _key(say("coding.rating", self.language))
            if key == "q":
                raise Stopped
            if key == "s":
                self._skipped.append(unit)
                return None
            if key == "b" and self._before:
                return self._before.pop()
            if key == "r":
                self._relations[unit[0]] = _line(say("coding.this-relation", self.language))
                continue
            if key in KEYS:
                try:
                    self._keep(unit, KEYS[key])
                except InputError as error:
                    click.echo(str(error))
                    continue
                self._before.append(unit)
                return None
            click.echo(fill("coding.not-a-key", {"key": key or "?"}, self.language))

    def _keep(self, unit: Unit, rating: str) -> None:
        self.desk.keep(self._answer(unit, rating))
        label = self._concept("rating", rating)
        click.echo(fill("coding.kept", {"criterion": unit[2], "rating": label}, self.language) + "\n")

    def _answer(self, unit: Unit, rating: str, settles: tuple[str, ...] = ()) -> Answer:
        """Ask for evidence and reason; return the rating, checked."""
        evidence = [one.slug for one in self._sheet(unit[0]).evidence]
        chosen: tuple[str, ...] = ()
        if rating in _ANSWERING and evidence:
            chosen = tuple(evidence) if len(evidence) == 1 else self._which(evidence)
        why = "coding.why-needed" if settles or rating == "not-applicable" else "coding.why"
        reason = _line(say(why, self.language))
        relation = self._relations.get(unit[0], "")
        answer = Answer(*unit, rating, reason, chosen, today().isoformat(), self.language, relation, settles)
        return answer.checked(evidence)

    def _which(self, evidence: Sequence[str]) -> tuple[str, ...]:
        text = _line(say("coding.which", self.language))
        numbers = [part for part in text.replace(",", " ").split() if part]
        for number in numbers:
            if not number.isdecimal() or not 1 <= int(number) <= len(evidence):
                raise InputError(f'evidence: found "{number}", expected numbers from 1 to {len(evidence)}.', number)
        return tuple(dict.fromkeys(evidence[int(number) - 1] for number in numbers))

    def _show(self, unit: Unit) -> None:
        practice, group, code = unit
        for line in [*self._where(practice), *self._practice(self._sheet(practice), group), *self._rubric(code)]:
            click.echo(line)

    def _where(self, practice: str) -> list[str]:
        progress = self.desk.progress(list(self.criteria))
        done, every = sum(one.rated + one.handed for one in progress), sum(one.of for one in progress)
        at = next((n for n, one in enumerate(progress, 1) if one.practice == practice), 0)
        counts = {"done": done, "of": every, "n": at, "practices": len(progress)}
        return ["", click.style(fill("coding.where", counts, self.language), dim=True)]

    def _practice(self, found: Sheet, group: str) -> list[str]:
        practice = found.practice
        kinds = ", ".join(self._label(iri) for iri in practice.all("kind"))
        leads = ", ".join(self._label(iri) for iri in practice.all("lead"))
        for_ = f"{say('coding.for', self.language)} {self._concept('group', group)}"
        title = click.style(practice.text("title", self.language)[0] or practice.slug, bold=True)
        lines = [f"{title} ({practice.slug}), {for_}", " · ".join(part for part in (kinds, leads) if part)]
        lines += [practice.text("description", self.language)[0], ""]
        lines.append(say("coding.evidence" if found.evidence else "coding.no-evidence", self.language))
        return [*lines, *(self._evidence(n, one) for n, one in enumerate(found.evidence, 1))]

    def _evidence(self, number: int, one: Thing) -> str:
        level = fill("coding.level", {"level": one.one("level").rpartition("/")[2]}, self.language)
        said = [self._label(iri) for name in ("type", "speaks to", "about") for iri in one.all(name)]
        said += [f"{self._label(identifiers.term('direction'))}: {self._label(iri)}" for iri in one.all("direction")]
        text = one.text("description", self.language)[0]
        return f"  {number}. {text} ({', '.join([level, *said])}) {' '.join(one.all('source'))}"

    def _rubric(self, code: str) -> list[str]:
        criterion = self.criteria[code]
        head = click.style(f"{code} {criterion.text('title', self.language)[0]}", bold=True)
        lines = ["", f"{head}: {criterion.text('description', self.language)[0]}"]
        for step in ("yes", "partly", "no"):
            lines.append(f"  {say(f'coding.rubric-{step}', self.language)}: {criterion.text(step, self.language)[0]}")
        return lines

    def _sheet(self, practice: str) -> Sheet:
        if practice not in self._sheets:
            self._sheets = {practice: sheet(self.observatory.store, self.observatory.project.queries, practice)}
        return self._sheets[practice]

    def _label(self, iri: str) -> str:
        return self.observatory.names.label(iri, self.language)

    def _concept(self, scheme: str, code: str) -> str:
        return self._label(identifiers.concept(scheme, code))


class Decider(Terminal):
    """One sitting of somebody who decides between ratings: they see them all, so that theirs is no blind rating."""

    def decisions(self, disputes: Iterable[Dispute]) -> Iterator[Answer]:
        """Yield a decision for each dispute, until the coder stops."""
        try:
            for one in disputes:
                answer = self._decided(one)
                if answer is not None:
                    yield answer
        except (Stopped, EOFError, KeyboardInterrupt, click.Abort):
            return

    def _decided(self, one: Dispute) -> Answer | None:
        practice, group = (iri.rpartition("/")[2] for iri in one.unit[:2])
        unit = (practice, group, one.unit[2])
        for line in [*self._practice(self._sheet(practice), group), *self._rubric(unit[2]), ""]:
            click.echo(line)
        click.echo(fill("coding.disputed", {"ratings": len(one.ratings)}, self.language))
        for rating in one.ratings:
            click.echo(f"  {self._concept('rating', rating.rating)}: {self._label(rating.assessor)}, {rating.date}")
        while True:
            click.echo(say("coding.keys", self.language))
            key = _key(say("coding.rating", self.language))
            if key == "q":
                raise Stopped
            if key == "s":
                return None
            if key in KEYS:
                settles = tuple(rating.iri.rpartition("/")[2] for rating in one.ratings)
                try:
                    return self._answer(unit, KEYS[key], settles)
                except InputError as error:
                    click.echo(str(error))
                    continue
            click.echo(fill("coding.not-a-key", {"key": key or "?"}, self.language))


def declared(desk: Desk, actor: str, language: str, given: Mapping[str, str]) -> Declaration:
    """Return what a coder says of themselves: as kept, else as given by options, else as asked for now.

    Raises:
        InputError: something is missing.
    """
    known = desk.declaration()
    if known is not None and not any(given.values()):
        if actor and known.actor != actor:
            known = replace(known, actor=actor)
            desk.declare(known)
        return known
    said = {name: text for name, text in given.items() if text}
    names = ("competence", "funding", "relation")
    if known is not None:
        said = {**{name: str(getattr(known, name)) for name in names}, **said}
    if any(name not in said for name in names):
        click.echo(say("coding.declare", language))
    for name in names:
        said.setdefault(name, "")
        while not said[name]:
            said[name] = _line(say(f"coding.{name}", language))
    declaration = Declaration(actor, said["competence"], said["funding"], said["relation"], language)
    desk.declare(declaration)
    return declaration


def _key(prompt: str) -> str:
    """Return one key: at once on a terminal, else the first letter of a line."""
    click.echo(f"{prompt}: ", nl=False)
    if sys.stdin.isatty():
        key = click.getchar()
        click.echo(key)
        return key.strip().lower()[:1]
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    click.echo()
    return line.strip().lower()[:1]


def _line(prompt: str) -> str:
    click.echo(f"{prompt}: ", nl=False)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    if not sys.stdin.isatty():
        click.echo()
    return line.strip()
