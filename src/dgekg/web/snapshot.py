"""What pages ask for again and again of one version, read once: cards, standards, actors, addresses."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyoxigraph import NamedNode

from dgekg import identifiers, packaged, suppression, template
from dgekg.cards import Cards
from dgekg.coverage import Grid, View
from dgekg.coverage.gaps import Gaps
from dgekg.coverage.named import Named
from dgekg.coverage.published import Published
from dgekg.demand import Ordered
from dgekg.errors import RecordNotFound
from dgekg.folding import fold
from dgekg.nearness import nearest
from dgekg.network import Network
from dgekg.observatory import Observatory
from dgekg.store.base import Term
from dgekg.web.facts import Facts, Links, Values
from dgekg.web.remembered import Lines, Sets
from dgekg.web.soon import Soon

HOME = View(("group", "stage"), depths=(("group", 2),))
FIRST_GAPS = View(("group", "stage"))
_GRIDS = 12
_DEMANDED = 6
_LARGEST_GRID = 20_000


class Snapshot:
    """What is remembered of one version."""

    def __init__(self, observatory: Observatory) -> None:
        self.observatory = observatory
        self.making = threading.Lock()
        self._lock = threading.Lock()
        self._soon: Soon[Links] = Soon("The network")
        self._grids: OrderedDict[View, tuple[Grid, Gaps | None]] = OrderedDict()
        self._demanded: OrderedDict[tuple[View, str], Ordered] = OrderedDict()
        self._alphabetical: dict[str, npt.NDArray[np.intp]] = {}

    @cached_property
    def folder(self) -> Path:
        """A folder for files made of this version; it goes with the snapshot."""
        folder = Path(tempfile.mkdtemp(prefix="dgekg-files-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    @cached_property
    def cards(self) -> Lines[Facts]:
        """Practices with what a list shows of each."""
        text = query("cards")

        def ask(iris: Sequence[str]) -> Mapping[str, Facts]:
            return self._read(template.bind(text, {"practice": [NamedNode(iri) for iri in iris]}))

        return Lines(self.observatory.index.position, ask, lambda iri: Facts(iri, {}))

    @cached_property
    def dated(self) -> Mapping[str, tuple[str, str]]:
        """Practice -> the year in which it began and the day on which its record last changed, "" where not said."""

        def text(term: Term | None) -> str:
            return "" if term is None else sys.intern(term.value)

        rows = self.observatory.store.rows(query("dated"))
        return {p.value: (text(year), text(modified)) for p, year, modified in rows if p is not None}

    def alphabetical(self, language: str) -> npt.NDArray[np.intp]:
        """Return the place of each practice, by number, in the order of their titles in a language; reckoned once."""
        if language not in self._alphabetical:
            practices, names = self.observatory.index.practices, self.observatory.names
            titles = [(fold(names.label(iri, language)), iri) for iri in practices]
            places = np.empty(len(practices), dtype=np.intp)
            places[sorted(range(len(practices)), key=titles.__getitem__)] = np.arange(len(practices))
            self._alphabetical[language] = places
        return self._alphabetical[language]

    @cached_property
    def ledger(self) -> Sequence[tuple[Term | None, ...]]:
        """The ledger in short: day, kind of change, class of record, how many; the newest first."""
        return self.observatory.store.select(query("lately")).rows

    @cached_property
    def duty_maps(self) -> Sequence[tuple[Term | None, ...]]:
        """Accepted mappings between provisions, one reason a row: mapping, type, from, to, why."""
        return self.observatory.store.select(query("duty-maps")).rows

    @cached_property
    def gap_cards(self) -> Cards:
        """What makes the cards of gaps."""
        return Cards(self.observatory)

    @cached_property
    def norms(self) -> Mapping[str, Facts]:
        """Instruments and provisions with what the list shows."""
        return self.facts("standards")

    @cached_property
    def actors(self) -> Mapping[str, Facts]:
        """Actors with what the list shows."""
        return self.facts("actors")

    @cached_property
    def concepts(self) -> Mapping[str, Facts]:
        """Concepts of all schemes with what the list shows."""
        return self.facts("concepts")

    @cached_property
    def recommendations(self) -> Mapping[str, Facts]:
        """Recommendations with what their page shows."""
        return self.facts("recommendations")

    @cached_property
    def named(self) -> Named:
        """Gaps looked up by the coordinates that a record names."""
        return Named(self.observatory.index, self.observatory.coverage)

    @cached_property
    def links(self) -> Links:
        """The network, however long it takes."""
        o = self.observatory
        net = Network(o.store, o.project.queries, o.names)  # not the observatory's: what it is made of goes again
        pairs = net.connected_pairs(), net.unconnected_pairs()
        return Links(net.extent(), net.bridges(), *pairs, net.communities(), net.published(), net.placed())

    def links_soon(self) -> Links:
        """Return the network, or refuse: it takes seconds once a version, of a large one a minute or two.

        Raises:
            NotYet: it is still being worked out.
        """
        return self.links if "links" in self.__dict__ else self._soon.get(lambda: self.links)

    @cached_property
    def classes(self) -> Sets:
        """Every address of ours that is a subject, with its classes."""
        rows = self.observatory.store.rows(query("subjects"))
        return Sets(self.folder / "classes", ((t.value, c.value) for t, c in rows if t is not None and c is not None))

    @cached_property
    def sources(self) -> Sets:
        """Address of a source or page (without scheme, www and final slash) -> records that give it."""
        rows = self.observatory.store.rows(query("sources"))
        pairs = ((bare(a.value), r.value) for r, _property, a in rows if r is not None and a is not None)
        return Sets(self.folder / "sources", pairs)

    @cached_property
    def published(self) -> Published:
        """The publication rule."""
        return Published(self.observatory.index)

    def grid(self, view: View) -> Grid:
        """Compute a view; the last few of a size that people look at are remembered."""
        with self._lock:
            if view in self._grids:
                self._grids.move_to_end(view)
                return self._grids[view][0]
        grid = self.observatory.coverage(view)
        if len(grid.cells) <= _LARGEST_GRID:
            with self._lock:
                self._grids[view] = (grid, None)
                while len(self._grids) > _GRIDS:
                    self._grids.popitem(last=False)
        return grid

    def gaps(self, view: View) -> Gaps:
        """Find the gaps of a view; remembered with its grid."""
        grid = self.grid(view)
        with self._lock:
            known = self._grids.get(view, (grid, None))[1]
        if known is not None:
            return known
        found = self.observatory.gaps_of(grid)
        with self._lock:
            if view in self._grids:
                self._grids[view] = (grid, found)
        return found

    def demanded(self, view: View, sort: str) -> Ordered:
        """Find the gaps of a view in the order that demand gives them; the last few are remembered.

        Raises:
            UnknownValue: there is no such sort of demand.
        """
        with self._lock:
            known = self._demanded.get((view, sort))
        if known is not None:
            return known
        recorded = self.observatory.demand(sort)
        found = Ordered(self.observatory.gaps_of(self.grid(view), recorded), self.gaps(view), recorded, view)
        with self._lock:
            self._demanded[view, sort] = found
            while len(self._demanded) > _DEMANDED:
                self._demanded.popitem(last=False)
        return found

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Records by kind."""
        home = identifiers.records("practice").removesuffix("practice/")
        found = self.classes.counted(home).items()
        return {kind: number for kind, number in found if identifiers.parse(f"{home}{kind}/x") is not None}

    def must_have(self, iri: str) -> str:
        """Return the IRI if this version knows it.

        Raises:
            RecordGone: it did, and may not be shown any more.
            RecordNotFound: it does not; the nearest are named.
        """
        if iri in self.classes:
            return iri
        entry = self.observatory.suppressed.covering(iri)
        if entry is not None:
            raise suppression.gone(entry)
        raise RecordNotFound(f"{identifiers.path_of(iri)}: there is no such record here.")

    def near(self, iri: str, limit: int = 5) -> list[str]:
        """Return known addresses that look like one that is not known."""
        home, _, last = iri.rpartition("/")
        siblings = {i.rpartition("/")[2]: i for i in self.classes.under(home + "/") if i.rpartition("/")[0] == home}
        hits = nearest(last, siblings, limit)
        return [siblings[h] for h in hits]

    def facts(self, name: str) -> Mapping[str, Facts]:
        """Return what one of the web's own queries says of things: each with its values by what they are."""
        return self._read(query(name))

    def told(self, name: str, **values: Sequence[str]) -> Mapping[str, Facts]:
        """Return what one of the web's own queries says, its variables bound to IRIs; as `facts`."""
        bound = {variable: [NamedNode(iri) for iri in iris] for variable, iris in values.items()}
        return self._read(template.bind(query(name), bound))

    def _read(self, text: str) -> Mapping[str, Facts]:
        found: dict[str, Values] = {}
        for thing, what, value in self.observatory.store.select(text).rows:
            if thing is not None and what is not None and value is not None:
                found.setdefault(thing.value, {}).setdefault(what.value, []).append(value)
        for values in found.values():
            for terms in values.values():
                terms.sort(key=str)
        return {iri: Facts(iri, values) for iri, values in sorted(found.items())}


def bare(address: str) -> str:
    """Return an address without what does not tell pages apart.

    >>> bare("https://www.Example.org/a/#top")
    'example.org/a'
    """
    rest = address.split("#", 1)[0].partition("://")[2] or address
    host, slash, path = rest.partition("/")
    return (host.lower().removeprefix("www.") + slash + path).rstrip("/")


def query(name: str) -> str:
    """Return one of the web's own queries."""
    return packaged.text(f"web/queries/{name}.rq")
