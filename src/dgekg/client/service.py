"""What can be asked of an observatory from Python, embedded or over HTTP: one protocol for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dgekg.client.table import Pages, Table

Texts = str | Sequence[str]


class Service(Protocol):
    """An observatory of one version or, over HTTP, of whichever is served.

    Filters and names are what the web takes: labels, codes or IRIs; several as a list. Every method raises a
    `dgekg.errors.DgekgError` whose message is complete; over HTTP its `problem` is the service's document.
    """

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

    def concepts(self, scheme: str = "", q: str = "", *, exclude: Texts = (), limit: int = 500) -> Pages:
        """Return concepts of a scheme, or of all."""

    def record(self, kind: str, slug: str) -> Mapping[str, Any]:
        """Return one record whole: `record("practice", "gender-shades")`; a concept by its scheme and code."""

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

    def cell(
        self, at: Texts, rows: str = "stage", cols: Texts = (), *, where: Texts = (), exclude: Texts = ()
    ) -> Table:
        """Return one cell; `about["cell"]` explains it."""

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

    def intersections(
        self, of: Texts = (), *, where: Texts = (), rung: int | None = None, norm: str = "", exclude: Texts = ()
    ) -> Table:
        """Return groups at their crossing: made for it, names all parts, names some."""

    def questions(self) -> Table:
        """Return the questions that can be asked."""

    def ask(self, question: str, *, exclude: Texts = (), **values: Texts) -> Table:
        """Answer a question: `ask("practices-of-a-group", group="women")`."""

    def search(self, q: str, *, kind: Texts = (), exclude: Texts = (), limit: int = 20) -> Pages:
        """Return what has all words of a text, of all kinds, the best first."""

    def lookup(self, url: str) -> Table:
        """Return the records that give an address as their source or page; `about["known"]` says whether any does."""

    def sparql(self, query: str) -> Table:
        """Return the rows of a SELECT, or one row `answer` of an ASK; numbers as numbers, all else as text."""

    def health(self) -> Mapping[str, Any]:
        """Return version, age and counts."""
