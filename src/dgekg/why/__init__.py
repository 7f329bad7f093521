"""Why nothing came: which condition emptied an answer, and what is known of the place that was asked for.

Whether a place is published is decided first, and where it is not, nothing else is said: no comparison, no count.
Otherwise the smallest set of conditions is sought whose removal brings something back (each alone, then pairs, then
all of them), and for a concept the nearest broader one that has an answer. For a question that costs queries, so
both their number and the time are bounded; what could not be tried is said, never guessed.
"""

from dgekg.why.answers import of_answer
from dgekg.why.removals import Broader, Condition, NoGaps, Why, Without
from dgekg.why.views import of_gaps, of_view, remaining, with_value

__all__ = [
    "Broader",
    "Condition",
    "NoGaps",
    "Why",
    "Without",
    "of_answer",
    "of_gaps",
    "of_view",
    "remaining",
    "with_value",
]
