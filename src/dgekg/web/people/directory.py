"""The list of practices under filters: the same grammar as a view, a plain search, facets, pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import numpy as np

from dgekg.coverage import View
from dgekg.coverage.filters import coordinates_left, qualities_left
from dgekg.errors import UnknownValue
from dgekg.index import Bits
from dgekg.textsearch import MOST_LETTERS, Found
from dgekg.web.facts import Facts
from dgekg.web.house import Visit
from dgekg.web.people.grids import code
from dgekg.web.programs import paging
from dgekg.web.programs.columns import PRACTICES

_FACE = ("view", "facet")  # of the page alone
KEYS = (
    "where",
    "rung",
    "norm",
    "relation",
    "exclude",
    "q",
    "sort",
    "cursor",
    "limit",
    "lang",
    "format",
    "safe",
    *_FACE,
)
SORTS = ("best", "title", "newest", "oldest")


@dataclass(frozen=True)
class Listing:
    """Practices under filters.

    Attributes:
        view: the filters.
        text: what was searched for.
        found: all that fit (IRIs), in order.
        page: those of this page, with what is shown of them.
        cursor: of the next page, or "".
    """

    view: View
    text: str
    sort: str
    bits: Bits
    found: Sequence[str]
    page: Iterable[Facts]
    start: int
    cursor: str
    searched: Found

    def query_pairs(self) -> list[tuple[str, str]]:
        """Return the parameters of the filters alone."""
        return [p for p in _pairs(self.view) if p[0] not in ("rows", "cols")]

    def query(self) -> str:
        """Return the canonical query string of the filters, search and order, without the page."""
        pairs = self.query_pairs()
        pairs += [("q", self.text)] if self.text else []
        pairs += [("sort", self.sort)] if self.sort not in ("best", _usual(self.text)) else []
        return urlencode(pairs)


def listing(visit: Visit, whole: bool = False, usual: int = paging.LIMIT) -> Listing:
    """Read the request's filters and return what fits, `usual` of them where the request says no limit.

    Raises:
        InputError: a filter, order or cursor that cannot be understood; the nearest is suggested.
    """
    params = visit.request.query_params
    for key in params:
        if key not in KEYS:
            raise UnknownValue("parameter", key, KEYS)
    view = _view(visit)
    bits = selected(visit, view)
    text = " ".join(params.get("q", "").split())
    searched = search(visit, text)
    text = text[:MOST_LETTERS]
    sort = params.get("sort", "") or _usual(text)
    if sort not in SORTS:
        raise UnknownValue("sort", sort, SORTS)
    index = visit.observatory.index
    numbers = np.flatnonzero(index.flags(bits))
    numbers = numbers[np.argsort(visit.snapshot.alphabetical(visit.language)[numbers])]
    iris = [index.practices[n] for n in numbers]
    place = {hit.iri: n for n, hit in enumerate(searched.hits)}
    if text:
        iris = [iri for iri in iris if iri in place]
    if sort == "best" and text:
        iris.sort(key=place.__getitem__)
    if sort in ("newest", "oldest"):
        dated, unsaid = visit.snapshot.dated, "9999" if sort == "oldest" else "0"
        iris.sort(key=lambda iri: dated[iri][0] or unsaid, reverse=sort == "newest")
    found = Listing(view, text, sort, bits, iris, (), 0, "", searched)
    page = paging.page(visit, f"practices?{found.query()}", iris, whole=whole, usual=usual)
    shown = visit.snapshot.cards.of(iris[page.start : page.stop])
    return replace(found, page=shown if whole else list(shown), start=page.start, cursor=page.cursor)


def _view(visit: Visit) -> View:
    params = visit.request.query_params
    pairs = [(k, v) for k, v in params.multi_items() if k in ("where", "rung", "norm", "relation", "exclude") and v]
    return View.from_query(urlencode([("rows", "stage"), *pairs]), visit.observatory.index, visit.observatory.names)


def selected(visit: Visit, view: View) -> Bits:
    """Return the practices that fit the filters of a view, as coverage counts them; none where the lid is closed."""
    index = visit.observatory.index
    if withheld(visit, view):
        return index.none
    return coordinates_left(index, view) & qualities_left(index, view)


def fitting(visit: Visit, text: str) -> Bits:
    """Return the practices that the words of a search fit, whatever the filters."""
    index = visit.observatory.index
    hits = search(visit, text).hits
    return index.bits(index.position[hit.iri] for hit in hits if hit.iri in index.position)


def withheld(visit: Visit, view: View, more: tuple[str, str] = ("", "")) -> bool:
    """Whether the filters (and one more: dimension, value) lie in a domain of which nothing is published."""
    sets: dict[str, list[frozenset[str]]] = {"region": [], "group": []}
    for one in view.filters:
        if one.dimension in sets and not one.negated:
            sets[one.dimension].append(frozenset(one.values))
    if more[0] in sets:
        sets[more[0]].append(frozenset({more[1]}))
    return visit.snapshot.published.withheld(sets["region"], sets["group"])


_JOINED = ("kind", "stage", "group", "region")


def rows(visit: Visit, cards: Iterable[Facts]) -> tuple[list[str], list[list[str | int]]]:
    """Return practices as columns and rows for CSV and JSON; several values are joined by a bar."""
    table: list[list[str | int]] = []
    for card in cards:
        lists = [*(card.all(what) for what in _JOINED), leads(card)]
        table.append(
            [
                card.iri,
                code(card.iri),
                visit.label(card.iri),
                card.text("description", visit.language)[0],
                *(joined(map(visit.label, values)) for values in lists),
                whole(card.one("year")),
                whole(card.one("rung")),
                card.one("modified"),
                *(joined(map(code, values)) for values in lists),
            ]
        )
    return list(PRACTICES), table


def whole(text: str) -> int | str:
    """Return a number as one; "" stays.

    >>> whole("2018"), whole("")
    (2018, '')
    """
    return int(text) if text.isascii() and text.isdigit() else text


def joined(values: Iterable[str]) -> str:
    """Return several values as one text."""
    return " | ".join(values)


def leads(card: Facts) -> list[str]:
    """Return the actors that lead a practice, else those that issued it."""
    actors = card.by("actor")
    return actors.get("lead") or actors.get("issuer") or next(iter(actors.values()), [])


def search(visit: Visit, text: str, kind: str = "practice") -> Found:
    """Return everything of a kind that has the words of a text, the best first."""
    if not text:
        return Found()
    full_text = visit.observatory.search
    return full_text.find(text, visit.language, (kind,), max(1, len(full_text)))


def _usual(text: str) -> str:
    """Return the order that is taken where none is asked for."""
    return "best" if text else "title"


def _pairs(view: View) -> list[tuple[str, str]]:
    return parse_qsl(view.query_string())
