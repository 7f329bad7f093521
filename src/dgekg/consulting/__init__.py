"""What those consulted say: raw answers kept apart, themes coded by two people, findings of many as proposals."""

from dgekg.consulting.answers import FOLDER, KIND, Answer, Answers
from dgekg.consulting.coding import Codes, Themes, as_ratings, settled
from dgekg.consulting.summing import Finding, draft_of, findings, listed

__all__ = [
    "FOLDER",
    "KIND",
    "Answer",
    "Answers",
    "Codes",
    "Finding",
    "Themes",
    "as_ratings",
    "draft_of",
    "findings",
    "listed",
    "settled",
]
