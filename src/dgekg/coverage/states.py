"""What a cell can be, what marks it can carry, and what is counted of it."""

from __future__ import annotations

from enum import StrEnum

MARKS = ("effect-shown", "harm-or-mixed", "from-afar", "stale")
MEASURES = (
    "practices",
    "direct",
    "above",
    "documented",
    "effect_shown",
    "harm_or_mixed",
    "focused",
    "promising",
    "actors",
    "countries",
)
DISTINCT = ("actors", "countries")


class State(StrEnum):
    """What is known of a cell; the first that fits, in this order (`present-filtered-out` only under a quality)."""

    NOT_PUBLISHED = "not-published"
    DOCUMENTED = "documented"
    THIN = "thin"
    FILTERED = "present-filtered-out"
    NOT_APPLICABLE = "not-applicable"
    SEARCHED = "searched-none-found"
    NOT_SEARCHED = "not-searched"


STATES = tuple(State)
