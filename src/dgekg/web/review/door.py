"""The door of `/review`: who is inside, what their forms are known by, and how somebody gets in and out.

The client keeps one cookie, a number that nobody can guess; all else is in the private root (see `dgekg.reviewers`).
Each form carries a secret of the session, other at each answer; a form of somebody who is not inside yet carries one
that is made of a cookie of its own. No network address is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dgekg import formats, reviewers
from dgekg.errors import InputError
from dgekg.inbox import Gate
from dgekg.reviewers import Account, Session
from dgekg.reviewers.attempts import key
from dgekg.reviewers.sessions import masked, unmasks
from dgekg.settings import Settings
from dgekg.web.house import House, Visit

HOME, LOGIN, SECOND = "/review", "/review/login", "/review/second"
FIELD = "token"
_SESSION, _DOOR = "dgekg-review", "dgekg-review-door"
_LOCAL = ("localhost", "127.0.0.1", "::1", "[::1]")
_TRIES = 120
_WITHOUT_SECOND = (SECOND, "/review/logout", "/review/account")
Fields = Mapping[str, Sequence[str]]


class Closed(Exception):
    """Nobody is inside, or not with this right; carries the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Door:
    """What all of `/review` shares.

    Args:
        settings: where the private root is, and how long sessions last.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.gate = Gate(per_hour=_TRIES, in_all=100 * _TRIES)

    @cached_property
    def folder(self) -> Path:
        """Where accounts and sessions are."""
        return self.settings.private_root() / reviewers.FOLDER

    @cached_property
    def accounts(self) -> reviewers.Accounts:
        """The accounts."""
        return reviewers.Accounts(self.folder)

    @cached_property
    def second(self) -> reviewers.SecondFactor:
        """The second factors of the accounts."""
        return reviewers.second_factor(self.settings.private_root(), self.settings.review_key)

    @cached_property
    def attempts(self) -> reviewers.Attempts:
        """The failed attempts."""
        return reviewers.Attempts(self.folder)

    @cached_property
    def audit(self) -> reviewers.Audit:
        """The audit log."""
        return reviewers.Audit(self.folder)

    @cached_property
    def sessions(self) -> reviewers.Sessions:
        """The sessions."""
        return reviewers.Sessions(
            self.folder, self.settings.review_idle_minutes * 60.0, self.settings.review_hours * 3600.0
        )


@dataclass(frozen=True)
class Inside:
    """A request of somebody who is inside: the visit, who it is, and what their forms are known by."""

    door: Door
    visit: Visit
    account: Account
    session: Session

    def page(self, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """Answer with a page; its forms carry the secret."""
        return page(self.visit, template, {**values, "me": self.account, "token": masked(self.session.secret)}, status)

    def back(self, path: str) -> Response:
        """Send on to another page, with GET."""
        return RedirectResponse(self.visit.url(path), 303, _PRIVATE)

    def must(self, role: str) -> None:
        """Go on only with a right.

        Raises:
            Closed: the account has not that right.
        """
        if not self.account.may(role):
            raise Closed(self.page("review_closed.html", {"why": "role"}, 403))


_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Vary": "Cookie, Accept-Language"}


def page(visit: Visit, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Answer with a page that nobody keeps."""
    body = visit.render(template, values)
    headers = {**_PRIVATE, "Content-Language": visit.language}
    return Response(body, status, headers, formats.HTML.media_type)


def enter(door: Door, house: House, request: Request, fields: Fields | None) -> Inside:
    """Return who is inside.

    Args:
        door: of the service.
        house: the service.
        request: as it came.
        fields: of the form, where it is one.

    Raises:
        Closed: nobody is, or the form is not one that was given to them here.
    """
    visit = Visit(house, request)
    found = door.sessions.find(request.cookies.get(_name(visit, _SESSION), ""), door.accounts)
    if found is None:
        over = [("over", "yes")] if fields is not None else []
        raise Closed(RedirectResponse(visit.url(LOGIN, over), 303, _PRIVATE))
    inside = Inside(door, visit, found[1], found[0])
    needed = door.settings.review_second == "required" and not inside.account.secret
    if needed and request.url.path not in _WITHOUT_SECOND:
        raise Closed(inside.back(SECOND))
    if fields is not None and not (_ours(visit) and unmasks(one(fields, FIELD), inside.session.secret)):
        raise Closed(inside.page("review_closed.html", {"why": "form"}, 403))
    return inside


