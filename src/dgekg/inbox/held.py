"""A proposal with all that became of it, as reviewers, the contributor and the writer see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dgekg.inbox.decisions import Decision, Outcome, backers, state
from dgekg.inbox.proposals import Proposal


@dataclass(frozen=True)
class Held:
    """A proposal, its decisions in order, and its outcome.

    Attributes:
        proposal: as it is now.
        decisions: of all its revisions, in order.
        outcome: what the writer made of it; None where it has not looked yet.
    """

    proposal: Proposal
    decisions: tuple[Decision, ...] = ()
    outcome: Outcome | None = None

    @cached_property
    def id(self) -> str:
        """The id of the proposal."""
        return self.proposal.id

    @cached_property
    def state(self) -> str:
        """One of `STATES`."""
        return state(self.proposal.revision, self.proposal.withdrawn, self.decisions, self.outcome)

    @cached_property
    def accepted_by(self) -> list[str]:
        """The different reviewers who accept it as it is now."""
        return backers(self.proposal.revision, self.decisions)

    @property
    def lacking(self) -> int:
        """How many more reviewers must accept it before it can be taken in."""
        return max(0, self.proposal.needs - len(self.accepted_by))

    @property
    def ready(self) -> bool:
        """Whether the writer can take it in, and has not begun or refused to."""
        looked_at = self.outcome is not None and self.outcome.revision == self.proposal.revision
        return self.state == "accepted" and self.lacking == 0 and not looked_at

    @property
    def trouble(self) -> tuple[str, ...]:
        """Why the writer refused it as it is now; empty where it did not."""
        one = self.outcome
        return one.findings if one and one.state == "refused" and one.revision == self.proposal.revision else ()

    @cached_property
    def reason(self) -> str:
        """What the reviewer who returned or rejected it wants the contributor to know."""
        now = [d for d in self.decisions if d.revision == self.proposal.revision and d.verdict != "accept"]
        return now[-1].reason if now else ""

    @property
    def place(self) -> int:
        """The place among the decisions at which it was last accepted; the writer goes by it."""
        return max((d.order for d in self.decisions if d.verdict == "accept"), default=0)

    def for_contributor(self) -> dict[str, Any]:
        """Return what whoever has the code may know: never who decided, nor how many must."""
        said = {name: one for name, one in self.proposal.as_json().items() if name in _TOLD}
        done = self.outcome if self.state == "applied" else None
        return {
            **said,
            "state": self.state,
            "reason": self.reason,
            "published": bool(done and done.version),
            "made": done.record if done else "",
        }


_TOLD = ("received", "amended", "act", "record", "answers", "named", "consent", "language", "note", "revision", "files")
