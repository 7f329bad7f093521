"""Answers beside what a record says now: corrected as a whole, or with something added; what the house says stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dgekg.forms import Field, Form

Answers = dict[str, Any]


def fresh(given: Mapping[str, Any], form: Form, of: Callable[[str], Form]) -> Answers:
    """Return the answers of a new record as they may be taken from a contributor.

    Names of its parts are given by rule, so that none takes the place of another record's; what the house says is not
    theirs to say; properties that no form asks for are left out.

    Args:
        given: what came in.
        form: of its kind, or of its part.
        of: returns the form of a kind, for records that it brings along.
    """
    said = given.get("fields", {})
    fields: dict[str, Any] = {}
    for field in form.fields:
        if field.asked and field.id in said:
            fields[field.id] = [_fresh(value, field, of) for value in said[field.id]]
    kept = {name: given[name] for name in ("kind", "language") if name in given}
    return {**kept, "slug": None, "fields": fields}


def _fresh(value: Any, field: Field, of: Callable[[str], Form]) -> Any:
    if not isinstance(value, Mapping) or "fields" not in value:
        return value
    return fresh(value, field.part or of(str(value.get("kind") or field.kinds[0])), of)


def corrected(before: Answers, given: Mapping[str, Any], form: Form) -> Answers:
    """Return the answers of a record as a contributor wants them.

    Args:
        before: what it says now.
        given: all that contributors are asked; what is not among it goes.
        form: of its kind.
    """
    fields = dict(before["fields"])
    said = given.get("fields", {})
    for field in form.fields:
        if not field.asked:
            continue
        values = said.get(field.id, [])
        if field.part is not None:
            values = [_part(value, fields.get(field.id, ()), field.part) for value in values]
        if values:
            fields[field.id] = values
        else:
            fields.pop(field.id, None)
    return {**before, "fields": fields}


def added(before: Answers, given: Mapping[str, Any], form: Form) -> Answers:
    """Return the answers of a record with more of them: what it says stays, and nothing is said twice."""
    fields = dict(before["fields"])
    for field in form.fields:
        there = list(fields.get(field.id, ()))
        more = [value for value in given.get("fields", {}).get(field.id, ()) if field.asked and value not in there]
        if field.part is not None:
            more = [_new_part(value) for value in more]
        if more:
            fields[field.id] = there + more
    return {**before, "fields": fields}


def _part(value: Any, before: Any, form: Form) -> Any:
    """Return a part as a contributor wants it; one that was there keeps what the house says of it."""
    if not isinstance(value, Mapping) or "fields" not in value:
        return value
    slug = value.get("slug")
    was = next((one for one in before if isinstance(one, Mapping) and slug and one.get("slug") == slug), None)
    if was is None:
        return _new_part(value)
    kept = {f.id: was["fields"][f.id] for f in form.fields if not f.asked and f.id in was["fields"]}
    return {**was, "fields": {**kept, **value["fields"]}}


def _new_part(value: Any) -> Any:
    return {"slug": None, "fields": value["fields"]} if isinstance(value, Mapping) and "fields" in value else value
