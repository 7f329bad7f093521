"""Answers given before, given again: whole, with their headers, or as 304, before anything else is looked at.

What is asked again and again costs little more than the server's own work for it. An answer is one of the current
version: it has an ETag (a weak one where it is of a query; what changes by itself has none), came whole, and is
forgotten with its version or when a record may not be shown any more, which is looked up at each request. Plain
ASGI, within the log and outside all the rest.
"""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dgekg.web.house import House
from dgekg.web.service.entry import NOTE
from dgekg.web.service.kept import Kept

# What an answer may depend on; of Origin only whether there is one, for every origin gets the same.
_ASKED = (b"accept", b"accept-encoding", b"accept-language", b"accept-profile", b"host")
_PROXY = (b"x-forwarded-proto", b"x-forwarded-host")
_BODILESS = (b"content-length", b"content-type", b"content-encoding")
_VERSION = "/version"
_ANEW = "/feed"  # a release is announced there though no version changes
_LARGEST = 2**20
_UNCHANGED = "304\n"
_Headers = list[tuple[bytes, bytes]]


class Given:
    """One answer: its headers, its body (None where only 304 was answered), and what the log says of it."""

    __slots__ = ("body", "headers", "note", "tag")

    def __init__(self, headers: _Headers, body: bytes | None, tag: bytes, note: dict[str, Any]) -> None:
        self.headers, self.body, self.tag, self.note = headers, body, tag, note

    def __len__(self) -> int:
        return len(self.body or b"") + sum(len(name) + len(value) for name, value in self.headers)


class Again:
    """Middleware: answers from what was answered before, else remembers what is answered now.

    Args:
        app: what answers.
        house: the service, which knows whether its version still stands.
    """

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app, self.house = app, house
        self._given: Kept[Given] = Kept()
        self._version: object = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or _passed(scope["path"]):
            await self.app(scope, receive, send)
            return
        version = self.house.standing()
        if version is not self._version:
            self._given.clear()
            self._version = version
        key, known = self._read(scope)
        if version is not None:
            given = self._given.get(key) or (self._given.get(_UNCHANGED + key) if known else None)
            if given is not None and await _answered(given, scope, known, send):
                return
        caught = _Catching(send)
        await self.app(scope, receive, caught)
        if version is not None and version is self.house.standing() and version is self._version:
            made = caught.given(scope.get(NOTE, {}))
            if made is not None and scope["method"] == "GET":
                self._given.put(key if made.body is not None else _UNCHANGED + key, made)

    def _read(self, scope: Scope) -> tuple[str, bytes]:
        """Return what tells this request from others, and the ETags that the client has."""
        names = _ASKED + _PROXY if self.house.settings.proxy else _ASKED
        found: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            found[name] = found[name] + b"," + value if name in found else value
        parts = [scope["scheme"].encode(), scope["raw_path"] if scope.get("raw_path") else scope["path"].encode()]
        parts += [scope["query_string"], str(scope.get("root_path", "")).encode()]
        parts += [str(b"origin" in found).encode()]
        if self.house.settings.proxy:
            parts.append(str((scope.get("client") or ("",))[0]).encode())
        parts += [found.get(name, b"-") for name in names]
        return b"\n".join(parts).decode("latin-1"), found.get(b"if-none-match", b"")


def _passed(path: str) -> bool:
    """Whether what a path gives may change while the version and the list of what may not be shown stay."""
    return _VERSION in path or path.endswith(_ANEW)


async def _answered(given: Given, scope: Scope, known: bytes, send: Send) -> bool:
    tags = [tag.strip().removeprefix(b"W/") for tag in known.split(b",")] if known else []
    unchanged = given.tag.removeprefix(b"W/") in tags
    if not unchanged and given.body is None:
        return False
    if NOTE in scope:
        scope[NOTE].update(given.note)
    headers = [pair for pair in given.headers if not unchanged or pair[0] not in _BODILESS]
    body = b"" if unchanged or scope["method"] == "HEAD" else given.body
    await send({"type": "http.response.start", "status": 304 if unchanged else 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return True


class _Catching:
    """Passes an answer on, and holds it as long as it may be one to give again."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._headers: _Headers | None = None
        self._body: bytes | None = None
        self._unchanged = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] in (200, 304):
                self._unchanged = message["status"] == 304
                self._headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", [])]
        elif message["type"] == "http.response.body":
            whole = self._body is None and not message.get("more_body", False)
            self._body = message.get("body", b"") if whole else b""
            if not whole:
                self._headers = None
        await self._send(message)

    def given(self, note: dict[str, Any]) -> Given | None:
        """Return the answer, if it was one with an ETag, whole and not too large."""
        if self._headers is None or self._body is None or len(self._body) > _LARGEST:
            return None
        tag = dict(self._headers).get(b"etag", b"")
        body = None if self._unchanged else self._body
        return Given(self._headers, body, tag, dict(note)) if tag.startswith((b'"', b'W/"')) else None
