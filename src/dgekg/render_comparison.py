"""Comparisons in words and tables: sentences made from rules in three languages (`words/compare.*.yaml`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from dgekg.coverage import Cell, Filter, State
from dgekg.coverage.between import Between, Reason
from dgekg.coverage.compare import Compared, Difference
from dgekg.observatory import Observatory
from dgekg.render import fill, label, mark_words, say, state_words

FEW = 3


def side_names(observatory: Observatory, compared: Compared, language: str = "en") -> tuple[str, str]:
    """Return what each side is called: the values of the filters that differ, or the versions."""
    if compared.between is not None:
        return say("compare.now", language), say("compare.before", language)
    one, other = (set(grid.view.filters) for grid in compared.grids)
    return _named(observatory, one - other, language), _named(observatory, other - one, language)


def answer_sentence(observatory: Observatory, compared: Compared, language: str = "en") -> str:
    """Return what the sides hold together, in a sentence or two; and that nothing is said where that is so."""
    if not compared.published:
        return say("compare.closed", language)
    first, second = side_names(observatory, compared, language)
    counts = {"first": first, "second": second, "shared": compared.shared}
    counts |= {"first_total": compared.totals[0], "second_total": compared.totals[1]}
    return fill("compare.answer", counts, language)


def cells_sentence(compared: Compared, language: str = "en") -> str:
    """Return how many cells differ, how many are not compared, and whether some leave something out."""
    cells = compared.cells.values()
    closed = sum(not one.published for one in cells)
    parts = [fill("compare.cells", {"cells": len(cells), "differing": sum(not c.alike for c in cells)}, language)]
    parts += [fill("compare.unpublished", {"unpublished": closed}, language)] if closed else []
    partly = any(cell is not None and cell.partly_withheld for one in cells for cell in (one.first, one.second))
    return " ".join([*parts, *([say("compare.partly-withheld", language)] if partly else [])])


def certainty_sentence(observatory: Observatory, compared: Compared, language: str = "en") -> str:
    """Return what chance can say of a comparison, or why it can say nothing."""
    found = compared.certainty
    first, second = side_names(observatory, compared, language)
    counts: dict[str, Any] = {"differing": found.differing, "tested": found.tested, "one_in": round(1 / found.level)}
    counts |= {"first": first, "second": second, "first_counted": found.first, "second_counted": found.second}
    keys = [found.said] if found.refused else [found.said, "compare.counted"]
    return " ".join(fill(key, counts, language) for key in keys)


def between_sentences(observatory: Observatory, between: Between, language: str = "en") -> list[str]:
    """Return what happened between two versions, over the whole collection."""
    versions = dict(zip(("now", "then"), between.versions, strict=True))
    versions |= dict(zip(("now_day", "then_day"), between.days, strict=True))
    lines = [fill("between.versions", versions, language)]
    kinds = [f"{say(f'change-kind.{kind}', language)} ({n})" for kind, n in between.ledger.items()]
    lines.append(fill("between.ledger" if kinds else "between.ledger-none", {"what": ", ".join(kinds)}, language))
    lines.append(say("between.withdrawn", language))
    rules = {True: "changed", False: "same", None: "unknown"}[between.rules]
    lines.append(say(f"between.rules-{rules}", language))
    if between.codes[0] != between.codes[1]:
        codes = dict(zip(("now", "then"), between.codes, strict=True))
        lines.append(fill("between.code-changed", codes, language))
    for name, concepts in between.concepts.items():
        counts = {"dimension": dimension_words(observatory, name, language), "n": len(concepts)}
        lines.append(fill("between.concepts", counts, language))
    return lines


def where(observatory: Observatory, compared: Compared, one: Difference, language: str = "en") -> str:
    """Return the place of a cell in words, such as "Data, Women"; a root goes without saying."""
    roots = [observatory.index.roots.get(name) for name in compared.comparison.view.dimensions]
    narrow = [iri for iri, root in zip(one.concepts, roots, strict=True) if iri != root]
    return ", ".join(label(observatory, iri, language) for iri in narrow or one.concepts)


def side_words(cell: Cell | None, published: bool, language: str = "en") -> str:
    """Return one side of a cell in a few words: number and state, then marks."""
    if not published:
        return state_words(State.NOT_PUBLISHED.value, language)
    if cell is None:
        return say("side.absent", language)
    if cell.state in (State.DOCUMENTED, State.THIN):
        parts = [fill(f"side.{cell.state.value}", cell.measures, language)]
    else:
        parts = [state_words(cell.state.value, language)]
    return " \u00b7 ".join([*parts, *(mark_words(mark, language) for mark in cell.marks)])


def sign(one: Difference, language: str = "en") -> str:
    """Return the difference as a sign and a word: "+2 more", "-1 fewer", "= as many", "~ searched otherwise"."""
    if not one.published:
        return f"x {state_words(State.NOT_PUBLISHED.value, language)}"
    if one.difference is None:
        return f"? {say('sign.none', language)}"
    if one.difference > 0:
        return f"+{one.difference} {say('sign.first-more', language)}"
    if one.difference < 0:
        return f"\u2212{-one.difference} {say('sign.second-more', language)}"
    return f"~ {say('sign.search', language)}" if one.by_search else f"= {say('sign.as-many', language)}"


def difference_sentence(observatory: Observatory, compared: Compared, one: Difference, language: str = "en") -> str:
    """Return how a cell differs and what explains it, in a few sentences without its place."""
    if not one.published:
        return say("compare.not-published", language)
    parts = []
    if one.difference is not None:
        counts = {**_sides(observatory, compared, language), "n": abs(one.difference)}
        parts.append(fill(f"compare.{_balance(compared, one)}", counts, language))
    return " ".join([*parts, *explanation(observatory, compared, one, language)])


def explanation(observatory: Observatory, compared: Compared, one: Difference, language: str = "en") -> list[str]:
    """Return what explains how a cell differs, a sentence each; names where they are few."""
    parts = notes(observatory, compared, one, language)
    for said, things in listed(observatory, compared, one, language, FEW):
        if 0 < len(things) <= FEW:
            named = {"said": said.rstrip("."), "names": _names(observatory, things, language)}
            parts.append(fill("compare.named", named, language))
        elif compared.between is not None or said.endswith("."):
            parts.append(said)
    return parts


def notes(observatory: Observatory, compared: Compared, one: Difference, language: str = "en") -> list[str]:
    """Return what explains how a cell differs and names nothing, a sentence each."""
    if not one.published:
        return [say("compare.not-published", language)]
    parts = []
    if one.shared and any(one.counts):
        parts.append(fill("compare.shared", {"shared": one.shared}, language))
    if one.by_search:
        parts.append(say("compare.by-search", language))
    parts += [reason_sentence(observatory, reason, language) for reason in one.reasons if not _linked(reason)]
    return parts + _chance(compared, one, language)


def listed(
    observatory: Observatory, compared: Compared, one: Difference, language: str = "en", most: int = sys.maxsize
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what explains how a cell differs, with the practices or searches of this version that it speaks of.

    Args:
        observatory: for labels.
        compared: the comparison.
        one: its cell.
        language: of the words.
        most: practices on one side alone are named where they are at most so many.
    """
    sides = _sides(observatory, compared, language)
    found: list[tuple[str, tuple[str, ...]]] = []
    if compared.between is None:
        for place, key in enumerate(("first", "second")):
            count = one.counts[place]
            if count:
                said = fill("compare.alone", {"side": sides[key], "n": count}, language)
                found.append((said, _alone(one, place) if count <= most else ()))
        for key, ones in (("first", one.searches_first), ("second", one.searches_second)):
            if ones:
                found.append((fill(f"compare.searches-{key}", {**sides, "n": len(ones)}, language), ones))
    told = (reason for reason in one.reasons if _linked(reason))
    return found + [(reason_sentence(observatory, reason, language), reason.things) for reason in told]


