"""What can be asked of an observatory from Python, embedded or over HTTP: written once, over what carries it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dgekg.client.table import Pages, Row, Table
from dgekg.errors import InputError, Unreachable

Texts = str | Sequence[str]


class Service(ABC):
    """An observatory of one version or, over HTTP, of whichever is served.

    Filters and names are what the web takes: labels, codes or IRIs; several as a list. Every method raises a
    `dgekg.errors.DgekgError` whose message is complete; over HTTP its `problem` is the service's document.

    Attributes:
        url: of the service, without a slash at its end.
        language: of labels and sentences.
    """

    url: str
    language: str

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
        """Return practices under filters (`where="group=women"`), `limit` a page."""
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
        """Return actors with the practices that they have a part in, counted."""
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
        """Return instruments and provisions with the practices that concern them, counted."""
        given = {"q": q, "kind": kind, "family": family, "instrument": instrument, "right": right}
        return self._pages("/api/standards", {**given, "exclude": exclude, "sort": sort, "limit": limit})

    def concepts(self, scheme: str = "", q: str = "", *, exclude: Texts = (), limit: int = 500) -> Pages:
        """Return concepts of a scheme, or of all."""
        return self._pages("/api/concepts", {"scheme": scheme, "q": q, "exclude": exclude, "limit": limit})

    def record(self, kind: str, slug: str) -> Mapping[str, Any]:
        """Return one record whole: `record("practice", "gender-shades")`; a concept by its scheme and code."""
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
        """Return a view of one to four dimensions, a row a cell; every cell has a state."""
        given = {"rows": rows, "cols": cols, "where": where, "rung": rung, "norm": norm, "relation": relation}
        return self._table(
            "/api/coverage", {**given, "depth": depth, "empty": "" if empty else "no", "exclude": exclude}
        )

    def cell(
        self, at: Texts, rows: str = "stage", cols: Texts = (), *, where: Texts = (), exclude: Texts = ()
    ) -> Table:
        """Return one cell; `about["cell"]` explains it."""
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
        """Return what is missing, the broadest and gravest first; with `cards`, what is needed to fill each.

        With `demand` (incidents, supervisory, consultation), what is asked for comes first; `about["demand"]` says how
        much is on record and how lopsided it is.
        """
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
        """Return a view beside itself under other filters (`against="region=Africa"`) or in a kept version."""
        if not against and not version:
            raise InputError("compare: expected against, such as region=Africa, or version.", field="against")
        given = {"rows": rows, "cols": cols, "where": where, "rung": rung, "norm": norm, "depth": depth}
        return self._table(
            "/api/coverage", {**given, "exclude": exclude, "against": against, "against-version": version}
        )

    def intersections(
        self, of: Texts = (), *, where: Texts = (), rung: int | None = None, norm: str = "", exclude: Texts = ()
    ) -> Table:
        """Return groups at their crossing: made for it, names all parts, names some."""
        given = {"of": of, "where": where, "rung": rung, "norm": norm, "exclude": exclude}
        return self._table("/api/coverage/intersections", given)

    def questions(self) -> Table:
        """Return the questions that can be asked."""
        return self._table("/api/questions", {})

    def ask(self, question: str, *, exclude: Texts = (), **values: Texts) -> Table:
        """Answer a question: `ask("practices-of-a-group", group="women")`."""
        return self._table(f"/api/questions/{quote(question)}", {**values, "exclude": exclude})

    def search(self, q: str, *, kind: Texts = (), exclude: Texts = (), limit: int = 20) -> Pages:
        """Return what has all words of a text, of all kinds, the best first."""
        return self._pages("/api/search", {"q": q, "kind": kind, "exclude": exclude, "limit": limit})

    def lookup(self, url: str) -> Table:
        """Return the records that give an address as their source or page; `about["known"]` says whether any does."""
        return self._table("/api/lookup", {"url": url})

    @abstractmethod
    def sparql(self, query: str) -> Table:
        """Return the rows of a SELECT, or one row `answer` of an ASK; numbers as numbers, all else as text."""

    @abstractmethod
    def health(self) -> Mapping[str, Any]:
        """Return version, age and counts."""

    @abstractmethod
    def _fetched(self, path: str, given: Mapping[str, Any]) -> Any:
        """Return what an address answers to parameters; those that are empty are left out."""

    def _document(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        body = self._fetched(path, {**given, "lang": self.language})
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
