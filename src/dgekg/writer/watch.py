"""The checks over the whole graph, asked again only where a change can have changed what they find.

A check has a line `VALUES ?record { UNDEF }` for each record that its findings are about; with it bound, it answers in
milliseconds. `about` in its header says of which class such a record is. A check that sets two records beside each
other has a line for each. Where one of them alone would make the engine look at everything, `beside` says which query
(of `queries/system`) lists the pairs that come into question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode

from dgekg import identifiers, template
from dgekg.build import checks
from dgekg.documents import Document
from dgekg.errors import SourceError
from dgekg.findings import Finding
from dgekg.questions import Question
from dgekg.shapes import Context
from dgekg.store.local import LocalStore
from dgekg.writer.records import Undo

Row = tuple[tuple[str, str], ...]
# Of more pairs than these, or more records, a check is asked of everything: that takes less time.
_PAIRS, _RECORDS = 200, 2_000


class _Check(NamedTuple):
    question: Question
    text: str
    about: dict[str, str]
    beside: dict[str, str]

    def concerns(self, row: Row, touched: frozenset[str]) -> bool:
        """Say whether a row is about one of some records: the one that it is told of, or either of a pair."""
        told = ("record", "found") if len(self.about) > 1 else ("record",)
        return any(name in told and value in touched for name, value in row)


class Watch:
    """What the checks find, kept up to date.

    Args:
        store: holds the records and all that is derived from them.
        queries: folder of `checks/` and `system/`.
        as_of: the day to reckon from.
        language: language of the messages.

    Raises:
        QuestionError: a check's header or body is broken.
        SourceError: a check has no line for the records that it is about.
    """

    def __init__(self, store: LocalStore, queries: Path, as_of: dt.date, language: str) -> None:
        self._store, self._queries, self._language = store, queries, language
        self._checks = [_read(check, as_of, language) for check in checks.every(queries / "checks")]
        self._found: dict[str, dict[Row, Finding]] = {}

    def all(self, home: Mapping[str, Document]) -> None:
        """Ask every check of everything."""
        for check in self._checks:
            self._found[check.question.slug] = dict(self._told(check, self._rows(check.text), home))

    def again(self, touched: Iterable[str], home: Mapping[str, Document], context: Context, undo: Undo) -> None:
        """Ask the checks about what a change touched.

        Args:
            touched: IRIs of what changed, and of what leans on it.
            home: the document that describes each subject.
            context: the classes of each subject.
            undo: gains the way back.
        """
        touched = frozenset(touched)
        for check in self._checks:
            slug = check.question.slug
            was = self._found[slug]
            if not check.about:
                self._all_again(check, home, undo)
                continue
            kept = {row: said for row, said in was.items() if not check.concerns(row, touched)}
            rows = {row for row in self._asked(check, touched, context) if check.concerns(row, touched)}
            fresh = dict(self._told(check, rows, home))
            if fresh or len(kept) < len(was):
                self._found[slug] = {**kept, **fresh}
                undo.append(partial(self._found.__setitem__, slug, was))

    def _all_again(self, check: _Check, home: Mapping[str, Document], undo: Undo) -> None:
        """Ask a check of everything, for it has no line for the records that it is about."""
        slug = check.question.slug
        was = self._found[slug]
        fresh = dict(self._told(check, self._rows(check.text), home))
        if fresh != was:
            self._found[slug] = fresh
            undo.append(partial(self._found.__setitem__, slug, was))

    def findings(self) -> list[Finding]:
        """Return all that the checks find now."""
        return [finding for found in self._found.values() for finding in found.values()]

    def _asked(self, check: _Check, touched: frozenset[str], context: Context) -> Iterator[Row]:
        """Yield the rows that concern what was touched, and maybe others."""
        wanted = {
            slot: [iri for iri in touched if not kind or identifiers.term(kind) in context.get(iri, ())]
            for slot, kind in check.about.items()
        }
        if max(map(len, wanted.values())) > _RECORDS:
            yield from self._rows(check.text)
            return
        pairs = {pair for slot in check.beside for pair in self._pairs(check, slot, wanted[slot])}
        if len(pairs) > _PAIRS:
            yield from self._rows(check.text)
            return
        for slot in wanted.keys() - check.beside.keys():
            for portion in template.portions(wanted[slot]):
                yield from self._rows(template.bind(check.text, {slot: portion}))
        for pair in sorted(pairs):
            yield from self._rows(template.bind(check.text, {slot: [NamedNode(iri)] for slot, iri in pair}))

    def _pairs(self, check: _Check, slot: str, iris: Iterable[str]) -> Iterator[tuple[tuple[str, str], ...]]:
        """Yield what can stand beside some records, each as slot and IRI of both."""
        (other,) = check.about.keys() - {slot}
        query = template.read(self._queries / "system" / f"{check.beside[slot]}.rq")
        for portion in template.portions(iris):
            for one, two in self._store.rows(template.bind(query, {"thing": portion})):
                if isinstance(one, NamedNode) and isinstance(two, NamedNode) and one != two:
                    yield tuple(sorted(((slot, one.value), (other, two.value))))

    def _rows(self, query: str) -> Iterator[Row]:
        for row in self._store.select(query).dicts():
            if checks.counts(row):
                yield tuple(sorted(row.items()))

    def _told(self, check: _Check, rows: Iterable[Row], home: Mapping[str, Document]) -> Iterator[tuple[Row, Finding]]:
        for row in rows:
            yield row, checks.finding(check.question, dict(row), home, self._language)


def _read(check: Question, as_of: dt.date, language: str) -> _Check:
    text = check.query({}, language, as_of.isoformat())
    slots = [name for name, default in template.slots(text).items() if default == "UNDEF"]
    about = {slot: str(check.meta.get("about", {}).get(slot, "")) for slot in slots}
    beside = {slot: str(name) for slot, name in check.meta.get("beside", {}).items()}
    if len(slots) > 2 or not beside.keys() <= {*slots} or (beside and len(slots) < 2):
        raise SourceError(
            f'{check.file}: expected a line "VALUES ?record {{ UNDEF }}", or two such lines for two records beside '
            'each other; the header "beside" may name a query for either of two.'
        )
    return _Check(check, text, about, beside)
