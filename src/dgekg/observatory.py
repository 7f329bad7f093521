"""One version opened for reading: store, names, index and questions together, for the command line and the web."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from dgekg import collection, demand, generation, identifiers, questions, suppression, template, textsearch, versions
from dgekg.collection import Collection
from dgekg.coverage import Grid, View, compute, find_gaps
from dgekg.coverage.doubts import Doubt, doubts
from dgekg.coverage.gaps import Gaps, Raise, raise_weights
from dgekg.demand import Ordered, Recorded
from dgekg.duties import Duties
from dgekg.errors import UnknownValue
from dgekg.index import Index
from dgekg.index.file import open_index
from dgekg.lookup import Names
from dgekg.network import Network
from dgekg.questions import Answer, Question, Questions
from dgekg.settings import Project, Settings, today
from dgekg.store.base import Store
from dgekg.store.local import LocalStore
from dgekg.store.remote import RemoteStore
from dgekg.suppression import NOTHING, Suppressed
from dgekg.textsearch import Search
from dgekg.versions import Lease, Version

if TYPE_CHECKING:
    from dgekg.coverage.completeness import Completeness, Round
    from dgekg.coverage.surprise import Surprise


class Observatory:
    """Everything that can be asked of one version.

    Args:
        project: the folders; only `queries/` is read here.
        store: the graph.
        version: id of the version, or the address of a remote store.
        as_of: the day that "stale" is reckoned from.
        meta: what the build says of itself.
        settings: limits.
        folder: the built version, with its index; None where there is only a store.
        suppressed: what may not be shown; the store is without it already.

    Attributes:
        builds: the folder of the builds, None where there is only a store.
        leases: while they last, nobody deletes the version.
        demand_mark: what tells the recorded incidents beside the builds from others.
    """

    def __init__(
        self,
        project: Project,
        store: Store,
        version: str,
        as_of: dt.date,
        meta: Mapping[str, Any],
        settings: Settings,
        folder: Path | None = None,
        suppressed: Suppressed = NOTHING,
    ) -> None:
        self.project, self.store, self.version, self.as_of = project, store, version, as_of
        self.meta, self.settings, self.folder, self.suppressed = meta, settings, folder, suppressed
        self.builds = None if folder is None else folder.parent
        self.leases: list[Lease] = []
        self.demand_mark = ""
        self._demand: dict[str, Recorded] = {}
        self._words: dict[str, Mapping[str, str]] = {}

    @property
    def suppressed_since(self) -> int:
        """How many records of this version may not be shown any more, and count nowhere in it."""
        return int(self.meta.get("suppressed_since", 0))

    @property
    def bare(self) -> bool:
        """Whether this is a built version without any practice, as a new project is."""
        counts = self.meta.get("classes")
        return counts is not None and not counts.get("Practice", 0)

    @cached_property
    def collection(self) -> Collection:
        """What the project says of its collection."""
        return collection.read(self.project.data)

    def words(self, language: str, known: Callable[[str], Mapping[str, str]]) -> Mapping[str, str]:
        """Return words in a language as this collection has them (see `Collection.worded`); made once.

        Args:
            language: en, fr or es.
            known: gives those that came with the program.
        """
        if language not in self._words:
            self._words[language] = self.collection.worded(known(language), language)
        return self._words[language]

    @cached_property
    def names(self) -> Names:
        """All names of the version."""
        return Names(self.store, self.project.queries)

    @cached_property
    def index(self) -> Index:
        """The incidence index."""
        if self.folder is None:
            return Index(self.store, self.project.queries)
        return open_index(self.folder / versions.INDEX, self.version, self.store, self.project.queries)

    @cached_property
    def search(self) -> Search:
        """The full-text search: that of the build, else made in memory of what the store publishes."""
        if self.folder is None:
            return Search.of_store(self.store, self.project.queries)
        return textsearch.open_folder(self.folder / versions.SEARCH, self.version)

    @cached_property
    def questions(self) -> Questions:
        """The questions."""
        return Questions(self.project.queries / "questions")

    @cached_property
    def network(self) -> Network:
        """Actors, practices and norms as a graph; institutions only are named."""
        return Network(self.store, self.project.queries, self.names)

    @cached_property
    def duties(self) -> Duties:
        """Which norms bind where, and what supervisors found."""
        return Duties(self.store, self.project.queries, self.index, self.as_of)

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """Faults of the data that views may count wrongly by; none in a build (see `coverage.doubts`)."""
        return doubts(self.index)

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds of collection."""
        from dgekg.coverage.completeness import read_rounds  # its statistics take more than a second to load

        return read_rounds(self.store, self.project.queries)

    def coverage(self, view: View) -> Grid:
        """Compute a view (see `coverage.compute`)."""
        return compute(self.index, view, self.as_of, self.settings.stale_months, self.settings.cell_limit)

    def gaps_of(self, grid: Grid, recorded: Recorded | None = None) -> Gaps:
        """List the gaps of a computed view (see `coverage.find_gaps`), raised by duties, findings and surprise.

        Args:
            grid: the view.
            recorded: demand that raises them besides (see `demand`).
        """
        weights = raise_weights(self.project.queries)
        raises: list[Raise] = [self.duties.raises(grid.view, weights)]
        if weights["surprise"] and len(grid.axes) == 2 and self._systematic:
            surprising, weight = self.surprise(grid), weights["surprise"]
            raises.append(lambda concepts: {"surprise": surprising.bonus(concepts, weight)})
        if recorded is not None:
            raises.append(recorded.raises(grid.view, demand.weight_of(self.project.queries, recorded.sort)))
        return find_gaps(self.index, grid, self.project.queries, raises)

    def demanded(self, grid: Grid, sort: str) -> Ordered:
        """List the gaps of a computed view in the order that demand gives them, beside the order without it.

        Raises:
            UnknownValue: there is no such sort of demand.
            SourceError: recorded incidents beside the build are broken.
        """
        recorded = self.demand(sort)
        return Ordered(self.gaps_of(grid, recorded), self.gaps_of(grid), recorded, grid.view)

    def demand(self, sort: str) -> Recorded:
        """Return what is on record of a sort of demand; read once. Errors as `demanded`."""
        if sort not in demand.SORTS:
            raise UnknownValue("demand", sort, demand.SORTS, f"Known: {', '.join(demand.SORTS)}.")
        if sort not in self._demand:
            if sort == "incidents":
                self._demand[sort] = demand.incidents(demand.of_build(self.builds), self.index)
            else:
                self._demand[sort] = demand.voices(self.store, self.project.queries, sort, self.index)
        return self._demand[sort]

    @cached_property
    def _systematic(self) -> bool:
        """Whether there is a systematic round; asked first, for the statistics take more than a second to load."""
        return self.store.ask(template.read(self.project.queries / "cards" / "systematic.rq"))

    def completeness(self, view: View) -> Completeness:
        """Estimate what is missed under a view's filters (see `coverage.completeness.completeness`)."""
        from dgekg.coverage.completeness import completeness

        return completeness(self.index, view, self.rounds)

    def surprise(self, grid: Grid) -> Surprise:
        """Compare a computed view with chance (see `coverage.surprise.surprise`)."""
        from dgekg.coverage.surprise import surprise

        return surprise(self.index, grid, self.rounds)

    def ask(self, slug: str, given: Mapping[str, Sequence[str]], language: str = "en") -> Answer:
        """Ask a question with values as a person writes them.

        Raises:
            UnknownValue: no such question, parameter or value; the nearest are suggested.
            InputError: a required parameter is missing, or a value is of the wrong type.
        """
        question = self.questions.get(slug)
        values = self.terms(question, given)
        return questions.ask(self.store, question, values, language, self.as_of.isoformat())

    def terms(self, question: Question, given: Mapping[str, Sequence[str]]) -> dict[str, list[template.Value]]:
        """Return typed terms for what a person wrote for a question's parameters; what is blank is left out.

        Raises:
            UnknownValue: no such parameter or value; the nearest are suggested.
            InputError: a value is of the wrong type.
        """
        values = {}
        for name, texts in given.items():
            parameter = question.parameter(name)
            if parameter.type == "dimension":
                for text in texts:
                    self.index.dimension(text.strip())
            terms = self.names.terms(parameter, texts)
            if terms:
                values[name] = terms
        return values

    def missing(self, question: Question) -> list[str]:
        """Return the classes (IRIs) that a question needs and of which the data has nothing."""
        needed = [need.removeprefix("dgekg:") for need in question.needs]
        counts = self.meta.get("classes")
        if counts is None:  # a remote store says nothing of itself: ask it
            text = template.read(self.project.queries / "system" / "holds.rq")
            return [
                iri
                for iri in map(identifiers.term, needed)
                if not self.store.ask(template.bind(text, {"class": [NamedNode(iri)]}))
            ]
        return [identifiers.term(name) for name in needed if not counts.get(name, 0)]


