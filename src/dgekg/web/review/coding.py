"""`/review/assess`: a coder's desk in the browser: one practice and one criterion at a time, blind to other ratings."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from dgekg import identifiers
from dgekg.assessing import material, proposals
from dgekg.assessing.cases import rule_of
from dgekg.assessing.desk import Answer, Declaration, Desk, Unit, drawn
from dgekg.errors import DgekgError, InputError, RecordNotFound
from dgekg.inbox import Draft
from dgekg.reviewers.accounts import ASSESS
from dgekg.settings import today
from dgekg.status_rule import RATINGS
from dgekg.web.house import Visit
from dgekg.web.inboxes import inbox_of
from dgekg.web.review.door import Fields, Inside, one

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
    path = visit.request.path_params
    unit: Unit = (str(path["practice"]), str(path["group"]), str(path["criterion"]))
    criteria = criteria_of(visit)
    if unit[2] not in criteria or unit[:2] not in found.plan():
        raise RecordNotFound(f"{visit.request.url.path}: is not among what you took on.")
    if unit in found.handed_in():
        return inside.back(DESK)
    sheet = material.sheet(visit.observatory.store, visit.observatory.project.queries, unit[0])
    known = found.answers().get(unit)
    fault, status = "", 200
    if fields is not None:
        known = Answer(
            *unit,
            one(fields, "rating"),
            one(fields, "rationale"),
            tuple(fields.get("evidence", ())),
            today().isoformat(),
            visit.language,
            one(fields, "relation"),
        )
        try:
            found.keep(known.checked(e.slug for e in sheet.evidence))
        except InputError as error:
            fault, status = error.field or "rating", 400
        else:
            inside.door.audit.note("rated", inside.account.name, "/".join(unit))
            after = _after(found, list(criteria), unit)
            return inside.back(_address(after) if after else f"{DESK}?done=rated")
    open_ = [c for c in criteria if (*unit[:2], c) not in {**found.answers(), **dict.fromkeys(found.handed_in())}]
    values: dict[str, Any] = {
        "unit": unit,
        "group": identifiers.concept("group", unit[1]),
        "practice": sheet.practice,
        "evidence": sheet.evidence,
        "criterion": criteria[unit[2]],
        "position": list(criteria).index(unit[2]) + 1,
        "of": len(criteria),
        "left": len(open_),
        "ratings": [(code, identifiers.concept("rating", code)) for code in RATINGS],
        "given": known,
        "declared": found.declaration(),
        "fault": fault,
        "disputed": None,
        "others": [(code, _address((*unit[:2], code)), code not in open_) for code in criteria],
    }
    return inside.page("review_rating.html", values, status)


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
    visit, declaration = inside.visit, found.declaration()
    if declaration is None:
        return inside.back(DESK)
    inbox = inbox_of(visit)
    for at in found.progress(list(criteria_of(visit))):
        given = [a for unit, a in found.answers().items() if unit[:2] == (at.practice, at.group)]
        if not at.complete or not given:
            continue
        draft = Draft(
            "rating",
            answers=proposals.answers(found.coder, declaration, given),
            record=proposals.record(at.practice),
            named=visit.label(proposals.signed(declaration)),
            consent={"publish": True},
            language=declaration.language,
        )
        inside.door.audit.note("handed-in", inside.account.name, f"{at.practice}/{at.group}")
        inbox.submit(draft, proposals.key(found.coder, given))
        found.done(given)
    return inside.back(f"{DESK}?done=handed-in")


_ACTS = {"declare": _declare, "take-on": _take_on, "hand-in": _hand_in}


def desk_of(inside: Inside) -> Desk:
    """Return the desk of who is inside."""
    return Desk(inside.door.settings.private_root(), inside.account.name)


def criteria_of(visit: Visit) -> dict[str, material.Thing]:
    """Return the criteria in the order of the rule."""
    project = visit.observatory.project
    rule = rule_of(project.data / "criteria")
    if rule is None:
        raise DgekgError("There is no status rule, and so no order of criteria.")
    return material.criteria(visit.observatory.store, project.queries, rule.criteria)


def _after(found: Desk, order: list[str], unit: Unit) -> Unit | None:
    """Return what is to be rated next: of the same practice first."""
    left = found.open(order)
    return next((u for u in left if u[:2] == unit[:2]), left[0] if left else None)


def _address(unit: Unit) -> str:
    return f"{DESK}/{'/'.join(unit)}"
