"""How long the inbox keeps what it holds, and all that it holds about one contributor."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from dgekg.attachments import Attached
from dgekg.errors import InputError, UnknownValue
from dgekg.inbox.box import Inbox
from dgekg.inbox.held import Held


@dataclass(frozen=True, slots=True)
class Periods:
    """Days after the last act on a proposal, after which all that is held about it is deleted.

    Attributes:
        rejected: of what was rejected, or taken back.
        returned: of what was returned and never answered.
        applied: of what was taken in.
        suspect: of what may be spam.
        answers: of what somebody answered to a consultation, whatever was decided about it.
    """

    rejected: int = 90
    returned: int = 365
    applied: int = 730
    suspect: int = 30
    answers: int = 365

    def of(self, held: Held) -> int | None:
        """Return how many days a proposal is kept; None as long as somebody has to decide about it."""
        if held.proposal.suspect and held.state in ("received", "returned"):
            return self.suspect
        if held.proposal.act == "consultation" and held.state in ("received", "accepted", "applied"):
            return self.answers
        days = {"rejected": self.rejected, "withdrawn": self.rejected, "returned": self.returned}
        return {**days, "applied": self.applied}.get(held.state)


def past(inbox: Inbox, periods: Periods, day: dt.date) -> list[Held]:
    """Return the proposals that are past their time."""
    found = []
    for held in inbox.list():
        days = periods.of(held)
        if days is not None and (day - _last(held)).days > days:
            found.append(held)
    return found


def tidy(inbox: Inbox, periods: Periods, day: dt.date) -> int:
    """Delete what is past its time; return how many proposals that were."""
    found = past(inbox, periods, day)
    for held in found:
        inbox.delete(held.id)
    return len(found)


def about(inbox: Inbox, *, code: str = "", contributor: str = "") -> dict[str, Any]:
    """Return all that is held about one contributor, to be handed to them.

    Args:
        inbox: holds it.
        code: of one of their receipts.
        contributor: the name under which they wanted to be named.

    Raises:
        InputError: neither or both are given, or nothing is held.
        UnknownCode: no proposal has that code.
    """
    if bool(code) == bool(contributor.strip()):
        raise InputError("Expected either the code of a receipt or the name of a contributor.")
    first = [inbox.status(code)] if code else []
    names = {_name(held) for held in first} | {" ".join(contributor.split()).casefold()}
    names.discard("")
    ids = {held.id for held in first}
    found = [h for h in inbox.list() if h.id in ids or h.proposal.of in ids or _name(h) in names]
    if not found:
        raise InputError("Nothing is held under that name.", contributor)
    return {
        "proposals": [_all(inbox, held) for held in found],
        "not_held": "No network address, no hour, no code; drafts lie on the contributor's own device, if anywhere.",
    }


def file_of(inbox: Inbox, name: str, wanted: str) -> tuple[Attached, bytes]:
    """Return a file of a proposal, and its bytes.

    Args:
        inbox: holds it.
        name: id of the proposal, or the beginning of it.
        wanted: the name of the file, or its digest.

    Raises:
        UnknownValue: no such proposal, or no such file of it; the files there are named.
        StoreError: it cannot be read.
    """
    held = inbox.get(name)
    for one in held.proposal.files:
        data = inbox.shelf.file(held.id, one.digest) if wanted in (one.name, one.digest) else None
        if data is not None:
            return one, data
    raise UnknownValue("file", wanted, [one.name for one in held.proposal.files])


def _all(inbox: Inbox, held: Held) -> dict[str, Any]:
    said: dict[str, Any] = {**held.proposal.as_json(), "state": held.state}
    for one in said["files"]:
        data = inbox.shelf.file(held.id, one["digest"])
        one["base64"] = base64.b64encode(data).decode() if data is not None else ""
    said["decisions"] = [
        {"revision": d.revision, "verdict": d.verdict, "reason": d.reason, "date": d.date} for d in held.decisions
    ]
    if held.outcome is not None:
        said["outcome"] = dataclasses.asdict(held.outcome)
    return said


def _name(held: Held) -> str:
    return " ".join(held.proposal.named.split()).casefold()


def _last(held: Held) -> dt.date:
    days = [held.proposal.received, held.proposal.amended, *(d.date for d in held.decisions)]
    days.append(held.outcome.date if held.outcome else "")
    return max(dt.date.fromisoformat(day) for day in days if day)
