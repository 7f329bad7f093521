"""What rating and settling have in common: a desk, the criteria, the form of one rating, its way to the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dgekg import identifiers
from dgekg.assessing import material, proposals
from dgekg.assessing.cases import rule_of
from dgekg.assessing.desk import Answer, Declaration, Desk, Unit
from dgekg.errors import DgekgError
from dgekg.inbox import Draft
from dgekg.settings import today
from dgekg.status_rule import RATINGS
from dgekg.web.house import Visit
from dgekg.web.inboxes import inbox_of
from dgekg.web.review.door import Fields, Inside, one


def desk_of(inside: Inside) -> Desk:
    """Return the desk of who is inside."""
    return Desk(inside.door.settings.private_root(), inside.account.name)


def criteria_of(visit: Visit) -> dict[str, material.Thing]:
    """Return the criteria in the order of the rule.

    Raises:
        DgekgError: there is no rule.
    """
    project = visit.observatory.project
    rule = rule_of(project.data / "criteria")
    if rule is None:
        raise DgekgError("There is no status rule, and so no order of criteria.")
    return material.criteria(visit.observatory.store, project.queries, rule.criteria)


def unit_of(visit: Visit) -> Unit:
    """Return the practice, group and criterion that an address names."""
    path = visit.request.path_params
    return str(path["practice"]), str(path["group"]), str(path["criterion"])


def sheet_of(visit: Visit, unit: Unit) -> material.Sheet:
    """Return what is on record of the practice of a unit."""
    return material.sheet(visit.observatory.store, visit.observatory.project.queries, unit[0])


def answered(visit: Visit, unit: Unit, fields: Fields, settles: tuple[str, ...] = ()) -> Answer:
    """Return what the form says of a unit, as of today, unchecked.

    Args:
        visit: whose language the answer is in.
        unit: practice, group and criterion.
        fields: of the form.
        settles: names of the ratings that it decides between.
    """
    return Answer(
        *unit,
        one(fields, "rating"),
        one(fields, "rationale"),
        tuple(fields.get("evidence", ())),
        today().isoformat(),
        visit.language,
        one(fields, "relation"),
        settles,
    )


def asked(
    sheet: material.Sheet,
    unit: Unit,
    criteria: Mapping[str, material.Thing],
    declared: Declaration | None,
    given: Answer | None,
    fault: str,
) -> dict[str, Any]:
    """Return what `review_rating.html` shows of one unit, whoever asks."""
    return {
        "unit": unit,
        "group": identifiers.concept("group", unit[1]),
        "practice": sheet.practice,
        "evidence": sheet.evidence,
        "criterion": criteria[unit[2]],
        "ratings": [(code, identifiers.concept("rating", code)) for code in RATINGS],
        "given": given,
        "declared": declared,
        "fault": fault,
        "disputed": None,
    }


def propose(inside: Inside, desk: Desk, declaration: Declaration, answers: Sequence[Answer]) -> None:
    """Hand answers about one practice to the inbox, as one proposal; the same answers twice are one."""
    draft = Draft(
        "rating",
        answers=proposals.answers(desk.coder, declaration, answers),
        record=proposals.record(answers[0].practice),
        named=inside.visit.label(proposals.signed(declaration)),
        consent={"publish": True},
        language=declaration.language,
    )
    inbox_of(inside.visit).submit(draft, proposals.key(desk.coder, answers))
