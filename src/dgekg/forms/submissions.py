"""Submissions to a survey as nested objects, as KoBoToolbox and ODK write them in JSON: to answers, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dgekg.forms import cells
from dgekg.forms.cells import JSON
from dgekg.forms.columns import language_of
from dgekg.forms.composing import Place
from dgekg.forms.filled import Cell, Filled
from dgekg.forms.model import Field, Form
from dgekg.forms.survey import (
    ADULT,
    LANGUAGE,
    LANGUAGE_NAMES,
    MORE,
    MORE_LANGUAGE,
    MORE_TEXT,
    NEW,
    NOT_LISTED,
    REST,
    prefix,
    safe_code,
)

Submission = dict[str, Any]


def names(form: Form) -> dict[str, Field]:
    """Return the names of questions in the survey of a form, parts included, with their field."""
    found: dict[str, Field] = {}
    for holder in form.parts:
        assert holder.part is not None
        found |= {prefix(holder) + field.id: field for field in holder.part.fields}
        found[holder.id] = holder
    return found | {field.id: field for field in form.fields}


def to_submission(answers: Mapping[str, Any], form: Form) -> Submission:
    """Return answers as a submission, for example to fill a survey in beforehand."""
    spoken = (language_of(v) for values in answers.get("fields", {}).values() for v in values)
    language = next((one for one in spoken if one in LANGUAGE_NAMES), "en")
    return {ADULT: "yes", LANGUAGE: language, **_submitted(answers, form, "", language)}


def _submitted(answers: Mapping[str, Any], form: Form, before: str, language: str) -> Submission:
    said: Submission = {}
    rest = {key: answers[key] for key in ("slug", "other") if answers.get(key)}
    for name, values in answers.get("fields", {}).items():
        field = form.field(name)
        if field is None:
            continue
        if field.part is not None:
            inner = field.part
            parts = [v if isinstance(v, dict) and "fields" in v else {"reference": v} for v in values]
            said[name] = [
                {prefix(field) + REST: JSON + json.dumps({"reference": v["reference"]})}
                if "reference" in v
                else _submitted(v, inner, prefix(field), language)
                for v in parts
            ]
            continue
        written = _written(field, values, language, before + name)
        if written is None:
            rest.setdefault("fields", {})[name] = values
        else:
            said |= {before + name + ending: value for ending, value in written.items()}
    if rest:
        said[before + REST] = JSON + json.dumps(rest)
    return said


def _written(field: Field, values: list[Any], language: str, name: str) -> dict[str, Any] | None:
    """Return the answers of one question by the ending of the question's name, None where it cannot hold them."""
    if field.type == "language-text":
        return _texts(values, language, name)
    plain = [v for v in values if isinstance(v, str)]
    if field.options and not field.kinds:
        known = len(plain) == len(values) and all(field.option(v) for v in plain)
        return {"": " ".join(safe_code(v) for v in plain)} if known and (field.many or len(values) == 1) else None
    if field.type == "record" and not field.many:
        return {"": NOT_LISTED, NEW: cells.plain(plain[0])} if len(values) == 1 and plain else None
    texts = [cells.to_text(field, v) for v in values]
    lines = [JSON + json.dumps(v) if "\n" in text else text for text, v in zip(texts, values, strict=True)]
    return {"": "\n".join(lines)} if field.many or len(lines) == 1 else None


