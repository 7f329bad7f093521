"""`/contribute/status`: what became of a proposal, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from dgekg import forms
from dgekg.errors import InputError, UnknownCode
from dgekg.inbox.codes import written
from dgekg.web.contributing.posted import Posted
from dgekg.web.house import Visit
from dgekg.web.inboxes import inbox_of
from dgekg.web.review.door import page


def status(visit: Visit, posted: Posted | None) -> Response:
    """Answer with what became of a proposal; it can be changed there, and taken back after one more question."""
    about: dict[str, Any] = {"held": None, "title": "", "fault": "", "code": "", "done": ""}
    http = 200
    if posted is not None:
        about["code"] = code = written((posted.get("code") or [""])[0])
        inbox = inbox_of(visit)
        try:
            wanted = (posted.get("do") or [""])[0]
            if wanted == "withdraw":
                about["done"] = "withdrawn" if inbox.withdraw(code).state == "withdrawn" else "requested"
            elif wanted == "ask":  # one tap does not delete what somebody wrote
                about["done"] = "sure"
            about["held"] = held = inbox.status(code).for_contributor()
            about["title"] = _title(held, visit.language)
        except UnknownCode:
            about["fault"], http = "code", 404
        except InputError as error:
            about["fault"], http = str(error), 400
    return page(visit, "give_status.html", about, http)


def _title(held: Mapping[str, Any], language: str) -> str:
    """Return what a proposal calls itself, in the language of the page where it has one there."""
    fields = held["answers"].get("fields", {})
    texts = [v for name in ("title", "name") for v in fields.get(name, []) if isinstance(v, Mapping)]
    return forms.spoken({str(v.get("language", "")): str(v.get("value", "")) for v in texts}, language)
