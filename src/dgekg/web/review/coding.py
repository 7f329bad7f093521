"""`/review/assess`: a coder's desk in the browser: one practice and one criterion at a time, blind to other ratings."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from dgekg import identifiers
from dgekg.assessing import material
from dgekg.assessing.desk import Declaration, Desk, Unit, drawn
from dgekg.errors import InputError, RecordNotFound
from dgekg.reviewers.accounts import ASSESS
from dgekg.web.review.door import Fields, Inside, one
from dgekg.web.review.ratings import answered, asked, criteria_of, desk_of, propose, sheet_of, unit_of

DESK = "/review/assess"
_SAMPLES = (1, 5, 10, 20)


def desk(inside: Inside, fields: Fields | None) -> Response:
    """`/review/assess`: who the coder is, what they took on, how far they are; and what is done with it."""
    inside.must(ASSESS)
    found = desk_of(inside)
    fault, given = "", {}
    if fields is not None:
        try:
            return _ACTS[one(fields, "act")](inside, found, fields)
        except KeyError:
            fault = "act"
        except InputError as error:
            fault, given = error.field or "practice", {name: one(fields, name) for name in fields}
        except RecordNotFound:
            fault = "practice"
    return _page(inside, found, fault, given)


def rating(inside: Inside, fields: Fields | None) -> Response:
    """`/review/assess/{practice}/{group}/{criterion}`: rubric, evidence, and the question."""
    inside.must(ASSESS)
    visit, found = inside.visit, desk_of(inside)
    if found.declaration() is None:
        return inside.back(DESK)
    unit, criteria = unit_of(visit), criteria_of(visit)
    if unit[2] not in criteria or unit[:2] not in found.plan():
        raise RecordNotFound(f"{visit.request.url.path}: is not among what you took on.")
    if unit in found.handed_in():
        return inside.back(DESK)
    sheet = sheet_of(visit, unit)
    given, fault = found.answers().get(unit), ""
    if fields is not None:
        given = answered(visit, unit, fields)
        try:
            found.keep(given.checked(e.slug for e in sheet.evidence))
        except InputError as error:
            fault = error.field or "rating"
        else:
            inside.door.audit.note("rated", inside.account.name, "/".join(unit))
            after = _after(found, list(criteria), unit)
            return inside.back(_address(after) if after else f"{DESK}?done=rated")
    done = {*found.answers(), *found.handed_in()}
    left = [code for code in criteria if (*unit[:2], code) not in done]
    values = asked(sheet, unit, criteria, found.declaration(), given, fault) | {
        "position": list(criteria).index(unit[2]) + 1,
        "of": len(criteria),
        "left": len(left),
        "others": [(code, _address((*unit[:2], code)), code not in left) for code in criteria],
    }
    return inside.page("review_rating.html", values, 400 if fault else 200)


def _page(inside: Inside, found: Desk, fault: str, given: Mapping[str, str]) -> Response:
    visit = inside.visit
    order = list(criteria_of(visit))
    after = found.next(order) if found.declaration() else None
    actor = inside.account.actor
    values: dict[str, Any] = {
        "declaration": found.declaration(),
        "actor": identifiers.record("actor", actor) if actor else "",
        "known": bool(actor) and identifiers.record("actor", actor) in visit.observatory.names.known,
        "progress": [
            {
                "practice": identifiers.record("practice", p.practice),
                "group": identifiers.concept("group", p.group),
                "at": p,
                "href": _address((p.practice, p.group, order[0])) if order else "",
            }
            for p in found.progress(order)
        ],
        "next": _address(after) if after else "",
        "ready": any(p.complete and p.rated for p in found.progress(order)),
        "samples": _SAMPLES,
        "fault": fault,
        "given": given,
        "done": visit.request.query_params.get("done", ""),
    }
    return inside.page("review_assess.html", values, 400 if fault else 200)


def _declare(inside: Inside, found: Desk, fields: Fields) -> Response:
    actor = inside.account.actor
    if not actor:
        raise InputError("actor", field="actor")
    words = {name: one(fields, name) for name in ("competence", "funding", "relation")}
    found.declare(Declaration(actor, **words, language=inside.visit.language))
    return inside.back(DESK)


def _take_on(inside: Inside, found: Desk, fields: Fields) -> Response:
    o = inside.visit.observatory
    groups = material.groups(o.store, o.project.queries)
    slug, number = one(fields, "practice").strip().rpartition("/")[2], one(fields, "number")
    if slug:
        if slug not in groups:
            raise InputError("practice", field="practice")
        chosen = [slug]
    else:
        if number not in map(str, _SAMPLES):
            raise InputError("number", field="number")
        without = [practice for practice, _group in found.plan()]
        chosen = drawn(groups, int(number), secrets.randbits(32), without)
    found.take_on((practice, group) for practice in chosen for group in groups[practice])
    return inside.back(f"{DESK}?done=taken")


def _hand_in(inside: Inside, found: Desk, _fields: Fields) -> Response:
    declaration = found.declaration()
    if declaration is None:
        return inside.back(DESK)
    for at in found.progress(list(criteria_of(inside.visit))):
        given = [a for unit, a in found.answers().items() if unit[:2] == (at.practice, at.group)]
        if not at.complete or not given:
            continue
        inside.door.audit.note("handed-in", inside.account.name, f"{at.practice}/{at.group}")
        propose(inside, found, declaration, given)
        found.done(given)
    return inside.back(f"{DESK}?done=handed-in")


_ACTS = {"declare": _declare, "take-on": _take_on, "hand-in": _hand_in}


def _after(found: Desk, order: list[str], unit: Unit) -> Unit | None:
    """Return what is to be rated next: of the same practice first."""
    left = found.open(order)
    return next((u for u in left if u[:2] == unit[:2]), left[0] if left else None)


def _address(unit: Unit) -> str:
    return f"{DESK}/{'/'.join(unit)}"
