"""Answers as they come in: plain JSON, looked over for its shape before anything is made of it.

Only the shape is a matter of this module: that fields exist, that values are lists, that nothing is deep or endless.
Whether an answer will do is said by the shapes, in their words (`dgekg.forms.checking`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dgekg.errors import InputError, UnknownValue, shown
from dgekg.forms.model import Field, Form
from dgekg.identifiers import SLUG

Answers = Mapping[str, Any]
"""`{"kind": ..., "slug": ... or null, "fields": {id: [value, ...]}}`; parts and new records likewise, as values."""

MOST_VALUES = 500
MOST_TEXT = 20_000
_KEYS = {"kind", "slug", "fields", "other", "language"}
_WRITTEN_OUT = {"value", "language", "datatype", "iri"}


class AnswersError(InputError):
    """Answers whose shape nobody can read; `field` says where."""


def name_of(answers: Answers, form: Form) -> list[str]:
    """Return what a record is called: the texts of its first question that has any, English first."""
    for field in form.fields:
        if field.type != "language-text":
            continue
        texts = []
        for value in answers.get("fields", {}).get(field.id, ()):
            said = value if isinstance(value, dict) else {"value": value}
            if isinstance(said.get("value"), str) and said["value"].strip():
                texts.append(((said.get("language") or answers.get("language")) != "en", said["value"]))
        if texts:
            return [text for _later, text in sorted(texts, key=lambda pair: pair[0])]
    return []


def look_over(answers: object, form: Form, forms: Mapping[str, Form], place: str = "") -> Answers:
    """Return the answers, if they have the shape of answers.

    Args:
        answers: what came in.
        form: of their kind, or of their part.
        forms: by kind, for new records that are described in the place of a reference.
        place: where they stand in the whole, for the error.

    Raises:
        AnswersError: they have not; says where and what was expected.
        UnknownValue: there is no such field; the nearest is suggested.
    """
    if not isinstance(answers, dict):
        raise _wrong(place or "answers", answers, "an object with the key fields")
    for key in answers:
        if key not in _KEYS:
            raise UnknownValue(f"{place}: key" if place else "key", str(key), _KEYS)
    if answers.get("kind") not in (None, form.kind):
        raise _wrong(_at(place, "kind"), answers["kind"], form.kind)
    slug = answers.get("slug")
    if slug is not None and not (isinstance(slug, str) and len(slug) <= 200 and SLUG.fullmatch(slug)):
        raise _wrong(_at(place, "slug"), slug, "lower-case letters, digits and single hyphens, or null")
    if not isinstance(answers.get("language", ""), str):
        raise _wrong(_at(place, "language"), answers["language"], "the code of a language")
    fields = answers.get("fields", {})
    if not isinstance(fields, dict):
        raise _wrong(_at(place, "fields"), fields, "an object with one list a field")
    for name, values in fields.items():
        field = form.field(str(name))
        if field is None:
            raise UnknownValue(_at(place, "field"), str(name), [f.id for f in form.fields])
        _values(values, field, forms, _at(place, field.id))
    _other(answers.get("other", {}), _at(place, "other"))
    return answers


def _values(values: object, field: Field, forms: Mapping[str, Form], place: str) -> None:
    if not isinstance(values, list):
        raise _wrong(place, values, "a list of answers")
    if len(values) > MOST_VALUES:
        raise AnswersError(f"{place}: found {len(values)} answers, expected at most {MOST_VALUES}.", field=place)
    for number, value in enumerate(values):
        here = f"{place}[{number}]"
        if isinstance(value, dict) and ("fields" in value or field.part is not None):
            if field.part is not None:
                look_over(value, field.part, forms, here)
                continue
            kind = value.get("kind") or (field.kinds[0] if len(field.kinds) == 1 else "")
            if kind not in field.kinds or kind not in forms:
                raise _wrong(_at(here, "kind"), kind, " or ".join(field.kinds) or "no new record")
            if "." in place:  # a new record may not bring new records of its own: one level is enough for anybody
                look_over(value, forms[kind], {}, here)
            else:
                look_over(value, forms[kind], forms, here)
            continue
        _value(value, here)


def _value(value: object, place: str) -> None:
    if isinstance(value, dict):
        for key, text in value.items():
            if key not in _WRITTEN_OUT or not isinstance(text, str | None):
                raise _wrong(f"{place}.{shown(str(key))}", text, "text, under value, language, datatype or iri")
            _length(text or "", place)
    elif isinstance(value, str):
        _length(value, place)
    elif not isinstance(value, int | float) or (isinstance(value, int) and abs(value) > 10**18) or value != value:
        raise _wrong(place, value, "text, a number, true or false, or an object")


def _other(other: object, place: str) -> None:
    if not isinstance(other, dict) or len(other) > MOST_VALUES:
        raise _wrong(place, other, "an object with one list a property")
    for name, values in other.items():
        if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > MOST_VALUES:
            raise _wrong(f"{place}.{shown(str(name))}", values, "a list of answers")
        for value in values:
            _value(value, f"{place}.{shown(str(name))}")


def _length(text: str, place: str) -> None:
    if len(text) > MOST_TEXT:
        raise AnswersError(f"{place}: found {len(text):,} signs, expected at most {MOST_TEXT:,}.", field=place)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise AnswersError(f"{place}: found signs that are no text. Write or paste the text again.", field=place)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _wrong(place: str, found: object, expected: str) -> AnswersError:
    said = shown(found if isinstance(found, str) else type(found).__name__)
    return AnswersError(f'{place}: found "{said}", expected {expected}.', said, field=place, expected=expected)
