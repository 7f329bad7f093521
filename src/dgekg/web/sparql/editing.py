"""What the editor's page offers before anything is asked: a query to begin with, examples, prefixes, its own words."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pyoxigraph import Literal

from dgekg import questions, template
from dgekg.questions import Question
from dgekg.vocabulary import PREFIXES
from dgekg.web.house import Visit
from dgekg.web.sparql import guard

EXAMPLE = "example"
_SAID = (
    "running", "stopped", "stop", "answer", "holds", "holds_not", "failed", "goto", "copied", "share", "cut", "empty",
    "help", "query", "downloads", "took",
)  # fmt: skip


def offered(visit: Visit, query: str) -> dict[str, Any]:
    """Return what a template of the editor needs besides an answer.

    Args:
        visit: the request; its parameter `example` names a question whose query is begun with.
        query: what was asked; "" for nothing.

    Raises:
        UnknownValue: there is no question of the name that `example` gives.
    """
    named = visit.request.query_params.get(EXAMPLE, "")
    every = sorted(visit.observatory.questions.all.values(), key=lambda q: q.tags[:1])
    groups = [
        (subject(visit, tag[0]) if tag else "", [(q.slug, questions.words(q.title, visit.language)) for q in found])
        for tag, found in groupby(every, key=lambda q: q.tags[:1])
    ]
    begun = query
    if not query.strip():
        begun = example(visit.observatory.questions.get(named), visit.language) if named else visit.t("sparql.start")
    said = {name: visit.t(f"sparql.say.{name}") for name in _SAID}
    said |= {f"rows_{form}": visit.words[f"questions.rows.{form}"] for form in ("one", "other")}
    return {"query": begun, "examples": groups, "prefixes": PREFIXES, "said": said}


def subject(visit: Visit, tag: str) -> str:
    """Return a tag of questions in plain words; the tag itself where nobody has given it words yet."""
    return visit.words.get(f"questions.tag.{tag}", tag)


def example(question: Question, language: str) -> str:
    """Return the query of a question, to be changed by hand: its title as a comment, nothing filled in."""
    body = "\n".join(line for line in question.body.splitlines() if not line.startswith("#+"))
    if "language" in template.slots(body):
        body = template.bind(body, {"language": [Literal(language)]})
    return f"# {questions.words(question.title, language)}\n{body.strip()}\n"


def place(query: str, message: str) -> dict[str, Any]:
    """Return where an error is, as a person sees it: line, column (from 1), the text of the line up to there and after.

    >>> place("SELECT *\\nWHER { }", "the query does not parse: error at 2:1: expected one of ...")
    {'line': 2, 'column': 1, 'before': '', 'after': 'WHER { }'}
    """
    found = guard.position(message)
    lines = query.splitlines() or [""]
    if not found or not 1 <= found["line"] <= len(lines) + 1:
        return {}
    text = lines[found["line"] - 1] if found["line"] <= len(lines) else ""
    at = max(min(found["column"], len(text)) - 1, 0)  # the engine may mean the end of the line
    return {**found, "before": text[:at], "after": text[at:]}
