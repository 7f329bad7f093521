"""The client over HTTP, and over anything that answers as HTTP does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import httpx2 as httpx

from dgekg import formats
from dgekg.client import results
from dgekg.client.service import Service
from dgekg.client.table import Table
from dgekg.client.transport import Transport
from dgekg.errors import InputError, shown


class Client(Service):
    """An observatory over HTTP.

    Args:
        url: of the service, with its base path; `/version/{hash}` after it reads a kept version.
        language: of labels and sentences: en, fr or es.
        timeout: seconds to wait for an answer.
        tries: how often a request is sent at most; a service that is busy says after how long to come again.
        transport: what carries requests; handed in where the service is in this very process.

    Raises:
        InputError: no address that begins with http:// or https://.

    >>> Client("ftp://example.org")
    Traceback (most recent call last):
    dgekg.errors.InputError: url: found "ftp://example.org", expected an address that begins with https://.
    """

    def __init__(
        self,
        url: str,
        *,
        language: str = "en",
        timeout: float = 60.0,
        tries: int = 4,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            wanted = "an address that begins with https://"
            raise InputError(f'url: found "{shown(url)}", expected {wanted}.', url, field="url", expected=wanted)
        self.url, self.language = url.rstrip("/"), language
        http = httpx.Client(
            base_url=self.url,
            timeout=timeout,
            transport=transport,
            follow_redirects=True,
            headers={"User-Agent": "dgekg-client"},
        )
        self._transport = Transport(http, tries)

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the client."""
        self.close()

    def __repr__(self) -> str:
        """Say which service."""
        return f"<{type(self).__name__} of {self.url}>"

    def close(self) -> None:
        """Let go of connections."""
        self._transport.http.close()

    def sparql(self, query: str) -> Table:
        """Return the rows of a SELECT, or one row `answer` of an ASK."""
        body = self._transport.post("/sparql", query, formats.QUERY_TYPE, formats.RESULTS_JSON.media_type)
        return results.of_json(body, self.health()["version"], query)

    def health(self) -> Mapping[str, Any]:
        """Return version, age and counts."""
        found: Mapping[str, Any] = self._transport.get("/health")
        return found

    def _fetched(self, path: str, given: Mapping[str, Any]) -> Any:
        return self._transport.get(path, _pairs(given))


def _pairs(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in given.items():
        values = [value] if isinstance(value, (str, int)) or value is None else list(value)
        found += [(name, str(v)) for v in values if v not in (None, "")]
    return found
