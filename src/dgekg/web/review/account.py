"""`/review/account`: another password for one's own account."""

from __future__ import annotations

from starlette.responses import Response

from dgekg.errors import InputError
from dgekg.web.review import door as doors
from dgekg.web.review.door import HOME, Fields, Inside, one


def password(inside: Inside, fields: Fields | None) -> Response:
    """`/review/account`: another password; all other sessions of the account are over, and this one begins anew."""
    fault = ""
    if fields is not None:
        try:
            return _changed(inside, one(fields, "old"), one(fields, "new"), one(fields, "again"))
        except InputError as error:
            fault = error.field or "old"
    return inside.page("review_account.html", {"fault": fault}, 400 if fault else 200)


def _changed(inside: Inside, old: str, new: str, again: str) -> Response:
    doors.proved(inside, old)
    if new != again:
        raise InputError("again", field="again")
    inside.door.accounts.reset(inside.account.name, new)
    inside.door.audit.note("password", inside.account.name)
    return doors.anew(inside, lambda fresh: fresh.back(HOME))
