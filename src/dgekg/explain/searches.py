"""The statements about a cell: who searched, when, in which languages, and what has become of it since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from dgekg import template
from dgekg.coverage import Cell, Grid, State
from dgekg.coverage.published import Published
from dgekg.coverage.searches import SEARCHED
from dgekg.explain.listing import languages, names
from dgekg.index import NORMS, Index, Statement
from dgekg.observatory import Observatory
from dgekg.render import fill, label, row, say

PARTS = 3
Conditions = Sequence[tuple[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Search:
    """A statement about a cell.

    Attributes:
        iri: its address.
        role: "decides" the state; "superseded" by a practice found since; "contradicted" by one that was on record
            before; "part": of a narrower place, which decides nothing here.
        date: day of the search.
        where: the place it speaks of, in words.
        rounds: the rounds that searched.
        languages: codes of the languages they searched in.
        why: the reason given, in the reader's language where there is one.
        found: the practices that supersede or contradict it.
        sentence: all of this in words.
    """

    iri: str
    role: str
    date: str
    where: str
    rounds: tuple[str, ...]
    languages: tuple[str, ...]
    why: str
    found: tuple[str, ...]
    sentence: str


def searches_of(
    observatory: Observatory, grid: Grid, cell: Cell, conditions: Conditions, language: str
) -> tuple[tuple[Search, ...], int]:
    """Return the statements about a cell, and how many speak of a part of it.

    Those that decide come first, then those overtaken, then the newest few of those that speak of a part.

    A statement on a place of which nothing is published is left out: that somebody searched there would tell.
    """
    index = observatory.index
    lid = Published(index)
    known = {one.iri: one for one in index.statements if not _closed(lid, one)}
    parts = _parts(known.values(), index, cell, conditions) if cell.state is State.NOT_SEARCHED else []
    told = _told(observatory, [*cell.statements, *cell.superseded, *parts[:PARTS]])
    earlier = _recorded(observatory, _specific(index, grid, cell)) if cell.superseded else {}
    found = []
    for iri in (*cell.statements, *cell.superseded, *parts[:PARTS]):
        if iri not in known:
            continue
        role = "decides" if iri in cell.statements else "part" if iri in parts else "superseded"
        practices: Sequence[str] = ()
        if role == "superseded":
            before = [p for p, day in earlier.items() if day <= known[iri].date[:10]]
            role, practices = ("contradicted", before) if before else (role, cell.members)
        found.append(_search(observatory, known[iri], role, told.get(iri, ((), {})), practices, language))
    order = ("decides", "superseded", "contradicted", "part")
    found.sort(key=lambda one: one.iri)
    found.sort(key=lambda one: one.date, reverse=True)
    return tuple(sorted(found, key=lambda one: order.index(one.role))), len(parts)


def _search(
    observatory: Observatory,
    statement: Statement,
    role: str,
    told: tuple[tuple[str, ...], Mapping[str, str]],
    found: Sequence[str],
    language: str,
) -> Search:
    rounds, reasons = told
    roots = set(observatory.index.roots.values())
    order = ["norm" if name in NORMS else name for name in observatory.index.dimensions]
    cells = ((name, sorted(statement.cell.get(name, ()))) for name in dict.fromkeys(order))
    narrow = [_said(observatory, name, c, language) for name, given in cells for c in given if c not in roots]
    where = ", ".join(narrow) or say("everything", language)
    spoken = tuple(sorted(statement.languages))
    why = reasons.get(language) or reasons.get("en") or next(iter(reasons.values()), "")
    parts = [label(observatory, one, language) for one in rounds]
    parts += [languages(spoken, language)] if spoken else []
    counts = {
        "date": statement.date[:10],
        "where": where,
        "details": fill("cell.details", {"parts": say("separator", language).join(parts)}, language) if parts else "",
        "why": fill("cell.why", {"text": why}, language) if why else "",
        "names": names(observatory, found, language) if found else "",
    }
    key = role if role in ("superseded", "contradicted") else "search"
    key = key if statement.status == SEARCHED else "not-applicable"
    sentence = fill(f"cell.{key}", counts, language)
    return Search(statement.iri, role, statement.date[:10], where, rounds, spoken, why, tuple(found), sentence)


def _said(observatory: Observatory, dimension: str, iri: str, language: str) -> str:
    """Return a part of a place in words; a norm may be of either kind, and says itself which."""
    known = dimension in observatory.index.dimensions
    return row(observatory, dimension, iri, language) if known else label(observatory, iri, language)


def _told(observatory: Observatory, statements: Sequence[str]) -> dict[str, tuple[tuple[str, ...], dict[str, str]]]:
    """Return for each statement its rounds, and its reason by language."""
    if not statements:
        return {}
    text = template.read(observatory.project.queries / "system" / "statements.rq")
    query = template.bind(text, {"statement": [NamedNode(iri) for iri in sorted(set(statements))]})
    rounds: dict[str, set[str]] = {}
    reasons: dict[str, dict[str, str]] = {}
    for statement, round_, _language, why in observatory.store.select(query).rows:
        if statement is not None:
            rounds.setdefault(statement.value, set()).update([round_.value] if round_ is not None else [])
            if isinstance(why, Literal):
                reasons.setdefault(statement.value, {})[why.language or ""] = why.value
    return {iri: (tuple(sorted(found)), reasons.get(iri, {})) for iri, found in rounds.items()}


def _recorded(observatory: Observatory, practices: Sequence[str]) -> dict[str, str]:
    """Return the day on which each practice was recorded."""
    if not practices:
        return {}
    text = template.read(observatory.project.queries / "system" / "recorded.rq")
    query = template.bind(text, {"practice": [NamedNode(iri) for iri in practices]})
    rows = observatory.store.select(query).rows
    return {practice.value: day.value[:10] for practice, day in rows if practice is not None and day is not None}


def _specific(index: Index, grid: Grid, cell: Cell) -> list[str]:
    """Return the practices of a cell that are there by more than a claim to everything."""
    kept = set(cell.members)
    for name, concept in zip(grid.view.dimensions, cell.concepts, strict=True):
        root = index.roots.get(name)
        if concept and concept == root:
            narrower = index.none.copy()
            for iri, bits in index.members(grid.view.source(index.dimension(name))).items():
                narrower |= bits if iri != root else index.none
            kept &= set(index.unpack(narrower))
    return [p for p in cell.members if p in kept]


def _closed(lid: Published, statement: Statement) -> bool:
    """Whether a statement speaks of a place of which nothing is published."""
    regions, groups = (statement.cell.get(name, frozenset()) for name in ("region", "group"))
    return any(lid.withheld([frozenset({r})], [frozenset({g})]) for r in regions for g in groups)


def _parts(statements: Iterable[Statement], index: Index, cell: Cell, conditions: Conditions) -> list[str]:
    """Return the searches of places within the cell, the newest first; they say nothing of the whole."""
    decided = {*cell.statements, *cell.superseded}
    inside = [
        one
        for one in statements
        if one.status == SEARCHED and one.iri not in decided and all(_meets(index, one, c) for c in conditions)
    ]
    return [one.iri for one in sorted(inside, key=lambda one: (one.date, one.iri), reverse=True)]


def _meets(index: Index, statement: Statement, condition: tuple[str, frozenset[str]]) -> bool:
    name, concepts = condition
    own = statement.cell.get("norm" if name in NORMS else name, frozenset())
    around: Iterable[str] = (
        x for c in concepts for x in (*index.within.get(c, frozenset({c})), *index.narrower.get(c, frozenset({c})))
    )
    return not own or bool(own & set(around))
