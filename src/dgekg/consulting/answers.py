"""Raw answers to a consultation: files in the private root, each read by its round, deleted when their time is over.

Answers of the web form stay in the inbox, where whoever sent them can change or take them back; here stands only to
which round they belong.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dgekg.errors import InputError
from dgekg.forms import Forms, Reading
from dgekg.identifiers import SLUG
from dgekg.inbox import Inbox, files

FOLDER, KIND = "consultation", "consultation-answer"
_OPEN = ("received", "accepted")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person or organisation answered.

    Attributes:
        id: opaque.
        round: slug of the collection activity.
        received: ISO day.
        fields: answers by question, as `dgekg.forms` has them.
        proposal: id of the proposal that holds it, "" for one that came in a file.
    """

    id: str
    round: str
    received: str
    fields: Mapping[str, list[Any]]
    proposal: str = ""

    def codes(self, name: str) -> tuple[str, ...]:
        """Return what was chosen in a list."""
        return tuple(str(one).rpartition("/")[2] for one in self.fields.get(name, ()))

    def texts(self, questions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Yield question and text of what was written."""
        for name in questions:
            said = [one["value"] if isinstance(one, dict) else str(one) for one in self.fields.get(name, ())]
            if any(text.strip() for text in said):
                yield name, "\n".join(said)


@dataclass
class Taken:
    """What became of a file: how many answers are new, how many were there, and what cannot be taken in."""

    new: int = 0
    known: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)


class Answers:
    """The answers of all rounds.

    Args:
        folder: `<private root>/consultation`.
        inbox: holds those of the web form.
        forms: reads files, and knows the questions.
    """

    def __init__(self, folder: Path, inbox: Inbox, forms: Forms) -> None:
        self.folder, self._home, self._inbox, self._forms = folder, folder / "answers", inbox, forms

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that are answered in words, in the order of the form."""
        form = self._forms.form(KIND).only_asked()
        return tuple(field.id for field in form.fields if field.type == "language-text")

    def take(self, data: bytes, name: str, round_: str, day: dt.date, language: str = "en") -> Taken:
        """Take in a filled spreadsheet or an export of the survey; the same answer in the same round counts once.

        Args:
            data: the file.
            name: of the file, for messages.
            round_: slug of the collection activity.
            day: on which it came.
            language: of messages.

        Raises:
            InputError: it is neither.
        """
        _checked(round_)
        reading, done = self._forms.read(data, KIND, name), Taken()
        done.wrong += [f"{one.cell.text()}: {one.message(language)}" for one in reading.unread]
        seen: Counter[str] = Counter()
        with files.locked(self.folder):
            for fields in self._sound(reading, done, name, language):
                digest = hashlib.sha256(json.dumps([round_, fields], sort_keys=True).encode()).hexdigest()
                seen[digest] += 1  # two people may say the same
                one = f"{digest[:12]}-{seen[digest]}"
                if (self._home / f"{one}.json").exists():
                    done.known += 1
                else:
                    self._put(Answer(one, round_, day.isoformat(), fields))
                    done.new += 1
        return done

    def _sound(self, reading: Reading, done: Taken, name: str, language: str) -> Iterator[dict[str, Any]]:
        for filled in reading.filled:
            answers = self._forms.contributed(filled.answers)
            wrong = [one for one in self._forms.check(answers, language=language) if one.violation]
            for one in wrong:
                cell = filled.cell(one.place)
                done.wrong.append(f"{cell.text() if cell else name}: {one.message}")
            if not wrong:
                yield answers["fields"]

    def assign(self, round_: str) -> int:
        """Count the answers in the inbox that belong to no round yet to one; returns how many.

        Raises:
            InputError: no such name of a round.
        """
        _checked(round_)
        with files.locked(self.folder):
            known = {one.get("proposal") for one in self._kept()}
            new = [held for held in self._inbox.list() if self._counts(held) and held.id not in known]
            for held in new:
                self._put(Answer(f"form-{held.id[:12]}", round_, held.proposal.received, {}, held.id))
        return len(new)

    def all(self, round_: str = "") -> list[Answer]:
        """Return the answers of a round, or of all; what was taken back meanwhile is not among them."""
        return [one for one in self._live() if not round_ or one.round == round_]

    def past(self, days: int, today: dt.date) -> list[str]:
        """Return the ids of those that are past their time, or were taken back."""
        live = {name for one in self._live() for name in (one.id, one.proposal)}
        found = []
        for kept in self._kept():
            day = dt.date.fromisoformat(kept["received"])
            if (kept.get("proposal") or kept["id"]) not in live or (today - day).days > days:
                found.append(str(kept["id"]))
        return found

    def delete(self, ids: list[str]) -> None:
        """Delete answers; of those in the inbox, the proposals too."""
        with files.locked(self.folder):
            for kept in self._kept():
                if kept["id"] in ids:
                    files.remove(self._home / f"{kept['id']}.json")
                    held = self._inbox.shelf.held(kept["proposal"]) if kept.get("proposal") else None
                    if held is not None:
                        self._inbox.delete(held.id)

    def _live(self) -> Iterator[Answer]:
        for kept in self._kept():
            if not kept.get("proposal"):
                yield Answer(**kept)
                continue
            held = self._inbox.shelf.held(kept["proposal"])
            if held is not None and self._counts(held):
                fields = self._forms.contributed(dict(held.proposal.answers))["fields"]
                # What was changed is another text, to be read anew.
                yield Answer(f"{kept['id']}-{held.proposal.revision}", kept["round"], kept["received"], fields, held.id)

    def _counts(self, held: Any) -> bool:
        proposal = held.proposal
        ours = proposal.act == "consultation" and proposal.answers.get("kind") == KIND
        # What may be spam counts once a reviewer has read and accepted it.
        return ours and held.state in _OPEN and (not proposal.suspect or held.state == "accepted")

    def _kept(self) -> list[dict[str, Any]]:
        return [files.read_json(self._home / f"{name}.json") for name in files.names(self._home)]

    def _put(self, one: Answer) -> None:
        files.make(self._home)
        files.put_json(self._home / f"{one.id}.json", dataclasses.asdict(one))


def _checked(round_: str) -> None:
    if not SLUG.fullmatch(round_):
        raise InputError(f'--round: found "{round_}", expected the slug of a collection round, such as consultation-1.')
