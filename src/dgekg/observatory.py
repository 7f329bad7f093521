"""One version opened for reading: store, names, index and questions together, for the command line and the web."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dgekg import questions, versions
from dgekg.coverage import Gap, Grid, View, compute, find_gaps
from dgekg.index import Index
from dgekg.lookup import Names
from dgekg.network import Network
from dgekg.questions import Answer, Question, Questions
from dgekg.settings import Project, Settings, today
from dgekg.store.base import Store
from dgekg.store.local import LocalStore
from dgekg.store.remote import RemoteStore

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
    """

    def __init__(
        self,
        project: Project,
        store: Store,
        version: str,
        as_of: dt.date,
        meta: Mapping[str, Any],
        settings: Settings,
    ) -> None:
        self.project, self.store, self.version, self.as_of = project, store, version, as_of
        self.meta, self.settings = meta, settings

    @cached_property
    def names(self) -> Names:
        """All names of the version."""
        return Names(self.store, self.project.queries)

    @cached_property
    def index(self) -> Index:
        """The incidence index."""
        return Index(self.store, self.project.queries)

    @cached_property
    def questions(self) -> Questions:
        """The questions."""
        return Questions(self.project.queries / "questions")

    @cached_property
    def network(self) -> Network:
        """Actors, practices and norms as a graph; institutions only are named."""
        return Network(self.store, self.project.queries, self.names)

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds of collection."""
        from dgekg.coverage.completeness import read_rounds  # its statistics take more than a second to load

        return read_rounds(self.store, self.project.queries)

    def coverage(self, view: View) -> Grid:
        """Compute a view (see `coverage.compute`)."""
        return compute(self.index, view, self.as_of, self.settings.stale_months, self.settings.cell_limit)

    def gaps_of(self, grid: Grid) -> list[Gap]:
        """List the gaps of a computed view (see `coverage.find_gaps`)."""
        return find_gaps(self.index, grid, self.project.queries)

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
        values = {}
        for name, texts in given.items():
            parameter = question.parameter(name)
            if parameter.type == "dimension":
                for text in texts:
                    self.index.dimension(text)
            terms = self.names.terms(parameter, texts)
            if terms:
                values[name] = terms
        answer = questions.ask(self.store, question, values, language, self.as_of.isoformat())
        missing = self._missing(question)
        if missing and not answer.table.rows:
            note = f"{answer.note} ({_NOT_YET.get(language, _NOT_YET['en']).format(what=', '.join(missing))})"
            return Answer(answer.question, answer.table, answer.query, note)
        return answer

    def _missing(self, question: Question) -> list[str]:
        """Return the classes that the question needs and of which the data has nothing."""
        counts = self.meta.get("classes", {})
        return [need for need in question.needs if not counts.get(need.removeprefix("dgekg:"), 0)]


_NOT_YET = {
    "en": "the data holds no {what} yet, so this cannot be answered",
    "fr": "les données ne contiennent pas encore de {what}, il n'est donc pas possible de répondre",
    "es": "los datos aún no contienen {what}, por lo que no se puede responder",
}


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
    if address:
        remote = RemoteStore(address, settings.store_update, settings.store_timeout)
        return Observatory(project, remote, address, today(), {}, settings)
    version = versions.current(project.build)
    return Observatory(project, LocalStore(version.store), version.id, version.as_of, version.meta, settings)
