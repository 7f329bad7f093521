"""Names: from what a person types to an IRI, and from an IRI to words in their language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers, template
from dgekg.errors import Ambiguous, InputError, UnknownValue, shown
from dgekg.questions import Parameter
from dgekg.store.base import Store
from dgekg.vocabulary import DIMENSION, LABEL_PROPERTIES, PREFIXES

_LISTED = 10
_DATATYPES = {"integer": PREFIXES["xsd"] + "integer", "date": PREFIXES["xsd"] + "date"}


class Names:
    """All names of one version of the graph, read once.

    Args:
        store: any store that holds a built version.
        queries: the folder of queries.
    """

    def __init__(self, store: Store, queries: Path) -> None:
        self._labels: dict[str, dict[str, str]] = {}
        self._spoken: dict[str, set[str]] = {}
        self.alternatives: dict[str, set[str]] = {}
        rank = {iri: n for n, iri in enumerate(LABEL_PROPERTIES)}
        best: dict[tuple[str, str], int] = {}
        for thing, prop, label in store.select(template.read(queries / "system" / "labels.rq")).rows:
            if thing is None or prop is None or not isinstance(label, Literal):
                continue
            iri = thing.value
            self._spoken.setdefault(label.value.casefold(), set()).add(iri)
            if prop.value not in rank:
                self.alternatives.setdefault(iri, set()).add(label.value)
                continue
            language = label.language or ""
            if rank[prop.value] < best.get((iri, language), len(rank)):
                best[iri, language] = rank[prop.value]
                self._labels.setdefault(iri, {})[language] = label.value
        self.known = frozenset(self._labels) | frozenset(self.alternatives)

    def label(self, iri: str, language: str = "en") -> str:
        """Return the words for an IRI: in the language, else English, else any, else its last part."""
        labels = self._labels.get(iri, {})
        return labels.get(language) or labels.get("en") or next(iter(labels.values()), "") or _tail(iri)

    def labels(self, iri: str) -> Mapping[str, str]:
        """Return the preferred words for an IRI by language."""
        return self._labels.get(iri, {})

    def language_of(self, iri: str, language: str = "en") -> str:
        """Return the language in which `label` answers, so that a page can say so."""
        labels = self._labels.get(iri, {})
        return language if language in labels else "en" if "en" in labels else next(iter(labels), "")

    def resolve(self, text: str, homes: Sequence[str], field: str) -> str:
        """Return the IRI that a person means by a label, a code, a short form or an IRI.

        Args:
            text: what was typed.
            homes: beginnings of the IRIs that may be meant.
            field: what it is for, for the error.

        Raises:
            UnknownValue: nothing has that name; the nearest are suggested.
            Ambiguous: several have it; they are listed, each with its code.
        """
        hits = self.exact(text, homes)
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise self._several(text, hits, field)
        wanted = text.strip()
        home = next((h for h in homes if wanted.startswith(h)), "")
        inside = [iri for iri in self.known if iri.startswith(tuple(homes))]
        if home:  # an address that is nearly right is compared with addresses
            near = UnknownValue(field, wanted[len(home) :], [_tail(iri) for iri in inside if iri.startswith(home)])
            raise UnknownValue(field, wanted, [home + code for code in near.suggestions])
        raise UnknownValue(field, text, {name for iri in inside for name in self._names(iri)})

    def exact(self, text: str, homes: Sequence[str]) -> list[str]:
        """Return the IRIs that have exactly this name: one by its code or address, else all by a label."""
        wanted, beginnings = text.strip(), tuple(homes)
        for candidate in (wanted, *(home + wanted for home in homes), *(home + wanted.lower() for home in homes)):
            if candidate in self.known and candidate.startswith(beginnings):
                return [candidate]
        return sorted(i for i in self._spoken.get(wanted.casefold(), ()) if i.startswith(beginnings))

    def _several(self, text: str, hits: Sequence[str], field: str) -> Ambiguous:
        """Return the error that lists what a name may mean: codes, which can be asked for, with their labels."""
        listed = [f"{_tail(iri)} ({identifiers.compact(iri)}: {self.label(iri)})" for iri in hits[:_LISTED]]
        more = f" and {len(hits) - _LISTED} more" if len(hits) > _LISTED else ""
        return Ambiguous(
            f'{field}: "{shown(text)}" names several: {"; ".join(listed)}{more}. Say which by its code.',
            text,
            [_tail(iri) for iri in hits[:_LISTED]],
        )

    def terms(self, parameter: Parameter, texts: Sequence[str]) -> list[template.Value]:
        """Return typed terms for what was typed for a question's parameter.

        Raises:
            UnknownValue: no such concept, record or dimension; the nearest are suggested.
            InputError: not a number, a date or an address where one is expected.
        """
        return [self._term(parameter, text.strip()) for text in texts if text.strip()]

    def _term(self, parameter: Parameter, text: str) -> template.Value:
        kind, name = parameter.type, parameter.name
        if kind == "concept":
            return NamedNode(self.resolve(text, [identifiers.scheme(parameter.within) + "/"], name))
        if kind == "record":
            return NamedNode(self.resolve(text, [identifiers.records(parameter.within)], name))
        if kind == "norm":
            homes = [identifiers.records("instrument"), identifiers.records("provision")]
            return NamedNode(self.resolve(text, homes, name))
        if kind == "dimension":
            return NamedNode(identifiers.dimension(text.removeprefix(DIMENSION)))
        if kind == "iri":
            return _address(text, name)
        return _literal(kind, text, name)

    def _names(self, iri: str) -> set[str]:
        return {_tail(iri), *self._labels.get(iri, {}).values(), *self.alternatives.get(iri, ())}


def _address(text: str, name: str) -> NamedNode:
    try:
        if not text.startswith(("http://", "https://")):
            raise ValueError
        return NamedNode(text)
    except ValueError:
        message = f'{name}: found "{shown(text)}", expected an address that begins with https://.'
        raise InputError(message, text) from None


def _literal(kind: str, text: str, name: str) -> Literal:
    if kind == "integer" and not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise InputError(f'{name}: found "{shown(text)}", expected a whole number.', text)
    if kind == "date":
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                raise ValueError
            dt.date.fromisoformat(text)
        except ValueError:
            raise InputError(f'{name}: found "{shown(text)}", expected a date such as 2026-11-21.', text) from None
    if kind == "text" and not text.isprintable():
        raise InputError(f'{name}: found "{shown(text)}", expected plain text on one line.', text)
    datatype = _DATATYPES.get(kind)
    return Literal(text, datatype=NamedNode(datatype)) if datatype else Literal(text)


def _tail(iri: str) -> str:
    return iri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]
