"""One cell explained: what decides its state and each of its marks, who searched, when and in which languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dgekg.coverage import Cell, Grid, State, View
from dgekg.coverage.marks import ANY, marks_of
from dgekg.coverage.reading import place_of
from dgekg.errors import ViewError
from dgekg.explain.listing import languages, names
from dgekg.explain.searches import Conditions, Search, searches_of
from dgekg.index import Index
from dgekg.observatory import Observatory
from dgekg.render import cell_sentence, fill, label, mark_words, place, say, state_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a cell.

    Attributes:
        place: where it is, in words.
        state: name of its state; `state_words` in words.
        marks: names of its marks, with words.
        sentences: the short sentence first, then what decides the state and each mark, then who searched.
        practices: the practices that decide, by "documented", "effect-shown" and "harm-or-mixed".
        searches: the statements, those that decide first.
        tongues: official languages of the place; none for the world.
    """

    place: str
    state: str
    state_words: str
    marks: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    practices: Mapping[str, tuple[str, ...]]
    searches: tuple[Search, ...]
    tongues: tuple[str, ...]


def cell_at(observatory: Observatory, view: View, texts: Sequence[str]) -> tuple[Grid, Cell]:
    """Return the cell of a view that a person names, with the view.

    Args:
        observatory: what is asked.
        view: the view; rows deeper than its depths can be named too.
        texts: a label, code or address for each dimension ("-" for not stated), or one text with them by commas.

    Raises:
        InputError: not one for each dimension, or one that is not known.
        ViewError: the view has no such row.
    """
    index = observatory.index
    concepts = place_of(texts, view.dimensions, index, observatory.names)
    for depths in dict.fromkeys((view.depths, ())):
        grid = observatory.coverage(replace(view, depths=depths, empty=True))
        found = grid.cells.get(concepts)
        if found is not None:
            return grid, found
    lost = [(a.dimension, c) for a, c in zip(grid.axes, concepts, strict=True) if c not in a.rows]
    raise ViewError(" ".join(_no_row(observatory, *one) for one in lost))


def _no_row(observatory: Observatory, dimension: str, concept: str) -> str:
    """Return why a view has no row for a concept."""
    if not concept:
        return f"at: no practice leaves {dimension} unstated, so there is no such row."
    said = f"at: {label(observatory, concept)} is no row of {dimension}"
    if concept in observatory.index.concepts(dimension):
        return f"{said}: what stands beside the hierarchy is a row only where a practice names it."
    return f"{said}."


def explain_cell(observatory: Observatory, grid: Grid, cell: Cell, language: str = "en") -> Explanation:
    """Return what is known of a cell, in words; of a cell that is not published, only that."""
    if cell.state is State.NOT_PUBLISHED:
        practices: dict[str, tuple[str, ...]] = {}
        searches: tuple[Search, ...] = ()
        tongues: tuple[str, ...] = ()
        more: list[str] = []
    else:
        conditions = _conditions(observatory.index, grid, cell)
        practices = _deciding(observatory.index, grid, cell)
        searches, parts = searches_of(observatory, grid, cell, conditions, language)
        tongues = _tongues(observatory.index, conditions)
        more = [
            *_of_practices(observatory, grid, cell, practices, language),
            *_of_searches(searches, parts, cell, tongues, language),
        ]
    return Explanation(
        place(observatory, grid, cell, language),
        cell.state.value,
        state_words(cell.state.value, language),
        tuple((mark, mark_words(mark, language)) for mark in cell.marks),
        (cell_sentence(observatory, grid, cell, language), *more),
        practices,
        searches,
        tongues,
    )


def as_json(found: Explanation) -> dict[str, Any]:
    """Return an explanation as a JSON object."""
    return {
        "place": found.place,
        "state": found.state,
        "state_words": found.state_words,
        "marks": dict(found.marks),
        "sentences": list(found.sentences),
        "practices": {role: list(iris) for role, iris in found.practices.items()},
        "searches": [
            {
                "iri": one.iri,
                "role": one.role,
                "date": one.date,
                "where": one.where,
                "rounds": list(one.rounds),
                "languages": list(one.languages),
                "why": one.why,
                "found": list(one.found),
                "sentence": one.sentence,
            }
            for one in found.searches
        ],
        "official_languages": list(found.tongues),
    }