def open_observatory(settings: Settings, store: str = "") -> Observatory:
    """Open the current build, or a remote store that holds one.

    Args:
        settings: where the project is, and limits.
        store: address of a SPARQL service; "" for the setting or the built store.

    Raises:
        NoBuild: nothing has been built yet.
        StoreError: the store cannot be opened or reached.
        InputError: there is no project here.
    """
    project = settings.project()
    address = store or settings.store
    suppressed = suppression.read(settings.private_root())
    if address:
        remote = RemoteStore(address, settings.store_update, settings.store_timeout)
        generation.refuse(remote, address, suppressed)
        return Observatory(project, remote, address, today(), {}, settings, suppressed=suppressed)
    return open_version(settings, versions.current(project.build), suppressed)


def open_version(settings: Settings, version: Version, suppressed: Suppressed) -> Observatory:
    """Open a built version as it may be shown: without what is suppressed.

    While the observatory lives, nobody deletes the version.

    Args:
        settings: where the project is, and limits.
        version: as it was built.
        suppressed: what may not be shown.

    Raises:
        VersionGone: it is being deleted.
        StoreError: it cannot be opened, or not be reduced.
    """
    project = settings.project()
    leases = [Lease(version)]
    shown = generation.served(version, suppressed, project.queries)
    if shown is not version:
        leases.append(Lease(shown))
    local = LocalStore(shown.store)
    found = Observatory(project, local, version.id, version.as_of, shown.meta, settings, shown.path, suppressed)
    found.builds, found.leases = version.path.parent, leases
    found.demand_mark = demand.mark(found.builds)
    return found
