"""What does not come from contributors: an operator's order to take something out, and an invitation to answer."""

from __future__ import annotations

import secrets

from dgekg.errors import InputError, shown
from dgekg.inbox import codes
from dgekg.inbox.box import Inbox, Receipt
from dgekg.inbox.decisions import Decision
from dgekg.inbox.held import Held
from dgekg.inbox.proposals import ORDERS, Draft, Proposal


def order(inbox: Inbox, act: str, record: str, by: str) -> Held:
    """Keep an operator's order, which the writer carries out without any further decision.

    Args:
        inbox: where it is kept.
        act: "withdraw" or "erase".
        record: its IRI.
        by: the operator's account.

    Raises:
        InputError: no such act.
        StoreError: it cannot be written.
    """
    if act not in ORDERS:
        raise InputError(f'act: found "{shown(act)}", expected one of {", ".join(ORDERS)}.', field="act")
    shelf = inbox.shelf
    with shelf.changing() as secret:
        name, day = codes.of_bare(secret, f"order|{act}|{record}"), inbox.day().isoformat()
        before = shelf.held(name)
        if before is None or not before.ready:
            revision = before.proposal.revision + 1 if before else 1
            place = before.proposal.order if before else len(shelf.names()) + 1
            shelf.write(
                Proposal(name, day, act, record, revision=revision, order=place, exposure="open", of="operator")
            )
            shelf.decide(Decision(name, revision, by, "accept", "", day, shelf.next_order()))
    return inbox.get(name)


def invite(inbox: Inbox, record: str, language: str, reason: str) -> Receipt:
    """Make a code with which those whom a record is about can answer it; until then nothing waits for a decision.

    Args:
        inbox: where the answer will be kept.
        record: its IRI.
        language: of the letter.
        reason: what whoever enters the code is told, such as until when an answer is asked for.
    """
    receipt = inbox.submit(Draft("reply", record=record, language=language), secrets.token_hex(16))
    inbox.decide(receipt.id, "letter", "return", reason)
    return receipt
