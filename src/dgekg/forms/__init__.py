"""Forms: the shapes as questions, answers as documents and back, and what the shapes say of answers.

    forms = Forms(project)
    form = forms.form("practice")
    placed = forms.check(answers, language="fr")
    text = forms.to_document(answers)

Answers are plain JSON: `{"kind": "practice", "slug": null, "fields": {"title": [{"value": "...", "language": "en"}],
"lever": ["procurement"], "hasEvidence": [{"fields": {...}}]}}`; values are always lists. See docs/forms.md.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from dgekg.forms.answers import Answers, AnswersError
from dgekg.forms.checking import Placed
from dgekg.forms.composing import Written
from dgekg.forms.faces import Forms
from dgekg.forms.filled import Cell, Filled, Reading, Unread
from dgekg.forms.model import Field, Form, Option, Requirement, Section, Words
from dgekg.forms.words import spoken
from dgekg.settings import Project

__all__ = [
    "Answers",
    "AnswersError",
    "Cell",
    "Field",
    "Filled",
    "Form",
    "Forms",
    "Option",
    "Placed",
    "Reading",
    "Requirement",
    "Section",
    "Unread",
    "Words",
    "Written",
    "form",
    "of",
    "spoken",
]


@lru_cache(maxsize=4)
def _kept(root: Path, _stamp: tuple[int, ...]) -> Forms:
    return Forms(Project(root))


def of(project: Project) -> Forms:
    """Return the forms of a project, read again only when a shape or scheme has changed."""
    folders = (project.shapes, project.ontology, project.ontology / "schemes")
    files = [file for folder in folders for file in sorted(folder.glob("*.ttl"))]
    return _kept(project.root, tuple(file.stat().st_mtime_ns for file in files))


def form(project: Project, kind: str) -> Form:
    """Return the form of a kind; as `Forms.form`, which see."""
    return of(project).form(kind)
