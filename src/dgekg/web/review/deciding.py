"""`/review`: the proposals by state, one of them beside the record as it is, and what a reviewer decides about it."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from dgekg import identifiers
from dgekg.attachments import KINDS
from dgekg.errors import Conflict, DgekgError, InputError
from dgekg.inbox import STATES, Held, Inbox, Proposal, exposure, keeping
from dgekg.reviewers.accounts import REVIEW
from dgekg.web.house import Visit
from dgekg.web.inboxes import inbox_of
from dgekg.web.review.comparing import compared
from dgekg.web.review.door import HOME, Fields, Inside, one

_PER_PAGE = 50
_VERDICTS = ("accept", "return", "reject")


def listed(inside: Inside, _fields: Fields | None) -> Response:
    """`/review`: proposals of one state, those that wait first."""
    visit = inside.visit
    if not inside.account.may(REVIEW):
        return inside.back("/review/assess")
    state = visit.request.query_params.get("state", "received")
    if state not in STATES:
        state = "received"
    every = inbox_of(visit).list()
    counts = Counter(held.state for held in every)
    chosen = [held for held in every if held.state == state]
    start = _number(visit.request.query_params.get("from", ""))
    values: dict[str, Any] = {
        "state": state,
        "tabs": [(name, counts[name]) for name in STATES],
        "items": [_item(visit, held) for held in chosen[start : start + _PER_PAGE]],
        "later": start + _PER_PAGE if len(chosen) > start + _PER_PAGE else 0,
        "total": len(chosen),
    }
    return inside.page("review_list.html", values)


def shown(inside: Inside, fields: Fields | None) -> Response:
    """`/review/proposals/{id}`: one proposal, and the decision about it."""
    inside.must(REVIEW)
    visit = inside.visit
    inbox = inbox_of(visit)
    held = inbox.get(str(visit.request.path_params["id"]))
    if fields is None:
        inside.door.audit.note("opened", inside.account.name, held.id)
        return _page(inside, held)
    return _decided(inside, inbox, held, fields)


def file(inside: Inside, fields: Fields | None) -> Response:
    """`/review/proposals/{id}/files/{digest}`: a file, to be saved; no browser shows or runs it."""
    inside.must(REVIEW)
    visit = inside.visit
    name, digest = (str(visit.request.path_params[part]) for part in ("id", "digest"))
    if fields is not None:
        return inside.back(f"{HOME}/proposals/{name}")
    inbox = inbox_of(visit)
    held = inbox.get(name)
    found, data = keeping.file_of(inbox, held.id, digest)
    inside.door.audit.note("took-file", inside.account.name, held.id)
    plain = found.name.encode("ascii", "replace").decode().replace("?", "_")
    headers = {
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}",
    }
    return Response(data, 200, headers, KINDS[found.kind].media_type)


def _decided(inside: Inside, inbox: Inbox, held: Held, fields: Fields) -> Response:
    verdict, reason = one(fields, "verdict"), one(fields, "reason")
    revision = _number(one(fields, "revision"))
    if verdict not in _VERDICTS:
        return _page(inside, held, "verdict", reason, 400)
    if verdict != "accept" and not reason.strip():
        return _page(inside, held, "reason", reason, 400)
    if _own(inside, held):
        return _page(inside, held, "own", reason, 403)
    try:
        # First the log, so that nothing is decided of which the log knows nothing.
        inside.door.audit.note(verdict, inside.account.name, held.id)
        inbox.decide(held.id, inside.account.name, verdict, reason, revision)
    except Conflict:
        return _page(inside, inbox.get(held.id), "conflict", reason, 409)
    except InputError as error:
        return _page(inside, held, error.field or "verdict", reason, 400)
    return inside.back(f"{HOME}/proposals/{held.id}?done={verdict}")


def _page(inside: Inside, held: Held, fault: str = "", reason: str = "", status: int = 200) -> Response:
    visit, proposal = inside.visit, held.proposal
    done = visit.request.query_params.get("done", "") if not fault else ""
    mine = [d for d in held.decisions if d.by == inside.account.name and d.revision == proposal.revision]
    values = {
        "held": held,
        "item": _item(visit, held),
        "comparisons": _comparisons(visit, held),
        "fault": fault,
        "reason": reason,
        "done": done if done in _VERDICTS else "",
        "mine": mine[-1] if mine else None,
        "own": _own(inside, held),
        "open": held.state in ("received", "accepted")
        and not (mine and mine[-1].verdict == "accept")
        and not _own(inside, held),
        "diff": held.outcome.diff if held.outcome else "",
        "accepting": _accepting(proposal),
        "exposed": [_why(visit, text) for text in proposal.reasons],
    }
    return inside.page("review_proposal.html", values, status)


def _why(visit: Visit, text: str) -> tuple[str, str]:
    """Return why a proposal is exposed as it is, and in which language that is: what an operator wrote stays."""
    key, code = exposure.reason(text)
    country = visit.label(identifiers.concept("region", code)) if code else ""
    return (visit.t(f"review.exposed_{key}", place=country), visit.language) if key else (text, "en")


def _accepting(proposal: Proposal) -> str:
    """Return which words say what accepting does: it takes down, publishes, or keeps what is not published."""
    return "accept_withdraw" if proposal.act == "withdraw" else "accept" if proposal.publishes else "accept_kept"


def _own(inside: Inside, held: Held) -> bool:
    """Whether these are ratings that are signed as those of this account are: nobody decides about their own."""
    records = held.proposal.answers.get("records") if held.proposal.act == "rating" else None
    signed = f"actor/{inside.account.actor}"
    return any(signed in one["fields"].get("assessor", ()) for one in records or () if "fields" in one)


def _comparisons(visit: Visit, held: Held) -> list[Any]:
    try:
        return list(compared(visit, held.proposal))
    except DgekgError:  # a proposal that nothing can be made of is still to be seen and returned
        return []


def _item(visit: Visit, held: Held) -> dict[str, Any]:
    proposal = held.proposal
    title = visit.label(proposal.record) if proposal.record in visit.observatory.names.known else ""
    return {
        "id": held.id,
        "act": proposal.act,
        "received": proposal.received,
        "amended": proposal.amended,
        "state": held.state,
        "title": title or _title(proposal.answers),
        "href": visit.to(proposal.record) if title else "",
        "exposure": proposal.exposure,
        "needs": proposal.needs,
        "accepted": len(held.accepted_by),
        "lacking": held.lacking,
        "suspect": proposal.suspect,
    }


def _title(answers: Any) -> str:
    """Return what a proposal calls itself: the first text of its title or name, cut."""
    fields = answers.get("fields") if hasattr(answers, "get") else None
    for name in ("title", "name", "prefLabel", "description"):
        values = fields.get(name) if isinstance(fields, dict) else None
        for value in values if isinstance(values, list) else ():
            text = value.get("value") if isinstance(value, dict) else value
            if isinstance(text, str) and text.strip():
                return text.strip()[:120]
    return ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
