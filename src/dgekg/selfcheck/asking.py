"""Asking politely: one connection, one request at a time, waiting where the service says so, bounded in bytes."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
from pyoxigraph import Quad, RdfFormat, parse

from dgekg import __version__
from dgekg.client.transport import wait
from dgekg.errors import Unreachable
from dgekg.selfcheck.outcome import NotChecked, Unusable
from dgekg.vocabulary import BASE

_AGAIN = (429, 503)
_TRIES = 3
_LINK = re.compile(r"""<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^",;\s]+))?)*)""")
_PARAMETER = re.compile(r""";\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^",;\s]+))""")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, its body as it came (never unpacked).

    Attributes:
        address: that was asked.
        status: of HTTP.
        headers: by name, in any case.
        body: empty for HEAD.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def sha256(self) -> str:
        """The checksum of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def links(self, relation: str) -> list[tuple[str, dict[str, str]]]:
        """Return the links of a relation: whole address and parameters."""
        found = []
        for target, rest in _LINK.findall(self.headers.get("link", "")):
            parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
            if relation in parameters.get("rel", "").split():
                found.append((urljoin(self.address, target), parameters))
        return found

    def json(self) -> Any:
        """Return the body read as JSON.

        Raises:
            Unusable: it is none.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            found = f"{self.status} {self.media_type}, which is no JSON ({error})"
            raise Unusable(self.address, found, "JSON", "Answer with JSON that parses.") from error

    def quads(self) -> list[Quad]:
        """Return the body read as RDF by its media type.

        Raises:
            Unusable: it is none.
        """
        form = RdfFormat.from_media_type(self.media_type)
        expected, mend = "RDF that parses", "Serve what the media type names; test it with any RDF parser."
        if self.status != 200 or form is None:
            raise Unusable(self.address, f"{self.status} {self.media_type}", expected, mend)
        try:
            return list(parse(self.body, format=form, base_iri=self.address))
        except (SyntaxError, ValueError) as error:
            raise Unusable(self.address, f"{self.media_type} that does not parse: {error}", expected, mend) from error


class Asker:
    """One service over one connection.

    Args:
        url: of the service, with its base path.
        http: the client that sends requests.
        largest: bytes of a body that are read at most.
        sleep: waits; handed in by tests.

    Attributes:
        requests: how many were sent.
        last: address that was asked last.
        versions: the versions that answers named, outside `/version/`.
    """

    def __init__(self, url: str, http: httpx.Client, largest: int, sleep: Callable[[float], None] = time.sleep) -> None:
        self.url, self.largest = url.rstrip("/"), largest
        self._http, self._sleep = http, sleep
        self.requests, self.last = 0, self.url
        self.versions: set[str] = set()

    def at(self, place: str) -> str:
        """Return a path, one of our IRIs or an address of the service as an address below the service's.

        Raises:
            Unusable: it leads elsewhere; a harvester that was sent to this service would not stay in it.
        """
        if place.startswith("/"):
            return self.url + place
        if place == self.url or place.startswith((self.url + "/", self.url + "?", self.url + "#")):
            return place
        if place.startswith(BASE):
            return f"{self.url}/{place.removeprefix(BASE)}"
        raise Unusable(
            place,
            "an address elsewhere",
            f"one below {self.url}",
            "Set the address that the service is known by (DGEKG_ADDRESS, --proxy), or check it at that address.",
        )

    def get(self, place: str, accept: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something, as `send` does."""
        return self.send("GET", place, {**({"Accept": accept} if accept else {}), **(headers or {})})

    def send(self, method: str, place: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Return an answer, whatever its status; redirects are not followed.

        Raises:
            Unusable: no answer came, or the address leads elsewhere.
            NotChecked: the body is larger than is read.
            Unreachable: no answer came to the very first request.
        """
        address = self.last = self.at(place)
        for turn in range(1, _TRIES + 1):
            try:
                answer = self._once(method, address, headers, body)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                why = f"no answer ({error or type(error).__name__})"
                if not self.requests:
                    raise Unreachable(f"{self.url}: cannot be reached: {why}.") from error
                mend = "Look into the log of the service for this request."
                raise Unusable(address, why, "an answer", mend) from error
            if answer.status not in _AGAIN or turn == _TRIES:
                break
            self._sleep(wait(answer.headers.get("retry-after"), turn))
        return answer

    def _once(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        asked = {"User-Agent": f"dgekg-selfcheck/{__version__}", "Accept-Encoding": "identity", **headers}
        with self._http.stream(method, address, headers=asked, content=body) as found:
            self.requests += 1
            version = found.headers.get("x-dgekg-version", "")
            if version and "/version/" not in address:
                self.versions.add(version)
            return Answer(address, found.status_code, found.headers, self._body(found, address))

    def _body(self, found: httpx.Response, address: str) -> bytes:
        kept = bytearray()
        for part in found.iter_raw():
            kept += part
            if len(kept) > self.largest:
                raise NotChecked(address, f"not checked, larger than {size(self.largest)} (--largest)")
        return bytes(kept)


def size(count: int) -> str:
    """Return a number of bytes for reading.

    >>> size(128 * 1024 * 1024), size(2048)
    ('128 MiB', '2048 bytes')
    """
    return f"{count // 1024**2} MiB" if count >= 1024**2 else f"{count} bytes"
