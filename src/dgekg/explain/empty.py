"""Why nothing came, in words and as JSON (see `dgekg.why`)."""

from __future__ import annotations

from typing import Any

from dgekg.explain.cells import as_json, explain_cell
from dgekg.explain.listing import joined, names
from dgekg.observatory import Observatory
from dgekg.questions import Answer, words
from dgekg.render import fill, gap_words, label, say, state_words
from dgekg.why import Condition, NoGaps, Why

_WORDS = ("relation", "norm")


def why_sentences(observatory: Observatory, why: Why, language: str = "en") -> list[str]:
    """Return why an answer is empty, a sentence each; of what is not published, only that."""
    if why.reason == "not-published":
        return why_place(observatory, why, language)
    ways = [] if _each_alone(why) else [without_words(observatory, why, n, language) for n in range(len(why.without))]
    ways += [broader_words(observatory, why, n, language) for n in range(len(why.broader))]
    return [*why_head(observatory, why, language), *ways, *why_place(observatory, why, language)]


def why_head(observatory: Observatory, why: Why, language: str = "en") -> list[str]:
    """Return why an answer is empty, without the ways out and the place; of what is not published, nothing."""
    if why.reason == "not-published":
        return []
    said = []
    if why.reason == "not-yet":
        what = ", ".join(label(observatory, iri, language) for iri in why.missing)
        said.append(fill("why.not-yet", {"what": what}, language))
    elif why.reason == "nothing" and why.conditions:
        said.append(say("why.nothing", language))
    elif why.reason == "only-this" and why.conditions and why.tried_all:
        said.append(say("why.only-this", language))
    if _each_alone(why):
        said.append(_alone(observatory, why, language))
    elif why.without and len(why.without[0].conditions) > 1:
        said.append(say("why.together", language))
    return said if why.tried_all else [*said, say("why.not-tried", language)]


def why_place(observatory: Observatory, why: Why, language: str = "en") -> list[str]:
    """Return what is known of the place that the conditions name; [] where they name none."""
    if why.grid is None or why.cell is None:
        return [say("why.not-published", language)] if why.reason == "not-published" else []
    first, *more = explain_cell(observatory, why.grid, why.cell, language).sentences
    if why.reason == "not-published":
        return [first]
    told = fill("why.place", {"sentence": first}, language)
    return [told] if why.cell.measures["practices"] else [told, *more]  # what is there is one click away


def answer_note(observatory: Observatory, answer: Answer, why: Why | None, language: str = "en") -> list[str]:
    """Return what is said of an answer without rows: the question's own words, then why; [] where it has rows.

    Of what is not published, only that: the question's words could be read as that nothing is known.
    """
    if why is None:
        return []
    said = why_sentences(observatory, why, language)
    return said if why.reason == "not-published" else [answer.note, *said]


def why_json(observatory: Observatory, why: Why, language: str = "en") -> dict[str, Any]:
    """Return why an answer is empty as a JSON object; of what is not published, only that."""
    found: dict[str, Any] = {"reason": why.reason, "sentences": why_sentences(observatory, why, language)}
    if why.reason == "not-published":
        return found
    return {
        **found,
        "counted": why.counted,
        "without": [
            {
                "conditions": [_condition(observatory, c, language) for c in one.conditions],
                "count": one.count,
            }
            for one in why.without
        ],
        "broader": [
            {
                "condition": _condition(observatory, one.condition, language),
                "value": one.value,
                "label": label(observatory, one.value, language),
                "count": one.count,
            }
            for one in why.broader
        ],
        "missing": list(why.missing),
        "tried_all": why.tried_all,
        "cell": as_json(explain_cell(observatory, why.grid, why.cell, language)) if why.grid and why.cell else None,
    }


def condition_words(observatory: Observatory, condition: Condition, language: str = "en") -> str:
    """Return a condition in words, such as “Region: Kenya”."""
    if condition.key in _WORDS and not condition.label:
        values = ", ".join(say(f"why.{condition.key}-{value}", language) for value in condition.values)
    else:
        values = names(observatory, condition.values, language)
    if not condition.label:
        shown = ", ".join(condition.values) if condition.key == "text" else values
        return fill(f"why.{condition.key}", {"values": shown}, language)
    key = "why.is-not" if condition.negated else "why.is"
    return fill(key, {"what": words(condition.label, language), "values": values}, language)


def without_words(observatory: Observatory, why: Why, at: int, language: str = "en") -> str:
    """Return one way out in words: what there would be without some conditions."""
    one = why.without[at]
    what = joined([condition_words(observatory, c, language) for c in one.conditions], language)
    return fill(f"why.without-{why.counted}", {"what": what, "n": one.count}, language)


def broader_words(observatory: Observatory, why: Why, at: int, language: str = "en") -> str:
    """Return another way out in words: what there would be more broadly."""
    one = why.broader[at]
    return fill(
        f"why.broader-{why.counted}", {"value": label(observatory, one.value, language), "n": one.count}, language
    )


def no_gaps_sentences(observatory: Observatory, found: NoGaps, language: str = "en") -> list[str]:
    """Return why a view shows no gap, a sentence each."""
    if found.others:
        counts = {"kind": gap_words(found.kind, language), "n": found.others}
        return [fill("no_gaps.kind", counts, language)]
    if found.view is not None:
        return why_sentences(observatory, found.view, language)
    if not found.states:
        return [say("no_gaps.whole", language)]
    items = [
        fill("no_gaps.item", {"n": n, "state": state_words(state, language)}, language)
        for state, n in found.states.items()
    ]
    counts = {"n": sum(found.states.values()), "list": say("separator", language).join(items)}
    said = [fill("no_gaps.places", counts, language)]
    if {"documented", "thin"} & set(found.states):
        said.append(say("no_gaps.documented", language))
    if "present-filtered-out" in found.states:
        said.append(say("no_gaps.present-filtered-out", language))
    return said


def no_gaps_json(observatory: Observatory, found: NoGaps, language: str = "en") -> dict[str, Any]:
    """Return why a view shows no gap as a JSON object."""
    return {
        "reason": "kind" if found.others else "view" if found.view else "places" if found.states else "whole",
        "sentences": no_gaps_sentences(observatory, found, language),
        "other_kinds": found.others,
        "states": dict(found.states),
        "view": why_json(observatory, found.view, language) if found.view else None,
    }


def _alone(observatory: Observatory, why: Why, language: str) -> str:
    items = []
    for one, other in zip(why.without, reversed(why.without), strict=True):
        alone = condition_words(observatory, one.conditions[0], language)
        items.append(fill("why.alone-item", {"what": alone, "n": other.count}, language))
    return fill(f"why.alone-{why.counted}", {"list": say("separator", language).join(items)}, language)


def _each_alone(why: Why) -> bool:
    """Whether two conditions were given, and each alone has an answer."""
    return len(why.conditions) == 2 and len(why.without) == 2 and all(len(one.conditions) == 1 for one in why.without)


def _condition(observatory: Observatory, condition: Condition, language: str) -> dict[str, Any]:
    return {
        "key": condition.key,
        "values": list(condition.values),
        "negated": condition.negated,
        "words": condition_words(observatory, condition, language),
    }
