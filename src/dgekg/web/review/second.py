"""`/review/second`: the second factor of one's own account: set up, new codes for recovery, taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from dgekg.errors import InputError
from dgekg.reviewers.second import address, picture
from dgekg.web.review import door as doors
from dgekg.web.review.door import Fields, Inside, one


def page(inside: Inside, fields: Fields | None) -> Response:
    """`/review/second`: what the account has, and what is done with it."""
    fault, pending = "", ""
    if fields is not None:
        pending = one(fields, "pending")
        try:
            return _ACTS[one(fields, "act")](inside, fields)
        except KeyError:
            fault = "act"
        except InputError as error:
            fault = error.field or "code"
    return _shown(inside, fault=fault, pending=pending)


def _begin(inside: Inside, fields: Fields) -> Response:
    if inside.account.secret:  # it is taken off before another is put in its place
        raise InputError("act", field="act")
    doors.proved(inside, one(fields, "password"))
    name = inside.account.name
    codes = inside.door.second.begin(name, one(fields, "pending"), one(fields, "code"))
    inside.door.audit.note("second-on", name)
    return doors.anew(inside, lambda fresh: _shown(fresh, codes=codes))


def _renew(inside: Inside, fields: Fields) -> Response:
    doors.proved(inside, one(fields, "password"), one(fields, "code"))
    codes = inside.door.second.renew(inside.account.name)
    inside.door.audit.note("second-codes", inside.account.name)
    return doors.anew(inside, lambda fresh: _shown(fresh, codes=codes))


def _end(inside: Inside, fields: Fields) -> Response:
    doors.proved(inside, one(fields, "password"), one(fields, "code"))
    inside.door.second.end(inside.account.name)
    inside.door.audit.note("second-off", inside.account.name)
    return doors.anew(inside, lambda fresh: _shown(fresh, done=True))


_ACTS = {"begin": _begin, "renew": _renew, "end": _end}


def _shown(
    inside: Inside, fault: str = "", pending: str = "", codes: Sequence[str] = (), done: bool = False
) -> Response:
    visit, name = inside.visit, inside.account.name
    second, secret = inside.door.second, ""
    if not inside.account.secret:
        try:
            secret = second.shown(name, pending)
        except InputError:
            pending = second.offered(name)
            secret = second.shown(name, pending)
    link = address(name, secret, visit.request.url.hostname or "dgekg") if secret else ""
    values: dict[str, Any] = {
        "on": bool(inside.account.secret),
        "required": inside.door.settings.review_second == "required",
        "left": len(inside.account.codes),
        "codes": codes,
        "pending": pending,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "link": link,
        "picture": Markup(picture(link)) if link else "",
        "fault": fault,
        "done": done,
    }
    return inside.page("review_second.html", values, 400 if fault else 200)
