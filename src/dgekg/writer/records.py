"""The documents of a project, and who refers to whom: kept up to date, with a way back."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from pyoxigraph import NamedNode

from dgekg import documents
from dgekg.build.ledger import name_of
from dgekg.build.sources import Sources
from dgekg.build.validate import known
from dgekg.documents import Document
from dgekg.examining.references import Known
from dgekg.findings import Finding
from dgekg.identifiers import compact
from dgekg.store.local import LocalStore
from dgekg.vocabulary import BASE, DIMENSION, ONTOLOGY, PREFIXES

Undo = list[Callable[[], object]]
Pairs = Mapping[str, tuple[Document | None, Document | None]]
T = TypeVar("T")
_NOTHING: frozenset[str] = frozenset()
# What a change of these leads to is known (`queries/leaning`); whatever else of ours changes, all is read anew.
_KNOWN = frozenset(
    ONTOLOGY + name
    for line in (
        ("Practice", "HumanRightsImpactAssessment", "RedressMechanism", "Tool", "Metric", "AISystem", "RemedyCase"),
        ("Actor", "Instrument", "Provision", "ProvisionMapping", "AdoptionRecord", "SupervisoryFinding"),
        ("SupportAssertion", "Evidence", "Assessment", "CoverageStatement"),
        ("CollectionActivity", "Exclusion", "Search"),
        ("Lesson", "ConsultationFinding", "Observation", "Recommendation", "Event", "AdvisoryGroup", "Reply"),
    )
    for name in line
)
_RULES = tuple(PREFIXES[prefix] for prefix in ("skos", "owl", "rdf", "rdfs", "sh", "dgsh"))
# What orders concepts, and what only derivations write: no record says it, and if one does, all is read anew.
_ORDER = tuple(PREFIXES["skos"] + name for name in ("broader", "inScheme", "hasTopConcept", "topConceptOf"))
_DERIVED = tuple(ONTOLOGY + name for name in ("liesIn", "within", "officialLanguage", "iso3"))


class Records:
    """All documents by file, and what can be referred to.

    Attributes:
        records: the documents below `data/`, by file.
        vocabulary: those below `ontology/`, by file.
        present: the records by the name that the ledger gives them.
        home: the document that describes each subject.
        known: what can be referred to; its `context` is the classes of each subject.
        digests: of all documents, in order.
    """

    def __init__(self, sources: Sources) -> None:
        self.records = {d.file: d for d in sources.records}
        self.vocabulary = {d.file: d for d in sources.vocabulary}
        self.present = {name_of(d): d for d in sources.records}
        self.home = sources.home
        self.context = sources.context
        self.known: Known = known(sources)
        self.digests = sorted(d.digest for d in [*sources.records, *sources.vocabulary])
        self._fixed = frozenset(subject for d in sources.vocabulary for subject in d.classes)
        self._mentions: dict[str, list[Document]] = {}
        for document in sources.vocabulary:
            for iri in document.references:
                if iri.startswith(BASE + "id/"):
                    self._mentions.setdefault(iri, []).append(document)

    def whole(self, pairs: Iterable[tuple[Document | None, Document | None]]) -> str:
        """Return why a change of some documents cannot be taken in by itself; "" where it can."""
        for old, new in pairs:
            for document in filter(None, (old, new)):
                if document.file in self.vocabulary or document.file.startswith("ontology/"):
                    return f"{document.file} belongs to the vocabulary"
                strange = sorted(kind for kind in document.kinds if _strange(kind))
                if strange:
                    return f"{document.file} describes a {compact(strange[0])}"
                if not self._fixed.isdisjoint(document.classes):
                    return f"{document.file} describes what the vocabulary describes"
                other = self.present.get(name_of(document))
                if other is not None and other.file != document.file:
                    return f"{document.file} and {other.file} bear the same name"
        return ""

    def replace(self, pairs: Pairs, undo: Undo) -> set[str]:
        """Put documents in the place of others; return the subjects of which the classes are not what they were."""
        before = {s: self.context.get(s, _NOTHING) for old, new in pairs.values() for s in _subjects(old, new)}
        for old, _ in pairs.values():
            if old is not None:
                self._take_out(old, undo)
        for _, new in pairs.values():
            if new is not None:
                self._put_in(new, undo)
        fresh = [d for _, d in pairs.values() if d is not None]
        others = (iri for d in fresh for iri in (d.likely or d.classes) if iri not in self.context)
        self._knows(frozenset(others), undo)
        return {s for s, kinds in before.items() if self.context.get(s, _NOTHING) != kinds}

    def clashes(self, pairs: Pairs) -> Iterator[Finding]:
        """Find the subjects of new documents that another record describes too; before they are put in."""
        homes: dict[str, list[Document]] = {}
        for _, new in pairs.values():
            if new is not None:
                for subject in new.classes:
                    homes.setdefault(subject, []).append(new)
        for subject, found in homes.items():
            there = self.home.get(subject)
            if there is not None and there.file in self.records and there.file not in pairs:
                found.append(there)
            found.sort(key=lambda d: PurePosixPath(d.file).parts)
            yield from (documents.twice(d, subject, found[0].file) for d in found[1:])

    def referring(self, store: LocalStore, subjects: Iterable[str]) -> dict[str, Document]:
        """Return the documents, by file, that refer to some subjects."""
        found: dict[str, Document] = {}
        for subject in subjects:
            for quad in store.engine.quads_for_pattern(None, None, NamedNode(subject), None):
                name = str(getattr(quad.graph_name, "value", "")).removeprefix(BASE + "graph/")
                if name in self.present:
                    found[self.present[name].file] = self.present[name]
            found.update((d.file, d) for d in self._mentions.get(subject, ()))
        return found

    def sorted_records(self, pairs: Pairs) -> list[Document]:
        """Return the records as they would be read from disk, with some replaced."""
        return _sorted({**self.records, **_new(pairs, "data/")}, pairs)

    def sorted_vocabulary(self, pairs: Pairs) -> list[Document]:
        """Return the vocabulary as it would be read from disk, with some files replaced."""
        return _sorted({**self.vocabulary, **_new(pairs, "ontology/")}, pairs)

    def _take_out(self, document: Document, undo: Undo) -> None:
        at = bisect_left(self.digests, document.digest)
        self.digests.pop(at)
        undo.append(lambda: insort(self.digests, document.digest))
        _drop(self.records, document.file, undo)
        _drop(self.present, name_of(document), undo)
        for subject in document.classes:
            _drop(self.home, subject, undo)
            _drop(self.context, subject, undo)

    def _put_in(self, document: Document, undo: Undo) -> None:
        insort(self.digests, document.digest)
        undo.append(lambda: self.digests.remove(document.digest))
        _set(self.records, document.file, document, undo)
        _set(self.present, name_of(document), document, undo)
        for subject, kinds in document.classes.items():
            _set(self.home, subject, document, undo)
            if kinds:
                _set(self.context, subject, kinds | self.context.get(subject, _NOTHING), undo)

    def _knows(self, others: frozenset[str], undo: Undo) -> None:
        was = self.known.others

        def put(these: frozenset[str]) -> None:
            self.known.others = these
            vars(self.known).pop("homes", None)  # candidates for a suggestion, made again where one is wanted

        put(others)
        undo.append(lambda: put(was))


def orders(properties: Iterable[str]) -> str:
    """Return the first of some properties that no record should say, "" where all are such as records say."""
    return min((p for p in properties if p in _ORDER + _DERIVED or p.startswith(DIMENSION)), default="")


def _strange(kind: str) -> bool:
    return kind.startswith(_RULES) or (kind.startswith(ONTOLOGY) and kind not in _KNOWN)


def _subjects(old: Document | None, new: Document | None) -> Iterator[str]:
    for document in filter(None, (old, new)):
        yield from document.classes


def _new(pairs: Pairs, top: str) -> dict[str, Document]:
    return {file: new for file, (_, new) in pairs.items() if new is not None and file.startswith(top)}


def _sorted(found: dict[str, Document], pairs: Pairs) -> list[Document]:
    gone = {file for file, (_, new) in pairs.items() if new is None}
    return sorted((d for d in found.values() if d.file not in gone), key=lambda d: PurePosixPath(d.file).parts)


def _drop(held: dict[str, T], key: str, undo: Undo) -> None:
    if key in held:
        was = held.pop(key)
        undo.append(lambda: held.__setitem__(key, was))


def _set(held: dict[str, T], key: str, value: T, undo: Undo) -> None:
    if key in held:
        was = held[key]
        undo.append(lambda: held.__setitem__(key, was))
    else:
        undo.append(lambda: held.pop(key))
    held[key] = value
