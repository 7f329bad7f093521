"""The client over HTTP, and over anything that answers as HTTP does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

import httpx2 as httpx

from dgekg import formats
from dgekg.client import results
from dgekg.client.service import Service, Texts
from dgekg.client.table import Pages, Row, Table
from dgekg.client.transport import Transport
from dgekg.errors import InputError, Unreachable, shown


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

    def practices(
        self,
        q: str = "",
        *,
        where: Texts = (),
        rung: int | None = None,
        norm: str = "",
        relation: str = "",
        exclude: Texts = (),
        sort: str = "",
        limit: int = 500,
    ) -> Pages:
        """Return practices under filters."""
        given = {"q": q, "where": where, "rung": rung, "norm": norm, "relation": relation}
        return self._pages("/api/practices", {**given, "exclude": exclude, "sort": sort, "limit": limit})

    def actors(
        self,
        q: str = "",
        *,
        sector: str = "",
        country: str = "",
        role: str = "",
        exclude: Texts = (),
        sort: str = "",
        limit: int = 500,
    ) -> Pages:
        """Return actors."""
        given = {"q": q, "sector": sector, "country": country, "role": role}
        return self._pages("/api/actors", {**given, "exclude": exclude, "sort": sort, "limit": limit})

    def standards(
        self,
        q: str = "",
        *,
        kind: Texts = (),
        family: str = "",
        instrument: str = "",
        right: str = "",
        exclude: Texts = (),
        sort: str = "",
        limit: int = 500,
    ) -> Pages:
        """Return instruments and provisions."""
        given = {"q": q, "kind": kind, "family": family, "instrument": instrument, "right": right}
        return self._pages("/api/standards", {**given, "exclude": exclude, "sort": sort, "limit": limit})

    def concepts(self, scheme: str = "", q: str = "", *, exclude: Texts = (), limit: int = 500) -> Pages:
        """Return concepts of a scheme, or of all."""
        return self._pages("/api/concepts", {"scheme": scheme, "q": q, "exclude": exclude, "limit": limit})

    def record(self, kind: str, slug: str) -> Mapping[str, Any]:
        """Return one record whole; a concept by its scheme and code, as `record("concept", "stage/data")`."""
        path = f"/api/concepts/{quote(slug)}" if kind == "concept" else f"/api/records/{quote(kind)}/{quote(slug)}"
        return self._document(path, {})

    def coverage(
        self,
        rows: str = "stage",
        cols: Texts = (),
        *,
        where: Texts = (),
        rung: int | None = None,
        norm: str = "",
        relation: str = "",
        depth: Texts = (),
        empty: bool = True,
        exclude: Texts = (),
    ) -> Table:
        """Return a view, a row a cell."""
        given = {"rows": rows, "cols": cols, "where": where, "rung": rung, "norm": norm, "relation": relation}
        return self._table(
            "/api/coverage", {**given, "depth": depth, "empty": "" if empty else "no", "exclude": exclude}
        )

    def cell(
        self, at: Texts, rows: str = "stage", cols: Texts = (), *, where: Texts = (), exclude: Texts = ()
    ) -> Table:
        """Return one cell, explained."""
        given = {"rows": rows, "cols": cols, "where": where, "exclude": exclude, "at": at}
        return self._table("/api/coverage/cell", given)

    def gaps(
        self,
        rows: str = "group",
        cols: Texts = "stage",
        *,
        where: Texts = (),
        kind: str = "",
        demand: str = "",
        cards: bool = False,
        rung: int | None = None,
        norm: str = "",
        depth: Texts = (),
        exclude: Texts = (),
        limit: int | None = None,
    ) -> Pages:
        """Return what is missing."""
        given = {"rows": rows, "cols": cols, "where": where, "kind": kind, "demand": demand}
        given["cards"] = "yes" if cards else ""
        return self._pages(
            "/api/gaps", {**given, "rung": rung, "norm": norm, "depth": depth, "exclude": exclude, "limit": limit}
        )

    def compare(
        self,
        rows: str = "stage",
        cols: Texts = (),
        *,
        against: Texts = (),
        version: str = "",
        where: Texts = (),
        rung: int | None = None,
        norm: str = "",
        depth: Texts = (),
        exclude: Texts = (),
    ) -> Table:
        """Return a view beside itself."""
        if not against and not version:
            raise InputError("compare: expected against, such as region=Africa, or version.", field="against")
        given = {"rows": rows, "cols": cols, "where": where, "rung": rung, "norm": norm, "depth": depth}
        return self._table(
            "/api/coverage", {**given, "exclude": exclude, "against": against, "against-version": version}
        )

    def intersections(
        self, of: Texts = (), *, where: Texts = (), rung: int | None = None, norm: str = "", exclude: Texts = ()
    ) -> Table:
        """Return groups at their crossing."""
        given = {"of": of, "where": where, "rung": rung, "norm": norm, "exclude": exclude}
        return self._table("/api/coverage/intersections", given)

    def questions(self) -> Table:
        """Return the questions that can be asked."""
        return self._table("/api/questions", {})

    def ask(self, question: str, *, exclude: Texts = (), **values: Texts) -> Table:
        """Answer a question."""
        return self._table(f"/api/questions/{quote(question)}", {**values, "exclude": exclude})

    def search(self, q: str, *, kind: Texts = (), exclude: Texts = (), limit: int = 20) -> Pages:
        """Return what has all words of a text."""
        return self._pages("/api/search", {"q": q, "kind": kind, "exclude": exclude, "limit": limit})

    def lookup(self, url: str) -> Table:
        """Return the records that give an address as their source or page."""
        return self._table("/api/lookup", {"url": url})

    def sparql(self, query: str) -> Table:
        """Return the rows of a SELECT, or one row `answer` of an ASK."""
        body = self._transport.post("/sparql", query, formats.QUERY_TYPE, formats.RESULTS_JSON.media_type)
        return results.of_json(body, self.health()["version"], query)

    def health(self) -> Mapping[str, Any]:
        """Return version, age and counts."""
        found: Mapping[str, Any] = self._transport.get("/health")
        return found

    def _document(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        body = self._transport.get(path, _pairs({**given, "lang": self.language}))
        if not isinstance(body, dict):
            raise Unreachable(f"{self.url}{path}: found an answer that is none of this service's. Check the address.")
        return body

    def _rows(self, path: str, given: Mapping[str, Any]) -> tuple[list[Row], dict[str, Any]]:
        body = self._document(path, given)
        rows = body.pop("rows", None)
        if not isinstance(rows, list):
            raise Unreachable(f"{self.url}{path}: found an answer without rows. Check the address of the service.")
        return rows, body

    def _table(self, path: str, given: Mapping[str, Any]) -> Table:
        return Table(*self._rows(path, given))

    def _pages(self, path: str, given: Mapping[str, Any]) -> Pages:
        return Pages(*self._rows(path, given), lambda cursor: self._rows(path, {**given, "cursor": cursor}))


def _pairs(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in given.items():
        values = [value] if isinstance(value, (str, int)) or value is None else list(value)
        found += [(name, str(v)) for v in values if v not in (None, "")]
    return found
