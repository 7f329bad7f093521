"""What a list can be narrowed down by: every dimension with its values counted, and what it is narrowed by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np

from dgekg.coverage import Filter, View
from dgekg.coverage.arrays import counts_of, popcount
from dgekg.coverage.rows import walk
from dgekg.index import Bits, Index
from dgekg.web.house import Visit
from dgekg.web.people.directory import Listing, withheld
from dgekg.web.people.grids import code

FIRST = ("group", "region", "stage", "kind", "lever", "sector", "level", "right")
TOP = 8
UNSTATED = ""
_MOST_NAMED = 12  # values that a filter for "not stated" may have to name


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet: IRI ("" is not stated), how many of the list, depth in its tree, link to it."""

    iri: str
    count: int
    depth: int
    href: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A dimension of the list.

    Attributes:
        name: of the dimension.
        words: for it.
        values: those shown: the most frequent, or all in the order of their tree.
        rest: how many are not shown.
        more: link to the list with this facet whole; "" where it is, or nothing is left out.
        first: whether it is one of those that most people narrow down by.
        chosen: whether the list is narrowed down by it.
    """

    name: str
    words: str
    values: tuple[Value, ...]
    rest: int
    more: str
    first: bool
    chosen: bool


@dataclass(frozen=True)
class Shelf:
    """A list as a page shows it: which face it has (list, table, map), and which facet is open whole."""

    visit: Visit
    shown: Listing
    face: str
    opened: str

    def href(self, shown: Listing | None = None, **changes: str) -> str:
        """Return the address of the list with something changed: another listing, `view`, `facet`, `where` added."""
        pairs = [] if changes.get("view", self.face) == "list" else [("view", changes.get("view", self.face))]
        pairs += [(name, changes[name]) for name in ("where", "facet", "cursor") if changes.get(name)]
        query = (shown or self.shown).query()
        return self.visit.url("/practices" + "?" * bool(query) + query, pairs)


def counted(visit: Visit, shown: Listing) -> list[tuple[str, list[tuple[str, int, int]]]]:
    """Return for each dimension the values in what is shown: IRI ("" for not stated), how many, depth.

    Roots are left out, and what the list is narrowed down to already, and what is not published.
    """
    index = visit.observatory.index
    bits = index.bits(index.position[iri] for iri in shown.found) if shown.text else shown.bits
    found = []
    for name in (*FIRST, *(n for n in index.dimensions if n not in FIRST)):
        members = index.members(shown.view.source(index.dimension(name)))
        counts = dict(zip(members.rows, counts_of(members.matrix, bits).tolist(), strict=True))
        taken = taken_of(index, shown.view, name)
        values = [
            (iri, counts[iri], depth)
            for iri, depth in walk(index.concepts(name))
            if counts.get(iri) and iri not in taken and iri != index.roots.get(name)
            if not withheld(visit, shown.view, (name, iri))
        ]
        missing = popcount(bits & ~_stated(index, shown.view, name))
        found.append((name, values + ([(UNSTATED, missing, 0)] if missing else [])))
    return found


def taken_of(index: Index, view: View, name: str) -> frozenset[str]:
    """Return the values of a dimension that narrow a list down no further: those chosen, and what holds one of them."""
    filters = [f for f in view.filters if f.dimension == name]
    wide = {w for f in filters if not f.negated and len(f.values) == 1 for w in index.within.get(f.values[0], ())}
    return frozenset(wide.union(*(f.values for f in filters)))


def facets(shelf: Shelf) -> list[Facet]:
    """Return the facets of a list, those without any value left out."""
    visit, shown = shelf.visit, shelf.shown
    found = []
    for name, values in counted(visit, shown):
        chosen = any(f.dimension == name for f in shown.view.filters)
        if chosen and values == [(UNSTATED, len(shown.found), 0)]:
            continue  # it is narrowed down to what does not say
        if not values:
            continue
        whole = name == shelf.opened
        kept = _kept(values, whole)
        found.append(
            Facet(
                name,
                visit.dimension_words(name),
                tuple(Value(iri, n, depth if whole else 0, _link(shelf, name, iri)) for iri, n, depth in kept),
                len({iri for iri, _n, _d in values}) - len(kept),
                "" if whole or len(kept) == len(values) else shelf.href(facet=name) + f"#facet-{name}",
                name in FIRST,
                chosen or whole,
            )
        )
    return found


def _kept(values: Sequence[tuple[str, int, int]], whole: bool) -> list[tuple[str, int, int]]:
    """Return what is shown of a facet: all by tree (once each), or the most frequent; "not stated" always."""
    once: dict[str, tuple[str, int, int]] = {}
    for value in values:
        once.setdefault(value[0], value)
    unique = list(once.values())
    if whole or len(unique) <= TOP + 2:
        return unique
    stated = sorted((v for v in unique if v[0]), key=lambda v: -v[1])[:TOP]
    return [*stated, *(v for v in unique if not v[0])]


def _link(shelf: Shelf, name: str, iri: str) -> str:
    if iri:
        return shelf.href(where=f"{name}={code(iri)}", facet=shelf.opened)
    wanted = unstated(shelf.visit.observatory.index, shelf.shown.view, name)
    return shelf.href(where=f"{name}!={','.join(map(code, wanted))}") if len(wanted) <= _MOST_NAMED else ""


def unstated(index: Index, view: View, name: str) -> tuple[str, ...]:
    """Return the values whose absence means that nothing is stated: the root, or all that stand at the top."""
    if name in index.roots:
        return (index.roots[name],)
    members = index.members(view.source(index.dimension(name)))
    held = set(members.rows)
    return tuple(sorted(iri for iri in held if not (index.within.get(iri, frozenset()) - {iri}) & held))


def _stated(index: Index, view: View, name: str) -> Bits:
    members = index.members(view.source(index.dimension(name)))
    stated: Bits = np.bitwise_or.reduce(members.matrix, axis=0, initial=np.uint64(0))
    return stated


def chips(visit: Visit, shown: Listing, face: str = "list") -> list[tuple[str, str]]:
    """Return what is filtered by, in words, each with the link that takes it away."""
    shelf = Shelf(visit, shown, face, "")
    found = []
    for one in shown.view.filters:
        rest = tuple(f for f in shown.view.filters if f != one)
        words = f"{visit.dimension_words(one.dimension)}: {_said(visit, shown.view, one)}"
        found.append((words, shelf.href(_changed(shown, filters=rest))))
    if shown.text:
        found.append((visit.t("practices.quoted", text=shown.text), shelf.href(replace(shown, text=""))))
    for iri in shown.view.exclude:
        rest_out = tuple(x for x in shown.view.exclude if x != iri)
        words = visit.t("practices.without", values=visit.label(iri))
        found.append((words, shelf.href(_changed(shown, exclude=rest_out))))
    return found


def _said(visit: Visit, view: View, one: Filter) -> str:
    values = ", ".join(visit.label(v) for v in one.values)
    if not one.negated:
        return values
    nothing = set(unstated(visit.observatory.index, view, one.dimension)) <= set(one.values)
    return visit.t("grid.not_stated") if nothing else visit.t("practices.without", values=values)


def _changed(shown: Listing, **changes: tuple[object, ...]) -> Listing:
    return replace(shown, view=replace(shown.view, **changes))  # type: ignore[arg-type]  # a dict does not say which field has which type


def clear(visit: Visit, face: str) -> str:
    """Return the address of the whole list, in a face."""
    return visit.url("/practices" + (f"?{urlencode([('view', face)])}" if face != "list" else ""))
