"""Decisions of reviewers, and what the writer made of them: files too, one each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dgekg.errors import InputError, TooLong, shown

VERDICTS = ("accept", "return", "reject")
_MOST_REASON = 5_000


@dataclass(frozen=True, slots=True)
class Decision:
    """One reviewer's decision about one revision of a proposal.

    Attributes:
        proposal: its id.
        revision: which one.
        by: account of the reviewer.
        verdict: accept, return or reject.
        reason: for the contributor; needed unless it accepts.
        date: the day.
        order: the place among all decisions, from 1.
    """

    proposal: str
    revision: int
    by: str
    verdict: str
    reason: str = ""
    date: str = ""
    order: int = 0

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Decision:
        """Return the decision that a file holds."""
        return cls(**{f.name: value[f.name] for f in dataclasses.fields(cls) if f.name in value})

    def as_json(self) -> dict[str, Any]:
        """Return what its file is to hold."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the writer made of an accepted proposal.

    Attributes:
        proposal: its id.
        revision: which one.
        state: "writing" (it is about to be written), "applied", or "refused".
        date: the day.
        record: IRI of the record that it made or changed, or "".
        version: name of the version that shows it; "" where nothing is published by it.
        files: by path, SHA-256 of what is to be there once it is written; "" for a file that is to go.
        diff: what changed in the files, as a unified diff.
        findings: why it was refused, as a person reads it.
    """

    proposal: str
    revision: int
    state: str
    date: str = ""
    record: str = ""
    version: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    diff: str = ""
    findings: tuple[str, ...] = ()

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Outcome:
        """Return the outcome that a file holds."""
        given = {f.name: value[f.name] for f in dataclasses.fields(cls) if f.name in value}
        return cls(**{**given, "findings": tuple(given.get("findings", ()))})

    def as_json(self) -> dict[str, Any]:
        """Return what its file is to hold."""
        return dataclasses.asdict(self)


def state(revision: int, withdrawn: bool, decided: Sequence[Decision], outcome: Outcome | None) -> str:
    """Return what has become of a proposal: one of `proposals.STATES`.

    >>> state(1, False, [Decision("x", 1, "ada", "accept"), Decision("x", 1, "eve", "return")], None)
    'returned'
    >>> state(2, False, [Decision("x", 1, "eve", "return")], None)
    'received'
    """
    if outcome is not None and outcome.state in ("applied", "writing") and outcome.revision == revision:
        return "applied" if outcome.state == "applied" else "accepted"
    if withdrawn:
        return "withdrawn"
    now = [one for one in decided if one.revision == revision]
    if not now:
        return "received"
    against = [one for one in now if one.verdict != "accept"]
    if against:
        return "rejected" if against[-1].verdict == "reject" else "returned"
    return "accepted"


def backers(revision: int, decided: Sequence[Decision]) -> list[str]:
    """Return the different reviewers who accepted a revision, in order."""
    found: dict[str, str] = {}
    for one in decided:
        if one.revision == revision and one.verdict == "accept":
            found.setdefault(account(one.by), one.by)
    return list(found.values())


def account(name: str) -> str:
    """Return a reviewer's name as it is compared: case and spaces make no other person."""
    return " ".join(name.split()).casefold()


def decidable(by: str, verdict: str, reason: str) -> None:
    """Refuse what is no decision.

    Raises:
        InputError: no such verdict, no reviewer, no reason where one is needed.
        TooLong: the reason is longer than reasons may be.
    """
    if verdict not in VERDICTS:
        raise InputError(f'verdict: found "{shown(verdict)}", expected accept, return or reject.', field="verdict")
    if not account(by):
        raise InputError("by: expected the reviewer's account.", field="by")
    if verdict != "accept" and not reason:
        raise InputError("reason: expected a few words that tell the contributor why.", field="reason")
    if len(reason) > _MOST_REASON:
        raise TooLong(f"reason: at most {_MOST_REASON} letters.", field="reason")
