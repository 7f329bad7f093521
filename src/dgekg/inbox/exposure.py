"""How exposed a proposal is, by the rule of `docs/safety.md`: what is with care or protected needs two reviewers.

The rule is read towards protection: an actor that nobody here knows counts as a community's, a country without a
rating as one where care is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dgekg import identifiers, template
from dgekg.inbox.proposals import Draft
from dgekg.store.base import Store

WHY = {
    "record": "the record that it is about is shown so",
    "itself": "it says so itself",
    "there": "a community's practice for a protected group in {}",
    "group": "a community's practice for a protected group",
    "civil": "civil society where a group is not published",
    "unrated": "no rating of civic space for {}",
    "unknown": "no rules were at hand when it came",
}
"""Why a proposal is exposed as it is, in English, as it is kept; {} is the code of a country."""

_LEVELS = ("open", "with-care", "protected")
_COMMUNITY = ("civil-society", "community-governing-body")
_CARRIES = {"lead", "issuer", "partner", "host"}
_GROUPS, _PLACES = ("addressesGroup", "ledByGroup"), ("inRegion", "basedIn")


class Rules:
    """The rule, with the tables of one version.

    Args:
        store: holds a built version.
        queries: the folder of queries.

    Raises:
        SourceError: a query file is missing.
        StoreError: the store cannot be read.
    """

    def __init__(self, store: Store, queries: Path) -> None:
        facts: dict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in store.select(template.read(queries / "system" / "exposure.rq")).dicts():
            facts[row["fact"]][row["one"]].add(row["two"])
        self._within, self._actors, self._exposure = facts["within"], facts["actor"], facts["exposure"]
        self._communities, self._protected = set(facts["community"]), set(facts["protected"])
        self._countries, self._rated = set(facts["country"]), set(facts["rated"])
        self._closed: defaultdict[str, set[str]] = defaultdict(set)
        for row in store.select(template.read(queries / "views" / "not-published.rq")).dicts():
            self._closed[row["country"]].add(row["group"])

    def __call__(self, draft: Draft) -> tuple[str, tuple[str, ...]]:
        """Return open, with-care or protected, and why (in English)."""
        if draft.act == "withdraw":  # takes out what was shown: nobody is exposed by that
            return "open", ()
        fields = draft.answers.get("fields", {}) if isinstance(draft.answers, Mapping) else {}
        fields = fields if isinstance(fields, Mapping) else {}
        kind = str(draft.answers.get("kind", "")) if isinstance(draft.answers, Mapping) else ""
        found = list(self._said(draft.record, fields))
        if kind == "practice" and draft.act in ("new", "correct", "add"):
            found += self._practice(fields, draft.record)
        elif kind == "actor":
            found += self._actor(fields)
        level = max((_LEVELS.index(level) for level, _why in found), default=0)
        return _LEVELS[level], tuple(dict.fromkeys(why for one, why in found if _LEVELS.index(one) == level and one))

    def _said(self, record: str, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what a record that it is about, or the answers themselves, say of its exposure."""
        for iri in self._exposure.get(record, ()):
            yield _level(_code(iri)), WHY["record"]
        for code in _values(fields, "exposure"):
            yield _level(_code(code)), WHY["itself"]

    def _practice(self, fields: Mapping[str, Any], record: str) -> Iterator[tuple[str, str]]:
        actors = list(_carriers(fields))
        known = [iri for iri in actors if iri in self._actors]
        civic = (not actors and not record) or len(known) < len(actors) or bool(self._communities.intersection(known))
        groups = {identifiers.concept("group", code) for code in _codes(fields, _GROUPS)}
        places = {self._place(code) for code in _codes(fields, _PLACES)}
        places |= {base for iri in known for base in self._actors[iri] if "/scheme/region/" in base}
        yield from self._unrated(places)
        if not civic or not groups:
            return
        above = {country for place in places for country in self._within.get(place, {place})}
        for country in sorted(above & self._closed.keys()):
            if any(self._meets(group, closed) for group in groups for closed in self._closed[country]):
                yield "protected", WHY["there"].format(_code(country))
        if groups & self._protected:
            yield "with-care", WHY["group"]

    def _actor(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        places = {self._place(code) for code in _codes(fields, _PLACES)}
        yield from self._unrated(places)
        above = {country for place in places for country in self._within.get(place, {place})}
        sectors = set(_codes(fields, ("classification",)))
        if (not sectors or any(code.startswith(_COMMUNITY) for code in sectors)) and above & self._closed.keys():
            yield "with-care", WHY["civil"]

    def _unrated(self, places: Iterable[str]) -> Iterator[tuple[str, str]]:
        for country in sorted(set(places) & self._countries - self._rated):
            yield "with-care", WHY["unrated"].format(_code(country))

    def _meets(self, group: str, closed: str) -> bool:
        """Say whether a group falls under one that is not published: it is part of it, or a protected one around it."""
        narrower = closed in self._within.get(group, {group})
        return narrower or (group in self._within.get(closed, {closed}) and group in self._protected)

    def _place(self, code: str) -> str:
        region = identifiers.concept("region", code)
        return region if region in self._within else identifiers.concept("place", code)


def reason(text: str) -> tuple[str, str]:
    """Return which of `WHY` a reason is, and the code of the country that it names; ("", "") for words of others.

    >>> reason("no rating of civic space for 010"), reason("it says so itself"), reason("a test")
    (('unrated', '010'), ('itself', ''), ('', ''))
    """
    for key, said in WHY.items():
        before, named, _after = said.partition("{}")
        if text == said or (named and text.startswith(before)):
            return key, text.removeprefix(before) if named else ""
    return "", ""


def _carriers(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the actors that carry a practice, as IRIs."""
    for part in fields.get("qualifiedAttribution", ()) or ():
        inner = part.get("fields", {}) if isinstance(part, Mapping) else {}
        roles = set(_codes(inner, ("hadRole",)))
        if not roles or roles & _CARRIES:
            for name in _values(inner, "agent"):
                slug = name.rstrip("/").rpartition("/")[2]
                yield identifiers.record("actor", slug) if identifiers.SLUG.fullmatch(slug) else name


def _codes(fields: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from (code for value in _values(fields, name) if identifiers.SLUG.fullmatch(code := _code(value)))


def _values(fields: Mapping[str, Any], name: str) -> Iterator[str]:
    given = fields.get(name, ())
    for one in given if isinstance(given, list | tuple) else (given,):
        value = one.get("value", "") if isinstance(one, Mapping) else one
        if isinstance(value, str) and value:
            yield value


def _code(value: str) -> str:
    return value.rstrip("/").rpartition("/")[2]


def _level(code: str) -> str:
    return code if code in _LEVELS else "with-care"
