"""From a coder's answers to a proposal of act `rating`, as forms and inbox write records.

Ratings are proposed and not written: what is published goes through one door, where it is checked, where exposure is
looked at, and where somebody else can still say no. So the terminal needs no right to write, and the browser the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from dgekg import identifiers
from dgekg.assessing.desk import Answer, Declaration

KIND = "assessment"


def answers(coder: str, declaration: Declaration, given: Sequence[Answer]) -> dict[str, Any]:
    """Return what a proposal holds: one assessment for each answer, all of one practice.

    Args:
        coder: name of the coder; it stands in the address of each rating, so that nobody overwrites another's.
        declaration: what the coder said of themselves.
        given: answers, each of them checked.
    """
    return {"kind": KIND, "records": [_record(coder, declaration, answer) for answer in given]}


def record(practice: str) -> str:
    """Return the IRI of what the proposal is about."""
    return identifiers.record("practice", practice)


def signed(declaration: Declaration) -> str:
    """Return the IRI of the actor that signs the ratings."""
    return identifiers.record("actor", declaration.actor)


def key(coder: str, given: Sequence[Answer]) -> str:
    """Return what tells this handing-in from others: the same answers handed in again on a day are the same."""
    parts = sorted(f"{a.practice}/{a.group}/{a.criterion}/{a.date}/{'+'.join(a.adjudicates)}" for a in given)
    return hashlib.sha256("\n".join([coder, *parts]).encode()).hexdigest()


def _record(coder: str, declaration: Declaration, answer: Answer) -> dict[str, Any]:
    parts = [answer.practice, answer.group, answer.criterion.lower(), coder]
    if answer.adjudicates:
        parts.append("decision")
    fields: dict[str, list[Any]] = {
        "assesses": [f"practice/{answer.practice}"],
        "forGroup": [answer.group],
        "againstCriterion": [f"criterion/{answer.criterion.lower()}"],
        "rating": [answer.rating],
        "rationale": _words(answer.rationale, answer.language),
        "hasEvidence": [f"evidence/{slug}" for slug in answer.evidence],
        "assessor": [f"actor/{declaration.actor}"],
        "date": [answer.date],
        "adjudicates": [f"assessment/{slug}" for slug in answer.adjudicates],
        "assessorCompetence": _words(declaration.competence, declaration.language),
        "assessorFunding": _words(declaration.funding, declaration.language),
        "assessorRelation": _words(answer.relation, answer.language)
        or _words(declaration.relation, declaration.language),
    }
    return {"kind": KIND, "slug": "-".join(parts), "fields": {name: found for name, found in fields.items() if found}}


def _words(text: str, language: str) -> list[dict[str, str]]:
    return [{"value": text, "language": language}] if text else []