def login(door: Door, house: House, request: Request, fields: Fields | None) -> Response:
    """`/review/login`: the form, and what became of it."""
    visit = Visit(house, request)
    if not _safe(visit):
        return _form(door, visit, "plain", 403)
    if fields is None:
        if door.sessions.find(request.cookies.get(_name(visit, _SESSION), ""), door.accounts):
            return RedirectResponse(visit.url(HOME), 303, _PRIVATE)
        return _form(door, visit, "over" if request.query_params.get("over") else "")
    secret = _door_secret(door, request.cookies.get(_name(visit, _DOOR), ""))
    if not secret or not _ours(visit) or not unmasks(one(fields, FIELD), secret):
        return _form(door, visit, "form", 403)
    client = request.client.host if request.client else ""
    door.gate.check(client)
    name = one(fields, "name")
    wait = door.attempts.take(name)
    if wait:
        door.audit.note("locked", _known(door, name))
        return _form(door, visit, "wait", 429, wait)
    # One answer to a wrong password and a wrong code: nobody learns that a password is right.
    account = door.accounts.verify(name, one(fields, "password"))
    by = door.second.passes(account.name, one(fields, "code")) if account else ""
    if account is None or not by:
        door.audit.note("refused", _known(door, name))
        return _form(door, visit, "wrong", 403)
    door.attempts.clear(name)
    if by == "recovery":
        door.audit.note("recovered", account.name)
    door.audit.note("login", account.name)
    answer = RedirectResponse(visit.url(SECOND if by == "recovery" else HOME), 303, _PRIVATE)
    _set(answer, visit, _SESSION, door.sessions.begin(account))
    _drop(answer, visit, _DOOR)
    return answer


def logout(inside: Inside) -> Response:
    """End the session, here and with the client."""
    inside.door.sessions.end(inside.visit.request.cookies.get(_name(inside.visit, _SESSION), ""))
    inside.door.audit.note("logout", inside.account.name)
    answer = RedirectResponse(inside.visit.url(LOGIN), 303, {**_PRIVATE, "Clear-Site-Data": '"cache"'})
    _drop(answer, inside.visit, _SESSION)
    return answer


def proved(inside: Inside, password: str, code: str | None = None) -> None:
    """Go on only with the account's password, and a code where one is asked for; failures count as those at the door.

    Raises:
        InputError: one of them is wrong, or too many were; the field says which.
    """
    door, name = inside.door, inside.account.name
    if door.attempts.take(name):
        raise InputError("wait", field="wait")
    if door.accounts.verify(name, password) is None:
        raise InputError("old", field="old")
    if code is not None and not door.second.passes(name, code):
        raise InputError("code", field="code")
    door.attempts.clear(name)


def anew(inside: Inside, answer: Callable[[Inside], Response]) -> Response:
    """Answer in a session that begins now, after what the old one began with has changed; all others are over."""
    door = inside.door
    token = door.sessions.begin(door.accounts.get(inside.account.name))
    found = door.sessions.find(token, door.accounts)
    if found is None:  # changed once more meanwhile
        raise Closed(RedirectResponse(inside.visit.url(LOGIN), 303, _PRIVATE))
    made = answer(Inside(door, inside.visit, found[1], found[0]))
    _set(made, inside.visit, _SESSION, token)
    return made


def one(fields: Fields, name: str) -> str:
    """Return the first value of a field, "" where there is none."""
    return next(iter(fields.get(name, ())), "")


def _form(door: Door, visit: Visit, why: str, status: int = 200, wait: int = 0) -> Response:
    nonce = secrets.token_hex(16)
    values = {"why": why, "minutes": -(-wait // 60), "token": masked(_door_secret(door, nonce)), "me": None}
    answer = page(visit, "review_login.html", values, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    _set(answer, visit, _DOOR, nonce)
    return answer


def _door_secret(door: Door, nonce: str) -> str:
    return hmac.new(key(door.folder), nonce.encode(), hashlib.sha256).hexdigest() if nonce else ""


def _known(door: Door, name: str) -> str:
    account = door.accounts.find(name)
    return account.name if account else ""


def _ours(visit: Visit) -> bool:
    """Whether the browser says that a form comes from a page of this service; older ones say nothing."""
    headers = visit.request.headers
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin", "")
    return (
        not origin
        or origin == "null"
        or urlsplit(origin).netloc in (urlsplit(visit.origin).netloc, headers.get("host"))
    )


def _safe(visit: Visit) -> bool:
    """Whether a password may be asked for: over https, or on this very machine."""
    return _https(visit) or (visit.request.url.hostname or "") in _LOCAL


def _https(visit: Visit) -> bool:
    return visit.origin.startswith("https://")


def _name(visit: Visit, name: str) -> str:
    return f"__Secure-{name}" if _https(visit) else name


def _set(answer: Response, visit: Visit, name: str, value: str) -> None:
    answer.set_cookie(
        _name(visit, name), value, path=f"{visit.base}{HOME}", secure=_https(visit), httponly=True, samesite="strict"
    )


def _drop(answer: Response, visit: Visit, name: str) -> None:
    answer.delete_cookie(
        _name(visit, name), path=f"{visit.base}{HOME}", secure=_https(visit), httponly=True, samesite="strict"
    )
