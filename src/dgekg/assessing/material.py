"""What a coder is given to judge by: a practice with its evidence, a criterion with its rubric, and no rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from dgekg import identifiers, template
from dgekg.errors import RecordNotFound, shown
from dgekg.nearness import nearest
from dgekg.store.base import Store, Term

_Values = dict[str, list[Term]]


@dataclass(frozen=True, slots=True)
class Thing:
    """A practice, a piece of evidence or a criterion: its values by what they are."""

    iri: str
    values: Mapping[str, Sequence[Term]] = field(repr=False)

    def all(self, what: str) -> list[str]:
        """Return the values as text, sorted."""
        return sorted(term.value for term in self.values.get(what, ()))

    def one(self, what: str) -> str:
        """Return the first value, or ""."""
        return next(iter(self.all(what)), "")

    def text(self, what: str, language: str) -> tuple[str, str]:
        """Return the words in a language (else English, else any), and the language they are in."""
        words = {t.language or "": t.value for t in self.values.get(what, ()) if isinstance(t, Literal)}
        for wanted in (language, "en", *sorted(words)):
            if wanted in words:
                return words[wanted], wanted
        return "", ""

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A practice as it lies before a coder, with its evidence in the order of their addresses."""

    practice: Thing
    evidence: tuple[Thing, ...]


def sheet(store: Store, queries: Path, slug: str) -> Sheet:
    """Return what there is to judge a practice by.

    Raises:
        RecordNotFound: no such practice; says what is near.
        InputError: it is no slug.
    """
    iri = identifiers.record("practice", slug)
    text = template.bind(template.read(queries / "system" / "to-assess.rq"), {"practice": [NamedNode(iri)]})
    found = _things(store, text)
    practice = found.pop(iri, None)
    if practice is None:
        near = nearest(slug, practices(store, queries))
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise RecordNotFound(f'practice: found "{shown(slug)}", which is not here.{meant}')
    return Sheet(practice, tuple(found[name] for name in sorted(found)))


def criteria(store: Store, queries: Path, order: Sequence[str]) -> dict[str, Thing]:
    """Return the criteria by their codes, in an order."""
    found = _things(store, template.read(queries / "system" / "criteria.rq"))
    by_code = {thing.one("code"): thing for thing in found.values()}
    return {code: by_code[code] for code in order if code in by_code}


def practices(store: Store, queries: Path) -> list[str]:
    """Return the slugs of all practices, sorted."""
    return sorted(groups(store, queries))


def groups(store: Store, queries: Path) -> dict[str, list[str]]:
    """Return for which groups (codes) each practice (slug) is said to be, and those that somebody rated it for."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in store.select(template.read(queries / "system" / "groups-to-assess.rq")).dicts():
        slug = row["practice"].rpartition("/")[2]
        stated, rated = found.setdefault(slug, (set(), set()))
        code = row["group"].rpartition("/")[2]
        (rated if row["rated"] in ("true", "1") else stated).add(code)
    return {slug: sorted(rated or stated) for slug, (stated, rated) in sorted(found.items())}


def _things(store: Store, query: str) -> dict[str, Thing]:
    found: dict[str, _Values] = {}
    for thing, what, value in store.select(query).rows:
        if isinstance(thing, NamedNode) and isinstance(what, Literal) and value is not None:
            found.setdefault(thing.value, {}).setdefault(what.value, []).append(value)
    return {iri: Thing(iri, values) for iri, values in found.items()}
