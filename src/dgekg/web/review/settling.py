"""`/review/adjudicate`: where ratings differ and nobody decided; a decision is a record of its own that names them all.

Whoever decides sees the ratings, so nobody is shown what they rated themselves or have still to rate.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from dgekg import identifiers
from dgekg.assessing import ratings
from dgekg.assessing.desk import Unit
from dgekg.assessing.ratings import Dispute
from dgekg.errors import InputError, RecordNotFound
from dgekg.observatory import Observatory
from dgekg.reviewers.accounts import ASSESS
from dgekg.web.house import Visit
from dgekg.web.kept import kept_with
from dgekg.web.review.coding import DESK
from dgekg.web.review.door import Fields, Inside
from dgekg.web.review.ratings import answered, asked, criteria_of, desk_of, propose, sheet_of, unit_of

HOME = "/review/adjudicate"
_SHOWN = 100


def listed(inside: Inside, _fields: Fields | None) -> Response:
    """`/review/adjudicate`: what can be decided."""
    inside.must(ASSESS)
    found = _disputes(inside)
    items = [
        {
            "practice": d.unit[0],
            "group": d.unit[1],
            "criterion": d.unit[2],
            "href": _address(_unit(d)),
            "ratings": [identifiers.concept("rating", r.rating) for r in d.ratings],
        }
        for d in found[:_SHOWN]
    ]
    done = bool(inside.visit.request.query_params.get("done"))
    return inside.page("review_disputes.html", {"items": items, "total": len(found), "done": done})


def decided(inside: Inside, fields: Fields | None) -> Response:
    """`/review/adjudicate/{practice}/{group}/{criterion}`: the ratings with their reasons, and the decision."""
    inside.must(ASSESS)
    visit, desk = inside.visit, desk_of(inside)
    declaration = desk.declaration()
    if declaration is None:
        return inside.back(DESK)
    unit = unit_of(visit)
    dispute = next((d for d in _disputes(inside) if _unit(d) == unit), None)
    if dispute is None:
        raise RecordNotFound(f"{visit.request.url.path}: no ratings differ here, or somebody has decided.")
    sheet = sheet_of(visit, unit)
    given, fault = None, ""
    if fields is not None:
        given = answered(visit, unit, fields, settles=tuple(r.iri.rpartition("/")[2] for r in dispute.ratings))
        try:
            answer = given.checked(e.slug for e in sheet.evidence)
        except InputError as error:
            fault = error.field or "rating"
        else:
            inside.door.audit.note("settled", inside.account.name, "/".join(unit))
            propose(inside, desk, declaration, [answer])
            return inside.back(f"{HOME}?done=yes")
    values = asked(sheet, unit, criteria_of(visit), declaration, given, fault) | {"disputed": _said(visit, dispute)}
    return inside.page("review_rating.html", values, 400 if fault else 200)


@kept_with
def _disputed(observatory: Observatory) -> tuple[Dispute, ...]:
    return tuple(ratings.disputes(ratings.read(observatory.store, observatory.project.queries)))


def _disputes(inside: Inside) -> list[Dispute]:
    """Return the disputes that this account may decide: not its own, nor of what it has still to rate."""
    found = _disputed(inside.visit.observatory)
    mine = identifiers.record("actor", inside.account.actor) if inside.account.actor else ""
    to_rate = set(desk_of(inside).plan())
    return [d for d in found if mine not in {r.assessor for r in d.ratings} and _unit(d)[:2] not in to_rate]


def _said(visit: Visit, dispute: Dispute) -> list[dict[str, Any]]:
    told = visit.snapshot.told("practice-ratings", practice=[dispute.unit[0]])
    return [
        {
            "rating": identifiers.concept("rating", r.rating),
            "assessor": r.assessor,
            "software": r.software,
            "date": r.date,
            "why": told[r.iri].text("rationale", visit.language) if r.iri in told else ("", ""),
        }
        for r in dispute.ratings
    ]


def _unit(dispute: Dispute) -> Unit:
    practice, group, criterion = dispute.unit
    return practice.rpartition("/")[2], group.rpartition("/")[2], criterion


def _address(unit: Unit) -> str:
    return f"{HOME}/{'/'.join(unit)}"