def _texts(values: list[Any], language: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in values:
        spoken = language_of(value)
        text = cells.plain(value["value"]) if spoken else cells.plain(value) if isinstance(value, str) else ""
        if spoken == language and "" not in found and MORE not in found:
            found[""] = text
            continue
        more = text or JSON + json.dumps(value)
        found.setdefault(MORE, []).append({name + MORE_LANGUAGE: spoken, name + MORE_TEXT: more})
    return found


class Reader:
    """Reads one submission.

    Args:
        form: of its record.
        cell: of a name, where its answer stood.
    """

    def __init__(self, form: Form) -> None:
        self._form = form
        self._cells: dict[Place, Cell] = {}

    def read(self, submission: Mapping[str, Any], cell: Cell) -> Filled | None:
        """Return the answers of a submission; None where whoever answered is under 18, or did not say.

        Args:
            submission: names, with or without their groups, and values; repeats are lists.
            cell: where the submission stands.
        """
        said = _short(submission)
        if said.get(ADULT) != "yes":
            return None
        self._cells = {(): cell}
        answers = {"kind": self._form.kind, **self._one(said, self._form, "", str(said.get(LANGUAGE) or "en"), ())}
        return Filled(answers, self._cells)

    def _one(self, said: Mapping[str, Any], form: Form, before: str, language: str, place: Place) -> dict[str, Any]:
        rest = _rest(said.get(before + REST))
        fields: dict[str, list[Any]] = {}
        for field in form.fields:
            name = before + field.id
            here = self._cells[place]._replace(column=name) if place in self._cells else self._cells[()]
            if field.part is not None:
                values = list(self._parts(said.get(name), field, language, (*place, field.id)))
            else:
                values = list(_values(field, said, name, language))
                self._cells |= {(*place, field.id, number): here for number in range(len(values))}
            if values:
                fields[field.id] = values
        return {"slug": None, **rest, "fields": {**rest.get("fields", {}), **fields}}

    def _parts(self, value: object, holder: Field, language: str, place: Place) -> Iterator[Any]:
        assert holder.part is not None
        for number, one in enumerate(value if isinstance(value, list) else []):
            if not isinstance(one, Mapping):
                continue
            said, here = _short(one), (*place, number)
            self._cells[here] = self._cells[()]._replace(column=f"{holder.id}[{number + 1}]")
            rest = _rest(said.get(prefix(holder) + REST))
            if "reference" in rest:
                yield rest["reference"]
            else:
                yield self._one(said, holder.part, prefix(holder), language, here)


def _values(field: Field, said: Mapping[str, Any], name: str, language: str) -> Iterator[Any]:
    value = said.get(name)
    if field.type == "language-text":
        first = cells.to_value(field, _scalar(value), language)
        yield from [] if first is None else [first]
        more = said.get(name + MORE)
        for one in more if isinstance(more, list) else []:
            inner = _short(one) if isinstance(one, Mapping) else {}
            ending = {key.removeprefix(name): v for key, v in inner.items()}
            spoken = str(ending.get(MORE_LANGUAGE) or "")
            text = cells.to_value(field, _scalar(ending.get(MORE_TEXT)), spoken)
            yield from [] if text is None else [text]
        return
    text = str(_scalar(value)) if _scalar(value) is not None else ""
    if text == NOT_LISTED:
        text = str(_scalar(said.get(name + NEW)) or "")
    elif field.options and not field.kinds:
        yield from (cells.to_value(field, one.replace("__", "/")) for one in text.split())
        return
    elif field.type == "record" and not field.many:
        text = text.replace("__", "/", 1) if re.fullmatch(r"[a-z-]+__\S+", text) else text
    for line in text.split("\n") if field.many else [text]:
        read = cells.to_value(field, line)
        if read is not None:
            yield read


def _scalar(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else None


def _short(submission: Mapping[str, Any]) -> dict[str, Any]:
    """Return a submission by the last part of its names: exports write the groups before them, or nest them."""
    found: dict[str, Any] = {}
    for key, value in submission.items():
        name = re.split(r"[/.:]", str(key))[-1] if not str(key).startswith("_") else str(key)
        if isinstance(value, Mapping) and name.startswith("section_"):
            found |= _short(value)
        elif found.get(name) in (None, ""):
            found[name] = value
    return found


def _rest(value: object) -> dict[str, Any]:
    text = str(value or "")
    try:
        said = json.loads(text.removeprefix(JSON)) if text.startswith(JSON) else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or not isinstance(said.get("fields", {}), dict):
        return {}
    return {key: said[key] for key in ("slug", "other", "fields", "reference") if key in said}
