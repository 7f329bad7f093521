"""Matching: how well a name and some properties fit each entity, and whether one alone is meant.

The score, 0 to 100, is the likeness of the query to the nearest name (rapidfuzz: the better of the ratio of the whole
texts and of their sorted words, accents and case aside). With properties it is seven parts name and three parts their
mean likeness; an entity that gives the very address that was given scores 100. `match` is true for one candidate at
most: it has exactly that name, or gives that address, no other does, and no property that it has speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from dgekg.errors import InputError, UnknownValue
from dgekg.vocabulary import BASE
from dgekg.web.house import Visit
from dgekg.web.partners import entities
from dgekg.web.partners.entities import EVERY, Among, Entity, comparable
from dgekg.web.snapshot import bare

MOST_QUERIES, MOST_CANDIDATES, MOST_LETTERS = 50, 50, 400
_COMPARED = 2_000_000  # names that one request may be compared with: about a second of work
_USUAL, _LEAST, _AGREES = 10, 40.0, 90.0
_NAME_PARTS, _PROPERTY_PARTS = 0.7, 0.3
_STRICT = ("any", "all", "should")


@dataclass(frozen=True)
class Query:
    """What is to be matched.

    Attributes:
        text: a name, an identifier or an address.
        types: any of these; none for all.
        strict: any, all or should.
        limit: how many candidates.
        properties: property and what it should be; several of one mean any of them.
    """

    text: str
    types: tuple[str, ...]
    strict: str
    limit: int
    properties: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Candidate:
    """An entity that may be meant: its score, the likenesses that it is made of, whether it is meant for sure."""

    entity: Entity
    score: float
    features: Mapping[str, float]
    match: bool = False


def batch_size(visit: Visit) -> int:
    """Return how many queries are answered at once: 50, fewer where there are very many names to compare."""
    names = len(entities.entities(visit.snapshot).of_types(()).names)
    return max(1, min(MOST_QUERIES, _COMPARED // max(1, names)))


def read(given: Mapping[str, Any], where: str) -> Query:
    """Return a query as it was sent.

    Args:
        given: the object.
        where: the name of the query in its batch, for errors.

    Raises:
        InputError: a part that cannot be understood, says which.
    """
    known = ("query", "type", "limit", "properties", "type_strict")
    for key in given:
        if key not in known:
            raise UnknownValue(f"queries.{where}", key, known)
    text = given.get("query", "")
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        raise _wrong(where, "query", text, f"a text of at most {MOST_LETTERS} letters")
    limit = given.get("limit", _USUAL)
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or limit < 1:
        raise _wrong(where, "limit", limit, "a whole number from 1")
    types = given.get("type") or ()
    names = [types] if isinstance(types, str) else types
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise _wrong(where, "type", types, "the identifier of a type, or several")
    strict = given.get("type_strict", "any")
    if strict not in _STRICT:
        raise UnknownValue(f"queries.{where}.type_strict", str(strict), _STRICT)
    properties = tuple(_property(one, where) for one in given.get("properties") or ())
    if not text.strip() and not properties:
        raise _wrong(where, "query", text, "a name, or properties")
    return Query(text.strip(), tuple(names), strict, min(int(limit), MOST_CANDIDATES), properties)


def _property(given: Any, where: str) -> tuple[str, tuple[str, ...]]:
    if not isinstance(given, dict) or not isinstance(given.get("pid"), str) or "v" not in given:
        raise _wrong(where, "properties", given, "objects with pid and v")
    if given["pid"] not in EVERY:
        raise UnknownValue(f"queries.{where}.properties.pid", given["pid"], EVERY)
    several = given["v"] if isinstance(given["v"], list) else [given["v"]]
    values = [str(v.get("id", v.get("name", ""))) if isinstance(v, dict) else str(v) for v in several]
    return given["pid"], tuple(v.strip()[:MOST_LETTERS] for v in values if v.strip())


def _wrong(where: str, part: str, found: Any, expected: str) -> InputError:
    shown = str(found)[:80]
    return InputError(
        f'queries.{where}.{part}: found "{shown}", expected {expected}.',
        shown,
        field=f"queries.{where}.{part}",
        expected=expected,
    )


def candidates(visit: Visit, query: Query) -> list[Candidate]:
    """Return what may be meant, the likeliest first.

    Raises:
        UnknownValue: a type that there is not.
    """
    known = entities.entities(visit.snapshot)
    among = known.of_types(query.types, query.strict)
    address = bare(query.text) if query.text.startswith(("http://", "https://")) else ""
    addresses = {bare(v) for pid, values in query.properties if pid == "url" for v in values} | {address} - {""}
    named = known.get(query.text)
    likeness = _likeness(comparable(query.text), among)
    scored = []
    for entity, name in zip(among.entities, likeness.tolist(), strict=True):
        gives = bool(addresses & entity.addresses) if addresses else False
        if name < _LEAST and not gives and entity is not named and query.text:
            continue
        scored.append(_scored(visit, query, entity, 100.0 if entity is named else name, gives))
    found = sorted((c for c in scored if c.score >= _LEAST), key=lambda c: (-c.score, c.entity.iri))
    return _decided(query, found, named)[: query.limit]


def _likeness(text: str, among: Among) -> npt.NDArray[np.float32]:
    """Return how alike the nearest name of each entity is, 0 to 100; 0 below the least that is proposed."""
    found = np.zeros(len(among.entities), dtype=np.float32)
    if text and among.names:
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            scores = process.cdist([text], among.names, scorer=scorer, score_cutoff=_LEAST, dtype=np.float32)[0]
            np.maximum.at(found, among.owners, scores)
    return found


def _scored(visit: Visit, query: Query, entity: Entity, name: float, gives: bool) -> Candidate:
    features = {"name": round(name, 1)} if query.text else {}
    likes = []
    for pid, values in query.properties:
        said = entities.spoken(visit, entities.entities(visit.snapshot), entity, pid)
        if pid == "url":
            like = 100.0 if {bare(v) for v in values} & entity.addresses else 0.0
        else:
            like = max((fuzz.ratio(comparable(_code(v)), s) for v in values for s in said), default=0.0)
        features[pid] = round(like, 1)
        likes.append(like)
    mean = sum(likes) / len(likes) if likes else 0.0
    whole = name if not likes else mean if not query.text else _NAME_PARTS * name + _PROPERTY_PARTS * mean
    return Candidate(entity, round(100.0 if gives else whole, 1), features)


def _code(text: str) -> str:
    """Return what a value is called: the last part of an identifier of ours, else the text itself."""
    return text.rsplit("/", 1)[-1] if text.startswith((BASE, "id/", "scheme/")) else text


def _decided(query: Query, found: list[Candidate], named: Entity | None) -> list[Candidate]:
    """Say of the one candidate that is meant for sure that it is, where there is one."""
    folded = comparable(query.text)
    exact = [c for c in found if c.entity is named or (folded and folded in c.entity.names) or _by_address(query, c)]
    if named is not None:
        exact = [c for c in exact if c.entity is named]
    if len(exact) != 1:
        return found
    sure = exact[0]
    against = [pid for pid, like in sure.features.items() if pid in sure.entity.facts.values and like < _AGREES]
    if against:
        return found
    rest = [c for c in found if c is not sure]
    return [Candidate(sure.entity, sure.score, sure.features, match=True), *rest]


def _by_address(query: Query, one: Candidate) -> bool:
    given = [query.text, *(v for pid, values in query.properties if pid == "url" for v in values)]
    return bool({bare(text) for text in given if text.startswith(("http://", "https://"))} & one.entity.addresses)
