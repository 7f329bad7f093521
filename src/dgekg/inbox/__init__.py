"""Proposals and decisions, kept in the private root until the writer has taken them in: durable, and never public."""

from dgekg.inbox.box import FOLDER, Inbox, Receipt
from dgekg.inbox.decisions import Decision, Outcome
from dgekg.inbox.gate import Gate, Tickets
from dgekg.inbox.held import Held
from dgekg.inbox.keeping import Periods
from dgekg.inbox.proposals import ACTS, PUBLIC_ACTS, STATES, Draft, Proposal

__all__ = [
    "ACTS",
    "FOLDER",
    "PUBLIC_ACTS",
    "STATES",
    "Decision",
    "Draft",
    "Gate",
    "Held",
    "Inbox",
    "Outcome",
    "Periods",
    "Proposal",
    "Receipt",
    "Tickets",
]
