"""The JSON schema of a form's answers (draft 2020-12), for the API and for programs that write answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dgekg.forms.answers import MOST_TEXT, MOST_VALUES
from dgekg.forms.model import Field, Form, Words
from dgekg.forms.words import spoken
from dgekg.vocabulary import LANGUAGES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SLUG = "^[a-z0-9]+(-+[a-z0-9]+)*$"
_LANGUAGE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
_DATE, _YEAR = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{4}"
_FORMS = {
    "date": _DATE,
    "month": r"[0-9]{4}-[0-9]{2}",
    "year": _YEAR,
    "datetime": _DATE + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?",
}

Schema = dict[str, Any]


def of(form: Form, forms: Mapping[str, Form], language: str) -> Schema:
    """Return the schema of a form's answers.

    Args:
        form: what is asked.
        forms: by kind, for records that may be new.
        language: of titles and descriptions; all languages stand in `x-label` and `x-message`.
    """
    new = [kind for kind in forms if kind != form.kind]
    found: Schema = {
        "$schema": DRAFT,
        **_words(form.label, form.help, language),
        **_object(form, forms, language, main=True),
        "$defs": {kind: _object(forms[kind], {}, language, main=True) for kind in new},
    }
    return found


def _object(form: Form, new: Mapping[str, Form], language: str, *, main: bool = False) -> Schema:
    properties = {field.id: _field(field, new, language) for field in form.fields}
    fields: Schema = {
        "type": "object",
        "properties": properties,
        "required": [f.id for f in form.fields if f.required and not f.only_with],
        "additionalProperties": False,
    }
    either = [{"anyOf": [{"required": [name]} for name in requirement.fields]} for requirement in form.requirements]
    if either:
        fields["allOf"] = either
    kind: Schema = {"kind": {"const": form.kind}} if main else {}
    return {
        "type": "object",
        "properties": {
            **kind,
            "slug": {"type": ["string", "null"], "pattern": _SLUG, "maxLength": 200},
            "language": {"type": "string", "pattern": _LANGUAGE},
            "fields": fields,
        },
        "required": [*kind, "fields"],
        "additionalProperties": False,
    }


def _field(field: Field, new: Mapping[str, Form], language: str) -> Schema:
    found: Schema = {
        "type": "array",
        **_words(field.label, field.help, language),
        "x-message": dict(field.message),
        "items": _items(field, new, language),
        "maxItems": min(field.most or MOST_VALUES, MOST_VALUES),
    }
    if field.least:
        found["minItems"] = field.least
    if field.only_with:
        found["x-only-with"] = list(field.only_with)
    return found


def _items(field: Field, new: Mapping[str, Form], language: str) -> Schema:
    if field.part is not None:
        return _object(field.part, new, language)
    kinds = [{"$ref": f"#/$defs/{kind}"} for kind in field.kinds if kind in new]
    if field.type in ("concept", "record") or field.options:
        options = _options(field, language)
        named: Schema = {"type": "string", "pattern": f"^({'|'.join(field.kinds)})/(#[0-9]+|[a-z0-9-]+)$"}
        choices = [options] * bool(field.options) + [named] * bool(field.kinds) + kinds
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    if field.type == "language-text":
        text = _object_of_text(field)
        bare = [{"type": "string", "minLength": 1, "maxLength": MOST_TEXT}] if field.plain or field.addresses else []
        return {"anyOf": [text, *bare]} if bare else text
    if field.type in ("integer", "decimal"):
        number: Schema = {"type": "integer" if field.type == "integer" else "number"}
        return number | ({} if field.smallest is None else {"minimum": field.smallest})
    if field.type == "boolean":
        return {"type": "boolean"}
    text = {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}
    if field.type in _FORMS:
        form = f"({_DATE}|{_YEAR})" if field.years else _FORMS[field.type]
        text["pattern"] = f"^{form}$"
    elif field.pattern:
        text["pattern"] = field.pattern
    return text | ({"format": "iri"} if field.type == "iri" else {})


def _object_of_text(field: Field) -> Schema:
    return {
        "type": "object",
        "properties": {
            "value": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
            "language": {"type": "string", "pattern": _LANGUAGE},
        },
        "required": ["value", "language"],
        "additionalProperties": False,
        **({"x-languages": list(field.languages)} if field.languages else {}),
    }


def _options(field: Field, language: str) -> Schema:
    return {
        "oneOf": [
            {"const": option.code, "title": spoken(option.label, language), "x-label": dict(option.label)}
            for option in field.options
        ]
    }


def _words(label: Words, help_: Words, language: str) -> Schema:
    said = {one: label[one] for one in LANGUAGES if one in label}
    return {"title": spoken(label, language), "description": spoken(help_, language), "x-label": said}
