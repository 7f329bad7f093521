"""Intersections in words and tables: sentences made from rules in three languages (`words/compare.*.yaml`)."""

from __future__ import annotations

from dgekg.coverage import State
from dgekg.coverage.arrays import popcount
from dgekg.coverage.intersections import NONE, OWN, Combination, Crossed
from dgekg.observatory import Observatory
from dgekg.render import Value, fill, label, mark_words, say, state_words
from dgekg.render_comparison import number

COLUMNS = (
    "parts",
    "part_labels",
    "kind",
    "groups",
    "group_labels",
    "state",
    "marks",
    "made",
    "made_documented",
    "all",
    "all_documented",
    "some",
    "any",
    "named",
    "expected",
    "lag",
    "small",
    "says",
)


def answer_sentence(observatory: Observatory, crossed: Crossed, language: str = "en") -> str:
    """Return what is made for groups at a crossing, and which lags furthest behind; all of those asked for."""
    if not crossed.published:
        return say("intersection.closed", language)
    if crossed.asked.of:
        return " ".join(sentences(observatory, crossed, crossed.combinations[0], language))
    own = [one for one in crossed.combinations if one.kind == OWN and one.published]
    made = sum(one.counts["made"] > 0 for one in own)
    parts = [fill("intersection.answer", {"n": len(own), "made": made}, language)]
    first = own[0] if own else None
    if first is not None and (first.lag or 0.0) > 0:
        parts.append(fill("intersection.first", {"group": group_words(observatory, first, language)}, language))
    return " ".join(parts)


def one_sentence(observatory: Observatory, one: Combination, language: str = "en") -> str:
    """Return what is there of one combination, in a sentence."""
    if not one.published:
        return say("intersection.not-published", language)
    words = parts_words if one.kind == NONE else group_words
    counts = {**one.counts, "groups": words(observatory, one, language)}
    return fill("intersection.one-without" if one.kind == NONE else "intersection.one", counts, language)


def parts_words(observatory: Observatory, one: Combination, language: str = "en") -> str:
    """Return the parts in words, such as "Persons with disabilities × Women"."""
    return " \u00d7 ".join(label(observatory, part, language) for part in one.parts)


def group_words(observatory: Observatory, one: Combination, language: str = "en") -> str:
    """Return the groups at a crossing in words; where there is none, that the vocabulary has none."""
    if one.kind == NONE:
        return say("kind-of-crossing.none", language)
    return ", ".join(label(observatory, group, language) for group in one.groups)


def state_of(one: Combination, language: str = "en") -> str:
    """Return what is known of what is made for a crossing, with its marks; "" where the vocabulary has no group."""
    if not one.published:
        return state_words(State.NOT_PUBLISHED.value, language)
    if one.state is None:
        return ""
    marks = (mark_words(mark, language) for mark in one.marks)
    return " \u00b7 ".join([state_words(one.state.value, language), *marks])


def lag_sentence(observatory: Observatory, crossed: Crossed, one: Combination, language: str = "en") -> str:
    """Return how far what is made for it lags behind the parts, or why that cannot be said."""
    if not one.published:
        return say("intersection.not-published", language)
    if one.kind == NONE:
        return say("intersection.made-none", language)
    if one.small:
        part, named = min(zip(one.parts, one.named, strict=True), key=lambda pair: pair[1])
        return fill("intersection.small", {"part": label(observatory, part, language), "n": named}, language)
    counts = {"practices": crossed.practices, "expected": number(one.expected, language)}
    lag = one.lag or 0.0
    key = "lag" if lag > 0 else "ahead"
    said = fill(f"intersection.{key}", {"lag": number(lag, language)}, language)
    return f"{fill('intersection.expected', counts, language)} {said}"


def sentences(observatory: Observatory, crossed: Crossed, one: Combination, language: str = "en") -> list[str]:
    """Return all that is to be said of a combination, one sentence or two a line."""
    if not one.published:
        return [say("intersection.not-published", language)]
    counts = one.counts
    lines = [
        fill("intersection.parts", {"part": label(observatory, part, language), "n": named}, language) + "."
        for part, named in zip(one.parts, one.named, strict=True)
    ]
    if one.kind != NONE:
        made = {"groups": group_words(observatory, one, language), "n": counts["made"]}
        lines.append(fill("intersection.made", {**made, "documented": one.documented[0]}, language))
        lines.append(fill("intersection.state", {"state": state_of(one, language)}, language))
    lines.append(fill("intersection.all", {"n": counts["all"], "documented": one.documented[1]}, language))
    lines.append(fill("intersection.some", {"n": counts["some"]}, language))
    lines.append(fill("intersection.any", {"n": counts["any"]}, language))
    lines.append(lag_sentence(observatory, crossed, one, language))
    if one.partly_withheld:
        lines.append(say("intersection.partly-withheld", language))
    return lines


def crossed_rows(
    observatory: Observatory, crossed: Crossed, language: str = "en"
) -> tuple[list[str], list[list[Value]]]:
    """Return combinations as columns and rows, ranked. What may not be said, or does not exist, is left empty."""
    return list(COLUMNS), [_long(observatory, crossed, one, language) for one in crossed.combinations]


def ranked_rows(
    observatory: Observatory, crossed: Crossed, language: str = "en"
) -> tuple[list[str], list[list[Value]]]:
    """Return combinations for a reader: those asked for, or those with a group of their own, in words and counts."""
    shown = [one for one in crossed.combinations if crossed.asked.of or one.kind == OWN]
    rows: list[list[Value]] = []
    for one in shown:
        counts = {name: str(n) for name, n in one.counts.items()} if one.published else {}
        made = "\u2013" if one.kind == NONE else counts.get("made", "x")
        lag = "x" if not one.published else "" if one.lag is None else number(one.lag, language)
        rows.append(
            [
                parts_words(observatory, one, language),
                group_words(observatory, one, language),
                made,
                counts.get("all", "x"),
                counts.get("some", "x"),
                lag,
                state_of(one, language),
                lag_sentence(observatory, crossed, one, language),
            ]
        )
    keys = ("parts", "group", "made", "all", "some", "lag", "state", "says")
    return [say(f"intersection-column.{key}", language) for key in keys], rows


def _long(observatory: Observatory, crossed: Crossed, one: Combination, language: str) -> list[Value]:
    named = " | ".join(label(observatory, part, language) for part in one.parts)
    row: list[Value] = [" ".join(map(_code, one.parts)), named, one.kind, " ".join(map(_code, one.groups))]
    row.append(" | ".join(label(observatory, group, language) for group in one.groups))
    said = lag_sentence(observatory, crossed, one, language)
    if not one.published:
        return [*row, State.NOT_PUBLISHED.value, *[""] * (len(COLUMNS) - len(row) - 2), said]
    made: list[Value] = ["", ""] if one.kind == NONE else [popcount(one.made), one.documented[0]]
    counts = one.counts
    row += [one.state.value if one.state else "", " ".join(one.marks), *made, counts["all"], one.documented[1]]
    row += [counts["some"], counts["any"], " ".join(map(str, one.named)), f"{one.expected:.4g}"]
    return [*row, "" if one.lag is None else f"{one.lag:.4g}", "yes" if one.small else "no", said]


def _code(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def about(observatory: Observatory, crossed: Crossed, language: str = "en") -> dict[str, object]:
    """Return what intersections are about, for programs: the filters, how many practices speak of groups, in words."""
    return {
        "query": crossed.asked.query_string(),
        "published": crossed.published,
        "practices": crossed.practices if crossed.published else None,
        "total": len(crossed.combinations),
        "says": answer_sentence(observatory, crossed, language),
    }