def _of_practices(
    observatory: Observatory, grid: Grid, cell: Cell, practices: Mapping[str, Sequence[str]], language: str
) -> list[str]:
    """Return the sentences about the practices that decide a state or a mark."""
    index, said = observatory.index, []
    for role, iris in practices.items():
        if iris:
            counts = {"rung": grid.view.rung, "names": names(observatory, iris, language)}
            said.append(fill(f"cell.{role}", counts, language))
    if cell.state is State.THIN:
        level = max(int(index.rung[index.position[p]]) for p in cell.members)
        said.append(fill("cell.thin", {"level": level}, language) if level >= 0 else say("cell.no-evidence", language))
    if cell.members and "stale" in cell.marks:
        newest = max(int(index.newest[index.position[p]]) for p in cell.members)
        said.append(fill("cell.newest-evidence", {"date": dt.date.fromordinal(newest).isoformat()}, language))
    if cell.state is State.FILTERED and all(index.dimension(name).coordinate for name in grid.view.dimensions):
        kept = tuple(f for f in grid.view.filters if index.dimension(f.dimension).coordinate)
        whole = observatory.coverage(replace(grid.view, filters=kept, exclude=(), empty=True))
        there = whole.cells[cell.concepts].measures["practices"]
        said.append(fill("cell.filtered", {"n": there}, language))
    return said


def _of_searches(
    searches: Sequence[Search], parts: int, cell: Cell, tongues: Sequence[str], language: str
) -> list[str]:
    """Return the sentences about who searched, and from where."""
    said = [one.sentence for one in searches if one.role != "part"]
    deciding = [one for one in searches if one.role == "decides"]
    if "from-afar" in cell.marks:
        spoken = {code for one in deciding for code in one.languages}
        counts = {"place": languages(tongues, language), "languages": languages(spoken, language)}
        if {c.split("-")[0].lower() for c in spoken} & {c.split("-")[0].lower() for c in tongues} or not tongues:
            said.append(say("cell.afar-parts", language))
        else:
            said.append(fill("cell.afar" if spoken else "cell.afar-unknown", counts, language))
    if deciding and "stale" in cell.marks:
        said.append(fill("cell.newest-search", {"date": max(one.date for one in deciding)}, language))
    if parts:
        said.append(fill("cell.part", {"n": parts}, language))
    return [*said, *(one.sentence for one in searches if one.role == "part")]


def _deciding(index: Index, grid: Grid, cell: Cell) -> dict[str, tuple[str, ...]]:
    """Return the practices that decide a state or a mark, by which."""
    if not cell.members:
        return {}
    level, marks, groups = grid.view.rung, marks_of(index, grid.view.rung), _groups(grid, cell)
    documented = tuple(p for p in cell.members if index.rung[index.position[p]] >= level)
    found = {
        "documented": documented,
        "effect-shown": tuple(index.unpack(cell.bits & marks.effect_for(groups))),
        "harm-or-mixed": tuple(index.unpack(cell.bits & marks.harm_for(groups))),
    }
    return {role: iris for role, iris in found.items() if iris}


def _groups(grid: Grid, cell: Cell) -> list[str]:
    """Return the groups that the marks of a cell are about: its row, else those of the filters, else any."""
    if "group" in grid.view.dimensions:
        return [cell.concepts[grid.view.dimensions.index("group")]]
    return [v for f in grid.view.filters if f.dimension == "group" and not f.negated for v in f.values] or [ANY]


def _conditions(index: Index, grid: Grid, cell: Cell) -> list[tuple[str, frozenset[str]]]:
    """Return what holds for a cell in each coordinate: its rows, and the filters that ask for something."""
    found = [
        (name, frozenset({concept}))
        for name, concept in zip(grid.view.dimensions, cell.concepts, strict=True)
        if concept and index.dimension(name).coordinate
    ]
    for one in grid.view.filters:
        if not one.negated and index.dimension(one.dimension).coordinate:
            found.append((one.dimension, frozenset(one.values)))
    return found


def _tongues(index: Index, conditions: Conditions) -> tuple[str, ...]:
    """Return the official languages of the place; none where it is the world or none is asked for."""
    root = index.roots.get("region")
    sets = [
        frozenset(tongue for place_ in concepts for tongue in index.languages.get(place_, ()))
        for name, concepts in conditions
        if name == "region" and root not in concepts
    ]
    return tuple(sorted(frozenset.intersection(*sets))) if sets else ()
