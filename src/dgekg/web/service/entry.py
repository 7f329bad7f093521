"""The door: what a request's address says of proxy, base path and version, and whether it may be answered at all.

Plain ASGI, inside of all headers. Behind it a path is the path of design section 7, whatever stood before it.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dgekg import suppression
from dgekg.errors import DgekgError, VersionUnknown, shown
from dgekg.settings import Settings
from dgekg.vocabulary import BASE
from dgekg.web.house import House
from dgekg.web.service import closed
from dgekg.web.service.asked import ASKED, BASE_KEY, ORIGIN_KEY, VERSION_KEY, Asked

NOTE = "dgekg.note"
_VERSION = re.compile(r"/version/(?P<name>[^/.]+)(?P<rest>/.*)")
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,255}")


class Entry:
    """Middleware: reads the address, fixes the version, refuses what is gone.

    Args:
        app: what answers.
        house: the service.
    """

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app, self.house = app, house
        self._templates: dict[int, str] = {}
        self._base = _base(house.settings)
        self._proxies = _networks(house.settings.proxy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        inner = self._read(scope)
        asked = Asked()
        note: dict[str, Any] = scope.setdefault(NOTE, {})
        token = ASKED.set(asked)
        try:
            refused = await self._refused(inner, asked)
            sent = self._marked(inner, asked, send)
            if refused is not None:
                await refused(inner, receive, sent)
            else:
                await self.app(inner, receive, sent)
        finally:
            note["route"] = self._template(inner)
            note["version"] = asked.snapshot.observatory.version if asked.snapshot else asked.version
            ASKED.reset(token)

    def _template(self, scope: Scope) -> str:
        """Return the template of the route that answered, as it stands in the code; "" where there was none."""
        route, endpoint = scope.get("route"), scope.get("endpoint")
        if route is None and endpoint is not None and not self._templates:
            routes = [
                (getattr(r, "endpoint", getattr(r, "app", None)), r.path)
                for r in scope["app"].routes
                if hasattr(r, "path")
            ]
            self._templates.update({id(found): path for found, path in routes})
        return str(getattr(route, "path", "") or self._templates.get(id(endpoint), ""))

    def _read(self, scope: Scope) -> Scope:
        """Return the scope of what lies behind the door."""
        inner = dict(scope)
        self._believe(inner)
        path = str(inner["path"])
        base = self._base or str(inner.get("root_path", "")).rstrip("/")
        if base and (path == base or path.startswith(base + "/")):
            path = path[len(base) :] or "/"
        inner |= {"path": path, "root_path": "", BASE_KEY: base, VERSION_KEY: ""}
        return inner

    def _believe(self, scope: Scope) -> None:
        """Take over what a trusted proxy says of client, scheme and host."""
        peer = (scope.get("client") or ("",))[0]
        if not self._trusted(peer):
            return
        headers = Headers(scope=scope)
        scheme = headers.get("x-forwarded-proto", "").split(",")[-1].strip().lower()
        if scheme in ("http", "https"):
            scope["scheme"] = scheme
        host = headers.get("x-forwarded-host", "").split(",")[-1].strip()
        if _HOST.fullmatch(host):
            scope[ORIGIN_KEY] = f"{scope['scheme']}://{host}"
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        while len(hops) > 1 and self._trusted(hops[-1]):
            hops.pop()
        if hops:  # the last that a proxy of ours saw: what stands before it, anybody can have written
            scope["client"] = (hops[-1], 0)

    def _trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._proxies)

    async def _refused(self, scope: Scope, asked: Asked) -> Response | None:
        """Take the version out of the address; return an answer where there is nothing behind the door."""
        try:
            match = _VERSION.fullmatch(scope["path"])
            if match is not None:
                name, rest = match["name"], match["rest"]
                scope["path"] = rest
                full = await run_in_threadpool(self._found, name)
                if full != name:
                    query = scope.get("query_string", b"").decode("latin-1")
                    address = f"{scope[BASE_KEY]}/version/{full}{rest}{'?' + query if query else ''}"
                    return RedirectResponse(address, 307)
                asked.version = scope[VERSION_KEY] = full
            if scope["path"].startswith("/id/"):
                await run_in_threadpool(self._may, scope["path"])
        except DgekgError as error:
            return await run_in_threadpool(closed.answer, self.house, Request(scope), error)
        return None

    def _found(self, name: str) -> str:
        find = getattr(self.house.source, "find", None)
        if find is not None:
            return str(find(name))
        only = self.house.now().observatory.version
        if name != only:
            raise VersionUnknown(f"version {shown(name)}: no version of that name was made here.", [only])
        return only

    def _may(self, path: str) -> None:
        """Refuse the address of a record that may not be shown, also where nothing can be shown at all.

        Raises:
            RecordGone: it may not, and what is left without it cannot be opened.
            StoreError: whether it may cannot be told.
        """
        listed = getattr(self.house.source, "suppressed", None)
        if listed is None:
            return
        home, _, last = path.rpartition("/")
        entry = listed().entry(f"{BASE}{home[1:]}/{last.partition('.')[0]}")
        if entry is None:
            return
        try:
            self.house.now()
        except DgekgError as error:
            raise suppression.gone(entry) from error

    def _marked(self, scope: Scope, asked: Asked, send: Send) -> Send:
        """Return a `send` that says of which version an answer is, and where that of the current one is."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and asked.snapshot is not None:
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-DGEKG-Version", asked.snapshot.observatory.version)
                if asked.version:
                    query = scope.get("query_string", b"").decode("latin-1")
                    latest = f"{scope[BASE_KEY]}{scope['path']}{'?' + query if query else ''}"
                    link = f'<{latest}>; rel="latest-version"'
                    link += "" if 'rel="canonical"' in headers.get("link", "") else f', <{latest}>; rel="canonical"'
                    headers["Link"] = f"{headers['Link']}, {link}" if "link" in headers else link
            await send(message)

        return sent


def _base(settings: Settings) -> str:
    path = settings.base_path.strip("/")
    return f"/{path}" if path else ""


def _networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip()]
