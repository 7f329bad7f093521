"""The inbox: proposals and decisions as files in the private root, on disk before anybody is told that they are."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from dgekg.errors import Conflict, TooMany, UnknownCode, UnknownValue
from dgekg.inbox import codes
from dgekg.inbox.decisions import Decision, Outcome, account, decidable
from dgekg.inbox.exposure import WHY
from dgekg.inbox.held import Held
from dgekg.inbox.proposals import PUBLIC_ACTS, STATES, Draft, Proposal, emptied
from dgekg.inbox.shelf import Shelf
from dgekg.settings import today

FOLDER = "inbox"
_NOTHING: Mapping[str, bytes] = MappingProxyType({})
EXPOSURES = ("open", "with-care", "protected")
Exposed = Callable[[Draft], tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a contributor is given.

    Attributes:
        id: of the proposal.
        code: opens it; shown once, and again only to whoever sends the same form again.
        fresh: False where the same form had come before, so that nothing was taken in twice.
    """

    id: str
    code: str
    fresh: bool


def unknown(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """Return the exposure of a proposal where no rules are at hand: with care, for nothing is known to be safe."""
    if draft.act == "withdraw":
        return "open", ()
    return "with-care", (WHY["unknown"],)


class Inbox:
    """Proposals, decisions and outcomes of one private root; any number of processes may use it at once.

    Args:
        folder: the inbox's own, `<private root>/inbox`; made at first use.
        exposure: says how exposed a proposal is, and why; see `exposure.Rules`.
        most: how many proposals may wait undecided.
        day: returns the day, for tests.
        heaviest: bytes that all files of all proposals may have together.
    """

    def __init__(
        self,
        folder: Path,
        exposure: Exposed = unknown,
        *,
        most: int = 5_000,
        day: Callable[[], dt.date] = today,
        heaviest: int = 4 << 30,
    ) -> None:
        self.shelf = Shelf(folder)
        self._exposure, self._most, self.day, self._heaviest = exposure, most, day, heaviest

    def submit(self, draft: Draft, key: str, contents: Mapping[str, bytes] = _NOTHING) -> Receipt:
        """Take a proposal in; it is on disk when this returns.

        Args:
            draft: what is proposed.
            key: sent by the form, 16 letters or more that nobody can guess, the same when it is sent again. The same
                key with other answers changes what it sent before, as long as it is neither published nor rejected.
            contents: by digest, the bytes of the files that it names.

        Raises:
            InputError: it cannot be understood (the field is named), or it was decided meanwhile (`Conflict`).
            TooLong: it is larger than proposals may be.
            Refused: the disk is kept for others' files.
            TooMany: too many wait to be read.
            StoreError: it could not be written; nothing was taken in.
        """
        draft = draft.checked()
        with self.shelf.changing() as secret:
            code = codes.of_key(secret, key)
            name = codes.of_code(secret, code)
            before = self.shelf.held(name)
            if before is not None:
                if _said(before.proposal.draft) != _said(draft):
                    self._change(before, draft, contents)
                return Receipt(name, code, fresh=False)
            known = len(self.shelf.names())
            if known >= self._most and sum(one.state == "received" for one in self.shelf.all()) >= self._most:
                raise TooMany("More proposals wait here than can be read. Please come again another day.", 86400)
            self.shelf.put(self._made(draft, name, known + 1), contents, self._heaviest)
        return Receipt(name, code, fresh=True)

    def status(self, code: str) -> Held:
        """Return what became of the proposal of a code; `Held.for_contributor` says what may be told of it.

        Raises:
            UnknownCode: no proposal has that code.
        """
        with self.shelf.changing() as secret:
            return self._of(secret, code)

    def amend(self, code: str, draft: Draft, contents: Mapping[str, bytes] = _NOTHING) -> Held:
        """Put other answers in the place of those that were sent; decisions about these no longer count.

        Raises:
            UnknownCode: no proposal has that code.
            Conflict: it is published, rejected or withdrawn, or being written at this moment.
            InputError: as for `submit`; likewise TooLong.
        """
        draft = draft.checked()
        with self.shelf.changing() as secret:
            found = self._of(secret, code)
            self._change(found, draft, contents)
        return self.get(found.id)

    def withdraw(self, code: str) -> Held:
        """Take a proposal back: its answers are deleted at once, also where it was accepted and only kept.

        Of a published one, withdrawal is asked for.

        Returns:
            the proposal, or the one that asks for the withdrawal.

        Raises:
            UnknownCode: no proposal has that code.
            Conflict: it is being written at this moment, or what it made cannot be told.
        """
        with self.shelf.changing() as secret:
            found = self._of(secret, code)
            if found.state == "applied" and not _only_kept(found):
                name = self._ask_back(found, secret)
            else:
                name = found.id
                _not_written(found)
                self.shelf.write(emptied(found.proposal, self.day()))
                self.shelf.forget_about(name)
                self.shelf.keep_files(name)
        return self.get(name)

    def get(self, name: str) -> Held:
        """Return one proposal by its id or the beginning of it, from four letters on.

        Raises:
            UnknownValue: there is none, or several begin so.
        """
        found = self.shelf.held(name)
        if found is None:
            near = [one for one in self.shelf.names() if len(name) >= 4 and one.startswith(name)]
            found = self.shelf.held(near[0]) if len(near) == 1 else None
        if found is None:
            raise UnknownValue("proposal", name, ())
        return found

    def decide(self, name: str, by: str, verdict: str, reason: str = "", revision: int | None = None) -> Held:
        """Keep a reviewer's decision; it is on disk when this returns.

        Args:
            name: id of the proposal.
            by: the reviewer's account; two acceptances count only if they are of two accounts.
            verdict: accept, return or reject.
            reason: what the contributor is to know; needed unless it is accepted.
            revision: the one that the reviewer saw; without it, the decision is about what is there now.

        Raises:
            InputError: no such verdict, no reviewer, no reason.
            Conflict: it was changed, withdrawn, decided otherwise or published meanwhile.
            UnknownValue: no such proposal.
        """
        by, reason = by.strip(), reason.strip()
        decidable(by, verdict, reason)
        with self.shelf.changing():
            found = self.get(name)
            proposal = found.proposal
            if revision is not None and revision != proposal.revision:
                raise Conflict(f"{found.id}: the contributor has changed it meanwhile; look at it again.")
            if verdict == "accept" and found.state != "withdrawn" and account(by) in map(account, found.accepted_by):
                return found
            if found.state not in ("received", "accepted"):
                raise Conflict(f"{found.id}: is {found.state} meanwhile; nothing is left to decide.")
            _not_written(found)
            order, day = self.shelf.next_order(), self.day().isoformat()
            self.shelf.decide(Decision(found.id, proposal.revision, by, verdict, reason, day, order))
        return self.get(found.id)

    def expose(self, name: str, exposure: str, reasons: Iterable[str]) -> Held:
        """Raise the exposure of a proposal, as rules or a reviewer found it later; it is never lowered."""
        with self.shelf.changing():
            found = self.get(name)
            if EXPOSURES.index(exposure) > EXPOSURES.index(found.proposal.exposure):
                fresh = dataclasses.replace(found.proposal, exposure=exposure, reasons=tuple(reasons))
                self.shelf.write(fresh)
        return self.get(found.id)

    def ready(self) -> tuple[Held, ...]:
        """Return what the writer can take in, in the order in which it was accepted."""
        decided = self.shelf.decisions()  # once: the folder is as long as everything that was ever decided
        pairs = ((self.shelf.proposal(name), tuple(lines)) for name, lines in decided.items())
        found = [Held(one, lines, self.shelf.outcome(one.id)) for one, lines in pairs if one is not None]
        return tuple(sorted((one for one in found if one.ready), key=lambda one: one.place))

    def begin(self, outcome: Outcome) -> bool:
        """Keep that a proposal is about to be written; False where it was changed or taken back meanwhile."""
        with self.shelf.changing():
            found = self.get(outcome.proposal)
            if not found.ready or found.proposal.revision != outcome.revision:
                return False
            self.shelf.conclude(outcome)
            return True

    def conclude(self, outcome: Outcome) -> None:
        """Keep what the writer made of a proposal; on disk when this returns."""
        with self.shelf.changing():
            self.shelf.conclude(outcome)

    def forget(self, name: str) -> None:
        """Let the writer look anew at a proposal that it had refused or not finished."""
        with self.shelf.changing():
            self.shelf.forget(name)

    def delete(self, name: str) -> None:
        """Delete all that is held about a proposal: answers, decisions, outcome."""
        with self.shelf.changing():
            self.shelf.delete(name)

    def secret(self) -> bytes:
        """Return what codes and the tickets of forms are made with."""
        with self.shelf.changing() as secret:
            return secret

    def _made(self, draft: Draft, name: str, order: int, of: str = "") -> Proposal:
        level, reasons = self._exposure(draft)
        given = {f.name: getattr(draft, f.name) for f in dataclasses.fields(Draft)}
        day = self.day().isoformat()
        return Proposal(id=name, received=day, order=order, exposure=level, reasons=tuple(reasons), of=of, **given)

    def _change(self, found: Held, draft: Draft, contents: Mapping[str, bytes]) -> None:
        _not_written(found)
        if found.state not in ("received", "accepted", "returned"):
            raise Conflict(f"This proposal is {found.state} and cannot be changed any more. Send another one.")
        before = found.proposal
        made = self._made(draft, before.id, before.order, before.of)
        revision, day = before.revision + 1, self.day().isoformat()
        amended = dataclasses.replace(made, received=before.received, revision=revision, amended=day)
        self.shelf.put(amended, contents, self._heaviest)

    def _ask_back(self, found: Held, secret: bytes) -> str:
        record = found.outcome.record if found.outcome else ""
        if not record:
            raise Conflict("It cannot be told what was made of this proposal. Please write to whoever runs this.")
        name = codes.of_bare(secret, f"withdraw|{found.id}")
        if self.shelf.proposal(name) is None:
            draft = Draft("withdraw", record=record, language=found.proposal.language)
            self.shelf.write(self._made(draft, name, len(self.shelf.names()) + 1, found.id))
        return name

    def _of(self, secret: bytes, code: str) -> Held:
        found = self.shelf.held(codes.of_code(secret, code))
        if found is None:
            raise UnknownCode("code: no proposal has this code. Is each letter as it was shown?")
        return found

    # Last, for its name is a type's as well.
    def list(self, state: str = "") -> list[Held]:
        """Return proposals, the oldest first and suspect ones last.

        Args:
            state: one of `STATES`; "" for all.

        Raises:
            UnknownValue: no such state.
        """
        if state and state not in STATES:
            raise UnknownValue("state", state, STATES)
        kept = [one for one in self.shelf.all() if not state or one.state == state]
        return sorted(kept, key=lambda one: (bool(one.proposal.suspect), one.proposal.order, one.id))


def _only_kept(found: Held) -> bool:
    """Whether a proposal of what would be published was accepted and kept: protected, or without consent to publish."""
    return found.proposal.act in PUBLIC_ACTS and not (found.outcome and (found.outcome.record or found.outcome.version))


def _not_written(found: Held) -> None:
    one = found.outcome
    if one and one.state == "writing" and one.revision == found.proposal.revision:
        raise Conflict("This proposal is being published at this moment. Try again in a minute.")


def _said(draft: Draft) -> Draft:
    return dataclasses.replace(draft, suspect=())
