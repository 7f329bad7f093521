"""Explanations in words, made from rules, in three languages: of a cell, of an empty answer, of faults in the data."""

from dgekg.explain.cells import Explanation, cell_at, explain_cell
from dgekg.explain.cells import as_json as cell_json
from dgekg.explain.doubts import doubt_sentences
from dgekg.explain.empty import (
    answer_note,
    broader_words,
    condition_words,
    no_gaps_json,
    no_gaps_sentences,
    why_head,
    why_json,
    why_place,
    why_sentences,
    without_words,
)
from dgekg.explain.searches import Search

__all__ = [
    "Explanation",
    "Search",
    "answer_note",
    "broader_words",
    "cell_at",
    "cell_json",
    "condition_words",
    "doubt_sentences",
    "explain_cell",
    "no_gaps_json",
    "no_gaps_sentences",
    "why_head",
    "why_json",
    "why_place",
    "why_sentences",
    "without_words",
]
