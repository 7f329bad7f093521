"""What points at a thing: how much by each property, and so many at once, in an order that stays."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.errors import UnknownValue
from dgekg.vocabulary import DIMENSION
from dgekg.web.house import Visit
from dgekg.web.snapshot import Snapshot, query

AT_ONCE = 100
_KEPT = 32  # long lists that a version remembers: whoever reads one page reads the next
_CLOSURE = identifiers.term("within")
_LOCK = threading.Lock()
_LISTS: WeakKeyDictionary[Snapshot, OrderedDict[tuple[str, str], tuple[str, ...]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Pointing:
    """Those that point at a thing by one property.

    Attributes:
        property: which.
        total: how many there are.
        subjects: some of them, in the order of their addresses.
        more: whether others follow.
    """

    property: str
    total: int
    subjects: tuple[str, ...]
    more: bool


def counts(visit: Visit, iri: str) -> Mapping[str, int]:
    """Return how many point at an IRI, by property; without the closures that the build derives."""
    text = template.bind(query("pointing-counts"), {"thing": [NamedNode(iri)]})
    found = {}
    for name, total in visit.observatory.store.select(text).rows:
        if name is not None and total is not None and not name.value.startswith(DIMENSION) and name.value != _CLOSURE:
            found[name.value] = int(total.value)
    return dict(sorted(found.items()))


def by(visit: Visit, iri: str, name: str, after: str = "") -> Pointing:
    """Return those that point at an IRI by a property, from the one after `after`."""
    every_one = _all(visit, iri, name)
    start = bisect_right(every_one, after) if after else 0
    shown = every_one[start : start + AT_ONCE]
    return Pointing(name, len(every_one), shown, start + AT_ONCE < len(every_one))


def every(visit: Visit, iri: str, without: Iterable[str] = ()) -> list[Pointing]:
    """Return the first of what points at an IRI, by property."""
    dropped = set(without)
    return [by(visit, iri, name) for name in counts(visit, iri) if name not in dropped]


def one(visit: Visit, iri: str, name: str, after: str) -> Pointing:
    """Return a further page of what points at an IRI by a property, named in its short or its whole form.

    Raises:
        UnknownValue: nothing points at it by that property.
    """
    totals = counts(visit, iri)
    known = {identifiers.compact(p): p for p in totals}
    if name not in totals and name not in known:
        raise UnknownValue("inverse", name, known)
    return by(visit, iri, name if name in totals else known[name], after)


def _all(visit: Visit, iri: str, name: str) -> tuple[str, ...]:
    """Return all that point at an IRI by a property, in order; engines sort and cut far more slowly than this."""
    key = (iri, name)
    with _LOCK:
        kept = _LISTS.setdefault(visit.snapshot, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    text = template.bind(query("pointing"), {"thing": [NamedNode(iri)], "property": [NamedNode(name)]})
    rows = visit.observatory.store.rows(text)
    found = tuple(sorted({row[0].value for row in rows if isinstance(row[0], NamedNode)}))
    if len(found) > AT_ONCE:
        with _LOCK:
            kept[key] = found
            while len(kept) > _KEPT:
                kept.popitem(last=False)
    return found