def reason_sentence(observatory: Observatory, reason: Reason, language: str = "en") -> str:
    """Return a reason in words, without the names of what it concerns."""
    said = dimension_words(observatory, reason.dimension, language) if reason.dimension else ""
    return fill(f"reason.{reason.code}", {"n": len(reason.things), "dimension": said}, language)


def _alone(one: Difference, place: int) -> tuple[str, ...]:
    return one.only_second if place else one.only_first


def _linked(reason: Reason) -> bool:
    """Whether a reason speaks of records that this version has."""
    return bool(reason.things) and reason.code not in ("row", "unsearched")


def _balance(compared: Compared, one: Difference) -> str:
    """Return the words key of who holds more."""
    if one.difference:
        more = one.difference > 0
        return ("now-more" if more else "now-fewer") if compared.between else "first-more" if more else "second-more"
    if any(one.counts):
        return "as-many"
    return "same" if one.shared else "none"


def _chance(compared: Compared, one: Difference, language: str) -> list[str]:
    chance = compared.certainty.cells.get(one.concepts)
    if chance is None or not compared.certainty.tested:
        return []  # said of the whole
    if chance.q is None:
        return [say("compare.not-eligible", language)]
    key = "beyond-chance" if chance.differs else "within-chance"
    return [fill(f"compare.{key}", {"q": number(chance.q, language)}, language)]


def number(value: float, language: str = "en") -> str:
    """Write a number with two significant digits as a language does.

    >>> number(0.0312, "en"), number(0.0312, "fr"), number(3.0, "en")
    ('0.031', '0,031', '3')
    """
    text = f"{value:.2g}" if 0.0001 <= abs(value) < 100 or not value else f"{value:.1e}"
    return text if language == "en" else text.replace(".", ",")


def _named(observatory: Observatory, filters: set[Filter], language: str) -> str:
    shown: list[str] = []
    for one in sorted(filters):
        values = ", ".join(label(observatory, v, language) for v in one.values)
        shown.append(f"{say('without', language)} {values}" if one.negated else values)
    return "; ".join(shown) or say("compare.unfiltered", language)


def dimension_words(observatory: Observatory, name: str, language: str = "en") -> str:
    """Return the words for a dimension."""
    return observatory.index.dimension(name).label.get(language, name)


def _sides(observatory: Observatory, compared: Compared, language: str) -> dict[str, str]:
    return dict(zip(("first", "second"), side_names(observatory, compared, language), strict=True))


def _names(observatory: Observatory, things: Sequence[str], language: str) -> str:
    return "; ".join(label(observatory, iri, language) for iri in things)
